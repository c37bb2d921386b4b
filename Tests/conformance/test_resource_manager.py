"""Microsoft's management clients over TLS."""

import http.client
import ssl
import uuid

import pytest
import requests
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobServiceClient
from emulator import Emulator

GROUP = "emulator"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
PRINCIPAL = "55555555-5555-4555-8555-555555555555"


@pytest.fixture(scope="module")
def azure(emulator):
    """An emulator of its own: what is done to an account stays there."""
    tables = ["--table-plan", "Basic_CL=basic", "--table-retention", "Heartbeat=30d"]
    running = Emulator("--generate", "Heartbeat=5", *tables)
    running.trust()
    yield running
    assert running.stop() == 0
    emulator.trust()


@pytest.fixture
def storage(azure):
    client = azure.management(StorageManagementClient)
    yield client
    azure.caller()
    client.storage_accounts.update(
        GROUP,
        azure.account,
        {
            "properties": {
                "allowBlobPublicAccess": False,
                "allowSharedKeyAccess": True,
                "minimumTlsVersion": "TLS1_0",
                "supportsHttpsTrafficOnly": False,
                "publicNetworkAccess": "Enabled",
                "networkAcls": {"defaultAction": "Allow"},
            }
        },
    )


@pytest.fixture
def network(azure):
    return azure.management(NetworkManagementClient)


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


def code(raised):
    return raised.value.error.code if raised.value.error else raised.value.error_code


def close(storage, azure, **properties):
    return storage.storage_accounts.update(GROUP, azure.account, {"properties": properties})


def test_an_account_shows_how_open_it_is(azure, storage):
    account = storage.storage_accounts.get_properties(GROUP, azure.account)
    assert account.id == azure.ready["storage_resource"]
    assert account.allow_shared_key_access and not account.allow_blob_public_access
    assert not account.enable_https_traffic_only and account.minimum_tls_version == "TLS1_0"
    assert account.network_rule_set.default_action == "Allow" and account.primary_endpoints.blob.endswith("/")
    assert [found.name for found in storage.storage_accounts.list_by_resource_group(GROUP)] == [azure.account]
    assert storage.storage_accounts.list_keys(GROUP, azure.account).keys_property[0].value == azure.key


def test_what_an_update_does_not_say_stays_and_rules_are_replaced_whole(azure, storage):
    rules = {"defaultAction": "Allow", "ipRules": [{"value": "203.0.113.10"}, {"value": "203.0.112.0/24"}]}
    close(storage, azure, minimumTlsVersion="TLS1_2", networkAcls=rules)
    account = close(storage, azure, networkAcls={"defaultAction": "Allow", "bypass": "Logging, Metrics"})
    assert account.minimum_tls_version == "TLS1_2" and account.network_rule_set.ip_rules == []
    assert account.network_rule_set.bypass == "Logging, Metrics"


@pytest.mark.parametrize("value", ["10.0.0.4", "192.168.1.0/24", "203.0.113.10/31", "203.0.113.10/32", "nowhere"])
def test_addresses_that_the_service_refuses_are_refused(azure, storage, value):
    with pytest.raises(HttpResponseError) as raised:
        close(storage, azure, networkAcls={"defaultAction": "Deny", "ipRules": [{"value": value}]})
    assert raised.value.status_code == 400 and code(raised) == "InvalidValuesForRequestParameters"


def test_a_subnet_needs_the_service_endpoint(azure, storage, network, name):
    space = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
    network.virtual_networks.begin_create_or_update(GROUP, name, space).result()
    bare = {"properties": {"addressPrefix": "10.0.1.0/24"}}
    subnet = network.subnets.begin_create_or_update(GROUP, name, "job", bare).result()
    rules = {"defaultAction": "Deny", "virtualNetworkRules": [{"id": subnet.id}]}
    with pytest.raises(HttpResponseError, match="SubnetsHaveNoServiceEndpointsConfigured") as raised:
        close(storage, azure, networkAcls=rules)
    assert code(raised) == "NetworkAclsValidationFailure"

    bare["properties"]["serviceEndpoints"] = [{"service": "Microsoft.Storage"}]
    network.subnets.begin_create_or_update(GROUP, name, "job", bare).result()
    account = close(storage, azure, networkAcls=rules)
    assert account.network_rule_set.virtual_network_rules[0].state == "Succeeded"
    with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
        list(azure.storage().list_containers())
    azure.caller(subnet.id)
    list(azure.storage().list_containers())


