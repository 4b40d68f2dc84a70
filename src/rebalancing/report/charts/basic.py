"""Lines against time: several, a trend with its band, the gap between two.

Each function takes exactly the frame that the figure's CSV holds. Lines carry their names at
their ends instead of a legend; the economy of interest is drawn last, wider, in the accent colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import (
    Event,
    frame,
    label_ends,
    mark_events,
)
from rebalancing.report.charts.chart import (
    Chart,
    course,
    in_sentence,
    latest,
    moment,
    places,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import Series, columns, mark
from rebalancing.report.text import number, sentences


def lines(
    data: pd.DataFrame,
    *,
    measure: str,
    economy: str | None = None,
    names: Mapping[str, str] | None = None,
    dated: Mapping[str, str] | None = None,
    peers: Sequence[str] = (),
    events: Sequence[Event] = (),
    suffix: str = "%",
    zero: bool = False,
) -> Chart:
    """Return a chart of one line per column against the index, labelled at the ends.

    Args:
        data: One column per economy (by code) or measure; the index holds years or dates. Columns
            without figures are named in the note.
        measure: What is measured and in which unit, for the subtitle.
        economy: The column to draw last and accented; None where no line stands out.
        names: What the label of each column says, where not the column's name.
        dated: The same of columns whose label says when their last value is:
            ``Deflator, 2025:``. It is of that value alone, and no name of the column elsewhere.
        peers: Economies that keep the colours they have elsewhere.
        events: Positions on the index with a few words each, drawn as thin lines.
        suffix: What follows the numbers of the axis.
        zero: Whether the axis must contain zero.
    """
    spoken, dated = names or {}, dated or {}
    names = {**spoken, **dated}
    absent = ", ".join(names.get(code, code) for code in data.columns if data[code].isna().all())
    data = data.dropna(axis="columns", how="all")
    others = [code for code in data.columns if code != economy]
    order = [*others, *(code for code in data.columns if code == economy)]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        palette = style.colours(economy, others, peers)
        for code in order:
            series = data[code].dropna()
            width = 2.2 if code == economy else 1.4
            look: dict[str, Any] = {"color": palette[code], "linewidth": width, "gid": mark(code)}
            axes.plot(series.index, series, solid_joinstyle="round", **look)
        frame(axes, suffix=suffix, zero=zero, narrow=narrow)
        mark_events(axes, events, narrow=narrow)
        ends = {code: data[code].dropna() for code in data.columns}
        last = {code: float(series.iloc[-1]) for code, series in ends.items()}
        early = {code: at for code, at in _early(ends, names).items() if code not in dated}
        of_all: dict[str, Any] = {"decimals": places(data), "early": early}
        label_ends(axes, last, names, palette, emphasised=economy, **of_all)
        return axes

    above_zero = starts_above_zero(data)
    return Chart(
        draw,
        data,
        subtitle=with_span(measure, data.dropna(how="all").index),
        alt=f"Lines of {in_sentence(measure)}. {_courses(data, order, names, suffix, economy)}",
        note=sentences([absent and f"Without figures: {absent}.", "" if zero else above_zero]),
        series=columns(data, spoken, [*order[len(others) :], *others]),
        suffix=suffix,
    )


def _early(ends: Mapping[str, pd.Series], names: Mapping[str, str]) -> dict[str, str]:
    """Return when lines end that end before the last one, unless their names say it."""
    newest = max((series.index[-1] for series in ends.values()), default=None)
    found = {code: series.index[-1] for code, series in ends.items() if series.index[-1] != newest}
    return {
        code: moment(last)
        for code, last in found.items()
        if moment(last) not in names.get(code, code)
    }


def _courses(
    data: pd.DataFrame,
    order: Sequence[str],
    names: Mapping[str, str],
    suffix: str,
    economy: str | None,
) -> str:
    """Return the course of the line that stands out, and where the others end."""
    main = economy or (order[0] if len(order) == 1 else None)
    few = places(data)
    ends = ", ".join(
        f"{names.get(code, code)} {_end(data[code], data.index, suffix, few)}"
        for code in order
        if code != main
    )
    if main is None:
        return f"Latest: {ends}."
    described = f"{names.get(main, main)}: {course(data[main], suffix=suffix, decimals=few)}."
    return f"{described} Latest of the others: {ends}." if ends else described


def _end(values: pd.Series, index: pd.Index, suffix: str, decimals: int) -> str:
    """Return the last known value of a line, and when, if the figure goes on without it."""
    last = values.last_valid_index()
    early = "" if last is None or last == index[-1] else f" in {moment(last)}"
    return f"{latest(values, suffix=suffix, decimals=decimals)}{early}"


def trend(
    data: pd.DataFrame,
    *,
    measure: str,
    level: float,
    smoothing: float = 0.0,
    slope: tuple[float, float, float] | None = None,
    label: str = "Trend",
    other_label: str = "",
    suffix: str = "%",
    events: Sequence[Event] = (),
) -> Chart:
    """Return a chart of observations as dots with a smoothed trend and its band.

    Args:
        data: Columns ``observed``, ``trend``, ``lower``, ``upper``; optionally ``other``, a second
            trend drawn thin and dashed. The index holds years.
        measure: What is measured and in which unit, for the subtitle.
        level: Probability that the band is meant to cover.
        smoothing: Of the Hodrick–Prescott filter that the trend comes from, if it does.
        slope: The trend's latest slope a year, with its lower and upper bound, if it is told.
        label: What the trend is called at its end.
        other_label: What the second trend is called.
        suffix: What follows the numbers of the axis.
        events: Positions on the index with a few words each.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        colour = style.ECONOMY
        axes.fill_between(
            data.index, data["lower"], data["upper"],
            color=colour, alpha=0.16, linewidth=0, gid=mark("trend"),
        )  # fmt: skip
        ends = {"trend": float(data["trend"].dropna().iloc[-1])}
        names, palette = {"trend": label}, {"trend": colour}
        axes.plot(data.index, data["trend"], color=colour, linewidth=2.2, gid=mark("trend"))
        if "other" in data:
            other = style.PEERS[0]
            axes.plot(
                data.index, data["other"],
                color=other, linewidth=1.4, linestyle=(0, (4, 2)), gid=mark("other"),
            )  # fmt: skip
            ends["other"] = float(data["other"].dropna().iloc[-1])
            names["other"], palette["other"] = other_label, other
        axes.plot(
            data.index,
            data["observed"],
            "o",
            color=style.INK,
            markersize=3,
            markeredgewidth=0,
            alpha=0.75,
            gid=mark("observed"),
        )
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        mark_events(axes, events, narrow=narrow)
        label_ends(axes, ends, names, palette, emphasised="trend", numbers=False)
        return axes

    series = [
        Series("observed", "Observed", data["observed"]),
        Series("trend", label, data["trend"], (data["lower"], data["upper"])),
    ]
    if "other" in data:
        series.append(Series("other", other_label, data["other"]))
    known = data.dropna(subset=["trend", "lower", "upper"]).iloc[-1]
    end = {name: f"{number(known[name], 1)}{suffix}" for name in ("trend", "lower", "upper")}
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}; trend with {level:.0%} band", data.index),
        alt=f"Dots of {in_sentence(measure)}, by year, with a smoothed trend and its "
        f"{level:.0%} band. Observed: {course(data['observed'], suffix=suffix)}. The trend ends "
        f"at {end['trend']}, its band at {end['lower']} to {end['upper']}.",
        note=sentences([_slope(slope, level), _hp_filter(smoothing), starts_above_zero(data)]),
        series=series,
        suffix=suffix,
    )


