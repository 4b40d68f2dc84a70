"""Releases side by side: one line per release, never joined, and estimates release by release."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import Event, frame, label_ends, mark_events, pixels_of_text
from rebalancing.report.charts.chart import (
    Chart,
    course,
    in_sentence,
    moment,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import Series, columns, mark
from rebalancing.report.text import number

FAINTEST, PALE = 0.35, 0.22
# Where a name may stand around a line's end, and the parts of it that others must not meet, in
# widths and heights of the name.
_SIDES = np.array(
    [(0, 1), (0, -1), (0.8, 0), (-0.8, 0), (0.7, 1), (-0.7, 1), (0.7, -1), (-0.7, -1)]
)
_CORNERS = np.array([(x, y) for x in (-0.5, 0, 0.5) for y in (-0.5, 0, 0.5)])


def releases(
    data: pd.DataFrame,
    *,
    measure: str,
    suffix: str = "%",
    events: Sequence[Event] = (),
    label: str = "Release to {}",
) -> Chart:
    """Return a chart of a line for each release, the older the fainter, the newest in the accent.

    Args:
        data: Periods by releases, the oldest first; each column is one release whole.
        measure: What is measured and in which unit, for the subtitle.
        suffix: What follows the numbers of the axis.
        events: Positions on the index with a few words each.
        label: What the newest release's label says, with ``{}`` for its name; the others have their
            names alone, where they end.
    """
    *older, newest = names = [str(name) for name in data.columns]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        strengths = dict(zip(older, np.linspace(FAINTEST, 0.95, len(older)), strict=True))
        for column, name in zip(data.columns, names, strict=True):
            series, own = data[column].dropna(), name == newest
            look: dict[str, Any] = {
                "color": style.ECONOMY if own else style.MUTED,
                "alpha": 1.0 if own else strengths[name],
                "zorder": 3 if own else 2,
                "gid": mark(name),
            }
            width = 2.2 if own else 1.3
            axes.plot(series.index, series, linewidth=width, solid_joinstyle="round", **look)
            end = series.tail(1)
            axes.plot(end.index, end, "o", markersize=4, markeredgewidth=0, **look)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        mark_events(axes, events, narrow=narrow)
        said = {newest: newest if narrow else label.format(newest)}
        last = {newest: float(data.iloc[:, -1].dropna().iloc[-1])}
        label_ends(axes, last, said, {newest: style.ECONOMY}, emphasised=newest, numbers=False)
        if older:
            _name_ends(axes, data, older)
        return axes

    span = f"{older[0]} to {newest}, older ones fainter" if older else newest
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}, by release", data.index),
        alt=f"Lines of {in_sentence(measure)}, one for each release, {span}. The newest: "
        f"{course(data.iloc[:, -1], suffix=suffix)}.{_differ_most(data)}",
        note=f"Each line is one release whole. {starts_above_zero(data)}".strip(),
        series=columns(data, {newest: label.format(newest)}, [newest, *reversed(older)]),
        suffix=suffix,
    )


def _differ_most(data: pd.DataFrame) -> str:
    """Return for which period releases differ most, and by how much, in words."""
    apart = (data.max(axis=1) - data.min(axis=1))[data.notna().sum(axis=1) > 1]
    if apart.empty:
        return ""
    widest = number(float(apart.max()), 1)
    return f" Releases differ most for {moment(apart.idxmax())}, by {widest} points."


def _name_ends(
    axes: Axes, data: pd.DataFrame, names: Sequence[str], words: Mapping[str, str] | None = None
) -> None:
    """Name the first columns where they end, each on the side with the most room around it."""
    said = words or {name: name for name in names}
    high = pixels_of_text(axes)
    wide = 0.6 * high * max(len(said[name]) for name in names)
    size = np.array([wide, high])
    lines = [_along(axes, data[column].dropna()) for column in data]
    taken = np.vstack(lines)
    for name, line in zip(names, lines, strict=False):
        end = line[-1]
        sides = end + _SIDES * size
        room = [np.hypot(*((taken - side) / size).T).min() for side in sides]
        chosen = sides[int(np.argmax(room))]
        axes.annotate(
            said[name],
            tuple(axes.transData.inverted().transform(end)),
            xytext=tuple((chosen - end) * 72 / axes.figure.dpi),
            textcoords="offset points",
            ha="center",
            va="center",
            size=style.small(),
            color=style.MUTED,
            gid=mark(name),
        )
        taken = np.vstack([taken, chosen + _CORNERS * size])


def _along(axes: Axes, series: pd.Series) -> np.ndarray:
    """Return points along a line, in pixels, close enough to one another to be met by a label."""
    ends = axes.transData.transform(np.column_stack([series.index, series]).astype(float))
    steps = np.arange(0, len(ends) - 1 + 1e-9, 0.125)
    where = np.arange(len(ends))
    return np.column_stack([np.interp(steps, where, ends[:, i]) for i in (0, 1)])


def hair(
    outcome: pd.Series,
    paths: pd.DataFrame,
    *,
    measure: str,
    named: Mapping[str, str],
    suffix: str = "%",
) -> Chart:
    """Return a chart of what came, and of the path that each release forecast, from its own base.

    Args:
        outcome: What the newest release calls known, by year.
        paths: Years by releases, the oldest first; each from the last year that it knows.
        measure: What is measured and in which unit, for the subtitle.
        named: What the paths of October's releases, which are drawn in full, are called at their
            ends, by release; the newest is drawn dashed in the accent, all others faint.
        suffix: What follows the numbers of the axis.
    """
    *older, newest = [str(name) for name in paths.columns]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        for release in [*older, newest]:
            path, is_new = paths[release].dropna(), release == newest
            look: dict[str, Any] = {
                "color": style.ECONOMY if is_new else style.MUTED,
                "alpha": 1.0 if is_new else 0.8 if release in named else PALE,
                "linestyle": (0, (4, 2)) if is_new else "-",
                "gid": mark(release),
            }
            axes.plot(path.index, path, linewidth=1.6 if is_new else 1.2, **look)
            if release in named:
                start: dict[str, Any] = {
                    "color": look["color"],
                    "markersize": 3.5,
                    "gid": mark(release),
                }
                axes.plot(path.index[:1], path.iloc[:1], "o", **start)
        thick: dict[str, Any] = {
            "color": style.ECONOMY,
            "linewidth": 2.6,
            "zorder": 3,
            "gid": mark("outcome"),
        }
        axes.plot(outcome.index, outcome, **thick)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        axes.set_xlim(data.index[0] - 0.5, data.index[-1] + (3.0 if narrow else 1.5))
        shown = [release for release in [*older, newest] if release in named]
        _name_ends(axes, data[[*shown, "outcome"]], shown, named)
        return axes

    data = pd.concat([outcome.rename("outcome"), paths], axis=1).sort_index()
    spoken = {"outcome": "Outcome"} | {name: _as_month(name) for name in (*older, newest)}
    said = (f"{named[release]}: {course(paths[release], suffix=suffix)}" for release in named)
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}, outcome and forecasts", data.index),
        alt=f"A line of {in_sentence(measure)}: {course(outcome, suffix=suffix)}. From it run the "
        f"paths that releases forecast. {'; '.join(said)}.",
        note="A year at a line’s end: that October’s release. Paler: April’s. "
        "Thick: the newest release. Thin: what each release forecast, from the last year it "
        "knew. A path that starts off the thick line starts from a figure that was revised. "
        f"{starts_above_zero(data)}".strip(),
        series=columns(data, spoken, ["outcome", newest, *reversed(older)]),
        suffix=suffix,
    )


def _as_month(release: str) -> str:
    """Return a release that is named by its month in words: ``October 2025``, or as it is."""
    return f"{pd.Timestamp(release):%B %Y}" if re.fullmatch(r"\d{4}-\d\d", release) else release


def estimates(data: pd.DataFrame, *, measure: str, level: float, suffix: str = "") -> Chart:
    """Return a chart of an estimate with its interval for each release, and the value known now.

    Args:
        data: One row per release in order, columns ``value``, ``lower``, ``upper`` and ``now``.
        measure: What is estimated and in which unit, for the subtitle.
        level: Probability that the intervals are meant to cover.
        suffix: What follows the numbers of the axis.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        where = np.arange(len(data))
        left, right = where - 0.1, where + 0.1
        look: dict[str, Any] = {"color": style.ECONOMY, "gid": mark("Then")}
        axes.vlines(left, data["lower"], data["upper"], linewidth=5, alpha=0.25, **look)
        axes.plot(left, data["value"], "o", markersize=6, **look)
        axes.plot(right, data["now"], "D", color=style.PEERS[0], markersize=5, gid=mark("Now"))
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        axes.set_xticks(where, [str(name) for name in data.index])
        axes.set_xlim(-0.6, len(data) - 0.4)
        ends = {"Then": float(data["value"].iloc[-1]), "Now": float(data["now"].iloc[-1])}
        palette = {"Then": style.ECONOMY, "Now": style.PEERS[0]}
        label_ends(axes, ends, {}, palette, emphasised="Then", numbers=False)
        return axes

    def in_words(row: pd.Series) -> str:
        then, low, high, now = (
            f"{number(row[name], 2)}{suffix}" for name in ("value", "lower", "upper", "now")
        )
        return f"{then} then ({low} to {high}), {now} now"

    said = (f"{release}: {in_words(row)}" for release, row in data.iterrows())
    by_place = data.set_axis(range(len(data)))
    return Chart(
        draw,
        data,
        subtitle=measure,
        alt=f"Dots with bars, one for each release, of {in_sentence(measure)}. {'; '.join(said)}.",
        note=f"Bars: {level:.0%} intervals. Now: the newest release with all its years.",
        series=[
            Series("Then", "Then", by_place["value"], (by_place["lower"], by_place["upper"])),
            Series("Now", "Now", by_place["now"]),
        ],
        suffix=suffix,
        places=dict(enumerate(map(str, data.index))),
        across="Release",
    )


