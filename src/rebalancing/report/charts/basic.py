"""The kinds of charts that several chapters use.

Each function takes exactly the frame that the figure's CSV holds. Lines carry their names at
their ends instead of a legend; the economy of interest is drawn last, wider, in the accent colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import (
    Event,
    Flag,
    arrange,
    frame,
    label_ends,
    mark_events,
    pixels_of_text,
    text_height,
)
from rebalancing.report.charts.chart import (
    Chart,
    Rows,
    course,
    in_sentence,
    latest,
    moment,
    places,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import Series, columns, mark
from rebalancing.report.text import MINUS, number, sentences


def lines(
    data: pd.DataFrame,
    *,
    measure: str,
    economy: str | None = None,
    names: Mapping[str, str] | None = None,
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
        events: Positions on the index with a few words each, drawn as thin lines.
        suffix: What follows the numbers of the axis.
        zero: Whether the axis must contain zero.
    """
    names = names or {}
    absent = ", ".join(names.get(code, code) for code in data.columns if data[code].isna().all())
    data = data.dropna(axis="columns", how="all")
    others = [code for code in data.columns if code != economy]
    order = [*others, *(code for code in data.columns if code == economy)]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        palette = style.colours(economy, others)
        for code in order:
            series = data[code].dropna()
            width = 2.2 if code == economy else 1.4
            look: dict[str, Any] = {"color": palette[code], "linewidth": width, "gid": mark(code)}
            axes.plot(series.index, series, solid_joinstyle="round", **look)
        frame(axes, suffix=suffix, zero=zero, narrow=narrow)
        mark_events(axes, events, narrow=narrow)
        ends = {code: data[code].dropna() for code in data.columns}
        last = {code: float(series.iloc[-1]) for code, series in ends.items()}
        of_all: dict[str, Any] = {"decimals": places(data), "early": _early(ends, names)}
        label_ends(axes, last, names, palette, emphasised=economy, **of_all)
        return axes

    above_zero = starts_above_zero(data)
    # A name that ends in a colon is of the last value alone: "Deflator, 2025: 0.3".
    spoken = {code: name for code, name in names.items() if not name.endswith(":")}
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
    called = {code: names.get(code, code) for code in found}
    # A name that ends in a colon has its period before it: "Deflator, 2025: 0.3".
    return {
        code: moment(last)
        for code, last in found.items()
        if moment(last) not in called[code] and not called[code].endswith(":")
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
        note=f"{_hp_filter(smoothing)} {starts_above_zero(data)}".strip(),
        series=series,
        suffix=suffix,
    )


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


def distribution(
    values: pd.Series,
    *,
    measure: str,
    economy: str,
    others: Sequence[str],
    names: Mapping[str, str],
    bin_width: float = 2.5,
    suffix: str = "%",
    limits: tuple[float, float] | None = None,
) -> Chart:
    """Return a chart of one dot per economy, stacked where values are close; some are named.

    Args:
        values: One value per economy, by code.
        measure: What is measured, in which unit and when, for the subtitle.
        economy: The economy of interest.
        others: The peers to colour and name.
        names: What each label says.
        bin_width: Width of a stack, in the units of the values.
        suffix: What follows the numbers of the axis.
        limits: The span of values shown; dots beyond it are stacked at its ends.
    """
    chosen = [code for code in others if code in values and code != economy]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        import seaborn as sns  # slow to import, and needed only where something is drawn

        axes = figure.subplots()
        shown = values.clip(*limits) if limits else values
        bins = np.floor(shown / bin_width).astype(int)
        # The named dots lie on top of their stacks, where their names can reach them.
        height = values.index.isin([*chosen, economy]).astype(int)
        order = pd.Series(height, values.index).groupby(bins).rank(method="first")
        centre = (bins + 0.5) * bin_width
        size = 10 if narrow else 24
        palette = style.colours(economy, [code for code in others if code != economy])
        plain = values.index.difference([*chosen, economy])
        sns.scatterplot(
            x=centre[plain], y=order[plain], s=size, color=style.CONTEXT, edgecolor="none", ax=axes
        )
        for code in [*chosen, *([economy] if economy in values else [])]:
            axes.scatter(centre[code], order[code], s=size * 1.5, color=palette[code], zorder=3)
        top = float(order.max())
        frame(axes, suffix="", zero=False, narrow=narrow)
        axes.grid(visible=False)
        axes.set(yticks=[], xlabel="", ylabel="", ylim=(0, top * 1.02 + 2))
        axes.xaxis.set_major_locator(MaxNLocator(5 if narrow else 9, integer=True))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
        )
        _callouts(axes, [*chosen, economy], centre, order, names, palette, emphasised=economy)
        return axes

    named = [code for code in (economy, *chosen) if code in values]
    places = [f"{names.get(code, code)} {number(values[code], 1)}{suffix}" for code in named]
    return Chart(
        draw,
        values.to_frame(),
        subtitle=f"{measure}; one dot per economy ({len(values)})",
        alt=f"Dots, one per economy, stacked by {in_sentence(measure)}. "
        f"{', '.join(places)}; the median is {number(values.median(), 1)}{suffix}.",
        note=_beyond(values, limits, suffix),
        rows=_ranked(values, economy, names),
    )


