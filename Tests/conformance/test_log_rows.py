"""azure-monitor-ingestion loads rows, azure-monitor-query reads them back."""

import concurrent.futures
import json
import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from conftest import Emulator
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
    upload(emulator, name, ROWS)
    return name


@pytest.fixture
def query(emulator):
    return querying(emulator)


def querying(emulator):
    """A function that runs a query past the cache."""
    client = LogsQueryClient(emulator.credential(), endpoint=f"{emulator.tls_url}/v1", retry_total=0)

    def run(text, **arguments):
        arguments.setdefault("timespan", None)
        return client.query_workspace(
            emulator.ready["workspace"], text, headers={"Cache-Control": "no-cache"}, **arguments)

    return run


def upload(emulator, name, rows):
    client = LogsIngestionClient(emulator.tls_url, emulator.credential(), retry_total=0)
    client.upload(rule_id="dcr-conformance", stream_name=f"Custom-{name}", logs=rows)


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


def test_every_type_is_decoded_to_what_was_taken_in(emulator, query):
    name = f"T{uuid.uuid4().hex[:8]}_CL"
    types = ["bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic"]
    schema = {"name": name, "columns": [{"name": f"c_{kind}", "type": kind} for kind in types]}
    assert requests.post(f"{emulator.url}/_emulator/tables", json=schema).status_code == 204
    given = {
        "bool": True, "int": -(2**31), "long": -9214364837600034816, "real": 0.1 + 0.2, "decimal": "0.10101",
        "string": 'größe "q" \\ \u0001\n', "datetime": "2025-01-01T00:00:00.123456Z", "timespan": "1.02:03:04.0000005",
        "guid": str(uuid.uuid4()), "dynamic": {"a": [1, 2.50, None, "x"]},
    }
    rows = [{"TimeGenerated": "2025-01-01T00:00:00Z", **{f"c_{k}": v for k, v in given.items()}},
            {"TimeGenerated": "2025-01-01T00:00:01Z"}]
    upload(emulator, name, rows)
    answer = query(f"{name} | sort by TimeGenerated asc | project-away TimeGenerated").tables[0]
    assert answer.columns_types == types
    full, empty = answer.rows
    expected = {**given, "datetime": datetime(2025, 1, 1, microsecond=123456, tzinfo=timezone.utc)}
    for kind in types:
        value = json.loads(full[f"c_{kind}"]) if kind == "dynamic" else full[f"c_{kind}"]
        assert value == expected[kind], kind
        if kind not in ("string", "guid", "timespan"):
            assert empty[f"c_{kind}"] is None, kind
    assert empty["c_string"] == ""


def test_a_timespan_narrows_a_query(table, query):
    text = f"{table} | count"
    assert query(text, timespan=(START, START + timedelta(seconds=10))).tables[0].rows[0][0] == 10
    assert query(text, timespan=(START + timedelta(seconds=290), timedelta(hours=1))).tables[0].rows[0][0] == 10
    assert query(text, timespan=timedelta(minutes=1)).tables[0].rows[0][0] == 0


def test_a_search_needs_its_timespan(emulator, table):
    url = f"{emulator.url}/v1/workspaces/{emulator.ready['workspace']}/search"
    token = emulator.credential().get_token("https://api.loganalytics.io/.default").token
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.post(url, json={"query": table}, headers=headers).status_code == 400
    answer = requests.post(f"{url}?timespan=2025-01-01T00:00:00Z/PT5S", json={"query": table}, headers=headers)
    assert answer.status_code == 200 and len(answer.json()["tables"][0]["rows"]) == 5


def test_rows_of_the_wrong_shape_are_refused(emulator):
    with pytest.raises(HttpResponseError) as error:
        upload(emulator, "NoTime_CL", [{"TimeGenerated": "2025-01-01", "n": 1}, {"n": 2}])
    assert error.value.status_code == 400 and "row 2" in str(error.value)


@pytest.fixture(scope="module")
def limited(emulator):
    """An emulator of its own with low limits and generated tables."""
    running = Emulator(
        "--limits", "rows=100,bytes=20000", "--generate", "SecurityEvent=200,Small_CL=50,Huge_CL=9000000",
        "--generate-range", "2025-01-01/2025-02-01")
    yield running
    running.stop()


@pytest.mark.parametrize("text, rows, limit", [
    ("SecurityEvent | project TimeGenerated", 100, "100 records"),
    ("SecurityEvent", None, "20000 bytes"),
])
def test_a_result_over_a_limit_is_partial(limited, monkeypatch, text, rows, limit):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", limited.ready["ca_file"])
    answer = querying(limited)(text)
    assert answer.status == LogsQueryStatus.PARTIAL
    assert len(answer.partial_data[0].rows) == (rows or pytest.approx(15, abs=10))
    error = answer.partial_error.details[0]
    assert error["innererror"]["code"] == "-2133196797"
    assert f"set limit of {limit}" in error["innererror"]["message"]


def test_a_query_that_outlives_its_wait_is_a_504(limited, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", limited.ready["ca_file"])
    with pytest.raises(HttpResponseError) as error:
        querying(limited)("Huge_CL | count", server_timeout=1)
    assert error.value.status_code == 504 and error.value.error.code == "GatewayTimeout"


def test_queries_at_once_see_the_same_rows(limited, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", limited.ready["ca_file"])
    query = querying(limited)
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        texts = ["Small_CL | where TimeGenerated < datetime(2025-01-02) | project TimeGenerated, Number | take 90"] * 5
        answers = [[list(row) for row in answer.tables[0].rows] for answer in pool.map(query, texts)]
    assert len(answers[0]) == 90 and all(answer == answers[0] for answer in answers)
