"""Damage of every kind, found by `verify` and mended by what it says."""

import itertools
import json
import os

import pytest
from azure.storage.blob import ContentSettings

START, END = "2025-01-01", "2025-01-01T04:00:00Z"
ROWS = 40
NUMBERS = itertools.count(1)


def fill(emulator, table, per_hour=ROWS, hours=4):
    emulator.ingest(table, [
        {"TimeGenerated": f"2025-01-01T{n // per_hour:02}:{n % per_hour:02}:30Z", "Number": n, "Text": 'a "b",\n' * 9}
        for n in range(per_hour * hours)])


@pytest.fixture(params=["emulator", "directory"])
def made(request, emulator, archive):
    """An archive of four slices, in either kind of store."""
    # A table of its own for each test: rows stay where they are.
    table = f"Verify{next(NUMBERS)}_CL"
    fill(emulator, table)
    made = archive([table], START, END, directory=request.param == "directory")
    made.table, made.container = table, f"{made.prefix}-{table.lower().replace('_', '-')}"
    made.apply()
    made.names = sorted(made.blobs(made.container))
    assert len(made.names) == 4
    return made


def verify(made, *arguments, code=2):
    return json.loads(made.run("verify", "--json", *arguments, code=code).out)


def kinds(found):
    return [(finding["kind"], finding["remedy"]) for finding in found["findings"]]


# Damage

def path(made, name):
    return os.path.join(made.directory, made.container, name)


def client(made, name):
    return made.emulator.storage().get_blob_client(made.container, name)


def delete(made, name):
    if made.directory:
        os.remove(path(made, name))
    else:
        client(made, name).delete_blob()


def replace(made, name, data, keep_properties):
    """Overwrites a blob; with its properties as they were, nothing but its bytes tells."""
    if made.directory:
        with open(path(made, name), "wb") as file:
            file.write(data)
        return
    blob = client(made, name)
    before = blob.get_blob_properties()
    blob.upload_blob(data, overwrite=True, metadata=before.metadata if keep_properties else None)
    if keep_properties:
        settings = before.content_settings
        blob.set_http_headers(ContentSettings(
            content_type=settings.content_type, content_encoding=settings.content_encoding,
            content_md5=settings.content_md5))


def drop_receipt(made, name):
    if made.directory:
        sidecar = os.path.join(made.directory, made.container, ".logexport", "receipts", f"{name}.json")
        with open(sidecar, encoding="utf-8") as file:
            record = json.load(file)
        record["metadata"] = {}
        with open(sidecar, "w", encoding="utf-8") as file:
            json.dump(record, file)
    else:
        client(made, name).set_blob_metadata({})


def flipped(data):
    """Another bit within the compressed rows."""
    return data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1:]


def test_an_archive_that_is_whole_agrees(made):
    run = made.run("verify", "--content", "--source")
    assert "4 blobs of 4 slices, 160 rows" in run.out and "Read: 4 blobs, 160 rows" in run.out
    assert "Counted: 4 slices." in run.out and "agrees with the manifest" in run.out
    found = verify(made, "--content", code=0)
    assert found["ok"] and found["findings"] == [] and found["summary"]["read_rows"] == 160


def test_a_blob_that_is_gone_is_exported_again(made):
    delete(made, made.names[1])
    found = verify(made, "--content")
    assert kinds(found) == [("missing", "apply")]
    assert found["findings"][0]["slice"] == f"{made.table}/2025-01-01T01:00:00Z"
    assert found["summary"]["read_blobs"] == 3
    assert "Looked for: 4 blobs of 4 slices" in (out := made.run("verify", code=2).out) and ", 1 gone." in out
    made.apply()
    verify(made, "--content", code=0)


def test_a_blob_that_was_cut_off_is_exported_again(made):
    data = made.blobs(made.container)[made.names[2]]
    replace(made, made.names[2], data[:-20], keep_properties=True)
    found = verify(made, "--content")
    assert ("size", "apply") in kinds(found)
    # What is wrong with one blob has one remedy.
    assert len(found["findings"]) > 1 and {remedy for _, remedy in kinds(found)} == {"apply"}
    assert any("cut off" in finding["what"] for finding in found["findings"])
    made.apply()
    verify(made, "--content", code=0)


