"""An emulator of its own for whoever needs one, on free ports."""

import json
import os
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request

from azure.identity import ClientSecretCredential
from azure.storage.blob import BlobServiceClient

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SECRET = "emulator-secret"


def program(name):
    """The path of a built program; LOGEXPORT_BIN names the folder of another build."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    return os.path.join(os.environ.get("LOGEXPORT_BIN", os.path.join(root, ".build/debug")), name)


class Emulator:
    """A running process and what its ready line says."""

    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp(prefix="logexport-emulator-")
        self.process = subprocess.Popen(
            [program("logexport-emulator"), "--port", "0", "--tls", "--ca-out", f"{self.folder}/ca.pem", *arguments],
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
    def ca_file(self):
        return self.ready["ca_file"]

    @property
    def account(self):
        return self.ready["account"]

    @property
    def blob_url(self):
        return self.ready["blob_url"]

    @property
    def tls_blob_url(self):
        return f"{self.tls_url}/{self.account}"

    @property
    def workspace(self):
        return self.ready["workspace"]

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

    def federated_token(self, **claims):
        """A token of the issuer that the application trusts; claims: issuer, audience, subject, lifetime."""
        query = urllib.parse.urlencode(claims)
        request = urllib.request.Request(f"{self.url}/_emulator/federated-token?{query}", b"", method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def faults(self, rules=""):
        """Replaces the fault rules; counting begins anew."""
        self._admin("faults", rules)

    def ingest(self, table, rows):
        """Loads rows, objects with a TimeGenerated, past authentication."""
        self._admin(f"ingest?table={table}", "\n".join(json.dumps(row) for row in rows))

    def advance_leases(self, seconds):
        """Lets time pass for leases, and for nothing else."""
        self._admin(f"leases?advance={seconds}", "")

    def counts(self):
        """Requests by operation, faults that struck, the most queries at once."""
        with urllib.request.urlopen(f"{self.url}/_emulator/requests", timeout=60) as answer:
            return json.load(answer)

    def _admin(self, path, body):
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", body.encode(), method="POST")
        urllib.request.urlopen(request, timeout=120).close()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code
