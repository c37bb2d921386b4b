"""The status in the terminal and the report for the auditor, over a manifest of years; the page is
read by an HTML parser and looked at in a browser, whose pictures stay in .build/screenshots."""

import html.parser
import json
import os
import re
import shutil
import struct
import subprocess
import zlib

import pytest
from ledger import HOUR, LINEAGE, Ledger, by_day_and_night, time

NOW = "2025-11-02T00:00:00Z"
ACCOUNT = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc"
    "/providers/Microsoft.Storage/storageAccounts/devstoreaccount1"
)
SCREENSHOTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".build", "screenshots")
VOID = {"meta", "link", "br", "img", "input", "hr"}


@pytest.fixture
def years(archive):
    """A year of one table with gaps and changed columns, sparse sign-ins, an old table, a young one."""
    made = archive(
        [
            {"name": "SecurityEvent", "retention": "90d"}, "SigninLogs",
            {"name": "Syslog", "range": {"from": "2023-06-01", "to": "2025-11-01"}},
            {"name": "AuditLogs", "retention": "30d", "range": {"from": "2025-10-10", "to": "now"}},
            {"name": "Heartbeat", "range": {"from": "2025-10-30", "to": "now"}},
        ],
        "2024-11-01", "2025-11-01", name="soc-archive",
        retention={"deleteAfter": "730d", "coolAfter": "90d", "immutableFor": "30d"},
        destination={"resource": ACCOUNT},
        network={"minTls": "1.2", "allow": {"ips": ["203.0.113.0/24"]}},
    )
    ledger = Ledger(made)
    ledger.fill(
        "SecurityEvent", time("2024-11-01"), time("2025-06-10"), by_day_and_night(90_000, 1),
        holes=[(time("2025-03-04"), time("2025-03-09")), (time("2025-01-15 06:00"), time("2025-01-15 07:00"))])
    ledger.fill(
        "SecurityEvent", time("2025-06-10"), time("2025-11-01"), by_day_and_night(110_000, 2), schema="b",
        holes=[(time("2025-08-06 10:00"), time("2025-08-08 15:00")), (time("2025-09-20"), time("2025-09-20 04:00"))])
    signins = by_day_and_night(6_000, 3)
    ledger.fill(
        "SigninLogs", time("2024-11-01"), time("2025-11-01"), lambda start: signins(start) if start.hour >= 5 else 0)
    for hour in range(300 * 24):
        ledger.row(
            "Syslog", time("2023-06-01") + HOUR * hour, 0, "expired" if hour < 150 * 24 else "unavailable")
    ledger.fill("Syslog", time("2023-06-01") + HOUR * 7200, time("2025-11-01"), by_day_and_night(20_000, 4))
    ledger.fill(
        "AuditLogs", time("2025-10-10"), time("2025-10-31 10:00"), by_day_and_night(400, 5),
        holes=[(time("2025-10-12 06:00"), time("2025-10-12 09:00"))])
    ledger.fill("Heartbeat", time("2025-10-30"), time("2025-11-01 21:00"), lambda start: 600)
    ledger.write()
    return made


@pytest.fixture
def page(years, tmp_path):
    path = tmp_path / "report.html"
    run = years.run("report", "--as-of", NOW, "-o", str(path))
    assert run.out == f"Report: {path} ({os.path.getsize(path) / 1000:.0f} kB).\n"
    return path


def test_status_reads_the_manifest_alone(years, emulator):
    before = emulator.counts()["requests"]
    status = json.loads(years.run("status", "--json", "--as-of", NOW).out)
    after = emulator.counts()["requests"]
    asked = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    # Of tables' containers nothing, of the workspace nothing; the lineage, and a file a table and year.
    assert asked == {"ContainerProperties": 1, "ListBlobs": 1, "GetBlob": 1 + 2 + 2 + 3 + 1 + 1}, asked
    tables = {table["table"]: table for table in status["tables"]}
    assert status["lineage"] == LINEAGE
    security = tables["SecurityEvent"]
    assert [gap["slices"] for gap in security["gaps"]] == [1, 120, 53, 4]
    assert security["leaving"]["slices"] == 53 and security["lost"]["slices"] == 121
    assert security["rows"] == sum(int(row["rows"]) for row in years.manifest("SecurityEvent"))
    assert tables["Syslog"]["slices"]["expired"] == 3600 and tables["Syslog"]["slices"]["unavailable"] == 3600
    assert status["summary"]["missing_slices"] == sum(table["slices"]["missing"] for table in tables.values())


def test_status_check_tells_by_its_code(years):
    years.run("status", "--check", "--as-of", NOW, code=2)
    years.run("status", "--check", "--as-of", NOW, "--table", "SigninLogs")
    years.run("status", "--as-of", NOW)


def test_status_fits_eighty_columns(years):
    for line in years.run("status", "--as-of", NOW).out.splitlines():
        assert len(line) <= 80, line


def test_status_before_the_first_apply(archive):
    made = archive(["SecurityEvent"], "2025-08-01", "2025-08-02")
    assert "Nothing is archived yet" in made.run("status").out
    assert "lineage" not in json.loads(made.run("status", "--json").out)
    made.run("status", "--check", code=2)
    assert "Nothing is archived yet" in made.run("report").out


