"""azure-identity over TLS."""

import certificates
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential, ClientAssertionCredential, ManagedIdentityCredential, WorkloadIdentityCredential)


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


def test_a_federated_token_is_exchanged(emulator):
    def credential(assertion):
        return ClientAssertionCredential(
            emulator.ready["tenant"], emulator.ready["client_id"], lambda: assertion,
            authority=emulator.tls_url, disable_instance_discovery=True)

    assert credential(emulator.federated_token()).get_token("https://storage.azure.com/.default").token
    for assertion, code in [
        ("nonsense", "AADSTS50027"), (emulator.federated_token(lifetime=-600), "AADSTS700024"),
        (emulator.federated_token(subject="job:other"), "AADSTS70021"),
        (emulator.federated_token(audience="api://other"), "AADSTS"),
        (emulator.federated_token()[:-8] + "AAAAAAAA", "AADSTS"),
    ]:
        with pytest.raises(ClientAuthenticationError, match=code):
            credential(assertion).get_token("https://storage.azure.com/.default")


def test_a_workload_identity_reads_its_file(emulator, tmp_path):
    file = tmp_path / "token"
    file.write_text(emulator.federated_token())
    credential = WorkloadIdentityCredential(
        tenant_id=emulator.ready["tenant"], client_id=emulator.ready["client_id"], token_file_path=str(file),
        authority=emulator.tls_url, disable_instance_discovery=True)
    assert credential.get_token("https://storage.azure.com/.default").token


def test_the_metadata_service_gives_a_token(emulator, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.url)
    assert ManagedIdentityCredential().get_token("https://storage.azure.com/.default").token
    own = ManagedIdentityCredential(client_id=emulator.ready["client_id"])
    assert own.get_token("https://storage.azure.com/.default").token


def test_app_service_gives_a_token(emulator, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "emulator-identity-header")
    assert ManagedIdentityCredential().get_token("https://storage.azure.com/.default").token


@pytest.mark.parametrize("headers", [{}, {"Metadata": "true", "X-Forwarded-For": "203.0.113.1"}])
def test_forwarded_and_plain_requests_get_no_token_of_the_machine(emulator, headers):
    answer = requests.get(
        f"{emulator.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com",
        headers=headers)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_request"


@pytest.fixture(scope="module")
def certified(another, tmp_path_factory):
    """An emulator that knows a certificate of its application."""
    folder = tmp_path_factory.mktemp("certificates")
    pem, public = certificates.write(folder, "known")
    other, _ = certificates.write(folder, "other")
    return another("--client-certificate", public), pem, other


@pytest.mark.parametrize("chain", [False, True])
def test_a_client_certificate_gets_a_token(certified, chain):
    emulator, pem, _ = certified
    credential = CertificateCredential(
        emulator.ready["tenant"], emulator.ready["client_id"], pem, authority=emulator.tls_url,
        disable_instance_discovery=True, send_certificate_chain=chain)
    assert credential.get_token("https://storage.azure.com/.default").token


def test_another_certificate_is_refused(certified):
    emulator, _, other = certified
    credential = CertificateCredential(
        emulator.ready["tenant"], emulator.ready["client_id"], other, authority=emulator.tls_url,
        disable_instance_discovery=True)
    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        credential.get_token("https://storage.azure.com/.default")
