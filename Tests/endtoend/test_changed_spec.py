"""What becomes of archived slices as the spec and the source change: kept, replaced, grown, shrunk, expired."""

import json

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
