"""What becomes of archived slices as the spec and the source change: kept, replaced, grown, shrunk, expired."""

import json

from emulator import Emulator

START, END = "2025-01-01", "2025-01-01T04:00:00Z"
# While rows still come in, and long after.
EARLY, LATE = "2025-01-01T12:00:00Z", "2025-02-01T00:00:00Z"


def fill(emulator, table, hours=4, per_hour=20):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n // per_hour:02}:{n % per_hour:02}:30Z", "Number": n, "Text": f"text {n}"}
        for n in range(per_hour * hours)])
    return list(range(per_hour * hours))


def come_late(emulator, table, hour=2, number=5000):
    emulator.ingest(table, [{"TimeGenerated": f"2025-01-01T{hour:02}:59:59Z", "Number": number, "Text": "late"}])


def numbers(made, table):
    return sorted(row["Number"] for row in made.rows(table))


def notes(made, *arguments):
    plan = made.plan(*arguments)
    return {note["kind"]: note for table in plan["tables"] for note in table.get("notes", [])}


def test_late_rows_of_other_columns_are_shown_kept_out_and_exported_when_asked(emulator, archive):
    table = "Columns_CL"
    rows = fill(emulator, table)
    made = archive([{"name": table, "columns": ["TimeGenerated", "Number"]}], START, END)
    made.apply("--as-of", EARLY)
    before = made.everything()
    come_late(emulator, table)
    made.spec["tables"] = [{"name": table, "columns": ["TimeGenerated", "Number", "Text"]}]

    run = made.run("plan", "--as-of", EARLY, "--detailed-exitcode")
    slice = f"{table}/2025-01-01T02:00:00Z"
    assert "archived with an earlier query" in run.out and "No changes." in run.out
    assert "1 row came in late" in run.out and f"--replace {slice}" in run.out and "onChange: replace" in run.out
    assert notes(made, "--as-of", EARLY)["grown"]["slices"] == 1
    made.apply("--as-of", EARLY)
    assert made.everything() == before
    findings = json.loads(made.run("verify", "--source", "--json", "--as-of", EARLY, code=2).out)["findings"]
    assert [(found["kind"], found["remedy"], found["slice"]) for found in findings] == [
        ("source_more", "replace", slice)]

    made.apply("--as-of", EARLY, "--replace", slice)
    assert numbers(made, table) == rows + [5000]
    assert sum("Text" in row for row in made.rows(table)) == 21
    assert "grown" not in notes(made, "--as-of", EARLY)
    made.run("verify", "--source", "--as-of", EARLY)
    made.check_agreement(table)


def test_late_rows_come_in_another_format_where_nothing_is_left_out(emulator, archive):
    table = "Format_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    made.apply("--as-of", EARLY)
    come_late(emulator, table)
    made.spec["destination"]["format"] = "parquet"
    plan = made.plan("--as-of", EARLY)
    assert [(run["reason"], run["slices"]) for run in plan["tables"][0]["runs"]] == [("late_rows", 1)]
    made.apply("--as-of", EARLY)
    assert numbers(made, table) == rows + [5000]
    assert sorted(parts[0]["format"] for parts in made.in_force(table).values()) == ["ndjson"] * 3 + ["parquet"]
    made.check_agreement(table)


def test_refresh_counts_what_was_archived_with_other_columns_and_shows_what_grew_or_shrank(emulator, archive):
    table = "Refresh_CL"
    fill(emulator, table)
    made = archive([{"name": table, "columns": ["TimeGenerated", "Number"]}], START, END)
    made.apply("--as-of", LATE)
    come_late(emulator, table)
    made.spec["tables"] = [{"name": table, "columns": ["TimeGenerated", "Text"]}]
    assert set(notes(made, "--as-of", LATE)) == {"earlier_query"}
    assert set(notes(made, "--as-of", LATE, "--refresh")) == {"earlier_query", "grown"}


def test_a_narrower_filter_replaces_where_nothing_can_be_gone_and_else_names_what_lets_it_pass(emulator, archive):
    table = "Narrow_CL"
    rows = fill(emulator, table)
    made = archive([{"name": table, "retention": "3650d"}], START, END)
    made.apply("--as-of", LATE)
    made.spec["onChange"] = "replace"
    made.spec["tables"] = [{"name": table, "where": "Number % 2 == 0"}]

    # Without a known retention rows may be gone.
    before = made.everything()
    run = made.run("plan", "--as-of", LATE)
    slice = f"{table}/2025-01-01T00:00:00Z"
    assert "the filter (where) has changed, and finds 40 fewer rows" in run.out and f"--allow-shrink {slice}" in run.out
    made.apply("--as-of", LATE)
    assert made.everything() == before
    made.apply("--as-of", LATE, "--allow-shrink", slice)
    assert numbers(made, table) == [n for n in rows if n >= 20 or n % 2 == 0]

    made.spec["tables"][0]["retention"] = "3650d"
    assert set(notes(made, "--as-of", LATE)) == set()
    made.apply("--as-of", LATE)
    assert numbers(made, table) == [n for n in rows if n % 2 == 0]
    made.check_agreement(table)
    assert "No changes." in made.run("plan", "--as-of", LATE).out


