"""Recorded Windows events: loaded, exported in slices of five seconds with
limits that force splits by time and by hash, read back with Python's own
libraries. Every row is there exactly once, with every value as it was."""

import collections
import json
import os
import re
import zipfile
from datetime import datetime

import pytest
from archive import Archive
from emulator import Emulator
from parquet_files import READERS

TABLE = "WindowsEvents"
FORMATS = [("ndjson", "gzip"), ("json", "none"), ("csv", "zstd"), ("parquet", "zstd")]


def unzipped(name, shared_data, folder):
    """A file of events, and each event as JSON says it."""
    with zipfile.ZipFile(os.path.join(shared_data, name)) as zipped:
        path = zipped.extract(zipped.namelist()[0], folder)
    with open(path, encoding="utf-8") as file:
        return path, [json.loads(line, parse_float=str) for line in file]


@pytest.fixture(scope="module")
def events(shared_data, tmp_path_factory):
    return unzipped("windows-events.zip", shared_data, tmp_path_factory.mktemp("events"))


@pytest.fixture(scope="module")
def loaded(events):
    """An emulator that holds them, and answers with few rows at a time."""
    path, _ = events
    running = Emulator("--limits", "rows=1000,bytes=1000000,rate=100000", "--load", f"{TABLE}={path}:time=@timestamp")
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("form, compression", FORMATS)
def test_every_row_is_archived_once_with_every_value(events, loaded, archive, tmp_path, form, compression):
    _, originals = events
    made = archive(
        [TABLE], "2020-10-22T08:29:45Z", "2020-10-22T08:30:45Z", on=loaded,
        range={"slice": "5s"}, limits={"rows": 134, "bytes": "300KB"},
        destination={"format": form, "compression": compression},
    )
    run = made.apply()
    assert f"with {len(originals) / 1000:.1f}k rows exported" in run.out

    parts = [part for slice_parts in made.in_force(TABLE).values() for part in slice_parts]
    assert len(parts) > 12 and any(part["shard"] for part in parts) and any(not part["shard"] for part in parts)
    assert all(int(part["rows"]) < 134 for part in parts)

    found = made.rows(TABLE)
    assert len(found) == len(originals)
    assert collections.Counter(fingerprint(row, form) for row in found) == collections.Counter(
        fingerprint(renamed(row), form) for row in originals)
    made.check_agreement(TABLE)
    assert "No changes." in made.run("plan").out
    if form == "parquet":
        check_readers(made, str(tmp_path / "part.parquet"))


@pytest.fixture(scope="module")
def one_file(shared_data, tmp_path_factory):
    """The smaller recording as one file of Parquet, and its events as rows of all columns."""
    folder = tmp_path_factory.mktemp("small")
    path, originals = unzipped("windows-events-small.zip", shared_data, folder)
    running = Emulator("--load", f"{TABLE}={path}:time=@timestamp")
    made = Archive(
        running, [TABLE], "2020-09-04T20:00:00Z", "2020-09-04T21:00:00Z", "small", folder=str(folder), directory=True,
        destination={"format": "parquet"})
    made.apply()
    assert running.stop() == 0
    (name,) = made.blobs(f"small-{TABLE.lower()}")
    rows = [{**renamed(row), "TimeGenerated": ticks(row["@timestamp"])} for row in originals]
    # A string is never null to the service: what is missing is empty.
    empty = {name: "" if isinstance(value, str) else None for row in rows for name, value in row.items()}
    return os.path.join(made.directory, f"small-{TABLE.lower()}", name), [{**empty, **row} for row in rows]


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_finds_every_cell_of_a_recording_in_one_file(one_file, reader):
    path, rows = one_file
    found = READERS[reader](path, {"TimeGenerated": "datetime", "tags": "dynamic"})
    found["tags"] = [json.loads(tags) for tags in found["tags"]]
    assert set(found) == set(rows[0]) and len(found) == 162 and len(rows) == 2067
    assert collections.Counter(zip(*[map(repr, found[name]) for name in rows[0]])) == collections.Counter(
        tuple(map(repr, row.values())) for row in rows)


def ticks(text):
    """Of a time with milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000) * 10_000


def check_readers(made, path):
    """Other readers find in each file what pyarrow finds, of which the rows above were."""
    for data in made.blobs(f"{made.prefix}-{TABLE.lower()}").values():
        with open(path, "wb") as file:
            file.write(data)
        types = {"TimeGenerated": "datetime", "tags": "dynamic"}
        expected = READERS["pyarrow"](path, types)
        for name in ("duckdb", "polars"):
            assert READERS[name](path, types) == expected, name


def renamed(row):
    """The event as the table holds it: its time under TimeGenerated, other names made identifiers."""
    result = {re.sub(r"[^A-Za-z0-9_]", "_", name): value for name, value in row.items() if name != "@timestamp"}
    result["TimeGenerated"] = row["@timestamp"]
    return result


def fingerprint(row, form):
    """The row without what was null, each value by its exact text."""
    values = {}
    for name, value in row.items():
        if value is None or value == "":
            continue
        if form == "csv" and not isinstance(value, str):
            value = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if name == "TimeGenerated" and "." in value:
            value = value.rstrip("Z").rstrip("0").rstrip(".") + "Z"
        values[name] = value if form == "csv" else json.dumps(value, sort_keys=True)
    return tuple(sorted(values.items()))
