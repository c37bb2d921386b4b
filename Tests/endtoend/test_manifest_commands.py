"""`manifest list`, `rebuild` and `import`, and `prune`."""

import csv
import gzip
import io
import itertools
import json
import os
import shutil
import time
from datetime import datetime, timedelta

import pytest

START, END = "2025-01-01", "2025-01-01T04:00:00Z"
ROWS = 40
NUMBERS = itertools.count(1)


def fill(emulator, table, hours=range(4), per_hour=ROWS):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{hour:02}:{n:02}:30Z", "Number": hour * per_hour + n}
        for hour in hours for n in range(per_hour)])


def name():
    """A table of its own for each test: rows stay where they are."""
    return f"Manifest{next(NUMBERS)}_CL"


def container(made, table):
    return f"{made.prefix}-{table.lower().replace('_', '-')}"


def listed(made, *arguments):
    return list(csv.DictReader(io.StringIO(made.run("manifest", "list", *arguments).out)))


@pytest.fixture(params=["emulator", "directory"])
def on_directory(request):
    return request.param == "directory"


def lose_manifest(made):
    """The manifest's container goes, with the lineage in it."""
    if made.directory:
        shutil.rmtree(os.path.join(made.directory, f"{made.prefix}-manifest"))
    else:
        made.emulator.storage().delete_container(f"{made.prefix}-manifest")


# list

def test_list_shows_rows_gaps_and_what_was_replaced(emulator, archive):
    table = name()
    fill(emulator, table, hours=[0, 2])
    made = archive([table], START, END)
    made.apply("--to", "2025-01-01T03:00:00Z")
    made.apply("--replace", f"{table}/2025-01-01T02:00:00Z", "--to", "2025-01-01T03:00:00Z")
    rows = listed(made)
    assert [(row["start"][11:13], row["status"], row["rows"], row["generation"], row["part"]) for row in rows] == [
        ("00", "exported", "40", "1", "1of1"), ("01", "empty_unproven", "0", "1", ""), ("02", "exported", "40", "2", "1of1"),
        ("02", "replaced", "40", "1", "1of1"), ("03", "missing", "", "", "")]
    urls = made.run("manifest", "list", "--urls").out.splitlines()
    assert urls == [row["blob_url"] for row in rows if row["status"] == "exported"] and len(urls) == 2
    found = json.loads(made.run("manifest", "list", "--json").out)
    assert [row["status"] for row in found["tables"][0]["rows"]] == [row["status"] for row in rows]
    assert [row["start"][11:13] for row in listed(made, "--from", "2025-01-01T03:00:00Z")] == ["03"]
    assert made.run("manifest", "list", "--force", code=64)
    assert made.run("manifest", "list", "x.csv", code=64)


def test_list_shows_tables_that_are_no_longer_declared(emulator, archive):
    first, second = name(), name()
    fill(emulator, first)
    fill(emulator, second)
    made = archive([first, second], START, END)
    made.apply()
    made.spec["tables"] = [second]
    assert {row["table"] for row in listed(made)} == {first, second}
    assert {row["table"] for row in listed(made, "--table", second)} == {second}


# rebuild

def test_a_manifest_comes_back_from_the_receipts(emulator, archive, on_directory):
    table, split = name(), name()
    fill(emulator, table, hours=[0, 1, 3])
    fill(emulator, split, hours=[0])
    made = archive([table, split], START, END, directory=on_directory, limits={"rows": 16})
    made.apply()
    made.apply("--replace", f"{table}/2025-01-01T01:00:00Z")
    before = {one: made.in_force(one) for one in (table, split)}
    blobs = {one: made.blobs(container(made, one)) for one in (table, split)}
    lose_manifest(made)
    assert "absent" in made.run("plan", code=1).err

    run = made.run("manifest", "rebuild", "--auto-approve")
    assert "Empty slices have no blobs: the next plan counts them again" in run.out
    assert "Adopted rows must be imported again" in run.out
    for one in (table, split):
        exported = {key: rows for key, rows in before[one].items() if rows[0]["blob_url"]}
        after = made.in_force(one)
        assert after.keys() == exported.keys()
        for key, rows in exported.items():
            for old, new in zip(rows, after[key]):
                assert {**old, "counted_rows": ""} == {**new, "counted_rows": ""}
        assert made.blobs(container(made, one)) == blobs[one]
    # The empty slices are counted again, and nothing is exported.
    assert json.loads(made.apply("--json").out)["slices"] == 0
    assert "No changes." in made.run("plan").out
    made.run("verify", "--content")
    again = made.run("manifest", "rebuild", "--auto-approve")
    assert "in the manifest already" in again.out


