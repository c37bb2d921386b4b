"""One response, end to end, by logexport and its two rivals: the job it replaces, and the floor."""

import itertools
import os

from figure import Figure
from measure import best, measure
from services import HERE, WORKSPACE, create_container, emulator, signature, source, write_spec

TABLE = "Bench_CL"
HOUR = "TimeGenerated >= datetime(2025-01-01T00:00:00Z) and TimeGenerated < datetime(2025-01-01T01:00:00Z)"
NUMBERS = itertools.count(1)


class Contest:
    """One source and one sink, and what each rival does between them."""

    def __init__(self, binaries, folder, url, sink, rows):
        self.binaries, self.folder, self.url, self.sink, self.rows = binaries, folder, url, sink, rows

    def logexport(self):
        name = f"run{next(NUMBERS)}"
        spec = write_spec(self.folder, name, self.url, self.sink["blob_url"], [TABLE])
        return measure(
            [f"{self.binaries}/logexport", "apply", "--auto-approve", "--progress", "none", "-f", spec],
            "Applied: 1 slice")

    def floor(self, *flags):
        name = f"run{next(NUMBERS)}"
        create_container(self.sink, name)
        blob = f"{self.sink['blob_url']}/{name}/floor.json.gz?{signature(self.sink['account'])}"
        return measure(
            [f"{HERE}/floor.sh", f"{self.url}/v1/workspaces/{WORKSPACE}/query", f"{TABLE} | where {HOUR}", blob, *flags],
            "stored")

    def job(self, python):
        name = f"run{next(NUMBERS)}"
        create_container(self.sink, name)
        log = os.path.join(self.folder, f"{name}.csv")
        return measure(
            [python, f"{HERE}/python_job.py", self.url, self.sink["blob_url"], name, TABLE, "2025-01-01T00:00:00+00:00",
             "1", log],
            f"{self.rows} rows exported")


def exporting(binaries, folder, responses, rounds, python):
    """`responses`: what kind of rows, the file, how many rows."""
    for kind, path, rows in responses:
        for encoding, options, flags in (("identity", [], []), ("gzip", ["--gzip"], ["--compressed"])):
            with source(*options, f"{TABLE}={path}:{rows}") as ready, emulator(binaries) as sink:
                contest = Contest(binaries, folder, ready["url"], sink, rows)
                ours, floor = best(rounds, contest.logexport, lambda: contest.floor(*flags))
                job = contest.job(python) if encoding == "identity" else None
            if job:
                yield Figure(
                    f"rows/s against the Python job, {kind} rows", job.wall / ours.wall, "×", 75, "least",
                    f"{rows / ours.wall:,.0f} against {rows / job.wall:,.0f} rows/s;"
                    f" {ours.cpu:.2f} against {job.cpu:.1f} CPU s; {job.peak / 2**20:,.0f} MiB")
            yield Figure(
                f"CPU against the floor, {kind} rows, {encoding}", ours.cpu / floor.cpu, "×", 1.5, "most",
                f"{ours.cpu:.2f} against {floor.cpu:.2f} s; {os.path.getsize(path) / ours.wall / 1e6:,.0f} MB/s")


def memory(binaries, folder, response, times):
    """Five queries at once, of the response as it is and of its rows many times over."""
    _, path, rows = response
    size = os.path.getsize(path)
    for repeat in (1, times):
        tables = [f"Bench{number}_CL" for number in range(5)]
        with source(*(f"{table}={path}:{rows}*{repeat}" for table in tables)) as ready, emulator(binaries) as sink:
            spec = write_spec(folder, f"m{repeat}", ready["url"], sink["blob_url"], tables)
            run = measure(
                [f"{binaries}/logexport", "apply", "--auto-approve", "--progress", "none", "-f", spec],
                "Applied: 5 slices")
        yield Figure(
            f"peak memory, 5 queries of {size * repeat / 1e6:,.0f} MB at once", run.peak / 2**20, "MiB", 64, "most",
            f"{run.wall:.1f} s, {5 * size * repeat / run.wall / 1e6:,.0f} MB/s")
