"""One emulator for the whole run."""

import uuid

import pytest
from emulator import Emulator


@pytest.fixture(scope="session")
def emulator(request):
    running = Emulator()
    running.trust()
    yield running
    assert running.stop() == 0


@pytest.fixture
def container(emulator):
    """A fresh container, through Shared Key."""
    return emulator.storage().create_container(f"t-{uuid.uuid4().hex[:12]}")
