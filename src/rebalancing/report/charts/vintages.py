"""Releases side by side: one line per release, never joined, and estimates release by release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import Event, frame, label_ends, mark_events, pixels_of_text

FAINTEST = 0.35
# Where a name may stand around a line's end, and the parts of it that others must not meet, in
# widths and heights of the name.
_SIDES = np.array(
    [(0, 1), (0, -1), (0.8, 0), (-0.8, 0), (0.7, 1), (-0.7, 1), (0.7, -1), (-0.7, -1)]
)
_CORNERS = np.array([(x, y) for x in (-0.5, 0, 0.5) for y in (-0.5, 0, 0.5)])


def releases(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    suffix: str = "%",
    events: Sequence[Event] = (),
    label: str = "Release to {}",
) -> Axes:
    """Draw a line for each release, the older the fainter, the newest in the accent.

    Args:
        figure: Where to draw.
        data: Periods by releases, the oldest first; each column is one release whole.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
        events: Positions on the index with a few words each.
        label: What the newest release's label says, with ``{}`` for its name; the others have their
            names alone, where they end.
    """
    axes = figure.subplots()
    names = [str(name) for name in data.columns]
    *older, newest = names
    strengths = dict(zip(older, np.linspace(FAINTEST, 0.95, len(older)), strict=True))
    latest = data[data.columns[-1]].dropna()
    for column, name in zip(data.columns, names, strict=True):
        series, own = data[column].dropna(), name == newest
        look: dict[str, Any] = {
            "color": style.ECONOMY if own else style.MUTED,
            "alpha": 1.0 if own else strengths[name],
            "zorder": 3 if own else 2,
        }
        width = 2.2 if own else 1.3
        axes.plot(series.index, series, linewidth=width, solid_joinstyle="round", **look)
        axes.plot(series.index[-1:], series.iloc[-1:], "o", markersize=4, markeredgewidth=0, **look)
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    mark_events(axes, events, narrow=narrow)
    said = {newest: newest if narrow else label.format(newest)}
    end = {newest: float(latest.iloc[-1])}
    label_ends(axes, end, said, {newest: style.ECONOMY}, emphasised=newest, numbers=False)
    if older:
        _name_ends(axes, data, older)
    return axes


def _name_ends(axes: Axes, data: pd.DataFrame, names: Sequence[str]) -> None:
    """Name releases where they end, each on the side with the most room around it."""
    high = pixels_of_text(axes)
    wide = 0.6 * high * max(len(name) for name in names)
    size = np.array([wide, high])
    lines = [_along(axes, data[column].dropna()) for column in data]
    taken = np.vstack(lines)
    for name, line in zip(names, lines, strict=False):
        end = line[-1]
        sides = end + _SIDES * size
        room = [np.hypot(*((taken - side) / size).T).min() for side in sides]
        chosen = sides[int(np.argmax(room))]
        axes.annotate(
            name,
            tuple(axes.transData.inverted().transform(end)),
            xytext=tuple((chosen - end) * 72 / axes.figure.dpi),
            textcoords="offset points",
            ha="center",
            va="center",
            size="small",
            color=style.MUTED,
        )
        taken = np.vstack([taken, chosen + _CORNERS * size])


def _along(axes: Axes, series: pd.Series) -> np.ndarray:
    """Return points along a line, in pixels, close enough to one another to be met by a label."""
    ends = axes.transData.transform(np.column_stack([series.index, series]).astype(float))
    steps = np.arange(0, len(ends) - 1 + 1e-9, 0.125)
    where = np.arange(len(ends))
    return np.column_stack([np.interp(steps, where, ends[:, i]) for i in (0, 1)])


def estimates(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    labels: tuple[str, str],
    suffix: str = "",
) -> Axes:
    """Draw an estimate with its interval for each release, and the value known now.

    Args:
        figure: Where to draw.
        data: One row per release in order, columns ``value``, ``lower``, ``upper`` and ``now``.
        narrow: Whether to draw for a phone.
        labels: What ``value`` and ``now`` are called.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    where = np.arange(len(data))
    shift = 0.1
    axes.vlines(
        where - shift, data["lower"], data["upper"], color=style.ECONOMY, linewidth=5, alpha=0.25
    )
    axes.plot(where - shift, data["value"], "o", color=style.ECONOMY, markersize=6)
    axes.plot(where + shift, data["now"], "D", color=style.PEERS[0], markersize=5)
    frame(axes, suffix=suffix, zero=True, narrow=narrow)
    axes.set_xticks(where, [str(name) for name in data.index])
    axes.set_xlim(-0.6, len(data) - 0.4)
    ends = {labels[0]: float(data["value"].iloc[-1]), labels[1]: float(data["now"].iloc[-1])}
    palette = {labels[0]: style.ECONOMY, labels[1]: style.PEERS[0]}
    label_ends(axes, ends, {}, palette, emphasised=labels[0], numbers=False)
    return axes