def test_a_closed_account_refuses_as_the_service_does(azure, storage, name):
    close(storage, azure, allowBlobPublicAccess=True)
    blobs = azure.storage()
    blobs.create_container(name, public_access="blob").upload_blob("b", b"all may read")
    path = f"/{azure.account}/{name}/b"
    assert requests.get(f"{azure.url}{path}", timeout=60).text == "all may read"

    close(storage, azure, allowBlobPublicAccess=False)
    assert "PublicAccessNotPermitted" in requests.get(f"{azure.url}{path}", timeout=60).text
    close(storage, azure, supportsHttpsTrafficOnly=True)
    with pytest.raises(HttpResponseError, match="AccountRequiresHttps"):
        blobs.get_account_information()
    close(storage, azure, allowSharedKeyAccess=False)
    secure = BlobServiceClient(azure.tls_blob_url, {"account_name": azure.account, "account_key": azure.key})
    with pytest.raises(HttpResponseError, match="KeyBasedAuthenticationNotPermitted"):
        secure.get_account_information()
    signed_in = BlobServiceClient(azure.tls_blob_url, azure.credential(), audience="https://storage.azure.com")
    assert signed_in.get_blob_client(name, "b").download_blob().readall() == b"all may read"
    close(storage, azure, networkAcls={"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.10"}]})
    with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
        signed_in.get_account_information()
    azure.caller("203.0.113.10")
    signed_in.get_account_information()
    close(storage, azure, publicNetworkAccess="Disabled")
    with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
        signed_in.get_account_information()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("lowest", "spoken", "is_refused"), [
    ("TLS1_2", "TLSv1_1", True), ("TLS1_2", "TLSv1_2", False), ("TLS1_3", "TLSv1_2", True), ("TLS1_0", "TLSv1", False)])
def test_old_versions_of_tls_are_refused(azure, storage, lowest, spoken, is_refused):
    close(storage, azure, minimumTlsVersion=lowest)
    context = ssl.create_default_context(cafile=azure.ca_file)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[spoken]
    connection = http.client.HTTPSConnection(azure.tls_url.removeprefix("https://"), context=context, timeout=60)
    connection.request("GET", f"/{azure.account}/?comp=list", headers={"x-ms-version": "2023-11-03"})
    code = connection.getresponse().getheader("x-ms-error-code")
    connection.close()
    assert code == ("TlsVersionNotPermitted" if is_refused else "NoAuthenticationInformation")


def test_blob_service_properties_keep_what_is_not_said(azure, storage):
    week = {"properties": {"deleteRetentionPolicy": {"enabled": True, "days": 7}}}
    storage.blob_services.set_service_properties(GROUP, azure.account, week)
    versions = {"properties": {"isVersioningEnabled": True}}
    storage.blob_services.set_service_properties(GROUP, azure.account, versions)
    found = storage.blob_services.get_service_properties(GROUP, azure.account)
    assert found.delete_retention_policy.days == 7 and found.is_versioning_enabled
    with pytest.raises(HttpResponseError) as raised:
        wrong = {"properties": {"deleteRetentionPolicy": {"enabled": True, "days": 366}}}
        storage.blob_services.set_service_properties(GROUP, azure.account, wrong)
    assert raised.value.status_code == 400


def test_both_sides_see_the_same_containers(azure, storage, name):
    made = storage.blob_containers.create(GROUP, azure.account, name, {"properties": {"metadata": {"a": "1"}}})
    assert made.public_access == "None" and not made.has_immutability_policy and made.lease_state == "Available"
    assert azure.storage().get_container_client(name).get_container_properties().metadata == {"a": "1"}
    close(storage, azure, allowBlobPublicAccess=True)
    storage.blob_containers.update(GROUP, azure.account, name, {"properties": {"publicAccess": "Blob"}})
    found = storage.blob_containers.get(GROUP, azure.account, name)
    assert found.public_access == "Blob" and found.metadata == {"a": "1"}
    assert name in [found.name for found in storage.blob_containers.list(GROUP, azure.account)]
    storage.blob_containers.delete(GROUP, azure.account, name)
    with pytest.raises(ResourceNotFoundError):
        storage.blob_containers.get(GROUP, azure.account, name)
    assert not azure.storage().get_container_client(name).exists()


def policy(days, **flags):
    return {"properties": {"immutabilityPeriodSinceCreationInDays": days, **flags}}


