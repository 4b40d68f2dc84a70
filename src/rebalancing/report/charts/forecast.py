"""Charts of density forecasts: the fan, whether it was right, and how forecasters compare.

A fan is drawn in bands whose levels are named where they end; nothing in it is a solid line, so
that it cannot be taken for data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.charts.chart import (
    NOT_FROM_ZERO,
    Chart,
    course,
    in_sentence,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import Series, columns, mark
from rebalancing.report.text import capitalise, join, number, years_ahead

DASHED = (0, (3, 2))
_FAINTEST, _STRONGEST = 0.10, 0.34
_BENCHMARK = ("benchmark_lower", "benchmark_upper")
_SAID = (1, 5, 10)  # horizons that are described in words, in years


def fan(
    observed: pd.Series,
    bands: pd.DataFrame,
    *,
    measure: str,
    levels: Sequence[float],
    benchmark: tuple[str, float] | None = None,
    targets: Sequence[float] = (),
    suffix: str = "%",
) -> Chart:
    """Return a chart of what was observed, and from its end the median and intervals of a forecast.

    Args:
        observed: By year.
        bands: By year ahead: ``median``; ``lower_80`` and ``upper_80`` for a level of 0.8, and so
            on; with a benchmark, also ``benchmark_lower`` and ``benchmark_upper``. Other columns
            are passed over.
        measure: What is forecast and in which unit, for the subtitle.
        levels: Of the intervals, from 0 to 1.
        benchmark: The forecaster whose interval is drawn as dashed lines, and the interval's level.
        targets: Levels to mark across the future.
        suffix: What follows the numbers of the axis.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        start = float(observed.index[-1])
        for target in targets:
            axes.plot(
                [start, float(bands.index[-1])], [target, target], color=style.MUTED, linewidth=0.8
            )
        _draw_bands(axes, observed, bands, levels, has_benchmark=bool(benchmark))
        look: dict[str, Any] = {"color": style.ECONOMY, "linewidth": 2.2, "gid": mark("observed")}
        axes.plot(observed.index, observed, **look)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        axes.axvline(start, color=style.MUTED, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
        _name_bands(axes, bands, levels, benchmark[0] if benchmark else "")
        return axes

    shown = join([f"{level:.0%}" for level in sorted(levels)])
    notes = ["Dashed: median."]
    spans = {f"{level:.0%} interval": _limits(level) for level in sorted(levels)}
    titles = dict[tuple[str, str], str]()
    if benchmark:
        whose = f"{benchmark[1]:.0%} interval of the {benchmark[0]}"
        notes = [f"Dashed: median, and the {whose}."]
        spans[f"the {whose}"] = _BENCHMARK
        titles[_BENCHMARK] = whose
    drawn = ["median", *chain.from_iterable(spans.values())]
    data = pd.concat([observed.rename("observed"), bands[drawn]])
    if targets:
        marked = join([f"{number(target, 0)}{suffix}" for target in targets])
        notes.append(f"The line is {marked}." if len(targets) == 1 else f"The lines are {marked}.")
    # A median that starts from the last observation is no forecast of it.
    series = [
        Series("observed", "Observed", observed),
        Series("median", "Median", bands["median"]),
        *(
            Series(
                lower if lower in _BENCHMARK else upper,
                capitalise(titles.get((lower, upper), name)),
                band=(bands[lower], bands[upper]),
            )
            for name, (lower, upper) in spans.items()
        ),
    ]
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}; forecast with {shown} intervals", data.index),
        alt=f"A line of {in_sentence(measure)}, {course(observed, suffix=suffix)}, and a fan from "
        f"its end to {bands.index[-1]}: {_ends_of_fan(bands.iloc[-1], spans, suffix)}.",
        note=" ".join(filter(None, [*notes, starts_above_zero(data)])),
        series=series,
        suffix=suffix,
    )


