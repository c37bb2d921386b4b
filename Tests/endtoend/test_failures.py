"""What goes wrong before anything is exported: one clear error each, its exit
code, and nothing changed in storage."""

import json
import os
import socket
import subprocess

import pytest
from archive import clean_environment
from emulator import Emulator, program

TABLE = "Sound_CL"
START, END = "2025-01-01", "2025-01-01T03:00:00Z"


@pytest.fixture(scope="module", autouse=True)
def rows(emulator):
    emulator.ingest(TABLE, [{"TimeGenerated": f"2025-01-01T0{n}:30:00Z", "Number": n} for n in range(3)])


@pytest.fixture
def sound(archive):
    """An archive that is complete."""
    made = archive([TABLE], START, END)
    made.apply()
    return made


def refused(made, code, *texts, arguments=(), environment=None, commands=("plan", "apply")):
    """Both commands end with `code`, one error that holds `texts`, and nothing changed."""
    before = made.everything()
    for command in commands:
        extra = ("--auto-approve",) if command == "apply" else ()
        run = made.run(command, *extra, *arguments, code=code, environment=environment)
        assert run.err.count("error: ") == 1, run.err
        for text in texts:
            assert text in run.err, run.err
    assert made.everything() == before


# The manifest

def rewrite(made, change):
    """Puts a changed manifest in the place of the one that lies there."""
    blob = made.manifest_blob(f"{TABLE}/2025.csv")
    data = change(blob.download_blob().readall())
    blob.delete_blob()
    blob.create_append_blob()
    if data:
        blob.append_block(data)


@pytest.mark.parametrize("change, texts", [
    (lambda data: data[:-20], ("2025.csv:4", "cut off")),
    (lambda data: data + data.split(b"\n")[0] + b"\n", ("2025.csv:5", "header stands here a second time")),
    (lambda data: data.replace(b"query_hash", b"QueryHash"), ("2025.csv:1", "'QueryHash' is unknown")),
    (lambda data: b"when,what\n1,2\n", ("2025.csv:1", "'when' is unknown")),
    (lambda data: data.replace(b",1,", b",one,", 1), ("2025.csv:2", "'one' is no count")),
    (lambda data: b"", ("is empty", "holds blobs of this archive")),
    (lambda data: data.replace(TABLE.encode() + b",", b"Other_CL,", 1), ("Other_CL", "stands in the file of")),
], ids=["truncated-last-row", "duplicated-header", "renamed-column", "foreign-columns", "words", "empty", "other-table"])
def test_a_manifest_that_cannot_be_trusted(sound, change, texts):
    rewrite(sound, change)
    refused(sound, 1, *texts, "Nothing was changed.")


def test_a_manifest_that_is_gone_beside_receipts(sound):
    sound.manifest_blob(f"{TABLE}/2025.csv").delete_blob()
    refused(sound, 1, "is absent", "holds blobs of this archive")
    # Neither does the manifest alone look as if nothing had ever been exported.
    assert "holds blobs of this archive" in sound.run("plan", "--no-list", code=1).err
    lost = f"The manifest's file {TABLE}/2025.csv is lost: it is absent, but container"
    assert lost in sound.run("status").out
    assert json.loads(sound.run("status", "--json").out)["tables"][0]["lost_files"] == [f"{TABLE}/2025.csv"]
    assert "file {TABLE}/2025.csv is lost".format(TABLE=TABLE) in sound.run("report").out
    sound.run("manifest", "rebuild", "--auto-approve")
    assert "is lost" not in sound.run("status").out


def test_a_manifest_that_is_gone_as_a_whole(sound):
    sound.emulator.storage().delete_container(f"{sound.prefix}-manifest")
    shown = sound.run("status").out
    assert f"file {TABLE}/2025.csv is lost" in shown and "logexport manifest rebuild" in shown
    assert "Nothing is archived yet" not in shown


def test_a_lineage_of_another_archive(sound, archive):
    other = archive([TABLE], START, END)
    other.apply()
    blob = sound.manifest_blob("lineage.json")
    blob.upload_blob(other.manifest_blob("lineage.json").download_blob().readall(), overwrite=True)
    refused(sound, 1, "belongs to archive", "Choose another container")


def test_an_archive_of_another_workspace(archive):
    workspaces = ["33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"]
    own = Emulator("--workspace", workspaces[0], "--workspace", workspaces[1])
    try:
        own.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
        made = archive([TABLE], START, END, on=own)
        made.apply()
        made.spec["source"]["workspace"] = workspaces[1]
        refused(made, 1, f"this archive is of workspace {workspaces[0]}")
    finally:
        own.stop()


# Credentials and hosts

def test_a_wrong_key(sound):
    refused(sound, 12, "AuthenticationFailed", "The account refused the key of account",
            environment={"AZURE_STORAGE_KEY": "d3Jvbmc="})


