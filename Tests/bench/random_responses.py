"""Responses by chance, as wide as JSON and the service's types allow, from a seed."""

import json
import random

WORDS = ["", "a", "Zz9", "log line", "C:\\Windows\\System32", "é", "漢字", "🪵", "\u2028", "\ufeff", "'", "<&>", "{}", "[1]"]
ESCAPES = [
    '\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0022", "\\u0000", "\\u001F", "\\u00e9", "\\u2028",
    "\\ud83e\\udeb5", "\\uD83D\\uDE00", "\\ufffd",
]
# A half of a pair is JSON, though no text.
HALVES = ["\\ud800", "\\udfff", "\\udfff\\ud800"]
NUMBERS = [
    "0", "-0", "1", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808",
    "123456789012345678901234567890", "0.1", "-0.0", "1e5", "1E+05", "-2.50e-07", "1.7976931348623157e308", "1e-400",
    "0.1000000000000000055511151231257827", "3.14159265358979323846264338327950288",
]
NO_JSON = ["", "text", "{", "[1,]", "{'a':1}", "nul", "01", "NaN", "1 2", '{"a":1}}', '"open', "\u0001", "[\u00a01]"]
SPACES = ["", "", "", "", "", "", " ", "\n", "\r\n", "\t", "  \n "]
TYPES = ["string", "long", "int", "real", "bool", "datetime", "timespan", "guid", "decimal", "dynamic", "dynamic"]


class Response:
    """One table; every row's time lies in the hour that begins at 2025-01-01T00:00Z."""

    def __init__(self, seed, pool=2000):
        self.chance = random.Random(seed)
        self.types = ["datetime"] + [self.chance.choice(TYPES) for _ in range(self.chance.randint(1, 11))]
        names = [f'"Column{number}{self.inside(1)}"' for number in range(1, len(self.types))]
        self.names = ['"TimeGenerated"', *names]
        # Rows are drawn from values that were made before: a million rows are no time to make each.
        self.pools = [[self.value(kind) for _ in range(pool)] for kind in self.types[1:]]

    def write(self, path, rows):
        gap, chance = self.gap, self.chance
        columns = ",".join(
            f'{gap()}{{{gap()}"name"{gap()}:{gap()}{name},{gap()}"type":"{kind}"{gap()}}}{gap()}'
            for name, kind in zip(self.names, self.types))
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(f'{gap()}{{"tables":{gap()}[{{"name":"PrimaryResult",{gap()}"columns":[{columns}],{gap()}"rows":[')
            for number in range(rows):
                time = f'"2025-01-01T00:{number % 60:02}:{chance.randint(0, 59):02}.{number % 10_000_000:07}Z"'
                commas = chance.choices([",", ", ", " ,", "\n,\t"], [20, 1, 1, 1], k=len(self.pools) + 1)
                values = "".join(comma + chance.choice(pool) for comma, pool in zip(commas, self.pools))
                file.write(f"{commas[-1] if number else gap()}[{time}{values}{gap()}]")
            file.write(f'{gap()}]{gap()}}}]{gap()},"statistics":{self.tree(0)}}}{gap()}')

    def gap(self):
        return self.chance.choice(SPACES)

    def inside(self, most):
        """The inside of a JSON string, as JSON text."""
        parts = [json.dumps(word, ensure_ascii=False)[1:-1] for word in WORDS] + ESCAPES
        return "".join(self.chance.choices(parts, k=self.chance.randint(0, most)))

    def value(self, kind):
        """The JSON text of a value of a column."""
        chance = self.chance
        if chance.random() < 0.1:
            return "null"
        if kind in ("long", "int", "real"):
            return '"NaN"' if kind == "real" and chance.random() < 0.05 else self.number()
        if kind == "bool":
            return chance.choice(["true", "false"])
        if kind == "datetime":
            return f'"2025-01-01T00:00:{chance.randint(0, 59):02}{chance.choice(["", ".1", ".1234567"])}Z"'
        if kind in ("timespan", "guid", "decimal"):
            return json.dumps(chance.choice(["1.02:03:04.0000005", f"{chance.getrandbits(128):032x}", "0.10"]))
        if kind == "dynamic":
            return self.dynamic()
        half = chance.choice(HALVES) if chance.random() < 0.02 else ""
        return f'"{self.inside(12)}{half}{self.inside(3)}"'

    def dynamic(self):
        """JSON within a string, mostly; sometimes text that is none, or JSON as it is."""
        kind = self.chance.random()
        if kind < 0.15:
            return json.dumps(self.chance.choice(NO_JSON), ensure_ascii=self.chance.random() < 0.5)
        text = self.tree(0) if kind < 0.9 else self.deep()
        if kind < 0.2:
            return text
        # The service writes quotes as \u0022.
        text = json.dumps(text, ensure_ascii=kind < 0.5)
        return text.replace('\\"', "\\u0022") if kind < 0.7 else text

    def tree(self, depth):
        kind = self.chance.randint(0, 7 if depth < 4 else 4)
        if kind == 0:
            return self.chance.choice(["true", "false", "null"])
        if kind <= 2:
            return self.number()
        if kind <= 4:
            half = self.chance.choice(HALVES) if self.chance.random() < 0.01 else ""
            return f'"{self.inside(4)}{half}"'
        items = [self.tree(depth + 1) for _ in range(self.chance.randint(0, 3))]
        if kind == 5:
            return f"[{self.gap()}{','.join(item + self.gap() for item in items)}]"
        pairs = (f'"{self.inside(2)}{number}"{self.gap()}:{self.gap()}{item}' for number, item in enumerate(items))
        return f"{{{self.gap()}{','.join(pairs)}{self.gap()}}}"

    def deep(self):
        depth = self.chance.randint(5, 100)
        return '[{"a":' * depth + self.number() + "}]" * depth

    def number(self):
        if self.chance.random() < 0.3:
            return self.chance.choice(NUMBERS)
        return f"{self.chance.randint(-10**6, 10**6)}" + self.chance.choice(["", ".5", f".{self.chance.getrandbits(70):021}"])
