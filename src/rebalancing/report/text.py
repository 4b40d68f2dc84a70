"""Numbers as prose shows them.

The unit decides the form: percentages with one decimal, differences of percentages in points,
dollars with thousands separators. A unit that is not listed here is an error, so that a new kind
of number is given a form on purpose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from numbers import Real
from typing import NamedTuple

from rebalancing.errors import RebalancingError

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MINUS = "\N{MINUS SIGN}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_EQUALS = re.compile(rf"\b([A-Za-z]) = (?=[-{MINUS}\d]|$)")
_BEFORE_A_UNIT = re.compile(
    r"(?<=\d) (?=(?:log )?points?\b|years?\b|[mb]illion\b|trillion\b|per cent\b|times\b)"
)
_HYPHEN_FOR_MINUS = re.compile(r"(?<![\w.)\N{EN DASH}-])-(?=\d)")
WORDS, FINDING = "words", "finding"  # units of what is words
BOUNDS = ("", ".lower", ".upper")  # what the keys of an estimate and of its interval end with
SMALL = 10  # billions of dollars: fewer are shown with a decimal
NOT_PUBLISHED = "not published"
FRACTIONS = {  # percent
    "a fifth": 20.0,
    "a quarter": 25.0,
    "a third": 100 / 3,
    "two fifths": 40.0,
    "half": 50.0,
    "three fifths": 60.0,
    "two thirds": 200 / 3,
    "three quarters": 75.0,
    "four fifths": 80.0,
}


class UnitError(RebalancingError):
    """A unit without a form in prose."""


def number(value: float, places: int, *, before: str = "") -> str:
    """Return a number with a proper minus and thousands separators, and no minus before zero."""
    rounded = round(abs(value), places)
    sign = MINUS if value < 0 and rounded else ""
    return f"{sign}{before}{rounded:,.{places}f}"


class Shown(NamedTuple):
    """A value as prose shows it, in parts; as a text it is all of them.

    Attributes:
        figures: Its figures with the signs that go with them: ``−1.2``, ``39.9%``, ``$3``; where
            there are none, all of it: ``under 0.1%``, ``not published``.
        words: The words of its unit, if any: ``points``, ``a year``, ``billion``.
        bound: What it is as a bound of an interval, a place on a line: figures, even where small.
        after: The words of its unit after a bound, which a small value has too: ``points``.
        is_nothing: Whether it is shown as nothing: ``under 0.05 points``, ``0.0%``.
    """

    figures: str
    words: str = ""
    bound: str = ""
    after: str = ""
    is_nothing: bool = False

    def __str__(self) -> str:
        return f"{self.figures} {self.words}" if self.words else self.figures


_Form = Callable[[float], Shown]


def _in_figures(figures: str, words: str = "", *, is_nothing: bool = False) -> Shown:
    return Shown(figures, words, figures, words, is_nothing)


def _decimals(places: int, sign: str = "", words: str = "", before: str = "") -> _Form:
    def shown(value: float) -> Shown:
        figures = f"{number(value, places, before=before)}{sign}"
        return _in_figures(figures, words, is_nothing=not round(abs(value), places))

    return shown


def ordinal(value: float) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, ..."""
    number = round(value)
    special = {1: "st", 2: "nd", 3: "rd"}
    suffix = "th" if number % 100 in (11, 12, 13) else special.get(number % 10, "th")
    return f"{number}{suffix}"


def _ordinal(value: float) -> Shown:
    return _in_figures(ordinal(value), is_nothing=not round(value))


def _seen(places: int, sign: str = "", words: str = "", before: str = "") -> _Form:
    """Return the form of a difference; one that would round to nothing is called small instead."""
    shown = _decimals(places, sign, words, before)
    small = f"under {_in_figures(f'{before}{0.5 * 10**-places:g}{sign}', words)}"

    def form(value: float) -> Shown:
        found = shown(value)
        return found._replace(figures=small, words="") if found.is_nothing else found

    return form


def _percentage(value: float) -> Shown:
    """Return a percentage; one that would round to zero is called small instead."""
    shown = _decimals(1, "%")(value)
    return shown._replace(figures="under 0.1%") if 0 < value < 0.05 else shown


def _years(value: float) -> Shown:
    """Return a number of years; one that would round to zero is called short instead."""
    if 0 < value < 0.5:
        return Shown("less than a year", "", number(value, 1), "years", is_nothing=True)
    whole = number(value, 0)
    return _in_figures(whole, "year" if whole == "1" else "years", is_nothing=not round(value))


def _billions(value: float) -> Shown:
    """Return billions of dollars, small ones with a decimal."""
    return _seen(0 if abs(value) >= SMALL else 1, words="billion", before="$")(value)


