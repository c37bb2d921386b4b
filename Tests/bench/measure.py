"""Runs commands to their end and says what they took."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Run:
    """Wall and CPU seconds of a command and its children; the highest peak of any of them, in bytes.

    Linux lets a child begin with its parent's peak: this program itself must stay smaller than what it
    measures, and leave large things to processes of their own.
    """

    wall: float
    cpu: float
    peak: int
    text: str


def measure(command, expect="", **arguments):
    """Runs a command; ends the benchmark where it fails, or does not say what is expected of it."""
    begin = time.monotonic()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **arguments)
    text = child.stdout.read().decode(errors="replace")
    child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or expect not in text:
        sys.exit(f"bench: {command} ended with {child.returncode}:\n{text}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, text)


def least(runs):
    """The best of several runs in each respect but memory, of which it is the worst: other people's
    work on the machine adds to a time and never takes from it."""
    return Run(
        min(run.wall for run in runs), min(run.cpu for run in runs), max(run.peak for run in runs), runs[-1].text)


def best(rounds, *commands):
    """The least of each command, measured in turns, so that all meet the same machine.

    A command is a function that returns a run.
    """
    runs = [[] for _ in commands]
    for _ in range(rounds):
        for command, found in zip(commands, runs):
            found.append(command())
    return [least(found) for found in runs]
