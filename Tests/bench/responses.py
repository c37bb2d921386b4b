#!/usr/bin/env python3
"""Writes responses of the query service, always the same ones for the same size.

    responses.py short|long|longer FILE [MEGABYTES]

short: rows of about 310 bytes in 25 columns of every type. long: security events of about
1.2 KB, two columns of them `dynamic`, one with its quotes as \\u0022, as the service has
them, and one as \\". longer: the same with command lines that make it some 1.3 KB. Times
ascend within the first hour of 2025, as long as there are fewer than 290,000 rows.
"""

import json
import random
import sys

WORDS = ("logon failed user service host process started network connection allowed blocked by policy update "
         "kernel driver loaded token privilege session remote desktop file share object access audit success").split()


def main():
    kind, path = sys.argv[1], sys.argv[2]
    size = int(float(sys.argv[3] if len(sys.argv) > 3 else 64) * 1e6)
    columns, row = {"short": (SHORT, short), "long": (LONG, long), "longer": (LONG, longer)}[kind]
    chance = random.Random(25)
    with open(path, "w", encoding="utf-8") as file:
        described = [{"name": name, "type": kind} for name, kind in columns]
        written = file.write(f'{{"tables":[{{"name":"PrimaryResult","columns":{compact(described)},"rows":[')
        number = 0
        while written < size:
            written += file.write(("," if number else "") + "[" + ",".join(row(chance, number)) + "]")
            number += 1
        file.write("]}]}")
    print(f"{number} rows of {written / number:.0f} bytes")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def time(number):
    ticks = number * 123457
    return (f'"2025-01-01T{ticks // 36_000_000_000 % 24:02}:{ticks // 600_000_000 % 60:02}:'
            f'{ticks // 10_000_000 % 60:02}.{ticks % 10_000_000:07}').rstrip("0").rstrip(".") + 'Z"'


def guid(chance):
    digits = f"{chance.getrandbits(128):032x}"
    return f'"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"'


def sentence(chance, words):
    return " ".join(chance.choices(WORDS, k=words))


SHORT = [
    ("TimeGenerated", "datetime"), ("Computer", "string"), ("EventID", "int"), ("Level", "int"), ("Task", "int"),
    ("Channel", "string"), ("Account", "string"), ("LogonType", "int"), ("SourceIP", "string"), ("Port", "int"),
    ("BytesSent", "long"), ("BytesReceived", "long"), ("DurationMs", "real"), ("Success", "bool"),
    ("ErrorCode", "int"), ("City", "string"), ("Path", "string"), ("Score", "real"), ("IsAdmin", "bool"),
    ("Category", "string"), ("Id", "guid"), ("Note", "string"), ("Region", "string"), ("Count", "long"),
    ("Type", "string"),
]


def short(chance, number):
    null = chance.random
    return [
        time(number), f'"srv{chance.randrange(300):03}.corp.example.com"', str(chance.choice((4624, 4625, 4634, 4688, 5156))),
        str(chance.randrange(5)), str(chance.randrange(15000)), '"Security"',
        f'"CORP\\\\user{chance.randrange(5000)}"', "null" if null() < 0.5 else str(chance.randrange(2, 12)),
        f'"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"', str(chance.randrange(65536)),
        str(int(10 ** (chance.random() * 10))), str(int(10 ** (chance.random() * 7))),
        str(round(chance.random() * 1000, chance.randrange(1, 5))), chance.choice(("true", "false")),
        "null" if null() < 0.7 else str(chance.randrange(-9999, 0)),
        chance.choice(('"Zürich"', '"Berlin"', '"Paris"', '"Dublin"', '"Oslo"', '""')),
        compact("C:\\Win\\" + chance.choice(WORDS)) if null() < 0.3 else f'"/usr/{chance.choice(WORDS)}"',
        repr(chance.random()) if null() < 0.2 else str(round(chance.random(), 2)), chance.choice(("true", "false")),
        f'"{chance.choice(WORDS)}"', guid(chance) if null() < 0.9 else "null",
        "null" if null() < 0.3 else compact(sentence(chance, 5)), chance.choice(('"weu"', '"neu"', '"eus2"')),
        str(chance.randrange(100)), '"Bench"',
    ]


LONG = [
    ("TimeGenerated", "datetime"), ("Computer", "string"), ("EventID", "int"), ("Activity", "string"),
    ("Account", "string"), ("SubjectUserSid", "string"), ("ProcessId", "string"), ("NewProcessName", "string"),
    ("CommandLine", "string"), ("EventData", "string"), ("Properties", "dynamic"), ("Tags", "dynamic"),
    ("IpAddress", "string"), ("TargetLogonId", "string"), ("Id", "guid"), ("_BilledSize", "real"),
    ("_ResourceId", "string"), ("Type", "string"),
]


def long(chance, number, words=40):
    properties = {
        "sessionId": chance.getrandbits(40), "client": {"os": "Windows 11", "ip": f"10.0.0.{chance.randrange(256)}"},
        "claims": [chance.choice(WORDS) for _ in range(4)], "ok": chance.random() < 0.9}
    tags = {"env": chance.choice(("prod", "test")), "team": chance.choice(WORDS)}
    program = f"C:\\Windows\\System32\\{chance.choice(WORDS)}.exe"
    data = "".join(f"<Data Name='{name}'>{sentence(chance, 2)}</Data>" for name in ("Subject", "Target", "Reason"))
    resource = (f"/subscriptions/{guid(chance)[1:-1]}/resourcegroups/security-{chance.randrange(20)}"
                f"/providers/microsoft.compute/virtualmachines/srv{chance.randrange(300):03}")
    return [
        time(number), f'"srv{chance.randrange(300):03}.corp.example.com"', "4688",
        '"4688 - A new process has been created."', f'"CORP\\\\user{chance.randrange(5000)}"',
        f'"S-1-5-21-{chance.getrandbits(31)}-{chance.getrandbits(31)}-{chance.getrandbits(31)}-1104"',
        f'"0x{chance.getrandbits(16):x}"', compact(program),
        compact(f"{program} {sentence(chance, words)}" + (" – größer" if chance.random() < 0.1 else "")), compact(data),
        '"' + compact(properties).replace('"', "\\u0022") + '"', compact(compact(tags)),
        f'"192.168.{chance.randrange(256)}.{chance.randrange(256)}"', f'"0x{chance.getrandbits(32):x}"', guid(chance),
        str(chance.randrange(800, 1600)), f'"{resource}"', '"SecurityEvent"',
    ]


def longer(chance, number):
    return long(chance, number, words=62)


if __name__ == "__main__":
    main()
