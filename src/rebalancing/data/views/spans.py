"""Spans of years of one length, so tables of several sources share their rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

Span = tuple[int, int]


def spans(first: int, last: int, length: int = 5) -> list[Span]:
    """Return whole spans that end in multiples of their length: (2011, 2015), (2016, 2020).

    Args:
        first: First year that may be in a span.
        last: Last year that may be in one.
        length: Years in a span.
    """
    ends = range(-(-(first + length - 1) // length) * length, last + 1, length)
    return [(end - length + 1, end) for end in ends]


def decades(first: int, last: int) -> list[int]:
    """Return the years that a long span is split at: its ends, and every tenth year between.

    Args:
        first: First year.
        last: Last year; the same as the first leaves one year.
    """
    return sorted({first, *(year for year in range(first, last) if year % 10 == 0), last})


def label(span: Span) -> str:
    """Return a span in words: 2011–2015."""
    return f"{span[0]}–{span[1]}"


def averages(yearly: pd.DataFrame, chosen: Sequence[Span]) -> pd.DataFrame:
    """Return means over the years of each span, which keep every sum between columns.

    Args:
        yearly: Any numbers by year.
        chosen: Spans of years; one with a year missing gives missing values.
    """
    rows = {
        label(span): yearly.reindex(range(span[0], span[1] + 1)).mean(skipna=False)
        for span in chosen
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=yearly.columns)


def growth(levels: pd.DataFrame, chosen: Sequence[Span]) -> pd.DataFrame:
    """Return compound growth in percent a year over each span, from the year before it.

    Args:
        levels: Positive amounts by year.
        chosen: Spans of years; one whose ends lack a value gives a missing value.
    """
    before = levels.reindex([first - 1 for first, _ in chosen]).to_numpy()
    after = levels.reindex([last for _, last in chosen]).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):  # what is not positive has no growth
        rows = {
            label(span): 100 * (ratio ** (1 / (span[1] - span[0] + 1)) - 1)
            for span, ratio in zip(chosen, after / before, strict=True)
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=levels.columns)
