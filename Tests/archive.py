"""One archive under test: a spec, the tool's runs on it, and what lies in storage."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import tempfile
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime, timezone

import pyarrow
import pyarrow.parquet
import zstandard
from azure.core.exceptions import ResourceNotFoundError
from emulator import program
from schemas import check_schema
from secrets_watch import Watched, check_folder, leaks, note_environment

# What is described by a schema is held against it wherever it is printed.
SCHEMAS = {"plan": "plan-file-v1", "status": "status-v1", "verify": "verify-v1"}


class Archive:
    """A spec in a folder of its own, whose containers begin with `prefix`."""

    def __init__(self, emulator, tables, start, end, prefix, folder=None, directory=False, **sections):
        self.emulator = emulator
        self.prefix = prefix
        self.folder = folder or tempfile.mkdtemp(prefix="logexport-archive-")
        self.directory = os.path.join(self.folder, "archive") if directory else None
        store = {"directory": "./archive"} if directory else {"account": emulator.account}
        self.spec = {
            "version": 1,
            "name": "under-test",
            "source": {"workspace": emulator.workspace, "cloud": "emulator", "endpoint": emulator.url},
            "range": {"from": start, "to": end, **sections.pop("range", {})},
            "destination": {
                **store, "container": f"{prefix}-{{table}}", "manifest": f"{prefix}-manifest",
                **sections.pop("destination", {}),
            },
            "tables": tables,
            **sections,
        }

    @property
    def spec_file(self):
        return os.path.join(self.folder, "logexport.yaml")

    def write_spec(self):
        # JSON is YAML. Its name is taken in one step: another run may be reading it.
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False, encoding="utf-8") as file:
            json.dump(self.spec, file, indent=2)
        os.replace(file.name, self.spec_file)

    # Runs

    def start(self, command, *arguments, environment=None, before=(), named=True):
        """Starts the tool, by `before` where something else starts it, and returns the process."""
        self.write_spec()
        note_environment(environment or {})
        # The emulator has credentials of the environment only where its host is named.
        if any(name.startswith(("AZURE_", "IDENTITY_")) for name in environment or {}) and named:
            arguments = (*arguments, "--allow-host", "127.0.0.1")
        return Watched(
            [*before, program("logexport"), command, "-f", self.spec_file, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**clean_environment(), **(environment or {})},
            # Whoever started the tests may ignore hangups, which would be inherited.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )

    def run(self, command, *arguments, code=0, environment=None):
        """Runs the tool to its end, which must be `code`."""
        process = self.start(command, *arguments, environment=environment)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, f"{command} ended with {process.returncode}, not {code}\n{out}\n{err}"
        if command in SCHEMAS and "--json" in arguments and out:
            check_schema(SCHEMAS[command], json.loads(out))
        return Run(out, err)

    def plan(self, *arguments, code=0):
        return json.loads(self.run("plan", "--json", *arguments, code=code).out)

    def apply(self, *arguments, code=0, **more):
        return self.run("apply", "--auto-approve", *arguments, code=code, **more)

    # What lies in storage

    def containers(self):
        """All but the lock's, which says nothing of what is archived."""
        return [name for name in self.all_containers() if name != f"{self.prefix}-manifest-lock"]

    def all_containers(self):
        if self.directory:
            found = os.listdir(self.directory) if os.path.isdir(self.directory) else []
            return sorted(name for name in found if name.startswith(self.prefix))
        storage = self.emulator.storage()
        return sorted(c.name for c in storage.list_containers(name_starts_with=f"{self.prefix}-"))

    def blobs(self, container):
        """Names and bytes."""
        if self.directory:
            root = os.path.join(self.directory, container)
            found = {}
            for folder, folders, files in os.walk(root):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in files:
                    path = os.path.join(folder, name)
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, root)] = file.read()
            return found
        client = self.emulator.storage().get_container_client(container)
        return {blob.name: client.download_blob(blob.name).readall() for blob in client.list_blobs()}

    def everything(self):
        """All that the archive consists of, to be compared."""
        return {container: self.blobs(container) for container in self.containers()}

    def check_secrets(self):
        """Nothing that the runs wrote, in the spec's folder or the manifest, holds a secret."""
        check_folder(self.folder)
        # Some tests have ended the emulator by the time that this looks.
        runs = self.directory or self.emulator.process.poll() is None
        if runs and f"{self.prefix}-manifest" in self.all_containers():
            for name, data in self.blobs(f"{self.prefix}-manifest").items():
                assert not leaks(data), name

    def delete(self, container, name):
        self.emulator.storage().get_container_client(container).delete_blob(name)

    def manifest_blob(self, name):
        return self.emulator.storage().get_blob_client(f"{self.prefix}-manifest", name)

    def manifest(self, table):
        """All rows of a table's manifest, as a spreadsheet reads them."""
        rows = []
        try:
            blobs = self.blobs(f"{self.prefix}-manifest")
        except ResourceNotFoundError:
            return rows
        for name in sorted(blobs):
            if name.startswith(f"{table}/"):
                rows += csv.DictReader(io.StringIO(blobs[name].decode(), newline=""))
        return rows

    def in_force(self, table):
        """What readers of the manifest take: of each slice the highest complete generation."""
        generations = {}
        for row in self.manifest(table):
            if row["status"] != "superseded":
                key = (row["slice_start"], row["slice_end"])
                generations.setdefault(key, {}).setdefault(int(row["generation"]), []).append(row)
        taken = {}
        for key, found in sorted(generations.items()):
            complete = [n for n, rows in found.items() if len(rows) == max(1, int(rows[0]["parts"]))]
            if complete:
                taken[key] = sorted(found[max(complete)], key=lambda row: int(row["part"]))
        return taken

    def rows(self, table):
        """Every row that the manifest says is archived, decoded with Python's own libraries."""
        found = []
        cache = {}
        for parts in self.in_force(table).values():
            for row in parts:
                if row["blob_url"]:
                    container, name = self._place(row["blob_url"])
                    if container not in cache:
                        cache[container] = self.blobs(container)
                    decoded = decode(cache[container][name], row["format"], row["compression"])
                    assert len(decoded) == int(row["rows"]), row["blob_url"]
                    found += decoded
        return found

    def _place(self, url):
        endpoint = self.spec["source"]["endpoint"]
        bases = [f"file://{self.directory}/", f"{endpoint}/{self.emulator.account}/",
                 f"{self.emulator.blob_url}/", f"{self.emulator.tls_blob_url}/"]
        base = next((base for base in bases if url.startswith(base)), None)
        assert base, url
        container, name = url[len(base):].split("/", 1)
        return container, urllib.parse.unquote(name)

    def check_agreement(self, table):
        """Manifest and blobs agree: none is missing, none is there that no row names."""
        named = {}
        for parts in self.in_force(table).values():
            for row in parts:
                if row["blob_url"]:
                    container, name = self._place(row["blob_url"])
                    assert (container, name) not in named, f"{name} is named twice"
                    named[container, name] = int(row["bytes"])
        container = f"{self.prefix}-{table.lower().replace('_', '-')}"
        lying = {(container, name): len(data) for name, data in self.blobs(container).items()}
        assert lying == named


