"""The processes that a measurement talks to, and what it needs to talk to them."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
WORKSPACE = "33333333-3333-4333-8333-333333333333"
# The public development key of the emulated account.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@contextlib.contextmanager
def listening(command):
    """A process that says in a line of JSON where it listens."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit(f"bench: {command} did not start")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def emulator(binaries, *arguments):
    """The emulator, as the sink of all rivals alike, or for itself."""
    return listening([f"{binaries}/logexport-emulator", "--port", "0", *arguments])


def source(*arguments):
    """The source of canned answers; see source.py for its arguments."""
    return listening([sys.executable, f"{HERE}/source.py", *arguments])


def asked(url):
    """How many queries a source has answered."""
    with urllib.request.urlopen(f"{url}/_source/queries") as answer:
        return sum(json.load(answer).values())


def write_spec(folder, name, url, sink, tables, to="2025-01-01T01:00:00Z", **destination):
    """A spec that exports hourly slices of 2025 from a source to a sink, in containers that begin with `name`.

    Without a sink, to the directory `name`.
    """
    path = os.path.join(folder, f"{name}.yaml")
    store = {"url": sink} if sink else {"directory": f"./{name}"}
    spec = {
        "version": 1, "name": "bench",
        "source": {"workspace": WORKSPACE, "cloud": "emulator", "endpoint": url},
        "range": {"from": "2025-01-01", "to": to},
        "destination": {**store, "container": f"{name}-{{table}}", "manifest": f"{name}-manifest", **destination},
        "tables": tables,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(spec, file)
    return path


def signature(account):
    """The query of an account's shared access signature, for clients that cannot sign."""
    fields = {
        "sp": "racwdl", "ss": "b", "srt": "sco", "st": "", "se": "2099-01-01T00:00:00Z", "sip": "", "spr": "",
        "sv": "2021-12-02", "ses": "",
    }
    text = "\n".join([account, *fields.values()]) + "\n"
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    given = {name: value for name, value in fields.items() if value}
    return urllib.parse.urlencode({**given, "sig": base64.b64encode(digest).decode()})


def create_container(ready, name):
    """Makes a container in the sink."""
    url = f"{ready['blob_url']}/{name}?restype=container&{signature(ready['account'])}"
    request = urllib.request.Request(url, method="PUT", headers={"x-ms-version": "2021-12-02"})
    urllib.request.urlopen(request).close()
