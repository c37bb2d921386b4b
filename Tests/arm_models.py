"""Checks requests to Resource Manager against Microsoft's own models of them.

The management SDKs are generated from the published description of the service, so their models say
which properties there are, of which type, and which of them are the service's to set. `check` takes what
the emulator recorded (`Emulator.resource_requests`) and fails for whatever those models do not know."""

import enum
import re
import types
import typing

from azure.mgmt.authorization.v2022_04_01 import models as authorization
from azure.mgmt.loganalytics import models as loganalytics
from azure.mgmt.network import models as network
from azure.mgmt.storage import models as storage

_ACCOUNT = r"Microsoft\.Storage/storageAccounts/[^/]+"
_CONTAINER = rf"{_ACCOUNT}/blobServices/default/containers/[^/]+"
_WORKSPACE = r"Microsoft\.OperationalInsights/workspaces/[^/]+"

# What the body of a request must be, by method and path behind the last `/providers/`.
_BODIES = [
    ("PATCH", _ACCOUNT, storage.StorageAccountUpdateParameters),
    ("PUT", _ACCOUNT, storage.StorageAccountCreateParameters),
    ("PUT", rf"{_ACCOUNT}/blobServices/default", storage.BlobServiceProperties),
    ("PUT|PATCH", _CONTAINER, storage.BlobContainer),
    ("PUT", rf"{_CONTAINER}/immutabilityPolicies/default", storage.ImmutabilityPolicy),
    ("POST", rf"{_CONTAINER}/immutabilityPolicies/default/extend", storage.ImmutabilityPolicy),
    ("PUT", rf"{_ACCOUNT}/managementPolicies/default", storage.ManagementPolicy),
    ("PUT", r"Microsoft\.Network/virtualNetworks/[^/]+", network.VirtualNetwork),
    ("PUT", r"Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+", network.Subnet),
    ("PUT", r"Microsoft\.Network/networkSecurityGroups/[^/]+", network.NetworkSecurityGroup),
    ("PUT", r"Microsoft\.Network/networkSecurityGroups/[^/]+/securityRules/[^/]+", network.SecurityRule),
    ("PATCH", r"Microsoft\.Network/(virtualNetworks|networkSecurityGroups)/[^/]+", network.TagsObject),
    ("PUT", r"Microsoft\.Authorization/roleAssignments/[^/]+", authorization.RoleAssignmentCreateParameters),
    ("PUT|PATCH", rf"{_WORKSPACE}/tables/[^/]+", loganalytics.Table),
    ("PUT", _WORKSPACE, loganalytics.Workspace),
    ("PATCH", _WORKSPACE, loganalytics.WorkspacePatch),
]
# Requests whose body, if they have one, says nothing.
_WITHOUT = re.compile(r".*/(lock|listKeys)", re.IGNORECASE)


def check(requests):
    """Fails for the first request that a model does not know; returns how many had a body."""
    bodies = 0
    for request in requests:
        found = problems(request)
        assert not found, f"{request['method']} {request['path']}: {'; '.join(found)}"
        bodies += "body" in request
    return bodies


def problems(request):
    """What is wrong with one recorded request, in words."""
    found = [] if "api-version" in request["query"] else ["no api-version"]
    rest = request["path"].rsplit("/providers/", 1)[-1]
    if request["method"] in ("GET", "DELETE", "HEAD") or request["method"] == "POST" and _WITHOUT.fullmatch(rest):
        return found + (["a body where none belongs"] if request.get("body") else [])
    for methods, pattern, model in _BODIES:
        if request["method"] in methods.split("|") and re.fullmatch(pattern, rest, re.IGNORECASE):
            return found + _model(model, request.get("body"), "body")
    return [*found, "no model says what the body must be"]


def _model(model, value, place):
    if not isinstance(value, dict):
        return [f"{place} is no object"]
    if hasattr(model, "_attribute_map"):
        return _flattened(model, value, place)
    model({})  # The fields of a model are made with its first instance.
    fields = {field._rest_name: (name, field) for name, field in model._attr_to_rest_field.items()}
    hints = _hints(model)
    found = []
    for key, inner in value.items():
        inside = f"{place}.{key}"
        if key not in fields:
            found.append(f"{inside} is not known to {model.__name__}")
            continue
        name, field = fields[key]
        # A read-only `name` says which part of a whole a subresource is.
        if field._visibility == ["read"] and key not in ("name", "id"):
            found.append(f"{inside} is the service's to set")
        found += _value(hints[name], inner, inside)
    return found


def _hints(model):
    module = __import__(model.__module__, fromlist=["_"])
    package = __import__(model.__module__.rsplit(".", 1)[0], fromlist=["_"])
    return typing.get_type_hints(model, {**vars(module), "_models": package})


def _value(hint, value, place):
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        choices = [one for one in typing.get_args(hint) if one is not type(None)]
        enums = [one for one in choices if isinstance(one, type) and issubclass(one, enum.Enum)]
        # `Union[str, Enum]` is how an open enumeration is written; only what it names is taken here.
        for choice in enums or choices[:1]:
            return _value(choice, value, place)
    if origin is typing.Literal:
        return [] if value in typing.get_args(hint) else [f"{place} is {value!r}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place} is no list"]
        inner = typing.get_args(hint)[0]
        return [text for index, one in enumerate(value) for text in _value(inner, one, f"{place}[{index}]")]
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{place} is no object"]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        # Bypass is one string of several names.
        names = {member.value.lower() for member in hint}
        parts = str(value).split(",") if hint is storage.Bypass else [str(value)]
        return [f"{place} is {part!r}" for part in parts if part.strip().lower() not in names]
    if hasattr(hint, "_is_model") or hasattr(hint, "_attr_to_rest_field") or hasattr(hint, "__flattened_items"):
        return _model(hint, value, place)
    if isinstance(hint, type) and issubclass(hint, dict | typing.MutableMapping):
        return _model(hint, value, place)
    if hint is bool or hint is str:
        return [] if isinstance(value, hint) else [f"{place} is no {hint.__name__}"]
    if hint in (int, float):
        fits = isinstance(value, (int, float) if hint is float else int) and not isinstance(value, bool)
        return [] if fits else [f"{place} is no {hint.__name__}"]
    return []


def _flattened(model, value, place):
    """Older models name the whole way to a property."""
    known = {entry["key"]: name for name, entry in model._attribute_map.items()}
    rules = getattr(model, "_validation", {})
    given = {f"properties.{key}" for key in value.get("properties", {})} | {key for key in value if key != "properties"}
    found = [f"{place}.{key} is not known to {model.__name__}" for key in sorted(given - known.keys())]
    for key, name in known.items():
        rule = rules.get(name, {})
        if rule.get("readonly") and key in given:
            found.append(f"{place}.{key} is the service's to set")
        if rule.get("required") and key not in given:
            found.append(f"{place}.{key} is missing")
    return found
