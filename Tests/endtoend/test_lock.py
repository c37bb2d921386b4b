"""One writer at a time: who waits, who is refused, who takes over, and what becomes of the one that was."""

import re
import signal
import time
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from emulator import KEY
from terminal import Terminal

START, END = "2025-01-01", "2025-01-01T06:00:00Z"
TABLE = "Locked_CL"
ROWS = list(range(600))

HELD = re.compile(
    r"error: the archive is locked by run (\S+) \(apply\) of \S+.* on (\S+), process (\d+), since (\S+)\n"
    r".*--lock-timeout.*\n.*logexport unlock -f \S+ ([0-9a-f-]{36})\n")


@pytest.fixture(scope="module", autouse=True)
def rows(emulator):
    emulator.ingest(TABLE, [
        {"TimeGenerated": f"2025-01-01T{n % 6:02}:{n // 6 % 60:02}:00Z", "Number": n} for n in ROWS])


class Frozen:
    """An apply that was stopped like a hung machine in the middle of its work."""

    def __init__(self, made, operation="Query", number=4, seconds=600):
        emulator = made.emulator
        emulator.faults(f"stall:op={operation},n={number},seconds={seconds}")
        self.process = made.start("apply", "--auto-approve")
        while not emulator.counts()["faults"]:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.005)
        self.process.send_signal(signal.SIGSTOP)
        emulator.faults()

    def resume(self, code):
        """Lets it go on, to its end, and returns what it said on stderr."""
        self.process.send_signal(signal.SIGCONT)
        _, err = self.process.communicate(timeout=120)
        assert self.process.returncode == code, err
        return err

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def made(archive):
    # Slices too large to share a query: a run is stopped between them.
    return archive([TABLE], START, END, limits={"rows": 150})


@pytest.fixture
def frozen(made):
    one = Frozen(made)
    yield one
    one.kill()


def check_whole(made):
    assert sorted(row["Number"] for row in made.rows(TABLE)) == ROWS
    made.check_agreement(TABLE)
    assert "No changes." in made.run("plan").out


def wait_for_the_line(process, text):
    """Reads stderr up to the first line that holds `text`."""
    for line in process.stderr:
        if text in line:
            return line
    raise AssertionError(f"it never said '{text}'")


# Two at once

def test_a_second_apply_is_refused_and_told_by_whom(made, frozen):
    run = made.apply(code=11)
    found = HELD.search(run.err)
    assert found and run.out == "", run.text
    assert int(found[3]) == frozen.process.pid
    frozen.kill()


def test_with_json_it_is_told_as_json(made, frozen):
    run = made.apply("--json", code=11)
    assert '"severity":"error"' in run.err and '"summary":"the archive is locked by run ' in run.err, run.err


def test_a_second_apply_waits_and_finds_nothing_left_to_do(emulator, made):
    # Slow enough to be caught at work, and then done by itself.
    emulator.faults("stall:op=Query,n=4,seconds=1")
    first = made.start("apply", "--auto-approve")
    while not emulator.counts()["faults"]:
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)
    second = made.start("apply", "--auto-approve", "--lock-timeout", "10m")
    line = wait_for_the_line(second, "waiting: the archive is locked by run ")
    assert f"process {first.pid}," in line
    first.send_signal(signal.SIGCONT)
    _, err = first.communicate(timeout=120)
    assert first.returncode == 0, err
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    assert "No changes." in out
    check_whole(made)


@pytest.mark.parametrize("directory", [False, True])
def test_of_many_that_begin_at_once_each_does_what_is_left(archive, directory):
    made = archive([TABLE], START, END, directory=directory)
    runs = [made.start("apply", "--auto-approve", "--lock-timeout", "10m") for _ in range(4)]
    outs = []
    for run in runs:
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        outs.append(out)
    assert sum("No changes." in out for out in outs) == 3, outs
    assert len({row["run_id"] for row in made.manifest(TABLE)}) == 1
    check_whole(made)


def test_one_that_waited_in_vain_is_refused(made, frozen):
    run = made.apply("--lock-timeout", "1s", code=11)
    assert "waiting: the archive is locked" in run.err and HELD.search(run.err), run.err


def test_one_that_waits_ends_with_a_signal(made, frozen):
    second = made.start("apply", "--auto-approve", "--lock-timeout", "10m")
    wait_for_the_line(second, "waiting: ")
    second.send_signal(signal.SIGTERM)
    _, err = second.communicate(timeout=60)
    assert second.returncode == 143, err


def test_plans_neither_take_the_lock_nor_mind_it(made, frozen):
    assert made.plan()["summary"]
    made.run("graph")
    frozen.kill()


def test_a_plan_makes_no_container_for_the_lock(made):
    made.plan()
    assert made.all_containers() == []


def test_the_lock_is_given_back_after_an_error(archive):
    made = archive([{"name": TABLE, "columns": ["TimeGenerated", "Numbre"]}], START, END)
    for _ in range(2):
        assert "Numbre" in made.apply(code=1).text


# Taking over

def test_the_lock_of_a_killed_run_ends_by_itself(emulator, made, frozen):
    frozen.kill()
    made.apply(code=11)
    emulator.advance_leases(61)
    made.apply()
    check_whole(made)


def test_one_that_waits_takes_over_when_it_ends(emulator, made, frozen):
    frozen.kill()
    second = made.start("apply", "--auto-approve", "--lock-timeout", "10m")
    wait_for_the_line(second, "waiting: ")
    emulator.advance_leases(61)
    _, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    check_whole(made)


