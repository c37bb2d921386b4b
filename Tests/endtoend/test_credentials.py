"""Every way to sign in that the tool takes, against services that really check."""

import base64
import http.server
import json
import os
import stat
import threading
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import certificates
import pytest
import secrets_watch
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from emulator import KEY, SECRET, Emulator

TABLE = "Signed_CL"
START, END = "2025-01-01", "2025-01-01T01:00:00Z"
PASSWORD = "0pen-the-certificate"
WRONG = base64.b64encode(b"the key of no account").decode()


@pytest.fixture(scope="module")
def client_certificate(tmp_path_factory):
    """The file of a certificate and its key, which a password opens."""
    path = tmp_path_factory.mktemp("identity") / "client.pem"
    path.write_text("".join(certificates.make(PASSWORD)))
    return path


@pytest.fixture(scope="module")
def emulator(client_certificate):
    running = Emulator(
        "--client-certificate", str(client_certificate), "--secret", f"kv-soc/client-secret={SECRET}",
        "--secret", f"kv-soc/storage-key={KEY}", "--secret", f"kv-soc/password={PASSWORD}",
        "--secret", f"kv-other/wrong={WRONG}", "--limits", "rate=100000")
    secrets_watch.note(PASSWORD)
    secrets_watch.note(WRONG)
    yield running
    assert running.stop() == 0


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