@dataclass
class Run:
    out: str
    err: str
    text: str = field(init=False)

    def __post_init__(self):
        self.text = self.out + self.err


def clean_environment():
    """The environment without anything that would choose a credential."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "LOG_ANALYTICS_"))}
    return {**kept, "NO_COLOR": "1"}


def decode(data, form, compression):
    """The rows of one blob: objects, or for CSV their texts."""
    if form == "parquet":
        return decode_parquet(data)
    if compression == "gzip":
        data = gzip.decompress(data)
    elif compression == "zstd":
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    text = data.decode("utf-8")
    if form == "ndjson":
        assert text == "" or text.endswith("\n")
        return [json.loads(line, parse_float=str) for line in text.split("\n")[:-1]]
    if form == "json":
        return json.loads(text, parse_float=str)
    csv.field_size_limit(1 << 30)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def decode_parquet(data):
    """As those of JSON: times as text, and what a JSON column says."""
    file = pyarrow.parquet.ParquetFile(io.BytesIO(data), page_checksum_verification=True)
    table = file.read()
    columns = {}
    for place, name in enumerate(table.column_names):
        column = table.column(name).combine_chunks()
        column = getattr(column, "storage", column)
        if pyarrow.types.is_timestamp(column.type):
            values = [value and time_text(value) for value in column.cast(pyarrow.int64()).to_pylist()]
        else:
            values = column.to_pylist()
        if str(file.schema.column(place).logical_type) == "JSON":
            values = [value and json.loads(value, parse_float=str) for value in values]
        columns[name] = values
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def time_text(nanoseconds):
    seconds, rest = divmod(nanoseconds, 10**9)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 100:07}Z"
