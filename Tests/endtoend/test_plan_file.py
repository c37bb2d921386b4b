"""Plans that are written down, shown, approved and applied: also long after, and by others."""

import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
from archive import clean_environment
from emulator import program
from ruamel.yaml import YAML
from schemas import check_schema

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
START, END = "2025-01-01", "2025-01-01T06:00:00Z"
# As docs/plan-file.md tells it.
CANONICAL = (
    "{format_version, workspace, lineage, spec: .spec.hash, options, containers, "
    "tables: [.tables[] | {table, container, query_hash, runs, scan, remove}]}"
)


def fill(emulator, table, hours=range(6), per_hour=20, first=0):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{hour:02}:{n:02}:30Z", "Number": first + hour * per_hour + n}
        for hour in hours for n in range(per_hour)])


def saved(made, name="plan.json", *arguments, code=0):
    """Writes a plan file and returns its path and what it holds."""
    path = os.path.join(made.folder, name)
    made.run("plan", "-o", path, *arguments, code=code)
    with open(path, encoding="utf-8") as file:
        return path, json.load(file)


def show(made, *arguments, code=0):
    return made.run("show", *arguments, code=code).out


def slices(made, table):
    return [key[0] for key in made.in_force(table)]


def test_what_is_archived_counts_slices_that_the_plan_does_not_touch(emulator, archive):
    table = "Untouched_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    address = f"{table}/2025-01-01T02:00:00Z"
    path, _ = saved(made, "again.json", "--replace", address)
    made.apply("--replace", address)
    assert "6 slices with 120 rows archived" in made.run("apply", path).out
    # Late rows, which the plan does not hold.
    fill(emulator, table, hours=[5], per_hour=1, first=500)
    again = made.run("apply", path)
    assert "6 slices with 120 rows archived" in again.out and "left out" not in again.err
    path, _ = saved(made, "late.json", "--refresh")
    made.apply("--refresh")
    fill(emulator, table, hours=[4], per_hour=1, first=600)
    again = made.run("apply", path)
    assert "6 slices with 121 rows archived" in again.out and "left out what the plan does not hold" in again.err


def test_plan_approve_apply_drift_repair_as_the_pipeline_does(emulator, archive):
    table = "Pipeline_CL"
    fill(emulator, table)
    made = archive([table], START, END)

    # In review: the plan as a comment, the file as an artefact.
    path = os.path.join(made.folder, "plan.json")
    comment = made.run("plan", "-o", path, "--format", "markdown").out
    assert comment.startswith("**Plan:** 6 to export") and "| + | Pipeline_CL |" in comment
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    assert plan["digest"] in comment
    check_schema("plan-file-v1", plan)
    made.plan()
    assert made.all_containers() == [], "a plan writes nothing"

    # On main: with the digest that was approved.
    applied = made.run("apply", path, "--approve-digest", plan["digest"])
    assert "6 slices with 120 rows exported" in applied.out
    made.check_agreement(table)
    again = made.run("apply", path, "--approve-digest", plan["digest"])
    assert "No changes." in again.out and "done already: 6 slices of the plan" in again.err

    # Somebody deletes a blob; the next plan says so, and repairs it.
    container = f"{made.prefix}-pipeline-cl"
    made.delete(container, sorted(made.blobs(container))[2])
    path, repair = saved(made, "repair.json", "--detailed-exitcode", code=2)
    check_schema("plan-file-v1", repair)
    (run,) = repair["tables"][0]["runs"]
    assert (run["action"], run["reason"], run["slices"], run["replaces"], run["generation"]) == \
        ("export_again", "blob_missing", 1, 1, 2)
    assert "1 slice with 20 rows exported" in made.run("apply", path).out
    made.check_agreement(table)
    assert len(made.rows(table)) == 120
    made.run("plan", "--detailed-exitcode")
    # What was done is not done again, though the options of the plan would.
    assert "No changes." in made.run("apply", path).out