def test_what_the_source_has_lost_is_kept_until_a_person_lets_it_go(emulator, archive):
    table = "Shrunk_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    made.apply("--as-of", EARLY)
    before = made.everything()
    # The same workspace, from which someone has purged rows of one hour.
    purged = Emulator()
    try:
        purged.ingest(table, [
            {"TimeGenerated": f"2025-01-01T{n // 20:02}:{n % 20:02}:30Z", "Number": n, "Text": f"text {n}"}
            for n in rows if not 40 <= n < 47])
        made.spec["source"]["endpoint"] = purged.url
        del made.spec["destination"]["account"]
        made.spec["destination"]["url"] = emulator.blob_url

        slice = f"{table}/2025-01-01T02:00:00Z"
        run = made.run("plan", "--as-of", EARLY, "--detailed-exitcode")
        assert "the source has 7 fewer rows than the archive; kept" in run.out and f"--allow-shrink {slice}" in run.out
        assert notes(made, "--as-of", EARLY)["shrunk"]["slices"] == 1
        for wish in [[], ["--refresh"], ["--replace", slice]]:
            made.apply("--as-of", EARLY, *wish)
            assert made.everything() == before
        findings = json.loads(made.run("verify", "--source", "--json", "--as-of", EARLY, code=2).out)["findings"]
        assert [(found["kind"], found["remedy"], found["slice"]) for found in findings] == [
            ("source_fewer", "keep", slice)]

        made.apply("--as-of", EARLY, "--allow-shrink", slice)
        assert numbers(made, table) == [n for n in rows if not 40 <= n < 47]
        made.check_agreement(table)
        assert "shrunk" not in notes(made, "--as-of", EARLY)
    finally:
        purged.stop()


def test_a_changed_query_leaves_what_is_archived_until_the_spec_says_replace(emulator, archive):
    table = "Policy_CL"
    rows = fill(emulator, table)
    made = archive([table], START, END)
    made.apply("--as-of", LATE)
    before = made.everything()
    made.spec["tables"] = [{"name": table, "columns": ["TimeGenerated", "Number"], "where": "Number != 3"}]
    made.spec["range"]["to"] = "2025-01-01T05:00:00Z"
    plan = made.plan("--as-of", LATE)
    assert plan["summary"]["export_again"] == 0
    assert notes(made, "--as-of", LATE)["earlier_query"]["slices"] == 4
    # What is missing is exported with the query of now, and nothing else is touched.
    made.apply("--as-of", LATE)
    after = made.everything()
    container = f"{made.prefix}-policy-cl"
    assert after[container].items() >= before[container].items()
    assert numbers(made, table) == rows

    made.spec["onChange"] = "replace"
    plan = made.plan("--as-of", LATE)
    assert [(run["reason"], run["slices"], run["rows"]) for run in plan["tables"][0]["runs"]] == [
        ("spec_changed", 3, 60)]
    made.apply("--as-of", LATE)
    assert set(notes(made, "--as-of", LATE)) == {"narrowed", "unproven"}
    # Of the first hour a row is left out, and without a known retention nobody can say that it is the filter's doing.
    assert "Text" in next(row for row in made.rows(table) if row["Number"] == 3)
    made.spec["tables"][0]["retention"] = "3650d"
    made.apply("--as-of", LATE)
    assert numbers(made, table) == [n for n in rows if n != 3]
    assert not any("Text" in row for row in made.rows(table))
    assert "No changes." in made.run("plan", "--as-of", LATE).out
    made.check_agreement(table)


def test_blobs_that_the_policy_deleted_are_expired_and_never_exported_again(emulator, archive):
    table = "Expired_CL"
    fill(emulator, table)
    made = archive([table], START, END, retention={"deleteAfter": "30d"})
    made.apply("--as-of", LATE)
    container = f"{made.prefix}-expired-cl"
    names = sorted(made.blobs(container))
    made.delete(container, names[0])
    # Before its time a blob that is gone is missing.
    assert [run["reason"] for run in made.plan("--as-of", "2025-03-02T00:00:00Z")["tables"][0]["runs"]] == [
        "blob_missing"]
    for name in names[1:3]:
        made.delete(container, name)

    later = "2025-03-05T00:00:00Z"
    plan = made.plan("--as-of", later)
    assert [(run["action"], run["reason"], run["status"], run["slices"]) for run in plan["tables"][0]["runs"]] == [
        ("record", "expired", "expired", 3)]
    assert "3 deleted by policy" in made.run("plan", "--as-of", later).out
    assert json.loads(made.run("verify", "--json", "--as-of", later).out)["summary"]["expired_blobs"] == 3
    requests = emulator.counts()["requests"]["Query"]
    made.apply("--as-of", later)
    assert emulator.counts()["requests"]["Query"] == requests
    assert [parts[0]["status"] for parts in made.in_force(table).values()] == ["expired"] * 3 + ["exported"]
    for wish in [[], ["--refresh"]]:
        assert "No changes." in made.run("plan", "--as-of", later, *wish).out
    made.spec["onChange"], made.spec["tables"] = "replace", [{"name": table, "columns": ["TimeGenerated"]}]
    assert [(run["reason"], run["slices"]) for run in made.plan("--as-of", later)["tables"][0]["runs"]] == [
        ("spec_changed", 1)]
    status = json.loads(made.run("status", "--json", "--as-of", later).out)["tables"][0]["slices"]
    assert status["expired"] == 3 and status["missing"] == 0
