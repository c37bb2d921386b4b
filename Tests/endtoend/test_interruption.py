"""Runs that are cut off: killed at fifty seeded points, or told to stop."""

import random
import signal
import time

import pytest

START, END = "2025-01-01", "2025-01-01T08:00:00Z"
TABLE = "Killed_CL"
SEED = 20250101
SMALL = 600
LARGE = 500
ROWS = list(range(SMALL + 3 * LARGE))

# How often a first run performs each operation, as far as that does not depend
# on which slices happen to share an append. The five small slices share a query.
OPERATIONS = {
    "Query": 5, "PutBlob": 3, "PutBlock": 35, "PutBlockList": 8, "AppendBlock": 2, "CreateContainer": 3,
    "SetContainerMetadata": 1, "ContainerProperties": 3, "ListBlobs": 1, "GetBlob": 1, "Token": 1,
    "Lease": 5, "SetMetadata": 1,
}


def points(count):
    """Where a run is caught: before a request is done (stall), or after, with no reply to it."""
    chance = random.Random(SEED)
    chosen = [("PutBlockList", n, kind) for n in range(1, 9) for kind in ("stall", "lost-reply")]
    chosen += [("AppendBlock", n, kind) for n in (1, 2) for kind in ("stall", "lost-reply")]
    every = [(operation, n, kind) for operation, most in sorted(OPERATIONS.items())
             for n in range(1, most + 1) for kind in ("stall", "lost-reply")]
    return chosen + chance.sample([point for point in every if point not in chosen], count - len(chosen))


@pytest.fixture(scope="module", autouse=True)
def rows(emulator):
    chance = random.Random(SEED)

    def text(bits):
        return f"{chance.getrandbits(bits):x}"

    emulator.ingest(TABLE, [
        {"TimeGenerated": f"2025-01-01T{n % 5:02}:{n // 5 % 60:02}:{n // 300:02}Z", "Number": n, "Text": text(8000)}
        for n in range(SMALL)])
    # Three slices larger than a block, so that blocks are staged and committed.
    for hour in range(3):
        emulator.ingest(TABLE, [
            {"TimeGenerated": f"2025-01-01T{5 + hour:02}:{n // 60:02}:{n % 60:02}Z",
             "Number": SMALL + hour * LARGE + n, "Text": text(80000)} for n in range(LARGE)])


def numbers(made):
    return sorted(row["Number"] for row in made.rows(TABLE))


@pytest.mark.parametrize("operation, number, kind", points(50))
def test_killed_and_run_again_nothing_is_lost_and_nothing_twice(emulator, archive, operation, number, kind):
    kill_and_run_again(emulator, archive, operation, number, kind, {"compression": "none"})


@pytest.mark.parametrize("operation, number", [("PutBlock", 3), ("PutBlockList", 1), ("PutBlockList", 3), ("AppendBlock", 1)])
@pytest.mark.parametrize("kind", ["stall", "lost-reply"])
def test_killed_in_parquet_no_file_is_half(emulator, archive, operation, number, kind):
    kill_and_run_again(emulator, archive, operation, number, kind, {"format": "parquet"})


def kill_and_run_again(emulator, archive, operation, number, kind, destination):
    made = archive([TABLE], START, END, limits={"rows": 900}, destination=destination)
    rule = "stall:at=start,seconds=1" if kind == "stall" else kind
    emulator.faults(f"{rule},op={operation},n={number}")
    process = made.start("apply", "--auto-approve")
    while process.poll() is None and not emulator.counts()["faults"]:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert emulator.counts()["faults"], "the run was over before it was caught"
    emulator.faults()
    # The killed run's lock ends by itself.
    emulator.advance_leases(61)

    made.apply()
    assert numbers(made) == ROWS
    # What the killed run still had under way may arrive only now.
    if kind == "stall":
        time.sleep(1.1)
    made.apply()
    assert numbers(made) == ROWS
    made.check_agreement(TABLE)
    assert "No changes." in made.run("plan").out


@pytest.mark.parametrize("seed", range(6))
def test_a_directory_survives_being_killed_at_any_time(archive, seed):
    chance = random.Random(SEED + seed)
    made = archive([TABLE], START, END, limits={"rows": 900}, destination={"compression": "none"}, directory=True)
    for _ in range(3):
        process = made.start("apply", "--auto-approve")
        time.sleep(chance.uniform(0.0, 0.5))
        process.kill()
        process.communicate()
    made.apply()
    assert numbers(made) == ROWS
    made.check_agreement(TABLE)
    assert "No changes." in made.run("plan").out


@pytest.mark.parametrize("number, code", [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_cleanly_and_what_was_finished_is_recorded(emulator, archive, number, code):
    made = archive([TABLE], START, END, limits={"rows": 900}, destination={"compression": "none"})
    # The first query for rows is through, the next one never answers.
    emulator.faults("stall:op=Query,n=3-999,seconds=60")
    process = made.start("apply", "--auto-approve", "--parallelism", "1")
    while not emulator.counts()["faults"]:
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    emulator.faults()
    assert process.returncode == code, err
    # The lock is free at once, and the manifest says what was finished.
    assert "free; last taken by" in made.run("doctor").out
    recorded = made.in_force(TABLE)
    assert len(recorded) >= 1
    made.check_agreement(TABLE)
    made.apply()
    assert numbers(made) == ROWS


def test_under_nohup_the_end_of_the_terminal_is_ignored(emulator, archive):
    made = archive([TABLE], START, END, limits={"rows": 900}, destination={"compression": "none"})
    emulator.faults("stall:op=Query,n=3,seconds=2")
    process = made.start("apply", "--auto-approve", "--parallelism", "1", before=["nohup"])
    while not emulator.counts()["faults"]:
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert numbers(made) == ROWS
