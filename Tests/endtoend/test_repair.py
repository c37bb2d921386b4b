"""What an archive goes through: holes, late rows, faults of the service, new generations."""

import os

import pytest
from emulator import Emulator

START, END = "2025-01-01", "2025-01-01T04:00:00Z"


def fill(emulator, table, per_hour=50, hours=4):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n // per_hour:02}:{n % per_hour:02}:30.0000001Z", "Number": n, "Text": "x" * 50}
        for n in range(per_hour * hours)])
    return list(range(per_hour * hours))


def numbers(made, table):
    return sorted(row["Number"] for row in made.rows(table))


def test_a_deleted_blob_is_found_and_its_slice_alone_exported_again(emulator, archive):
    table = "Hole_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    container = f"{made.prefix}-hole-cl"
    victim = sorted(made.blobs(container))[1]
    made.delete(container, victim)

    plan = made.run("plan", "--detailed-exitcode", code=2)
    assert "a blob is gone" in plan.out and "1 to export again" in plan.out
    assert "No changes." in made.run("plan", "--no-list").out
    before = emulator.counts()["requests"]["Query"]
    made.apply()
    assert emulator.counts()["requests"]["Query"] - before <= 3
    assert numbers(made, table) == rows
    made.check_agreement(table)
    assert "No changes." in made.run("plan", "--detailed-exitcode").out


def test_four_parts_exported_again_in_two_show_readers_two(emulator, archive):
    table = "Parts_CL"
    rows = fill(emulator, table, hours=1)
    made = archive([table], START, "2025-01-01T01:00:00Z", limits={"rows": 16})
    made.apply()
    (four,) = made.in_force(table).values()
    assert len(four) >= 4

    made.spec["limits"] = {"rows": 40}
    made.apply("--replace", f"{table}/2025-01-01T00:00:00Z")
    (two,) = made.in_force(table).values()
    assert len(two) == 2 and {row["generation"] for row in two} == {"2"}
    assert numbers(made, table) == rows
    made.check_agreement(table)
    assert "No changes." in made.run("plan").out


def test_a_run_killed_between_two_generations_leaves_the_first(emulator, archive):
    table = "Between_CL"
    rows = fill(emulator, table, hours=1)
    made = archive([table], START, "2025-01-01T01:00:00Z", limits={"rows": 16})
    made.apply()
    before = made.in_force(table)

    made.spec["limits"] = {"rows": 40}
    emulator.faults("stall:op=AppendBlock,seconds=60")
    process = made.start("apply", "--auto-approve", "--replace", f"{table}/2025-01-01T00:00:00Z")
    wait_for(emulator, "stall")
    process.kill()
    process.communicate()
    assert made.in_force(table) == before
    assert numbers(made, table) == rows
    emulator.faults()


def wait_for(emulator, fault):
    """Until a fault has struck; the process under test waits in it."""
    import time

    for _ in range(600):
        if emulator.counts()["faults"]:
            return
        time.sleep(0.05)
    pytest.fail(f"{fault} never struck")


@pytest.mark.parametrize("code", ["-2133196797", "-2133196788"], ids=["truncation", "another-code"])
def test_an_answer_with_a_partial_error_is_never_committed(emulator, archive, code):
    table = f"Partial{code[-3:]}_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    # The first query counts; every later one carries the error behind its rows.
    emulator.faults(f"partial:op=Query,n=2-9999,code={code}")
    run = made.apply(code=1)
    emulator.faults()
    assert run.err.count("error: ") == 4 and "PartialError" in run.err
    assert made.in_force(table) == {}
    assert made.blobs(f"{made.prefix}-{table.lower().replace('_', '-')}") == {}
    made.apply()
    assert len(made.rows(table)) == 200


def test_faults_of_every_kind_are_survived(emulator, archive):
    table = "Faults_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    emulator.faults(
        "throttle:every=5,after=0;500:op=PutBlob,n=2;reset:op=Query,n=4;lost-reply:op=PutBlob,n=3;"
        "lost-reply:op=AppendBlock,n=2;truncate:op=Query,n=6;expire-token:op=Query,n=5;503:op=ListBlobs,n=1")
    made.apply()
    struck = emulator.counts()["faults"]
    emulator.faults()
    assert sum(struck.values()) >= 5, struck
    assert numbers(made, table) == rows
    made.check_agreement(table)
    assert "No changes." in made.run("plan").out


