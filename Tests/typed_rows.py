"""Rows of every type of column by chance, as the service writes them, and what each value is."""

import json
import random
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
HOUR = 17_356_896_000_000_000  # 2025-01-01T00:00Z in ticks
TYPES = {
    "Flag": "bool", "Small": "int", "Large": "long", "Real": "real", "Time": "datetime", "Span": "timespan",
    "Id": "guid", "Exact": "decimal", "Plain": "decimal", "Text": "string", "Long": "string", "Json": "dynamic",
}
SCALE = 4
WORDS = ["", " ", "a", "Zz9", "log line", "C:\\Windows", 'say "no"', "é", "漢字", "🪵", "\u2028", "\ufeff", "\x00", "\r\n\t", "x" * 63,
         "y" * 64, "z" * 65, "é" * 40, "\U0010ffff" * 20, "~" * 200]
# Half a pair of surrogates: JSON may escape it, and many readers refuse it.
HALVES = {
    '["\\ud83e", "\\udeb5\\ud83e", {"\\ud83e\\\\":1}]': '["\\ufffd", "\\ufffd\\ufffd", {"\\ufffd\\\\":1}]',
    "no json \ud83e": '"no json \\ufffd"',
}
NULLS = {
    "never": lambda chance, row, rows: False,
    "always": lambda chance, row, rows: True,
    "every other": lambda chance, row, rows: row % 2 == 0,
    "first half": lambda chance, row, rows: row < rows / 2,
    "all but one": lambda chance, row, rows: row != rows // 2,
    "runs": lambda chance, row, rows: row // 13 % 3 == 0,
    "chance": lambda chance, row, rows: chance.random() < 0.3,
}


class TypedRows:
    """A table of `rows` rows; of each column's values few are distinct, or most."""

    def __init__(self, seed, rows, nulls="chance", few=False):
        self.chance = random.Random(seed)
        self.few = few
        is_null = NULLS[nulls]
        self.columns = {"TimeGenerated": "datetime", **TYPES}
        self.rows = []
        pools = {name: [getattr(self, f"_{kind}")(name) for _ in range(7)] for name, kind in TYPES.items()}
        for row in range(rows):
            values = [self.time(HOUR + row * (36_000_000_000 // max(rows, 1)))]
            for name, kind in TYPES.items():
                if is_null(self.chance, row, rows):
                    values.append(("null", None))
                elif few:
                    values.append(self.chance.choice(pools[name]))
                else:
                    values.append(getattr(self, f"_{kind}")(name))
            self.rows.append(values)

    def write(self, path):
        columns = [{"name": name, "type": kind} for name, kind in self.columns.items()]
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(f'{{"tables":[{{"name":"PrimaryResult","columns":{json.dumps(columns)},"rows":[')
            for number, row in enumerate(self.rows):
                file.write(("," if number else "") + "[" + ",".join(text for text, _ in row) + "]")
            file.write("]}]}")

    def expected(self, name):
        """A column's values: of a time and a timespan ticks, of a dynamic its text."""
        place = list(self.columns).index(name)
        return [row[place][1] for row in self.rows]

    def time(self, ticks):
        whole, rest = divmod(ticks, 10_000_000)
        text = (EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
        fraction = f".{rest:07}".rstrip("0").rstrip(".")
        return f'"{text}{fraction}Z"', ticks

    def _bool(self, _):
        return self.chance.choice([("true", True), ("false", False), ("1", True), ("0", False)])

    def _int(self, _):
        value = self.chance.choice([0, 1, -1, 2**31 - 1, -2**31, self.chance.randint(-2**31, 2**31 - 1)])
        return str(value), value

    def _long(self, _):
        bits = self.chance.randint(1, 63)
        value = self.chance.choice([0, 2**63 - 1, -2**63, -9214364837600034816, 10**18, self.chance.randint(-2**bits, 2**bits - 1)])
        return str(value), value

    def _real(self, _):
        text = self.chance.choice(
            ['"NaN"', '"Infinity"', '"-Infinity"', "0", "-0.0", "1e5", "1.7976931348623157e+308", "5e-324", "0.1", "1e-400",
             "9007199254740993", "0.1000000000000000055511151231257827", f"{self.chance.uniform(-1e6, 1e6)!r}",
             f"{self.chance.random():.3f}", f"{self.chance.getrandbits(62)}.{self.chance.getrandbits(30)}"])
        return text, float(text.strip('"'))

    def _datetime(self, _):
        # 1677-09-21T00:12:44 to 2262-04-11T23:47:16
        return self.time(self.chance.choice([-92233720368547758, 92233720368547758, 0, -1, 1, self.chance.randint(-92233720368547758, 92233720368547758)]))

    def _timespan(self, _):
        ticks = self.chance.choice([0, 1, -1, 2**63 - 1, -2**63, 36_000_000_000, self.chance.randint(-10**15, 10**15)])
        seconds, rest = divmod(abs(ticks), 10_000_000)
        days, seconds = divmod(seconds, 86400)
        text = ("-" if ticks < 0 else "") + (f"{days}." if days else "")
        text += f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:07}" if rest else "")
        return f'"{text}"', ticks

    def _guid(self, _):
        value = uuid.UUID(int=self.chance.choice([0, 2**128 - 1, self.chance.getrandbits(128)]))
        return f'"{value}"', value

    def _decimal(self, name):
        text = self.chance.choice(
            ["0", "-0.0001", "0.1000", "79228162514264.3375", "-1", f"{self.chance.randint(-10**12, 10**12)}.{self.chance.randint(0, 9999):04}",
             "1234567890123456789012345678901234.5678"])
        return f'"{text}"', Decimal(text) if name == "Exact" else text

    def _string(self, name):
        text = "".join(self.chance.choices(WORDS, k=self.chance.randint(0, 3)))
        if name == "Long":
            text += "".join(self.chance.choices("abcdef ghij", k=self.chance.randint(0, 900)))
        return json.dumps(text, ensure_ascii=self.chance.random() < 0.5), text

    def _dynamic(self, _):
        text = self.chance.choice(
            ["{}", "[]", '{"a":[1,2.50,null,true,"x"]}', '{"é": "\\u0022"}', "12", "null", '"text"', "no json", "", "{", json.dumps({"n": self.chance.random()}),
             '{"pair":"\\ud83e\\udeb5"}', *HALVES])
        try:
            json.loads(text)
            expected = text
        except ValueError:
            # What is no JSON is a string to JSON, as it came.
            expected = json.dumps(text)
        sent = json.dumps(text).replace('\\"', "\\u0022")
        if expected == text and text[0] in "[{" and self.chance.random() < 0.2:
            # The service may nest it itself.
            sent = text
        return sent, HALVES.get(text, expected)
