"""Made-up results of whatever a text looks up: rising, falling, flat, zero, few, or missing.

What a key is, its unit and its period, is as the kept edition recorded it. Words of a finding are
those that its rule can give, and those that texts ask for.
"""

from __future__ import annotations

import ast
import copy
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from rebalancing.claims import ledger
from rebalancing.notebooks import Notebook
from rebalancing.project import Project
from rebalancing.report import findings, text
from rebalancing.report.prose import Recorded
from rebalancing.report.sections import needs
from rebalancing.report.stored import read_results

ABSENT = object()
Rules = Sequence["Rule"]
RULES = {
    "direction": findings.direction(0, 0).words,
    "change": findings.change(0).words,
    "place": findings.place(50).words,
    "extreme": findings.extreme(1, 1).words,
    "weight": findings.weight(1, 1).words,
    "side": findings.side(0).words,
    "pace": findings.pace(0, 0).words,
    "fraction": findings.fraction(50).words,
    "rarity": findings.rarity(50).words,
    "how_many": findings.how_many(0).words,
    "skill": findings.skill(0, 0.5).words,
    "score": findings.score(0).words,
    "tails": findings.tails([95.0], 95.0).words,
    "part": findings.part(1, 2).words,
    "agreement": findings.agreement(50).words,
    "unit_roots": findings.unit_roots("unit root").words,
    "related": findings.related(True).words,
    "growth_weights": findings.growth_weights("additive").words,
    "news_or_noise": findings.news_or_noise("news").words,
    "start": findings.start("low").words,
    "path": findings.path([], are_named=True).words,
    "breaks": findings.breaks(1, 1, 0.05).words,
    "verdict": findings.verdict("true", ledger.VERDICTS).words,
    "outcome": findings.outcome("holds", ledger.OUTCOMES).words,
    "borne_out": findings.borne_out("said", ledger.BORNE_OUT).words,
}
# What numbers never are, by patterns of keys: "few" is none, one, or too small to be seen.
NEVER = [*csv.DictReader(Path(__file__).with_name("never.csv").open(encoding="utf-8"))]
# What a finding says of numbers: where it is this word, they are there ("known"), can be seen, or
# are not there either ("gone").
TIES = (
    ("consumption.extreme", ("between",), r"consumption\.share\.(above|below)_m\w+", "seen"),
    ("consumption.extreme", ("highest",), r"consumption\.share\.above_minimum", "seen"),
    ("scenarios.give_way.way", ("surplus to deficit",), r"scenarios\.net_exports\.world", "seen"),
    ("surplus.goods.rank", ("record",), r"exports\.customs\.balance\.latest", "known"),
    ("manufacturing.known", ("both",), r"manufacturing\.\w+_share\.latest", "known"),
    ("manufacturing.size", ("visible",), r"manufacturing\..*(lower|upper)", "seen"),
    *(
        (
            f"claims.price_wars.outcome.{name}",
            ("holds",),
            rf"claims.price_wars.tried.{name}",
            "seen",
        )
        for name in ("before", "deflator")
    ),
    # Recorded together, or not at all.
    (
        "revisions.consumption.like.economies",
        (ABSENT,),
        r"revisions\.consumption\.like\.\w+",
        "gone",
    ),
)
# What tests for unit roots come to, which is recorded as words.
READINGS = (
    *("unit root", "stationary", "neither null rejected", "both nulls rejected"),
    *("tests differ",),
)
# What findings are where there is nothing to see.
FIRST_WORDS = ("none", "flat", "unsettled", "middle", "neither")


@cache
def kept(project: Project) -> dict[str, dict[str, Any]]:
    """Return what the kept edition recorded, by key."""
    content = read_results(project.root / "editions" / "CHN")
    return {entry["key"]: entry for entry in content["results"]}


@cache
def homes(project: Project) -> dict[str, str]:
    """Return the chapter that records most of a subject, by subject."""
    chapters: dict[str, Counter[str]] = {}
    for key, entry in kept(project).items():
        chapters.setdefault(key.partition(".")[0], Counter())[entry["chapter"]] += 1
    return {subject: found.most_common(1)[0][0] for subject, found in chapters.items()}


@dataclass(frozen=True)
class Rule:
    """How the code of a chapter decides a finding.

    Attributes:
        chapter: The notebook.
        key: The end of the finding's key, a pattern.
        words: All that it can be.
        is_optional: Whether it is not recorded in each edition.
    """

    chapter: str
    key: re.Pattern[str]
    words: tuple[str, ...]
    is_optional: bool