class Pipeline:
    """Runs the scripts of examples/github-actions.yml as a runner does."""

    def __init__(self, made):
        self.made = made
        with open(os.path.join(ROOT, "examples/github-actions.yml"), encoding="utf-8") as file:
            self.jobs = YAML(typ="safe").load(file)["jobs"]

    def run(self, job, name, code=0, **environment):
        """Runs a step; returns its outputs and what it printed."""
        (step,) = [step for step in self.jobs[job]["steps"] if step.get("name") == name]
        self.made.write_spec()
        output, summary = (os.path.join(self.made.folder, name) for name in ["output", "summary"])
        open(output, "w", encoding="utf-8").close()
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.made.folder,
            capture_output=True, text=True, timeout=120, env={
                **clean_environment(), "PATH": f"{os.path.dirname(program('logexport'))}:{os.environ['PATH']}",
                "SPEC": "logexport.yaml", "GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary,
                "GITHUB_RUN_ATTEMPT": "2", **environment})
        assert ran.returncode == code, ran.stdout + ran.stderr
        with open(output, encoding="utf-8") as file:
            return dict(line.rstrip().split("=", 1) for line in file), ran.stdout


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is absent")
def test_the_example_of_a_pipeline_plans_applies_and_repairs(emulator, archive):
    table = "Example_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    pipeline = Pipeline(made)

    made.spec["nope"] = 1
    _, said = pipeline.run("plan", "Validate", code=1)
    assert re.match(r'::error file=logexport.yaml,line=\d+,col=3::unknown key "nope" in the spec%0Aknown are', said)
    del made.spec["nope"]
    pipeline.run("plan", "Validate")

    planned, _ = pipeline.run("plan", "Plan")
    assert (planned["changes"], planned["artifact"]) == ("true", "plan-2")
    _, said = pipeline.run("apply", "Apply", DIGEST=planned["digest"])
    assert "6 slices with 120 rows exported" in said
    assert pipeline.run("plan", "Plan")[0]["changes"] == "false"

    container = f"{made.prefix}-example-cl"
    made.delete(container, sorted(made.blobs(container))[0])
    repair, _ = pipeline.run("plan", "Plan")
    assert repair["changes"] == "true"
    _, said = pipeline.run("apply", "Apply", code=13, DIGEST=planned["digest"])
    assert "::error file=logexport.yaml::The plan is stale" in said
    # On main there is no plan of the run's own: it is the file that was kept.
    pipeline.run("apply", "Apply", RUN="42")
    made.check_agreement(table)
    with open(os.path.join(made.folder, "summary"), encoding="utf-8") as file:
        assert "**Plan:** 6 to export" in file.read()


@pytest.mark.skipif(not shutil.which("node"), reason="node is absent")
def test_the_example_applies_what_the_run_of_the_merged_commit_planned():
    """Its script runs as actions/github-script runs it, with answers of the service that it must choose among."""
    with open(os.path.join(ROOT, "examples/github-actions.yml"), encoding="utf-8") as file:
        steps = YAML(typ="safe").load(file)["jobs"]["apply"]["steps"]
    (script,) = [step["with"]["script"] for step in steps if step.get("id") == "approved"]
    own, fork = {"full_name": "org/logs"}, {"full_name": "someone/logs"}
    pulls = [
        {"number": 6, "merged_at": None, "merge_commit_sha": "merged", "head": {"sha": "other"}},
        {"number": 7, "merged_at": "2025-01-03T00:00:00Z", "merge_commit_sha": "merged", "head": {"sha": "head"}}]
    # Newest first, as the service has them. The run was repeated after the approval and after the merge, and another
    # one came when the pull request was opened again.
    runs = [{"id": 44, "head_repository": own, "repository": own}, {"id": 43, "head_repository": fork, "repository": own},
            {"id": 42, "head_repository": own, "repository": own}]
    artifacts = {
        44: [("plan-1", "2025-01-02T12:30:00Z")], 43: [("plan-1", "2025-01-01T13:00:00Z")],
        42: [("plan-3", "2025-01-04T00:00:00Z"), ("plan-2", "2025-01-02T12:00:01Z"), ("other", "2025-01-02T11:00:00Z"),
             ("plan-1", "2025-01-01T12:00:00Z")]}
    review = {"state": "APPROVED", "commit_id": "head", "submitted_at": "2025-01-02T12:00:00Z"}

    def found(event, pulls=pulls, runs=runs, artifacts=artifacts, reviews=(review,)):
        files = {run: [{"name": name, "created_at": time} for name, time in found] for run, found in artifacts.items()}
        scene = {"event": event, "script": script, "answers": {
            "listPullRequestsAssociatedWithCommit": pulls, "listReviews": list(reviews), "listWorkflowRuns": runs,
            "listWorkflowRunArtifacts": files}}
        program = """
            const scene = JSON.parse(require('fs').readFileSync(0));
            const said = { asked: {} };
            const core = { setOutput: (name, value) => said[name] = value, setFailed: text => said.failed = text };
            const context = { eventName: scene.event, sha: 'merged', runId: 99, repo: { owner: 'org', repo: 'logs' } };
            const named = new Proxy({}, { get: (_, name) => name });
            const github = {
              rest: { repos: named, pulls: named, actions: named },
              paginate: async (name, query) => {
                said.asked[name] = query;
                const answer = scene.answers[name];
                return name === 'listWorkflowRunArtifacts' ? answer[query.run_id] ?? [] : answer;
              } };
            const Run = (async () => {}).constructor;
            new Run('github', 'context', 'core', scene.script)(github, context, core)
              .then(() => console.log(JSON.stringify(said)));"""
        ran = subprocess.run(
            ["node", "-e", program], input=json.dumps(scene), capture_output=True, text=True, timeout=60,
            env={**clean_environment(), "ARTIFACT": "plan-5",
                 "GITHUB_WORKFLOW_REF": "org/logs/.github/workflows/archive.yml@refs/heads/main"})
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    said = found("push")
    assert (said["run"], said["artifact"]) == (42, "plan-1"), "the plan that was approved"
    query = said["asked"]["listWorkflowRuns"]
    assert (query["workflow_id"], query["event"], query["head_sha"]) == ("archive.yml", "pull_request", "head")
    late = {**review, "submitted_at": "2025-01-02T12:10:00Z"}
    assert found("push", reviews=[late, review])["artifact"] == "plan-2", "the last approval saw the repeated run's"
    for unseen in [{**review, "commit_id": "earlier"}, {**review, "state": "COMMENTED"}]:
        said = found("push", reviews=[unseen])
        assert (said["run"], said["artifact"]) == (44, "plan-1"), "nobody approved it: the last before the merge"
    assert found("schedule") == {"asked": {}, "run": 99, "artifact": "plan-5"}
    assert "came without a pull request" in found("push", pulls[:1])["failed"]
    gone = {42: artifacts[42][:3]}
    for none in [{"runs": []}, {"runs": runs[1:2]}, {"artifacts": gone, "runs": runs[2:]}]:
        assert "#7 has no plan" in found("push", **none)["failed"]