@pytest.mark.parametrize("operation, number", [
    ("Query", 4), ("PutBlob", 5), ("CreateContainer", 3), ("Token", 1)])
def test_one_that_was_frozen_past_its_lease_stops_and_the_archive_is_whole(emulator, made, operation, number):
    frozen = Frozen(made, operation, number)
    emulator.advance_leases(61)
    made.apply()
    before = made.everything()
    err = frozen.resume(code=11)
    assert err.count("error: ") == 1 and "error: this run lost the archive's lock and has stopped" in err, err
    assert made.everything() == before
    check_whole(made)


def test_an_append_that_was_under_way_when_the_lease_ended_does_no_harm(emulator, made):
    # It is carried out before, while or after the other run works.
    frozen = Frozen(made, "AppendBlock", 2, seconds=1)
    emulator.advance_leases(61)
    made.apply()
    frozen.resume(code=11)
    check_whole(made)


# Unlocking

def lock_id(made):
    return HELD.search(made.apply(code=11).err)[5]


def test_unlock_ends_the_lock_of_a_run_that_hangs(made, frozen):
    run = made.run("unlock", lock_id(made), "--auto-approve")
    assert run.out == "Unlocked.\n" and f"process {frozen.process.pid}," in run.err
    made.apply()
    before = made.everything()
    assert "lost the archive's lock" in frozen.resume(code=11)
    assert made.everything() == before
    check_whole(made)


def test_unlock_takes_a_run_id_as_well(made, frozen):
    run_id = HELD.search(made.apply(code=11).err)[1]
    made.run("unlock", run_id, "--auto-approve")
    made.apply()


def test_unlock_ends_no_other_lock(emulator, made, frozen):
    first = lock_id(made)
    frozen.kill()
    emulator.advance_leases(61)
    second = Frozen(made, number=1)
    run = made.run("unlock", first, "--auto-approve", code=1)
    assert "does not hold the archive's lock, nothing was done" in run.err
    assert f"process {second.process.pid}," in run.err
    assert lock_id(made) != first
    second.kill()


def test_unlock_asks_first(made, frozen):
    id = lock_id(made)
    run = made.run("unlock", id, code=64)
    assert "--auto-approve" in run.err
    assert lock_id(made) == id
    for answer, code in [("no\n", 1), ("yes\n", 0)]:
        terminal = Terminal("unlock", id, "-f", made.spec_file)
        terminal.read_until("Only 'yes' is taken for yes:")
        assert f"process {frozen.process.pid}," in terminal.text
        terminal.write(answer)
        assert terminal.wait() == code, terminal.text
    made.apply()


def test_where_nothing_is_locked_there_is_nothing_to_unlock(made):
    for _ in range(2):
        run = made.run("unlock", "4f2d1f3e-8a5e-4b7c-9d26-000000000000", "--auto-approve", code=1)
        assert "the archive is not locked" in run.err
        made.apply()


def test_unlock_needs_an_id(made):
    assert "'unlock' needs ID" in made.run("unlock", code=64).err


def test_a_holder_that_has_not_said_who_it_is_is_not_named(made):
    one = Frozen(made, operation="SetMetadata", number=1)
    run = made.apply(code=11)
    assert "locked by a run that has not said yet who it is" in run.err and "unlock" not in run.err, run.err
    assert "logexport doctor -f" in run.err and "unknown" not in run.err
    found = made.run("doctor")
    assert "held by a run that has not said yet who it is" in found.out, found.text
    assert f"{made.prefix}-manifest-lock/lock" in found.out and "logexport unlock" not in found.out
    for id in ["unknown", "4f2d1f3e-8a5e-4b7c-9d26-000000000000"]:
        run = made.run("unlock", id, "--auto-approve", code=1)
        assert "nothing was done" in run.err and "Look again in a minute" in run.err, run.err
    made.emulator.advance_leases(61)
    made.apply()
    assert "lost the archive's lock" in one.resume(code=11)
    check_whole(made)


# Rights

def test_a_right_that_is_missing_is_named(emulator, made):
    sas = generate_container_sas(
        emulator.account, "elsewhere", account_key=KEY, permission=ContainerSasPermissions(read=True, list=True),
        expiry=datetime.now(timezone.utc) + timedelta(hours=1))
    run = made.apply(code=12, environment={"AZURE_STORAGE_SAS_TOKEN": sas})
    assert f"for the archive's lock, the lease of {made.prefix}-manifest-lock/lock" in run.err, run.err
    assert run.err.count("error: ") == 1


# Directories

def test_in_a_directory_the_lock_goes_with_its_process(emulator, archive):
    made = archive([TABLE], START, END, limits={"rows": 150}, directory=True)
    frozen = Frozen(made)
    run = made.apply(code=11)
    found = HELD.search(run.err)
    assert int(found[3]) == frozen.process.pid
    run = made.run("unlock", found[5], "--auto-approve", code=1)
    assert "goes with the process that holds it" in run.err and f"process {frozen.process.pid}," in run.err
    second = made.start("apply", "--auto-approve", "--lock-timeout", "10m")
    wait_for_the_line(second, "waiting: ")
    frozen.kill()
    _, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    check_whole(made)
    assert "the archive is not locked" in made.run("unlock", found[5], "--auto-approve", code=1).err
