"""What planning takes before anything is exported, and how long the programs take to start."""

import os
import subprocess
import sys
import time

from figure import Figure
from measure import best, measure
from services import emulator


def planning(binaries, folder, rounds):
    """A plan against the full manifest of a year of hourly slices."""
    archive = os.path.join(folder, "full")
    tables, days = os.environ.get("TABLES", "100"), os.environ.get("DAYS", "365")
    subprocess.run(
        [f"{binaries}/logexport-bench", "manifest", archive, "--tables", tables, "--days", days],
        check=True, stdout=sys.stderr)
    command = [f"{binaries}/logexport", "plan", "-f", f"{archive}/logexport.yaml"]
    slices = int(tables) * int(days) * 24
    (run,) = best(rounds, lambda: measure([*command, "--no-list"], "No changes."))
    yield Figure(f"plan --no-list of {slices:,} slices", run.wall, "s", 1.0, note=f"{run.cpu:.2f} CPU s")
    yield Figure(f"peak memory of that", run.peak / 1e6, "MB", 300)
    yield from listing(command, slices)


def listing(command, slices):
    """The same against a listing of as many blobs."""
    yield Figure(f"plan with a listing of {slices:,} blobs", None, "s", note="no listing to measure against yet")


def starts(binaries, rounds):
    (run,) = best(rounds * 5, lambda: measure([f"{binaries}/logexport", "version"], "logexport"))
    yield Figure("logexport version", run.wall * 1000, "ms", 15, note=f"{run.peak / 1e6:.0f} MB")

    tables = ",".join(f"Table{number:03}=1000" for number in range(100))
    times = []
    for _ in range(rounds):
        begin = time.monotonic()
        with emulator(binaries, "--generate", tables):
            times.append(time.monotonic() - begin)
    yield Figure("emulator ready, 100 generated tables", min(times) * 1000, "ms", 200)
