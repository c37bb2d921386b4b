"""Emulators and archives for tests of the whole tool."""

import itertools
import os
import shutil

import pytest
from archive import Archive
from emulator import Emulator
from secrets_watch import check_folder

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
    try:
        for one in made:
            one.check_secrets()
    finally:
        for one in made:
            shutil.rmtree(one.folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_secret_in_logs(request):
    """Logs, plans and reports that a test had written beside its spec hold no secret."""
    yield
    folder = request.node.funcargs.get("tmp_path")
    if folder is not None:
        inputs = {os.path.join(folder, name) for name in ("assertion", "token", "az", "client.pem", "bin/az")}
        check_folder(folder, inputs)


@pytest.fixture(scope="session")
def shared_data():
    """The folder of recorded logs, which lies beside the project where it is developed."""
    folder = os.path.join(SHARED, "data")
    if not os.path.isdir(folder):
        pytest.skip("the folder ../shared/data with recorded logs is absent")
    return folder