def _ranked(values: pd.Series, economy: str, names: Mapping[str, str]) -> Rows:
    """Return the economies with their values, the highest first."""
    ordered = values.sort_values(ascending=False, kind="stable")
    codes = list(map(str, ordered.index))
    frame = pd.DataFrame(
        {"Economy": [names.get(code, code) for code in codes], "Value": ordered.to_numpy()}
    )
    own = codes.index(economy) if economy in codes else None
    return Rows(frame, places(values.to_frame()), own)


def _beyond(values: pd.Series, limits: tuple[float, float] | None, suffix: str) -> str:
    """Return what stands for the dots that lie beyond the axis, or nothing if none does."""
    if limits is None:
        return ""
    low, high = limits
    beyond = int(((values < low) | (values > high)).sum())
    if not beyond:
        return ""
    dots = "The dot of 1 economy" if beyond == 1 else f"Dots of {beyond} economies"
    span = f"{number(low, 0)}{suffix} or above {number(high, 0)}{suffix}"
    return f"{dots} below {span} {'is' if beyond == 1 else 'are'} stacked at the ends."


def ranked_bars(
    data: pd.Series,
    *,
    measure: str,
    colour: str = style.ECONOMY,
    suffix: str = "%",
    decimals: int = 1,
) -> Chart:
    """Return a chart of one horizontal bar per entry, from zero, with the number at its end.

    Args:
        data: Values by label, in the order to show from the top.
        measure: What is measured, in which unit and when, for the subtitle.
        colour: The bars' colour.
        suffix: What follows the numbers.
        decimals: Decimals of the numbers.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        positions = np.arange(len(data))[::-1]
        axes.barh(positions, data, color=colour, edgecolor="none", height=0.62)
        span = float(np.nanmax(np.abs(data))) or 1.0
        for position, value in zip(positions, data, strict=True):
            side = 1 if value >= 0 else -1
            axes.text(
                value + side * span * 0.015,
                position,
                f"{number(value, decimals)}{suffix}",
                color=style.INK,
                va="center",
                ha="left" if side > 0 else "right",
            )
        axes.set_yticks(positions, list(data.index), color=style.INK)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.axvline(0, color=style.MUTED, linewidth=0.8)
        axes.margins(x=0.12 if narrow else 0.08)
        return axes

    bars = (f"{label} {number(value, decimals)}{suffix}" for label, value in data.items())
    return Chart(
        draw,
        data.to_frame(),
        subtitle=measure,
        alt=f"Bars of {in_sentence(measure)}: {', '.join(bars)}.",
        rows=Rows(data.rename("Value").reset_index(), decimals),
    )


def _callouts(
    axes: Axes,
    codes: Sequence[str],
    x: pd.Series,
    y: pd.Series,
    names: Mapping[str, str],
    palette: Mapping[str, str],
    *,
    emphasised: str,
) -> None:
    """Name dots above their stacks, on as many rows as it takes to keep the names apart."""
    codes = sorted((code for code in codes if code in x), key=lambda code: (x[code], -y[code]))
    low, high = axes.get_xlim()
    per_letter = pixels_of_text(axes) * 0.56 / (axes.figure.bbox.width * 0.95) * (high - low)
    # Of the dots in one stack only the topmost has a line: others would cross its name.
    tops = {code for code in codes if y[code] == max(y[c] for c in codes if x[c] == x[code])}
    flags = [
        Flag(float(x[code]), (len(names.get(code, code)) + 1) * per_letter, code in tops)
        for code in codes
    ]
    spots = dict(zip(codes, arrange(flags, low, high), strict=True))
    # The rows take their part of the axes' height once the axes have grown to hold them.
    top, part = axes.get_ylim()[1], text_height(axes)
    rows = 1 + max((row for row, _ in spots.values()), default=0)
    height = top / (1 - part * (rows + 0.5))
    axes.set_ylim(0, height)
    line: dict[str, object] = {"arrowstyle": "-", "linewidth": 0.8, "shrinkB": 3}
    begins = {"center": (0.5, 0), "left": (0, 0), "right": (1, 0)}  # where on the name
    for code, (row, side) in spots.items():
        axes.annotate(
            names.get(code, code),
            (x[code], y[code]),
            xytext=(x[code], top + height * part * row),
            color=palette[code],
            weight="semibold" if code == emphasised else "normal",
            ha=side,
            va="bottom",
            annotation_clip=False,
            arrowprops=line | {"color": palette[code], "relpos": begins[side]}
            if code in tops
            else None,
        )
