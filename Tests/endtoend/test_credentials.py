"""Every way to sign in that the tool takes, against services that really check."""

import base64
import json
import os
import stat
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import certificates
import pytest
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from emulator import KEY, SECRET, Emulator

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
    file = tmp_path / "token"
    file.write_text(emulator.federated_token() + "\n")
    environment = {**entra(emulator), "AZURE_FEDERATED_TOKEN_FILE": str(file),
                   "AZURE_CLIENT_SECRET": "wrong", "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential"}
    run = works(made, environment)
    assert file.read_text().strip() not in run.text


def test_a_workload_identity_token_that_has_expired_is_refused_with_its_reason(emulator, made, tmp_path):
    file = tmp_path / "token"
    file.write_text(emulator.federated_token(lifetime=-600))
    environment = {**entra(emulator), "AZURE_FEDERATED_TOKEN_FILE": str(file),
                   "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential"}
    run = made.run("plan", code=12, environment=environment)
    assert "WorkloadIdentityCredential: " in run.err and "AADSTS700024" in run.err
    assert made.containers() == []


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


# Certificates


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """An emulator that knows a certificate, the file with its key, that of another one, and one that has ended."""
    folder = tmp_path_factory.mktemp("certificates")
    pem, public = certificates.write(folder, "known")
    locked, second = certificates.write(folder, "locked", password=b"open sesame")
    files = {"known": pem, "locked": locked}
    files["other"], _ = certificates.write(folder, "other")
    files["ended"], ended = certificates.write(folder, "ended", ends=-certificates.HOUR)
    running = Emulator(
        "--client-certificate", public, "--client-certificate", second, "--client-certificate", ended)
    running.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    yield running, files
    assert running.stop() == 0


def test_a_client_certificate(archive, certified):
    emulator, files = certified
    works(
        archive([TABLE], START, END, on=emulator),
        {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": files["known"], "AZURE_STORAGE_KEY": KEY})


def test_a_client_certificate_whose_key_has_a_password(archive, certified):
    emulator, files = certified
    works(
        archive([TABLE], START, END, on=emulator),
        {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": files["locked"],
         "AZURE_CLIENT_CERTIFICATE_PASSWORD": "open sesame", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "true"})


@pytest.mark.parametrize("name, password, reason", [
    ("other", None, "AADSTS700027"),
    ("ended", None, "expired"),
    ("locked", "wrong password", "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
])
def test_a_certificate_that_cannot_sign_in_says_why(archive, certified, name, password, reason):
    emulator, files = certified
    environment = {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": files[name],
                   "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    if password:
        environment["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = password
    run = archive([TABLE], START, END, on=emulator).run("plan", code=12, environment=environment)
    assert "EnvironmentCredential: " in run.err and reason in run.err, run.err


# Managed identities


def test_the_managed_identity_of_a_machine(emulator, made):
    works(made, {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url,
                 "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"})


def test_the_managed_identity_of_app_service(emulator, made):
    works(made, {"IDENTITY_ENDPOINT": f"{emulator.url}/msi/token", "IDENTITY_HEADER": "emulator-identity-header",
                 "AZURE_TOKEN_CREDENTIALS": "managedidentitycredential"})


def test_a_metadata_service_elsewhere_is_never_asked(made):
    run = made.run("plan", code=1, environment={
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://metadata.example.net",
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"})
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST is no endpoint of this machine" in run.err


def test_an_unknown_way_to_a_token_is_refused_with_the_known_ones(made):
    run = made.run("plan", code=12, environment={"AZURE_TOKEN_CREDENTIALS": "ManagedIdentity"})
    assert "WorkloadIdentityCredential, ManagedIdentityCredential, AzureCLICredential" in run.err


# Tokens that end


def test_tokens_that_end_in_the_middle_of_a_long_apply_are_renewed(emulator, archive):
    emulator.ingest("Long_CL", [
        {"TimeGenerated": f"2025-01-01T{hour:02}:30:00Z", "Number": hour} for hour in range(24)])
    made = archive(["Long_CL"], START, "2025-01-02", limits={"rows": 3})
    made.write_spec()
    emulator.faults("expire-token:op=Query,n=3;expire-token:op=Query,n=14;expire-token:op=Query,n=25")
    before = emulator.counts()["requests"]["Token"]
    made.apply("--parallelism", "1")
    assert sorted(row["Number"] for row in made.rows("Long_CL")) == list(range(24))
    assert emulator.counts()["requests"]["Token"] >= before + 4


# Key Vault


@pytest.fixture(scope="module")
def vaults():
    running = Emulator(
        "--secret", f"soc/storage-key={KEY}", "--secret", f"soc/client-secret={SECRET}")
    running.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    yield running
    assert running.stop() == 0


def machine(emulator):
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url, "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"}


def test_a_storage_key_out_of_a_key_vault(archive, vaults):
    made = archive([TABLE], START, END, on=vaults)
    run = works(made, {**machine(vaults), "AZURE_STORAGE_KEY": "${keyvault:soc/storage-key}"})
    assert KEY not in run.text
    assert vaults.counts()["requests"]["GetSecret"] >= 1


def test_a_client_secret_out_of_a_key_vault_that_the_machine_may_read(archive, vaults):
    works(archive([TABLE], START, END, on=vaults), {
        **entra(vaults), "AZURE_POD_IDENTITY_AUTHORITY_HOST": vaults.url,
        "AZURE_CLIENT_SECRET": "${keyvault:soc/client-secret}"})


@pytest.mark.parametrize("value, code, reason", [
    ("${keyvault:soc/absent}", 1, "no such secret"),
    ("${keyvault:soc}", 1, "names a vault and a secret"),
    ("${keyvault:soc.example.net/key}", 1, "is no key vault's name"),
    ("before ${keyvault:soc/storage-key}", 1, "is the whole value"),
])
def test_a_reference_that_leads_nowhere_says_so(archive, vaults, value, code, reason):
    run = archive([TABLE], START, END, on=vaults).run(
        "plan", code=code, environment={**machine(vaults), "AZURE_STORAGE_KEY": value})
    assert reason in run.err, run.err


def test_a_secret_that_only_its_own_identity_may_read_is_a_circle(archive, vaults):
    run = archive([TABLE], START, END, on=vaults).run("plan", code=12, environment={
        **entra(vaults), "AZURE_CLIENT_SECRET": "${keyvault:soc/client-secret}",
        "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"})
    assert "the only identity that may read it there is the one that needs it" in run.err


def test_a_spec_takes_no_secret_from_a_vault(made):
    made.spec["name"] = "${keyvault:soc/storage-key}"
    run = made.run("validate", code=1)
    assert "keyvault" in run.err and "AZURE_STORAGE_KEY" in run.err, run.err
