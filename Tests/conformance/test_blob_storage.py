"""azure-storage-blob against every Blob operation that the emulator claims."""

import base64
import gzip
import hashlib
import os
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    AccountSasPermissions,
    BlobBlock,
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    BlobType,
    ContainerClient,
    ContainerSasPermissions,
    ContentSettings,
    ResourceTypes,
    StandardBlobTier,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)


def soon(minutes=30):
    return datetime.now(timezone.utc) + timedelta(minutes=minutes)


def refused(error, code):
    """The error's code, whichever class the SDK made of it."""
    assert error.value.error_code == code


# Containers


def test_containers_are_created_listed_described_and_deleted(emulator):
    service = emulator.storage()
    name = f"c-{uuid.uuid4().hex[:10]}"
    container = service.create_container(name, metadata={"purpose": "test"})
    listed = {c.name: c for c in service.list_containers(name_starts_with=name, include_metadata=True)}
    assert listed[name].metadata == {"purpose": "test"}
    properties = container.get_container_properties()
    assert properties.metadata == {"purpose": "test"}
    assert properties.public_access is None
    container.set_container_metadata({"purpose": "other"})
    assert container.get_container_properties().metadata == {"purpose": "other"}
    assert container.get_container_properties().etag != properties.etag
    assert container.get_container_access_policy()["signed_identifiers"] == []
    with pytest.raises(ResourceExistsError) as error:
        service.create_container(name)
    refused(error, "ContainerAlreadyExists")
    container.delete_container()
    with pytest.raises(ResourceNotFoundError) as error:
        container.get_container_properties()
    refused(error, "ContainerNotFound")


@pytest.mark.parametrize("name", ["ab", "a--b", "-ab", "ab-", "a" * 64, "under_score"])
def test_container_names_outside_the_rules_are_refused(emulator, name):
    with pytest.raises(HttpResponseError) as error:
        emulator.storage().create_container(name)
    refused(error, "InvalidResourceName")


def test_public_access_is_not_permitted(emulator):
    with pytest.raises(HttpResponseError) as error:
        emulator.storage().create_container(f"p-{uuid.uuid4().hex[:10]}", public_access="container")
    refused(error, "PublicAccessNotPermitted")


