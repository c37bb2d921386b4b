"""azure-identity over TLS."""

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError


def test_a_client_secret_gets_a_token(emulator):
    token = emulator.credential().get_token("https://api.loganalytics.io/.default")
    assert token.token.count(".") == 2


def test_a_wrong_secret_is_refused(emulator):
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        emulator.credential("wrong").get_token("https://storage.azure.com/.default")


def test_a_token_for_another_audience_is_refused(emulator):
    token = emulator.credential().get_token("https://vault.azure.net/.default").token
    answer = requests.get(
        f"{emulator.blob_url}/?comp=list",
        headers={"Authorization": f"Bearer {token}", "x-ms-version": "2021-12-02"},
    )
    assert answer.status_code == 401 and "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_client_assertion_gets_a_token(emulator):
    answer = requests.post(
        f"{emulator.url}/{emulator.ready['tenant']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": emulator.ready["client_id"],
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": "e30.e30.c2ln",
            "scope": "https://storage.azure.com/.default",
        },
    )
    assert answer.status_code == 200 and answer.json()["token_type"] == "Bearer"