@pytest.mark.parametrize("name", ["github-actions.yml", "azure-pipelines.yml"])
def test_no_script_of_an_example_has_values_put_into_it(name):
    """What a variable holds must stay a value, and not become a part of the script."""
    with open(os.path.join(ROOT, "examples", name), encoding="utf-8") as file:
        found = list(scripts(YAML(typ="safe").load(file)))
    assert len(found) > 3
    for script in found:
        # Of a shell's substitutions only commands begin with a small letter.
        assert not re.search(r"\$\{\{|\$\([A-Z]", script), script


def scripts(node):
    """All that a runner has a shell or Node.js run."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in ("run", "script", "bash", "inlineScript") and isinstance(value, str):
            yield value
        else:
            yield from scripts(value)


def test_what_others_did_since_is_subtracted_and_what_is_new_left_out(emulator, archive):
    table = "Since_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    made.apply("--to", "2025-01-01T02:00:00Z")

    # The spec as it was, but rows have come in, also beyond what was planned.
    fill(emulator, table, hours=[3], per_hour=7, first=1000)
    run = made.run("apply", path)
    assert "4 slices with 87 rows exported" in run.out
    assert "done already: 2 slices of the plan" in run.err
    made.check_agreement(table)
    assert len(slices(made, table)) == 6


def test_more_than_the_plan_holds_is_never_done(emulator, archive):
    table = "More_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made, "part.json", "--from", "2025-01-01T02:00:00Z", "--to", "2025-01-01T04:00:00Z")
    assert [(run["start"], run["end"], run["slices"]) for run in plan["tables"][0]["runs"]] == \
        [("2025-01-01T02:00:00Z", "2025-01-01T04:00:00Z", 2)]
    made.run("apply", path)
    assert slices(made, table) == ["2025-01-01T02:00:00Z", "2025-01-01T03:00:00Z"]

    # A blob that goes after planning is drift that nobody approved.
    path, plan = saved(made, "rest.json")
    container = f"{made.prefix}-more-cl"
    made.delete(container, sorted(made.blobs(container))[0])
    run = made.run("apply", path)
    assert "4 slices" in run.out and "left out what the plan does not hold, 2025-01-01 02:00" in run.err
    assert "1 to export again" in made.run("plan").out


@pytest.mark.parametrize("refresh", [(), ("--refresh",)], ids=["provisional", "refresh"])
def test_late_rows_that_were_approved_are_exported_however_late_that_is(emulator, archive, refresh):
    table = f"Late{len(refresh)}File_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply(*([] if refresh else ["--as-of", "2025-01-01T12:00:00Z"]))
    fill(emulator, table, hours=[1], per_hour=3, first=5000)
    path, plan = saved(made, "late.json", *(refresh or ["--as-of", "2025-01-02T00:00:00Z"]))
    assert [run["reason"] for run in plan["tables"][0]["runs"]] == ["late_rows"]
    fill(emulator, table, hours=[2], per_hour=3, first=6000)
    run = made.run("apply", path)
    assert "1 slice with 23 rows exported" in run.out
    assert "left out what the plan does not hold, 2025-01-01 02:00" in run.err
    made.check_agreement(table)


def test_a_replacement_is_done_once(emulator, archive):
    table = "Again_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    path, plan = saved(made, "again.json", "--replace", f"{table}/2025-01-01T01:00:00Z")
    assert plan["options"]["replace"] == [f"{table}/2025-01-01T01:00:00Z"]
    made.run("apply", path)
    run = made.run("apply", path)
    assert "No changes." in run.out and "left out" not in run.err and "done already: 1 slice of the plan" in run.err
    assert made.in_force(table)["2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z"][0]["generation"] == "2"


def test_a_plan_from_before_the_first_apply_outlives_it(emulator, archive):
    table = "First_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    assert "lineage" not in plan and plan["manifest"] == []
    made.apply("--to", "2025-01-01T03:00:00Z")
    assert "3 slices with 60 rows" in made.run("apply", path).out
    _, later = saved(made, "later.json")
    assert re.fullmatch("[0-9a-f-]{36}", later["lineage"])
    assert [segment["segment"] for segment in later["manifest"]] == [f"{table}/2025.csv"]


def test_a_digest_alone_takes_just_that_plan_or_nothing(emulator, archive):
    table = "Digest_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    assert saved(made, "same.json")[1]["digest"] == plan["digest"], "made twice, it is one plan"
    made.apply("--to", "2025-01-01T01:00:00Z")
    refused = made.run("apply", "--approve-digest", plan["digest"], code=13)
    assert "not the plan that was approved" in refused.err and len(slices(made, table)) == 1
    _, rest = saved(made, "rest.json")
    assert "5 slices" in made.run("apply", "--approve-digest", rest["digest"]).out
    # Nothing is left to do, which is no more than was approved.
    assert "No changes." in made.run("apply", "--approve-digest", rest["digest"]).out
    assert "no digest" in made.run("apply", "--approve-digest", "sha256:123", code=64).err


def test_the_digest_is_what_jq_and_sha256_say(emulator, archive):
    if not shutil.which("jq"):
        pytest.skip("jq is absent")
    table = "Jq_CL"
    fill(emulator, table, hours=[0, 2, 5])
    made = archive([table], START, END)
    path, plan = saved(made)
    for name in [path, os.path.join(made.folder, "full.json")]:
        if name != path:
            with open(name, "w", encoding="utf-8") as file:
                file.write(made.run("plan", "--json").out)
        text = subprocess.run(["jq", "-cSj", CANONICAL, name], capture_output=True, check=True).stdout
        assert f"sha256:{hashlib.sha256(text).hexdigest()}" == plan["digest"]
    # What `plan --json` prints is a plan file too, with more in it.
    assert made.run("show", name).out == made.run("show", path).out
    assert "3 slices with 60 rows" in made.run("apply", name).out


@pytest.mark.parametrize("edit", ["rows", "runs", "options", "containers", "workspace", "remove"])
def test_a_file_edited_by_hand_is_refused(emulator, archive, edit):
    table = f"Edited{edit.title()}_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    table_plan = plan["tables"][0]
    if edit == "rows":
        table_plan["runs"][0]["rows"] = 1
    elif edit == "runs":
        table_plan["runs"][0].update(end="2025-01-01T07:00:00Z", slices=7)
    elif edit == "options":
        plan["options"]["allow_shrink"] = [f"{table}/2025-01-01T00:00:00Z"]
    elif edit == "containers":
        plan["containers"].append("others")
    elif edit == "workspace":
        plan["workspace"] = "00000000-0000-0000-0000-000000000000"
    else:
        table_plan["remove"] = ["others/blob"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    for command in ["show", "apply"]:
        assert "was changed after it was planned" in made.run(command, path, code=13).err
    assert made.all_containers() == []


def test_stale_plans_are_refused_with_the_reason(emulator, archive):
    table = "Stale_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    refuse = lambda words, *more: words in made.run("apply", path, *more, code=13).err  # noqa: E731

    assert refuse("is not the plan that was approved", "--approve-digest", "sha256:" + "0" * 64)
    # Layout and comments are not what was approved.
    made.write_spec()
    with open(made.spec_file, encoding="utf-8") as file:
        text = file.read()
    made.write_spec = lambda: None
    with open(made.spec_file, "w", encoding="utf-8") as file:
        file.write("# A comment.\n" + text)
    made.run("apply", path)
    del made.write_spec
    made.spec["onChange"] = "replace"
    assert refuse("is not the spec that was planned, or has changed since")
    del made.spec["onChange"]

    # Another archive of the same spec.
    path, plan = saved(made, "bound.json")
    storage = emulator.storage()
    for container in made.all_containers():
        storage.delete_container(container)
    assert refuse("it is of archive " + plan["lineage"])

    for text, words in [
        (json.dumps({**plan, "format_version": 2}), "format version 2, which this program does not know"),
        ("rows,bytes\n", "is no plan file"),
        ('{"format_version": 1}', "is no whole plan file: it has no 'digest'"),
        (json.dumps({**plan, "digest": "sha256:" + "0" * 64}), "was changed after it was planned"),
    ]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        assert refuse(words), words
    path = os.path.join(made.folder, "nowhere.json")
    assert "there is no plan file" in made.run("apply", path, code=1).err


def test_a_plan_of_another_workspace_is_refused(emulator, archive):
    table = "Elsewhere_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, plan = saved(made)
    made.spec["source"]["workspace"] = "00000000-0000-0000-0000-00000000000f"
    assert "it is of workspace" in made.run("apply", path, code=13).err


def test_options_of_planning_do_not_go_with_a_plan_file(emulator, archive):
    table = "Options_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    path, _ = saved(made)
    assert "--from does not go with a plan file" in made.run("apply", path, "--from", "2025-01-01", code=64).err
    assert "needs PLAN" in made.run("show", code=64).err


def test_show_renders_what_plan_did(emulator, archive):
    table = "Shown_CL"
    fill(emulator, table, hours=[0, 1, 4])
    made = archive([table, "Absent_CL"], START, END)
    path = os.path.join(made.folder, "plan.json")
    for form in ["text", "markdown"]:
        planned = made.run("plan", "--format", form, "-o", path, "--quiet", code=1).out
        assert show(made, path, "--format", form) == planned
    with open(path, encoding="utf-8") as file:
        assert show(made, path, "--json") == file.read()
    assert "Absent_CL" in planned
    applied = made.run("apply", path)
    assert "3 slices with 60 rows" in applied.out
    assert "Absent_CL: the plan holds nothing of what could not be planned" in applied.err
    assert not any(secret in open(path, encoding="utf-8").read() for secret in [emulator.key, "emulator-secret"])


def test_two_plans_are_compared(emulator, archive):
    table = "Compared_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    old, _ = saved(made, "old.json", "--to", "2025-01-01T04:00:00Z")
    made.apply("--to", "2025-01-01T02:00:00Z")
    new, _ = saved(made, "new.json")
    text = show(made, new, "--against", old)
    assert re.search(r"- +Compared_CL +2025-01-01 → 2025-01-01 02:00 +2 slices +to export\n", text)
    assert re.search(r"\+ +Compared_CL +2025-01-01 04:00 → 2025-01-01 06:00 +2 slices +to export\n", text)
    assert "2 slices came in, 2 went, 0 changed." in text and "! lineage" in text
    assert re.search(r"! options +--to 2025-01-01T04:00:00Z → none", text)
    found = json.loads(show(made, new, "--against", old, "--json"))
    assert found["summary"] == {"came": 2, "went": 2, "changed": 0}
    assert {difference["name"] for difference in found["differs"]} == {"lineage", "options", "containers"}
    assert "| - | Compared_CL | 2025-01-01 → 2025-01-01 02:00 | 2 | to export |" in \
        show(made, new, "--against", old, "--format", "markdown")
    assert show(made, new, "--against", new) == "No differences.\n"