def test_an_immutability_policy_holds_blobs_until_their_days_are_over(azure, storage, name):
    container = azure.storage().create_container(name)
    container.upload_blob("b", b"1")
    container.get_blob_client("log").create_append_blob()
    containers = storage.blob_containers
    absent = containers.get_immutability_policy(GROUP, azure.account, name)
    assert absent.immutability_period_since_creation_in_days == 0
    containers.create_or_update_immutability_policy(
        GROUP, azure.account, name, parameters=policy(365, allowProtectedAppendWrites=True))
    assert containers.get(GROUP, azure.account, name).has_immutability_policy
    blob = container.get_blob_client("b")
    assert container.get_container_properties().has_immutability_policy
    for change in (
        lambda: blob.upload_blob(b"2", overwrite=True),
        lambda: blob.set_blob_metadata({"a": "1"}),
        blob.delete_blob,
    ):
        with pytest.raises(ResourceExistsError) as raised:
            change()
        assert raised.value.error_code == "BlobImmutableDueToPolicy"
    container.get_blob_client("log").append_block(b"row")
    container.upload_blob("new", b"taken")
    with pytest.raises(HttpResponseError, match="ImmutabilityPolicy"):
        container.delete_container()
    azure.advance_policies(366)
    with pytest.raises(ResourceExistsError):
        blob.upload_blob(b"2", overwrite=True)
    blob.delete_blob()


def test_a_locked_policy_is_only_extended_and_five_times(azure, storage, name):
    azure.storage().create_container(name)
    containers = storage.blob_containers
    place = (GROUP, azure.account, name)
    when = {"match_condition": MatchConditions.IfNotModified}
    first = containers.create_or_update_immutability_policy(*place, parameters=policy(7))
    second = containers.create_or_update_immutability_policy(*place, parameters=policy(2), etag=first.etag, **when)
    with pytest.raises(ResourceModifiedError):
        containers.lock_immutability_policy(*place, etag=first.etag, **when)
    locked = containers.lock_immutability_policy(*place, etag=second.etag, **when)
    assert locked.state == "Locked"
    for refused in (
        lambda: containers.create_or_update_immutability_policy(*place, parameters=policy(9)),
        lambda: containers.delete_immutability_policy(*place, etag=locked.etag, **when),
        lambda: containers.extend_immutability_policy(*place, parameters=policy(1), etag=locked.etag, **when),
    ):
        with pytest.raises(HttpResponseError) as raised:
            refused()
        assert raised.value.status_code == 409
    latest = locked
    for days in range(3, 8):
        latest = containers.extend_immutability_policy(*place, parameters=policy(days), etag=latest.etag, **when)
    assert latest.immutability_period_since_creation_in_days == 7
    with pytest.raises(HttpResponseError, match="five times"):
        containers.extend_immutability_policy(*place, parameters=policy(8), etag=latest.etag, **when)


def rule(name="export", prefix="logs/", types=("blockBlob",), **actions):
    actions = actions or {"delete": {"daysAfterModificationGreaterThan": 730}}
    return {
        "name": name,
        "enabled": True,
        "type": "Lifecycle",
        "definition": {
            "filters": {"blobTypes": list(types), "prefixMatch": [prefix]},
            "actions": {"baseBlob": actions},
        },
    }


def test_a_management_policy_is_kept_whole(azure, storage):
    policies = storage.management_policies
    with pytest.raises(ResourceNotFoundError) as raised:
        policies.get(GROUP, azure.account, "default")
    assert code(raised) == "ManagementPolicyNotFound"
    cool = rule("cool", tierToCool={"daysAfterModificationGreaterThan": 30})
    written = {"properties": {"policy": {"rules": [rule(), cool]}}}
    policies.create_or_update(GROUP, azure.account, "default", written)
    found = policies.get(GROUP, azure.account, "default").policy.rules
    assert [one.name for one in found] == ["export", "cool"]
    assert found[1].definition.actions.base_blob.tier_to_cool.days_after_modification_greater_than == 30
    policies.delete(GROUP, azure.account, "default")


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule(), rule()],
        [rule(prefix="Upper/")],
        [rule(types=())],
        [rule(types=("appendBlob",), tierToCool={"daysAfterModificationGreaterThan": 30})],
        [rule(delete={})],
        [rule(str(number)) for number in range(101)],
    ],
)
def test_lifecycle_rules_that_the_service_refuses_are_refused(azure, storage, rules):
    with pytest.raises(HttpResponseError) as raised:
        written = {"properties": {"policy": {"rules": rules}}}
        storage.management_policies.create_or_update(GROUP, azure.account, "default", written)
    assert raised.value.status_code == 400


