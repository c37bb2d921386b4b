"""Runs that stop before their end, and what they say of it."""

import json
import signal
import time

TABLE = "Capped_CL"
START, END = "2025-01-01", "2025-01-01T04:00:00Z"


def fill(emulator, table=TABLE, per_hour=20):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{hour:02}:{n:02}:30Z", "Number": n} for hour in range(4) for n in range(per_hour)])


def test_a_cap_below_one_slice_says_which_slice_and_what_it_takes(emulator, archive):
    fill(emulator)
    made = archive([TABLE], START, END)
    run = made.apply("--max-rows", "19", code=8)
    assert f"Stopped at the cap on volume before {TABLE}/2025-01-01T00:00:00Z (20 rows" in run.out
    assert "It takes --max-rows 20 " in run.out
    assert f"{TABLE}: stopped at the cap on volume, 0 slices, 0 rows" in run.err
    said = json.loads(made.apply("--json", "--max-bytes", "100B", code=8).out)
    assert said["capped"] == "volume" and said["next"]["slice"] == f"{TABLE}/2025-01-01T00:00:00Z"
    made.apply("--max-bytes", str(said["next"]["bytes"]), code=8)
    assert len(made.in_force(TABLE)) == 1
    run = made.apply("--max-rows", "40", code=8)
    assert f"{TABLE}: stopped at the cap on volume, 2 slices, 40 rows" in run.err
    assert f"before {TABLE}/2025-01-01T03:00:00Z" in run.out and "Run it again for the rest." in run.out
    assert f"{TABLE}: done, 1 slice, 20 rows" in made.apply().err


def test_a_table_that_a_signal_stops_is_not_done(emulator, archive):
    fill(emulator, "Signalled_CL")
    made = archive(["Signalled_CL"], START, END)
    emulator.faults("stall:op=Query,n=2-999,seconds=60")
    process = made.start("apply", "--auto-approve")
    while not emulator.counts()["faults"]:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 143
    assert "Signalled_CL: stopped by a signal, 0 slices" in err and "done" not in err
