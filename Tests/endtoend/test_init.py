"""The first command that a newcomer runs: questions on a terminal, options without one."""

import os
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from archive import clean_environment
from emulator import Emulator, program
from terminal import Terminal

WORKSPACE = "33333333-3333-4333-8333-333333333333"


@pytest.fixture(scope="module")
def usage(emulator):
    """What the service notes of each table by the hour."""
    hour = (datetime.now(timezone.utc) - timedelta(hours=2)).isoformat()
    emulator.ingest("Usage", [
        {"TimeGenerated": hour, "DataType": name, "Quantity": megabytes}
        for name, megabytes in [("Syslog", 1.5), ("SecurityEvent", 7100.25), ("SigninLogs", 600.5), ("SigninLogs", 600.5)]
    ])
    for name in ["Syslog", "SecurityEvent", "SigninLogs"]:
        emulator.ingest(name, [{"TimeGenerated": hour, "Number": 1}])


def run(folder, *arguments, code=0, environment=None):
    done = subprocess.run(
        [program("logexport"), *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**clean_environment(), **(environment or {})}, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def on_emulator(emulator):
    return ["--cloud", "emulator", "--endpoint", emulator.url]


def test_a_person_is_asked_and_picks_tables(emulator, usage, tmp_path):
    terminal = Terminal("init", *on_emulator(emulator), folder=tmp_path)
    terminal.answer("Workspace id", "soc-workspace")
    terminal.answer("no GUID", WORKSPACE.upper())
    terminal.answer("Storage account", "Not An Account")
    terminal.answer("3 to 24 lower-case", "https://")
    terminal.answer("cannot be used", emulator.account)
    terminal.answer("[90d]:", "soon")
    terminal.answer("write 90d", "")
    terminal.read_until("Which")
    assert terminal.text.index("SecurityEvent") < terminal.text.index("SigninLogs") < terminal.text.index("Syslog")
    assert "7.1 GB" in terminal.text and "1.2 GB" in terminal.text
    terminal.answer("[all]:", "9")
    terminal.answer("'9' is no table of the workspace", "SecurityEvents")
    terminal.answer("did you mean 'SecurityEvent'?", "1-2")
    assert terminal.wait() == 0, terminal.text
    assert "2 tables" in terminal.text
    text = (tmp_path / "logexport.yaml").read_text()
    assert f"workspace: {WORKSPACE}\n" in text and "  last: 90d\n" in text
    assert text.endswith("tables:\n  - SecurityEvent\n  - SigninLogs\n")
    assert "valid: 2 tables" in run(tmp_path, "validate")
    run(tmp_path, "doctor")


def test_what_options_say_is_not_asked(emulator, usage, tmp_path):
    terminal = Terminal("init", *on_emulator(emulator), "--directory", "./archive", "--last", "7d", folder=tmp_path,
                        environment={"LOG_ANALYTICS_WORKSPACE_ID": WORKSPACE})
    terminal.answer("Workspace id [${env:LOG_ANALYTICS_WORKSPACE_ID}]:", "")
    terminal.answer("[all]:", "")
    assert terminal.wait() == 0, terminal.text
    text = (tmp_path / "logexport.yaml").read_text()
    assert "workspace: ${env:LOG_ANALYTICS_WORKSPACE_ID}\n" in text and 'directory: "./archive"' in text
    assert text.count("\n  - ") == 3


def test_where_tables_cannot_be_listed_they_are_asked_for(emulator, tmp_path):
    terminal = Terminal("init", "--workspace", WORKSPACE, "--cloud", "emulator", "--endpoint", "http://127.0.0.1:9",
                        "--directory", "./archive", "--last", "7d", folder=tmp_path)
    terminal.read_until("cannot be listed")
    terminal.answer("Tables, by name:", "Sys log; drop")
    terminal.answer("is no name of a table", "Syslog, Custom_CL")
    assert terminal.wait() == 0, terminal.text
    assert (tmp_path / "logexport.yaml").read_text().endswith("tables:\n  - Syslog\n  - Custom_CL\n")


@pytest.mark.parametrize("key, code", [("\x04", 1), ("\x03", 130)])
def test_leaving_writes_nothing(tmp_path, key, code):
    terminal = Terminal("init", folder=tmp_path)
    terminal.read_until("Workspace id")
    terminal.write(key)
    assert terminal.wait() == code
    assert os.listdir(tmp_path) == []


def test_without_a_terminal_every_gap_is_named(tmp_path):
    said = run(tmp_path, "init", code=64)
    assert "--workspace" in said and "--account" in said and "--table" in said
    assert os.listdir(tmp_path) == []


def test_patterns_are_resolved(emulator, usage, tmp_path):
    run(tmp_path, "init", *on_emulator(emulator), "--workspace", WORKSPACE, "--account", emulator.account,
        "--table", "S*log*", "--table", "Other_CL", "--from", "2025-01-01", "--to", "2025-02-01")
    text = (tmp_path / "logexport.yaml").read_text()
    assert text.endswith("tables:\n  - SigninLogs\n  - Syslog\n  - Other_CL\n")
    assert "  from: 2025-01-01  #" in text and "  to: 2025-02-01  #" in text


COMPLETE = ["init", "--workspace", WORKSPACE, "--account", "stsocarchive", "--table", "Syslog"]


def test_a_file_is_never_written_over_unless_that_is_said(tmp_path):
    spec = tmp_path / "logexport.yaml"
    spec.write_text("mine")
    assert "--force" in run(tmp_path, *COMPLETE, code=1)
    assert spec.read_text() == "mine"
    run(tmp_path, *COMPLETE, "-f", "other.yaml")
    run(tmp_path, *COMPLETE, "--force")
    assert spec.read_text() == (tmp_path / "other.yaml").read_text()


def test_the_spec_may_be_printed_under_a_name(tmp_path):
    text = run(tmp_path, *COMPLETE, "-f", "-", "--name", "soc-archive")
    assert text.startswith("# What must lie") and "name: soc-archive\n" in text and "csv or parquet" in text
    assert os.listdir(tmp_path) == []


def test_what_comes_next_is_of_the_file_that_was_written(tmp_path):
    said = run(tmp_path, *COMPLETE, "-f", "my soc.yaml")
    assert "logexport doctor -f 'my soc.yaml', then logexport plan -f 'my soc.yaml'." in said
    assert "then logexport plan." in run(tmp_path, *COMPLETE)
    # So it is of hints wherever they come from.
    said = run(tmp_path, "apply", "-f", "my soc.yaml", code=64)
    assert "logexport plan -f 'my soc.yaml' -o plan.json" in said
    assert "logexport apply -f 'my soc.yaml' plan.json" in said
    assert "Look at `logexport plan -o" in run(tmp_path, "apply", code=64)


@pytest.mark.parametrize("wrong, said", [
    (["--table", "Sec;drop"], "'Sec;drop' is no name of a table"),
    (["--directory", "x"], "exclude each other"), (["--last", "7d", "--from", "2025-01-01"], "exclude each other"),
    (["--from", "yesterday"], "is no time"), (["--to", "2025-01-01"], "--to needs --from"),
    (["--from", "2025-02-01", "--to", "2025-01-01"], "no valid spec"), (["--last", "soon"], "no valid spec"),
])
def test_wrong_options_write_nothing(tmp_path, wrong, said):
    assert said in run(tmp_path, *COMPLETE, *wrong, code=64)
    assert os.listdir(tmp_path) == []


def test_the_emulator_lists_what_it_holds(tmp_path):
    own = Emulator("--generate", "SecurityEvent=200,Heartbeat=2", "--generate-range", "2025-08-01/2025-08-03")
    try:
        terminal = Terminal("init", *on_emulator(own), "--workspace", WORKSPACE, "--directory", "./archive", "--from",
                            "2025-08-01", "--to", "2025-08-03", folder=tmp_path)
        terminal.read_until("[all]:")
        assert terminal.text.index("SecurityEvent") < terminal.text.index("Heartbeat")
        terminal.write("1\n")
        assert terminal.wait() == 0, terminal.text
        run(tmp_path, "doctor")
        assert "+ SecurityEvent" in run(tmp_path, "plan")
    finally:
        assert own.stop() == 0
