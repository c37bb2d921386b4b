"""One emulator for the whole run."""

import os
import uuid

import pytest
from emulator import Emulator


@pytest.fixture(scope="session")
def emulator(request):
    running = Emulator()
    os.environ["REQUESTS_CA_BUNDLE"] = running.ca_file
    os.environ["SSL_CERT_FILE"] = running.ca_file
    yield running
    assert running.stop() == 0


@pytest.fixture
def container(emulator):
    """A fresh container, through Shared Key."""
    return emulator.storage().create_container(f"t-{uuid.uuid4().hex[:12]}")