def test_bytes_behind_the_end_of_a_blob_are_called_so(made):
    data = made.blobs(made.container)[made.names[2]]
    replace(made, made.names[2], data + b"\0\0", keep_properties=True)
    found = verify(made, "--content")
    assert any("the stream has ended, and other bytes follow it" in finding["what"] for finding in found["findings"])


def test_a_flipped_bit_shows_in_the_content_alone_and_the_remedy_mends_it(made):
    data = made.blobs(made.container)[made.names[0]]
    replace(made, made.names[0], flipped(data), keep_properties=True)
    verify(made, code=0)
    assert "No changes." in made.run("plan").out
    found = verify(made, "--content")
    assert kinds(found) == [("sha256", "replace")]
    text = made.run("verify", "--content", code=2).out
    (line,) = [line for line in text.splitlines() if line.startswith("!")]
    assert made.names[0] in line and "another SHA-256; another MD5" in line
    remedy = f"--replace {made.table}/2025-01-01T00:00:00Z"
    assert f"logexport apply -f {made.spec_file} {remedy}" in line
    made.apply(*remedy.split())
    verify(made, "--content", code=0)
    made.check_agreement(made.table)


def test_a_receipt_that_is_gone_is_found(made):
    drop_receipt(made, made.names[3])
    found = verify(made)
    assert kinds(found) == [("receipt", "replace")]
    made.apply("--replace", found["findings"][0]["slice"])
    verify(made, code=0)


def test_a_blob_that_somebody_wrote_over_is_found(made):
    if made.directory:
        pytest.skip("a directory keeps what lies beside the file")
    replace(made, made.names[0], made.blobs(made.container)[made.names[0]], keep_properties=False)
    assert [kind for kind, _ in kinds(verify(made))] == ["receipt"]


def test_a_row_count_that_was_edited_in_the_manifest_is_found(made):
    if made.directory:
        file = os.path.join(made.directory, f"{made.prefix}-manifest", made.table, "2025.csv")
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        edited = text.replace(f"2025-01-01T01:00:00Z,{ROWS},", f"2025-01-01T01:00:00Z,{ROWS + 1},")
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(edited)
    else:
        blob = made.manifest_blob(f"{made.table}/2025.csv")
        text = blob.download_blob().readall().decode()
        edited = text.replace(f"2025-01-01T01:00:00Z,{ROWS},", f"2025-01-01T01:00:00Z,{ROWS + 1},")
        blob.delete_blob()
        blob.upload_blob(edited.encode(), blob_type="AppendBlob")
    assert edited != text and len(edited) == len(text)
    found = verify(made, "--content")
    assert kinds(found) == [("receipt", "apply"), ("rows", "apply")]
    assert f"it has {ROWS} rows, not {ROWS + 1}" in found["findings"][1]["what"]


def test_rows_that_came_late_or_went_are_found_at_the_source(made):
    emulator = made.emulator
    emulator.ingest(made.table, [{"TimeGenerated": "2025-01-01T02:30:00Z", "Number": 9999, "Text": "late"}])
    verify(made, code=0)
    found = verify(made, "--source")
    assert kinds(found) == [("source_more", "refresh")]
    assert found["findings"][0]["what"] == f"the source has {ROWS + 1} rows, {ROWS} are archived"
    assert "blob" not in found["findings"][0]
    made.apply("--refresh")
    verify(made, "--source", "--content", code=0)


def test_a_share_is_the_same_by_its_seed(made):
    data = made.blobs(made.container)
    for name in made.names:
        replace(made, name, flipped(data[name]), keep_properties=True)
    run = made.run("verify", "--content", "--sample", "25%", code=2)
    seed = run.out.split("--seed ")[1].split(".")[0]
    assert run.out.count("another SHA-256") == 1
    again = verify(made, "--content", "--sample", "25%", "--seed", seed)
    assert again["findings"][0]["slice"] in run.out and again["summary"]["read_blobs"] == 1
    assert again["summary"]["seed"] == int(seed)
    slices = {verify(made, "--content", "--sample", "1%", "--seed", str(n))["findings"][0]["slice"] for n in range(12)}
    assert len(slices) > 1
    assert "is the share that is read or counted" in made.run("verify", "--sample", "5%", code=64).err