def _draw_bands(
    axes: Axes,
    observed: pd.Series,
    bands: pd.DataFrame,
    levels: Sequence[float],
    *,
    has_benchmark: bool,
) -> None:
    """Draw intervals from the end of what was observed, the widest palest, and dashed lines."""
    years = np.array([float(observed.index[-1]), *bands.index])

    def from_the_end(column: str) -> np.ndarray:
        return np.array([float(observed.iloc[-1]), *bands[column]])

    strengths = np.linspace(_FAINTEST, _STRONGEST, len(levels))
    for level, strength in zip(sorted(levels, reverse=True), strengths, strict=True):
        lower, upper = _limits(level)
        pale: dict[str, Any] = {"alpha": strength, "linewidth": 0, "gid": mark(upper)}
        ends = from_the_end(lower), from_the_end(upper)
        axes.fill_between(years, *ends, color=style.ECONOMY, **pale)
    dashed = {"median": (style.ECONOMY, 1.6)}
    if has_benchmark:
        dashed |= dict.fromkeys(_BENCHMARK, (style.PEERS[0], 1.2))
    for column, (colour, width) in dashed.items():
        # The benchmark's limits are one series.
        key = _BENCHMARK[0] if column in _BENCHMARK else column
        look: dict[str, Any] = {"color": colour, "linewidth": width, "linestyle": DASHED}
        axes.plot(years, from_the_end(column), gid=mark(key), **look)


def _limits(level: float) -> tuple[str, str]:
    """Return the columns of an interval's limits: ``lower_80``, ``upper_80``."""
    return f"lower_{100 * level:g}", f"upper_{100 * level:g}"


def _ends_of_fan(final: pd.Series, spans: Mapping[str, tuple[str, str]], suffix: str) -> str:
    """Return where median and intervals end, in words; the columns of the limits by their name."""
    ends = (
        f"{name} {number(final[lower], 1)} to {number(final[upper], 1)}{suffix}"
        for name, (lower, upper) in spans.items()
    )
    return "; ".join([f"median {number(final['median'], 1)}{suffix}", *ends])


def _name_bands(axes: Axes, bands: pd.DataFrame, levels: Sequence[float], benchmark: str) -> None:
    """Write the levels where their bands end at the top, and the benchmark's where it ends."""
    final = bands.iloc[-1]
    names = {_limits(level)[1]: f"{100 * level:g}%" for level in sorted(levels, reverse=True)}
    names["median"] = "median"
    palette = dict.fromkeys(names, style.ECONOMY)
    ends = {name: float(final[name]) for name in names}
    if benchmark:
        names["benchmark_lower"], palette["benchmark_lower"] = benchmark, style.PEERS[0]
        ends["benchmark_lower"] = float(final["benchmark_lower"])
    label_ends(axes, ends, names, palette, emphasised="median", numbers=False)


def pit_histograms(
    shares: pd.DataFrame, *, measure: str, outline: pd.DataFrame, outlined: str
) -> Chart:
    """Return histograms of probability integral transforms, one per column, beside the uniform.

    Args:
        shares: Share of outcomes, in per cent, by class of the forecast distribution, the lowest
            first; one column per panel, titled by its name. The classes are ten or another even
            number.
        measure: What is counted and in which unit, for the subtitle.
        outline: A second set of shares of the same shape, drawn as an outline.
        outlined: What the second set is: ``before calibration``.
    """
    even = 100 / len(shares)

    def draw(figure: FigureBase, *, narrow: bool) -> Sequence[Axes]:
        count = shares.shape[1]
        down, across = (count, 1) if narrow else (1, count)
        panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
        edges = np.linspace(0, 100, len(shares) + 1)
        bars = {"align": "edge", "color": style.ECONOMY, "alpha": 0.55, "edgecolor": "none"}
        for axes, column in zip(panels, shares, strict=True):
            axes.bar(edges[:-1], shares[column], width=np.diff(edges) * 0.86, **bars)
            axes.axhline(even, color=style.INK, linewidth=1.0, linestyle=DASHED)
            axes.stairs(outline[column], edges, color=style.PEERS[0], linewidth=1.2)
            frame(axes, suffix="%", zero=True, narrow=narrow)
            axes.yaxis.set_major_locator(MaxNLocator(3 if narrow else 5))
            axes.set_xticks([0, 50, 100], ["0", "50", "100"])
            axes.set_title(str(column), loc="left", size="medium", color=style.INK)
        return list(panels)

    half = len(shares) // 2

    def classes(held: pd.Series) -> str:
        parts = (held.iloc[0], held.iloc[half - 1 : half + 1].sum(), held.iloc[-1])
        return ", ".join(f"{number(part, 0)}%" for part in parts)

    panels = (
        f"{column} {classes(shares[column])} ({outlined} {classes(outline[column])})"
        for column in shares
    )
    return Chart(
        draw,
        shares.join(outline.add_suffix(f", {outlined}")),
        subtitle=f"{measure}; outline: {outlined}",
        alt=f"Histograms of {in_sentence(measure)}. In the lowest class, the middle two together "
        f"and the highest: {'; '.join(panels)}. Honest forecasts would have {number(even, 0)}%, "
        f"{number(2 * even, 0)}% and {number(even, 0)}%.",
        note="Dashed: what honest forecasts would show.",
    )


