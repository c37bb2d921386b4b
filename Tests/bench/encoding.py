"""The stages of an export by themselves, each against the best that there is for it."""

import os
import subprocess
import sys

from figure import Figure
from measure import best, measure
from services import HERE

# How many times simdjson's speed each kind of rows is to be encoded at.
BARS = {"short": 1.5, "long": 2.0}


def encoding(binaries, folder, responses, rounds):
    """Response to NDJSON on one core. Both programs print the bytes of response a second, last on a line."""
    rival = compiled(folder, "simdjson_ndjson")
    for kind, path, _ in responses:
        name = f"encoder against simdjson, {kind} rows"
        if not rival:
            yield Figure(name, None, "×", BARS[kind], "least", "no rival to measure against yet")
            continue
        ours, theirs = best(
            rounds, lambda: measure([f"{binaries}/logexport-bench", "encode", path]), lambda: measure([rival, path]))
        yield Figure(name, theirs.cpu / ours.cpu, "×", BARS[kind], "least", f"{ours.cpu:.2f} against {theirs.cpu:.2f} CPU s")


def compiled(folder, name):
    """The rival in NAME.cpp, built; None where it is not there."""
    source = f"{HERE}/{name}.cpp"
    if not os.path.exists(source):
        return None
    program = os.path.join(folder, name)
    command = [os.environ.get("CXX", "c++"), "-O3", "-march=native", "-std=c++17", "-o", program, source, "-lsimdjson"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return program


def compression(binaries, responses, rounds):
    for kind, path, _ in responses:
        ours, theirs = best(
            rounds, lambda: measure([f"{binaries}/logexport-bench", "gzip", path], "bytes"),
            lambda: measure(["sh", "-c", 'igzip -1 -c "$1" >/dev/null', "sh", path]))
        size = os.path.getsize(path)
        yield Figure(
            f"gzip against igzip -1, {kind} rows", theirs.cpu / ours.cpu, "×", 0.8, "least",
            f"{size / ours.cpu / 1e6:,.0f} against {size / theirs.cpu / 1e6:,.0f} MB/s of CPU time")
