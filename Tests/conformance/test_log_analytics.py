"""azure-monitor-query over TLS: what the server decides before any row is read."""

from datetime import timedelta

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.monitor.query import LogsQueryClient


def client(emulator, credential=None):
    return LogsQueryClient(
        credential or emulator.credential(), endpoint=f"{emulator.tls_url}/v1", retry_total=0)


def test_an_unknown_workspace_is_not_found(emulator):
    with pytest.raises(HttpResponseError) as error:
        client(emulator).query_workspace("44444444-4444-4444-8444-444444444444", "T", timespan=timedelta(days=1))
    assert error.value.status_code == 404
    assert error.value.error.code == "PathNotFoundError"


def test_throttling_is_retried_as_retry_after_says(emulator):
    requests.post(f"{emulator.url}/_emulator/faults", data="throttle:op=Query,n=1,after=0,404:op=Query,n=2")
    try:
        patient = LogsQueryClient(emulator.credential(), endpoint=f"{emulator.tls_url}/v1", retry_total=3)
        before = requests.get(f"{emulator.url}/_emulator/requests").json()["requests"].get("Query", 0)
        with pytest.raises(HttpResponseError) as error:
            patient.query_workspace(emulator.ready["workspace"], "T", timespan=None)
        assert error.value.status_code == 404
        after = requests.get(f"{emulator.url}/_emulator/requests").json()["requests"]["Query"]
        assert after - before == 2
    finally:
        requests.post(f"{emulator.url}/_emulator/faults", data="")


def test_a_query_without_a_token_is_refused(emulator):
    answer = requests.post(f"{emulator.url}/v1/workspaces/{emulator.ready['workspace']}/query", json={"query": "T"})
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "AuthenticationFailed"
