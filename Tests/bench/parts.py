"""The parts of the benchmark by their names, and what they share."""

import functools
import os
import subprocess
import sys
import time

from batching import batching
from encoding import compression, encoding
from exporting import exporting, memory
from parquet import parquet
from planning import planning, starts
from services import HERE
from values import values

NAMES = ["encoding", "parquet", "exporting", "memory", "batching", "planning", "starts", "values"]
# As often a response of 64 MB is one of 500 MB. No more than 400,000 rows are planned for one, so that they have to
# be a little longer than 1.25 KB.
REPEATED = 8


class Bench:
    """Release binaries, a folder for what is measured on, how often to measure, and a seed."""

    def __init__(self, binaries, folder, runs, seed):
        self.binaries, self.folder, self.runs, self.seed = binaries, folder, runs, seed
        self.python = os.path.join(HERE, "..", "..", ".venv", "bin", "python")

    def measure(self, name):
        if name not in NAMES:
            sys.exit(f"bench: there is no part {name}; there are {', '.join(NAMES)}")
        begin = time.monotonic()
        found = list(getattr(self, name)())
        print(f"bench: {name} took {time.monotonic() - begin:.0f} s", file=sys.stderr)
        return found

    @functools.cached_property
    def responses(self):
        """Of each kind of rows a file with a response of some 64 MB, and how many rows it has."""
        return [self.response(kind) for kind in ("short", "long")]

    def response(self, kind):
        """Writes a file with a response of some 64 MB."""
        path = os.path.join(self.folder, f"{kind}.json")
        command = [sys.executable, f"{HERE}/responses.py", kind, path]
        rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return kind, path, int(rows.split()[0])

    def encoding(self):
        yield from encoding(self.binaries, self.folder, self.responses, self.runs)
        yield from compression(self.binaries, self.responses, self.runs)

    def parquet(self):
        return parquet(self.binaries, self.folder, self.python, self.responses, self.runs)

    def exporting(self):
        return exporting(self.binaries, self.folder, self.responses, self.runs, self.python)

    def memory(self):
        return memory(self.binaries, self.folder, self.response("longer"), REPEATED)

    def batching(self):
        return batching(self.binaries, self.folder)

    def planning(self):
        return planning(self.binaries, self.folder, self.runs)

    def starts(self):
        return starts(self.binaries, self.runs)

    def values(self):
        return values(self.binaries, self.seed)
