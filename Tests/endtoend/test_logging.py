"""What the log says of a run, and what it never says."""

import base64
import http.server
import json
import re
import threading
import urllib.parse
import uuid
from contextlib import contextmanager
from xml.sax.saxutils import escape

import pytest

TABLE = "Logged_CL"
START, END = "2025-01-01", "2025-01-01T01:00:00Z"
TENANT, CLIENT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

CLIENT_SECRET = "s3cr3t~of/the+client=="
TOKEN = "eyJ0eXAi.eyJzdWIi.c2lnbmF0dXJl"
KEY = base64.b64encode(b"the account's own key!").decode()
SIGNATURE = base64.b64encode(b"a signature/+of a SAS?").decode()
SAS = f"sv=2021-12-02&ss=b&srt=sco&sp=rl&se=2100-01-01T00:00:00Z&sig={urllib.parse.quote(SIGNATURE, safe='')}"
ASSERTION = "eyJhbGci.eyJhdWQi.YXNzZXJ0aW9u"

ENTRA = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
         "AZURE_CLIENT_SECRET": CLIENT_SECRET}


class Echo(http.server.BaseHTTPRequestHandler):
    """A service that repeats in its refusals whatever it was sent."""

    gives_tokens = True
    seen = []

    def reply(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        Echo.seen.append(self.headers.get("x-ms-client-request-id"))
        heard = f"{self.path} {urllib.parse.unquote(self.path)} {self.headers.get('Authorization')} " \
                f"{body} {urllib.parse.unquote_plus(body)}"
        if "/oauth2/" in self.path:
            if Echo.gives_tokens:
                self.answer(200, json.dumps({"access_token": TOKEN, "expires_in": 3599}))
            else:
                self.answer(401, json.dumps({"error": "invalid_client", "error_description": f"AADSTS: {heard}"}))
        elif "/v1/workspaces/" in self.path:
            self.answer(400, json.dumps({"error": {"code": "BadArgumentError", "message": heard}}))
        else:
            self.answer(403, f"<Error><Code>AuthenticationFailed</Code><Message>{escape(heard)}</Message></Error>",
                        {"x-ms-error-code": "AuthenticationFailed"})

    do_GET = do_POST = do_PUT = do_HEAD = reply

    def answer(self, status, text, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


@contextmanager
def echo(gives_tokens=True):
    Echo.gives_tokens, Echo.seen = gives_tokens, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def spellings(secret):
    return {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), secret.replace("/", "\\/")}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("command", ["plan", "doctor", "apply"])
@pytest.mark.parametrize("gives_tokens, store, file", [
    (True, {"AZURE_STORAGE_KEY": KEY}, False), (True, {"AZURE_STORAGE_SAS_TOKEN": f"?{SAS}"}, False),
    (True, {}, False), (False, {"AZURE_STORAGE_SAS_TOKEN": SAS}, False), (False, {}, True),
])
def test_no_secret_is_repeated(archive, tmp_path, form, command, gives_tokens, store, file):
    made = archive([TABLE], START, END)
    environment = {**ENTRA, **store}
    if file:
        (tmp_path / "assertion").write_text(f"{ASSERTION}\n")
        environment |= {"AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
                        "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "assertion")}
    if "AZURE_STORAGE_SAS_TOKEN" not in store and "AZURE_STORAGE_KEY" not in store:
        # With this cloud a token signs storage as well only where it is an account of a cloud.
        made.spec["destination"].pop("account")
        made.spec["destination"]["directory"] = "./archive"
    log = tmp_path / "log"
    with echo(gives_tokens) as url:
        made.spec["source"]["endpoint"] = url
        process = made.start(command, "-v", "--log-format", form, "--log-file", str(log),
                             *(["--auto-approve"] if command == "apply" else []), environment=environment)
        out, err = process.communicate(timeout=300)
    assert process.returncode != 0
    everything = out + err + log.read_text()
    assert "***" in everything, everything
    for secret in [CLIENT_SECRET, TOKEN, KEY, SIGNATURE, ASSERTION]:
        for spelling in spellings(secret):
            assert spelling not in everything, everything


def test_requests_carry_the_run(archive, tmp_path):
    made = archive([TABLE], START, END)
    log = tmp_path / "log"
    with echo() as url:
        made.spec["source"]["endpoint"] = url
        process = made.start("doctor", "--log-file", str(log), environment={**ENTRA, "AZURE_STORAGE_KEY": KEY})
        process.communicate(timeout=300)
    # The first asks without a credential whether there is anyone.
    ids = [uuid.UUID(text) for text in Echo.seen if text]
    assert len(ids) >= 3 and len(set(ids)) == len(ids)
    assert len({str(one)[:23] for one in ids}) == 1
    assert {one.version for one in ids} == {8} and {one.variant for one in ids} == {uuid.RFC_4122}


def test_every_line_and_every_row_names_the_run(emulator, archive, tmp_path):
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    made = archive([TABLE], START, END)
    text, lines = tmp_path / "text", tmp_path / "json"
    made.apply("--log-file", str(text))
    run = made.manifest(TABLE)[0]["run_id"]
    assert re.fullmatch(r"[-0-9T:]{19}Z-[0-9a-f]{8}", run)
    assert text.read_text().count("\n") >= 2
    for line in text.read_text().splitlines():
        assert re.match(rf"[-0-9T:.]+Z (debug|info|warning|error) {run} ", line), line
    made.apply("--refresh", "--log-file", str(lines), "--log-format", "json", "-v")
    other = {json.loads(line)["run_id"] for line in lines.read_text().splitlines()}
    assert len(other) == 1 and other != {run}


def lines(err):
    """Every line of stderr, which must be one object of JSON."""
    return [json.loads(line) for line in err.splitlines()]


JSON = ("--log-format", "json")


def test_with_a_log_of_json_stderr_is_json_throughout(emulator, archive):
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    made = archive([TABLE], START, END)
    done = [line for line in lines(made.apply(*JSON).err) if "done" in line["message"]]
    assert [(line["table"], line["rows"], line["failed"]) for line in done] == [(TABLE, len(made.rows(TABLE)), 0)]

    (refused,) = lines(made.run("apply", *JSON, code=64).err)
    assert refused["level"] == "error" and refused["code"] == 64 and "terminal" in refused["message"]
    assert refused["remedy"].startswith("Look at") and refused["run_id"]
    (refused,) = lines(made.run("plan", "--log-format=json", "--tabel", "x", code=64).err)
    assert refused["code"] == 64

    made.spec["destination"]["fromat"] = "json"
    problem, last = lines(made.run("plan", *JSON, code=1).err)
    assert problem["file"] == made.spec_file and problem["line"] > 1 and problem["column"] > 1
    assert "fromat" in problem["message"] and "format" in problem["remedy"] and last["code"] == 1


def test_a_log_file_that_is_lost_is_said_once_and_the_work_goes_on(archive, tmp_path):
    made = archive([TABLE], START, END)
    run = made.apply("--quiet", "--log-file", "/dev/full")
    assert run.err.count("/dev/full cannot be written: No space left on device") == 1
    assert run.err.startswith("warning: ")
