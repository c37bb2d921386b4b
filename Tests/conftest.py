"""What holds for every test that runs a built program."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_leftover_processes():
    """Whatever a test started has ended when the tests have."""
    yield
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
        assert children.read() == ""