def declared(notebooks: Iterable[Notebook]) -> Rules:
    """Return the rules of findings, as the code of notebooks has them."""
    found = []
    for notebook in notebooks:
        for cell in notebook.code_cells:
            assigned: dict[str, ast.expr] = {}
            for statement in cell.statements() if cell.computes else []:
                is_optional = bool(needs(cell.tags)) or isinstance(statement, ast.If)
                for node in _in_order(statement):
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                        assigned[node.targets[0].id] = node.value
                    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "finding":
                        key, rule = _pattern(node.args[0]), node.args[1]
                        rule = assigned.get(rule.id, rule) if isinstance(rule, ast.Name) else rule
                        if key and (words := _words(rule)):
                            pattern = re.compile(rf"(?:.*\.)?{key}")
                            found.append(Rule(notebook.name, pattern, words, is_optional))
    return found


def _in_order(statement: ast.stmt) -> list[ast.AST]:
    """Return all parts of a statement in the order of their lines."""
    placed = [part for part in ast.walk(statement) if hasattr(part, "lineno")]
    return sorted(placed, key=lambda part: part.lineno)


def _pattern(key: ast.expr) -> str:
    """Return the end of a key as a pattern; nothing where all of it is computed."""
    if isinstance(key, ast.Constant):
        return re.escape(str(key.value))
    parts = key.values if isinstance(key, ast.JoinedStr) else []
    return "".join(re.escape(str(getattr(part, "value", ""))) if isinstance(part, ast.Constant)
                   else r"\w+" for part in parts)  # fmt: skip


def _words(rule: ast.expr) -> tuple[str, ...]:
    if not isinstance(rule, ast.Call):
        return ()
    given = [keyword.value for keyword in rule.keywords if keyword.arg == "words"]
    name = getattr(rule.func, "attr", "")
    return tuple(ast.literal_eval(given[0])) if given else RULES.get(name, ())


class Kinds:
    """What is known of results: their units, and the values that they may have."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self.kept, self.homes, self.rules = kept(project), homes(project), rules
        self._rule: dict[str, Rule | None] = {}
        self._forget()

    def of_a_text(self) -> Kinds:
        """Return the same of another text, which asks for words of its own."""
        found = copy.copy(self)
        found._forget()
        return found

    def _forget(self) -> None:
        self.words: dict[str, list[str]] = {}  # that the text asks for
        self._first: dict[str, Any] = {}
        self._entries: dict[tuple[str, Any], dict[str, Any]] = {}

    def ask(self, key: str, constants: Iterable[object]) -> None:
        """Note what a text compares a result with."""
        if not self.is_number(key):
            words = self.words.setdefault(key, [])
            words += [c for c in constants if isinstance(c, str) and c not in words]
            self._entries.clear()
            self._first.clear()

    def is_number(self, key: str) -> bool:
        """Return whether a result is a number."""
        return self.unit(key) not in (text.WORDS, text.FINDING)

    def unit(self, key: str) -> str:
        """Return a result's unit."""
        entry = self.kept.get(key)
        if key in self.words or self._declared(key):
            return text.FINDING
        return str(entry["unit"]) if entry else "percentage points"

    def entry(self, key: str, value: Any) -> dict[str, Any]:
        """Return a result of a value."""
        if (key, value) not in self._entries:
            self._entries[key, value] = self._entry(key, value)
        return self._entries[key, value]

    def _entry(self, key: str, value: Any) -> dict[str, Any]:
        known = self.kept.get(key, {"period": "2024"})
        unit = self.unit(key)
        shown = {"unit": unit, "text": text.form(value, unit), "period": known["period"]}
        return {"key": key, "value": value, **shown}

    def first(self, key: str) -> Any:
        """Return the value that a result has unless something else is tried."""
        if key not in self._first:
            entry = self.kept.get(key)
            number = entry["value"] if entry and entry["value"] is not None else 1.3
            self._first[key] = number if self.is_number(key) else self.values(key)[0]
        return self._first[key]

    def nothing(self, key: str) -> Any:
        """Return the value of a result where there is nothing to see."""
        values = self.values(key)
        if self.is_number(key):
            return self.first(key) if is_never("few", key) else min(values, key=abs)
        of_two = values[-1] if len(values) == 2 else values[0]
        return next((word for word in FIRST_WORDS if word in values), of_two)

    def values(self, key: str, constants: Iterable[object] = ()) -> list[Any]:
        """Return the values to try.

        Args:
            key: The result's.
            constants: What a condition compares it with.
        """
        if not self.is_number(key):
            if self._declared(key):
                return list(self._declared(key))
            known = self.kept.get(key, {}).get("value")
            words = [*([known] if known else []), *self.words.get(key, [])]
            return list(dict.fromkeys([*words, "something else"]))
        unit = self.unit(key)
        values = _numbers(unit, self.first(key))
        if is_never("few", key):
            least = 2 if unit == "count" else 0.06
            values = [value for value in values if abs(value) >= least]
        for constant in constants:
            if isinstance(constant, int | float) and not isinstance(constant, bool):
                near = [constant - 0.3, constant, constant + 0.3, constant - 7, constant + 7]
                whole = unit in ("count", "year", "years")
                values += [round(value) if whole else value for value in near]
        signed = unit not in ("count", "year", "years", "p-value", "percentile")
        signed = signed and not is_never("negative", key)
        return list(dict.fromkeys(v for v in values if signed or v >= 0))

    def is_possible(self, value_of: Callable[[str], Any], keys: Iterable[str]) -> bool:
        """Return whether numbers can be together with what findings say of them.

        Args:
            value_of: Returns the value of a result in a case.
            keys: The results that were looked up.
        """
        for finding, words, numbers, what in TIES:
            if value_of(finding) in words:
                tied = [value_of(key) for key in keys if re.fullmatch(numbers, key)]
                unknown = any(value is None or value is ABSENT for value in tied)
                if what == "gone":
                    if any(value is not ABSENT for value in tied):
                        return False
                    continue
                if unknown or (what == "seen" and any(abs(value) < 0.05 for value in tied)):
                    return False
        return True

    def is_optional(self, key: str) -> bool:
        """Return whether a finding is not recorded in each edition, as far as the code tells."""
        rule = self._rule_of(key)
        return rule is None or rule.is_optional

    def _declared(self, key: str) -> tuple[str, ...]:
        rule = self._rule_of(key)
        is_of_words = key.startswith("unitroot.") and key.endswith("reading")
        return rule.words if rule else READINGS if is_of_words else ()

    def _rule_of(self, key: str) -> Rule | None:
        if key not in self._rule:
            entry = self.kept.get(key)
            is_number = entry is not None and entry["unit"] not in (text.WORDS, text.FINDING)
            fitting = [r for r in self.rules if not is_number and r.key.fullmatch(key)]
            home = self.homes.get(key.partition(".")[0], "")
            fitting = [rule for rule in fitting if rule.chapter == home or not home]
            self._rule[key] = fitting[0] if fitting else None
        return self._rule[key]