def test_status_agrees_with_what_was_exported(archive, emulator):
    table = "Exported_CL"
    emulator.ingest(table, [{"TimeGenerated": f"2025-08-01T{hour:02}:30:00Z", "N": hour} for hour in range(1, 20)])
    made = archive([{"name": table, "retention": "3650d"}], "2025-08-01", "2025-08-02")
    made.run("status", "--check", code=2)
    made.apply()
    status = json.loads(made.run("status", "--check", "--json").out)["tables"][0]
    assert status["slices"]["exported"] == status["rows"] == 19 and status["slices"]["empty"] == 5
    assert status["bytes"] == sum(len(data) for data in made.blobs(status["container"]).values())
    assert (status["oldest"], status["newest"]) == ("2025-08-01T01:00:00Z", "2025-08-01T20:00:00Z")
    report = made.run("report").out
    assert f'<th scope="row">{table}</th><td>2025-08-01 01:00 → 02:00</td><td class="n">1</td>' in report


def test_an_archive_of_another_workspace_is_refused(years):
    years.spec["source"]["workspace"] = "00000000-0000-0000-0000-00000000000f"
    assert "this archive is of workspace" in years.run("status", code=1).err
    assert "this archive is of workspace" in years.run("report", code=1).err


class Checker(html.parser.HTMLParser):
    """Every element is closed in its order; ids are unique, and what refers to one finds it."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.references, self.tags = [], [], [], {}

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), (tag, names)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in ("aria-labelledby", "aria-describedby"):
                self.references += value.split()
            elif name == "href":
                assert value.startswith("#"), value
                self.references.append(value[1:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.getpos())


def test_the_page_is_well_formed_and_whole(page):
    text = page.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == [] and len(checker.ids) == len(set(checker.ids))
    assert set(checker.references) <= set(checker.ids)
    assert set(re.findall(r"url\(#(\w+)\)", text)) <= set(checker.ids)
    assert "script" not in checker.tags and checker.tags["h1"] == 1
    used = set(re.findall(r'<rect class="(\w+)"', text))
    assert used >= {"r1", "r8", "missing", "partly", "unavailable", "expired", "unsettled"}


def contrast(one, other):
    """The contrast ratio of WCAG 2.2, of two colours as #rrggbb."""

    def luminance(colour):
        parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_and_shades_grow_steadily(page):
    text = page.read_text(encoding="utf-8")
    light, dark = [dict(re.findall(r"--(\w+):(#\w{6})", part)) for part in text.split("prefers-color-scheme:dark")[:2]]
    for colours in (light, dark):
        for name in ("ink", "quiet", "accent", "good", "bad", "warn"):
            assert contrast(colours[name], colours["paper"]) >= 4.5, name
        shades = [contrast(colours[f"r{level}"], colours["paper"]) for level in range(1, 9)]
        assert shades == sorted(shades) and shades[-1] > 7


# Looking at it


def browser():
    names = ["chromium-headless-shell", "chromium", "google-chrome", "chromium-browser"]
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_looks_as_it_should(page, tmp_path, scheme, width):
    program = browser()
    if not program:
        pytest.skip("no chromium is installed: apt-get install chromium-headless-shell")
    os.makedirs(SCREENSHOTS, exist_ok=True)
    picture = os.path.join(SCREENSHOTS, f"report-{scheme}-{width}.png")
    if os.path.exists(picture):
        os.remove(picture)
    subprocess.run(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={tmp_path}/profile", f"--window-size={width},4200",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            f"--screenshot={picture}", page.as_uri(),
        ],
        check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    size, pixels = read_png(picture)
    assert size == (width, 4200)
    paper = (251, 250, 247) if scheme == "light" else (20, 24, 26)
    assert pixels(4, 4) == paper
    assert all(pixels(width - 1, y) == paper for y in range(0, 600, 7)), "something runs over the right edge"
    seen = {pixels(x, y) for y in range(900, 2200, 3) for x in range(0, width, 2)}
    shades = [(219, 233, 230), (10, 75, 88)] if scheme == "light" else [(28, 53, 57), (191, 230, 226)]
    assert seen >= set(shades), "the maps are drawn in their shades"


def read_png(path):
    """Size and a look-up of pixels, of an 8-bit picture of RGB or RGBA."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, packed = 8, b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        content = data[place + 8:place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", content[:10])
        elif kind == b"IDAT":
            packed += content
        place += 12 + length
    assert depth == 8 and colour in (2, 6)
    step = 3 if colour == 2 else 4
    raw, stride, rows = zlib.decompress(packed), width * step, []
    above = bytearray(stride)
    for y in range(height):
        line = raw[y * (stride + 1):(y + 1) * (stride + 1)]
        above = unfiltered(line[0], bytearray(line[1:]), above, step)
        rows.append(above)
    return (width, height), lambda x, y: tuple(rows[y][x * step:x * step + 3])


def unfiltered(kind, line, above, step):
    """One line of a PNG, as section 9 of its specification undoes the five filters."""
    if kind == 2:
        return bytearray((a + b) & 255 for a, b in zip(line, above))
    for index in range(len(line) if kind else 0):
        left = line[index - step] if index >= step else 0
        corner = above[index - step] if index >= step else 0
        up = above[index]
        if kind == 1:
            predicted = left
        elif kind == 3:
            predicted = (left + up) // 2
        else:
            guess = left + up - corner
            predicted = min((left, up, corner), key=lambda value: abs(guess - value))
        line[index] = (line[index] + predicted) & 255
    return line
