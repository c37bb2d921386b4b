"""Parquet: every value through the whole tool, read back by pyarrow, DuckDB and polars."""

import glob
import io
import itertools
import json
import os
import random
import struct
import subprocess
import sys
import time
from datetime import datetime, timezone
from decimal import Decimal

import duckdb
import polars
import pyarrow.dataset
import pyarrow.parquet
import pytest
from emulator import program
from measure import measure
from parquet_files import READERS, same
from parquet_pages import page_indexes
from services import asked, source, write_spec
from typed_rows import HOUR, NULLS, SCALE, TYPES, TypedRows

EXACT = {"Exact": f"decimal({SCALE})"}
TIMES = {**TYPES, "TimeGenerated": "datetime"}


def export(folder, tables, name="archive", types=EXACT, over=None, **destination):
    """Exports tables of typed rows, and returns the file of each."""
    words = []
    for table, made in tables.items():
        path = os.path.join(folder, f"{table}.json")
        made.write(path)
        words.append(f"{table}={path}:{len(made.rows)}")
    entries = [{"name": table, "types": types, **(over or {})} for table in tables]
    with source(*words) as ready:
        spec = write_spec(folder, name, ready["url"], None, entries, format="parquet", **destination)
        command = [program("logexport"), "apply", "--auto-approve", "--progress", "none", "-f", spec]
        measure(command, "Applied")
    return {table: found for table in tables for found in files(folder, name, table)}


def files(folder, name, table):
    return glob.glob(f"{folder}/{name}/{name}-{table.lower()}/y=2025/**/*.parquet", recursive=True)


def differences(made, path, read):
    found = read(path, TIMES)
    assert list(found) == list(made.columns)
    for name, values in found.items():
        expected = made.expected(name)
        assert len(values) == len(expected), name
        for row, (value, wanted) in enumerate(zip(values, expected)):
            if not same(value, wanted):
                yield f"{name}, row {row}: {value!r}, not {wanted!r}"


@pytest.fixture(scope="module")
def seed():
    return f"{random.SystemRandom().getrandbits(32):08x}"


@pytest.fixture(scope="module")
def exported(tmp_path_factory, seed):
    """A table for each pattern of nulls, with few distinct values and with many, and short ones."""
    tables = {}
    for place, nulls in enumerate(NULLS):
        for few in (False, True):
            tables[f"T{place}{'Few' if few else 'Many'}"] = TypedRows(f"{seed}/{nulls}/{few}", 700, nulls, few)
    for rows in (1, 2, 7, 8, 9, 20_000):
        tables[f"Rows{rows}"] = TypedRows(f"{seed}/{rows}", rows)
    folder = str(tmp_path_factory.mktemp("parquet"))
    return tables, export(folder, tables)


@pytest.mark.parametrize("reader", READERS)
def test_every_value_of_every_type_reads_back_equal(exported, seed, reader):
    tables, found = exported
    assert len(found) == len(tables)
    for table, made in tables.items():
        assert list(differences(made, found[table], READERS[reader]))[:3] == [], f"seed {seed}, {table}"


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_pages_are_compressed_as_the_spec_says(tmp_path, seed, compression):
    made = TypedRows(f"{seed}/{compression}", 3000, "runs")
    (path,) = export(str(tmp_path), {"T": made}, compression=compression).values()
    metadata = pyarrow.parquet.read_metadata(path)
    named = {"none": "UNCOMPRESSED"}.get(compression, compression.upper())
    assert {metadata.row_group(0).column(place).compression for place in range(metadata.num_columns)} == {named}
    for read in READERS.values():
        assert list(differences(made, path, read))[:3] == [], f"seed {seed}"


def test_times_guids_and_row_groups_are_as_the_spec_says(tmp_path, seed):
    made = TypedRows(seed, 3000)
    form = {"datetime": "microseconds", "guid": "string", "rowGroup": "1MB"}
    path = export(tmp_path, {"Formed": made}, types={"Plain": "string"}, parquet=form)["Formed"]
    file = pyarrow.parquet.ParquetFile(path)
    schema = {field.name: str(field.type) for field in file.schema_arrow}
    assert (schema["TimeGenerated"], schema["Time"], schema["Id"]) == ("timestamp[us, tz=UTC]", "timestamp[us, tz=UTC]", "string")
    assert file.metadata.num_row_groups > 1
    index = list(made.columns).index("Id")
    wanted = [None if row[index][1] is None else json.loads(row[index][0]) for row in made.rows]
    assert file.read(["Id"])["Id"].to_pylist() == wanted
    # Each key of a table stands over the destination's, and types over both.
    over = {"parquet": {"guid": "uuid"}, "types": {"Time": "string"}}
    path = export(tmp_path, {"Over": made}, "over", over=over, parquet=form)["Over"]
    schema = {field.name: str(field.type) for field in pyarrow.parquet.read_schema(path)}
    assert (schema["TimeGenerated"], schema["Time"], schema["Id"]) == ("timestamp[us, tz=UTC]", "string", "extension<arrow.uuid>")


