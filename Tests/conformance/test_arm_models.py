"""The check of requests against the management SDKs' models finds what it is for."""

import arm_models
import pytest

ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
ROLE = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/r"


def problems(method, path, body=None, query=None):
    request = {"method": method, "path": path, "query": query or {"api-version": "2023-05-01"}}
    return arm_models.problems(request if body is None else request | {"body": body})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", ACCOUNT, None),
        ("PATCH", ACCOUNT, {"tags": {"a": "b"}, "properties": {
            "minimumTlsVersion": "TLS1_2", "allowSharedKeyAccess": False, "networkAcls": {
                "defaultAction": "Deny", "bypass": "Logging, Metrics",
                "ipRules": [{"value": "203.0.113.10", "action": "Allow"}],
                "virtualNetworkRules": [{"id": f"{NETWORK}/virtualNetworks/v/subnets/s"}]}}}),
        ("PUT", f"{ACCOUNT}/blobServices/default/containers/c", {"properties": {"publicAccess": "None"}}),
        ("PUT", f"{ACCOUNT}/blobServices/default/containers/c/immutabilityPolicies/default",
         {"properties": {"immutabilityPeriodSinceCreationInDays": 9, "allowProtectedAppendWrites": True}}),
        ("POST", f"{ACCOUNT}/blobServices/default/containers/c/immutabilityPolicies/default/lock", None),
        ("PUT", f"{ACCOUNT}/managementPolicies/default", {"properties": {"policy": {"rules": [{
            "name": "r", "enabled": True, "type": "Lifecycle", "definition": {
                "filters": {"blobTypes": ["blockBlob"], "prefixMatch": ["c/"]},
                "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 730}}}}}]}}}),
        ("PUT", f"{NETWORK}/virtualNetworks/v", {"location": "westeurope", "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "s", "properties": {"addressPrefix": "10.0.0.0/24"}}]}}),
        ("PUT", ROLE, {"properties": {
            "roleDefinitionId": "d", "principalId": "p", "principalType": "ServicePrincipal"}}),
    ],
)
def test_what_the_service_takes_passes(method, path, body):
    assert problems(method, path, body) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "problem"),
    [
        ("PATCH", ACCOUNT, {"properties": {"minTls": "1.2"}}, "minTls is not known"),
        ("PATCH", ACCOUNT, {"properties": {"minimumTlsVersion": "1.2"}}, "minimumTlsVersion is '1.2'"),
        ("PATCH", ACCOUNT, {"properties": {"allowSharedKeyAccess": "false"}}, "is no bool"),
        ("PATCH", ACCOUNT, {"properties": {"provisioningState": "Succeeded"}}, "provisioningState"),
        ("PATCH", ACCOUNT, {"properties": {"networkAcls": {"ipRules": [{"value": 1}]}}}, "ipRules[0].value is no str"),
        ("PATCH", ACCOUNT, {"properties": {"networkAcls": {"bypass": "All"}}}, "bypass is 'All'"),
        ("PUT", f"{ACCOUNT}/blobServices/default/containers/c", {"properties": {"hasLegalHold": True}}, "service's"),
        ("PUT", f"{NETWORK}/virtualNetworks/v/subnets/s", {"properties": {"prefix": "10.0.0.0/24"}}, "is not known"),
        ("PUT", ROLE, {"properties": {"principalId": "p"}}, "roleDefinitionId is missing"),
        ("PUT", f"{ACCOUNT}/fileServices/default", {}, "no model"),
        ("GET", ACCOUNT, {"a": 1}, "a body where none belongs"),
    ],
)
def test_what_the_service_does_not_know_is_found(method, path, body, problem):
    found = problems(method, path, body)
    assert len(found) == 1 and problem in found[0]


def test_a_version_is_asked_for():
    assert problems("GET", ACCOUNT, query={"a": "b"}) == ["no api-version"]
