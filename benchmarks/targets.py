"""The targets of speed: what is measured beside what, how it is judged, and the table of it.

The table is ``book/targets.csv``, which the book's page on reproduction shows. Below its rows stand
the facts about where it was measured. Rows that were not measured at the same commit on the same
machine do not stay when others are measured anew.
"""

from __future__ import annotations

import csv
import io
import math
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rebalancing.book.pages.speed import COLUMNS, FACT, NO, NOT_MEASURED, SOURCE, YES
from rebalancing.files import write_atomic

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "book" / SOURCE
Pairs = list[tuple[float, float]]  # of what is measured and what runs beside it, in turns
NOTHING = math.nan  # where nothing runs beside it
Kind = Literal["under", "ratio at most", "ratio at least", "excess at most"]


class NotMeasuredError(Exception):
    """Why something cannot be measured here, in a line."""


@dataclass(frozen=True)
class Size:
    """How much to measure: pairs of runs, and whether at the smallest sizes only."""

    runs: int
    quick: bool = False

    def of(self, usual: int, smallest: int = 1) -> int:
        """Return a number of things to measure with."""
        return smallest if self.quick else usual


@dataclass(frozen=True)
class Target:
    """What is to be reached: by the figure itself, or by it and what runs beside it."""

    kind: Kind
    bound: float

    def is_met(self, measured: float, ratio: float, excess: float) -> bool:
        """Return whether figures reach it; ``excess`` is what is beyond what runs beside it."""
        match self.kind:
            case "under":
                return measured < self.bound
            case "ratio at most":
                return ratio <= self.bound
            case "ratio at least":
                return ratio >= self.bound
            case "excess at most":
                return excess <= self.bound

    def words(self, unit: str) -> str:
        """Return it as the table has it."""
        match self.kind:
            case "under":
                return f"under {self.bound:g} {unit}"
            case "excess at most":
                return f"at most {self.bound:g} {unit} more"
            case _:
                return f"{self.kind.removeprefix('ratio ')} {self.bound:g} times"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: Of the line; up to the first point, that of the measure that it comes from.
        what: What is measured, for readers.
        unit: Of both figures.
        beside: What runs beside it, for readers; nothing if nothing does.
        target: What is to be reached; None where the figure is only told.
    """

    name: str
    what: str
    unit: str
    beside: str
    target: Target | None

    @property
    def measure(self) -> str:
        """The name of the measure that it comes from."""
        return self.name.partition(".")[0]

    def without_figures(self) -> dict[str, str]:
        """Return the line of what was not measured."""
        return {
            **dict.fromkeys(COLUMNS, ""),
            "row": self.name,
            "what": self.what,
            "unit": self.unit,
            "beside": self.beside,
            "target": self.target.words(self.unit) if self.target else "",
            "met": NOT_MEASURED,
        }

    def filled(self, pairs: Pairs) -> dict[str, str]:
        """Return the line with medians of what was measured, and of the ratios of the pairs."""
        measured = statistics.median(mine for mine, _ in pairs)
        beside = statistics.median(other for _, other in pairs)
        ratio = statistics.median(mine / other for mine, other in pairs)
        excess = statistics.median(mine - other for mine, other in pairs)
        is_met = self.target.is_met(measured, ratio, excess) if self.target else None
        return self.without_figures() | {
            "measured": digits(measured),
            "beside_measured": digits(beside),
            "ratio": digits(ratio),
            "met": "" if is_met is None else YES if is_met else NO,
        }


def digits(value: float) -> str:
    """Return a figure with three digits that count; nothing where there is none."""
    if not math.isfinite(value):
        return ""
    decimals = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{min(decimals, 4)}f}"


CPU, CLOCK = "s of CPU time", "s"
_FIRST = "version 0.1.0"
_CHEAPER = Target("ratio at most", 0.4)
ROWS = (
    Row("report", "`make report` with nothing changed", CLOCK, "", Target("under", 0.5)),
    Row("report.pytask", "`make report` with nothing changed", CLOCK,
        "pytask with as many tasks, nothing changed", Target("ratio at most", 0.5)),
    Row("help", "`rebalancing --help`", CPU, "an interpreter that does nothing",
        Target("under", 0.15)),
    Row("parameter", "One parameter of one chapter changed, to an updated site", CPU,
        "the chapter's own cells", Target("excess at most", 3)),
    Row("parameter.clock", "One parameter of one chapter changed, to an updated site", CLOCK,
        "the chapter's own cells", Target("excess at most", 3)),
    Row("full.limit", "Full build", CLOCK,
        "the limit: cells alone on all cores, or their longest chain, and one stock book",
        Target("ratio at most", 1.15)),
    Row("full.stock", "Full build", CLOCK, "stock papermill and `jupyter-book build`",
        Target("ratio at most", 0.5)),
    Row("full.cpu", "Full build", CPU, "stock papermill and `jupyter-book build`", None),
    Row("backtest", "Backtest of forecasts", CPU, _FIRST, _CHEAPER),
    Row("trends", "Fits of trend models", CPU, _FIRST, _CHEAPER),
    Row("breaks", "Search for breaks", CPU, _FIRST, _CHEAPER),
    Row("simulations", "Simulated samples of the search for breaks", CPU, _FIRST, _CHEAPER),
    Row("curve", "Specification curve, and its like by chance", CPU, _FIRST, _CHEAPER),
    Row("cleaning", "Cleaning of three publishers' tables", CPU, _FIRST, _CHEAPER),
    Row("figure", "Drawing of figures", CPU, _FIRST, _CHEAPER),
    Row("sweep.cpu", "Sweep of the core chapters (02, 06, 14), a run", CPU,
        "the cells' own and 0.4 s", Target("ratio at most", 1.2)),
    Row("sweep.throughput", "Sweep of the core chapters", "runs a minute",
        "stock papermill by `xargs -P2`", None),
    Row("panel", "Backtest of 200 economies by nine forecasters", CPU,
        "a plain loop of statsmodels fits, extrapolated from a sample of economies",
        Target("ratio at most", 0.1)),
    Row("workers", "What a second worker gains in a sweep", "times",
        "what a second copy of a plain loop gains", Target("ratio at least", 0.9)),
    Row("book.cold", "The book, built from nothing", CPU,
        "stock `jupyter-book build` of the same executed notebooks",
        Target("ratio at most", 1.2)),
    Row("book.pages", "The book, built from nothing", CPU,
        "stock `jupyter-book build` of the pages that the report has put together", None),
    Row("book.step", "The book's step, from nothing", CLOCK,
        "stock `jupyter-book build` of the same executed notebooks",
        Target("ratio at most", 1.2)),
    Row("book.page", "The book's step after a change on one page", CLOCK,
        "stock `jupyter-book build` after a change in one notebook", Target("under", 2)),
    Row("book.command", "`rebalancing report` after a change on one page", CLOCK,
        "stock `jupyter-book build` after a change in one notebook", None),
)  # fmt: skip


def facts() -> dict[str, str]:
    """Return where and of what the measurement is; no clock is read."""
    return {
        "Processor": _processor(),
        "Cores": str(len(os.sched_getaffinity(0))),
        "Python": platform.python_version(),
        "Commit": _git("rev-parse", "--short=12", "HEAD") + _changed(),
        "Date of the commit": _git("show", "-s", "--format=%cs", "HEAD"),
    }


def lines(found: Mapping[str, Pairs], before: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the lines of the table.

    Args:
        found: What was measured now, by row.
        before: The lines of the table so far; its figures stay if its facts are today's.
    """
    today = facts()
    known = {line["row"]: line for line in before}
    then = {line["what"]: line["measured"] for line in before if line["row"].startswith(FACT)}
    rows = []
    for row in ROWS:
        empty = row.without_figures()
        kept = known.get(row.name, empty)
        is_same = then == today and all(
            kept[name] == empty[name] for name in ("what", "unit", "beside", "target")
        )
        if row.name in found:
            rows.append(row.filled(found[row.name]))
        else:
            rows.append(kept if is_same else empty)
    is_measured = any(line["met"] != NOT_MEASURED for line in rows)
    return [*rows, *(_fact(what, said) for what, said in today.items() if is_measured)]


def write(table: Path, rows: list[dict[str, str]]) -> None:
    """Write the table, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomic(table, text.getvalue())


def read(table: Path) -> list[dict[str, str]]:
    """Return the lines of the table so far; none if there is no table of these columns."""
    if not table.is_file():
        return []
    with table.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        return list(reader) if tuple(reader.fieldnames or ()) == COLUMNS else []


def _fact(what: str, said: str) -> dict[str, str]:
    name = FACT + what.lower().replace(" ", "-")
    return {**dict.fromkeys(COLUMNS, ""), "row": name, "what": what, "measured": said}


def _processor() -> str:
    said = Path("/proc/cpuinfo")
    if said.is_file():
        for line in said.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _changed() -> str:
    """Say that files differ from the commit, other than the table itself."""
    others = (":/", f":(exclude){TABLE.relative_to(ROOT)}")
    done = subprocess.run(
        ["git", "status", "--porcelain", "--", *others],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ", with changes" if done.stdout.strip() else ""
