"""Knows the secrets that a test run uses, and finds them where they must not be.

Each run of the tool is watched: what it prints is searched as it ends, what it wrote as its test ends.
"""

import os
import re
import subprocess
import urllib.parse

from emulator import KEY, SECRET

# Signed tokens, whoever issued them: an emulator's are made as it runs.
TOKEN = re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}")
NAMES = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_STORAGE_KEY", "IDENTITY_HEADER")
KNOWN = {KEY, SECRET}


def note(secret):
    """Watches for one secret from now on; what is short would be found by chance."""
    if len(secret) >= 12 and not secret.startswith("${keyvault:"):
        KNOWN.add(secret)


def note_environment(environment):
    for name in NAMES:
        note(environment.get(name, ""))
    for text in (environment.get("AZURE_STORAGE_SAS_TOKEN", ""), environment.get("AZURE_STORAGE_CONNECTION_STRING", "")):
        for found in re.findall(r"(?:sig|AccountKey)=([^&;]+)", text):
            note(urllib.parse.unquote(found))
    for name in ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"):
        if os.path.isfile(environment.get(name, "")):
            with open(environment[name], encoding="utf-8") as file:
                for line in file:
                    if not line.startswith("-----") and len(line) > 40:
                        note(line.strip())


def leaks(data):
    """The secrets in some text or bytes, in the spellings of URLs and JSON."""
    data = data.encode() if isinstance(data, str) else data
    found = [secret for secret in KNOWN
             if any(spelling.encode() in data for spelling in
                    {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), secret.replace("/", "\\/")})]
    return found + [token.decode() for token in TOKEN.findall(data)]


def check(data, where):
    found = leaks(data)
    assert not found, f"{where} holds secrets: {found}"


def check_folder(folder, inputs=()):
    """Every file but those that a test gave the tool."""
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            if path not in inputs and name != ".env":
                with open(path, "rb") as file:
                    check(file.read(), path)


class Watched(subprocess.Popen):
    """A run of the tool whose output is searched as it ends."""

    def communicate(self, *arguments, **more):
        out, err = super().communicate(*arguments, **more)
        check(out or "", "stdout")
        check(err or "", "stderr")
        return out, err