def test_a_client_certificate(emulator, made, client_certificate):
    environment = {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": str(client_certificate),
                   "AZURE_CLIENT_CERTIFICATE_PASSWORD": PASSWORD, "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "true"}
    works(made, environment)


def test_a_client_certificate_of_another(emulator, made, tmp_path):
    file = tmp_path / "client.pem"
    file.write_text("".join(certificates.make()))
    environment = {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": str(file),
                   "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    assert "AADSTS700027" in made.apply(code=12, environment=environment).err


def test_a_workload_identity_token(emulator, made, tmp_path):
    file = tmp_path / "token"
    file.write_text(emulator.federated_token())
    environment = {**entra(emulator), "AZURE_FEDERATED_TOKEN_FILE": str(file),
                   "AZURE_CLIENT_SECRET": "wrong", "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential"}
    works(made, environment)


def managed(emulator):
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url, "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"}


def test_a_managed_identity(emulator, made):
    works(made, managed(emulator))


def test_a_managed_identity_of_app_service(emulator, made):
    works(made, {"IDENTITY_ENDPOINT": f"{emulator.url}/msi/token", "IDENTITY_HEADER": "emulator-identity-header"})


def test_a_metadata_service_beyond_this_machine_is_not_asked(made):
    run = made.apply(code=1, environment={"AZURE_POD_IDENTITY_AUTHORITY_HOST": "https://attacker.example"})
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST is no endpoint of this machine" in run.err


@pytest.mark.parametrize("way", ["secret", "certificate", "federated", "managed", "kept"])
def test_tokens_that_expire_in_the_middle_are_renewed(archive, client_certificate, tmp_path, way):
    tables = [f"Long{number}_CL" for number in range(8)]
    running = Emulator(
        "--token-lifetime", "2", "--client-certificate", str(client_certificate),
        "--secret", f"kv-soc/client-secret={SECRET}", "--faults", "stall:op=Query,seconds=1.2")
    try:
        for number, table in enumerate(tables):
            running.ingest(table, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": number}])
        made = archive(tables, START, END, on=running)
        file = tmp_path / "token"
        file.write_text(running.federated_token())
        environment = {
            "secret": {**entra(running), "AZURE_CLIENT_SECRET": SECRET},
            "certificate": {**entra(running), "AZURE_CLIENT_CERTIFICATE_PATH": str(client_certificate),
                            "AZURE_CLIENT_CERTIFICATE_PASSWORD": PASSWORD},
            "federated": {**entra(running), "AZURE_FEDERATED_TOKEN_FILE": str(file)},
            "managed": managed(running),
            "kept": {**entra(running), "AZURE_CLIENT_SECRET": "${keyvault:kv-soc/client-secret}",
                     "AZURE_POD_IDENTITY_AUTHORITY_HOST": running.url},
        }[way]
        made.apply(environment=environment)
        counts = running.counts()["requests"]
        assert counts.get("Token", 0) + counts.get("ManagedIdentity", 0) >= 3, counts
        assert [row["Number"] for table in tables for row in made.rows(table)] == list(range(8))
        made.check_secrets()
    finally:
        running.stop()


# Secrets that a key vault keeps


def test_a_client_secret_in_a_vault(emulator, made):
    works(made, {**entra(emulator), "AZURE_CLIENT_SECRET": "${keyvault:kv-soc/client-secret}",
                 "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url})


def test_a_certificate_password_in_a_vault(emulator, made, client_certificate):
    works(made, {**entra(emulator), "AZURE_CLIENT_CERTIFICATE_PATH": str(client_certificate),
                 "AZURE_CLIENT_CERTIFICATE_PASSWORD": "${keyvault:kv-soc/password}",
                 "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url})


def test_a_storage_key_in_a_vault_by_env_file(made):
    with open(os.path.join(made.folder, ".env"), "w", encoding="utf-8") as file:
        file.write("AZURE_STORAGE_KEY='${keyvault:kv-soc/storage-key}'\n")
    works(made, {}, "--allow-host", "127.0.0.1")


def test_a_wrong_storage_key_in_a_vault_is_named_not_shown(made):
    run = made.apply(code=12, environment={"AZURE_STORAGE_KEY": "${keyvault:kv-other/wrong}"})
    assert "account" in run.err and WRONG not in run.text


def test_a_secret_that_only_its_own_identity_could_read(emulator, made):
    run = made.apply(code=12, environment={
        **entra(emulator), "AZURE_CLIENT_SECRET": "${keyvault:kv-soc/client-secret}",
        "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"})
    assert "the only identity that may read it there is the one that needs it" in run.err


@pytest.mark.parametrize("reference, words", [
    ("${keyvault:kv.attacker.example/key}", "is no key vault's name"), ("${keyvault:kv-soc}", "names a vault and a secret"),
    ("${keyvault:kv-none/key}", "the vault answered 404"), ("${keyvault:kv-soc/absent}", "the vault answered 404"),
])
def test_a_reference_to_nothing(made, reference, words):
    process = made.start("apply", "--auto-approve", environment={"AZURE_STORAGE_KEY": reference})
    _, err = process.communicate(timeout=300)
    assert process.returncode not in (0, 2) and words in err, err
    assert made.containers() == []


def test_a_reference_in_a_spec(made):
    made.spec["tables"] = [{"name": TABLE, "where": "Number == ${keyvault:kv-soc/storage-key}"}]
    assert "a secret of a key vault stands in no spec" in made.run("validate", code=1).err


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


def test_no_other_identity_takes_the_place_of_a_secret_that_fails(emulator, made):
    # The machine has an identity that would do.
    environment = {**entra(emulator), "AZURE_CLIENT_SECRET": "wrong", "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url}
    run = made.run("apply", "--auto-approve", code=12, environment=environment)
    assert "EnvironmentCredential: " in run.err and "AADSTS7000215" in run.err
    assert "ManagedIdentityCredential" not in run.err
    works(made, {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url})


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


# A spec that says cloud: emulator


class Listener(http.server.ThreadingHTTPServer):
    """Whoever else of this machine would like a token: keeps what comes, and gives tokens away."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Listening)
        self.received = ""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Listening(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.received += urllib.parse.unquote_plus(f"{self.path}\n{self.headers}\n{body}\n")
        answer = json.dumps({"access_token": "listened", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_HEAD = answer

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("way", ["secret", "federated", "cli", "identity", "key", "sas", "connection", "file"])
def test_a_spec_alone_sends_no_credential_to_this_machine(archive, tmp_path, way):
    signs = way in ("key", "sas", "connection")
    made = archive([TABLE], START, END, directory=not signs)
    entra = {"AZURE_TENANT_ID": "99999999-aaaa-4bbb-8ccc-dddddddddddd", "AZURE_CLIENT_ID": "the-pipelines-own-client"}
    secret = base64.b64encode(f"the pipeline's own {way}".encode()).decode()
    (tmp_path / "token").write_text(secret)
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\necho '{json.dumps({'accessToken': secret, 'expires_on': int(time.time()) + 3599})}'\n")
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
    listener = Listener()
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    made.spec["source"]["endpoint"] = listener.url
    environment = {
        "secret": {**entra, "AZURE_CLIENT_SECRET": secret},
        "federated": {**entra, "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")},
        "cli": {"AZURE_TOKEN_CREDENTIALS": "AzureCLICredential", "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        "identity": {"IDENTITY_ENDPOINT": f"{listener.url}/msi/token", "IDENTITY_HEADER": secret},
        "key": {"AZURE_STORAGE_KEY": secret},
        "sas": {"AZURE_STORAGE_SAS_TOKEN": f"sv=2021-12-02&sp=rwdlac&sig={urllib.parse.quote(secret, safe='')}"},
        "connection": {"AZURE_STORAGE_CONNECTION_STRING": f"AccountName={made.emulator.account};AccountKey={secret};"
                       f"BlobEndpoint={listener.url}/{made.emulator.account}"},
        "file": {},
    }[way]
    if way == "file":
        with open(os.path.join(made.folder, ".env"), "w", encoding="utf-8") as file:
            file.write(f"AZURE_TENANT_ID=t\nAZURE_CLIENT_ID=c\nAZURE_FEDERATED_TOKEN_FILE={tmp_path / 'token'}\n")
    try:
        process = made.start("plan", environment=environment, named=False)
        out, err = process.communicate(timeout=300)
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
    assert ("SharedKey " if signs else f"client_secret={SECRET}") in listener.received
    assert secret not in listener.received and "the-pipelines-own-client" not in listener.received
    assert "not used with cloud: emulator; --allow-host 127.0.0.1 lets" in err, err


def test_a_credential_of_the_environment_does_not_hinder_a_trial_on_the_emulator(emulator, made):
    environment = {**entra(emulator), "AZURE_CLIENT_SECRET": "of-some-other-tenant", "AZURE_STORAGE_KEY": WRONG}
    process = made.start("apply", "--auto-approve", environment=environment, named=False)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "AZURE_CLIENT_SECRET, AZURE_STORAGE_KEY are not used" in err
    assert [row["Number"] for row in made.rows(TABLE)] == [1]


def test_a_credential_goes_to_no_other_port_than_the_one_named(made):
    process = made.start("plan", "--allow-host", "127.0.0.1:9", environment={"AZURE_STORAGE_KEY": WRONG}, named=False)
    _, err = process.communicate(timeout=300)
    assert "AZURE_STORAGE_KEY is not used with cloud: emulator" in err


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


@pytest.mark.parametrize("value", [
    "http://user:p@ssw0rd-x@127.0.0.1:1", "http://user:77/ssw0rd-x@127.0.0.1:1", "http://user:77#ssw0rd-x@127.0.0.1:1",
    "http://user:ssw0rd-x@127.0.0.1:99999", "http://user:ssw0rd-x@127.0.0.1:port", "ftp://user:ssw0rd-x@127.0.0.1:1",
    "http://user:ssw0rd-x@127.0.0.1:1",
])
def test_a_proxys_password_is_never_shown(archive, tmp_path, value):
    made = archive([TABLE], START, END)
    made.spec["source"] = {"workspace": made.spec["source"]["workspace"]}
    made.spec["destination"] = {"directory": "./archive"}
    for command in ("plan", "doctor"):
        process = made.start(command, "--log-file", str(tmp_path / "log"), environment={
            "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "a-secret-of-none",
            "HTTPS_PROXY": value, "https_proxy": value, "no_proxy": "", "NO_PROXY": ""})
        out, err = process.communicate(timeout=300)
        assert process.returncode not in (0, 2), err
        text = out + err + (tmp_path / "log").read_text()
        assert "ssw0rd" not in text and "77" not in err and "user:" not in text.replace("USER:", ""), text
        assert value.endswith("x@127.0.0.1:1") and value.count("@") == 1 and "77" not in value and "ftp" not in value \
            or "https_proxy has" in text, text


def test_a_signal_does_not_wait_for_the_azure_cli(made, tmp_path):
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nsleep 300 &\nwait\n")
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
    process = made.start("plan", environment={
        "AZURE_TOKEN_CREDENTIALS": "AzureCLICredential", "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    while not (tmp_path / "started").exists() and process.poll() is None:
        time.sleep(0.01)
    process.terminate()
    # Less than the minute that az has.
    process.communicate(timeout=40)
    assert process.returncode == 143
