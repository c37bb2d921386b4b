"""What planning takes before anything is exported, and how long the programs take to start."""

import os
import subprocess
import sys
import time

from figure import Figure
from measure import best, measure
from services import HERE, emulator


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
    yield Figure("peak memory of that", run.peak / 1e6, "MB", 300)
    yield from listing(binaries, archive, slices)


def listing(binaries, archive, slices):
    """The same against a listing of as many blobs, as listing.py answers it."""
    name = f"plan with a listing of {slices:,} blobs"
    if not os.path.exists(f"{HERE}/listing.py"):
        yield Figure(name, None, "s", note="no listing to measure against yet")
        return
    server = subprocess.Popen([sys.executable, f"{HERE}/listing.py", archive], stdout=subprocess.PIPE, text=True)
    try:
        spec = server.stdout.readline().strip()
        run = measure([f"{binaries}/logexport", "plan", "-f", spec], "No changes.")
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    yield Figure(name, run.wall, "s", note=f"{run.cpu:.2f} CPU s")
    yield Figure("peak memory of that", run.peak / 1e6, "MB", 300)


def starts(binaries, rounds):
    (run,) = best(rounds * 5, lambda: measure([f"{binaries}/logexport", "version"], "logexport"))
    yield Figure("logexport version", run.wall * 1000, "ms", 15)

    tables = ",".join(f"Table{number:03}=1000" for number in range(100))
    times = []
    for _ in range(rounds):
        begin = time.monotonic()
        with emulator(binaries, "--generate", tables):
            times.append(time.monotonic() - begin)
    yield Figure("emulator ready, 100 generated tables", min(times) * 1000, "ms", 200)