def coverage(held: pd.DataFrame, *, measure: str, before: pd.DataFrame, dashed: str) -> Chart:
    """Return a chart of how often intervals held the outcome, by horizon, beside what they say.

    Args:
        held: Horizons in years by level of the interval, from 0 to 1; in per cent.
        measure: What is counted and in which unit, for the subtitle.
        before: A second set of the same shape, drawn thin and dashed.
        dashed: What the second set is: ``before calibration``.
    """
    levels = [float(level) for level in held.columns]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        other: dict[str, Any] = {"color": style.PEERS[0], "linewidth": 1.3, "linestyle": DASHED}
        for level in levels:
            axes.axhline(100 * level, color=style.MUTED, linewidth=0.9)
            name = f"{level:.0%}"
            axes.plot(before.index, before[level], gid=mark(f"{name}, {dashed}"), **other)
            look: dict[str, Any] = {"color": style.ECONOMY, "markersize": 4, "gid": mark(name)}
            axes.plot(held.index, held[level], "o-", **look)
        lowest = min(held.min().min(), before.min().min())
        axes.set_ylim(min(40.0, float(lowest) - 3), 100)
        frame(axes, suffix="%", zero=False, narrow=narrow)
        axes.set_xlim(float(held.index[0]) - 0.3, float(held.index[-1]) + 0.3)
        # These name the levels, not the lines.
        ends = {f"level {level}": 100 * level for level in levels}
        said = {f"level {level}": f"{100 * level:g}%" for level in levels}
        grey = dict.fromkeys(ends, style.MUTED)
        label_ends(axes, ends, said, grey, emphasised=None, numbers=False)
        return axes

    named = held.rename(columns="{:.0%}".format)
    lines = (f"{name} interval: {_at_horizons(named[name], decimals=0)}" for name in named)
    data = named.join(before.rename(columns=f"{{:.0%}}, {dashed}".format))
    return Chart(
        draw,
        data,
        subtitle=f"{measure}, by years ahead",
        alt=f"Lines of {in_sentence(measure)}, by years ahead, beside what the intervals say. "
        f"{'; '.join(lines)}.",
        note=f"Dashed: {dashed}. Each origin uses only what was known then; the longest horizons "
        f"cannot be judged. {NOT_FROM_ZERO}",
        series=columns(data, {str(name): f"{name} interval" for name in named}),
        suffix="%",
        places=_horizons(held.index),
        across="Years ahead",
    )