def test_an_hour_without_rows_that_is_asked_for_is_no_file(tmp_path):
    assert export(str(tmp_path), {"T": TypedRows("none", 0)}) == {}


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_a_file_of_no_rows_has_its_columns(tmp_path, compression):
    """The encoder's alone, since no hour becomes one."""
    made, response, path = TypedRows("none", 0), str(tmp_path / "response.json"), str(tmp_path / "empty.parquet")
    made.write(response)
    measure([program("logexport-bench"), "encode", response, "--parquet", compression, "--repeat", "1", "--output", path], '"rows": 0')
    for reader, read in READERS.items():
        assert read(path, TIMES) == {name: [] for name in made.columns}, reader
    assert [str(kind) for kind in pyarrow.parquet.read_schema(path).types][:5] == ["timestamp[ns, tz=UTC]", "bool", "int32", "int64", "double"]


@pytest.mark.parametrize("table", ["T0Many", "T0Few", "T6Many", "Rows20000"])
def test_statistics_are_true(exported, table):
    tables, found = exported
    made = tables[table]
    metadata = pyarrow.parquet.read_metadata(found[table])
    first = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for place, (name, kind) in enumerate(made.columns.items()):
            column = metadata.row_group(group).column(place)
            values = made.expected(name)[first:first + rows]
            present = [value for value in values if value is not None]
            assert column.statistics.null_count == len(values) - len(present)
            assert column.has_offset_index
            if any(isinstance(value, float) and value != value for value in present):
                assert not column.statistics.has_min_max
                continue
            if any(isinstance(value, str) and value.startswith("\U0010ffff" * 16) for value in present):
                # Nothing short lies behind the last of all characters.
                assert not column.statistics.has_min_max
                continue
            if not present:
                continue
            assert column.has_column_index and column.statistics.has_min_max
            low, high = (bound(kind, name, raw) for raw in (column.statistics.min_raw, column.statistics.max_raw))
            if isinstance(low, bytes) and kind != "guid":
                # Long texts are cut.
                present = sorted(value.encode() for value in present)
                assert low <= present[0] and present[0].startswith(low) and high >= present[-1], name
                assert len(low) <= 64 and len(high.decode()) <= 64
            else:
                order = {"guid": lambda value: value.bytes}.get(kind, lambda value: value)
                assert (low, high) == (min(map(order, present)), max(map(order, present))), name
        first += rows


@pytest.fixture(scope="module")
def paged(tmp_path_factory, seed):
    """Texts of several pages: of a dictionary and then plain, with runs of nulls and a page of nothing else."""
    chance = random.Random(f"{seed}/pages")
    made = TypedRows(seed, 0)
    made.columns = {"TimeGenerated": "datetime", "Mixed": "string", "Sparse": "string", "Sorted": "string"}
    for row in range(60_000):
        texts = [
            f"a longer text that often comes again {chance.randrange(300)}" if row < 30_000 else f"{chance.random()} " * 3,
            "ends its page" * 100_000 if row == 50_000 else
            None if row < 25_000 or row > 50_000 or row % 1000 < 900 else "é" * chance.randrange(1500),
            None if row % 7 == 3 else f"{row:09} " * 9]
        made.rows.append([made.time(HOUR + row * 600_000), *[(json.dumps(text), text) for text in texts]])
    folder = str(tmp_path_factory.mktemp("paged"))
    (path,) = export(folder, {"Paged": made}).values()
    return made, path


@pytest.mark.parametrize("reader", READERS)
def test_texts_of_several_pages_read_back_equal(paged, seed, reader):
    made, path = paged
    assert list(differences(made, path, READERS[reader]))[:3] == [], f"seed {seed}"


