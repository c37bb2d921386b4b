"""Every way to sign in that the tool takes, against services that really check."""

import base64
import json
import os
import stat
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from emulator import KEY, SECRET

TABLE = "Signed_CL"
START, END = "2025-01-01", "2025-01-01T01:00:00Z"


@pytest.fixture(scope="module", autouse=True)
def rows(emulator):
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])


@pytest.fixture
def made(archive):
    return archive([TABLE], START, END)


def works(made, environment, *arguments):
    run = made.apply(*arguments, environment=environment)
    assert [row["Number"] for row in made.rows(TABLE)] == [1]
    for secret in environment.values():
        assert len(secret) < 12 or secret not in run.text
    return run


def entra(emulator):
    return {"AZURE_TENANT_ID": emulator.ready["tenant"], "AZURE_CLIENT_ID": emulator.ready["client_id"]}


def test_a_client_secret(emulator, made):
    works(made, {**entra(emulator), "AZURE_CLIENT_SECRET": SECRET})


def test_a_workload_identity_token(emulator, made, tmp_path):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    token = tmp_path / "token"
    token.write_text(f"{part({'alg': 'RS256'})}.{part({'sub': 'job', 'exp': 4102444800})}.c2lnbmF0dXJl\n")
    environment = {**entra(emulator), "AZURE_FEDERATED_TOKEN_FILE": str(token),
                   "AZURE_CLIENT_SECRET": "wrong", "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential"}
    works(made, environment)


def token(emulator):
    form = {"grant_type": "client_credentials", "client_id": emulator.ready["client_id"], "client_secret": SECRET,
            "scope": "https://api.loganalytics.io/.default"}
    url = f"{emulator.url}/{emulator.ready['tenant']}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=60) as answer:
        return json.load(answer)


def test_the_azure_cli(emulator, made, tmp_path):
    # A stand-in that gives the token which the emulator's application gets.
    issued = token(emulator)
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\necho '{json.dumps({'accessToken': issued['access_token'], 'expires_on': int(time.time()) + 3599})}'\n")
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
    environment = {**entra(emulator), "AZURE_CLIENT_SECRET": "wrong", "AZURE_TOKEN_CREDENTIALS": "AzureCLICredential",
                   "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    run = made.apply(environment=environment)
    assert issued['access_token'] not in run.text
    assert [row["Number"] for row in made.rows(TABLE)] == [1]


def test_a_shared_key(made):
    works(made, {"AZURE_STORAGE_KEY": KEY})


def test_a_sas(emulator, made):
    sas = generate_account_sas(
        emulator.account, KEY, ResourceTypes(service=True, container=True, object=True),
        AccountSasPermissions(read=True, write=True, delete=True, list=True, add=True, create=True),
        datetime.now(timezone.utc) + timedelta(hours=1))
    works(made, {"AZURE_STORAGE_SAS_TOKEN": sas})


def test_a_connection_string(emulator, made):
    text = (f"DefaultEndpointsProtocol=http;AccountName={emulator.account};AccountKey={KEY};"
            f"BlobEndpoint={emulator.blob_url};")
    works(made, {"AZURE_STORAGE_CONNECTION_STRING": text})


def test_tls_with_a_private_authority(emulator, made):
    made.spec["source"]["endpoint"] = emulator.tls_url
    works(made, {}, "--ca-file", emulator.ca_file)


def test_tls_without_it_is_refused(emulator, made):
    made.spec["source"]["endpoint"] = emulator.tls_url
    run = made.run("plan", code=5)
    assert run.err.count("error: ") == 1 and "certificate" in run.err.lower(), run.err
    assert made.containers() == []


def test_no_credential_says_what_was_tried(archive):
    made = archive([TABLE], START, END)
    made.spec["source"] = {"workspace": made.spec["source"]["workspace"]}
    made.spec["destination"] = {"directory": "./archive"}
    # No way but this one, whose program is absent.
    run = made.run("plan", code=12, environment={"AZURE_TOKEN_CREDENTIALS": "AzureCLICredential", "PATH": "/nowhere"})
    assert "AzureCLICredential: the Azure CLI (az) is not installed" in run.err
