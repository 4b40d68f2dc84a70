"""Charts of trends and breaks: filters, regimes, average changes, policy beside a trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import basic, style
from rebalancing.report.charts.axes import Event, frame, label_ends, pixels_of_text, text_height
from rebalancing.report.text import MINUS

Interval = tuple[float, float, float]
WIDTH_OF_LETTER = 0.47  # of the text's height, on average
SHADE = 0.3


def filters(figure: FigureBase, data: pd.DataFrame, *, narrow: bool, suffix: str = "%") -> Axes:
    """Draw observations as dots and one line per filter, named at its end.

    Args:
        figure: Where to draw.
        data: Column ``observed`` and one column per filter, by year; a filter may end early.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    names = [str(name) for name in data.columns if name != "observed"]
    palette = style.colours(names[0], names[1:])
    for name in reversed(names):
        line = data[name].dropna()
        width = 2.2 if name == names[0] else 1.4
        axes.plot(line.index, line, color=palette[name], linewidth=width)
    _dots(axes, data["observed"])
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    ends = {name: float(data[name].dropna().iloc[-1]) for name in names}
    label_ends(axes, ends, {}, palette, emphasised=names[0], numbers=False)
    return axes


def regimes(
    figure: FigureBase,
    data: pd.DataFrame,
    breaks: Sequence[Interval],
    *,
    narrow: bool,
    bars: bool = False,
    suffix: str = "%",
) -> Axes:
    """Draw a series with the line of each regime, and the intervals of break dates below it.

    Args:
        figure: Where to draw.
        data: Columns ``observed`` and ``fitted``, by year.
        breaks: The last year of each regime but the last, with the lower and upper end of its
            interval.
        narrow: Whether to draw for a phone.
        bars: Whether the observations are changes, drawn as bars from zero, and not levels.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    years = data.index
    if bars:
        axes.bar(years, data["observed"], width=0.7, color=style.CONTEXT, linewidth=0)
    else:
        _dots(axes, data["observed"])
    edges = [float(years[0]) - 0.5, *(at + 0.5 for at, _, _ in breaks), float(years[-1]) + 0.5]
    for number, (start, end) in enumerate(pairwise(edges)):
        if number % 2:
            axes.axvspan(start, end, color=style.GRID, alpha=SHADE, linewidth=0, zorder=0)
        inside = data["fitted"][(years > start) & (years < end)]
        axes.plot(inside.index, inside, color=style.ECONOMY, linewidth=2.2)
    frame(axes, suffix=suffix, zero=bars, narrow=narrow)
    axes.set_xlim(edges[0], edges[-1])
    _date_intervals(axes, breaks)
    return axes


def average_changes(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    palette: Mapping[str, str],
    narrow: bool,
    suffix: str = "",
) -> Axes:
    """Draw average changes with their intervals, one row each, grouped by what changes.

    Args:
        figure: Where to draw.
        data: Columns ``group``, ``span`` (words), ``change``, ``lower``, ``upper``, in the order to
            show from the top.
        palette: A colour for each group.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    position, ticks, labels = 0.0, [], []
    for group, rows in data.groupby("group", sort=False):
        colour = palette[str(group)]
        ticks.append(position)
        labels.append(str(group))
        for row in rows.to_dict("records"):
            position -= 1
            axes.plot(
                [row["lower"], row["upper"]],
                [position, position],
                color=colour,
                alpha=0.35,
                linewidth=4 if narrow else 6,
                solid_capstyle="butt",
            )
            axes.plot(row["change"], position, "o", color=colour, markersize=5, markeredgewidth=0)
            ticks.append(position)
            labels.append(str(row["span"]))
        position -= 1.2
    axes.set_yticks(ticks, labels)
    for label in axes.get_yticklabels():
        name = label.get_text()
        is_group = name in palette
        label.set_color(palette[name] if is_group else style.INK)
        label.set_fontweight("semibold" if is_group else "normal")
    axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
    )
    axes.set_ylim(position + 0.6, 0.8)
    return axes