def test_container_lists_come_in_pages(emulator):
    service = emulator.storage()
    stem = f"page-{uuid.uuid4().hex[:8]}"
    for index in range(5):
        service.create_container(f"{stem}-{index}")
    pages = service.list_containers(name_starts_with=stem, results_per_page=2).by_page()
    assert [[c.name[-1] for c in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


# Block blobs


def test_a_blob_comes_back_with_its_properties(container):
    blob = container.get_blob_client("folder/größe + 100%.json")
    text = os.urandom(50_000).hex().encode()
    data = gzip.compress(text)
    blob.upload_blob(
        data,
        metadata={"Slice": "a,b c", "rows": "17"},
        content_settings=ContentSettings(
            content_type="application/x-ndjson", content_encoding="gzip", cache_control="no-store",
            content_language="de", content_disposition="attachment",
        ),
    )
    # The client undoes the content encoding.
    assert blob.download_blob().readall() == text
    properties = blob.get_blob_properties()
    assert properties.size == len(data)
    assert properties.blob_type == BlobType.BLOCKBLOB
    assert {k.lower(): v for k, v in properties.metadata.items()} == {"slice": "a,b c", "rows": "17"}
    settings = properties.content_settings
    assert settings.content_type == "application/x-ndjson"
    assert settings.content_encoding == "gzip"
    assert settings.cache_control == "no-store"
    assert settings.content_language == "de"
    assert settings.content_disposition == "attachment"
    assert bytes(settings.content_md5) == hashlib.md5(data).digest()
    assert properties.blob_tier == "Hot" and properties.blob_tier_inferred


def test_ranges_are_served_and_checked(container):
    data = os.urandom(50_000)
    blob = container.upload_blob("ranges", data)
    assert blob.download_blob(offset=0, length=10).readall() == data[:10]
    assert blob.download_blob(offset=49_990, length=100).readall() == data[49_990:]
    assert blob.download_blob(offset=7, length=4096, validate_content=True).readall() == data[7:4103]
    with pytest.raises(HttpResponseError) as error:
        blob.download_blob(offset=50_000, length=1).readall()
    refused(error, "InvalidRange")
    assert container.upload_blob("empty", b"").download_blob().readall() == b""


def test_large_uploads_go_in_blocks(container, emulator):
    service = emulator.storage(max_single_put_size=1 << 20, max_block_size=1 << 20)
    blob = service.get_blob_client(container.container_name, "large")
    data = os.urandom(5 * (1 << 20) + 3)
    blob.upload_blob(data, validate_content=True, max_concurrency=4)
    committed, uncommitted = blob.get_block_list("all")
    assert sum(block.size for block in committed) == len(data) and len(committed) == 6
    assert uncommitted == []
    assert blob.download_blob(max_concurrency=3).readall() == data


def test_a_block_of_64_mebibytes_is_taken(container):
    blob = container.get_blob_client("huge")
    data = bytes(64 << 20)
    blob.stage_block("AAAA", data)
    blob.commit_block_list([BlobBlock("AAAA")])
    assert blob.get_blob_properties().size == len(data)


def test_block_lists_commit_atomically_and_choose_blocks(container):
    blob = container.get_blob_client("blocks")
    for name in ["aaa", "bbb", "ccc"]:
        blob.stage_block(name, name.encode() * 10)
    assert not blob.exists()
    assert [b.name for b in container.list_blobs()] == []
    assert [b.name for b in container.list_blobs(include=["uncommittedblobs"])] == ["blocks"]
    committed, uncommitted = blob.get_block_list("all")
    assert (len(committed), len(uncommitted)) == (0, 3)
    md5 = hashlib.md5(b"whatever the client says").digest()
    blob.commit_block_list(
        [BlobBlock("ccc"), BlobBlock("aaa")],
        metadata={"part": "1"},
        content_settings=ContentSettings(content_type="text/plain", content_md5=bytearray(md5)),
    )
    assert blob.download_blob().readall() == b"ccc" * 10 + b"aaa" * 10
    properties = blob.get_blob_properties()
    assert properties.metadata == {"part": "1"}
    assert bytes(properties.content_settings.content_md5) == md5
    blob.stage_block("ddd", b"d")
    assert blob.download_blob().readall() == b"ccc" * 10 + b"aaa" * 10
    blob.commit_block_list([BlobBlock("ddd"), BlobBlock("aaa")])
    assert blob.download_blob().readall() == b"d" + b"aaa" * 10
    with pytest.raises(HttpResponseError) as error:
        blob.commit_block_list([BlobBlock("zzz")])
    refused(error, "InvalidBlockList")
    blob.stage_block("eee", b"e")
    with pytest.raises(HttpResponseError) as error:
        blob.stage_block("longer", b"f")
    refused(error, "InvalidBlobOrBlock")


def test_a_damaged_transfer_is_refused(container):
    blob = container.get_blob_client("damaged")
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    with pytest.raises(HttpResponseError) as error:
        blob.upload_blob(b"data", headers={"Content-MD5": wrong})
    refused(error, "Md5Mismatch")
    with pytest.raises(HttpResponseError) as error:
        blob.stage_block("aaa", b"data", headers={"x-ms-content-crc64": base64.b64encode(bytes(8)).decode()})
    refused(error, "Crc64Mismatch")
    assert not blob.exists()


# Conditions


def test_conditions_guard_writes_and_reads(container):
    blob = container.get_blob_client("conditions")
    blob.upload_blob(b"1")
    with pytest.raises(ResourceExistsError) as error:
        blob.upload_blob(b"2")
    refused(error, "BlobAlreadyExists")
    first = blob.get_blob_properties().etag
    blob.upload_blob(b"2", overwrite=True, etag=first, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError) as error:
        blob.upload_blob(b"3", overwrite=True, etag=first, match_condition=MatchConditions.IfNotModified)
    refused(error, "ConditionNotMet")
    second = blob.get_blob_properties().etag
    with pytest.raises(HttpResponseError) as error:
        blob.download_blob(etag=second, match_condition=MatchConditions.IfModified)
    assert error.value.status_code == 304
    with pytest.raises(HttpResponseError) as error:
        blob.delete_blob(if_unmodified_since=datetime(2020, 1, 1, tzinfo=timezone.utc))
    refused(error, "ConditionNotMet")
    with pytest.raises(HttpResponseError) as error:
        blob.set_blob_metadata({"a": "b"}, etag=first, match_condition=MatchConditions.IfNotModified)
    refused(error, "ConditionNotMet")
    blob.stage_block("aaa", b"4")
    with pytest.raises(ResourceExistsError) as error:
        blob.commit_block_list([BlobBlock("aaa")], match_condition=MatchConditions.IfMissing)
    refused(error, "BlobAlreadyExists")


# Append blobs


def test_append_blobs_grow_under_conditions(container):
    blob = container.get_blob_client("manifest.csv")
    blob.create_append_blob(metadata={"kind": "manifest"})
    with pytest.raises(ResourceExistsError):
        blob.create_append_blob(match_condition=MatchConditions.IfMissing)
    first = blob.append_block(b"header\n", appendpos_condition=0)
    assert first["blob_append_offset"] == "0"
    second = blob.append_block(b"row\n", appendpos_condition=7, validate_content=True)
    assert (second["blob_append_offset"], second["blob_committed_block_count"]) == ("7", 2)
    with pytest.raises(HttpResponseError) as error:
        blob.append_block(b"row\n", appendpos_condition=7)
    refused(error, "AppendPositionConditionNotMet")
    with pytest.raises(HttpResponseError) as error:
        blob.append_block(b"row\n", maxsize_condition=12)
    refused(error, "MaxBlobSizeConditionNotMet")
    assert blob.download_blob().readall() == b"header\nrow\n"
    assert blob.get_blob_properties().append_blob_committed_block_count == 2
    blob.upload_blob(b"third\n", blob_type=BlobType.APPENDBLOB)
    assert blob.download_blob().readall() == b"header\nrow\nthird\n"
    with pytest.raises(HttpResponseError) as error:
        blob.stage_block("aaa", b"x")
    refused(error, "InvalidBlobType")
    with pytest.raises(ResourceNotFoundError):
        container.get_blob_client("absent").append_block(b"x")


def test_an_append_is_4_mebibytes_before_2022_11_02_and_100_after(container, emulator):
    data = bytes((4 << 20) + 1)
    blob = container.get_blob_client("appended")
    blob.create_append_blob()
    blob.append_block(data)
    old = emulator.storage(api_version="2021-12-02").get_blob_client(container.container_name, "appended")
    with pytest.raises(HttpResponseError) as error:
        old.append_block(data)
    refused(error, "RequestBodyTooLarge")


# Properties, tiers, deletion


def test_metadata_and_headers_are_replaced(container):
    blob = container.upload_blob("meta", b"x", metadata={"a": "1"})
    before = blob.get_blob_properties()
    blob.set_blob_metadata({"b": "2"})
    blob.set_http_headers(ContentSettings(content_type="text/csv"))
    after = blob.get_blob_properties()
    assert after.metadata == {"b": "2"} and after.etag != before.etag
    assert after.content_settings.content_type == "text/csv"
    assert after.creation_time == before.creation_time
    with pytest.raises(HttpResponseError) as error:
        blob.set_blob_metadata({"not-valid": "2"})
    refused(error, "InvalidMetadata")


def test_archived_blobs_answer_409(container):
    blob = container.upload_blob("old", b"x", standard_blob_tier=StandardBlobTier.COOL)
    assert blob.get_blob_properties().blob_tier == "Cool"
    blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    assert blob.get_blob_properties().blob_tier == "Archive"
    with pytest.raises(HttpResponseError) as error:
        blob.download_blob()
    refused(error, "BlobArchived")
    with pytest.raises(HttpResponseError) as error:
        blob.upload_blob(b"y", overwrite=True)
    refused(error, "BlobArchived")
    blob.set_standard_blob_tier(StandardBlobTier.HOT)
    assert blob.download_blob().readall() == b"x"


def test_deleted_blobs_are_gone(container):
    blob = container.upload_blob("gone", b"x")
    blob.delete_blob()
    assert not blob.exists()
    with pytest.raises(ResourceNotFoundError) as error:
        blob.delete_blob()
    refused(error, "BlobNotFound")


# Listing


def test_listings_page_fold_and_filter(container):
    names = [f"y=2025/d={day:02}/h={hour:02}.gz" for day in range(3) for hour in range(4)]
    for name in reversed(names):
        container.upload_blob(name, name.encode(), metadata={"rows": "1"})
    container.upload_blob("zzz & <odd>", b"")
    listed = list(container.list_blobs(include=["metadata"]))
    assert [b.name for b in listed] == names + ["zzz & <odd>"]
    assert listed[0].metadata == {"rows": "1"} and listed[0].size == len(names[0])
    assert bytes(listed[0].content_settings.content_md5) == hashlib.md5(names[0].encode()).digest()
    assert listed[0].etag == container.get_blob_client(names[0]).get_blob_properties().etag.strip('"')
    pages = container.list_blobs(results_per_page=5).by_page()
    assert [len(list(page)) for page in pages] == [5, 5, 3]
    assert [b.name for b in container.list_blobs(name_starts_with="y=2025/d=01/")] == names[4:8]
    assert [b.name for b in container.walk_blobs(name_starts_with="y=2025/")] == [f"y=2025/d={d:02}/" for d in range(3)]
    assert [b.name for b in container.walk_blobs(results_per_page=1)] == ["y=2025/", "zzz & <odd>"]


# Leases


def test_blob_leases_guard_writes(container):
    blob = container.upload_blob("leased", b"1")
    lease = blob.acquire_lease(lease_duration=15)
    properties = blob.get_blob_properties().lease
    assert (properties.state, properties.status, properties.duration) == ("leased", "locked", "fixed")
    with pytest.raises(HttpResponseError) as error:
        blob.upload_blob(b"2", overwrite=True)
    refused(error, "LeaseIdMissing")
    with pytest.raises(HttpResponseError) as error:
        blob.upload_blob(b"2", overwrite=True, lease=str(uuid.uuid4()))
    refused(error, "LeaseIdMismatchWithBlobOperation")
    with pytest.raises(HttpResponseError) as error:
        blob.acquire_lease()
    refused(error, "LeaseAlreadyPresent")
    blob.upload_blob(b"2", overwrite=True, lease=lease)
    lease.renew()
    lease.change(str(uuid.uuid4()))
    blob.set_blob_metadata({"a": "b"}, lease=lease)
    id = lease.id
    lease.release()
    with pytest.raises(HttpResponseError) as error:
        blob.delete_blob(lease=id)
    refused(error, "LeaseNotPresentWithBlobOperation")
    blob.delete_blob()


def test_leases_break(container):
    blob = container.upload_blob("broken", b"1")
    lease = blob.acquire_lease(lease_duration=-1)
    assert lease.break_lease(lease_break_period=0) == 0
    assert blob.get_blob_properties().lease.state == "broken"
    with pytest.raises(HttpResponseError) as error:
        lease.renew()
    refused(error, "LeaseIsBrokenAndCannotBeRenewed")
    blob.acquire_lease(lease_duration=60)


def test_container_leases_guard_deletion(container):
    lease = container.acquire_lease(lease_duration=60)
    with pytest.raises(HttpResponseError) as error:
        container.delete_container()
    refused(error, "LeaseIdMissing")
    container.upload_blob("still-writable", b"")
    lease.renew()
    container.delete_container(lease=lease)


# Authentication


def test_a_wrong_key_gets_403(emulator):
    wrong = base64.b64encode(b"wrong" * 10).decode()
    service = BlobServiceClient(
        emulator.blob_url, credential={"account_name": emulator.account, "account_key": wrong}, retry_total=0)
    with pytest.raises(ClientAuthenticationError) as error:
        list(service.list_containers())
    assert error.value.status_code == 403
    refused(error, "AuthenticationFailed")


def test_anonymous_requests_are_refused(emulator, container):
    with pytest.raises(HttpResponseError) as error:
        ContainerClient.from_container_url(container.url, retry_total=0).get_container_properties()
    refused(error, "PublicAccessNotPermitted")
    with pytest.raises(ClientAuthenticationError) as error:
        ContainerClient.from_container_url(container.url, retry_total=0).delete_container()
    assert error.value.status_code == 401


def test_account_sas(emulator, container):
    def service(permission, types="sco", expiry=None, key=None):
        token = generate_account_sas(
            emulator.account, key or emulator.key, ResourceTypes.from_string(types),
            AccountSasPermissions.from_string(permission), expiry or soon())
        return BlobServiceClient(emulator.blob_url, credential=token, retry_total=0)

    name = container.container_name
    full = service("rwdlac")
    full.get_blob_client(name, "a").upload_blob(b"x")
    assert [b.name for b in full.get_container_client(name).list_blobs()] == ["a"]
    assert name in [c.name for c in full.list_containers()]
    assert full.get_blob_client(name, "a").download_blob().readall() == b"x"
    for client, code in [
        (service("l"), "AuthorizationPermissionMismatch"),
        (service("r", types="s"), "AuthorizationResourceTypeMismatch"),
        (service("r", expiry=soon(-5)), "AuthenticationFailed"),
        (service("r", key=base64.b64encode(b"wrong" * 10).decode()), "AuthenticationFailed"),
    ]:
        with pytest.raises(HttpResponseError) as error:
            client.get_blob_client(name, "a").download_blob()
        assert error.value.status_code == 403
        refused(error, code)


def test_container_and_blob_sas(emulator, container):
    name = container.container_name
    container.upload_blob("a/b c", b"x")
    container.upload_blob("other", b"y")
    token = generate_container_sas(
        emulator.account, name, emulator.key, permission=ContainerSasPermissions(read=True, list=True, create=True),
        expiry=soon(), start=soon(-5))
    scoped = ContainerClient(emulator.blob_url, name, credential=token, retry_total=0)
    assert [b.name for b in scoped.list_blobs()] == ["a/b c", "other"]
    scoped.upload_blob("made", b"z")
    with pytest.raises(HttpResponseError) as error:
        scoped.delete_blob("made")
    refused(error, "AuthorizationPermissionMismatch")
    token = generate_blob_sas(
        emulator.account, name, "a/b c", account_key=emulator.key, permission=BlobSasPermissions(read=True),
        expiry=soon(), content_type="text/plain")
    assert BlobClient(emulator.blob_url, name, "a/b c", credential=token).download_blob().readall() == b"x"
    with pytest.raises(HttpResponseError) as error:
        BlobClient(emulator.blob_url, name, "other", credential=token, retry_total=0).download_blob()
    refused(error, "AuthenticationFailed")


def test_bearer_tokens_over_tls(emulator, container):
    service = BlobServiceClient(emulator.tls_blob_url, credential=emulator.credential(), retry_total=0)
    blob = service.get_blob_client(container.container_name, "bearer")
    blob.upload_blob(b"x" * 300_000)
    assert blob.download_blob().readall() == b"x" * 300_000


def test_account_information_and_service_properties(emulator):
    service = emulator.storage()
    assert service.get_account_information()["account_kind"] == "StorageV2"
    assert service.get_service_properties()["delete_retention_policy"].enabled is False


def test_what_is_not_emulated_says_so(container):
    blob = container.get_blob_client("page")
    with pytest.raises(HttpResponseError) as error:
        blob.create_page_blob(512)
    assert error.value.status_code == 501
    with pytest.raises(HttpResponseError) as error:
        blob.upload_blob(b"x", tags={"a": "b"})
    assert error.value.status_code == 501