def relative_scores(
    data: pd.DataFrame,
    *,
    measure: str,
    emphasised: str,
    coloured: Sequence[str],
    benchmark: str,
    highest: float = 40.0,
) -> Chart:
    """Return a chart of scores by horizon relative to a benchmark, in per cent; below 0 is better.

    Args:
        data: Horizons in years by forecaster: by how much the score exceeds the benchmark's, %.
        measure: What is measured and in which unit, for the subtitle.
        emphasised: The forecaster to draw last and accented.
        coloured: Those to colour and name; all others are grey.
        benchmark: What the line at 0 is called.
        highest: Where the axis ends; what lies above is cut off.
    """
    named = [emphasised, *(name for name in coloured if name != emphasised)]
    limits = min(-12.0, float(data[named].min().min()) - 2), highest

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        palette = style.colours(emphasised, named[1:])
        plain = [name for name in data if name not in palette]
        for name in [*map(str, plain), *named[1:], emphasised]:
            width = 2.2 if name == emphasised else 1.4
            colour = palette.get(name, style.CONTEXT)
            axes.plot(data.index, data[name], color=colour, linewidth=width, gid=mark(name))
        axes.set_ylim(*limits)
        frame(axes, suffix="%", zero=True, narrow=narrow)
        inside = [name for name in named if limits[0] <= data[name].iloc[-1] <= limits[1]]
        ends = {name: float(data[name].iloc[-1]) for name in inside} | {benchmark: 0.0}
        palette[benchmark] = style.MUTED
        label_ends(axes, ends, {}, palette, emphasised=emphasised, numbers=False)
        return axes

    lines = [f"{name}: {_at_horizons(data[name], decimals=1)}" for name in named]
    is_cut = bool((data > highest).any(axis=None))
    grey = "Grey: the other forecasters." if len(named) < data.shape[1] else ""
    return Chart(
        draw,
        data,
        subtitle=f"{measure}, by years ahead",
        alt=f"Lines of {in_sentence(measure)}, by years ahead, below zero where better than a "
        f"{benchmark}. {capitalise('; '.join(lines))}.",
        note=" ".join(filter(None, (grey, f"The axis ends at {highest:g}%." if is_cut else ""))),
        series=columns(data, keys=[*named, *(str(each) for each in data if each not in named)]),
        suffix="%",
        places=_horizons(data.index),
        across="Years ahead",
    )


def _horizons(index: pd.Index) -> dict[float, str]:
    """Return what horizons are called, by their place: ``3 years ahead``."""
    return {float(horizon): years_ahead(int(horizon)) for horizon in index}


def _at_horizons(values: pd.Series, *, decimals: int) -> str:
    """Return values in per cent at a few horizons in words: ``−3.1% 1 year ahead``."""
    chosen = [horizon for horizon in values.index if horizon in _SAID] or [values.index[-1]]
    return ", ".join(f"{number(values[h], decimals)}% {years_ahead(int(h))}" for h in chosen)


_MARKS = {
    "forecast": ("forecast", "D", style.PEERS[0]),
    "outcome": ("outcome", "o", style.ECONOMY),
    "first_outcome": ("first figure", "_", style.INK),
}


def errors(data: pd.DataFrame, *, measure: str, suffix: str = "%") -> Chart:
    """Return a chart of forecasts beside what came about, one place per year.

    Args:
        data: By year: ``outcome`` and ``forecast``; optionally ``first_outcome``, the one that was
            published first.
        measure: What was forecast, how and in which unit, for the subtitle.
        suffix: What follows the numbers of the axis.
    """
    marks = {column: look for column, look in _MARKS.items() if column in data}

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        axes.vlines(data.index, data["forecast"], data["outcome"], color=style.CONTEXT, linewidth=2)
        for column, (_, shape, colour) in marks.items():
            look: dict[str, Any] = {
                "color": colour,
                "markersize": 11 if shape == "_" else 6,
                "gid": mark(column),
            }
            axes.plot(data.index, data[column], shape, **look)
        frame(axes, suffix=suffix, zero=True, narrow=narrow)
        axes.set_xticks(list(data.index), [str(year) for year in data.index])
        axes.set_xlim(float(data.index[0]) - 0.5, float(data.index[-1]) + 0.5)
        ends = {column: float(data[column].iloc[-1]) for column in marks}
        labels = {column: label for column, (label, *_) in marks.items()}
        palette = {column: colour for column, (*_, colour) in marks.items()}
        label_ends(axes, ends, labels, palette, emphasised="outcome", numbers=False)
        return axes

    def year_in_words(row: pd.Series) -> str:
        known = row[list(marks)].dropna()
        return ", ".join(
            f"{marks[str(name)][0]} {number(value, 1)}{suffix}" for name, value in known.items()
        )

    years = (f"{year}: {year_in_words(row)}" for year, row in data.iterrows())
    largest = (data["outcome"] - data["forecast"]).abs().idxmax()
    return Chart(
        draw,
        data,
        subtitle=with_span(measure, data.index),
        alt=f"Marks by year of {in_sentence(measure)}. {'; '.join(years)}. The largest miss is "
        f"that of {largest}.",
        note="Dash: the outcome that was published first." if "first_outcome" in data else "",
        series=columns(
            data, {at: capitalise(label) for at, (label, *_) in marks.items()}, [*marks]
        ),
        suffix=suffix,
    )
