"""The stages of an export by themselves, each against the best that there is for it."""

import json
import os
import subprocess
import sys

from figure import Figure
from measure import best, measure
from services import HERE

# How many times simdjson's speed each kind of rows is to be encoded at.
BARS = {"short": 1.5, "long": 2.0}


def encoding(binaries, folder, responses, rounds):
    """Response to NDJSON in memory on one core, a dynamic as the string that it came as, and as what it says."""
    rival = compiled(folder, "simdjson_ndjson")
    runs = str(2 * rounds)
    for kind, path, _ in responses:
        ours, nested, theirs = [], [], []
        # In turns, so that all meet the same machine.
        for _ in range(2):
            encode = [f"{binaries}/logexport-bench", "encode", path, "--repeat", runs, "--dynamic"]
            ours.append(speed([*encode, "string"]))
            theirs.append(speed([rival, path, runs]))
            nested.append(speed([*encode, "nested"]))
        yield Figure(
            f"encoder against simdjson, {kind} rows", max(ours) / max(theirs), "×", BARS[kind], "least",
            f"{max(ours):,.0f} against {max(theirs):,.0f} MB/s, {max(nested):,.0f} with dynamics nested")


def speed(command):
    """MB of response a second of processor time, as a program found it."""
    found = json.loads(measure(command).text)
    return found["bytes"] / found["seconds"] / 1e6


def compiled(folder, name):
    """The rival in NAME.cpp, built."""
    source = f"{HERE}/{name}.cpp"
    program = os.path.join(folder, name)
    command = [os.environ.get("CXX", "c++"), "-O3", "-std=c++17", "-o", program, source, "-lsimdjson"]
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
