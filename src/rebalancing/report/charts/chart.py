"""A chart: how it is drawn, exactly what it shows, and what is said of it whatever it shows.

Each kind of chart describes its data in words, so that a reader who cannot see it is told the
same. What it means, the finding, is the title, which the chapter gives when it saves the figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from rebalancing.report.charts.series import Series
from rebalancing.report.text import number

NOT_FROM_ZERO = "The axis does not start at zero."


class Draw(Protocol):
    """A function that draws into a figure; ``narrow`` asks for the layout of a phone."""

    def __call__(self, figure: FigureBase, *, narrow: bool) -> Axes | Sequence[Axes] | None:
        """Draw, and return the axes."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a chart without series shows, as a table tells a reader.

    Attributes:
        frame: One row for each thing that is drawn; heads are words, the first column names rows.
        decimals: Of its numbers; whole numbers have none.
        own: The row of the economy of interest, if it has one.
    """

    frame: pd.DataFrame
    decimals: int = 1
    own: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart that is ready to be saved as a figure.

    Attributes:
        draw: Draws the body; called for each layout.
        data: Exactly what the chart shows, for the CSV.
        subtitle: Measure, unit and period.
        alt: What the chart shows, in words, with its numbers.
        note: How to read it, and what needs care.
        series: What can be read off it and switched off, in the order of the switches.
        suffix: What follows the numbers that are read off it.
        places: What places on the horizontal axis are called, where not by year or month.
        across: What the horizontal axis is, as the head of a column says it.
        rows: What it shows as a table, where it has no series; if not given, its data.
    """

    draw: Draw
    data: pd.DataFrame
    subtitle: str
    alt: str
    note: str = ""
    series: Sequence[Series] = ()
    suffix: str = ""
    places: Mapping[float, str] = field(default_factory=dict)
    across: str = ""
    rows: Rows | None = None


def with_span(measure: str, index: pd.Index) -> str:
    """Return a measure with the years or months that an index spans: ``Exports, 1970–2024``."""
    return f"{measure}, {moment(index[0])}–{moment(index[-1])}"


def in_sentence(measure: str) -> str:
    """Return a measure as the middle of a sentence has it: ``exports, % of GDP``, ``GDP``.

    What ends with a colon is a name, as in ``China: exports``.
    """
    first, colon, _ = measure.partition(":")
    is_name = (len(measure) > 1 and measure[1].isupper()) or (colon and len(first.split()) < 4)
    return measure if is_name else f"{measure[:1].lower()}{measure[1:]}"


def moment(at: object) -> str:
    """Return a year, or the month of a date, as words have it: ``2024``, ``July 2026``."""
    return f"{at:%B %Y}" if isinstance(at, pd.Timestamp) else str(at)


def course(values: pd.Series, *, suffix: str = "%", decimals: int = 1) -> str:
    """Return the course of a series in words: first, lowest, highest and last value.

    Args:
        values: By year or month, in order of time; gaps are passed over.
        suffix: What follows each number.
        decimals: Of each number.
    """
    known = values.dropna()
    if known.empty:
        return "no figures"

    def at(place: Any) -> str:
        value = float(known.loc[place])
        return f"{number(value, decimals)}{suffix} in {moment(place)}"

    first, last = known.index[0], known.index[-1]
    if first == last:
        return at(first)
    parts = [at(first)]
    for words, place in (("lowest", known.idxmin()), ("highest", known.idxmax())):
        if place not in (first, last):
            parts.append(f"{words} {at(place)}")
    return ", ".join([*parts, at(last)])


def places(data: pd.DataFrame) -> int:
    """Return the decimals that a chart's numbers need: one, and more where all are below one."""
    most = float(np.nanmax(np.abs(data.to_numpy(float)), initial=0.0))
    return 1 if most >= 1 or not most else min(4, 1 - math.floor(math.log10(most)))


def latest(values: pd.Series, *, suffix: str = "%", decimals: int = 1) -> str:
    """Return the last known value of a series in words: ``39.9%``."""
    known = values.dropna()
    return f"{number(float(known.iloc[-1]), decimals)}{suffix}" if len(known) else "no figures"


def starts_above_zero(data: pd.DataFrame) -> str:
    """Return the note of a chart whose axis leaves zero out, or nothing where it shows zero."""
    values = data.select_dtypes("number").to_numpy(float)
    known = values[np.isfinite(values)]
    return NOT_FROM_ZERO if len(known) and (known.min() > 0 or known.max() < 0) else ""
