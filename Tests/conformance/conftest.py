"""One emulator for the whole run."""

import os
import uuid

import certificates
import pytest
from emulator import Emulator


@pytest.fixture(scope="session")
def client_certificate(tmp_path_factory):
    """The file of a certificate and its key that the emulator's application may sign in with."""
    path = tmp_path_factory.mktemp("identity") / "client.pem"
    path.write_text("".join(certificates.make()))
    return path


@pytest.fixture(scope="session")
def emulator(client_certificate):
    running = Emulator("--client-certificate", str(client_certificate), "--secret", "kv-soc/key=of-the-start")
    os.environ["REQUESTS_CA_BUNDLE"] = running.ca_file
    os.environ["SSL_CERT_FILE"] = running.ca_file
    yield running
    assert running.stop() == 0


@pytest.fixture
def container(emulator):
    """A fresh container, through Shared Key."""
    return emulator.storage().create_container(f"t-{uuid.uuid4().hex[:12]}")