def test_a_page_stands_where_its_index_says_and_holds_what_it_says(paged, exported, seed):
    tables, found = exported
    several = empty = 0
    orders = set()
    for made, path in [paged, *[(tables[table], found[table]) for table in found]]:
        first = 0
        for rows, columns in page_indexes(path):
            for (name, kind), (pages, index) in zip(made.columns.items(), columns):
                values = made.expected(name)[first:first + rows]
                several += len(pages) > 1
                empty += index is not None and any(index[1]) and not all(index[1])
                if index:
                    assert index[4] == order_of(index, kind, name), f"seed {seed}, {path}, {name}"
                    orders.add((index[4], len(pages) > 1))
                for number, (start, count) in enumerate(pages):
                    if index:
                        present = [ordered(kind, name, value) for value in values[start:start + count] if value is not None]
                        check_page(present, count, index, number, kind, name, f"seed {seed}, {path}, {name}, page {number}")
            first += rows
    assert several >= 3 and empty > 0
    assert orders >= {(0, True), (1, True), (1, False)}


def order_of(index, kind, name):
    """1 where the bounds of the pages with values rise, 2 where they fall, else 0; of doubles nothing is said."""
    def terms(raw):
        if kind in ("guid", "string", "dynamic") or kind == "decimal" and name != "Exact":
            return raw
        return bound(kind, name, decode_number(kind, name, raw))

    pages = [(terms(low), terms(high)) for low, high, none in zip(index[2], index[3], index[1]) if not none]
    if len(pages) > 1 and kind == "real":
        return 0
    lows, highs = [low for low, _ in pages], [high for _, high in pages]
    if (lows, highs) == (sorted(lows), sorted(highs)):
        return 1
    return 2 if (lows, highs) == (sorted(lows)[::-1], sorted(highs)[::-1]) else 0


def check_page(present, rows, index, number, kind, name, told):
    assert index[5][number] == rows - len(present), told
    assert index[1][number] == (not present), told
    low, high = index[2][number], index[3][number]
    if not present:
        assert low == high == b"", told
    elif isinstance(present[0], bytes):
        assert low <= min(present) and max(present) <= high and len(high) <= 64, told
    else:
        decoded = [bound(kind, name, decode_number(kind, name, raw)) for raw in (low, high)]
        assert decoded == [min(present), max(present)], told


def ordered(kind, name, value):
    """A value as its bounds are compared."""
    return value.bytes if kind == "guid" else value.encode() if isinstance(value, str) else value


def decode_number(kind, name, raw):
    if kind == "real":
        return struct.unpack("<d", raw)[0]
    return raw if name == "Exact" else int.from_bytes(raw, "little", signed=kind != "bool")


def bound(kind, name, raw):
    """A bound as it stands in the file, in the terms of the rows."""
    if kind == "datetime":
        return raw // 100
    if name == "Exact":
        return Decimal(f"{int.from_bytes(raw, 'big', signed=True)}E-{SCALE}")
    return raw


# Values that their columns cannot hold, and what is left of each column as text: what was written.
UNFIT = {
    "Flag": "2", "Small": "2147483648", "Large": "9223372036854775808", "Real": "1e400", "Time": '"9999-12-31T23:59:59.9999999Z"',
    "Span": '"10675199.02:48:05.4775808"', "Id": '""', "Exact": '"0.00001"',
}


def export_unfit(folder, made, bad):
    """Exports rows of which some hold what their columns cannot; returns the file and how many queries it took."""
    os.makedirs(folder, exist_ok=True)
    places = list(made.columns)
    for row, name in bad:
        made.rows[row][places.index(name)] = (UNFIT[name], None)
    path = os.path.join(folder, "T.json")
    made.write(path)
    with source(f"T={path}:{len(made.rows)}") as ready:
        spec = write_spec(folder, "archive", ready["url"], None, [{"name": "T", "types": EXACT}], format="parquet")
        command = [program("logexport"), "apply", "--auto-approve", "--progress", "none", "-f", spec]
        measure(command, "Applied")
        queries = asked(ready["url"])
    (found,) = files(folder, "archive", "T")
    return found, queries


def as_text(text):
    return None if text == "null" else json.loads(text) if text.startswith('"') else text


