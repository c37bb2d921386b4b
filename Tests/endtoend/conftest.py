"""Emulators and archives for tests of the whole tool."""

import itertools
import os
import shutil

import pytest
from archive import Archive
from emulator import Emulator

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared")
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def emulator():
    """One for each file of tests."""
    running = Emulator("--limits", "rate=100000")
    yield running
    assert running.stop() == 0


@pytest.fixture
def archive(emulator):
    """Makes archives with containers of their own; their folders are removed afterwards."""
    made = []

    def make(tables, start, end, **sections):
        made.append(Archive(sections.pop("on", emulator), tables, start, end, f"t{next(NUMBERS)}", **sections))
        return made[-1]

    yield make
    emulator.faults()
    for one in made:
        shutil.rmtree(one.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_data():
    """The folder of recorded logs, which lies beside the project where it is developed."""
    folder = os.path.join(SHARED, "data")
    if not os.path.isdir(folder):
        pytest.skip("the folder ../shared/data with recorded logs is absent")
    return folder