def test_networks_and_groups_are_made_changed_and_deleted(azure, network, name):
    security = {
        "name": "https", "properties": {
            "priority": 100, "direction": "Outbound", "access": "Allow", "protocol": "Tcp",
            "sourceAddressPrefix": "*", "sourcePortRange": "*",
            "destinationAddressPrefix": "Storage", "destinationPortRange": "443"}}
    made = {"location": "westeurope", "properties": {"securityRules": [security]}}
    group = network.network_security_groups.begin_create_or_update(GROUP, name, made).result()
    assert [one.name for one in group.security_rules] == ["https"] and len(group.default_security_rules) == 6
    with pytest.raises(HttpResponseError) as raised:
        network.security_rules.begin_create_or_update(GROUP, name, "again", {"properties": security["properties"]})
    assert code(raised) == "SecurityRuleConflict"

    subnet = {"name": "job", "properties": {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": group.id}}}
    body = {"location": "westeurope", "properties": {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [subnet]}}
    before = network.virtual_networks.begin_create_or_update(GROUP, name, body).result()
    assert before.provisioning_state == "Succeeded" and before.subnets[0].network_security_group.id == group.id
    tagged = network.virtual_networks.update_tags(GROUP, name, {"tags": {"owner": "soc"}})
    assert tagged.tags == {"owner": "soc"} and tagged.etag != before.etag
    with pytest.raises(HttpResponseError) as raised:
        network.network_security_groups.begin_delete(GROUP, name)
    assert code(raised) == "InUseNetworkSecurityGroupCannotBeDeleted"

    for prefix, expected in [
        ("10.0.1.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.1.0.0/24", "NetcfgSubnetRangeOutsideVnet"),
        ("10.0.2.1/24", "InvalidCIDRNotation"),
    ]:
        with pytest.raises(HttpResponseError) as raised:
            network.subnets.begin_create_or_update(GROUP, name, "bad", {"properties": {"addressPrefix": prefix}})
        assert code(raised) == expected
    assert [one.name for one in network.subnets.list(GROUP, name)] == ["job"]
    network.virtual_networks.begin_delete(GROUP, name).result()
    network.network_security_groups.begin_delete(GROUP, name).result()
    with pytest.raises(ResourceNotFoundError):
        network.subnets.get(GROUP, name, "job")


def test_roles_are_assigned_at_a_scope_and_inherited(azure):
    client = azure.management(AuthorizationManagementClient)
    scope = azure.ready["storage_resource"]
    role = next(client.role_definitions.list(scope, filter="roleName eq 'Storage Blob Data Contributor'"))
    assert role.name == CONTRIBUTOR
    wanted = {"properties": {
        "roleDefinitionId": role.id, "principalId": PRINCIPAL, "principalType": "ServicePrincipal"}}
    name = str(uuid.uuid4())
    made = client.role_assignments.create(scope, name, wanted)
    assert made.scope == scope and made.principal_id == PRINCIPAL
    with pytest.raises(ResourceExistsError) as raised:
        client.role_assignments.create(scope, str(uuid.uuid4()), wanted)
    assert code(raised) == "RoleAssignmentExists"

    def names(scope, filter=None):
        return [found.name for found in client.role_assignments.list_for_scope(scope, filter=filter)]

    below = f"{scope}/blobServices/default/containers/logs"
    above = f"/subscriptions/{azure.ready['subscription']}"
    assert names(scope, f"principalId eq '{PRINCIPAL}'") == names(below, "atScope()") == names(above) == [name]
    assert names(above, "atScope()") == names(scope, f"assignedTo('{uuid.uuid4()}')") == []
    client.role_assignments.delete(scope, name)
    assert names(scope) == []


def test_workspaces_and_tables_say_how_long_rows_can_be_queried(azure):
    client = azure.management(LogAnalyticsManagementClient)
    workspace = client.workspaces.get(GROUP, "emulator")
    assert workspace.id == azure.ready["workspace_resource"] and workspace.customer_id == azure.workspace
    azure.ingest("Basic_CL", [{"TimeGenerated": "2024-01-01T00:00:00Z", "Cost": 1, "Flag": True}])
    tables = {table.name: table for table in client.tables.list_by_workspace(GROUP, "emulator")}
    assert tables.keys() == {"Heartbeat", "Basic_CL", "Usage"}
    heartbeat, basic = tables["Heartbeat"], tables["Basic_CL"]
    assert heartbeat.plan == "Analytics" and heartbeat.retention_in_days == heartbeat.total_retention_in_days == 30
    assert basic.plan == "Basic" and basic.retention_in_days == 30
    types = {column.name: column.type for column in basic.schema.columns}
    assert types["TimeGenerated"] == "datetime" and types["Cost"] == "long" and types["Flag"] == "boolean"
    assert "Computer" in [column.name for column in heartbeat.schema.standard_columns]

    kept = {"properties": {"retentionInDays": 90, "totalRetentionInDays": 365}}
    longer = client.tables.begin_update(GROUP, "emulator", "Heartbeat", kept).result()
    assert longer.archive_retention_in_days == 275
    with pytest.raises(ResourceNotFoundError):
        client.tables.get(GROUP, "emulator", "Nothing_CL")


def test_a_hand_at_the_portal_changes_what_the_clients_see(azure, storage):
    azure.resource("PATCH", azure.ready["storage_resource"], {"tags": {"owner": "soc"}})
    assert storage.storage_accounts.get_properties(GROUP, azure.account).tags == {"owner": "soc"}
    last = azure.resource_requests()[-2]
    assert last["method"] == "PATCH" and last["body"] == {"tags": {"owner": "soc"}}


def test_tokens_versions_and_names_are_checked(azure):
    def get(path, scope="https://management.azure.com/.default"):
        headers = {"Authorization": f"Bearer {azure.credential().get_token(scope).token}"}
        return requests.get(azure.url + path, headers=headers, timeout=60)

    place = azure.ready["storage_resource"]
    answer = get(f"{place}?api-version=2023-05-01")
    assert answer.status_code == 200 and answer.headers["x-ms-request-id"]
    assert get(f"{place}?api-version=2023-05-01", "https://storage.azure.com/.default").status_code == 401
    assert get(place).json()["error"]["code"] == "MissingApiVersionParameter"
    assert get(f"{place}x?api-version=2023-05-01").json()["error"]["code"] == "ResourceNotFound"
    child = f"{place}x/blobServices/default?api-version=2023-05-01"
    assert get(child).json()["error"]["code"] == "ParentResourceNotFound"
    elsewhere = place.replace("resourceGroups/emulator", "resourceGroups/other")
    assert get(f"{elsewhere}?api-version=2023-05-01").json()["error"]["code"] == "ResourceGroupNotFound"


def test_changed_network_rules_act_after_a_while_where_they_are_told_to(emulator):
    running = Emulator("--rules-delay", "2")
    try:
        running.trust()
        client = running.management(StorageManagementClient)
        blobs = running.storage()

        def is_refused():
            try:
                list(blobs.list_containers())
            except HttpResponseError as error:
                assert error.status_code == 403 and error.error_code == "AuthorizationFailure"
                return True
            return False

        assert not is_refused()
        client.storage_accounts.update("emulator", running.account, {"properties": {"networkAcls": {
            "defaultAction": "Deny"}}})
        assert [is_refused() for _ in range(4)] == [False, False, True, True]
        client.storage_accounts.update("emulator", running.account, {"properties": {"networkAcls": {
            "defaultAction": "Allow"}}})
        assert [is_refused() for _ in range(3)] == [True, True, False]
    finally:
        assert running.stop() == 0
        emulator.trust()


def test_a_grant_acts_after_a_while_where_roles_are_enforced(emulator):
    running = Emulator("--enforce-roles", "--grant-delay", "1")
    try:
        running.trust()
        client = running.management(AuthorizationManagementClient)
        scope = running.ready["storage_resource"]
        blobs = BlobServiceClient(running.tls_blob_url, running.credential(), audience="https://storage.azure.com")
        role = f"/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
        principal = running.ready["object_id"]

        def is_refused():
            try:
                list(blobs.list_containers())
            except HttpResponseError as error:
                assert error.status_code == 403 and error.error_code == "AuthorizationPermissionMismatch"
                return True
            return False

        assert is_refused()
        wanted = {"properties": {"roleDefinitionId": role, "principalId": principal}}
        client.role_assignments.create(scope, str(uuid.uuid4()), wanted)
        assert [is_refused() for _ in range(3)] == [True, False, False]
    finally:
        assert running.stop() == 0
        emulator.trust()