def _slope(slope: tuple[float, float, float] | None, level: float) -> str:
    if slope is None:
        return ""
    latest, low, high = (number(each, 2) for each in slope)
    return f"Latest slope: {latest} points a year ({level:.0%} interval {low} to {high})."


def _hp_filter(smoothing: float) -> str:
    return f"Hodrick–Prescott filter, smoothing {smoothing:g}." if smoothing else ""


def gap(data: pd.DataFrame, *, measure: str, upper: str, lower: str, suffix: str = "%") -> Chart:
    """Return a chart of two lines with the gap between them shaded.

    Args:
        data: The two columns, by year.
        measure: What is measured and in which unit, for the subtitle.
        upper: The column whose excess over the other counts as positive.
        lower: The other column.
        suffix: What follows the numbers of the axis.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        palette = {upper: style.ECONOMY, lower: style.PEERS[0]}
        for column, other in ((upper, lower), (lower, upper)):
            axes.fill_between(
                data.index,
                data[upper],
                data[lower],
                where=(data[column] >= data[other]).to_numpy(),
                interpolate=True,
                color=palette[column],
                alpha=0.14,
                linewidth=0,
                gid=mark(upper, lower),
            )
            colour = palette[column]
            axes.plot(data.index, data[column], color=colour, linewidth=2.0, gid=mark(column))
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        ends = {column: float(data[column].iloc[-1]) for column in (upper, lower)}
        label_ends(axes, ends, {}, palette, emphasised=upper)
        return axes

    between = data[upper] - data[lower]
    return Chart(
        draw,
        data,
        subtitle=with_span(measure, data.index),
        alt=f"Two lines with the gap between them shaded: {in_sentence(measure)}. "
        f"{upper}: {course(data[upper], suffix=suffix)}. {lower}: "
        f"{course(data[lower], suffix=suffix)}. The gap: {course(between, suffix=suffix)}.",
        series=columns(data, keys=[upper, lower]),
        suffix=suffix,
    )
