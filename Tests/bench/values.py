#!/usr/bin/env python3
"""Values come out of an export as they went in: random responses, against Python's json.

    values.py BINARIES SEED TABLES ROWS

Exports so many tables of so many rows, and compares every row.
"""

import concurrent.futures
import gzip
import json
import os
import sys
import tempfile

from figure import Figure
from measure import measure
from random_responses import Response
from services import source, write_spec

# Text of deeper nesting stays text.
DEEPEST = 120


def read(text):
    """Numbers as the bytes that they are written in, so that a digit more or less is a difference."""
    return json.loads(text, parse_int=str.encode, parse_float=str.encode, parse_constant=refuse)


def refuse(name):
    raise ValueError(f"{name} is no JSON")


def dynamic(value):
    """What a dynamic becomes: the value of its text, where that is JSON, whole, in UTF-8, and not too deep for readers."""
    if not isinstance(value, str):
        return value
    try:
        value.encode()
        found = read(value)
    except ValueError:
        return value
    return found if nesting(found) <= DEEPEST else value


def nesting(value):
    """How many containers are open at once."""
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + max(map(nesting, value.values() if isinstance(value, dict) else value), default=0)


def difference(response, lines, omits_nulls):
    """The first row that is not what it should be; None where all are."""
    with open(response, encoding="utf-8", newline="") as file:
        table = read(file.read())["tables"][0]
    columns = [(column["name"], column["type"] == "dynamic") for column in table["columns"]]
    rows = table["rows"]
    if len(lines) != len(rows):
        return f"{response}: {len(lines)} lines for {len(rows)} rows"
    for number, (row, line) in enumerate(zip(rows, lines)):
        expected = {
            name: dynamic(value) if is_dynamic else value for (name, is_dynamic), value in zip(columns, row)
            if value is not None or not omits_nulls}
        found = read(line)
        if found != expected or list(found) != list(expected):
            return f"{response}: row {number} became {line!r}"
    return None


def write_response(path, seed, rows):
    Response(seed).write(path, rows)


def compare(response, blob, omits_nulls):
    with gzip.open(blob, "rb") as file:
        return difference(response, file.read().decode("utf-8").split("\n")[:-1], omits_nulls)


def round_trip(binaries, folder, seed, tables, rows):
    """The differences found, each with its seed and place; every other table leaves nulls out."""
    names = [f"Random{number}_CL" for number in range(tables)]
    nulls = ["omit" if number % 2 else "keep" for number in range(tables)]
    files = [os.path.join(folder, f"{name}.json") for name in names]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(write_response, files, [f"{seed}/{name}" for name in names], [rows] * tables))
        with source(*(f"{name}={file}:{rows}" for name, file in zip(names, files))) as ready:
            for way in sorted(set(nulls)):
                ours = [name for name, its in zip(names, nulls) if its == way]
                spec = write_spec(folder, way, ready["url"], None, ours, nulls=way)
                measure(
                    [f"{binaries}/logexport", "apply", "--auto-approve", "--progress", "none", "-f", spec],
                    f"Applied: {len(ours)} slice")
        blobs = [blob(folder, *place) for place in zip(nulls, names)]
        found = list(pool.map(compare, files, blobs, [way == "omit" for way in nulls]))
    return [f"seed {seed}: {text}" for text in found if text]


def blob(folder, archive, table):
    """The only blob of a table."""
    container = os.path.join(folder, archive, f"{archive}-{table.lower().replace('_', '-')}")
    for place, _, names in os.walk(container):
        for name in names:
            if name.endswith(".ndjson.gz"):
                return os.path.join(place, name)
    sys.exit(f"bench: no blob in {container}")


def values(binaries, seed, tables=20, rows=50_000):
    with tempfile.TemporaryDirectory(prefix="logexport-rows-") as folder:
        found = round_trip(binaries, folder, seed, tables, rows)
    for text in found:
        print(f"bench: {text}", file=sys.stderr)
    yield Figure(f"tables that differ from Python's json, {tables * rows:,} rows", len(found), f"of {tables}", 0, note=f"seed {seed}")


def main():
    binaries, seed, tables, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    (figure,) = values(binaries, seed, tables, rows)
    print(figure.line())
    sys.exit(0 if figure.passed else 1)


if __name__ == "__main__":
    main()