def first_and_latest(data: pd.DataFrame, *, after: str, measure: str, suffix: str = "%") -> Chart:
    """Return a chart of what was first published of each year and what is said of it now.

    Args:
        data: By year, columns ``first`` and ``latest``.
        after: The oldest release, whose own outcomes may have been published before it.
        measure: What is measured and in which unit, for the subtitle.
        suffix: What follows the numbers of the axis.
    """
    palette = {"first": style.PEERS[0], "latest": style.ECONOMY}

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        where = np.arange(len(data))
        axes.vlines(where, data["first"], data["latest"], color=style.CONTEXT, linewidth=2)
        for name, shape in (("first", "D"), ("latest", "o")):
            look: dict[str, Any] = {"color": palette[name], "markersize": 6, "gid": mark(name)}
            axes.plot(where, data[name], shape, **look)
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        axes.set_xticks(where, [str(year) for year in data.index])
        axes.set_xlim(-0.5, len(data) - 0.5)
        ends = {name: float(data[name].iloc[-1]) for name in palette}
        label_ends(axes, ends, {}, palette, emphasised="latest", numbers=False)
        return axes

    said = (
        f"{year} first {number(row['first'], 1)}{suffix}, latest {number(row['latest'], 1)}{suffix}"
        for year, row in data.iterrows()
    )
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}, first published and latest figure", data.index),
        alt=f"Two marks for each year of {in_sentence(measure)}. {'; '.join(said)}.",
        note=f"Outcomes first published after {after}.",
        series=columns(data.set_axis(range(len(data))), {"first": "First", "latest": "Latest"}),
        suffix=suffix,
        places=dict(enumerate(map(str, data.index))),
    )