def test_a_shared_access_signature_that_has_expired(sound):
    token = "sv=2021-08-06&ss=b&srt=sco&sp=rwdlac&se=2025-01-01T00%3A00%3A00Z&sig=c2lnbmF0dXJl"
    refused(sound, 12, "the SAS, which expired at 2025-01-01T00:00:00Z",
            environment={"AZURE_STORAGE_SAS_TOKEN": token})


@pytest.mark.parametrize("text", ["", "junk\n"])
def test_a_file_of_authorities_that_holds_none(sound, tmp_path, text):
    file = tmp_path / "ca.pem"
    file.write_text(text)
    refused(sound, 1, "holds no certificate", "PEM", arguments=("--ca-file", str(file)))


def test_a_wrong_secret(sound):
    environment = {
        "AZURE_TENANT_ID": sound.emulator.ready["tenant"], "AZURE_CLIENT_ID": sound.emulator.ready["client_id"],
        "AZURE_CLIENT_SECRET": "wr0ng-secret",
    }
    before = sound.everything()
    run = sound.run("plan", "--refresh", code=12, environment=environment)
    assert run.err.count("error: ") == 1 and "wr0ng-secret" not in run.text
    assert sound.everything() == before


def test_a_token_that_expires_under_way_is_renewed(emulator, archive):
    made = archive([TABLE], START, END)
    emulator.faults("expire-token:op=Query,n=2")
    made.apply()
    emulator.faults()
    assert len(made.rows(TABLE)) == 3


def test_a_token_that_is_never_accepted(emulator, archive):
    made = archive([TABLE], START, END)
    emulator.faults("expire-token:op=Query")
    run = made.run("plan", code=12)
    emulator.faults()
    assert run.err.count("error: ") == 1 and "expire" in run.err.lower(), run.err
    assert "did not take the token" in run.err


def test_a_workspace_that_does_not_exist(archive):
    made = archive([TABLE], START, END)
    made.spec["source"]["workspace"] = "99999999-9999-4999-8999-999999999999"
    refused(made, 1, "PathNotFound", "Check source.workspace (99999999", "source.cloud")


def test_a_host_that_cannot_be_reached(archive):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    made = archive([TABLE], START, END)
    made.spec["source"]["endpoint"] = f"http://127.0.0.1:{port}"
    refused(made, 5, f"127.0.0.1:{port}")


@pytest.mark.parametrize("host", ["https://logs.example.net", "*.example.net", "logs.example.net/v1"])
def test_a_host_to_allow_that_is_none(archive, host):
    refused(archive([TABLE], START, END), 64, host, "no scheme", arguments=("--allow-host", host))


@pytest.mark.parametrize("host", ["evil.blob.core.windows.net", "evil.vault.azure.net"])
def test_another_service_of_the_cloud_gets_no_token(archive, host):
    """Whoever may change a spec may have an account or a vault of that name."""
    made = archive([TABLE], START, END)
    made.spec["source"].update(cloud="public", endpoint=f"https://{host}")
    made.spec["destination"].pop("account")
    made.spec["destination"]["directory"] = "./archive"
    refused(made, 1, f"{host} is not a host of Log Analytics")


def test_a_sign_in_host_without_its_scheme(archive):
    refused(archive([TABLE], START, END), 1, "AZURE_AUTHORITY_HOST", "Write scheme and host",
            environment={"AZURE_AUTHORITY_HOST": "login.microsoftonline.us"})


