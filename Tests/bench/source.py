#!/usr/bin/env python3
"""A query service of canned answers, so quick that whoever asks is the bottleneck.

    source.py [--gzip] TABLE=FILE:ROWS[*TIMES] … TABLE=hourly:ROWS …

The first form answers the hour that begins at 2025-01-01T00:00Z with the response in FILE,
which has ROWS rows; with *TIMES its rows are sent so many times over, and never held so.
The second has ROWS rows of about 1.2 KB in every hour of all time, in order.

With --gzip, who accepts gzip is answered with bytes that were compressed at the start.
Prints one line of JSON once it listens, and tells at GET /_source/queries what it was asked.
"""

import gzip
import http.server
import json
import re
import sys
import threading
from datetime import datetime, timedelta, timezone

HOUR = datetime(2025, 1, 1, tzinfo=timezone.utc)
RANGE = re.compile(r"TimeGenerated >= datetime\(([^)]*)\) and TimeGenerated < datetime\(([^)]*)\)")
COUNTS = [("Key", "datetime"), ("Rows", "long"), ("Billed", "real")]


class Canned:
    """One response, whose rows lie in one hour."""

    def __init__(self, path, rows, times, zipped):
        with open(path, "rb") as file:
            body = file.read()
        self.rows = rows * times
        self.zipped = gzip.compress(body, 6) if zipped and times == 1 else None
        self.pieces = [body]
        if times > 1:
            first, end = body.index(b'"rows":[') + len(b'"rows":['), body.rindex(b"]]") + 1
            block = body[first:end]
            self.pieces = [body[:first], *[block + b","] * (times - 1), block, body[end:]]

    def count(self, ranges):
        return {HOUR: self.rows} if any(start <= HOUR < end for start, end in ranges) else {}

    # A byte a row: a planner that believes it cuts the hour into no parts.
    billed = 1

    def body(self, ranges):
        return self.pieces if self.count(ranges) else [answer([("TimeGenerated", "datetime")], [])]


class Hourly:
    """As many rows in each hour, made for the hours that are asked for."""

    def __init__(self, rows):
        self.rows = rows
        text = "".join(f"{number * 2654435761 % 2**32:08x} " for number in range(130))
        self.block = b",".join(
            json.dumps([f"YYYY-MM-DDTHH:{number * 60 // rows:02}:00Z", number, text]).encode()
            for number in range(rows))

    # A planner expects two bytes of response for each that is billed.
    @property
    def billed(self):
        return len(self.block) / self.rows / 2

    def count(self, ranges):
        return {hour: self.rows for hour in hours(ranges)}

    def body(self, ranges):
        head = answer([("TimeGenerated", "datetime"), ("Number", "long"), ("Text", "string")], [])
        end = head.index(b'"rows":[') + len(b'"rows":[')
        blocks = [self.block.replace(b"YYYY-MM-DDTHH", f"{hour:%Y-%m-%dT%H}".encode()) for hour in hours(ranges)]
        return [head[:end], b",".join(blocks), head[end:]]


def hours(ranges):
    for start, end in ranges:
        while start < end:
            yield start
            start += timedelta(hours=1)


def answer(columns, rows):
    named = [{"name": name, "type": kind} for name, kind in columns]
    table = {"name": "PrimaryResult", "columns": named, "rows": rows}
    return json.dumps({"tables": [table]}, separators=(",", ":")).encode()


def ranges(query):
    """The ranges that a query names: its whole one, or those within it that it singles out."""
    found = [tuple(map(datetime.fromisoformat, pair)) for pair in RANGE.findall(query)]
    return found[1:] or found


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.split("?")[0].endswith("/oauth2/v2.0/token"):
            token = {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": "bench"}
            return self.respond([json.dumps(token).encode()])
        query = json.loads(body)["query"]
        table = self.server.tables[re.search(r"\w+", query).group()]
        asked = ranges(query)
        if "summarize" not in query:
            self.server.note("rows")
            zipped = getattr(table, "zipped", None)
            if zipped and "gzip" in self.headers.get("Accept-Encoding", "") and table.count(asked):
                return self.respond([zipped], "gzip")
            return self.respond(table.body(asked))
        self.server.note("counts")
        counts = table.count(asked)
        if " by Key" not in query:
            return self.respond([answer([("count_", "long")], [[sum(counts.values())]])])
        if "bin(TimeGenerated, 1h)" not in query:
            return self.respond([b'{"error":{"code":"BadArgumentError","message":"only hours are counted"}}'], status=400)
        rows = [[f"{hour:%Y-%m-%dT%H:%M:%SZ}", count, count * table.billed] for hour, count in counts.items()]
        return self.respond([answer(COUNTS, rows)])

    def do_GET(self):
        self.respond([json.dumps(self.server.asked).encode()])

    def respond(self, pieces, encoding=None, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(sum(map(len, pieces))))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        for piece in pieces:
            self.connection.sendall(piece)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tables):
        super().__init__(("127.0.0.1", 0), Handler)
        self.tables = tables
        self.asked = {"counts": 0, "rows": 0}
        self.lock = threading.Lock()

    def note(self, kind):
        with self.lock:
            self.asked[kind] += 1


def table(text, zipped):
    kind, rows = text.rsplit(":", 1)
    if kind == "hourly":
        return Hourly(int(rows))
    rows, _, times = rows.partition("*")
    return Canned(kind, int(rows), int(times or 1), zipped)


def main():
    words = sys.argv[1:]
    zipped = "--gzip" in words
    made = {}
    tables = {}
    for word in words:
        if "=" in word:
            name, text = word.split("=", 1)
            # Tables of one file share its bytes.
            tables[name] = made[text] = made.get(text) or table(text, zipped)
    server = Server(tables)
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
