"""Ends of ranges and of blocks: no row is in two slices or in none, and none is lost between two requests."""

import random

import pytest

TICKS = [
    "2025-01-01T00:00:00.0000000Z",  # the first tick of the range
    "2025-01-01T00:59:59.9999999Z",  # the last of a slice
    "2025-01-01T01:00:00.0000000Z",  # a tick beyond it
    "2025-01-01T01:00:00.0000001Z",
    "2025-01-01T02:59:59.9999999Z",  # the last of the range
]
OUTSIDE = ["2024-12-31T23:59:59.9999999Z", "2025-01-01T03:00:00.0000000Z"]


@pytest.mark.parametrize("directory", [False, True], ids=["blobs", "directory"])
def test_rows_on_the_first_tick_the_last_and_one_beyond(emulator, archive, directory):
    table = f"Edges{'D' if directory else 'B'}_CL"
    emulator.ingest(table, [{"TimeGenerated": tick, "Number": n} for n, tick in enumerate(TICKS + OUTSIDE)])
    made = archive([table], "2025-01-01", "2025-01-01T03:00:00Z", directory=directory)
    made.apply()
    assert sorted(row["Number"] for row in made.rows(table)) == list(range(len(TICKS)))
    by_slice = {key[0]: sum(int(row["rows"]) for row in parts) for key, parts in made.in_force(table).items()}
    assert by_slice == {
        "2025-01-01T00:00:00Z": 2, "2025-01-01T01:00:00Z": 2, "2025-01-01T02:00:00Z": 1}
    made.check_agreement(table)
    assert "No changes." in made.run("plan").out


def test_a_hundred_thousand_rows_on_one_tick_under_a_limit_of_five_thousand(emulator, archive):
    table = "OneTick_CL"
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T00:30:00.1234567Z", "Number": n} for n in range(100_000)])
    made = archive([table], "2025-01-01", "2025-01-01T01:00:00Z", limits={"rows": 5000})
    made.apply()
    assert sorted(row["Number"] for row in made.rows(table)) == list(range(100_000))
    parts = next(iter(made.in_force(table).values()))
    assert all(part["shard"] and int(part["rows"]) < 5000 for part in parts)
    assert "No changes." in made.run("plan").out


def test_rows_that_nothing_tells_apart_fail_by_name_and_the_rest_is_exported(emulator, archive):
    table = "Alike_CL"
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}] * 600)
    emulator.ingest(table, [{"TimeGenerated": "2025-01-01T01:30:00Z", "Number": 2}])
    made = archive([table], "2025-01-01", "2025-01-01T02:00:00Z", limits={"rows": 500})
    run = made.apply(code=3)
    assert "600 rows" in run.text and "2025-01-01T00:30:00Z" in run.text
    assert [row["Number"] for row in made.rows(table)] == [2]
    made.run("plan", code=1)


FORMS = [(form, compression) for form in ("ndjson", "json", "csv") for compression in ("none", "gzip", "zstd")]
FORMS += [("parquet", compression) for compression in ("none", "gzip", "zstd", "snappy")]


@pytest.fixture(scope="module")
def large_texts(emulator):
    """6 MB for each of two hours that share a query, which nothing makes much smaller: several blocks a blob."""
    chance = random.Random(20250101)
    texts = {number: chance.randbytes(1500).hex() + '",\n\u00fc' for number in range(4000)}
    emulator.ingest("Blocks_CL", [
        {"TimeGenerated": f"2025-01-01T{n // 2000:02}:{n % 2000 // 60:02}:{n % 60:02}Z", "Number": n, "Text": text}
        for n, text in texts.items()])
    return texts


@pytest.mark.parametrize("form, compression", FORMS)
def test_blobs_of_several_blocks_read_back_equal_in_every_form(archive, large_texts, form, compression):
    made = archive(["Blocks_CL"], "2025-01-01", "2025-01-01T02:00:00Z", destination={"format": form, "compression": compression})
    made.apply()
    assert {int(row["Number"]): row["Text"] for row in made.rows("Blocks_CL")} == large_texts
    made.check_agreement("Blocks_CL")
    made.run("verify", "--content")
