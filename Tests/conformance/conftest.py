"""One emulator for the whole run."""

import os
import uuid

import pytest
from emulator import Emulator


@pytest.fixture(scope="session")
def emulator(request):
    running = Emulator()
    running.trust()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def another(request):
    """Starts another emulator with arguments of its own, which clients trust until the module's end."""
    kept = {name: os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")}
    started = []

    def start(*arguments):
        started.append(Emulator(*arguments))
        started[-1].trust()
        return started[-1]

    yield start
    for name, value in kept.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    for running in started:
        assert running.stop() == 0


@pytest.fixture
def container(emulator):
    """A fresh container, through Shared Key."""
    return emulator.storage().create_container(f"t-{uuid.uuid4().hex[:12]}")