@cache
def is_never(what: str, key: str) -> bool:
    """Return whether a result is never few, or never negative."""
    return any(row["never"] == what and fnmatchcase(key, row["key"]) for row in NEVER)


def _numbers(unit: str, usual: float) -> list[float]:
    """Return numbers that a unit may have: none, too small to show, one, and the other sign."""
    if unit.startswith("%") and unit != "% a year":
        return [0.0, 0.02, 100.0] if unit.startswith("% of ") else [0.0, 0.02, -1.3]
    of_unit: Mapping[str, list[float]] = {
        "count": [0, 1, 2],
        "year": [usual - 12, usual + 2],
        "years": [0.3, 1.0, 12.0],
        "p-value": [0.0002, 0.03, 0.4],
        "percentile": [0.0, 1.0, 50.0, 100.0],
        "ratio": [0.001, 1.0, 2.5],
        "index": [0.01, 120.0],
        "US$ a head": [450.0],
    }
    return of_unit.get(unit, [0.0, 0.001, -0.001, -abs(usual) or -1.3, abs(usual) or 1.3])


class World(Mapping[str, Mapping[str, Any]]):
    """The results of one case, made when they are looked up."""

    def __init__(self, kinds: Kinds, looked_up: Callable[[str], None]) -> None:
        self.kinds, self.looked_up = kinds, looked_up
        self.given: Mapping[str, Any] = {}
        self.periods: Mapping[str, str] = {}
        self.usual: Callable[[str], Any] = kinds.first
        self.seen: dict[str, None] = {}

    def __getitem__(self, key: str) -> Mapping[str, Any]:
        self._note(key)
        value = self.value_of(key)
        if value is ABSENT:
            raise KeyError(key)
        entry = self.kinds.entry(key, value)
        return entry | {"period": self.periods[key]} if key in self.periods else entry

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return self.given.get(str(key)) is not ABSENT

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def value_of(self, key: str) -> Any:
        """Return the value of a result in this case."""
        return self.given[key] if key in self.given else self.usual(key)

    def _note(self, key: str) -> None:
        self.seen[key] = None
        self.looked_up(key)


class Lookups(Recorded):
    """Looks results up, and notes which of them a text can do without."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        object.__setattr__(self, "optional", {})
        object.__setattr__(self, "asked", {})
        object.__setattr__(self, "dated", {})

    optional: dict[str, None]
    asked: dict[str, None]
    dated: dict[str, None]

    def has(self, key: str) -> bool:
        """Return whether there is a value."""
        self.optional[key] = None
        return super().has(key)

    def word(self, key: str) -> str:
        """Return the word of a finding."""
        self.asked[key] = None
        known = {**self.optional}
        found = super().word(key)
        self.optional.clear()
        self.optional.update(known)
        return found

    def period(self, key: str) -> str:
        """Return the year or span."""
        self.dated[key] = None
        return super().period(key)
