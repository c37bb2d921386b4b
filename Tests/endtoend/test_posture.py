"""The resources around an archive: what a spec declares of them is made so, or nothing is written."""

import json
import shlex
import signal
import time

import arm_models
import pytest
from azure.mgmt.storage import StorageManagementClient
from emulator import Emulator
from terminal import Terminal

TABLE = "Guarded_CL"
START, END = "2025-01-01", "2025-01-01T03:00:00Z"
HOME = "203.0.113.10"
GROUP = "emulator"


@pytest.fixture
def emulator(monkeypatch):
    """One for each test, reached from the address that specs let in."""
    running = Emulator("--limits", "rate=100000", "--caller", HOME)
    trust(running, monkeypatch)
    running.ingest(TABLE, [
        {"TimeGenerated": f"2025-01-01T0{hour}:30:00Z", "Number": hour} for hour in range(3)])
    yield running
    assert running.stop() == 0


def trust(running, monkeypatch):
    """Makes clients of this process trust its certificate until the test's end."""
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, running.ca_file)


@pytest.fixture
def guarded(archive, emulator):
    """Makes archives whose spec declares the account's posture."""

    def make(network=None, retention=None, **sections):
        made = archive([TABLE], START, END, **sections)
        made.spec["destination"]["resource"] = emulator.ready["storage_resource"]
        made.spec["network"] = {
            "httpsOnly": False, "default": "deny", "bypass": ["AzureServices"], "allow": {"ips": [HOME]},
            "manage": "enforce", **(network or {})}
        if retention:
            made.spec["retention"] = retention
        return made

    return make


def account(emulator):
    return emulator.resource("GET", emulator.ready["storage_resource"])


def set_account(emulator, **properties):
    emulator.resource("PATCH", emulator.ready["storage_resource"], {"properties": properties})


def writes(emulator):
    """Requests that change something, of every service."""
    reading = {"Query", "Search", "Token", "ReadResource", "ListContainers", "ListBlobs", "GetBlob", "HeadBlob",
               "ContainerProperties", "Discovery"}
    return {name: count for name, count in emulator.counts()["requests"].items() if name not in reading}


def test_a_wide_open_account_is_closed_and_a_second_plan_is_empty(guarded, emulator):
    set_account(emulator, allowBlobPublicAccess=True, minimumTlsVersion="TLS1_0", allowSharedKeyAccess=True)
    made = guarded(retention={"deleteAfter": "730d", "coolAfter": "30d", "coldAfter": "90d", "archiveAfter": "180d",
                              "softDelete": "14d", "immutableFor": "365d"})
    shown = made.run("plan").out
    for property in ("network.anonymousAccess", "network.minTls", "network.default", "retention.softDelete",
                     "retention.immutableFor"):
        assert property in shown, shown
    made.apply()
    properties = account(emulator)["properties"]
    assert properties["allowBlobPublicAccess"] is False
    assert properties["minimumTlsVersion"] == "TLS1_2"
    rules = properties["networkAcls"]
    assert rules["defaultAction"] == "Deny" and [rule["value"] for rule in rules["ipRules"]] == [HOME]
    policy = emulator.resource("GET", emulator.ready["storage_resource"] + "/managementPolicies/default")
    (rule,) = policy["properties"]["policy"]["rules"]
    assert rule["definition"]["filters"] == {
        "blobTypes": ["blockBlob"], "prefixMatch": [f"{made.prefix}-guarded-cl/"]}
    assert rule["definition"]["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"] == 730
    container = f"{emulator.ready['storage_resource']}/blobServices/default/containers/{made.prefix}"
    assert emulator.resource("GET", f"{container}-manifest")["properties"]["immutabilityPolicy"]["properties"][
        "allowProtectedAppendWrites"] is True
    assert len(made.rows(TABLE)) == 3
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")
    arm_models.check(emulator.resource_requests())


