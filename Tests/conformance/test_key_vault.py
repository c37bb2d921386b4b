"""azure-keyvault-secrets over TLS."""

from datetime import datetime, timezone

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient


@pytest.fixture
def vault(emulator):
    # All vaults share the emulator's host, which the challenge's resource therefore is not part of.
    return SecretClient(f"{emulator.tls_url}/keyvault/kv-soc", emulator.credential(), verify_challenge_resource=False)


def test_a_secret_of_the_start_is_there(vault):
    assert vault.get_secret("key").value == "of-the-start"


def test_versions_are_kept(vault):
    first = vault.set_secret("versions", "one", content_type="text/plain", tags={"for": "tests"})
    second = vault.set_secret("versions", "two")
    assert first.properties.vault_url == "https://kv-soc.vault.azure.net" and first.name == "versions"
    assert first.properties.content_type == "text/plain" and first.properties.tags == {"for": "tests"}
    assert vault.get_secret("versions").value == "two"
    assert vault.get_secret("versions", first.properties.version).value == "one"
    assert [p.version for p in vault.list_properties_of_secret_versions("versions")] == [
        first.properties.version, second.properties.version]


def test_a_secret_is_served_outside_of_its_time_which_is_only_told(vault):
    long_ago, far_off = datetime(2001, 1, 1, tzinfo=timezone.utc), datetime(2100, 1, 1, tzinfo=timezone.utc)
    vault.set_secret("expired", "x", expires_on=long_ago)
    assert vault.get_secret("expired").value == "x"
    assert vault.get_secret("expired").properties.expires_on == long_ago
    vault.set_secret("early", "y", not_before=far_off)
    assert vault.get_secret("early").value == "y"
    assert vault.get_secret("early").properties.not_before == far_off
    assert vault.get_secret("early").properties.expires_on is None


def test_lists_have_pages(vault):
    for number in range(7):
        vault.set_secret(f"page-{number}", "x")
    names = [p.name for p in vault.list_properties_of_secrets(max_page_size=3)]
    assert {f"page-{n}" for n in range(7)} <= set(names) and len(names) == len(set(names))


def test_a_deleted_secret_can_be_recovered_or_purged(vault):
    vault.set_secret("gone", "x")
    vault.begin_delete_secret("gone").wait()
    with pytest.raises(ResourceNotFoundError):
        vault.get_secret("gone")
    assert "gone" in [s.name for s in vault.list_deleted_secrets()]
    with pytest.raises(HttpResponseError, match="deleted but recoverable"):
        vault.set_secret("gone", "y")
    vault.begin_recover_deleted_secret("gone").wait()
    assert vault.get_secret("gone").value == "x"
    vault.begin_delete_secret("gone").wait()
    vault.purge_deleted_secret("gone")
    assert vault.set_secret("gone", "z").value == "z"


def test_a_disabled_secret_is_refused(vault):
    vault.set_secret("disabled", "x", enabled=False)
    with pytest.raises(HttpResponseError, match="disabled"):
        vault.get_secret("disabled")


def test_another_vault_has_other_secrets(emulator):
    other = SecretClient(f"{emulator.tls_url}/keyvault/kv-none", emulator.credential(), verify_challenge_resource=False)
    with pytest.raises(ResourceNotFoundError):
        other.get_secret("key")


def test_a_wrong_identity_is_refused(emulator):
    vault = SecretClient(
        f"{emulator.tls_url}/keyvault/kv-soc", emulator.credential("wrong"), verify_challenge_resource=False)
    with pytest.raises(ClientAuthenticationError):
        vault.get_secret("key")