@pytest.mark.parametrize("column", UNFIT)
def test_a_value_that_its_column_cannot_hold_makes_it_text_as_it_was_written(tmp_path, seed, column):
    made = TypedRows(f"{seed}/{column}", 3000)
    path, _ = export_unfit(str(tmp_path), made, [(2500, column)])
    place = list(made.columns).index(column)
    for row in made.rows:
        row[place] = (row[place][0], as_text(row[place][0]))
    kinds = {**TIMES, column: "string"}
    for reader, read in READERS.items():
        found = read(path, kinds)
        for name, values in found.items():
            wrong = [(row, value, wanted) for row, (value, wanted) in enumerate(zip(values, made.expected(name))) if not same(value, wanted)]
            assert wrong[:3] == [] and len(values) == 3000, f"seed {seed}, {reader}, {name}"


def test_what_becomes_text_at_once_is_asked_for_again_once(tmp_path, seed):
    made = TypedRows(f"{seed}/unfit", 3000)
    _, without = export_unfit(str(tmp_path / "without"), made, [])
    path, queries = export_unfit(str(tmp_path / "with"), made, [(1500, name) for name in UNFIT])
    assert queries == without + 1
    schema = pyarrow.parquet.read_schema(path)
    assert {name for name in UNFIT if pyarrow.types.is_string(schema.field(name).type)} == set(UNFIT)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of three row groups in order of time."""
    folder = str(tmp_path_factory.mktemp("large"))
    rows = 300_000
    path = os.path.join(folder, "Large.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},'
                   '{"name":"Number","type":"long"},{"name":"Text","type":"string"}],"rows":[')
        for row in range(rows):
            seconds, rest = divmod(row * 36_000_000_000 // rows, 10_000_000)
            file.write(f'{"," if row else ""}["2025-01-01T00:{seconds // 60:02}:{seconds % 60:02}.{rest:07}Z",{row},"text {row % 999}"]')
        file.write("]}]}")
    with source(f"Large={path}:{rows}") as ready:
        spec = write_spec(folder, "archive", ready["url"], None, ["Large"], format="parquet")
        measure([program("logexport"), "apply", "--auto-approve", "--progress", "none", "-f", spec], "Applied")
    (found,) = files(folder, "archive", "Large")
    return found, rows


def test_duckdb_skips_row_groups_by_the_time(large):
    path, rows = large
    with duckdb.connect() as connection:
        groups = connection.execute(
            "select row_group_id, row_group_num_rows, stats_min_value, stats_max_value from parquet_metadata(?)"
            " where path_in_schema = 'TimeGenerated' order by 1", [path]).fetchall()
        assert [group[1] for group in groups] == [122_880, 122_880, 54_240]
        assert all(a[3] < b[2] for a, b in zip(groups, groups[1:]))
        last = f"select sum(Number) from '{path}' where TimeGenerated >= TIMESTAMPTZ '2025-01-01 00:59:00Z'"
        assert connection.execute(last).fetchone()[0] == sum(range(rows * 59 // 60, rows))
        plan = connection.execute(f"explain (analyze, format json) {last}").fetchall()[0][1]
    (scan,) = [node for node in operators(json.loads(plan)["operator"]) if node["type"] == "TABLE_SCAN"]
    assert (scan["row_groups_scanned"], scan["total_row_groups_to_scan"]) == (1, 3)


def test_pyarrow_skips_row_groups_by_the_time(large):
    path, rows = large
    dataset = pyarrow.dataset.dataset(path)
    last = pyarrow.dataset.field("TimeGenerated") >= pyarrow.scalar(
        datetime(2025, 1, 1, 0, 59, tzinfo=timezone.utc), pyarrow.timestamp("ns", "UTC"))
    (fragment,) = dataset.get_fragments()
    assert (fragment.num_row_groups, len(fragment.split_by_row_group(last))) == (3, 1)
    assert dataset.count_rows(filter=last) == rows // 60


def test_polars_skips_row_groups_by_the_time(large):
    path, rows = large
    query = (
        "import polars; print(polars.scan_parquet(%r).filter("
        "polars.col('TimeGenerated') >= polars.datetime(2025, 1, 1, 0, 59, time_zone='UTC')).collect().height)" % path)
    run = subprocess.run(
        [sys.executable, "-c", query], capture_output=True, text=True, check=True, env={**os.environ, "POLARS_VERBOSE": "1"})
    assert int(run.stdout) == rows // 60
    assert "reading 1 / 3 row groups" in run.stderr


def operators(nodes):
    for node in nodes:
        yield node
        yield from operators(node.get("children", []))


def test_partitions_are_found(exported):
    _, found = exported
    root = found["Rows9"].split("/y=")[0]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select y, m, d, h, count(*) from read_parquet('{root}/**/*.parquet', hive_partitioning = true) group by all").fetchall()
    assert [(int(y), int(m), int(d), int(h), count) for y, m, d, h, count in rows] == [(2025, 1, 1, 0, 9)]
    frame = polars.scan_parquet(f"{root}/**/*.parquet", hive_partitioning=True).select("y", "m", "d", "h").unique().collect()
    assert [int(value) for value in frame.row(0)] == [2025, 1, 1, 0]
    dataset = pyarrow.dataset.dataset(root, format="parquet", partitioning="hive", exclude_invalid_files=True)
    assert dataset.count_rows(filter=pyarrow.dataset.field("h") == 0) == 9


# The archive around the files

START, END = "2025-01-01", "2025-01-01T04:00:00Z"
NUMBERS = itertools.count(1)


@pytest.fixture
def made(emulator, archive):
    """An archive of four slices in a directory, which share a query."""
    # A table of its own for each test: rows stay where they are.
    table = f"Parquet{next(NUMBERS)}_CL"
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n // 40:02}:{n % 40:02}:30Z", "Number": n, "Text": 'a "b",\n' * 9} for n in range(160)])
    made = archive([table], START, END, directory=True, destination={"format": "parquet"})
    made.table, made.container = table, f"{made.prefix}-{table.lower().replace('_', '-')}"
    return made


def test_slices_that_share_a_query_are_a_file_each(made):
    made.apply()
    names = sorted(made.blobs(made.container))
    assert len(names) == 4 and names[1].endswith(f"/h=01/{made.table}_20250101T010000Z_20250101T020000Z.parquet")
    numbers = [
        pyarrow.parquet.read_table(os.path.join(made.directory, made.container, name), partitioning=None).column("Number").to_pylist()
        for name in names]
    assert [sorted(each) for each in numbers] == [list(range(hour * 40, hour * 40 + 40)) for hour in range(4)]
    made.check_agreement(made.table)
    assert "No changes." in made.run("plan").out


def test_a_time_that_was_not_declared_is_not_written(made):
    made.spec["tables"] = [{"name": made.table, "columns": ["Text", "Number"]}]
    made.apply()
    for data in made.blobs(made.container).values():
        assert pyarrow.parquet.read_schema(io.BytesIO(data)).names == ["Text", "Number"]


def test_a_column_that_a_folder_of_the_path_hides_is_told_of_once(emulator, archive):
    emulator.ingest("Hidden_CL", [{"TimeGenerated": f"2025-01-01T{n % 4:02}:00:00Z", "D": n, "x": n} for n in range(40)])
    made = archive(["Hidden_CL"], START, END, directory=True, destination={"format": "parquet"}, limits={"rows": 15})
    remark = "Hidden_CL has a column D, which readers of Parquet take from the folder d= of its path instead"
    assert made.apply().text.count(remark) == 1
    files = made.blobs(f"{made.prefix}-hidden-cl").values()
    assert sorted(value for data in files for value in pyarrow.parquet.read_table(io.BytesIO(data))["D"].to_pylist()) == list(range(40))
    made.spec["destination"]["format"] = "csv"
    assert remark not in made.apply("--replace", "Hidden_CL/2025-01-01T00:00:00Z").text


def test_verify_reads_them_and_the_manifest_can_be_rebuilt(made):
    made.apply()
    run = made.run("verify", "--content", "--source")
    assert "Read: 4 blobs, 160 rows" in run.out and "agrees with the manifest" in run.out
    before = [{**row, "counted_rows": ""} for row in made.manifest(made.table)]
    os.remove(os.path.join(made.directory, f"{made.prefix}-manifest", made.table, "2025.csv"))
    made.run("manifest", "rebuild", "--auto-approve")
    assert [{**row, "counted_rows": ""} for row in made.manifest(made.table)] == before


def test_row_groups_of_many_megabytes_are_whole(emulator, archive, seed):
    chance = random.Random(seed)
    table = f"Huge{next(NUMBERS)}_CL"
    # No two texts alike, so that nothing becomes smaller: 12 MB for each of two slices that share a query.
    texts = {number: chance.randbytes(3000).hex() for number in range(4000)}
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n // 2000:02}:{n % 2000 // 60:02}:{n % 60:02}Z", "Number": n, "Text": text}
        for n, text in texts.items()])
    made = archive([table], START, "2025-01-01T02:00:00Z", destination={"format": "parquet"}, directory=True)
    made.apply()
    read = {row["Number"]: row["Text"] for row in made.rows(table)}
    assert read == texts, f"seed {seed}"
    assert "agrees with the manifest" in made.run("verify", "--content").out


@pytest.mark.parametrize("place, says", [(0, "does not begin"), (200, "checksum"), (-1, "does not end")])
def test_verify_finds_a_byte_that_changed(made, place, says):
    made.apply()
    path = os.path.join(made.directory, made.container, sorted(made.blobs(made.container))[2])
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        data[place] ^= 1
        file.seek(0)
        file.write(data)
    found = json.loads(made.run("verify", "--json", "--content", code=2).out)
    (finding,) = found["findings"]
    assert finding["kind"] == "sha256" and says in finding["what"]


def nested(path):
    pyarrow.parquet.write_table(
        pyarrow.table({"Number": range(5), "List": [[1, 2], [], None, [3], [None]], "Struct": [{"a": [1, 2]}, None, {}, {"a": []}, {"a": None}]}),
        path, write_page_checksum=True, data_page_version="2.0", store_schema=False)


FOREIGN = {
    "pyarrow": nested,
    "pyarrow, no rows": lambda path: pyarrow.parquet.write_table(pyarrow.table({"Number": pyarrow.array([], pyarrow.int64())}), path),
    "pyarrow, no columns": lambda path: pyarrow.parquet.write_table(pyarrow.table({}), path),
    "polars": lambda path: polars.DataFrame({"Number": range(5), "List": [[1], [], [2, 3], None, []]}).write_parquet(path),
    "duckdb": lambda path: duckdb.sql(f"copy (select range n, range(5 - range) l from range(5)) to '{path}' (format parquet)"),
}


@pytest.mark.parametrize("writer", FOREIGN)
def test_verify_reads_what_another_wrote(emulator, archive, writer):
    made = archive([f"Foreign{next(NUMBERS)}_CL"], START, "2025-01-01T01:00:00Z", directory=True, destination={"format": "parquet"})
    (table,) = made.spec["tables"]
    path = os.path.join(made.directory, f"{made.prefix}-{table.lower().replace('_', '-')}", "old.parquet")
    os.makedirs(os.path.dirname(path))
    FOREIGN[writer](path)
    log = os.path.join(made.folder, "old.csv")
    with open(log, "w", encoding="utf-8") as file:
        file.write(f"table,start,end,rows,blob_url\n{table},2025-01-01T00:00:00Z,2025-01-01T01:00:00Z,5,old.parquet\n")
    made.run("manifest", "import", log, "--auto-approve")
    rows = pyarrow.parquet.read_metadata(path).num_rows
    found = json.loads(made.run("verify", "--json", "--content", code=0 if rows else 2).out)
    # Where there are no rows, that is the finding, and not that there is no file.
    assert [finding["kind"] for finding in found["findings"]] == ([] if rows else ["rows"])
    assert found["summary"]["read_rows"] == rows


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_export_leaves_no_half_file(emulator, archive, seed):
    chance = random.Random(seed)
    table = f"Killed{seed}_CL"
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n % 4:02}:{n // 4 % 60:02}:00Z", "Number": n, "Text": f"{chance.getrandbits(8000):x}"}
        for n in range(2000)])
    made = archive([table], START, END, directory=True, destination={"format": "parquet"}, limits={"rows": 300})
    for _ in range(4):
        process = made.start("apply", "--auto-approve")
        time.sleep(chance.uniform(0.05, 0.6))
        process.kill()
        process.communicate()
        for path in glob.glob(f"{made.directory}/{made.prefix}-killed*/y=*/**/*.parquet", recursive=True):
            pyarrow.parquet.ParquetFile(path, page_checksum_verification=True).read()
    made.apply()
    numbers = [
        number for path in glob.glob(f"{made.directory}/{made.prefix}-killed*/y=*/**/*.parquet", recursive=True)
        for number in pyarrow.parquet.ParquetFile(path).read().column("Number").to_pylist()]
    assert sorted(numbers) == list(range(2000))
    made.check_agreement(table)
