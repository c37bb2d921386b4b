"""azure-monitor-ingestion loads rows, azure-monitor-query reads them back.

Needs the query engine behind the emulator; named test_log_rows.py it is
collected with the rest.
"""

import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.monitor.ingestion import LogsIngestionClient
from azure.monitor.query import LogsQueryClient, LogsQueryStatus

START = datetime(2025, 1, 1, tzinfo=timezone.utc)
ROWS = [
    {
        "TimeGenerated": (START + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "Number": 9_007_199_254_740_993 + n,
        "Text": f'row {n}: "quoted", größe\n',
        "Flag": n % 2 == 0,
        "Nested": {"a": [1, 2, {"b": None}], "n": n},
    }
    for n in range(300)
]


@pytest.fixture(scope="module")
def table(emulator):
    """A table of ROWS, loaded through the ingestion API."""
    name = f"T{uuid.uuid4().hex[:8]}_CL"
    ingestion = LogsIngestionClient(emulator.tls_url, emulator.credential(), retry_total=0)
    ingestion.upload(rule_id="dcr-conformance", stream_name=f"Custom-{name}", logs=ROWS)
    return name


@pytest.fixture
def query(emulator):
    client = LogsQueryClient(emulator.credential(), endpoint=f"{emulator.tls_url}/v1", retry_total=0)

    def run(text, **arguments):
        arguments.setdefault("timespan", None)
        return client.query_workspace(
            emulator.ready["workspace"], text, headers={"Cache-Control": "no-cache"}, **arguments)

    return run


@pytest.fixture
def faults(emulator):
    def replace(rules):
        assert requests.post(f"{emulator.url}/_emulator/faults", data=rules).status_code == 204

    yield replace
    replace("")


def test_rows_come_back_with_their_types_and_values(table, query):
    answer = query(f"{table} | project TimeGenerated, Number, Text, Flag | sort by TimeGenerated asc")
    assert answer.status == LogsQueryStatus.SUCCESS
    rows = list(answer.tables[0].rows)
    assert answer.tables[0].columns == ["TimeGenerated", "Number", "Text", "Flag"]
    assert answer.tables[0].columns_types == ["datetime", "long", "string", "bool"]
    assert [row["Number"] for row in rows] == [row["Number"] for row in ROWS]
    assert [row["Text"] for row in rows] == [row["Text"] for row in ROWS]
    assert [row["Flag"] for row in rows] == [row["Flag"] for row in ROWS]
    assert [row["TimeGenerated"] for row in rows] == [START + timedelta(seconds=n) for n in range(300)]


def test_a_count_names_its_column(table, query):
    answer = query(f"{table} | count")
    assert answer.tables[0].columns == ["Count"] and answer.tables[0].rows[0][0] == 300


def test_half_open_ranges_tile(table, query):
    def count(start, end):
        text = f"{table} | where TimeGenerated >= datetime({start}) and TimeGenerated < datetime({end}) | count"
        return query(text).tables[0].rows[0][0]

    assert count("2025-01-01T00:00:00Z", "2025-01-01T00:01:00Z") == 60
    assert count("2025-01-01T00:01:00Z", "2025-01-01T00:05:00Z") == 240


def test_a_partial_error_is_seen_as_one(table, query, faults):
    faults("partial:op=Query")
    answer = query(table)
    assert answer.status == LogsQueryStatus.PARTIAL
    assert answer.partial_error.code == "PartialError"
    assert answer.partial_error.details[0].code == "EngineError"
    assert len(answer.partial_data[0].rows) == 300


def test_statistics_follow_the_tables(table, query):
    answer = query(f"{table} | count", include_statistics=True)
    assert "query" in answer.statistics


def test_a_syntax_error_is_a_400_with_its_position(query):
    with pytest.raises(HttpResponseError) as error:
        query("not a query |")
    assert error.value.status_code == 400 and error.value.error.code == "BadArgumentError"


def test_an_unknown_table_is_a_semantic_error(query):
    with pytest.raises(HttpResponseError) as error:
        query("NoSuchTable | count")
    assert error.value.error.innererror["code"] == "SemanticError"
