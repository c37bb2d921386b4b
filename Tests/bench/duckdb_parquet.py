#!/usr/bin/env python3
"""What DuckDB takes to make Parquet of NDJSON, and whether a file of each has the same rows.

    duckdb_parquet.py convert NDJSON PARQUET
    duckdb_parquet.py compare NDJSON PARQUET

On one thread. Prints a line of JSON.
"""

import json
import sys
import time

import duckdb


def main():
    what, text, file = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
    print(json.dumps({"convert": convert, "compare": compare}[what](connection, text, file)))


def convert(connection, text, file):
    begin = time.process_time()
    connection.execute(
        f"COPY (FROM read_json('{text}', format = 'newline_delimited')) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return {"seconds": time.process_time() - begin}


def compare(connection, text, file):
    """By the hash of each row, in order, of values by their types."""
    columns = connection.execute(f"DESCRIBE FROM read_parquet('{file}')").fetchall()
    # Of a time DuckDB's JSON reads no more than microseconds: its text is compared.
    read = {name: "VARCHAR" if kind.startswith("TIMESTAMP") else kind for name, kind, *_ in columns}
    fields = ", ".join(f"'{name}': '{kind}'" for name, kind in read.items())
    theirs = ", ".join(time_text(name) if kind.startswith("TIMESTAMP") else f'"{name}"' for name, kind, *_ in columns)
    ours = ", ".join(f'"{name}"' for name, *_ in columns)
    rows, different = connection.execute(f"""
        SELECT count(*), count(*) FILTER (a.h IS DISTINCT FROM b.h) FROM
        (SELECT row_number() OVER () AS n, hash({theirs}) AS h FROM read_parquet('{file}')) AS a FULL JOIN
        (SELECT row_number() OVER () AS n, hash({ours}) AS h
         FROM read_json('{text}', format = 'newline_delimited', columns = {{{fields}}})) AS b USING (n)
        """).fetchone()
    return {"rows": rows, "different": different}


def time_text(name):
    """A time as the service writes it: without the zeros at its end."""
    # A cast to microseconds rounds up.
    seconds = f"""strftime(make_timestamp(epoch_ns("{name}") // 1000000000 * 1000000), '%Y-%m-%dT%H:%M:%S')"""
    fraction = f"""rtrim(rtrim('.' || lpad((epoch_ns("{name}") % 1000000000 // 100)::VARCHAR, 7, '0'), '0'), '.')"""
    return f"{seconds} || {fraction} || 'Z'"


if __name__ == "__main__":
    main()
