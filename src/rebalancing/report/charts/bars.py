"""Bars of parts that add up to a whole, upwards where they add and downwards where they deduct."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.text import number

MOST_LABELS = 12


def stacked(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    total: str,
    palette: Mapping[str, str],
    narrow: bool,
    suffix: str = "",
) -> Axes:
    """Draw stacked bars by period, what adds above zero and what deducts below, and their sum.

    Args:
        figure: Where to draw.
        data: One column per part and the column ``total``, which is drawn as dots; the index
            holds years or words.
        total: The column that is the parts' sum.
        palette: A colour for each part, in the order from zero outwards.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    words = not pd.api.types.is_numeric_dtype(data.index)
    where = np.arange(len(data)) if words else data.index.to_numpy()
    tops = {1: np.zeros(len(data)), -1: np.zeros(len(data))}
    middles = {}
    for part, colour in palette.items():
        values = data[part].fillna(0.0).to_numpy()
        bottom = np.where(values >= 0, tops[1], tops[-1])
        width = 0.82 if len(data) > MOST_LABELS else 0.62
        # A thin line of the page's colour would not follow a dark page; gaps come from the width.
        axes.bar(where, values, width=width, bottom=bottom, color=colour, linewidth=0, label=part)
        middles[part] = float(bottom[-1] + values[-1] / 2)
        tops[1] = tops[1] + np.where(values >= 0, values, 0.0)
        tops[-1] = tops[-1] + np.where(values < 0, values, 0.0)
    axes.plot(
        where,
        data[total],
        "D",
        color=style.INK,
        markersize=2.8 if narrow else 3.5,
        markeredgewidth=0,
    )
    middles[total] = float(data[total].iloc[-1])
    if words:
        axes.set_xticks(where, [str(label) for label in data.index])
    frame(axes, suffix=suffix, zero=True, narrow=narrow)
    if words:
        axes.set_xticks(where, [_short(str(label), narrow=narrow) for label in data.index])
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8, integer=True))
    axes.grid(visible=False, axis="x")
    right = where[-1] + 0.7
    axes.set_xlim(where[0] - 0.7, right)
    label_ends(
        axes,
        middles,
        {total: f"◆ {total}"},
        {part: _readable(colour) for part, colour in palette.items()} | {total: style.INK},
        emphasised=total,
        numbers=False,
    )
    return axes


def pairs(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    palette: Mapping[str, str],
    narrow: bool,
    suffix: str = "%",
) -> Axes:
    """Draw bars side by side by period, each with its number, labelled over the first group.

    Args:
        figure: Where to draw.
        data: One column per measure, at most three; the index holds words or years.
        palette: A colour for each column.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    where, width = np.arange(len(data)), 0.8 / len(palette)
    for position, (column, colour) in enumerate(palette.items()):
        offset = (position - (len(palette) - 1) / 2) * width
        values = data[column].to_numpy(dtype=float)
        axes.bar(where + offset, values, width=width * 0.92, color=colour, linewidth=0)
        if len(data) * len(palette) > MOST_LABELS * (1 if narrow else 2):
            continue
        for x, value in zip(where + offset, values, strict=True):
            if np.isfinite(value):
                axes.annotate(
                    number(value, 1),
                    (x, value),
                    xytext=(0, 2 if value >= 0 else -2),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if value >= 0 else "top",
                    size="small",
                    color=colour,
                )
    axes.set_xticks(where, [_short(str(label), narrow=narrow) for label in data.index])
    axes.margins(y=0.12)
    frame(axes, suffix=suffix, zero=True, narrow=narrow)
    axes.set_xticks(where, [_short(str(label), narrow=narrow) for label in data.index])
    axes.set_xlim(-0.6, len(data) - 0.4)
    middles = {column: float(data[column].dropna().iloc[-1]) for column in palette}
    label_ends(axes, middles, {}, palette, emphasised=None, numbers=False)
    return axes


def _readable(colour: str) -> str:
    """Return a colour for words: the grey of context is too pale for them."""
    return style.MUTED if colour == style.CONTEXT else colour


def _short(label: str, *, narrow: bool) -> str:
    """Return a span of years on two short lines where there is little room: ’16– and ’20."""
    span = re.fullmatch(r"\d\d(\d\d)–\d\d(\d\d)", label)
    return f"’{span[1]}–\n’{span[2]}" if narrow and span else label
