"""One figure of the benchmark: what was measured, and the bar that it is held to."""

from dataclasses import asdict, dataclass


@dataclass
class Figure:
    """`unit` is s, ms, MB, MiB, MB/s, × or a noun; `at` says on which side of `bar` to be: "least" or "most".

    Without a bar the figure is only shown; without a value it could not be measured, and `note` says why.
    """

    name: str
    value: float | None
    unit: str
    bar: float | None = None
    at: str = "most"
    note: str = ""

    @property
    def passed(self):
        if self.bar is None or self.value is None:
            return self.bar is None
        return self.value >= self.bar if self.at == "least" else self.value <= self.bar

    @property
    def verdict(self):
        if self.value is None:
            return "not measured"
        return "" if self.bar is None else "kept" if self.passed else "MISSED"

    def text(self, value):
        if value is None:
            return ""
        number = f"{value:,.0f}" if value >= 100 or self.unit not in ("s", "×", "MiB", "ms") else f"{value:,.2f}"
        return f"{number}×" if self.unit == "×" else f"{number} {self.unit}"

    def line(self):
        sign = "≥" if self.at == "least" else "≤"
        bar = f"{sign} {self.bar:g}{'' if self.unit == '×' else ' '}{self.unit}" if self.bar is not None else ""
        return f"{self.name:<58}{self.text(self.value):>14}{bar:>14}  {self.verdict:<13}{self.note}".rstrip()

    def json(self):
        return {**asdict(self), "passed": self.passed}


def show(figures):
    print(f"{'figure':<58}{'measured':>14}{'bar':>14}  verdict")
    for figure in figures:
        print(figure.line())