def test_blobs_in_the_archive_tier_are_unread_and_not_bad(emulator, archive):
    table = "Tier_CL"
    fill(emulator, table)
    made = archive([table], START, END)
    made.apply()
    container = f"{made.prefix}-tier-cl"
    name = sorted(made.blobs(container))[0]
    emulator.storage().get_blob_client(container, name).set_standard_blob_tier("Archive")
    found = verify(made, "--content", code=0)
    assert found["summary"]["unread_blobs"] == 1 and found["summary"]["read_blobs"] == 3
    assert "1 blob in the archive tier unread" in made.run("verify", "--content").out


@pytest.mark.parametrize("form", ["json", "csv", "ndjson"])
@pytest.mark.parametrize("compression", ["none", "zstd", "gzip"])
def test_every_form_of_blobs_is_read(emulator, archive, form, compression):
    table = f"Form_{form}_{compression}_CL"
    fill(emulator, table, hours=1)
    made = archive(
        [table], START, "2025-01-01T01:00:00Z", destination={"format": form, "compression": compression})
    made.apply()
    found = verify(made, "--content", code=0)
    assert found["summary"]["read_rows"] == ROWS
    (name,) = made.blobs(f"{made.prefix}-{table.lower().replace('_', '-')}")
    blob = emulator.storage().get_blob_client(f"{made.prefix}-{table.lower().replace('_', '-')}", name)
    before = blob.get_blob_properties()
    data = blob.download_blob().readall()
    blob.upload_blob(data[:len(data) // 2], overwrite=True, metadata=before.metadata)
    assert {"size", "sha256"} <= {kind for kind, _ in kinds(verify(made, "--content"))}


def test_only_what_is_selected_is_looked_at(made):
    found = verify(made, "--from", "2025-01-01T01:00:00Z", "--to", "2025-01-01T03:00:00Z", code=0)
    assert found["summary"]["slices"] == 2


def test_where_nothing_was_exported_there_is_nothing_to_verify(emulator, archive):
    fill(emulator, "Never_CL", hours=1)
    made = archive(["Never_CL"], START, END)
    assert "nothing to verify" in made.run("verify", code=1).err


def test_parts_of_a_slice_are_all_looked_at(emulator, archive):
    table = "Split_CL"
    fill(emulator, table, hours=1)
    made = archive([table], START, "2025-01-01T01:00:00Z", limits={"rows": 16})
    made.apply()
    found = verify(made, "--content", code=0)
    assert found["summary"]["blobs"] >= 3 and found["summary"]["read_rows"] == ROWS


@pytest.mark.parametrize("directory", [False, True])
def test_tables_that_are_no_longer_declared_are_named_and_looked_at_when_asked(emulator, archive, directory):
    kept, gone = f"Kept{next(NUMBERS)}_CL", f"Gone{next(NUMBERS)}_CL"
    for table in (kept, gone):
        fill(emulator, table)
    made = archive([kept, gone], START, END, directory=directory)
    made.apply()
    assert verify(made, code=0)["not_looked_at"] == []
    made.spec["tables"] = [kept]

    run = made.run("verify")
    assert f"Not looked at, since the spec does not declare them: {gone} (--undeclared looks at" in run.out
    found = verify(made, code=0)
    assert found["not_looked_at"] == [gone] and found["summary"]["blobs"] == 4
    assert verify(made, "--table", kept, code=0)["not_looked_at"] == []
    assert "does not have" in made.run("verify", "--undeclared", "--table", kept, code=64).err

    found = verify(made, "--undeclared", "--content", "--source", code=0)
    assert found["not_looked_at"] == [] and found["summary"]["read_rows"] == 8 * ROWS
    assert found["summary"]["counted_slices"] == 4 and found["summary"]["uncounted_slices"] == 4
    made.container = f"{made.prefix}-{gone.lower().replace('_', '-')}"
    names = sorted(made.blobs(made.container))
    delete(made, names[0])
    replace(made, names[1], flipped(made.blobs(made.container)[names[1]]), keep_properties=True)
    found = verify(made, "--undeclared", "--content")
    assert kinds(found) == [("missing", "restore"), ("sha256", "restore")]
    assert all(finding["table"] == gone for finding in found["findings"])

    made.run("prune", "--undeclared", "--auto-approve")
    assert verify(made, code=0)["not_looked_at"] == []
