"""Charts of density forecasts: the fan, whether it was right, and how forecasters compare.

A fan is drawn in bands whose levels are named where they end; nothing in it is a solid line, so
that it cannot be taken for data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends

DASHED = (0, (3, 2))
_FAINTEST, _STRONGEST = 0.10, 0.34


def fan(
    figure: FigureBase,
    observed: pd.Series,
    bands: pd.DataFrame,
    *,
    narrow: bool,
    levels: Sequence[float],
    benchmark: str = "",
    targets: Sequence[float] = (),
    suffix: str = "%",
) -> Axes:
    """Draw what was observed, and from its end the median and the intervals of a forecast.

    Args:
        figure: Where to draw.
        observed: By year.
        bands: By year ahead: ``median``; ``lower_80`` and ``upper_80`` for a level of 0.8, and so
            on; optionally ``benchmark_lower`` and ``benchmark_upper``, drawn as dashed lines.
        narrow: Whether to draw for a phone.
        levels: Of the intervals, from 0 to 1.
        benchmark: What the benchmark's interval is called.
        targets: Levels to mark across the future.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    start, last = float(observed.index[-1]), float(observed.iloc[-1])
    years = np.array([start, *bands.index])

    def from_the_end(column: str) -> np.ndarray:
        return np.array([last, *bands[column]])

    end = float(bands.index[-1])
    for target in targets:
        axes.plot([start, end], [target, target], color=style.MUTED, linewidth=0.8)
    widest_first = sorted(levels, reverse=True)
    strengths = np.linspace(_FAINTEST, _STRONGEST, len(widest_first))
    for level, strength in zip(widest_first, strengths, strict=True):
        lower, upper = (from_the_end(f"{side}_{100 * level:g}") for side in ("lower", "upper"))
        axes.fill_between(years, lower, upper, color=style.ECONOMY, alpha=strength, linewidth=0)
    axes.plot(years, from_the_end("median"), color=style.ECONOMY, linewidth=1.6, linestyle=DASHED)
    if benchmark:
        for column in ("benchmark_lower", "benchmark_upper"):
            axes.plot(
                years, from_the_end(column), color=style.PEERS[0], linewidth=1.2, linestyle=DASHED
            )
    axes.plot(observed.index, observed, color=style.ECONOMY, linewidth=2.2)
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    axes.axvline(start, color=style.MUTED, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
    _name_bands(axes, bands, widest_first, benchmark)
    return axes


def _name_bands(axes: Axes, bands: pd.DataFrame, levels: Sequence[float], benchmark: str) -> None:
    """Write the levels where their bands end at the top, and the benchmark's where it ends."""
    final = bands.iloc[-1]
    names = {f"upper_{100 * level:g}": f"{100 * level:g}%" for level in levels}
    names["median"] = "median"
    palette = dict.fromkeys(names, style.ECONOMY)
    ends = {name: float(final[name]) for name in names}
    if benchmark:
        names["benchmark_lower"], palette["benchmark_lower"] = benchmark, style.PEERS[0]
        ends["benchmark_lower"] = float(final["benchmark_lower"])
    label_ends(axes, ends, names, palette, emphasised="median", numbers=False)


def pit_histograms(
    figure: FigureBase,
    shares: pd.DataFrame,
    *,
    narrow: bool,
    outline: pd.DataFrame | None = None,
) -> Sequence[Axes]:
    """Draw histograms of probability integral transforms, one per column, beside the uniform.

    Args:
        figure: Where to draw.
        shares: Share of outcomes, in per cent, by class of the forecast distribution, the lowest
            first; one column per panel, titled by its name.
        narrow: Whether to draw for a phone: panels below each other.
        outline: A second set of shares of the same shape, drawn as an outline.
    """
    count = shares.shape[1]
    panels = figure.subplots(
        count if narrow else 1, 1 if narrow else count, sharex=True, sharey=True, squeeze=False
    ).ravel()
    edges = np.linspace(0, 100, len(shares) + 1)
    for axes, column in zip(panels, shares, strict=True):
        axes.bar(
            edges[:-1],
            shares[column],
            width=np.diff(edges) * 0.86,
            align="edge",
            color=style.ECONOMY,
            alpha=0.55,
            edgecolor="none",
        )
        axes.axhline(100 / len(shares), color=style.INK, linewidth=1.0, linestyle=DASHED)
        if outline is not None:
            axes.stairs(outline[column], edges, color=style.PEERS[0], linewidth=1.2)
        frame(axes, suffix="%", zero=True, narrow=narrow)
        axes.yaxis.set_major_locator(MaxNLocator(3 if narrow else 5))
        axes.set_xticks([0, 50, 100], ["0", "50", "100"])
        axes.set_title(str(column), loc="left", size="medium", color=style.INK)
    return list(panels)


def coverage(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    levels: Sequence[float],
    others: bool = True,
) -> Axes:
    """Draw how often intervals held the outcome, by horizon, beside what they say.

    Args:
        figure: Where to draw.
        data: By horizon, in per cent: ``covered_80`` for a level of 0.8, and so on; with
            ``others``, also ``before_80``, drawn thin and dashed.
        narrow: Whether to draw for a phone.
        levels: Of the intervals, from 0 to 1.
        others: Whether there is a second set.
    """
    axes = figure.subplots()
    for level in levels:
        name = f"{100 * level:g}"
        axes.axhline(100 * level, color=style.MUTED, linewidth=0.9)
        if others:
            axes.plot(
                data.index,
                data[f"before_{name}"],
                color=style.PEERS[0],
                linewidth=1.3,
                linestyle=DASHED,
            )
        axes.plot(data.index, data[f"covered_{name}"], "o-", color=style.ECONOMY, markersize=4)
    axes.set_ylim(min(40.0, float(data.min().min()) - 3), 100)
    frame(axes, suffix="%", zero=False, narrow=narrow)
    axes.set_xlim(float(data.index[0]) - 0.3, float(data.index[-1]) + 0.3)
    ends = {f"{100 * level:g}%": 100 * level for level in levels}
    label_ends(axes, ends, {}, dict.fromkeys(ends, style.MUTED), emphasised=None, numbers=False)
    return axes


def relative_scores(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    emphasised: str,
    coloured: Sequence[str],
    limits: tuple[float, float],
    benchmark: str,
) -> Axes:
    """Draw scores by horizon relative to a benchmark, in per cent; below 0 is better.

    Args:
        figure: Where to draw.
        data: Horizons by forecaster: by how much the score exceeds the benchmark's, in per cent.
        narrow: Whether to draw for a phone.
        emphasised: The forecaster to draw last and accented.
        coloured: Those to colour and name; all others are grey.
        limits: Of the axis; what lies beyond is cut off.
        benchmark: What the line at 0 is called.
    """
    axes = figure.subplots()
    palette = style.colours(emphasised, [name for name in coloured if name != emphasised])
    names = [str(name) for name in data]
    plain = [name for name in names if name not in palette]
    for name in [*plain, *(n for n in palette if n != emphasised), emphasised]:
        axes.plot(
            data.index,
            data[name],
            color=palette.get(name, style.CONTEXT),
            linewidth=2.2 if name == emphasised else 1.4,
        )
    axes.set_ylim(*limits)
    frame(axes, suffix="%", zero=True, narrow=narrow)
    inside = [name for name in palette if limits[0] <= data[name].iloc[-1] <= limits[1]]
    ends = {name: float(data[name].iloc[-1]) for name in inside} | {benchmark: 0.0}
    palette[benchmark] = style.MUTED
    label_ends(axes, ends, {}, palette, emphasised=emphasised, numbers=False)
    return axes


def errors(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    narrow: bool,
    labels: Mapping[str, str],
    suffix: str = "",
) -> Axes:
    """Draw forecasts beside what came about, one place per year.

    Args:
        figure: Where to draw.
        data: By year: ``outcome`` and ``forecast``; optionally ``first_outcome``.
        narrow: Whether to draw for a phone.
        labels: What each column is called.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    marks = {"forecast": ("D", style.PEERS[0]), "outcome": ("o", style.ECONOMY)}
    if "first_outcome" in data:
        marks["first_outcome"] = ("_", style.INK)
    axes.vlines(data.index, data["forecast"], data["outcome"], color=style.CONTEXT, linewidth=2)
    for column, (mark, colour) in marks.items():
        size = 11 if mark == "_" else 6
        axes.plot(data.index, data[column], mark, color=colour, markersize=size)
    frame(axes, suffix=suffix, zero=True, narrow=narrow)
    axes.set_xticks(list(data.index), [str(year) for year in data.index])
    axes.set_xlim(float(data.index[0]) - 0.5, float(data.index[-1]) + 0.5)
    ends = {column: float(data[column].iloc[-1]) for column in marks}
    palette = {column: colour for column, (_, colour) in marks.items()}
    label_ends(axes, ends, labels, palette, emphasised="outcome", numbers=False)
    return axes
