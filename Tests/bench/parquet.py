"""Parquet: the encoder against DuckDB's conversion of the same rows from NDJSON, and a million rows that are the same."""

import json
import os
import subprocess
import sys

from encoding import speed
from figure import Figure
from measure import measure
from services import HERE, emulator, source, write_spec

# MB of response that a core is to make Parquet of in a second.
SPEED = 300
MILLION = 1_000_000
# A row group in the making, one that waits to be written, and what an export takes without any: in MiB.
MEMORY = 64 + 64 + 64


def parquet(binaries, folder, python, responses, rounds):
    for kind, path, _ in responses:
        text, ours, theirs = (os.path.join(folder, f"{kind}.{end}") for end in ("ndjson", "parquet", "duckdb.parquet"))
        encode = [f"{binaries}/logexport-bench", "encode", path, "--repeat"]
        speed([*encode, "1", "--output", text])
        found, rival = [], []
        # In turns, so that both meet the same machine.
        for _ in range(rounds):
            found.append(speed([*encode, "3", "--parquet", "zstd", "--output", ours]))
            rival.append(convert(python, text, theirs))
        seconds = os.path.getsize(path) / max(found) / 1e6
        yield Figure(f"Parquet of a response, {kind} rows", max(found), "MB/s", SPEED, "least", "zstd, of a core")
        yield Figure(
            f"Parquet against DuckDB's conversion, {kind} rows", min(rival) / seconds, "×", 1, "least",
            f"{seconds:.2f} against {min(rival):.2f} CPU seconds")
        sizes = [os.path.getsize(file) for file in (ours, theirs)]
        yield Figure(
            f"size of Parquet against DuckDB's, {kind} rows", sizes[0] / sizes[1], "×", 1.05, "most",
            f"{sizes[0] / 1e6:.1f} against {sizes[1] / 1e6:.1f} MB")
        os.remove(text)
    yield memory(binaries, folder, responses[-1], 7)
    yield same(binaries, folder, python)


def memory(binaries, folder, response, times):
    """One query, of the rows of a response many times over."""
    _, path, rows = response
    with source(f"Bench_CL={path}:{rows}*{times}") as ready, emulator(binaries) as sink:
        spec = write_spec(folder, "parquet", ready["url"], sink["blob_url"], ["Bench_CL"], format="parquet")
        run = measure(
            [f"{binaries}/logexport", "apply", "--auto-approve", "--progress", "none", "-f", spec], "Applied: 1 slice")
    size = os.path.getsize(path) * times
    return Figure(
        f"peak memory of Parquet, a query of {size / 1e6:,.0f} MB", run.peak / 2**20, "MiB", MEMORY, "most",
        f"{size / run.wall / 1e6:,.0f} MB/s")


def convert(python, source, target):
    """CPU seconds of DuckDB's COPY on one thread."""
    return json.loads(measure([python, f"{HERE}/duckdb_parquet.py", "convert", source, target]).text)["seconds"]


def same(binaries, folder, python):
    """Whether a million rows are in the file what they are in NDJSON."""
    response, text, file = (os.path.join(folder, f"million.{end}") for end in ("json", "ndjson", "parquet"))
    command = [sys.executable, f"{HERE}/responses.py", "short", response, "285"]
    rows = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0])
    encode = [f"{binaries}/logexport-bench", "encode", response, "--repeat", "1", "--output"]
    speed([*encode, text])
    speed([*encode, file, "--parquet", "zstd"])
    found = json.loads(measure([python, f"{HERE}/duckdb_parquet.py", "compare", text, file]).text)
    for path in (response, text, file):
        os.remove(path)
    if found["rows"] != rows or rows < MILLION:
        sys.exit(f"bench: {found['rows']} rows of {rows}")
    return Figure(f"rows that differ between Parquet and NDJSON, of {rows:,}", found["different"], "rows", 0)
