"""Charts of trends and breaks: filters, regimes, average changes, policy beside a trend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import basic, events_in_rows, style
from rebalancing.report.charts.axes import (
    frame,
    label_ends,
    mark_events,
    text_height,
)
from rebalancing.report.charts.chart import (
    Chart,
    Rows,
    course,
    in_sentence,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import columns, mark
from rebalancing.report.text import MINUS, number, sentences

Interval = tuple[float, float, float]
SHADE = 0.3
AFTER = 3  # years after the data in which milestones are still drawn


def filters(
    data: pd.DataFrame, slopes: pd.Series, *, since: int, measure: str, suffix: str = "%"
) -> Chart:
    """Return a chart of observations as dots and one line per filter, named at its end.

    Args:
        data: Column ``observed`` and one column per filter, by year; a filter may end early.
        slopes: Each filter's latest slope, in units of the data a year, by name.
        since: The first year that they were estimated on, which the chart need not reach.
        measure: What is measured and in which unit, for the subtitle.
        suffix: What follows the numbers of the axis.
    """
    names = [str(name) for name in data.columns if name != "observed"]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        palette = style.colours(names[0], names[1:])
        for name in reversed(names):
            line = data[name].dropna()
            width = 2.2 if name == names[0] else 1.4
            look: dict[str, Any] = {"color": palette[name], "linewidth": width, "gid": mark(name)}
            axes.plot(line.index, line, **look)
        _dots(axes, data["observed"])
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        ends = {name: float(data[name].dropna().iloc[-1]) for name in names}
        label_ends(axes, ends, {}, palette, emphasised=names[0], numbers=False)
        return axes

    listed = ", ".join(f"{name} {number(slopes[name], 2)}" for name in names)
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}, with trends by {len(names)} filters", data.index),
        alt=f"Dots of {in_sentence(measure)}, by year, with {len(names)} trends through them. "
        f"Observed: {course(data['observed'], suffix=suffix)}. Latest slopes, points a year: "
        f"{listed}.",
        note=sentences(
            [
                f"Estimated on {since}–{data.index[-1]}.",
                starts_above_zero(data),
                "A trend that runs through all dots is the data themselves.",
            ]
        ),
        series=columns(data, {"observed": "Observed"}),
        suffix=suffix,
    )


def regimes(
    data: pd.DataFrame,
    breaks: Sequence[Interval],
    *,
    measure: str,
    level: float,
    bars: bool = False,
    suffix: str = "%",
) -> Chart:
    """Return a chart of a series, the line of each regime, and the dates of breaks below it.

    Args:
        data: Columns ``observed`` and ``fitted``, by year.
        breaks: The last year of each regime but the last, with the lower and upper end of its
            interval.
        measure: What is measured and in which unit, for the subtitle.
        level: Probability that the intervals of the dates are meant to cover.
        bars: Whether the observations are changes, drawn as bars from zero with an average for
            each regime, and not levels, drawn as dots with a straight line for each.
        suffix: What follows the numbers of the axis.
    """
    years = data.index
    edges = [float(years[0]) - 0.5, *(at + 0.5 for at, _, _ in breaks), float(years[-1]) + 0.5]
    lines = [data["fitted"][(years > start) & (years < end)] for start, end in pairwise(edges)]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        if bars:
            look: dict[str, Any] = {"color": style.CONTEXT, "linewidth": 0, "gid": mark("observed")}
            axes.bar(years, data["observed"], width=0.7, **look)
        else:
            _dots(axes, data["observed"])
        for position, (start, end) in enumerate(pairwise(edges)):
            if position % 2:
                axes.axvspan(start, end, color=style.GRID, alpha=SHADE, linewidth=0, zorder=0)
            line = lines[position]
            look = {"color": style.ECONOMY, "linewidth": 2.2, "gid": mark("fitted")}
            axes.plot(line.index, line, **look)
        frame(axes, suffix=suffix, zero=bars, narrow=narrow)
        axes.set_xlim(edges[0], edges[-1])
        _date_intervals(axes, breaks)
        return axes

    named = ("average", "averages by regime") if bars else ("straight line", "lines by regime")
    measured = f"{measure}; {named[bool(breaks)]}"
    described = "; ".join(_regime(line, is_average=bars, suffix=suffix) for line in lines)
    dates = ", ".join(f"after {at:.0f} ({low:.0f} to {high:.0f})" for at, low, high in breaks)
    fitted = "Average of the regime" if bars else "Line of the regime"
    of_dates = f"Below the data: the date of a break with its {level:.0%} interval."
    notes = (of_dates if breaks else "", "" if bars else starts_above_zero(data))
    return Chart(
        draw,
        data,
        subtitle=with_span(measured, years),
        alt=f"{'Bars' if bars else 'Dots'} of {in_sentence(measured)}: {described}. Breaks, with "
        f"{level:.0%} intervals: {dates or 'none'}.",
        note=" ".join(filter(None, notes)),
        series=columns(data, {"observed": "Observed", "fitted": fitted}),
        suffix=suffix,
    )


def _regime(line: pd.Series, *, is_average: bool, suffix: str) -> str:
    """Return the line of one regime in words: where it begins and ends, or how high it is."""
    first, last = (number(line.iloc[end], 2 if is_average else 1) for end in (0, -1))
    height = f"{first}{suffix}" if is_average else f"{first}{suffix} to {last}{suffix}"
    return f"{height} in {line.index[0]}–{line.index[-1]}"


def average_changes(
    data: pd.DataFrame, *, measure: str, level: float, heads: tuple[str, str], suffix: str = ""
) -> Chart:
    """Return a chart of average changes with their intervals, one row each, by what changes.

    Args:
        data: Columns ``group``, ``span`` (words), ``change``, ``lower``, ``upper``, in the order to
            show from the top; the first group is in the accent colour.
        measure: What is measured, in which unit and when, for the subtitle.
        level: Probability that the intervals are meant to cover.
        heads: What the groups and the spans are, for the table.
        suffix: What follows the numbers of the axis.
    """
    groups = [str(group) for group in data["group"].unique()]
    palette = style.colours(groups[0], groups[1:])

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        position, ticks = 0.0, {}
        for group, rows in data.groupby("group", sort=False):
            ticks[position] = str(group)
            for row in rows.to_dict("records"):
                position -= 1
                ticks[position] = str(row["span"])
                _interval(axes, row, position, palette[str(group)], width=4 if narrow else 6)
            position -= 1.2
        axes.set_yticks(list(ticks), list(ticks.values()))
        for label in axes.get_yticklabels():
            name = label.get_text()
            label.set_color(palette.get(name, style.INK))
            label.set_fontweight("semibold" if name in palette else "normal")
        axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
        )
        axes.set_ylim(position + 0.6, 0.8)
        return axes

    numbers = data[["change", "lower", "upper"]].map(lambda value: number(value, 2))
    listed = [
        f"{group}, {span}: {change} ({lower} to {upper})"
        for group, span, change, lower, upper in data[["group", "span"]].join(numbers).to_numpy()
    ]
    return Chart(
        draw,
        data.set_index(["group", "span"])[["change", "lower", "upper"]],
        subtitle=f"{measure}, with {level:.0%} intervals",
        alt=f"Dots of the {in_sentence(measure)}, with bars for {level:.0%} intervals. "
        f"{'; '.join(listed)}.",
        rows=Rows(
            pd.DataFrame(
                {
                    heads[0]: data["group"],
                    heads[1]: data["span"],
                    "Change": data["change"],
                    f"{level:.0%} interval": numbers["lower"] + " to " + numbers["upper"],
                }
            ),
            2,
        ),
    )


def _interval(
    axes: Axes, row: dict[object, float], position: float, colour: str, *, width: float
) -> None:
    """Draw an estimate as a dot on the bar of its interval."""
    axes.plot(
        [row["lower"], row["upper"]],
        [position, position],
        color=colour,
        alpha=0.35,
        linewidth=width,
        solid_capstyle="butt",
    )
    axes.plot(row["change"], position, "o", color=colour, markersize=5, markeredgewidth=0)


def milestones(
    data: pd.DataFrame,
    events: Sequence[tuple[pd.Timestamp, str]],
    *,
    measure: str,
    level: float,
    suffix: str = "%",
) -> Chart:
    """Return a chart of a trend with its band and thin lines for milestones, named above it.

    Args:
        data: As for `charts.trend`; a year's values stand at the middle of the year.
        events: The day of each milestone, and a few words, in order; those before the data, or
            more than three years after them, are left out.
        measure: What is measured and in which unit, for the subtitle.
        level: Probability that the band is meant to cover.
        suffix: What follows the numbers of the axis.
    """
    below = basic.trend(data, measure=measure, level=level, suffix=suffix)
    first, last = float(data.index[0]), float(data.index[-1])
    shown = [event for event in events if first <= _position(event[0]) <= last + AFTER]
    dated = [(_position(day), words) for day, words in shown]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        below.draw(figure, narrow=narrow)
        axes = figure.gca()
        left, right = axes.get_xlim()
        end = max([right, *(when + right - last for when, _ in dated)])
        axes.set_xlim(left, end)
        for text in axes.texts:  # the trend's name stays beside the axes, clear of later lines
            if isinstance(text, Annotation) and text.xy[0] == right:
                text.xy = (end, text.xy[1])
        if narrow:
            mark_events(axes, dated, narrow=True)
            return axes
        per_letter = events_in_rows.letter(axes, 0.85)
        rows, turned = events_in_rows.arrange(dated, *axes.get_xlim(), per_letter)
        low, high = axes.get_ylim()
        part = text_height(axes) * 0.85
        room = part * (max(rows.values()) + 1.5) if rows else 0.0
        axes.set_ylim(low, low + (high - low) / (1 - room))
        for when, words in dated:
            _milestone(axes, when, 1 - part * rows[words], words, turned=words in turned)
        return axes

    listed = "; ".join(f"{day.year} {words}" for day, words in shown)
    marked = f" Thin lines mark milestones: {listed}." if shown else ""
    return Chart(
        draw,
        data,
        subtitle=below.subtitle,
        alt=f"{below.alt}{marked}",
        note=f"{below.note} A year’s value stands at the middle of the year. "
        "The table says in full what each line is.".strip(),
        series=below.series,
        suffix=suffix,
    )


def _position(day: pd.Timestamp) -> float:
    """Return where a day stands on an axis on which a year's value stands at its middle."""
    return float(day.year + (day.day_of_year - 1) / 365.25 - 0.5)


def _milestone(axes: Axes, when: float, height: float, words: str, *, turned: bool) -> None:
    """Draw a thin line up to a height, a part of the axes', with words beside its end."""
    axes.plot(
        [when, when],
        [0, height],
        transform=axes.get_xaxis_transform(),
        color=style.MUTED,
        linewidth=0.7,
        linestyle=(0, (2, 3)),
        zorder=1,
    )
    if words:
        axes.annotate(
            words,
            (when, height),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-3 if turned else 3, 0),
            textcoords="offset points",
            size=style.small(),
            color=style.MUTED,
            va="top",
            ha="right" if turned else "left",
        )


def _dots(axes: Axes, observed: pd.Series) -> None:
    axes.plot(
        observed.index, observed, "o",
        color=style.INK, markersize=3, markeredgewidth=0, alpha=0.75, gid=mark("observed"),
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
            size=style.small(),
            va="center",
            ha="left" if after else "right",
        )