def test_a_crash_leaves_no_core_file(archive):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.settimeout(60)
        made = archive([TABLE], START, END)
        made.spec["source"]["endpoint"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = made.start("plan")
        try:
            # It waits for an answer by then.
            silent.accept()
            with open(f"/proc/{process.pid}/limits") as limits:
                (line,) = [line for line in limits if line.startswith("Max core file size")]
        finally:
            process.kill()
            process.communicate()
    assert line.split()[4:6] == ["0", "0"], line


def test_a_host_outside_of_the_cloud(archive):
    made = archive([TABLE], START, END)
    made.spec["source"].update(cloud="public", endpoint="https://logs.example.net")
    made.spec["destination"].pop("account")
    made.spec["destination"]["directory"] = "./archive"
    refused(made, 1, "logs.example.net", "--allow-host")
    # Nothing but the lock that apply took.
    assert os.listdir(os.path.join(made.folder, "archive")) == [f"{made.prefix}-manifest-lock"]


# The source

def test_a_table_that_is_absent_does_not_stop_the_others(archive):
    made = archive(["Absent_CL", TABLE], START, END)
    made.run("plan", code=1)
    run = made.apply(code=3)
    assert "Absent_CL" in run.text
    assert len(made.rows(TABLE)) == 3


@pytest.mark.parametrize("command", [
    ["plan"], ["plan", "-q"], ["plan", "-q", "--json"], ["graph", "-q"], ["apply", "--auto-approve", "-q"],
    ["apply", "--auto-approve", "-q", "--json"],
], ids=" ".join)
def test_why_a_table_cannot_be_planned_is_said_however_quiet_it_should_be(sound, command):
    sound.spec["tables"] = ["Absent_CL", TABLE]
    run = sound.run(*command, code=1)
    lines = [line for line in run.err.splitlines() if "Absent_CL: " in line]
    assert len(lines) == 1, run.err
    if "--json" in command:
        assert json.loads(lines[0])["severity"] == "error"
    else:
        assert lines[0].startswith("error: Absent_CL: ")


def test_a_column_that_the_table_lacks_is_named_before_anything_is_exported(archive):
    made = archive([{"name": TABLE, "columns": ["TimeGenerated", "Numbre"]}], START, END)
    run = made.run("plan", code=1)
    assert "Numbre" in run.text
    run = made.apply(code=1)
    assert "Numbre" in run.text
    assert made.containers() == []


# The command line

@pytest.mark.parametrize("arguments, text", [
    (["plam"], "did you mean 'plan'?"),
    (["plan", "--no-lst"], "did you mean '--no-list'?"),
    (["plan", "--table", "Sond*"], "selects no table"),
    (["plan", "--from", "yesterday"], "is no time"),
    (["apply"], "--auto-approve"),
    (["plan", "--from", "2025-01-01T02:00:00Z", "--to", "2025-01-01T01:00:00Z"], "is not before --to"),
    (["plan", "--from", "2025-01-01T02:00:00Z", "--to", "2025-01-01T02:00:00Z"], "is not before --to"),
    (["plan", "--from", "2025-03-01"], "leave no slice"),
    (["plan", "--to", "2025-01-01T00:59:59Z"], "leave no slice"),
    (["graph", "--as-of", "9000-01-01"], "cannot be set forward"),
    (["plan", "--allow-shrink", "Other_CL/2025-01-01"], "is no slice of this spec"),
])
def test_a_command_line_that_is_wrong(sound, arguments, text):
    run = sound.run(*arguments, code=64)
    assert text in run.err and run.err.count("error: ") == 1


def test_a_spec_that_is_wrong_ends_with_1_and_all_its_problems(archive):
    made = archive([TABLE, {"name": "T", "colums": ["A"]}], START, END, onChange="kep")
    run = made.run("validate", code=1)
    assert run.err.count("error: unknown") == 2
    assert 'did you mean "columns"?' in run.err and 'did you mean "keep"?' in run.err


def test_problems_are_json_for_programs(archive):
    made = archive([TABLE, {"name": "T", "colums": ["A"]}], START, END)
    problems = [json.loads(line) for line in made.run("validate", "--json", code=1).err.splitlines()]
    assert [problem["severity"] for problem in problems] == ["error", "error"]
    assert problems[0]["remedy"] and "1 problem" in problems[1]["summary"]
    problem = json.loads(made.run("plan", "--json", "--no-lst", code=64).err)
    assert "--no-lst" in problem["summary"] and "--help" in problem["remedy"]


def test_a_spec_that_is_absent(archive):
    made = archive([TABLE], START, END)
    run = made.run("plan", "--chdir", made.folder, "--no-color", code=0)
    assert "Plan:" in run.out


# Results that nobody gets

def output_lost(made, command, *arguments, to):
    """Ends with 1, whatever the command found; returns what it says."""
    made.write_spec()
    run = subprocess.run(
        [program("logexport"), command, "-f", made.spec_file, *arguments], stdin=subprocess.DEVNULL, stdout=to,
        stderr=subprocess.PIPE, text=True, timeout=300, env=clean_environment())
    assert run.returncode == 1, run.stderr
    return run.stderr


@pytest.mark.parametrize("command", [
    ["plan"], ["plan", "--json"], ["graph"], ["apply", "--auto-approve"], ["apply", "--auto-approve", "--json"],
    ["validate"], ["version"],
], ids=" ".join)
def test_a_result_that_cannot_be_written(sound, command):
    with open("/dev/full", "w", encoding="ascii") as full:
        said = output_lost(sound, *command, to=full)
    assert said.count("\n") == 1 and "No space left on device" in said


@pytest.mark.parametrize("command", ["plan", "report"])
def test_a_file_that_cannot_be_written(sound, command):
    path = os.path.join(sound.folder, "absent", "out")
    assert sound.run(command, "-o", path, code=1).err == f"error: {path} cannot be written: No such file or directory\n"


def test_a_reader_that_has_gone(sound):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert output_lost(sound, "plan", to=writing) == ""
    finally:
        os.close(writing)
