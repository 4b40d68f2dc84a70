"""What changed between two editions: results, sentences and verdicts.

A change is measured in the unit in which a reader thinks of it: percentages, their differences and
log points in points, dollars in per cent of the old value, and p-values, statistics, counts and
years as a difference. What moved in points comes first, the largest move first, because most of
the report is in points of GDP.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from rebalancing.report import text
from rebalancing.report.text import number

MoveMeasure = Literal["points", "per cent", "difference", "words"]
POINTS: Final = "points"
PER_CENT: Final = "per cent"
DIFFERENCE: Final = "difference"
WORDS: Final = "words"
_ORDER: tuple[MoveMeasure, ...] = get_args(MoveMeasure)  # of moves
_AFTER = {POINTS: " points", PER_CENT: "%", DIFFERENCE: ""}
NONE = "–"  # in place of a finding that an edition does not have
_ROUNDING = 1e-9  # by how much machines differ, relative to a value


@dataclass(frozen=True)
class Move:
    """One result that has changed.

    Attributes:
        key: The result's key.
        definition: What is measured.
        unit: Its unit.
        before: The former value.
        after: The value now.
        text_before: The former value as readers saw it.
        text_after: The value now as readers see it.
        period_before: The year or span that the former value was about.
        period_after: The one that the value now is about.
        size: By how much it moved, with sign, in ``measure``; 0 for words.
        measure: ``points``, ``per cent`` of the old value, ``difference`` or ``words``.
        chapter: The chapter that recorded it.
    """

    key: str
    definition: str
    unit: str
    before: float | str | None
    after: float | str | None
    text_before: str
    text_after: str
    period_before: str
    period_after: str
    size: float
    measure: MoveMeasure
    chapter: str

    def to_dict(self) -> dict[str, Any]:
        """Return the move, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False, repr=False)
class Differences:
    """How the results of two editions differ.

    Attributes:
        moved: Results that readers see differently, or that are about other years, in order.
        unseen: How many moved by less than is printed.
        new: Keys that only the later edition has.
        gone: Keys that only the earlier one has.
        same: How many are the same.
    """

    moved: tuple[Move, ...]
    unseen: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    same: int

    def __repr__(self) -> str:
        """Return the counts."""
        return (
            f"<Differences: {len(self.moved)} moved, {self.unseen} unseen, {len(self.new)} new, "
            f"{len(self.gone)} gone, {self.same} the same>"
        )


def compare_results(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """Return how the results of two editions differ.

    Args:
        before: The content of the earlier edition's results.json.
        after: The content of the later edition's.
    """
    old = {result["key"]: result for result in before["results"]}
    new = {result["key"]: result for result in after["results"]}
    moved, unseen = [], 0
    for key in sorted(old.keys() & new.keys()):
        is_same = _is_same(old[key]["value"], new[key]["value"])
        # A value half-way between two digits can be printed as either by another machine.
        seen = ("period", "unit") if is_same else ("text", "period", "unit")
        if any(old[key][name] != new[key][name] for name in seen):
            moved.append(_move(old[key], new[key]))
        elif not is_same:
            unseen += 1
    return Differences(
        moved=tuple(sorted(moved, key=_rank)),
        unseen=unseen,
        new=tuple(sorted(new.keys() - old.keys())),
        gone=tuple(sorted(old.keys() - new.keys())),
        same=len(old.keys() & new.keys()) - len(moved) - unseen,
    )


def measure(unit: str) -> MoveMeasure:
    """Return the measure in which changes of this unit are given."""
    if unit in (text.WORDS, text.FINDING):
        return WORDS
    if unit.startswith(("%", "percentage points", "log points")):
        return POINTS
    return PER_CENT if unit.startswith("US$") else DIFFERENCE


def size_of(move: Mapping[str, Any], size: float) -> str:
    """Return the size of a move, or of a part of it, in words; of counts and years, whole.

    Args:
        move: As from `Move.to_dict`.
        size: In the move's measure.
    """
    values = (move["before"], move["after"])
    is_whole = move["measure"] == DIFFERENCE and all(float(value).is_integer() for value in values)
    return number(size, 0 if is_whole else 2)


def with_unit(move: Mapping[str, Any]) -> str:
    """Return the size of a move with its sign: ``2.00 points``, ``−3.10%``; of words, a dash.

    Args:
        move: As from `Move.to_dict`.
    """
    if move["measure"] == WORDS:
        return "–"
    return f"{size_of(move, move['size'])}{_AFTER[move['measure']]}"


def sentences(before: Sequence[str], after: Sequence[str]) -> list[dict[str, str]]:
    """Return the sentences that differ, each with its former wording; empty where it has none."""
    pairs = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            old, new = list(before[i:j]), list(after[k:m])
            length = max(len(old), len(new))
            old += [""] * (length - len(old))
            new += [""] * (length - len(new))
            pairs += [{"before": a, "after": b} for a, b in zip(old, new, strict=True)]
    return pairs


def verdicts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the claims whose verdict has changed, with both verdicts in words."""
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        verdicts = [each.get("verdict", "none") for each in (old, new)]
        if verdicts[0] != verdicts[1]:
            words = (new or old)["claim"]
            found.append({"claim": words, "before": verdicts[0], "after": verdicts[1]})
    return found


def findings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the findings, which are words, that are others now; a dash where there is none.

    Args:
        before: The content of the earlier edition's results.json.
        after: The content of the later edition's.
    """
    old, new = (
        {each["key"]: each for each in edition["results"] if each["unit"] == text.FINDING}
        for edition in (before, after)
    )
    found = []
    for key in sorted(old.keys() | new.keys()):
        words = [str(each[key]["value"]) if key in each else NONE for each in (old, new)]
        if words[0] != words[1]:
            definition = (new if key in new else old)[key]["definition"]
            found.append({"definition": definition, "before": words[0], "after": words[1]})
    return found


def _move(old: Mapping[str, Any], new: Mapping[str, Any]) -> Move:
    before, after = old["value"], new["value"]
    told = measure(new["unit"]) if old["unit"] == new["unit"] else WORDS
    size = 0.0
    if not (_is_number(before) and _is_number(after)):
        told = WORDS
    elif told in (POINTS, DIFFERENCE):
        size = after - before
    elif before:
        size = 100 * (after - before) / abs(before)
    return Move(
        key=new["key"],
        definition=new["definition"],
        unit=new["unit"],
        before=before,
        after=after,
        text_before=old["text"],
        text_after=new["text"],
        period_before=old["period"],
        period_after=new["period"],
        size=size,
        measure=told,
        chapter=new["chapter"],
    )


def _is_same(before: object, after: object) -> bool:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return math.isclose(before, after, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
    return before == after


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rank(move: Move) -> tuple[int, float, str]:
    return _ORDER.index(move.measure), -abs(move.size), move.key
