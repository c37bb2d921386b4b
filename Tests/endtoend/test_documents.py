"""What the documents show is run as they show it."""

import os
import re
import shlex
import shutil
import subprocess

import duckdb
import pytest
from archive import clean_environment
from emulator import Emulator, program

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def shown(document, language, *words):
    """The block of a document that holds these words."""
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        blocks = re.findall(rf"```{language}\n(.*?)```", file.read(), re.DOTALL)
    (block,) = [block for block in blocks if all(word in block for word in words)]
    return block


@pytest.fixture(scope="module")
def events(emulator):
    """Four hours of a table, 30 rows each."""
    emulator.ingest("SecurityEvent", [
        {"TimeGenerated": f"2025-01-01T{hour:02}:{minute:02}:30Z", "Number": hour}
        for hour in range(4) for minute in range(0, 60, 2)])


@pytest.fixture
def folder(archive, events):
    """Makes archives of them in a directory."""

    def make(**sections):
        made = archive(["SecurityEvent"], "2025-01-01", "2025-01-01T04:00:00Z", directory=True, **sections)
        made.apply()
        return made

    return make


def query(text, place, monkeypatch):
    monkeypatch.chdir(place)
    with duckdb.connect() as connection:
        return connection.sql(text).fetchall()


def test_the_query_of_the_manifest_counts_what_lies_there(folder, monkeypatch):
    made = folder()
    text = shown("docs/manifest.md", "sql", "read_csv")
    place = os.path.join(made.directory, f"{made.prefix}-manifest")

    def counted():
        return dict(query(text, place, monkeypatch))["SecurityEvent"]

    def lying():
        return len(made.rows("SecurityEvent"))

    assert counted() == lying() == 120
    # A generation past nine is later than the ninth.
    for _ in range(10):
        made.apply("--replace", "SecurityEvent/2025-01-01T03:00:00Z")
    assert counted() == lying() == 120
    # A year of which nothing is recorded yet.
    with open(os.path.join(place, "SecurityEvent", "2025.csv"), encoding="utf-8") as file:
        header = file.readline()
    with open(os.path.join(place, "SecurityEvent", "2024.csv"), "w", encoding="utf-8") as file:
        file.write(header)
    assert counted() == 120
    made.spec["range"]["from"] = "2025-01-01T02:00:00Z"
    made.run("prune", "SecurityEvent/2025-01-01T00:00:00Z", "--auto-approve")
    assert counted() == lying() == 90
    made.run("prune", "--undeclared", "--auto-approve")
    assert counted() == lying() == 60
    # Declared again, a slice counts again.
    made.spec["range"]["from"] = "2025-01-01"
    made.apply()
    assert counted() == lying() == 120


def test_the_query_of_parquet_finds_the_partitions(folder, monkeypatch):
    made = folder(destination={"format": "parquet"})
    text = shown("docs/formats.md", "sql", "read_parquet", "m = 1")
    text = text.replace("archive/logs-securityevent", f"{made.prefix}-securityevent")
    # Of the hours 0 to 3 all but what lies before 00:59, half of the first.
    assert query(text, made.directory, monkeypatch) == [(90,)]


def test_the_azure_example_is_tried_on_the_emulator_as_it_says(tmp_path):
    start = shown("examples/azure/README.md", "sh", "logexport-emulator")
    commands = shown("examples/azure/README.md", "sh", "trial.yaml")
    os.symlink(os.path.join(ROOT, "examples"), tmp_path / "examples")
    # Its own flags, but for the ports and the file of the authority.
    flags = shlex.split(start.replace("--ca-out ca.pem", "").replace("--tls", "").replace("\\\n", ""))[1:]
    running = Emulator(*flags)
    try:
        shutil.copy(running.ca_file, tmp_path / "ca.pem")
        for shown_url, url in [("https://127.0.0.1:10443", running.tls_url), ("http://127.0.0.1:10000", running.url)]:
            assert shown_url in commands
            commands = commands.replace(shown_url, url)
        environment = {**clean_environment(), "PATH": f"{os.path.dirname(program('logexport'))}:{os.environ['PATH']}"}

        def run(text):
            return subprocess.run(
                ["bash", "-euc", text], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

        refused = run("".join(line for line in re.split(r"(?<!\\)(?=\n)", commands) if "curl" not in line))
        assert refused.returncode == 12 and "does not let this job in" in refused.stderr, refused.stderr
        done = run(commands)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "No changes." in done.stdout.splitlines()[-2]
        assert "and all of it is so" in (tmp_path / "report.html").read_text(encoding="utf-8")
    finally:
        assert running.stop() == 0
