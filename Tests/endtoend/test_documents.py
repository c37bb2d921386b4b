"""What the documents show is run as they show it."""

import os
import re

import duckdb
import pytest

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
