"""Answers as Blob storage does for `logexport plan` on an archive that `logexport-bench manifest` made.

Each row of its manifest becomes one listed blob, with the receipt that the row implies. The pages of the
listings are rendered to files beforehand, so that sending them is all that is left to do while the plan
is measured. Authorisation is not checked.

    listing.py DIR      serves the archive in DIR until it is interrupted, and prints the spec's path
"""

import contextlib
import csv
import datetime
import http.server
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import urllib.parse
import xml.sax.saxutils

ACCOUNT = "devstoreaccount1"
MANIFEST = "export-manifest"
PAGE = 5000  # what the service puts on one page at most
VERSION = "2021-12-02"
MODIFIED = "Tue, 05 Mar 2024 10:20:30 GMT"


@contextlib.contextmanager
def serve(folder):
    """Serves the archive in `folder`; gives the path of a spec that finds it complete, with a listing."""
    pages = tempfile.mkdtemp(prefix="logexport-listing-")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = None
    try:
        server.store = Store(folder, pages, f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.store.spec
    finally:
        if thread:
            server.shutdown()
        server.server_close()
        shutil.rmtree(pages)


class Store:
    """The archive's containers and files, with URLs of this server instead of the folder's."""

    def __init__(self, folder, pages, origin):
        self.archive = os.path.realpath(os.path.join(folder, "archive"))
        self.pages = pages
        self.url = f"{origin}/{ACCOUNT}"
        with open(self.path(MANIFEST, "lineage.json"), encoding="utf-8") as file:
            lineage = json.load(file)
        self.metadata = {
            "x-ms-meta-logexport_lineage": lineage["lineage"], "x-ms-meta-logexport_workspace": lineage["workspace"]}
        self.lineage = lineage["lineage"]
        self.blobs = {f"{MANIFEST}/lineage.json": self.path(MANIFEST, "lineage.json")}
        self.listings = {}
        self.spec = os.path.join(folder, "listing.yaml")
        self.write_spec(os.path.join(folder, "logexport.yaml"), origin)
        segments = []
        for table in sorted(os.listdir(os.path.join(self.archive, MANIFEST))):
            if table.startswith(".") or table == "lineage.json":
                continue
            for name in sorted(os.listdir(self.path(MANIFEST, table))):
                segments.append(f"{table}/{name}")
            self.render(table)
        self.list_manifest(segments)

    def path(self, container, name):
        return os.path.join(self.archive, container, name)

    def write_spec(self, source, origin):
        with open(source, encoding="utf-8") as file:
            text = file.read()
        text = text.replace("source:\n", f"source:\n  cloud: emulator\n  endpoint: {origin}\n")
        text = text.replace("directory: ./archive", f"account: {ACCOUNT}")
        with open(self.spec, "w", encoding="utf-8") as file:
            file.write(text)

    def render(self, table):
        """One table: its segments with their URLs, and the pages of its container's listing."""
        container = f"logs-{table.lower()}"
        blobs = []
        for name in sorted(os.listdir(self.path(MANIFEST, table))):
            with open(self.path(MANIFEST, f"{table}/{name}"), encoding="utf-8") as file:
                text = file.read().replace(f"file://{self.archive}/", f"{self.url}/")
            copy = os.path.join(self.pages, f"{table}-{name}")
            with open(copy, "w", encoding="utf-8") as file:
                file.write(text)
            self.blobs[f"{MANIFEST}/{table}/{name}"] = copy
            for row in csv.DictReader(text.splitlines()):
                blob = urllib.parse.unquote(row["blob_url"].removeprefix(f"{self.url}/{container}/"))
                blobs.append((blob, row))
        blobs.sort(key=lambda blob: blob[0].encode())
        self.write_pages(container, [self.entry(name, row) for name, row in blobs])

    def entry(self, name, row):
        """One blob, in the order and with the elements that the service writes."""
        metadata = {
            "version": "1", "lineage": self.lineage, "table": row["table"], "slice_start": row["slice_start"],
            "slice_end": row["slice_end"], "generation": row["generation"], "start": row["start"], "end": row["end"],
            "rows": row["rows"], "raw_bytes": row["raw_bytes"], "sha256": row["sha256"],
            "query_hash": row["query_hash"], "schema_hash": row["schema_hash"], "format": row["format"],
            "compression": row["compression"], "exported_at": row["exported_at"], "run_id": row["run_id"]}
        if row["shard"]:
            metadata["shard"] = row["shard"]
        texts = "".join(f"<logexport_{key}>{value}</logexport_{key}>" for key, value in sorted(metadata.items()))
        when = http_date(row["exported_at"])
        return (
            f"<Blob><Name>{xml.sax.saxutils.escape(name)}</Name><Properties><Creation-Time>{when}</Creation-Time>"
            f"<Last-Modified>{when}</Last-Modified><Etag>" + row["etag"].strip('"') + "</Etag>"
            f"<Content-Length>{row['bytes']}</Content-Length><Content-Type>application/x-ndjson</Content-Type>"
            "<Content-Encoding>gzip</Content-Encoding><Content-Language /><Content-CRC64 />"
            f"<Content-MD5>{row['content_md5']}</Content-MD5><Cache-Control /><Content-Disposition />"
            "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
            "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true"
            f"</ServerEncrypted></Properties><Metadata>{texts}</Metadata><OrMetadata /></Blob>")

    def write_pages(self, container, entries):
        """Files of whole pages, by the marker that asks for each."""
        for start in range(0, max(1, len(entries)), PAGE):
            marker = f"2!{start}" if start else ""
            following = f"2!{start + PAGE}" if start + PAGE < len(entries) else ""
            asked = f"<Marker>{marker}</Marker>" if marker else ""
            end = f"<NextMarker>{following}</NextMarker>" if following else "<NextMarker />"
            path = os.path.join(self.pages, f"{container}-{start}.xml")
            with open(path, "w", encoding="utf-8") as file:
                # The service begins with a byte order mark.
                file.write(
                    f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="{self.url}/" '
                    f'ContainerName="{container}">{asked}<MaxResults>{PAGE}</MaxResults><Blobs>')
                file.writelines(entries[start:start + PAGE])
                file.write(f"</Blobs>{end}</EnumerationResults>")
            self.listings[container, marker] = path

    def list_manifest(self, segments):
        def entry(name):
            size = os.path.getsize(self.blobs[f"{MANIFEST}/{name}"])
            return (
                f"<Blob><Name>{name}</Name><Properties><Creation-Time>{MODIFIED}</Creation-Time>"
                f"<Last-Modified>{MODIFIED}</Last-Modified><Etag>0x8DC3CFEDCBA9876</Etag>"
                f"<Content-Length>{size}</Content-Length><Content-Type>text/csv</Content-Type><Content-Encoding />"
                "<Content-Language /><Content-CRC64 /><Content-MD5 /><Cache-Control /><Content-Disposition />"
                "<BlobType>AppendBlob</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
                "<ServerEncrypted>true</ServerEncrypted></Properties><OrMetadata /></Blob>")

        self.write_pages(MANIFEST, [entry(name) for name in [*segments, "lineage.json"]])


class Handler(http.server.BaseHTTPRequestHandler):
    """Get Container Properties, List Blobs and Get Blob, and no other."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        container, _, query = self.target()
        known = query.get("restype") == "container" and (container, "") in self.server.store.listings
        self.begin(200 if known else 404)
        for name, value in self.server.store.metadata.items() if known else ():
            self.send_header(name, value)
        self.send_header("ETag", '"0x8DC3CFEDCBA9876"')
        self.send_header("Last-Modified", MODIFIED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        container, name, query = self.target()
        store = self.server.store
        if query.get("comp") == "list":
            return self.send_listing(store.listings.get((container, query.get("marker", ""))))
        return self.send_blob(store.blobs.get(f"{container}/{name}"))

    def target(self):
        parts = urllib.parse.urlsplit(self.path)
        pieces = urllib.parse.unquote(parts.path).removeprefix(f"/{ACCOUNT}/").split("/", 1)
        return pieces[0], pieces[1] if len(pieces) > 1 else "", dict(urllib.parse.parse_qsl(parts.query))

    def begin(self, status):
        self.send_response(status)
        self.send_header("x-ms-request-id", "0c5b5c5d-001e-0000-0000-000000000000")
        self.send_header("x-ms-version", VERSION)

    def refuse(self, status, code):
        body = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code></Error>'.encode()
        self.begin(status)
        self.send_header("x-ms-error-code", code)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_listing(self, path):
        if path is None:
            return self.refuse(404, "ContainerNotFound")
        self.begin(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(f"{os.path.getsize(path):x}\r\n".encode())
        self.send_file(path)
        self.wfile.write(b"\r\n0\r\n\r\n")

    def send_blob(self, path):
        if path is None:
            return self.refuse(404, "BlobNotFound")
        size = os.path.getsize(path)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("x-ms-range") or self.headers.get("Range") or "")
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]), size - 1) if asked and asked[2] else size - 1
        if asked and first >= size:
            return self.refuse(416, "InvalidRange")
        self.begin(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("ETag", '"0x8DC3CFEDCBA9876"')
        self.send_header("Last-Modified", MODIFIED)
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.send_file(path, first, last + 1 - first)

    def send_file(self, path, offset=0, count=None):
        self.wfile.flush()
        with open(path, "rb") as file:
            self.connection.sendfile(file, offset, count)

    def log_message(self, *_):
        pass


def http_date(text):
    """RFC 1123 of a time of ISO 8601 that may have seven digits of a fraction."""
    when = datetime.datetime.fromisoformat(text[:19])
    return when.strftime("%a, %d %b %Y %H:%M:%S GMT")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serve(sys.argv[1]) as found:
        print(found, flush=True)
        threading.Event().wait()
