"""azure-keyvault-secrets over TLS."""

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient


@pytest.fixture(scope="module")
def vault(another):
    """A client of a vault with one secret."""
    running = another("--secret", "soc/export-key=first", "--secret", "other/export-key=another")
    return SecretClient(
        f"{running.tls_url}/keyvault/soc", running.credential(), verify_challenge_resource=False, retry_total=0)


def test_a_secret_is_read(vault):
    assert vault.get_secret("export-key").value == "first"


def test_a_secret_has_versions(vault):
    old = vault.set_secret("rotating", "one")
    new = vault.set_secret("rotating", "two")
    assert vault.get_secret("rotating").value == "two"
    assert vault.get_secret("rotating", old.properties.version).value == "one"
    versions = {one.version for one in vault.list_properties_of_secret_versions("rotating")}
    assert versions == {old.properties.version, new.properties.version}


def test_a_missing_secret_is_not_found(vault):
    with pytest.raises(ResourceNotFoundError) as error:
        vault.get_secret("absent")
    assert error.value.error.code == "SecretNotFound"


def test_a_disabled_secret_is_forbidden(vault):
    vault.set_secret("off", "value", enabled=False)
    with pytest.raises(HttpResponseError) as error:
        vault.get_secret("off")
    assert error.value.status_code == 403


def test_secrets_are_listed_and_deleted(vault):
    vault.set_secret("passing", "value")
    assert "passing" in {one.name for one in vault.list_properties_of_secrets()}
    vault.begin_delete_secret("passing").wait()
    with pytest.raises(ResourceNotFoundError):
        vault.get_secret("passing")
