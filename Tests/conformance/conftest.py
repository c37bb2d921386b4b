"""An emulator for the whole run, started by this process on free ports."""

import json
import os
import shutil
import subprocess
import tempfile
import uuid

import pytest
from azure.identity import ClientSecretCredential
from azure.storage.blob import BlobServiceClient

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SECRET = "emulator-secret"


class Emulator:
    """A running process and what its ready line says."""

    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp(prefix="logexport-emulator-")
        binary = os.environ.get("LOGEXPORT_EMULATOR", ".build/debug/logexport-emulator")
        self.process = subprocess.Popen(
            [binary, "--port", "0", "--tls", "--ca-out", f"{self.folder}/ca.pem", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line, "the emulator did not start"
        self.ready = json.loads(line)
        self.key = KEY

    @property
    def url(self):
        return self.ready["url"]

    @property
    def tls_url(self):
        return self.ready["tls_url"]

    @property
    def account(self):
        return self.ready["account"]

    @property
    def blob_url(self):
        return self.ready["blob_url"]

    @property
    def tls_blob_url(self):
        return f"{self.tls_url}/{self.account}"

    def storage(self, **arguments):
        return BlobServiceClient(
            self.blob_url,
            credential={"account_name": self.account, "account_key": KEY},
            retry_total=0,
            **arguments,
        )

    def credential(self, secret=SECRET):
        return ClientSecretCredential(
            self.ready["tenant"],
            self.ready["client_id"],
            secret,
            authority=self.tls_url,
            disable_instance_discovery=True,
        )

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


@pytest.fixture(scope="session")
def emulator(request):
    running = Emulator()
    bundle = f"{running.folder}/ca.pem"
    os.environ["REQUESTS_CA_BUNDLE"] = bundle
    os.environ["SSL_CERT_FILE"] = bundle
    yield running
    assert running.stop() == 0


@pytest.fixture
def container(emulator):
    """A fresh container, through Shared Key."""
    return emulator.storage().create_container(f"t-{uuid.uuid4().hex[:12]}")
