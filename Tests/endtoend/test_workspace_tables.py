"""What the workspace says of its tables: plans, retention and columns, read from Resource Manager."""

import datetime

import pytest
from emulator import Emulator

NOW = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)


def ago(days):
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def emulator():
    running = Emulator(
        "--limits", "rate=100000", "--generate", "SecurityEvent=20,Syslog=20,ContainerLogV2=20",
        "--generate-range", f"{ago(40)}/{ago(1)}", "--table-retention", "SecurityEvent=30d",
        "--table-plan", "ContainerLogV2=basic")
    yield running
    assert running.stop() == 0


@pytest.fixture
def informed(archive, emulator):
    def make(tables, start, end, **sections):
        made = archive(tables, start, end, **sections)
        made.spec["source"]["resource"] = emulator.ready["workspace_resource"]
        return made

    return make


def test_slices_beyond_the_tables_retention_are_unavailable_and_those_that_leave_are_counted(informed):
    made = informed(["SecurityEvent"], ago(33), ago(26), range={"slice": "1d"})
    plan = made.run("plan").out
    assert "leaves the workspace within 7 days" in plan
    made.apply()
    statuses = {row["slice_start"]: row["status"] for row in made.manifest("SecurityEvent")}
    assert "unavailable" in statuses.values() and "exported" in statuses.values()
    assert min(start for start, status in statuses.items() if status == "exported") > max(
        start for start, status in statuses.items() if status == "unavailable")


def test_a_basic_table_goes_to_search_without_being_declared_so(informed, emulator):
    before = emulator.counts()["requests"].get("Search", 0)
    made = informed(["ContainerLogV2"], ago(3), ago(2))
    plan = made.run("plan").out
    assert "scans about" in plan and "which is billed" in plan
    made.apply()
    assert emulator.counts()["requests"].get("Search", 0) > before
    assert any(row["status"] == "exported" for row in made.manifest("ContainerLogV2"))


def test_what_a_basic_table_will_be_billed_for_is_said_and_what_is_gone_is_not_asked_for(informed, emulator):
    before = emulator.counts()["requests"].get("Search", 0)
    made = informed(["ContainerLogV2"], ago(35), ago(27), range={"slice": "1d"})
    plan = made.run("plan").out
    (line,) = [line for line in plan.splitlines() if "which is billed" in line]
    assert "scans about " in line and "scans about 0" not in line, line
    made.apply()
    statuses = [row["status"] for row in made.manifest("ContainerLogV2")]
    gone, there = statuses.count("unavailable"), statuses.count("exported")
    assert gone >= 4 and there >= 2, statuses
    # A slice that is partly gone is asked for; what is whole behind the retention is not.
    assert emulator.counts()["requests"]["Search"] - before <= there + 1


def test_what_the_spec_says_otherwise_is_remarked_upon(informed):
    made = informed([{"name": "SecurityEvent", "retention": "90d", "plan": "basic"}], ago(3), ago(2))
    plan = made.run("plan").out
    assert "SecurityEvent is of plan analytics, the spec says basic: taken is what the workspace says." in plan
    assert "SecurityEvent is kept for 30d in the workspace, the spec says 90d" in plan


def test_a_column_that_the_table_lacks_is_found_with_what_was_meant(informed):
    made = informed([{"name": "SecurityEvent", "columns": ["TimeGenerated", "Computr"]}], ago(3), ago(2))
    run = made.run("plan", code=1)
    assert "SecurityEvent has no column Computr (line" in run.err
    assert "Did you mean Computer instead of Computr?" in run.err


def test_a_column_that_the_path_hides_from_readers_is_remarked_upon(informed, emulator):
    emulator.ingest("Points_CL", [{"TimeGenerated": ago(2), "M": 1, "x": 2}])
    remark = "Points_CL has a column M, which readers of Parquet take from the folder m= of its path instead"
    made = informed(["Points_CL"], ago(3), ago(1), destination={"format": "parquet"})
    assert remark in made.run("plan").out
    made.spec["tables"] = [{"name": "Points_CL", "columns": ["x"]}]
    assert "readers of Parquet" not in made.run("plan").out
    made.spec["tables"] = [{"name": "Points_CL", "path": "month={MM}/{table}_{start}_{end}.{ext}"}]
    assert "readers of Parquet" not in made.run("plan").out
    made.spec["tables"] = [{"name": "Points_CL", "format": "csv"}]
    assert "readers of Parquet" not in made.run("plan").out


def test_a_type_that_a_column_cannot_have_is_remarked_upon(informed):
    types = {"TimeGenerated": "microseconds", "EventID": "microseconds", "Computer": "string", "Computr": "string",
             "Task": "decimal(2)"}
    made = informed([{"name": "SecurityEvent", "types": types}], ago(3), ago(2), destination={"format": "parquet"})
    plan = made.run("plan").out
    assert "types of SecurityEvent is without effect: Computr is no column of it, EventID is no datetime, " \
        "Task is no decimal." in plan
    made.spec["tables"][0]["types"] = {"TimeGenerated": "microseconds", "Computer": "string"}
    assert "without effect" not in made.run("plan").out


def test_where_only_a_response_tells_the_types_apply_says_what_is_without_effect(archive, emulator):
    emulator.ingest("Idle_CL", [{"TimeGenerated": ago(2), "N": 1, "T": "a"}])
    types = {"N": "decimal(2)", "T": "microseconds", "TimeGenerated": "microseconds"}
    made = archive([{"name": "Idle_CL", "types": types}], ago(3), ago(1), destination={"format": "parquet"})
    log = made.apply().err
    assert log.count("types of Idle_CL is without effect") == 2, log
    assert "N is no decimal." in log and "T is no datetime." in log


def test_what_leaves_the_workspace_soon_is_exported_first(informed, emulator):
    made = informed(["Syslog", "SecurityEvent"], ago(29), ago(20), range={"slice": "1d"})
    made.apply("--parallelism", "1")
    order = sorted(
        (row["exported_at"], table) for table in ("Syslog", "SecurityEvent") for row in made.manifest(table)
        if row["status"] == "exported")
    assert order[0][1] == "SecurityEvent"
    last_leaving = max(
        row["exported_at"] for row in made.manifest("SecurityEvent") if row["slice_start"] < ago(30 - 7))
    assert all(row["exported_at"] >= last_leaving for row in made.manifest("Syslog"))


def test_the_resource_of_another_workspace_is_refused(informed):
    made = informed(["SecurityEvent"], ago(3), ago(2))
    made.spec["source"]["workspace"] = "99999999-9999-4999-8999-999999999999"
    run = made.run("plan", code=1)
    assert "source.resource is workspace" in run.err and "99999999-9999-4999-8999-999999999999" in run.err