def milestones(
    figure: FigureBase,
    data: pd.DataFrame,
    events: Sequence[Event],
    *,
    label: str,
    narrow: bool,
    suffix: str = "%",
) -> Axes:
    """Draw a trend with its band and thin lines for milestones, their words in rows above it.

    On a phone the lines stand alone; their words are in the table beside the figure.

    Args:
        figure: Where to draw.
        data: As for `charts.trend`.
        events: When, in years and parts of years, and a few words each, in order.
        label: What the trend is called at its end.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = basic.trend(figure, data, label=label, narrow=narrow, suffix=suffix)
    left, right = axes.get_xlim()
    shown = [(when, words) for when, words in events if left <= when <= right]
    rows = _rows(axes, shown)
    low, high = axes.get_ylim()
    part = text_height(axes) * 0.85
    room = 0.0 if narrow or not rows else part * (max(rows.values()) + 1.5)
    top = low + (high - low) / (1 - room)
    axes.set_ylim(low, top)
    for when, words in shown:
        height = 1.0 if narrow else 1 - part * rows[words]
        axes.plot(
            [when, when],
            [0, height],
            transform=axes.get_xaxis_transform(),
            color=style.MUTED,
            linewidth=0.7,
            linestyle=(0, (2, 3)),
            zorder=1,
        )
        if not narrow:
            axes.annotate(
                words,
                (when, height),
                xycoords=axes.get_xaxis_transform(),
                xytext=(3, 0),
                textcoords="offset points",
                size="small",
                color=style.MUTED,
                va="top",
            )
    return axes


def _dots(axes: Axes, observed: pd.Series) -> None:
    axes.plot(
        observed.index, observed, "o",
        color=style.INK, markersize=3, markeredgewidth=0, alpha=0.75,
    )  # fmt: skip


def _date_intervals(axes: Axes, breaks: Sequence[Interval]) -> None:
    """Draw each break's date and interval in a row of its own below the data, with its year."""
    if not breaks:
        return
    low, high = axes.get_ylim()
    part = text_height(axes)
    bottom = high - (high - low) / (1 - part * (len(breaks) + 0.7))
    axes.set_ylim(bottom, high)
    left, right = axes.get_xlim()
    for row, (at, lower, upper) in enumerate(breaks):
        position = bottom + (high - bottom) * part * (len(breaks) - row - 0.3)
        axes.plot(
            [lower, upper],
            [position, position],
            color=style.ECONOMY,
            alpha=0.35,
            linewidth=6,
            solid_capstyle="butt",
        )
        axes.plot(at, position, "o", color=style.ECONOMY, markersize=5, markeredgewidth=0)
        after = (upper - left) / (right - left) < 0.7
        axes.annotate(
            f"{at:.0f} ({lower:.0f}–{upper:.0f})",
            (upper if after else lower, position),
            xytext=(6 if after else -6, 0),
            textcoords="offset points",
            color=style.ECONOMY,
            size="small",
            va="center",
            ha="left" if after else "right",
        )


def _rows(axes: Axes, events: Sequence[Event]) -> dict[str, int]:
    """Return a row for each event's words, from the top, such that words do not touch.

    A row is taken again only after the words in it have ended. Later lines must also reach up to
    their words without crossing words of a lower row that began before them, so that rows are
    tried from the top and kept free where a line passes.
    """
    left, right = axes.get_xlim()
    per_letter = WIDTH_OF_LETTER * pixels_of_text(axes) / (0.85 * axes.figure.bbox.width)
    ends: list[float] = []
    rows: dict[str, int] = {}
    for when, words in events:
        width = (len(words) + 2) * per_letter * (right - left)
        row = next((i for i, end in enumerate(ends) if when > end), len(ends))
        # The line of this event comes from below: words in lower rows must have ended.
        row = max([row, *(i + 1 for i, end in enumerate(ends) if i > row and end > when)])
        ends[row : row + 1] = [float(np.nextafter(when + width, np.inf))]
        rows[words] = row
    return rows
