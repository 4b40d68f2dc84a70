"""Specification curves: all estimates in order with their intervals, and the choices beneath.

Thousands of specifications are more than a page has pixels. They are drawn in columns, each of
which stands for the same number of neighbouring specifications; none is left out, and the drawing
stays small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame
from rebalancing.report.charts.chart import Chart, Rows, in_sentence
from rebalancing.report.text import join, number

COLUMNS = 240
STRIPS = {False: 110, True: 60}  # columns of the choices, wide and narrow
_TOP, _ROW = {False: 2.7, True: 2.4}, {False: 0.165, True: 0.17}  # inches


def curve(
    data: pd.DataFrame,
    *,
    measure: str,
    dimensions: Mapping[str, str],
    level: float,
    suffix: str = "",
) -> Chart:
    """Return a chart of estimates in order, and where in that order each choice lies.

    The line is the median estimate of each column; the dark band is the median interval, the pale
    one reaches from the lowest to the highest limit. Beneath, the height of a choice's strip is its
    part of the column's specifications, relative to the largest part within the dimension.

    Args:
        data: One row per specification: ``estimate``, ``lower``, ``upper`` and one column per
            dimension.
        measure: What is estimated and in which unit, for the subtitle.
        dimensions: What each dimension is called, by column, in the order to show. One with a
            single choice is not shown.
        level: Probability that the intervals are meant to cover.
        suffix: What follows the numbers in words.
    """
    ordered = data.sort_values("estimate", kind="stable", ignore_index=True)
    counts = {name: len(data[name].unique()) for name in dimensions}
    shown = {name: words for name, words in dimensions.items() if counts[name] > 1}
    rows = sum(counts[name] + 1 for name in shown)

    def draw(figure: FigureBase, *, narrow: bool) -> tuple[Axes, Axes]:
        bottom = max(_ROW[narrow] * rows, 0.3)
        if isinstance(figure, Figure):  # as high as the choices need
            figure.set_size_inches(figure.get_size_inches()[0], _TOP[narrow] + bottom)
        top, under = figure.subplots(
            2, 1, sharex=True, gridspec_kw={"height_ratios": [_TOP[narrow], bottom], "hspace": 0.02}
        )
        _estimates(top, ordered)
        frame(top, suffix="", zero=True, narrow=narrow)
        _choices(under, ordered, shown, STRIPS[narrow])
        top.tick_params(labelbottom=False)
        under.set_xlim(0, len(ordered))
        under.set_xticks([])
        under.set_xlabel(f"{len(ordered):,} specifications, lowest to highest")
        return top, under

    return Chart(
        draw,
        ordered,
        subtitle=f"{measure}; {level:.0%} intervals",
        alt=_in_words(ordered, measure, shown, suffix),
        note="Line: estimates; dark band: median interval of neighbours; pale band: lowest to "
        "highest limit. Beneath: how frequent each choice is at that place of the curve.",
        rows=Rows(_listed(ordered, shown, level), 2),
    )


def _listed(ordered: pd.DataFrame, shown: Mapping[str, str], level: float) -> pd.DataFrame:
    """Return the specifications in their order, each with its estimate and its choices."""
    low, high = (ordered[bound].map(lambda value: number(value, 2)) for bound in ("lower", "upper"))
    found = {"Rank": range(1, len(ordered) + 1), "Estimate": ordered["estimate"]}
    found[f"{level:.0%} interval"] = low + " to " + high
    return pd.DataFrame({**found, **{words: ordered[name] for name, words in shown.items()}})


def _in_words(ordered: pd.DataFrame, measure: str, shown: Mapping[str, str], suffix: str) -> str:
    """Return what the chart shows: the span of the estimates, their signs and the choices."""
    lowest, median, highest = (
        f"{number(value, 2)}{suffix}" for value in ordered["estimate"].quantile([0, 0.5, 1])
    )
    above, clearly_above, below, clearly_below = (
        f"{number(100 * part.mean(), 1)}%"
        for part in (
            ordered["estimate"] > 0,
            ordered["lower"] > 0,
            ordered["estimate"] < 0,
            ordered["upper"] < 0,
        )
    )
    words = f"A rising curve of {len(ordered):,} estimates with intervals: {in_sentence(measure)}. "
    words += f"Lowest {lowest}, median {median}, highest {highest}. "
    words += f"{above} lie above zero, {clearly_above} with their whole interval; "
    words += f"{below} lie below zero, {clearly_below} with their whole interval."
    if shown:
        choices = join([in_sentence(name) for name in shown.values()])
        words += f" Beneath, where in that order each choice lies: {choices}."
    return words


def columns(n: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which column each of n ordered specifications is in, and the columns' limits."""
    count = min(n, most)
    limits = np.linspace(0, n, count + 1)
    inside = np.minimum((np.arange(n) + 0.5) * count // n, count - 1).astype(int)
    return inside, limits


def _estimates(axes: Axes, ordered: pd.DataFrame) -> None:
    inside, limits = columns(len(ordered), COLUMNS)
    by_column = ordered[["estimate", "lower", "upper"]].groupby(inside)
    middle, widest = by_column.median(), by_column.agg(["min", "max"])
    x = (limits[:-1] + limits[1:]) / 2
    pale: dict[str, Any] = {"color": style.ECONOMY, "linewidth": 0}
    axes.fill_between(
        x, widest["lower", "min"], widest["upper", "max"], alpha=0.10, step="mid", **pale
    )
    axes.fill_between(x, middle["lower"], middle["upper"], alpha=0.22, step="mid", **pale)
    axes.plot(x, middle["estimate"], color=style.ECONOMY, linewidth=2.2)


def _choices(axes: Axes, ordered: pd.DataFrame, shown: Mapping[str, str], most: int) -> None:
    inside, limits = columns(len(ordered), most)
    sizes = np.bincount(inside)
    row = 0.0
    ticks: list[float] = []
    labels: list[str] = []
    headings: set[int] = set()
    for name, words in shown.items():
        headings.add(len(ticks))
        ticks.append(row)
        labels.append(words)
        choices = sorted(ordered[name].unique(), key=str)
        parts = {
            choice: np.bincount(inside[(ordered[name] == choice).to_numpy()], minlength=len(sizes))
            / sizes
            for choice in choices
        }
        largest = max(float(part.max()) for part in parts.values())
        for choice in choices:
            row -= 1
            ticks.append(row)
            labels.append(str(choice))
            floor = row - 0.42
            axes.axhline(floor, color=style.GRID, linewidth=0.6, zorder=1)
            axes.stairs(
                floor + 0.86 * parts[choice] / largest,
                limits,
                baseline=floor,
                fill=True,
                color=style.PEERS[0],
                linewidth=0,
                alpha=0.75,
            )
        row -= 1
    axes.grid(visible=False)
    axes.set_yticks(ticks, labels, size=style.small())
    for position, label in enumerate(axes.get_yticklabels()):
        label.set_color(style.INK if position in headings else style.MUTED)
        label.set_fontweight("semibold" if position in headings else "normal")
    axes.set_ylim(row + 0.3, 0.7)
