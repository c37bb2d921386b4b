"""A manifest as years of exports leave it, written without any export."""

import csv
import datetime as dt
import hashlib
import io
import json
import math
import random

COLUMNS = (
    "table,start,end,rows,blob_url,status,slice_start,slice_end,generation,part,parts,shard,bytes,raw_bytes,"
    "content_md5,sha256,etag,query_hash,schema_hash,format,compression,counted_rows,exported_at,run_id"
).split(",")
HOUR = dt.timedelta(hours=1)
LINEAGE = "11111111-2222-4333-8444-555555555555"


def time(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone.utc)


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def by_day_and_night(rate, seed):
    """Rows of an hour: more at noon than at night, fewer at weekends, a burst now and then."""
    random_numbers = random.Random(seed)

    def rows(start):
        level = 0.55 + 0.45 * math.sin((start.hour - 7) / 24 * 2 * math.pi)
        level *= 0.35 if start.weekday() >= 5 else 1
        level *= 1 + 0.3 * math.sin(start.timetuple().tm_yday / 58)
        if random_numbers.random() < 0.002:
            level *= 6
        return int(rate * level * random_numbers.uniform(0.85, 1.15))

    return rows


class Ledger:
    """Rows of one archive's manifest."""

    def __init__(self, archive):
        self.archive = archive
        self.lines = {}

    def row(self, table, start, rows, status="exported", hours=1, generation=1, schema="a", exported_at=None):
        """One slice of one part."""
        end = start + HOUR * hours
        has_blob = status in ("exported", "adopted", "superseded")
        digest = hashlib.sha256(f"{table}{start}{generation}".encode()).hexdigest()
        container = f"{self.archive.prefix}-{table.lower()}"
        self.lines.setdefault((table, start.year), []).append({
            "table": table, "start": written(start), "end": written(end), "rows": rows if has_blob else 0,
            "blob_url": f"{self.archive.emulator.blob_url}/{container}/{written(start)}.{generation}" if has_blob else "",
            "status": status, "slice_start": written(start), "slice_end": written(end), "generation": generation,
            "part": int(has_blob), "parts": int(has_blob), "shard": "", "bytes": rows * 87 if has_blob else 0,
            "raw_bytes": rows * 1130 if has_blob else 0, "content_md5": "", "sha256": digest, "etag": "",
            "query_hash": "q", "schema_hash": hashlib.sha256(schema.encode()).hexdigest()[:32] if has_blob else "",
            "format": "ndjson", "compression": "gzip", "counted_rows": rows if has_blob else 0,
            "exported_at": written(exported_at or end + HOUR * 100), "run_id": "2025-01-01T00:00:00Z-1f2e3d4c",
        })

    def fill(self, table, start, end, rows, holes=(), **more):
        """Every hour from `start` to `end` but those in `holes`, pairs of times; hours without rows are empty."""
        while start < end:
            if not any(first <= start < last for first, last in holes):
                count = rows(start)
                self.row(table, start, count, "exported" if count else "empty", **more)
            start += HOUR

    def write(self):
        container = self.archive.emulator.storage().get_container_client(f"{self.archive.prefix}-manifest")
        container.create_container()
        lineage = {
            "format_version": 1, "lineage": LINEAGE, "workspace": self.archive.emulator.workspace,
            "created_at": "2024-11-05T09:12:00Z",
        }
        container.upload_blob("lineage.json", json.dumps(lineage))
        for (table, year), lines in self.lines.items():
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
            container.upload_blob(f"{table}/{year}.csv", text.getvalue())