def test_a_manifest_with_rows_is_not_touched_unless_forced(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    blob = made.manifest_blob(f"{table}/2025.csv")
    lines = blob.download_blob().readall().splitlines(keepends=True)
    blob.delete_blob()
    blob.upload_blob(b"".join(lines[:3]), blob_type="AppendBlob")
    before = made.manifest(table)
    assert "--force" in made.run("manifest", "rebuild", "--auto-approve", code=1).err
    assert made.manifest(table) == before and len(before) == 2
    made.run("manifest", "rebuild", "--auto-approve", "--force")
    assert made.manifest(table)[:2] == before and len(made.in_force(table)) == 4
    made.check_agreement(table)


def test_verify_does_not_pass_over_rows_that_are_lost(emulator, archive):
    table, whole = name(), name()
    fill(emulator, table)
    fill(emulator, whole)
    made = archive([table, whole], START, END)
    made.apply()
    blob = made.manifest_blob(f"{table}/2025.csv")
    lines = blob.download_blob().readall().splitlines(keepends=True)
    blob.delete_blob()
    run = made.run("verify", code=1)
    assert f"{table}/2025.csv: it is absent" in run.err and "manifest rebuild" in run.err
    blob.upload_blob(b"".join(lines[:3]), blob_type="AppendBlob")
    assert "2 blobs that no row of the manifest names" in made.run("verify").out
    assert json.loads(made.run("verify", "--json").out)["summary"]["unrecorded_blobs"] == 2


def test_a_rebuild_that_was_cut_off_goes_on_by_itself(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END, limits={"rows": 16})
    made.apply()
    lose_manifest(made)
    made.run("manifest", "rebuild", "--auto-approve")
    whole = made.manifest(table)
    blob = made.manifest_blob(f"{table}/2025.csv")
    lines = blob.download_blob().readall().splitlines(keepends=True)
    cut = 1 + int(whole[0]["parts"]) * 2
    assert len({row["slice_start"] for row in whole[:cut - 1]}) == 2

    def put_back(kept):
        blob.delete_blob()
        blob.upload_blob(b"".join(kept), blob_type="AppendBlob")

    # What an export, a count or a person wrote is no rebuild's, even one row of it.
    counted = lines[1].split(b",")
    counted[-3] = counted[3]
    for other in [b",".join(counted), lines[1].replace(b",exported,", b",adopted,")]:
        put_back([lines[0], other, *lines[2:cut]])
        run = made.run("manifest", "rebuild", "--auto-approve", code=1)
        assert "has rows that no rebuild wrote" in run.err and "--force" in run.err

    put_back(lines[:cut])
    run = made.run("manifest", "rebuild", "--auto-approve")
    assert "2 in the manifest already; adds what its file lacks" in run.out
    assert made.manifest(table) == whole
    assert "No changes." in made.run("plan").out
    made.run("verify", "--content")


def test_a_file_that_was_emptied_or_lost_is_filled_again(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    blob = made.manifest_blob(f"{table}/2025.csv")
    header = blob.download_blob().readall().splitlines(keepends=True)[0]
    for content in (header, b"", None):
        blob.delete_blob()
        if content is not None:
            blob.upload_blob(content, blob_type="AppendBlob")
        made.run("manifest", "rebuild", "--auto-approve")
        assert len(made.in_force(table)) == 4
    made.run("verify", "--content")


def test_a_slice_of_which_a_part_is_lost_is_left_to_the_plan(emulator, archive):
    table = name()
    fill(emulator, table, hours=[0, 1])
    made = archive([table], START, "2025-01-01T02:00:00Z", limits={"rows": 16})
    made.apply()
    made.delete(container(made, table), sorted(made.blobs(container(made, table)))[0])
    lose_manifest(made)
    run = made.run("manifest", "rebuild", "--auto-approve")
    assert f"{table}/2025-01-01T00:00:00Z  its parts are not all there" in run.out
    assert [key[0] for key in made.in_force(table)] == ["2025-01-01T01:00:00Z"]
    made.apply()
    assert sorted(row["Number"] for row in made.rows(table)) == list(range(2 * ROWS))
    made.check_agreement(table)


def test_blobs_of_two_archives_or_of_another_workspace_are_refused(emulator, archive):
    first, second = name(), name()
    fill(emulator, first)
    fill(emulator, second)
    one, two = archive([first], START, END), archive([second], START, END)
    one.apply()
    two.apply()
    one.spec["tables"] = [first, {"name": second, "container": container(two, second)}]
    lose_manifest(one)
    assert "several archives" in one.run("manifest", "rebuild", "--auto-approve", code=1).err
    assert f"{one.prefix}-manifest" not in one.containers()
    one.spec["tables"] = [first]
    one.spec["source"]["workspace"] = "00000000-0000-0000-0000-00000000000a"
    assert "is of workspace" in one.run("manifest", "rebuild", "--auto-approve", code=1).err
    one.spec["source"]["workspace"] = emulator.workspace
    one.run("manifest", "rebuild", "--auto-approve")


def kill_before_append(emulator, made, *arguments):
    """An apply that has committed its blobs, and dies before the manifest names them."""
    emulator.faults("503:op=AppendBlock")
    process = made.start("apply", "--auto-approve", *arguments)
    while process.poll() is None and not emulator.counts()["faults"]:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert emulator.counts()["faults"], "the run was over before it was caught"
    emulator.faults()
    emulator.advance_leases(61)


def begin_narrower(emulator, made, table):
    """A run that would have replaced a slice by one of fewer columns, and was killed; its spec."""
    before = dict(made.spec)
    made.spec = {**before, "onChange": "replace", "tables": [{"name": table, "columns": ["TimeGenerated"]}]}
    kill_before_append(emulator, made)
    narrower, made.spec = made.spec, before
    return narrower


def test_what_a_killed_run_of_another_spec_left_is_said_and_goes_by_name(emulator, archive):
    table = name()
    fill(emulator, table, hours=[0])
    made = archive([table], START, "2025-01-01T01:00:00Z")
    made.apply()
    [kept] = made.blobs(container(made, table))
    begin_narrower(emulator, made, table)
    assert len(made.blobs(container(made, table))) == 2
    run = made.run("plan")
    assert "No changes." in run.out and "blobs with 40 rows that no row of the manifest names" in run.out
    assert "1 blob that no row of the manifest names" in made.run("verify").out
    assert json.loads(made.run("verify", "--json").out)["summary"]["unrecorded_blobs"] == 1
    made.apply()
    assert len(made.blobs(container(made, table))) == 2
    # Only what is named goes.
    assert "Nothing to prune." in made.run("prune", "--superseded", "--undeclared").out
    run = made.run("prune", "--unrecorded", code=64)
    assert "unrecorded, generation 2, 40 rows" in run.out and "40 rows that no row of the manifest names" in run.out
    run = made.run("prune", "--unrecorded", "--auto-approve")
    assert "Pruned: 1 blob deleted" in run.out
    assert list(made.blobs(container(made, table))) == [kept]
    assert "no row of the manifest" not in made.run("plan").out + made.run("verify", "--content").out
    assert [row["status"] for row in made.manifest(table)] == ["exported"]
    assert sorted(row["Number"] for row in made.rows(table)) == list(range(ROWS))


@pytest.mark.parametrize("declared", ["as before", "narrower"])
def test_a_rebuild_beside_a_killed_replacement_loses_no_column(emulator, archive, declared):
    table = name()
    fill(emulator, table, hours=[0])
    made = archive([table], START, "2025-01-01T01:00:00Z")
    made.apply()
    [first] = made.blobs(container(made, table))
    narrower = begin_narrower(emulator, made, table)
    lose_manifest(made)
    if declared == "narrower":
        made.spec = {**narrower, "onChange": "keep"}
    run = made.run("manifest", "rebuild", "--auto-approve")
    assert "1 slice from here on: other blobs lie there as well" in run.out
    [[row]] = made.in_force(table).values()
    assert row["generation"] == ("1" if declared == "as before" else "2")
    made.apply()
    made.apply("--refresh")
    assert first in made.blobs(container(made, table)), "the only blob with all columns was deleted"
    assert "no row of the manifest names" in made.run("plan").out
    made.run("verify", "--content")


def test_the_lineage_alone_comes_back(emulator, archive, on_directory):
    table = name()
    fill(emulator, table, hours=[0])
    made = archive([table], START, "2025-01-01T01:00:00Z", directory=on_directory)
    made.apply()
    if on_directory:
        os.remove(os.path.join(made.directory, f"{made.prefix}-manifest", "lineage.json"))
    else:
        made.delete(f"{made.prefix}-manifest", "lineage.json")
    assert "manifest rebuild" in made.run("plan", code=1).err
    checks = {check["name"]: check for check in json.loads(made.run("doctor", "--json", code=1).out)["checks"]}
    assert checks["store"]["status"] == "failed" and "lineage.json is absent" in checks["store"]["message"]
    assert "+ lineage.json" in made.run("manifest", "rebuild", code=64).out
    run = made.run("manifest", "rebuild", "--auto-approve")
    assert "lineage.json is back" in run.out
    assert "No changes." in made.run("plan").out
    assert "1 in the manifest already" in made.run("manifest", "rebuild").out


def test_rebuild_asks_where_it_can_and_refuses_where_it_cannot(emulator, archive):
    table = name()
    fill(emulator, table, hours=[0])
    made = archive([table], START, "2025-01-01T01:00:00Z")
    made.apply()
    # Nothing is lost, so there is nothing to ask.
    assert f"  {table}  nothing to append; 1 in the manifest already" in made.run("manifest", "rebuild").out
    made.delete(f"{made.prefix}-manifest", f"{table}/2025.csv")
    before = made.everything()
    run = made.run("manifest", "rebuild", code=64)
    assert "there is no terminal to ask on, nothing was done" in run.err and f"+ {table}  1 slice, 40 rows" in run.out
    assert json.loads(made.run("manifest", "rebuild", "--json", code=64).out)["tables"][0]["slices"] == 1
    assert made.everything() == before


def test_a_coarser_grid_makes_nothing_undeclared(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END, range={"slice": "1h"})
    made.apply()
    made.spec["range"]["slice"] = "1d"
    # The hours lie within the range as it is written, if not within a whole day of it.
    assert "Nothing to prune." in made.run("prune", "--undeclared").out
    assert "undeclared" not in made.run("plan", "--json").out
    made.run("status", "--check")
    made.spec["range"]["to"] = "2025-01-01T12:00:00Z"
    assert "Nothing to prune." in made.run("prune", "--undeclared").out
    # But nothing exports the rest of the day, which is no whole slice.
    run = made.run("status", "--check", code=2)
    assert "left out: 2025-01-01 04:00 → 12:00" in run.out and "the end of 1 table is left out" in run.out
    (status,) = json.loads(made.run("status", "--json").out)["tables"]
    assert status["left_out"] == [["2025-01-01T04:00:00Z", "2025-01-01T12:00:00Z"]]
    made.spec["range"]["to"] = "2025-01-01T02:00:00Z"
    assert "2 blobs to delete" in made.run("prune", "--undeclared", code=64).out


# import

def earlier_job(made, table, hours, log, inclusive=False):
    """What the Python job leaves behind: lines of JSON in blobs of its own naming, and a log without a header."""
    with open(log, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for hour in hours:
            start = datetime(2025, 1, 1, hour)
            end = start + timedelta(hours=1)
            if inclusive:
                end -= timedelta(milliseconds=1)
            rows = [{"TimeGenerated": f"2025-01-01T{hour:02}:{n:02}:30.000Z", "Number": hour * ROWS + n} for n in range(ROWS)]
            name = f"{table}/{start:%Y/%m/%d/%H}.json.gz"
            text = "".join(json.dumps(row) + "\n" for row in rows)
            put(made, table, name, gzip.compress(text.encode()))
            writer.writerow([table, start.isoformat(), end.isoformat(timespec="auto"), len(rows), name, "ok"])


def test_files_of_an_archive_are_nobody_s_rows(emulator, archive, tmp_path):
    first, second = name(), name()
    fill(emulator, first)
    fill(emulator, second)
    made, other = archive([first], START, "2025-01-01T02:00:00Z"), archive([second], START, END)
    made.apply()
    other.apply()
    made.spec["range"]["to"] = END
    lock = f"{made.prefix}-manifest-lock/lock"
    urls = [f"{made.prefix}-manifest/lineage.json", lock, f"{other.prefix}-manifest/{second}/2025.csv",
            f"{container(other, second)}/{sorted(other.blobs(container(other, second)))[0]}"]
    log = tmp_path / "old.csv"
    with open(log, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "start", "end", "rows", "blob_url"])
        for minute, url in enumerate(urls):
            writer.writerow([first, f"2025-01-01T02:{minute:02}:00", f"2025-01-01T02:{minute + 1:02}:00", 1,
                             f"{emulator.blob_url}/{url}"])
    before = made.everything()
    run = made.run("manifest", "import", str(log), "--auto-approve", code=2)
    assert run.out.count("is a file of the archive itself") + run.out.count("is empty") == 2
    assert run.out.count("lies in a container of archive") == 2 and "Nothing is adopted." in run.out
    assert made.everything() == before


def put(made, table, name, data):
    if made.directory:
        path = os.path.join(made.directory, container(made, table), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return
    client = made.emulator.storage().get_container_client(container(made, table))
    if not client.exists():
        client.create_container()
    client.upload_blob(name, data, overwrite=True)


COLUMNS = ["--columns", "table=1,start=2,end=3,rows=4,url=5"]


def test_what_the_python_job_exported_is_adopted_and_not_exported_again(emulator, archive, on_directory):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END, directory=on_directory)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, table, [0, 1, 3], log)
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{table},2025-01-01T02:00:00,2025-01-01T03:00:00,0,{table}/2025/01/01/02.json.gz,ok\n")

    run = made.run("manifest", "import", log, *COLUMNS, code=64)
    assert "there is no terminal to ask on" in run.err and "3 slices, 120 rows" in run.out and "Adopted:" not in run.out
    assert made.manifest(table) == []
    run = made.run("manifest", "import", log, *COLUMNS, "--auto-approve")
    assert "3 slices, 120 rows" in run.out and "1 without rows, which the next plan counts" in run.out
    assert "2025-01-01 02:00 → 03:00  the file does not account for it" in run.out
    assert "unverified" in run.out
    rows = [row for parts in made.in_force(table).values() for row in parts]
    assert [(row["status"], row["rows"], row["counted_rows"]) for row in rows] == [("adopted", "40", "")] * 3
    assert all(row["blob_url"].endswith(".json.gz") and int(row["bytes"]) > 0 for row in rows)

    assert [action["reason"] for action in actions(made)] == ["missing"]
    made.apply()
    assert len(made.in_force(table)) == 4
    assert "No changes." in made.run("plan").out
    # Without a form in the manifest the content tells it.
    found = json.loads(made.run("verify", "--content", "--source", "--json").out)
    assert found["summary"]["read_rows"] == 160 and found["summary"]["counted_slices"] == 4

    before = made.manifest(table)
    again = made.run("manifest", "import", log, *COLUMNS, "--auto-approve")
    assert f"  {table}  3 adopted already" in again.out and "0 slices" not in again.out and "Nothing is adopted." in again.out
    assert made.manifest(table) == before

    # Unverified until they are counted, which is noted once.
    assert "3 adopted and unverified" in made.run("status").out
    made.run("manifest", "import", log, *COLUMNS, "--recount", "--auto-approve")
    assert {rows[0]["counted_rows"] for rows in made.in_force(table).values()} >= {"40"}
    assert "unverified" not in made.run("status").out
    assert "Nothing is adopted." in made.run("manifest", "import", log, *COLUMNS, "--recount", "--auto-approve").out
    assert "No changes." in made.run("plan").out


def actions(made):
    return [action for table in made.plan()["tables"] for action in table["actions"]]


def test_inclusive_ends_and_a_range_in_one_column(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, table, [0, 1], log, inclusive=True)
    with open(log, encoding="utf-8") as file:
        lines = list(csv.reader(file))
    with open(log, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["RowCount", "TableName", "TimeRange", "BlobUrl"])
        for table_, start, end, rows, blob, _ in lines:
            url = f"{emulator.blob_url}/{container(made, table)}/{blob}?sv=2021&sig=secret"
            writer.writerow([f"{rows}.0", table_.upper(), f"{start} - {end}", url])
    columns = ["--columns", "table=TableName,range=TimeRange,rows=RowCount,url=BlobUrl"]
    assert "add --end inclusive" in made.run("manifest", "import", log, *columns, code=64).out
    assert "--end inclusive" not in made.run("manifest", "import", log, *columns, "--end", "inclusive", code=64).out
    made.run("manifest", "import", log, *columns, "--end", "inclusive", "--recount", "--auto-approve")
    assert list(made.in_force(table)) == [
        ("2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z"), ("2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z")]
    rows = made.manifest(table)
    assert [row["counted_rows"] for row in rows] == ["40", "40"]
    assert not any("sig=" in row["blob_url"] for row in rows)


def test_what_cannot_be_adopted_is_named_by_its_line(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, table, [0, 1], log)
    place = f"{table}/2025/01/01"
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{table},2025-01-01T01:30:00,2025-01-01T02:30:00,40,{place}/01.json.gz,ok\n")
        file.write(f"{table},2025-01-01T03:00:00,2025-01-01T04:00:00,40,{place}/03.json.gz,ok\n")
        file.write("Other_CL,2025-01-01T03:00:00,2025-01-01T04:00:00,40,x,ok\n")
        file.write(f"{table},yesterday,2025-01-01T04:00:00,40,x,ok\n")
        file.write(f"{table},2024-12-31T03:00:00,2024-12-31T04:00:00,40,https://else.blob.core.windows.net/c/x,ok\n")
    run = made.run("manifest", "import", log, *COLUMNS, "--auto-approve", code=2)
    for text in ("old.csv:2", "overlaps that of line 3", "old.csv:3", "overlaps that of line 2", "old.csv:4", "no blob",
                 "old.csv:5", "no table 'Other_CL'", "old.csv:6", "'yesterday' is no time", "old.csv:7", "outside of"):
        assert text in run.out
    assert [key[0] for key in made.in_force(table)] == ["2025-01-01T00:00:00Z"]
    assert "there is no column 'table'" in made.run("manifest", "import", log, "--auto-approve", code=1).err
    assert "there is no 'tabel'" in made.run("manifest", "import", log, "--columns", "tabel=1", "--auto-approve", code=64).err


def test_one_blob_is_never_adopted_as_two_slices(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, table, [0, 1, 2], log)
    with open(log, encoding="utf-8") as file:
        text = file.read()
    with open(log, "w", encoding="utf-8") as file:
        file.write(text.replace("/01/01.json.gz", "/01/00.json.gz"))
    run = made.run("manifest", "import", log, *COLUMNS, "--recount", "--auto-approve", code=2)
    assert "its blob is that of line 2 as well" in run.out and "its blob is that of line 1 as well" in run.out
    assert [key[0][11:13] for key in made.in_force(table)] == ["02"]
    # What was not taken is exported, and no row is missing or twice.
    made.apply()
    rows = [(key[0][11:13], parts[0]["status"], parts[0]["rows"]) for key, parts in made.in_force(table).items()]
    assert rows == [("00", "exported", "40"), ("01", "exported", "40"), ("02", "adopted", "40"), ("03", "exported", "40")]
    made.run("verify", "--content", "--source")


def test_one_blob_is_never_adopted_for_two_tables(emulator, archive):
    first, second = name(), name()
    fill(emulator, first)
    fill(emulator, second)
    made = archive([first, second], START, END)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, first, [0, 1], log)
    earlier_job(made, second, [0, 2], log)
    with open(log, encoding="utf-8") as file:
        lines = file.read().splitlines()
    # The second table's first line names the blob of the first table's, by its whole URL.
    url = f"{emulator.blob_url}/{container(made, first)}/{lines[0].split(',')[4]}"
    lines[2] = ",".join([*lines[2].split(",")[:4], url, "ok"])
    with open(log, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    run = made.run("manifest", "import", log, *COLUMNS, "--auto-approve", code=2)
    assert f"old.csv:1  {first}/2025-01-01T00:00:00Z: its blob is that of line 3 as well, of {second}" in run.out
    assert f"old.csv:3  {second}/2025-01-01T00:00:00Z: its blob is that of line 1 as well, of {first}" in run.out
    assert [key[0][11:13] for key in made.in_force(first)] == ["01"]
    assert [key[0][11:13] for key in made.in_force(second)] == ["02"]
    # What is one table's by now is not another's, in whichever file.
    taken = lines[1].replace(first, second, 1).split(",")
    taken[4] = f"{emulator.blob_url}/{container(made, first)}/{lines[1].split(',')[4]}"
    with open(log, "w", encoding="utf-8") as file:
        file.write(",".join(taken) + "\n")
    run = made.run("manifest", "import", log, *COLUMNS, "--auto-approve", code=2)
    assert f"its blob is archived already, as one of {first}" in run.out and "Nothing is adopted." in run.out
    made.apply()
    made.run("verify", "--content", "--source")


def test_what_is_no_csv_is_told_with_what_makes_it_one(emulator, archive):
    made = archive(["Never_CL"], START, END)
    log = os.path.join(made.folder, "old.csv")
    for text, encoding, words in [
        ("table;start;end;rows;blob_url\n", "utf-8", "separated by semicolons"),
        ("table,start,end,rows,blob_url\n", "utf-16", "iconv -f UTF-16"), ("", "utf-8", "the file is empty")]:
        with open(log, "w", encoding=encoding) as file:
            file.write(text)
        for columns in [[], COLUMNS]:
            run = made.run("manifest", "import", log, *columns, "--auto-approve", code=1)
            assert words in run.err and "Nothing was changed." in run.err, run.err


def test_counts_that_differ_are_not_adopted_and_their_slices_exported(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    log = os.path.join(made.folder, "old.csv")
    earlier_job(made, table, [0, 1], log)
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T01:59:59Z", "Number": 999}])
    run = made.run("manifest", "import", log, *COLUMNS, "--recount", "--auto-approve", code=2)
    assert "the source has 41 rows, the file says 40" in run.out
    made.apply()
    statuses = {key[0][11:13]: rows[0]["status"] for key, rows in made.in_force(table).items()}
    assert statuses == {"00": "adopted", "01": "exported", "02": "exported", "03": "exported"}
    # What is archived already is not adopted over.
    assert "is archived already (exported)" in made.run(
        "manifest", "import", log, *COLUMNS, "--auto-approve", code=2).out


# prune

def test_slices_that_are_no_longer_declared_go_by_name_alone(emulator, archive, on_directory):
    table, other = name(), name()
    fill(emulator, table)
    fill(emulator, other, hours=[0])
    made = archive([table, other], START, END, directory=on_directory)
    made.apply()
    first = f"{table}/2025-01-01T00:00:00Z"
    # In force and declared: never.
    refused = made.run("prune", first, "--auto-approve", code=1)
    assert f"nothing of {first} may be pruned: the spec declares it, and it is in force" in refused.err
    unknown = made.run("prune", f"{table}/2024-01-01T00:00:00Z", "--auto-approve", code=1)
    assert "the manifest has no blob of it" in unknown.err
    assert "Nothing is pruned unnamed" in made.run("prune", "--auto-approve", code=64).err
    assert "Nothing to prune." in made.run("prune", "--undeclared", "--superseded", "--auto-approve").out

    made.spec["tables"] = [table]
    made.spec["range"]["from"] = "2025-01-01T02:00:00Z"
    # Without a terminal it shows what would go, which takes neither the lock nor a right to write, and refuses.
    before = made.everything()
    run = made.run("prune", "--undeclared", code=64)
    assert "there is no terminal to ask on, nothing was done" in run.err and "--auto-approve" in run.err
    assert f"- {first}" in run.out and "Prune: 3 blobs to delete" in run.out and "Pruned" not in run.out
    shown = json.loads(made.run("prune", "--undeclared", "--json", code=64).out)
    assert len(shown["blobs"]) == 3 and shown["deleted"] == 0
    assert made.everything() == before
    run = made.run("prune", first, "--auto-approve")
    assert "1 blob deleted" in run.out and "1 slice given up" in run.out
    assert f"- {first}" in run.out and "undeclared, generation 1, 40 rows" in run.out
    assert len(made.blobs(container(made, table))) == 3 and len(made.manifest(table)) == 5
    assert made.manifest(table)[-1]["status"] == "pruned" and made.manifest(table)[-1]["generation"] == "2"

    result = json.loads(made.run("prune", "--undeclared", "--json", "--auto-approve").out)
    assert {blob["slice"] for blob in result["blobs"]} == {
        f"{table}/2025-01-01T01:00:00Z", f"{other}/2025-01-01T00:00:00Z"}
    assert len(made.blobs(container(made, table))) == 2 and not made.blobs(container(made, other))
    made.run("verify", "--content")
    assert "No changes." in made.run("plan").out
    assert "Nothing to prune." in made.run("prune", "--undeclared", "--superseded", "--auto-approve").out
    assert [row["status"] for row in listed(made, "--table", table)] == ["replaced", "replaced", "exported", "exported"]

    # Declared again they are missing, and exported as a later generation.
    made.spec["range"]["from"] = START
    assert {action["reason"] for action in actions(made)} == {"missing"}
    made.apply()
    assert [rows[0]["generation"] for rows in made.in_force(table).values()] == ["3", "3", "1", "1"]
    assert sorted(row["Number"] for row in made.rows(table)) == list(range(4 * ROWS))
    made.check_agreement(table)
    made.run("verify", "--content")


def test_superseded_blobs_go_once_nothing_protects_them(emulator, archive):
    table = name()
    fill(emulator, table, hours=[0])
    made = archive([table], START, "2025-01-01T01:00:00Z")
    made.apply()
    (blob,) = made.blobs(container(made, table))
    lease = emulator.storage().get_blob_client(container(made, table), blob).acquire_lease(-1)
    slice_ = f"{table}/2025-01-01T00:00:00Z"
    made.apply("--replace", slice_)
    assert len(made.blobs(container(made, table))) == 2
    assert [row["status"] for row in listed(made)] == ["exported", "superseded"]
    refused = made.run("prune", "--superseded", "--auto-approve", code=3)
    assert "it stays" in refused.out and len(made.blobs(container(made, table))) == 2
    lease.release()
    run = made.run("prune", slice_, "--auto-approve")
    assert "superseded, generation 1" in run.out and "1 blob deleted" in run.out
    made.check_agreement(table)
    assert [row["status"] for row in listed(made)] == ["exported", "replaced"]
    assert json.loads(made.run("status", "--json").out)["tables"][0]["superseded_blobs"] == 0
    assert "Nothing to prune." in made.run("prune", "--superseded", "--auto-approve").out
    # Earlier generations whose blobs are gone do not hide that it is in force.
    made.apply("--replace", slice_)
    assert f"nothing of {slice_} may be pruned: the spec declares it" in made.run(
        "prune", slice_, "--auto-approve", code=1).err
    made.run("verify", "--content")


def test_a_table_that_is_no_longer_declared_can_be_selected(emulator, archive):
    table, gone, other = name(), name(), name()
    for one in (table, gone, other):
        fill(emulator, one, hours=[0])
    made = archive([table, gone, other], START, END)
    made.apply()
    made.spec["tables"] = [table]
    assert "selects no table of the spec or the manifest" in made.run(
        "prune", "--undeclared", "--table", "Nothing_CL", "--auto-approve", code=64).err
    assert "1 blob deleted" in made.run("prune", "--undeclared", "--table", gone, "--auto-approve").out
    assert not made.blobs(container(made, gone)) and made.blobs(container(made, other))


def test_a_blob_that_somebody_wrote_over_is_not_pruned(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    victim = sorted(made.blobs(container(made, table)))[0]
    emulator.storage().get_blob_client(container(made, table), victim).upload_blob(b"mine", overwrite=True)
    made.spec["range"]["from"] = "2025-01-01T02:00:00Z"
    refused = made.run("prune", f"{table}/2025-01-01T00:00:00Z", "--auto-approve", code=1)
    assert f"{victim} stays: its receipt is not of this slice" in refused.err
    run = made.run("prune", "--undeclared", "--auto-approve")
    assert f"{victim}  stays: its receipt is not of this slice" in run.out and "1 blob deleted" in run.out
    assert made.blobs(container(made, table))[victim] == b"mine"


def test_prune_takes_up_what_a_killed_run_left(emulator, archive):
    table = name()
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    made.spec["range"]["from"] = "2025-01-01T02:00:00Z"
    emulator.faults("stall:op=DeleteBlob,seconds=60")
    process = made.start("prune", "--undeclared", "--auto-approve")
    deadline = time.monotonic() + 60
    while not emulator.counts()["faults"].get("stall") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    emulator.faults()
    emulator.advance_leases(60)
    # Given up in the manifest, but not deleted: of no slice in force any more.
    assert len(made.in_force(table)) == 4 and len(made.blobs(container(made, table))) == 4
    run = made.run("prune", "--superseded", "--auto-approve")
    assert "2 blobs deleted" in run.out
    assert len(made.blobs(container(made, table))) == 2
    made.run("verify", "--content")
