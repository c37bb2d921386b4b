"""How many queries a table of many small slices takes, as the source counts them."""

import json

from figure import Figure
from measure import measure
from services import asked, emulator, source, write_spec

# 160 rows of 1.2 KB an hour are 200 KB.
ROWS = 160
BAR = 40


def batching(binaries, folder):
    """A year of hourly slices; applied only where the plan says that the bar can be kept."""
    with source(f"Small_CL=hourly:{ROWS}") as ready, emulator(binaries) as sink:
        spec = write_spec(folder, "batch", ready["url"], sink["blob_url"], ["Small_CL"], to="2026-01-01")
        plan = json.loads(measure([f"{binaries}/logexport", "plan", "--json", "-f", spec]).text)
        queries = plan["summary"]["queries"] + asked(ready["url"])
        note = "as the plan expects; not applied"
        if queries <= BAR:
            run = measure(
                [f"{binaries}/logexport", "apply", "--auto-approve", "--progress", "none", "-f", spec],
                "Applied: 8760 slices")
            queries, note = asked(ready["url"]), f"plan and apply, {run.wall:.1f} s"
    yield Figure("queries for 8,760 slices of 200 KB", queries, "queries", BAR, "most", note)