def test_drift_by_hand_is_found_and_mended_and_what_others_own_stays(guarded, emulator):
    made = guarded(retention={"deleteAfter": "730d"})
    made.apply()
    hand = emulator.management(StorageManagementClient)
    name = emulator.account
    hand.storage_accounts.update(GROUP, name, {
        "tags": {"owner": "platform"},
        "properties": {"minimumTlsVersion": "TLS1_0", "networkAcls": {
            "defaultAction": "Allow", "bypass": "AzureServices, Metrics",
            "ipRules": [{"value": HOME, "action": "Allow"}, {"value": "198.51.100.7", "action": "Allow"}]}}})
    rules = hand.management_policies.get(GROUP, name, "default").policy.rules
    other = {"name": "others", "enabled": True, "type": "Lifecycle", "definition": {
        "filters": {"blobTypes": ["blockBlob"], "prefixMatch": ["others/"]},
        "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 7}}}}}
    ours = rules[0].as_dict()
    ours["definition"]["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"] = 900
    hand.management_policies.create_or_update(
        GROUP, name, "default", {"properties": {"policy": {"rules": [other, ours]}}})
    shown = made.run("plan").out
    assert "1.0 → 1.2" in shown and "allow → deny" in shown and "delete 900d" in shown, shown
    # 730 days are fewer than 900: blobs would go earlier.
    assert "--approve-widening" in made.apply(code=4).err
    made.apply("--approve-widening")
    now = account(emulator)
    assert now["tags"] == {"owner": "platform"}
    acls = now["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Deny"
    assert {rule["value"] for rule in acls["ipRules"]} == {HOME, "198.51.100.7"}
    rules = {rule.name: rule for rule in hand.management_policies.get(GROUP, name, "default").policy.rules}
    assert rules["others"].definition.actions.base_blob.delete.days_after_modification_greater_than == 7
    assert made.run("plan", "--detailed-exitcode").out.count("198.51.100.7") == 1


def test_parts_of_the_network_rules_that_no_spec_declares_survive_a_change(guarded, emulator):
    hub = emulator.ready["storage_resource"].split("/providers/")[0] + "/providers/Microsoft.Network/virtualNetworks/hub"
    emulator.resource("PUT", hub, {"location": "westeurope", "properties": {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}, "subnets": [{"name": "theirs", "properties": {
            "addressPrefix": "10.1.0.0/24", "serviceEndpoints": [{"service": "Microsoft.Storage"}]}}]}}, "2023-11-01")
    tenant = emulator.ready["tenant"]
    theirs = {
        "resourceAccessRules": [{"tenantId": tenant, "resourceId": f"{hub}/../factories/adf"}],
        "ipv6Rules": [{"value": "2001:db8::/32", "action": "Allow"}],
        "futureRules": {"deep": [1.5, None, {"a": True}]}}
    set_account(emulator, networkAcls={
        "defaultAction": "Allow", "bypass": "AzureServices", "ipRules": [],
        "virtualNetworkRules": [{"id": f"{hub}/subnets/theirs", "action": "Allow", "note": "theirs"}], **theirs})
    before = account(emulator)["properties"]["networkAcls"]

    def survived():
        now = account(emulator)["properties"]["networkAcls"]
        return {name: now.get(name) for name in theirs} == theirs and now["virtualNetworkRules"] == before[
            "virtualNetworkRules"]

    made = guarded()
    made.apply()
    assert account(emulator)["properties"]["networkAcls"]["defaultAction"] == "Deny"
    assert survived()
    shown = made.run("plan").out
    assert "also lets in 2001:db8::/32, resource /subscriptions/" in shown and "no spec can declare; kept" in shown


def test_a_posture_that_is_only_checked_refuses_with_4_and_nothing_is_written(guarded, emulator):
    made = guarded({"manage": "check"})
    before = writes(emulator)
    run = made.apply(code=4)
    assert "network.default is allow, the spec says deny" in run.err
    assert "manage: enforce" in run.err
    assert writes(emulator) == before
    assert made.containers() == []
    assert "!" in made.run("plan", "--detailed-exitcode", code=2).out


def test_immutability_that_is_only_checked_is_looked_at_once_the_containers_are_there(guarded, emulator):
    set_account(emulator, minimumTlsVersion="TLS1_2", networkAcls={
        "defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{"value": HOME}]})
    made = guarded({"manage": "check"}, retention={"immutableFor": "30d"})
    shown = made.run("plan").out
    assert "will be made by apply, which writes nothing there until they are immutable for 30 days" in shown
    run = made.apply(code=4)
    assert "retention.immutableFor is not set, the spec says 30d" in run.err and "Give them their policies" in run.err
    assert made.containers() == [f"{made.prefix}-guarded-cl", f"{made.prefix}-manifest"]
    assert made.manifest(TABLE) == [] and made.blobs(f"{made.prefix}-guarded-cl") == {}
    for name, appends in ((f"{made.prefix}-guarded-cl", False), (f"{made.prefix}-manifest", True)):
        place = f"{emulator.ready['storage_resource']}/blobServices/default/containers/{name}"
        emulator.resource("PUT", f"{place}/immutabilityPolicies/default", {"properties": {
            "immutabilityPeriodSinceCreationInDays": 30, "allowProtectedAppendWrites": appends}})
    made.apply()
    assert len(made.rows(TABLE)) == 3
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")


def test_widening_needs_a_word_of_its_own(guarded, emulator):
    made = guarded()
    made.apply()
    made.spec["network"]["allow"]["ips"].append("198.51.100.7")
    run = made.apply(code=4)
    assert "add --approve-widening" in run.err and "198.51.100.7" in run.err
    assert len(account(emulator)["properties"]["networkAcls"]["ipRules"]) == 1
    made.apply("--approve-widening")
    assert len(account(emulator)["properties"]["networkAcls"]["ipRules"]) == 2


def test_locking_needs_a_word_of_its_own_and_holds(guarded, emulator):
    made = guarded(retention={"immutableFor": "30d", "locked": True})
    assert "--approve-irreversible" in made.apply(code=4).err
    made.apply("--approve-irreversible")
    container = f"{emulator.ready['storage_resource']}/blobServices/default/containers/{made.prefix}-guarded-cl"
    assert emulator.resource("GET", container)["properties"]["immutabilityPolicy"]["properties"]["state"] == "Locked"
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")


def test_keys_are_not_shut_off_by_a_run_that_signs_with_one(guarded, emulator):
    made = guarded({"sharedKey": False})
    by_key = {"AZURE_STORAGE_KEY": emulator.key}
    assert "this run signs with AZURE_STORAGE_KEY" in made.run("plan", environment=by_key).out
    before = account(emulator)
    run = made.apply(code=4, environment=by_key)
    assert "use an identity of Microsoft Entra ID" in run.err
    assert account(emulator) == before
    made.apply()
    assert account(emulator)["properties"]["allowSharedKeyAccess"] is False
    # The tests' own client signs with the key.
    set_account(emulator, allowSharedKeyAccess=True)
    assert len(made.rows(TABLE)) == 3


@pytest.mark.parametrize("delay", [0, 4])
def test_rules_that_shut_the_job_out_are_put_back(archive, monkeypatch, delay):
    running = Emulator("--rules-delay", str(delay), "--caller", HOME)
    trust(running, monkeypatch)
    try:
        running.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
        theirs = {"resourceAccessRules": [{"tenantId": running.ready["tenant"], "resourceId": "/subscriptions/s/r"}],
                  "futureRules": [{"deep": None}]}
        set_account(running, minimumTlsVersion="TLS1_2", networkAcls={
            "defaultAction": "Allow", "bypass": "Metrics", "ipRules": [{"value": "198.51.100.9"}], **theirs})
        before = account(running)
        made = archive([TABLE], START, END, on=running)
        made.spec["destination"]["resource"] = running.ready["storage_resource"]
        made.spec["network"] = {
            "httpsOnly": False, "default": "deny", "allow": {"ips": ["198.51.100.7"]}, "manage": "enforce"}
        run = made.apply(code=1)
        assert "shut this job out" in run.err and "they were taken back" in run.err
        assert account(running) == before
        assert "CreateContainer" not in running.counts()["requests"]
    finally:
        assert running.stop() == 0


def test_what_the_rules_were_is_in_the_log_of_a_run_that_was_killed(guarded, emulator):
    set_account(emulator, minimumTlsVersion="TLS1_2", networkAcls={
        "defaultAction": "Allow", "bypass": "Metrics", "ipRules": [{"value": "198.51.100.9"}],
        "futureRules": [{"deep": "it's"}]})
    before = account(emulator)
    made = guarded({"allow": {"ips": ["198.51.100.7"]}})
    process = made.start("apply", "--auto-approve")
    while account(emulator)["properties"]["networkAcls"]["defaultAction"] != "Deny":
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    _, err = process.communicate(timeout=60)
    (line,) = [line for line in err.splitlines() if "put back by: " in line]
    words = shlex.split(line.split("put back by: ")[1])
    assert words[:4] == ["az", "rest", "--method", "patch"]
    options = dict(zip(words[4::2], words[5::2]))
    path, version = options["--url"].split("?api-version=")
    emulator.resource("PATCH", path, json.loads(options["--body"]), version)
    assert account(emulator) == before


@pytest.mark.parametrize("stop", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_rules_that_shut_the_job_out_are_put_back_when_it_is_stopped(guarded, emulator, stop):
    made = guarded({"allow": {"ips": ["198.51.100.7"]}})
    process = made.start("apply", "--auto-approve")
    while account(emulator)["properties"]["networkAcls"]["defaultAction"] != "Deny":
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(stop)
    process.communicate(timeout=60)
    assert process.returncode == 128 + stop
    acls = account(emulator)["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Allow" and acls["ipRules"] == []


def test_an_immutable_generation_that_is_replaced_ends_as_superseded(guarded, emulator):
    made = guarded(retention={"immutableFor": "365d"})
    made.apply()
    emulator.ingest(TABLE, [{"TimeGenerated": "2025-01-01T01:45:00Z", "Number": 9}])
    made.apply("--refresh")
    statuses = [row["status"] for row in made.manifest(TABLE)]
    assert "superseded" in statuses
    assert sorted(row["Number"] for row in made.rows(TABLE)) == [0, 1, 2, 9]
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")


def test_two_identities_share_the_work(guarded, emulator):
    made = guarded(retention={"immutableFor": "30d"})
    refused = made.apply("--only", "slices", code=4)
    assert f"apply -f {made.spec_file} --only resources" in refused.err
    queries = emulator.counts()["requests"].get("Query", 0)
    made.apply("--only", "resources")
    assert emulator.counts()["requests"].get("Query", 0) == queries
    changes = writes(emulator)["WriteResource"]
    made.apply("--only", "slices")
    assert writes(emulator)["WriteResource"] == changes
    assert len(made.rows(TABLE)) == 3
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")


def test_rules_that_shut_out_a_run_about_resources_alone_are_put_back_where_it_could_read_blobs(guarded, emulator):
    emulator.caller("198.51.100.99")
    made = guarded()
    run = made.apply("--only", "resources", code=1)
    assert "shut this job out" in run.err and "they were taken back" in run.err
    assert account(emulator)["properties"]["networkAcls"]["defaultAction"] == "Allow"


def test_rules_that_somebody_else_has_closed_since_are_not_opened_again(guarded, emulator):
    made = guarded({"allow": {"ips": ["198.51.100.7"]}})
    process = made.start("apply", "--auto-approve")
    while account(emulator)["properties"]["networkAcls"]["defaultAction"] != "Deny":
        assert process.poll() is None
        time.sleep(0.05)
    set_account(emulator, networkAcls={"defaultAction": "Deny", "bypass": "None", "ipRules": []})
    _, err = process.communicate(timeout=60)
    assert "were left, as somebody else has rewritten them since" in err, err
    assert process.returncode == 13
    acls = account(emulator)["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Deny" and acls["ipRules"] == []
    set_account(emulator, networkAcls={"defaultAction": "Allow"})


def test_a_run_that_is_stopped_while_the_rules_are_written_takes_them_back_once_they_are(guarded, emulator):
    set_account(emulator, minimumTlsVersion="TLS1_2", allowBlobPublicAccess=False)
    made = guarded({"allow": {"ips": ["198.51.100.7"]}})
    emulator.faults("stall:op=WriteResource,n=1,seconds=3")
    process = made.start("apply", "--auto-approve")
    for line in process.stderr:
        if "changing the network rules" in line:
            break
    while not emulator.counts()["faults"].get("stall"):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    acls = account(emulator)["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Allow" and acls["ipRules"] == []


def answered(made, hand, *arguments):
    """Lets a hand change something while the prompt waits, and says yes."""
    made.write_spec()
    terminal = Terminal("apply", "-f", made.spec_file, *arguments)
    terminal.read_until("Only 'yes' is taken for yes:")
    hand()
    terminal.write("yes\n")
    return terminal.wait(), terminal.text


@pytest.mark.parametrize("scope", [(), ("--only", "resources")])
def test_an_account_that_was_closed_while_the_prompt_waited_is_not_opened(guarded, emulator, scope):
    made = guarded({"default": "allow"})
    code, text = answered(made, lambda: set_account(emulator, networkAcls={
        "defaultAction": "Deny", "bypass": "AzureServices", "ipRules": []}), *scope)
    assert code == 13 and "was changed by somebody else meanwhile: network.allow.ips" in text, text
    acls = account(emulator)["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Deny" and acls["ipRules"] == []
    set_account(emulator, networkAcls={"defaultAction": "Allow"})


def test_what_was_made_stricter_while_the_prompt_waited_stays(guarded, emulator):
    made = guarded(retention={"softDelete": "20d", "immutableFor": "5d"})
    service = emulator.ready["storage_resource"] + "/blobServices/default"
    policy = f"{service}/containers/{made.prefix}-manifest"
    emulator.resource("PUT", policy, {"properties": {}})

    def tighten():
        emulator.resource("PUT", policy + "/immutabilityPolicies/default", {"properties": {
            "immutabilityPeriodSinceCreationInDays": 365, "allowProtectedAppendWritesAll": True}})

    code, text = answered(made, tighten)
    assert code == 0, text
    kept = emulator.resource("GET", policy)["properties"]["immutabilityPolicy"]["properties"]
    assert kept["immutabilityPeriodSinceCreationInDays"] == 365 and kept["allowProtectedAppendWritesAll"] is True

    made.spec["retention"]["softDelete"] = "30d"
    code, text = answered(made, lambda: emulator.resource("PUT", service, {"properties": {
        "deleteRetentionPolicy": {"enabled": True, "days": 90}}}))
    assert code == 13 and "retention.softDelete is 90d now and would become 30d" in text, text
    assert emulator.resource("GET", service)["properties"]["deleteRetentionPolicy"]["days"] == 90


def test_a_rule_of_a_group_that_somebody_turned_while_the_prompt_waited_stays(guarded, emulator):
    base = emulator.ready["storage_resource"].split("/providers/")[0] + "/providers/Microsoft.Network"
    group = f"{base}/networkSecurityGroups/jobs"
    rules = [{"name": "ssh", "priority": 300, "direction": "inbound", "access": "allow", "protocol": "tcp",
              "source": "203.0.113.0/24", "ports": [22]}]
    made = guarded({"virtualNetwork": {
        "resource": f"{base}/virtualNetworks/hub", "location": "westeurope", "addressSpace": ["10.20.0.0/16"],
        "securityGroup": {"resource": group, "rules": rules}}})
    made.apply("--approve-widening")
    rules.append({"name": "mine", "priority": 200, "direction": "outbound", "access": "allow", "protocol": "tcp",
                  "destination": "Storage", "ports": [443]})

    def turn():
        rule = emulator.resource("GET", f"{group}/securityRules/ssh", version="2023-11-01")["properties"]
        emulator.resource("PUT", f"{group}/securityRules/ssh", {"properties": {**rule, "access": "Deny"}}, "2023-11-01")

    code, text = answered(made, turn, "--approve-widening")
    assert code == 13 and "was changed by somebody else meanwhile" in text, text
    rule = emulator.resource("GET", f"{group}/securityRules/ssh", version="2023-11-01")["properties"]
    assert rule["access"] == "Deny"


def test_a_container_of_another_archive_is_given_nothing(guarded, emulator):
    first = guarded(retention={"immutableFor": "5d"})
    first.apply()
    second = guarded(retention={"immutableFor": "30d", "deleteAfter": "60d"})
    second.spec["destination"]["container"] = first.prefix + "-{table}"
    before = writes(emulator)
    run = second.apply("--only", "resources", code=4)
    assert "destination is archive " in run.err and "bound to another archive" in run.err, run.err
    assert writes(emulator) == before


def test_a_container_with_others_blobs_is_warned_of(guarded, emulator):
    made = guarded(retention={"immutableFor": "5d"})
    emulator.resource("PUT", emulator.ready["storage_resource"] + "/blobServices/default/containers/webapp",
                      {"properties": {}})
    made.spec["destination"]["container"] = "webapp"
    assert "webapp exists and is bound to no archive" in made.run("plan", "--only", "resources").out


def test_what_others_change_while_rules_are_tried_stays(guarded, emulator):
    made = guarded({"allow": {"ips": ["198.51.100.7"]}})
    process = made.start("apply", "--auto-approve")
    while account(emulator)["properties"]["networkAcls"]["defaultAction"] != "Deny":
        assert process.poll() is None
        time.sleep(0.05)
    acls = account(emulator)["properties"]["networkAcls"]
    acls["ipRules"].append({"value": "192.0.2.55", "action": "Allow"})
    set_account(emulator, networkAcls=acls)
    _, err = process.communicate(timeout=60)
    assert "they were taken back" in err
    acls = account(emulator)["properties"]["networkAcls"]
    assert acls["defaultAction"] == "Allow"
    assert [rule["value"] for rule in acls["ipRules"]] == ["192.0.2.55"]


def test_an_identity_that_changes_resources_need_not_be_let_in_itself(archive, monkeypatch):
    emulator = Emulator("--limits", "rate=100000", "--enforce-roles", "--caller", "198.51.100.99")
    trust(emulator, monkeypatch)
    emulator.ingest(TABLE, [{"TimeGenerated": f"2025-01-01T0{hour}:30:00Z", "Number": hour} for hour in range(3)])
    made = archive([TABLE], START, END, on=emulator)
    made.spec["destination"]["resource"] = emulator.ready["storage_resource"]
    made.spec["network"] = {"httpsOnly": False, "sharedKey": False, "default": "deny", "allow": {"ips": [HOME]},
                            "manage": "enforce"}
    made.spec["retention"] = {"immutableFor": "30d"}
    made.spec["source"]["resource"] = emulator.ready["workspace_resource"]
    made.spec["access"] = {"principal": emulator.ready["object_id"], "manage": "enforce"}
    run = made.apply("--only", "resources", "--approve-widening")
    assert "it holds no role on them" in run.err
    assert account(emulator)["properties"]["networkAcls"]["defaultAction"] == "Deny"
    # The role is fresh, and nothing that waiting for it would mend.
    refused = made.apply("--only", "slices", code=12)
    assert "waiting" not in refused.err
    assert "does not let this job in" in refused.err and "network.allow" in refused.err
    emulator.caller(HOME)
    made.apply("--only", "slices")
    # The tests' own client signs with the key.
    set_account(emulator, allowSharedKeyAccess=True)
    assert len(made.rows(TABLE)) == 3
    assert emulator.stop() == 0


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"]])
def test_whoever_may_not_read_the_resources_writes_nothing(guarded, emulator, command):
    made = guarded()
    made.apply("--only", "resources")
    before = writes(emulator)
    emulator.faults("403:op=ReadResource")
    run = made.run(*command, "--only", "slices", code=12)
    emulator.faults()
    assert "403 AuthorizationFailed" in run.err and "role Reader" in run.err
    assert "up to 10 minutes after it was granted" in run.err
    assert writes(emulator) == before
    assert made.containers() == []


def test_a_saved_plan_holds_the_resources_that_it_showed(guarded, emulator, tmp_path):
    made = guarded()
    plan = str(tmp_path / "plan.json")
    made.run("plan", "-o", plan)
    made.run("apply", plan)
    assert account(emulator)["properties"]["networkAcls"]["defaultAction"] == "Deny"
    assert len(made.rows(TABLE)) == 3
    # Everything of it is done: applying it again does nothing.
    made.run("apply", plan)


def test_a_saved_plan_is_stale_where_the_account_has_drifted_further(guarded, emulator, tmp_path):
    made = guarded()
    plan = str(tmp_path / "plan.json")
    made.run("plan", "-o", plan)
    set_account(emulator, allowBlobPublicAccess=True)
    run = made.run("apply", plan, code=13)
    assert "network.anonymousAccess" in run.err
    assert account(emulator)["properties"]["networkAcls"]["defaultAction"] == "Allow"


def test_the_jobs_own_network_is_made_and_what_others_have_in_it_stays(guarded, emulator):
    base = emulator.ready["storage_resource"].split("/providers/")[0] + "/providers/Microsoft.Network"
    network = f"{base}/virtualNetworks/hub"
    made = guarded({"virtualNetwork": {
        "resource": network, "location": "westeurope", "addressSpace": ["10.20.0.0/16"],
        "subnet": {"name": "jobs", "prefix": "10.20.1.0/24"},
        "securityGroup": {"resource": f"{base}/networkSecurityGroups/jobs", "rules": [
            {"name": "storage", "priority": 200, "direction": "outbound", "access": "allow", "protocol": "tcp",
             "source": "VirtualNetwork", "destination": "Storage", "ports": ["443"]}]}}})
    made.apply()
    subnet = emulator.resource("GET", f"{network}/subnets/jobs", version="2023-11-01")["properties"]
    assert [one["service"] for one in subnet["serviceEndpoints"]] == ["Microsoft.Storage"]
    assert subnet["networkSecurityGroup"]["id"].endswith("/networkSecurityGroups/jobs")
    # Somebody adds a rule and an endpoint, and takes ours away.
    emulator.resource("PUT", f"{base}/networkSecurityGroups/jobs/securityRules/others", {"properties": {
        "priority": 300, "direction": "Outbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*",
        "sourcePortRange": "*", "destinationAddressPrefix": "Internet", "destinationPortRange": "*"}}, "2023-11-01")
    emulator.resource("DELETE", f"{base}/networkSecurityGroups/jobs/securityRules/storage", version="2023-11-01")
    body = {"properties": {**subnet, "serviceEndpoints": [{"service": "Microsoft.KeyVault"}]}}
    body["properties"].pop("provisioningState", None)
    emulator.resource("PUT", f"{network}/subnets/jobs", body, "2023-11-01")
    made.apply("--approve-widening")
    group = emulator.resource("GET", f"{base}/networkSecurityGroups/jobs", version="2023-11-01")
    assert {rule["name"] for rule in group["properties"]["securityRules"]} == {"storage", "others"}
    subnet = emulator.resource("GET", f"{network}/subnets/jobs", version="2023-11-01")["properties"]
    assert {one["service"] for one in subnet["serviceEndpoints"]} == {"Microsoft.KeyVault", "Microsoft.Storage"}
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")
    arm_models.check(emulator.resource_requests())


def test_a_new_group_that_lets_somebody_in_needs_a_word_and_shows_each_rule(guarded, emulator):
    base = emulator.ready["storage_resource"].split("/providers/")[0] + "/providers/Microsoft.Network"
    made = guarded({"virtualNetwork": {
        "resource": f"{base}/virtualNetworks/hub", "location": "westeurope", "addressSpace": ["10.20.0.0/16"],
        "securityGroup": {"resource": f"{base}/networkSecurityGroups/jobs", "rules": [
            {"name": "ssh", "priority": 200, "direction": "inbound", "access": "allow", "source": "Internet",
             "ports": [22]},
            {"name": "nobody", "priority": 300, "direction": "inbound", "access": "deny"}]}}})
    shown = made.run("plan").out
    (line,) = [line for line in shown.splitlines() if "ssh: 200 inbound allow tcp Internet" in line]
    assert line.startswith("!") and "widens access" in line
    (line,) = [line for line in shown.splitlines() if "nobody: 300 inbound deny" in line]
    assert line.startswith("+")
    refused = made.apply(code=4)
    assert "--approve-widening" in refused.err and "ssh: 200 inbound" in refused.err
    made.apply("--approve-widening")
    # Somebody else lets in more: that is theirs, and told.
    emulator.resource("PUT", f"{base}/networkSecurityGroups/jobs/securityRules/theirs", {"properties": {
        "priority": 150, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*",
        "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}}, "2023-11-01")
    shown = made.run("plan", "--detailed-exitcode").out
    assert "also lets in by theirs: 150 inbound allow tcp * → * 3389" in shown, shown


@pytest.mark.parametrize("manage", ["check", "enforce"])
def test_another_s_rule_that_deletes_the_archive_is_refused_and_left_alone(guarded, emulator, manage):
    made = guarded(retention={"deleteAfter": "730d"})
    made.apply()
    made.spec["network"]["manage"] = manage
    policy = f"{emulator.ready['storage_resource']}/managementPolicies/default"
    rules = emulator.resource("GET", policy)["properties"]["policy"]["rules"]
    theirs = {"name": "tidy-up", "enabled": True, "type": "Lifecycle", "definition": {
        "filters": {"blobTypes": ["blockBlob"], "prefixMatch": [f"{made.prefix}-guarded"]},
        "actions": {"baseBlob": {"delete": {"daysAfterCreationGreaterThan": 7}}}}}
    emulator.resource("PUT", policy, {"properties": {"policy": {"rules": [*rules, theirs]}}})
    before = writes(emulator)
    shown = made.run("plan", "--detailed-exitcode", code=2).out
    assert "7d by lifecycle rule tidy-up → 730d" in shown, shown
    refused = made.apply(code=4)
    assert "tidy-up" in refused.err and "limit its prefixes" in refused.err
    assert writes(emulator) == before


def test_a_rule_of_the_archive_that_the_spec_no_longer_has_is_told_of(guarded, emulator):
    made = guarded(retention={"deleteAfter": "730d"})
    made.apply()
    del made.spec["retention"]
    shown = made.run("plan", "--detailed-exitcode").out
    assert "which was made for this archive" in shown and "delete 730d on 1 container" in shown, shown
    # As little where nothing else is declared.
    del made.spec["network"]
    assert "which was made for this archive" in made.run("plan", "--detailed-exitcode").out


def test_a_resource_that_changes_between_reading_and_writing_is_read_again(guarded, emulator):
    base = emulator.ready["storage_resource"].split("/providers/")[0] + "/providers/Microsoft.Network"
    made = guarded({"virtualNetwork": {
        "resource": f"{base}/virtualNetworks/hub", "location": "westeurope", "addressSpace": ["10.20.0.0/16"],
        "subnet": {"name": "jobs", "prefix": "10.20.1.0/24"}}})
    emulator.faults("412:op=WriteResource,n=2-3")
    made.apply("--approve-widening")
    assert emulator.counts()["faults"] == {"412": 2}
    assert made.run("plan", "--detailed-exitcode").out.startswith("No changes.")


def test_a_network_that_is_shut_is_opened_first_and_then_the_slices_are_planned(guarded, emulator):
    set_account(emulator, networkAcls={"defaultAction": "Deny", "bypass": "None", "ipRules": []})
    made = guarded()
    plan = made.run("plan", code=12)
    assert "network.allow.ips" in plan.out and "AuthorizationFailure" in plan.err
    made.apply("--approve-widening")
    assert len(made.rows(TABLE)) == 3


def test_what_this_run_has_changed_is_told_once_and_not_as_done_already(guarded, emulator, tmp_path):
    made = guarded()
    plan = str(tmp_path / "plan.json")
    shown = made.run("plan", "-o", plan).out
    assert "3 properties of resources to change" in shown, shown
    run = made.run("apply", plan, "--auto-approve")
    assert "3 properties of resources changed" in run.out
    assert "done already" not in run.err
    assert run.text.count("network.minTls") == 1, run.text


def test_a_plan_shows_what_differs_where_the_account_lets_nobody_look_at_its_blobs(guarded, emulator):
    set_account(emulator, minimumTlsVersion="TLS1_0", networkAcls={
        "defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{"value": "198.51.100.7"}]})
    made = guarded({"manage": "check", "allow": {"ips": ["198.51.100.7"]}})
    run = made.run("plan", code=12)
    assert "network.minTls  1.0 → 1.2" in run.out, run.out
    assert "does not let this job in" in run.err
    emulator.caller("198.51.100.7")


@pytest.mark.parametrize("rules", ["Allow", "Deny"])
def test_an_account_without_public_access_is_told_as_such_and_left_alone(guarded, emulator, rules):
    set_account(emulator, publicNetworkAccess="Disabled", minimumTlsVersion="TLS1_2", networkAcls={
        "defaultAction": rules, "bypass": "AzureServices", "ipRules": [{"value": HOME, "action": "Allow"}]})
    before = account(emulator)
    made = guarded()
    for run in (made.run("plan", code=12), made.apply(code=12)):
        assert "public network access of storage account" in run.err and "is Disabled" in run.err
        assert "private endpoint" in run.err and "--public-network-access Enabled" in run.err
        assert "shut this job out" not in run.err
    assert account(emulator) == before
    # What looks for secrets afterwards must get in.
    set_account(emulator, publicNetworkAccess="Enabled")


@pytest.fixture
def strict(monkeypatch):
    """An emulator that asks for roles, which act only after some refusals."""
    running = Emulator("--limits", "rate=100000", "--enforce-roles", "--grant-delay", "2")
    trust(running, monkeypatch)
    running.ingest(TABLE, [{"TimeGenerated": "2025-01-01T00:30:00Z", "Number": 1}])
    yield running
    assert running.stop() == 0


def test_a_role_that_was_just_granted_is_waited_for(strict, archive):
    made = archive([TABLE], START, END, on=strict)
    made.spec["destination"]["resource"] = strict.ready["storage_resource"]
    made.spec["source"]["resource"] = strict.ready["workspace_resource"]
    made.spec["access"] = {"principal": strict.ready["object_id"], "manage": "enforce"}
    shown = made.run("plan", code=12)
    assert "Log Analytics Data Reader" in shown.out and "Storage Blob Data Contributor" in shown.out
    refused = made.apply(code=4)
    assert "--approve-widening" in refused.err and "Log Analytics Data Reader" in refused.err
    run = made.apply("--approve-widening")
    assert "waiting for what was changed to take effect" in run.err
    assert len(made.rows(TABLE)) == 1
    arm_models.check(strict.resource_requests())


def test_a_role_that_another_run_has_just_granted_is_waited_for(strict, archive):
    made = archive([TABLE], START, END, on=strict)
    made.spec["destination"]["resource"] = strict.ready["storage_resource"]
    made.spec["source"]["resource"] = strict.ready["workspace_resource"]
    made.spec["access"] = {"principal": strict.ready["object_id"], "manage": "enforce"}
    made.apply("--only", "resources", "--approve-widening")
    run = made.apply("--only", "slices")
    assert "waiting for what was changed to take effect" in run.err
    assert len(made.rows(TABLE)) == 1


def test_a_role_that_nobody_declares_may_have_been_granted_just_now(strict, archive):
    made = archive([TABLE], START, END, on=strict)
    assert "up to 10 minutes after it was granted" in made.apply(code=12).err


def test_a_role_under_a_condition_is_said_to_be(archive, strict):
    made = archive([TABLE], START, END, on=strict)
    made.spec["destination"]["resource"] = strict.ready["storage_resource"]
    made.spec["source"]["resource"] = strict.ready["workspace_resource"]
    made.spec["access"] = {"principal": strict.ready["object_id"], "manage": "enforce"}
    role = "/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    name = "11111111-1111-4111-8111-111111111111"
    condition = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringStartsWith 't'"
    place = f"{strict.ready['storage_resource']}/providers/Microsoft.Authorization/roleAssignments/{name}"
    strict.resource("PUT", place, {"properties": {
        "roleDefinitionId": role, "principalId": strict.ready["object_id"], "principalType": "ServicePrincipal",
        "condition": condition, "conditionVersion": "2.0"}}, "2022-04-01")
    made.apply("--approve-widening")
    assert "only under a condition" in made.run("plan").out
    assert strict.resource("GET", place, version="2022-04-01")["properties"]["condition"] == condition
    listed = strict.resource(
        "GET", f"{strict.ready['storage_resource']}/providers/Microsoft.Authorization/roleAssignments",
        version="2022-04-01")["value"]
    assert [one["name"] for one in listed] == [name]


def test_doctor_says_what_apply_would_change_and_what_stands_in_its_way(guarded):
    made = guarded()
    made.spec["source"]["resource"] = made.emulator.ready["workspace_resource"]
    out = made.run("doctor").out
    assert "apply will change" in out and "network.default" in out
    assert "plan and retention of 1 table are the workspace's" in out
    made.spec["network"]["manage"] = "check"
    out = made.run("doctor", code=4).out
    assert "they are not what the spec declares" in out and "manage: enforce" in out
    made.spec["network"]["manage"] = "enforce"
    made.apply()
    assert "they are what the spec declares" in made.run("doctor").out


# The page for the auditor


def test_a_report_says_whether_the_account_has_what_is_declared(guarded, emulator):
    made = guarded({"minTls": "1.2"}, retention={"deleteAfter": "730d"})
    made.apply()
    page = made.run("report").out
    assert "all of it is so, as Azure Resource Manager said at 20" in page
    assert "Nothing is missing, and nothing else needs attention." in page
    set_account(emulator, minimumTlsVersion="TLS1_0")
    before = writes(emulator)
    page = made.run("report").out
    assert '<dt>Least version of TLS</dt><dd>1.2</dd><dd class="bad">differs</dd>' in page
    assert '<dt>Blobs are</dt><dd>deleted after 730 days</dd><dd class="good">as declared</dd>' in page
    # It reads, and can be kept from that.
    asked = emulator.counts()["requests"]["ReadResource"]
    assert "none of it has been verified" in made.run("report", "--no-resources").out
    assert emulator.counts()["requests"]["ReadResource"] == asked
    assert writes(emulator) == before


def test_a_report_is_made_by_who_may_not_read_the_account_and_says_so(guarded, emulator):
    made = guarded(retention={"deleteAfter": "730d"})
    made.apply()
    emulator.faults("403:op=ReadResource")
    run = made.run("report")
    emulator.faults()
    assert "What could not be read" in run.out and "AuthorizationFailed" in run.out
    assert '<dd class="warn">not verified</dd>' in run.out and "all of it is so" not in run.out
    assert "not all of the resources could be read" in run.err


def test_a_report_claims_nothing_of_an_account_that_is_not_there(guarded):
    made = guarded(retention={"deleteAfter": "730d", "immutableFor": "30d"})
    place = made.spec["destination"]["resource"].replace("resourceGroups/emulator", "resourceGroups/other")
    made.spec["destination"]["resource"] = place
    page = made.run("report").out
    assert page.count('<dd class="warn">not verified</dd>') >= 6 and "could not be found" in page
    for claim in ("as declared</dd>", "What differs", "not there yet", "all of it is so"):
        assert claim not in page, claim
