"""Charts of one economy against all others: beside a prediction, at its income, in a spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.text import MINUS, number

QUANTILES = ("q10", "q25", "median", "q75", "q90")
_DOLLARS = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def predicted(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    names: tuple[str, str],
    narrow: bool,
    suffix: str = "%",
) -> Axes:
    """Draw what was observed beside what was predicted, with its interval.

    Args:
        figure: Where to draw.
        data: Columns ``actual``, ``predicted``, ``lower`` and ``upper``, by year.
        names: What the observed and the predicted line are called.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    palette = {"actual": style.ECONOMY, "predicted": style.PEERS[0]}
    axes.fill_between(
        data.index, data["lower"], data["upper"], color=style.PEERS[0], alpha=0.14, linewidth=0
    )
    axes.plot(data.index, data["predicted"], color=style.PEERS[0], linewidth=1.4)
    axes.plot(data.index, data["actual"], color=style.ECONOMY, linewidth=2.2)
    if len(data) == 1:
        axes.plot(data.index, data["actual"], "o", color=style.ECONOMY)
        axes.plot(data.index, data["predicted"], "o", color=style.PEERS[0])
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    ends = {column: float(data[column].iloc[-1]) for column in palette}
    said = dict(zip(palette, names, strict=True))
    label_ends(axes, ends, said, palette, emphasised="actual")
    return axes


def paths_by_income(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    economy: str,
    others: Sequence[str],
    names: Mapping[str, str],
    band: tuple[str, str, str],
    narrow: bool,
    suffix: str = "%",
) -> Axes:
    """Draw a share against income per head, one path per economy, over the spread of all.

    Args:
        figure: Where to draw.
        data: Columns ``path``, ``income`` (dollars) and ``share``; the paths are economies' codes
            and the three of ``band``.
        economy: The path to draw last and accented.
        others: The other economies' paths.
        names: What the labels of economies say.
        band: Names of the paths that are the lower limit, the middle and the upper limit of all
            economies.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    axes.set_xscale("log")
    path = {name: part.set_index("income")["share"] for name, part in data.groupby("path")}
    low, middle, high = (path[name] for name in band)
    axes.fill_between(low.index, low, high, color=style.CONTEXT, alpha=0.4, linewidth=0)
    axes.plot(middle.index, middle, color=style.MUTED, linewidth=1.0)
    palette = style.colours(economy, others)
    drawn = [*(code for code in others if code in path), economy]
    for code in drawn:
        own = path[code]
        axes.plot(own.index, own, color=palette[code], linewidth=2.2 if code == economy else 1.4)
        axes.plot(own.index[-1:], own.iloc[-1:], "o", color=palette[code], markersize=4.5)
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    incomes = pd.concat([path[code] for code in drawn] + [middle]).index
    axes.set_xlim(incomes.min() * 0.95, incomes.max() * 1.05)
    shown = _DOLLARS[1::2] if narrow else _DOLLARS
    axes.set_xticks([tick for tick in shown if incomes.min() <= tick <= incomes.max()])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"${value:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    # A path that ends far from the right edge carries its name where it ends.
    limit = np.exp(np.quantile(np.log(axes.get_xlim()), 0.78))
    right = [code for code in drawn if path[code].index[-1] > limit]
    for code in drawn:
        if code not in right:
            axes.annotate(
                names.get(code, code),
                (path[code].index[-1], path[code].iloc[-1]),
                xytext=(6, -2),
                textcoords="offset points",
                color=palette[code],
                weight="semibold" if code == economy else "normal",
                va="top",
            )
    ends = {code: float(path[code].iloc[-1]) for code in right} | {"all": float(middle.iloc[-1])}
    label_ends(
        axes,
        ends,
        {**names, "all": band[1]},
        palette | {"all": style.MUTED},
        emphasised=economy,
        numbers=False,
    )
    return axes


def spreads(
    figure: FigureBase,
    table: pd.DataFrame,
    *,
    narrow: bool,
    own: str = "",
    suffix: str = "",
) -> Axes:
    """Draw one row per entry: the median, the middle half and the middle four fifths.

    Args:
        figure: Where to draw.
        table: Columns ``q10``, ``q25``, ``median``, ``q75`` and ``q90``, in the order to show
            from the top; optionally ``own``, the economy of interest's value.
        narrow: Whether to draw for a phone.
        own: What the economy of interest is called.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    rows = np.arange(len(table))[::-1]
    colour = style.PEERS[0]
    axes.hlines(rows, table["q10"], table["q90"], color=colour, linewidth=1.2)
    axes.hlines(rows, table["q25"], table["q75"], color=colour, linewidth=7, alpha=0.35)
    axes.plot(table["median"], rows, "o", color=colour, markersize=6)
    if "own" in table and table["own"].notna().any():
        axes.plot(table["own"], rows, "D", color=style.ECONOMY, markersize=6)
        first = int(np.flatnonzero(table["own"].notna())[0])
        axes.annotate(
            own,
            (float(table["own"].iloc[first]), float(rows[first])),
            xytext=(0, 8),
            textcoords="offset points",
            color=style.ECONOMY,
            weight="semibold",
            ha="center",
            va="bottom",
        )
    for row, median in zip(rows, table["median"], strict=True):
        axes.annotate(
            number(median, 1),
            (median, row),
            xytext=(0, -7),
            textcoords="offset points",
            color=colour,
            ha="center",
            va="top",
        )
    axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
    )
    axes.set_ylim(-0.6, len(table) - 0.2)
    if narrow:  # the names of the rows stand above them
        axes.set_yticks([])
        for row, name in zip(rows, table.index, strict=True):
            axes.annotate(
                str(name),
                (0, row + 0.18),
                xycoords=axes.get_yaxis_transform(),
                color=style.INK,
                va="bottom",
            )
    else:
        axes.set_yticks(rows, [str(name) for name in table.index], color=style.INK)
    return axes


def scatter(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    x: str,
    y: str,
    group: str,
    palette: Mapping[str, str],
    narrow: bool,
    axis_names: tuple[str, str],
) -> Axes:
    """Draw one dot per row, in a colour by group.

    Args:
        figure: Where to draw.
        data: One row per dot.
        x: Column of the horizontal axis.
        y: Column of the vertical axis.
        group: Column of the groups.
        palette: A colour for each group, in the order to draw.
        narrow: Whether to draw for a phone.
        axis_names: What the axes measure, with units.
    """
    axes = figure.subplots()
    for name, colour in palette.items():
        part = data[data[group] == name]
        size = 12 if narrow else 22
        axes.scatter(part[x], part[y], s=size, color=colour, alpha=0.75, linewidth=0, label=name)
    frame(axes, suffix="", zero=True, narrow=narrow)
    axes.set_xlim(0, float(data[x].max()) * 1.04)
    legend = axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1.01),
        ncols=2,
        handletextpad=0.1,
        columnspacing=1.2,
        borderaxespad=0,
    )
    for words, colour in zip(legend.get_texts(), palette.values(), strict=True):
        words.set_color(style.MUTED if colour == style.CONTEXT else colour)
    axes.set_xlabel(axis_names[0])
    axes.set_ylabel(axis_names[1])
    return axes
