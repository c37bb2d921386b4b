"""What three readers of Parquet find in a file: columns of values that can be compared."""

import math
import uuid
from decimal import Decimal

import duckdb
import polars
import pyarrow.parquet


def by_pyarrow(path, types):
    """Checks the checksum of each page as well."""
    table = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True).read()
    found = {}
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        column = getattr(column, "storage", column)
        if types.get(name) == "datetime" and not pyarrow.types.is_string(column.type):
            column = column.cast(pyarrow.int64())
        found[name] = column.to_pylist()
    return settled(found, types)


def by_duckdb(path, types):
    with duckdb.connect() as connection:
        file = f"read_parquet('{path}', hive_partitioning = false)"
        described = {row[0]: row[1] for row in connection.execute(f"describe select * from {file}").fetchall()}
        columns = [
            f'epoch_ns("{name}")' if kind.endswith("_NS") else
            f'CAST("{name}" AS VARCHAR)' if kind in ("JSON", "UUID") else f'"{name}"' for name, kind in described.items()]
        rows = connection.execute(f"select {', '.join(columns)} from {file}").fetchall()
    return settled({name: [row[place] for row in rows] for place, name in enumerate(described)}, types)


def by_polars(path, types):
    frame = polars.read_parquet(path, hive_partitioning=False)
    found = {}
    for name in frame.columns:
        column = frame[name]
        found[name] = (column.to_physical() if isinstance(column.dtype, polars.Datetime) else column).to_list()
    return settled(found, types)


def settled(columns, types):
    """Values as the rows that were sent have them: a time in ticks, a GUID as one."""
    for name, values in columns.items():
        if types.get(name) == "datetime":
            columns[name] = [value if value is None or isinstance(value, str) else ticks(value) for value in values]
        if types.get(name) == "dynamic":
            # polars takes JSON for bytes.
            columns[name] = [value.decode() if isinstance(value, bytes) else value for value in values]
        if types.get(name) == "guid":
            columns[name] = [value and (uuid.UUID(bytes=value) if isinstance(value, bytes) else uuid.UUID(str(value))) for value in values]
    return columns


def ticks(nanoseconds):
    assert nanoseconds % 100 == 0
    return nanoseconds // 100


def same(a, b):
    """Whether two values are the same, the sign of a zero and NaN included."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isnan(a) and math.isnan(b) or a == b and math.copysign(1, a) == math.copysign(1, b)
    return a == b and (type(a) is type(b) or isinstance(a, Decimal))


READERS = {"pyarrow": by_pyarrow, "duckdb": by_duckdb, "polars": by_polars}
