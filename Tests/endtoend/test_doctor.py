"""Whether the tool says what a run would lack, and how to mend it."""

import http.server
import json
import os
import threading
from contextlib import contextmanager

import pytest
from emulator import KEY, SECRET

TABLE = "Examined_CL"
START, END = "2025-01-01", "2025-01-01T01:00:00Z"


@pytest.fixture(scope="module", autouse=True)
def rows(emulator):
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])


@pytest.fixture
def made(archive):
    return archive([TABLE], START, END)


def examine(made, *arguments, code=0, environment=None):
    """The checks by their names."""
    result = json.loads(made.run("doctor", "--json", *arguments, code=code, environment=environment).out)
    assert result["ok"] == (code == 0)
    for secret in [SECRET, KEY]:
        assert secret not in json.dumps(result)
    return {check["name"]: check for check in result["checks"]}


def failed(checks):
    return [name for name, check in checks.items() if check["status"] == "failed"]


def test_all_is_well_before_and_after_the_first_apply(made):
    checks = examine(made, "--write")
    assert checks["write"]["status"] == "warning" and "no container" in checks["write"]["message"]
    assert {check["status"] for name, check in checks.items() if name != "write"} == {"ok"}
    made.apply()
    before = made.everything()
    assert examine(made, "--write")["write"]["status"] == "ok"
    assert made.everything() == before


def test_nothing_is_written_unless_that_is_said(emulator, made):
    made.apply()
    before = emulator.counts()
    examine(made)
    after = emulator.counts()
    grown = {name for name, count in after["requests"].items() if count > before["requests"].get(name, 0)}
    assert grown <= {"Unknown", "Token", "Query", "ContainerProperties", "ListBlobs", "HeadBlob", "GetBlob"}


def test_people_get_a_line_each_and_the_remedy_beneath(made):
    made.spec["tables"] = [TABLE, "Absent_CL"]
    run = made.run("doctor", code=1)
    lines = run.out.splitlines()
    assert any(line.startswith("✓ credential ") for line in lines)
    index = next(i for i, line in enumerate(lines) if line.startswith("✗ tables "))
    assert "Absent_CL" in lines[index] and lines[index + 1].startswith("              ")


def test_a_directory_store(archive):
    made = archive([TABLE], START, END, directory=True)
    assert "file://" in examine(made)["store"]["message"]
    assert examine(made, "--write")["write"]["status"] == "ok" and not os.path.exists(made.directory)
    made.apply()
    assert examine(made, "--write")["write"]["status"] == "ok"


def test_a_directory_that_cannot_be_made_is_no_store(archive):
    made = archive([TABLE], START, END, directory=True)
    made.spec["destination"]["directory"] = "/proc/archives/soc"
    check = examine(made, "--write", code=1)["write"]
    assert check["status"] == "failed" and "no folder can be made in /proc" in check["message"]


def test_a_wrong_secret_is_denied(emulator, made):
    environment = {"AZURE_TENANT_ID": emulator.ready["tenant"], "AZURE_CLIENT_ID": emulator.ready["client_id"],
                   "AZURE_CLIENT_SECRET": "a-wrong-secret", "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    checks = examine(made, code=12, environment=environment)
    assert failed(checks) == ["credential"]
    assert checks["query"]["status"] == checks["tables"]["status"] == "skipped"
    assert "a-wrong-secret" not in json.dumps(checks)


def test_which_credential_and_why_not_the_others(emulator, made, tmp_path):
    token = tmp_path / "token"
    environment = {"AZURE_TENANT_ID": emulator.ready["tenant"], "AZURE_CLIENT_ID": emulator.ready["client_id"],
                   "AZURE_CLIENT_SECRET": SECRET}
    message = examine(made, environment=environment)["credential"]["message"]
    assert "EnvironmentCredential gives a token until" in message
    assert "WorkloadIdentityCredential: AZURE_FEDERATED_TOKEN_FILE is not set" in message
    token.write_text(emulator.federated_token())
    environment["AZURE_FEDERATED_TOKEN_FILE"] = str(token)
    del environment["AZURE_CLIENT_SECRET"]
    message = examine(made, environment=environment)["credential"]["message"]
    assert "WorkloadIdentityCredential gives a token until" in message
    assert "not EnvironmentCredential: " in message


def test_a_wrong_key_is_denied(made):
    checks = examine(made, code=12, environment={"AZURE_STORAGE_KEY": "d3JvbmcgIGtleQ=="})
    assert failed(checks) == ["store"] and "Storage Blob Data Reader" in checks["store"]["remedy"]
    assert "d3JvbmcgIGtleQ==" not in json.dumps(checks)


def test_a_host_that_is_away(made):
    made.spec["source"]["endpoint"] = "http://127.0.0.1:9"
    checks = examine(made, code=5)
    assert "network" in failed(checks) and checks["credential"]["status"] == "skipped"


def test_a_host_of_no_cloud_is_not_even_asked(archive):
    made = archive([TABLE], START, END, directory=True)
    made.spec["source"] |= {"cloud": "public", "endpoint": "https://logs.example.invalid"}
    checks = examine(made, code=1)
    assert failed(checks) == ["network"] and "--allow-host" in checks["network"]["remedy"]


def test_an_authority_of_ones_own(emulator, made):
    made.spec["source"]["endpoint"] = emulator.tls_url
    checks = examine(made, code=5)
    assert "--ca-file" in checks["network"]["remedy"]
    assert "1 certificate" in examine(made, "--ca-file", emulator.ca_file)["authorities"]["message"]
    assert failed(examine(made, "--ca-file", os.devnull, code=1)) == ["authorities"]


def test_a_spec_that_is_wrong(made):
    made.spec["tabels"] = made.spec.pop("tables")
    checks = examine(made, code=1)
    assert failed(checks) == ["spec"] and checks["network"]["status"] == "skipped"
    assert checks["limits"]["status"] == "ok"


@contextmanager
def clock(date):
    """A host that answers everything with 404 at a time of its own."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(404)
            self.send_header("Date", date)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_HEAD = do_GET

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_clock_that_is_wrong(archive):
    made = archive([TABLE], START, END, directory=True)
    with clock("Wed, 01 Jan 2025 00:00:00 GMT") as url:
        made.spec["source"]["endpoint"] = url
        checks = examine(made, code=12)
    assert checks["clock"]["status"] == "failed" and "ahead of" in checks["clock"]["message"]
