#!/usr/bin/env python3
"""The job that logexport replaces, as its users write it: hours of a table through pandas to blobs.

    python_job.py ENDPOINT BLOB_URL CONTAINER TABLE FROM HOURS LOG.csv [WORKERS]
"""

import csv
import gzip
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pandas as pd
from azure.core.credentials import AccessToken
from azure.monitor.query import LogsQueryClient, LogsQueryStatus
from azure.storage.blob import BlobServiceClient, ContentSettings
from services import KEY, WORKSPACE
from tenacity import retry, stop_after_attempt, wait_exponential


class StaticCredential:
    """Stands where DefaultAzureCredential would: the source asks for no particular token."""

    def get_token(self, *_, **__):
        return AccessToken("bench", int(time.time()) + 3600)


class Exporter:
    def __init__(self, endpoint, blob_url, container, table, log):
        self.logs = LogsQueryClient(StaticCredential(), endpoint=f"{endpoint}/v1")
        account = {"account_name": blob_url.rsplit("/", 1)[1], "account_key": KEY}
        self.container = BlobServiceClient(blob_url, credential=account).get_container_client(container)
        self.table = table
        self.log = log
        self.lock = threading.Lock()

    @retry(stop=stop_after_attempt(5), wait=wait_exponential(max=60), reraise=True)
    def query(self, start, end):
        text = (
            f"{self.table} | where TimeGenerated >= datetime({start:%Y-%m-%dT%H:%M:%SZ})"
            f" and TimeGenerated < datetime({end:%Y-%m-%dT%H:%M:%SZ})")
        # Plain HTTP is for this machine alone.
        answer = self.logs.query_workspace(
            WORKSPACE, text, timespan=(start, end), server_timeout=600, enforce_https=False)
        if answer.status != LogsQueryStatus.SUCCESS:
            raise RuntimeError(answer.partial_error)
        table = answer.tables[0]
        return pd.DataFrame(data=table.rows, columns=table.columns)

    @retry(stop=stop_after_attempt(5), wait=wait_exponential(max=60), reraise=True)
    def upload(self, name, data):
        settings = ContentSettings(content_type="application/x-ndjson", content_encoding="gzip")
        self.container.upload_blob(name, data, overwrite=True, content_settings=settings)

    def hour(self, start):
        end = start + timedelta(hours=1)
        frame = self.query(start, end)
        name = f"{self.table}/{start:%Y/%m/%d/%H}.json.gz"
        if not frame.empty:
            text = frame.to_json(orient="records", lines=True, date_format="iso")
            self.upload(name, gzip.compress(text.encode("utf-8")))
        with self.lock:
            self.log.writerow([self.table, start.isoformat(), end.isoformat(), len(frame), name, "ok"])
        return len(frame)


def main():
    endpoint, blob_url, container, table, begin, hours, path, *workers = sys.argv[1:]
    start = datetime.fromisoformat(begin)
    with open(path, "a", newline="", encoding="utf-8") as file:
        exporter = Exporter(endpoint, blob_url, container, table, csv.writer(file))
        with ThreadPoolExecutor(max_workers=int(workers[0]) if workers else 1) as pool:
            rows = sum(pool.map(exporter.hour, [start + timedelta(hours=n) for n in range(int(hours))]))
    print(f"{rows} rows exported")


if __name__ == "__main__":
    main()
