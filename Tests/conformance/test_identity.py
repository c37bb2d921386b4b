"""azure-identity over TLS."""

import base64
import json

import certificates
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)


def test_a_client_secret_gets_a_token(emulator):
    token = emulator.credential().get_token("https://api.loganalytics.io/.default")
    assert token.token.count(".") == 2


def test_a_token_names_the_client_and_the_object_that_roles_are_assigned_to(emulator):
    body = emulator.credential().get_token("https://api.loganalytics.io/.default").token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["appid"] == emulator.ready["client_id"]
    assert claims["oid"] == emulator.ready["object_id"] != claims["appid"]
    assert claims["tid"] == emulator.ready["tenant"]


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


SCOPE = "https://storage.azure.com/.default"


def entra(emulator):
    return {"tenant_id": emulator.ready["tenant"], "client_id": emulator.ready["client_id"],
            "authority": emulator.tls_url, "disable_instance_discovery": True}


@pytest.mark.parametrize("chain", [False, True])
def test_a_certificate_gets_a_token(emulator, client_certificate, chain):
    credential = CertificateCredential(
        certificate_path=str(client_certificate), send_certificate_chain=chain, **entra(emulator))
    assert works(emulator, credential)


def test_a_certificate_that_is_not_registered_is_refused(emulator):
    credential = CertificateCredential(
        certificate_data="".join(certificates.make()).encode(), **entra(emulator))
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        credential.get_token(SCOPE)


def works(emulator, credential):
    """Whether the services take the credential's token."""
    token = credential.get_token(SCOPE).token
    answer = requests.get(f"{emulator.blob_url}/?comp=list", timeout=60,
                          headers={"Authorization": f"Bearer {token}", "x-ms-version": "2021-12-02"})
    return answer.status_code == 200


def test_a_workload_identity_gets_a_token(emulator, tmp_path):
    file = tmp_path / "token"
    file.write_text(emulator.federated_token())
    assert works(emulator, WorkloadIdentityCredential(token_file_path=str(file), **entra(emulator)))


@pytest.mark.parametrize("claims, code", [
    ({"issuer": "https://elsewhere.invalid"}, 700211), ({"audience": "api://other"}, 700212),
    ({"subject": "job:other"}, 700213), ({"lifetime": -3600}, 700024),
])
def test_a_federated_token_with_other_claims_is_refused(emulator, claims, code):
    credential = ClientAssertionCredential(func=lambda: emulator.federated_token(**claims), **entra(emulator))
    with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}"):
        credential.get_token(SCOPE)


@pytest.mark.parametrize("assertion, code", [("nonsense", 50027), ("e30.e30.c2ln", 50027)])
def test_what_is_no_assertion_is_refused(emulator, assertion, code):
    credential = ClientAssertionCredential(func=lambda: assertion, **entra(emulator))
    with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}"):
        credential.get_token(SCOPE)


@pytest.mark.parametrize("client", [None, "22222222-2222-4222-8222-222222222222"])
def test_the_metadata_service_gives_a_token(emulator, monkeypatch, client):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.url)
    assert works(emulator, ManagedIdentityCredential(client_id=client))


def test_app_service_gives_a_token(emulator, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "emulator-identity-header")
    assert works(emulator, ManagedIdentityCredential())


@pytest.mark.parametrize("headers", [{}, {"Metadata": "false"}, {"Metadata": "true", "X-Forwarded-For": "10.0.0.1"}])
def test_the_metadata_service_refuses_what_was_forwarded(emulator, headers):
    url = f"{emulator.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com"
    answer = requests.get(url, headers=headers, timeout=60)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_request"
