"""Bars by period: parts stacked to a whole, and measures side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.charts.chart import Chart, in_sentence, with_span
from rebalancing.report.charts.series import columns, mark
from rebalancing.report.text import join, number

MOST_LABELS = 12


def stacked(
    data: pd.DataFrame,
    *,
    measure: str,
    total: str,
    palette: Mapping[str, str],
    suffix: str = "",
) -> Chart:
    """Return a chart of stacked bars by year: what adds, above zero, what deducts, below.

    Args:
        data: One column per part and the column ``total``, drawn as diamonds; the index holds
            years.
        measure: What is measured and in which unit, for the subtitle.
        total: The column that is the parts' sum.
        palette: A colour for each part, in the order from zero outwards.
        suffix: What follows the numbers.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        middles = _stack(axes, data, palette)
        axes.plot(
            data.index,
            data[total],
            "D",
            color=style.INK,
            markersize=2.8 if narrow else 3.5,
            markeredgewidth=0,
            gid=mark(total),
        )
        middles[total] = float(data[total].dropna().iloc[-1])
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8, integer=True))
        axes.set_xlim(data.index[0] - 0.7, data.index[-1] + 0.7)
        colours = {part: _readable(colour) for part, colour in palette.items()}
        label_ends(
            axes,
            middles,
            {total: f"◆ {total}"},
            colours | {total: style.INK},
            emphasised=total,
            numbers=False,
        )
        return axes

    def said(row: pd.Series) -> str:
        return join([f"{name} {_figure(row[name], suffix)}" for name in (*palette, total)])

    alt = f"Stacked bars by year of {in_sentence(measure)}. {data.index[-1]}: {said(data.iloc[-1])}"
    if len(data) > 1:
        alt += f"; on average: {said(data.mean())}"
    return Chart(
        draw,
        data,
        subtitle=with_span(measure, data.index),
        alt=f"{alt}.",
        note=f"Diamonds: {total}, what the parts add up to.",
        series=columns(data, keys=[*palette, total]),
        suffix=suffix,
    )


def _stack(axes: Axes, data: pd.DataFrame, palette: Mapping[str, str]) -> dict[str, float]:
    """Draw the parts and return the middle of each one's last bar."""
    tops = {1: np.zeros(len(data)), -1: np.zeros(len(data))}
    middles = {}
    # A thin line of the page's colour would not follow a dark page; gaps come from the width.
    width = 0.82 if len(data) > MOST_LABELS else 0.62
    for part, colour in palette.items():
        values = data[part].fillna(0.0).to_numpy()
        bottom = np.where(values >= 0, tops[1], tops[-1])
        look: dict[str, Any] = {"color": colour, "linewidth": 0, "gid": mark(part)}
        axes.bar(data.index, values, width=width, bottom=bottom, **look)
        middles[part] = float(bottom[-1] + values[-1] / 2)
        tops[1] = tops[1] + np.where(values >= 0, values, 0.0)
        tops[-1] = tops[-1] + np.where(values < 0, values, 0.0)
    return middles


def pairs(
    data: pd.DataFrame,
    *,
    measure: str,
    palette: Mapping[str, str],
    suffix: str = "%",
    spans: Sequence[tuple[int, int]] = (),
) -> Chart:
    """Return a chart of bars side by side by period, each with its number.

    Args:
        data: One column per measure, at most three; the index holds years, or names of spans.
        measure: What is measured and in which unit, for the subtitle.
        palette: A colour for each column.
        suffix: What follows the numbers.
        spans: The first and the last year of each row, where rows are about spans of years.
    """
    labels = [str(label) for label in data.index]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        where, width = np.arange(len(data)), 0.8 / len(palette)
        has_numbers = len(data) * len(palette) <= MOST_LABELS * (1 if narrow else 2)
        for position, (column, colour) in enumerate(palette.items()):
            places = where + (position - (len(palette) - 1) / 2) * width
            values = data[column].to_numpy(dtype=float)
            look: dict[str, Any] = {"color": colour, "gid": mark(column)}
            axes.bar(places, values, width=width * 0.92, linewidth=0, **look)
            if has_numbers:
                _write_numbers(axes, places, values, look)
        axes.margins(y=0.12)
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        axes.set_xticks(where, [_short(span) for span in spans] if narrow and spans else labels)
        axes.set_xlim(-0.6, len(data) - 0.4)
        ends = {name: data[name].dropna() for name in palette if data[name].notna().any()}
        last = {name: float(values.iloc[-1]) for name, values in ends.items()}
        label_ends(axes, last, {}, palette, emphasised=None, numbers=False)
        return axes

    periods = [
        f"{period}: {join([f'{name} {_figure(row[name], suffix)}' for name in palette])}"
        for period, row in data.iterrows()
    ]
    first, last = (spans[0][0], spans[-1][1]) if spans else (labels[0], labels[-1])
    return Chart(
        draw,
        data,
        subtitle=f"{measure}, {first}–{last}",
        alt=f"Bars side by side of {in_sentence(measure)}. {'; '.join(periods)}.",
        series=columns(data.set_axis(range(len(data))), keys=[*palette]),
        suffix=suffix,
        places=dict(enumerate(labels)),
        across="Period",
    )


def _write_numbers(
    axes: Axes, places: np.ndarray, values: np.ndarray, look: Mapping[str, Any]
) -> None:
    """Write each bar's number at its end."""
    for x, value in zip(places, values, strict=True):
        if np.isfinite(value):
            axes.annotate(
                number(value, 1),
                (x, value),
                xytext=(0, 2 if value >= 0 else -2),
                textcoords="offset points",
                ha="center",
                va="bottom" if value >= 0 else "top",
                size=style.small(),
                **look,
            )


def _figure(value: float, suffix: str) -> str:
    """Return a number as an alternative text has it; what is missing is said to be unknown."""
    return f"{number(value, 1)}{suffix}" if np.isfinite(value) else "unknown"


def _readable(colour: str) -> str:
    """Return a colour for words: the grey of context is too pale for them."""
    return style.MUTED if colour == style.CONTEXT else colour


def _short(span: tuple[int, int]) -> str:
    """Return a span of years on two short lines, where there is little room: ’16– and ’20."""
    return f"’{span[0] % 100:02}–\n’{span[1] % 100:02}"