def test_a_count_beyond_retention_is_not_taken_for_empty(emulator, archive):
    table = "Old_CL"
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    made = archive([{"name": table, "retention": "30d"}], START, END)
    run = made.apply("--as-of", "2025-06-01")
    statuses = [parts[0]["status"] for parts in made.in_force(table).values()]
    assert statuses == ["exported", "unavailable", "unavailable", "unavailable"]
    assert "unavailable" in run.out or "older than" in run.out

    # However early the clock is set: the source is asked now.
    made = archive([{"name": table, "retention": "30d"}], START, END)
    made.apply("--as-of", "2025-01-10")
    assert [parts[0]["status"] for parts in made.in_force(table).values()] == ["exported"] + ["unavailable"] * 3

    made = archive([{"name": table, "retention": "3650d"}], START, END)
    made.apply("--as-of", "2025-01-10")
    assert [parts[0]["status"] for parts in made.in_force(table).values()] == ["exported"] + ["empty"] * 3


def test_a_recount_that_differs_is_not_committed(emulator, archive, tmp_path):
    table = "Moving_CL"
    # More slices than queries at once: each holds its answer while it is counted again.
    fill(emulator, table, hours=8)
    late = tmp_path / "late.ndjson"
    late.write_text("".join(
        f'{{"TimeGenerated": "2025-01-01T{hour:02}:55:00Z", "Number": 1000, "Text": "late"}}\n' for hour in range(8)))
    made = archive([table], START, "2025-01-01T08:00:00Z")
    # A row comes in before every query from now on, so that no two of them agree.
    emulator.faults(f"late-rows:op=Query,table={table},file={late}")
    run = made.apply(code=1)
    emulator.faults()
    assert "count_mismatch" in run.err
    assert made.in_force(table) == {}


def test_late_rows_are_exported_with_their_slice(emulator, archive):
    table = "Late_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    made.apply("--as-of", "2025-01-01T12:00:00Z")
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T02:59:59.9999999Z", "Number": 5000, "Text": "late"}])
    plan = made.run("plan", "--as-of", "2025-01-02T00:00:00Z")
    assert "rows came in late" in plan.out and "1 to export again" in plan.out
    made.apply("--as-of", "2025-01-02T00:00:00Z")
    assert numbers(made, table) == rows + [5000]
    made.check_agreement(table)


def test_a_count_that_breaks_off_is_asked_for_again(emulator, archive):
    table = "Broken_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    emulator.faults("truncate:op=Query,n=1,bytes=20;empty:op=Query,n=2")
    assert "4 to export" in made.run("plan").out
    assert sum(emulator.counts()["faults"].values()) == 2


def test_rows_that_no_response_can_hold_fail_by_name(archive):
    own = Emulator("--limits", "bytes=500000")
    try:
        table = "Fat_CL"
        own.ingest(table, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Text": "x" * 100_000}] * 10)
        own.ingest(table, [{"TimeGenerated": "2025-01-01T01:30:00Z", "Text": "y"}])
        made = archive([table], START, "2025-01-01T02:00:00Z", on=own, limits={"bytes": "500KB"})
        run = made.apply(code=3)
        assert "2025-01-01T00:00:00Z" in run.text and ("cannot be cut further" in run.text or "tell apart" in run.text)
        assert [row["Text"] for row in made.rows(table)] == ["y"]
    finally:
        own.stop()


def test_a_directory_that_moved_keeps_its_blobs(emulator, archive):
    table = "Moved_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END, directory=True)
    made.apply()
    before = made.blobs(f"{made.prefix}-moved-cl")
    moved = os.path.join(made.folder, "elsewhere")
    os.rename(made.directory, moved)
    made.spec["destination"]["directory"] = "./elsewhere"
    assert "No changes." in made.run("plan").out
    made.apply()
    made.directory = moved
    assert made.blobs(f"{made.prefix}-moved-cl") == before
    assert len(rows) == 200
