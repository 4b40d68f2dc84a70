"""Releases side by side: one line per release, never joined, and estimates release by release."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from rebalancing.report import style
from rebalancing.report.axes import Event, frame, label_ends, mark_events

FAINTEST = 0.35


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
        label: What the newest release's label says, with ``{}`` for its name; the others are
            labelled by name alone.
    """
    axes = figure.subplots()
    names = [str(name) for name in data.columns]
    *older, newest = names
    strengths = dict(zip(older, np.linspace(FAINTEST, 0.95, len(older)), strict=True))
    ends = {}
    for column, name in zip(data.columns, names, strict=True):
        series = data[column].dropna()
        own = name == newest
        axes.plot(
            series.index,
            series,
            color=style.ECONOMY if own else style.MUTED,
            alpha=1.0 if own else strengths[name],
            linewidth=2.2 if own else 1.3,
            solid_joinstyle="round",
            zorder=3 if own else 2,
        )
        axes.plot(
            series.index[-1:],
            series.iloc[-1:],
            "o",
            color=style.ECONOMY if own else style.MUTED,
            alpha=1.0 if own else strengths[name],
            markersize=4,
            markeredgewidth=0,
            zorder=3,
        )
        ends[name] = float(series.iloc[-1])
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    mark_events(axes, events, narrow=narrow)
    palette = dict.fromkeys(older, style.MUTED) | {newest: style.ECONOMY}
    said = {newest: newest if narrow else label.format(newest)}
    label_ends(axes, ends, said, palette, emphasised=newest, numbers=False)
    return axes


def estimates(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    labels: tuple[str, str],
    suffix: str = "",
) -> Axes:
    """Draw an estimate with its interval for each release, and what is said of it now.

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