def _probability(value: float) -> Shown:
    """Return a p-value; one that would round to zero is called small instead."""
    figures = number(value, 3)
    return Shown("below 0.001" if 0 <= value < 0.0005 else figures, bound=figures)


_FORMS: dict[str, _Form] = {
    "%": _percentage,
    "percentage points": _seen(1, words="points"),
    "percentage points a year": _seen(2, words="points a year"),
    "log points": _seen(1, words="log points"),
    "log points a year": _seen(2, words="log points a year"),
    "% a year": _seen(1, "%", "a year"),
    "percentile": _ordinal,
    "US$ a head": _decimals(0, before="$"),
    "US$ billion": _billions,
    "US$ trillion": _decimals(1, words="trillion", before="$"),
    "year": lambda value: _in_figures(str(int(value)), is_nothing=not int(value)),
    "years": _years,
    "count": _decimals(0),
    "ratio": _decimals(2),
    "index": _decimals(1),
    "p-value": _probability,
    "test statistic": _decimals(2),
}
# The units that have a form of their own; "%" stands for every "% of <something>".
UNITS = tuple(_FORMS)

# Odds that readers know, with their words. Every other probability gets the words of the nearest:
# no forecast is exact enough to tell the two apart.
_ODDS = {
    1 / 100: "one in a hundred",
    1 / 50: "one in fifty",
    1 / 40: "one in forty",
    1 / 30: "one in thirty",
    1 / 20: "one in twenty",
    1 / 15: "one in fifteen",
    1 / 12: "one in twelve",
    1 / 10: "one in ten",
    1 / 8: "one in eight",
    1 / 6: "one in six",
    1 / 5: "one in five",
    1 / 4: "one in four",
    1 / 3: "one in three",
    2 / 5: "two in five",
    1 / 2: "one in two",
    3 / 5: "three in five",
    2 / 3: "two in three",
    3 / 4: "three in four",
    4 / 5: "four in five",
    9 / 10: "nine in ten",
    19 / 20: "nineteen in twenty",
}
_HARDLY, _NEARLY = 1 / 150, 1 - 1 / 30  # beyond these, which are half-way in odds, words say so

_UP_TO_TWENTY = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_SPELLED = {0.5: "half a", **{float(n): words for n, words in enumerate(_UP_TO_TWENTY)}}


def odds(percentage: float) -> str:
    """Return a probability in words that claim no more than a forecast can: ``about one in ten``.

    The nearest by the logarithm of the odds, so that a half more or less counts alike everywhere.

    Args:
        percentage: 0 to 100.

    Raises:
        UnitError: It is no probability.
    """
    if not 0 <= percentage <= 100:
        raise UnitError(f"{percentage!r} is no probability in per cent; pass 0 to 100")
    probability = percentage / 100
    if probability < _HARDLY:
        return "less than one in a hundred"
    if probability > _NEARLY:
        return "more than nineteen in twenty"

    def apart(known: float) -> float:
        return abs(math.log(known / (1 - known)) - math.log(probability / (1 - probability)))

    return f"about {_ODDS[min(_ODDS, key=apart)]}"


def spelled(value: float) -> str:
    """Return a round number as a sentence spells it: ``fifteen``, ``ten million``, ``half a``.

    One that has no short name is written in digits.
    """
    millions = value / 1_000_000
    if millions >= 1 and millions == int(millions):
        return f"{spelled(millions)} million"
    return _SPELLED.get(value) or f"{value:,.10g}"


def spelled_part(percentage: float) -> str:
    """Return a percentage that is a simple fraction as one: ``four fifths``; else nothing."""
    known = (words for words, value in FRACTIONS.items() if math.isclose(value, percentage))
    return next(known, "")


def form(value: float | str | None, unit: str) -> str:
    """Return a value in the form that its unit has in prose; arguments and errors as of `parts`."""
    return str(parts(value, unit))


def parts(value: float | str | None, unit: str) -> Shown:
    """Return the parts of a value in the form that its unit has in prose.

    Args:
        value: A finite number, words when the unit is ``name``, or None for what is not published.
        unit: ``% of <something>``, ``name``, ``finding`` or one of the units of this module.

    Raises:
        UnitError: The unit has no form here, the value is not a finite number, or a name is none.
    """
    if value is None:
        return _in_figures(NOT_PUBLISHED)
    if unit in (WORDS, FINDING):
        if not isinstance(value, str):
            raise UnitError(f"{value!r} is no {unit}; give numbers the unit that they have")
        return _in_figures(value)
    rule = _FORMS["%"] if unit.startswith("% of ") else _FORMS.get(unit)
    if rule is None:
        allowed = ", ".join(["% of <something>", WORDS, FINDING, *_FORMS])
        raise UnitError(f"the unit {unit!r} has no form in prose; use one of: {allowed}")
    known: object = value  # a missing value of pandas is no number
    if isinstance(known, str) or not isinstance(known, Real) or not math.isfinite(known):
        raise UnitError(f"{value!r} is not a finite number of {unit!r}; record only what is known")
    return rule(float(known))


