"""azure-identity over TLS."""

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientAssertionCredential


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
    def credential(assertion):
        return ClientAssertionCredential(
            emulator.ready["tenant"], emulator.ready["client_id"], lambda: assertion,
            authority=emulator.tls_url, disable_instance_discovery=True)

    assert credential("e30.e30.c2ln").get_token("https://storage.azure.com/.default").token
    with pytest.raises(ClientAuthenticationError, match="AADSTS50027"):
        credential("nonsense").get_token("https://storage.azure.com/.default")