def finer(value: float, unit: str) -> str:
    """Return a percentage or points with one more digit, where the usual ones hide a difference.

    Args:
        value: A finite number.
        unit: ``%``, ``% of <something>`` or ``percentage points``.

    Raises:
        UnitError: The unit is another.
    """
    if unit == "percentage points":
        return str(_decimals(2, words="points")(value))
    if unit != "%" and not unit.startswith("% of "):
        raise UnitError(f"the unit {unit!r} has no finer form; use one for % or percentage points")
    return str(_decimals(2, "%")(value))


def is_nothing(value: float, unit: str) -> bool:
    """Return whether a number is shown as nothing, such as a change that rounds to 0.0 points."""
    return parts(abs(value), unit).is_nothing


def kind(unit: str) -> str:
    """Return what kind of thing has a unit: a number, a count, a year, a finding or words."""
    kinds = {WORDS: "words", FINDING: "finding", "count": "count", "year": "year"}
    return kinds.get(unit, "number")


def has_card(unit: str) -> bool:
    """Return whether a number of this unit has a card: not what says itself what it is."""
    return kind(unit) == "number"


def bare(value: float, unit: str) -> str:
    """Return a bound of an interval: the form of its unit without the unit's words."""
    return parts(value, unit).bound


def between(lower: float, upper: float, unit: str) -> str:
    """Return an interval, its unit said once: ``−1.5 to 2.0 points``; ``40.0% to 50.0%``."""
    low, high = parts(lower, unit), parts(upper, unit)
    return f"{low.bound} to {high.bound} {high.after}".rstrip()


def years_ahead(count: int) -> str:
    """Return a forecast's horizon in words: ``1 year ahead``, ``5 years ahead``."""
    return f"{count} year{'' if count == 1 else 's'} ahead"


def join(names: list[str]) -> str:
    """Return names as a sentence lists them: ``A``, ``A and B``, ``A, B and C``."""
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last


def capitalise(words: str) -> str:
    """Return words with a capital first letter, the rest as it is: ``The United States``."""
    return words[:1].upper() + words[1:]


def possessive(name: str) -> str:
    """Return ``China's``, ``the United States'``."""
    return f"{name}\N{RIGHT SINGLE QUOTATION MARK}{'' if name.endswith('s') else 's'}"


def apostrophes(words: str) -> str:
    """Return words with typographic apostrophes where they were typed straight."""
    return re.sub(r"(?<=\w)'", "\N{RIGHT SINGLE QUOTATION MARK}", words)


def unbroken(words: str) -> str:
    """Return words in which no line ends between a symbol and its value, or a value and its unit.

    ``p = 0.041``, ``5 points``, ``$20 billion`` keep together by no-break spaces. What follows the
    equals sign may be a number of its own, after the end of the words.
    """
    words = _EQUALS.sub(f"\\1{_NO_BREAK}={_NO_BREAK}", words)
    return _BEFORE_A_UNIT.sub(_NO_BREAK, words)


def minus_signs(words: str) -> str:
    """Return words with a proper minus before negative numbers: ``-0.4 to 1.2``, not ``5-year``."""
    return _HYPHEN_FOR_MINUS.sub(MINUS, words)


def parameter(value: object) -> str:
    """Return the value of a parameter as a table has it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {entry}" for key, entry in value.items()) or "latest of each"
    if isinstance(value, float):
        return f"{value:.12g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def lags(chosen: int | str) -> str:
    """Return a number of lags, or ``auto``, in words: ``3 lags``, ``the usual lags``."""
    if chosen == "auto":
        return "the usual lags"
    return f"{chosen or 'no'} lag{'' if chosen == 1 else 's'}"


def day(iso: str) -> str:
    """Return an ISO day as a sentence has it: ``1 July 2024``."""
    return f"{date.fromisoformat(iso).day} {month(iso)}"


def month(iso: str) -> str:
    """Return an ISO month as a sentence has it: ``July 2024``."""
    return f"{_MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"


def sentences(note: str | Iterable[str]) -> str:
    """Return a note as one text: as it is, or its sentences without those that are empty."""
    return note if isinstance(note, str) else " ".join(filter(None, note))


def with_day(note: str, as_of: str) -> str:
    """Return a note under a figure with the day whose knowledge it shows, if there is one."""
    if as_of == "latest":
        return note
    return f"{note} As of {day(as_of)}: made from the releases that were public then.".strip()


def percent(share: float) -> str:
    """Return a share between 0 and 1 as a whole percentage: ``80%``."""
    return f"{100 * share:.0f}%"
