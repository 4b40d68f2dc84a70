"""The report's kinds of charts, drawn into a figure that is given.

Each function takes exactly the frame that the figure's CSV holds. Lines carry their names at
their ends instead of a legend; the economy of interest is drawn last, wider, in the accent colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
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
from rebalancing.report.text import MINUS, number


def lines(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    economy: str | None,
    names: Mapping[str, str],
    narrow: bool,
    events: Sequence[Event] = (),
    suffix: str = "%",
    zero: bool = False,
) -> Axes:
    """Draw one line per column against the index, labelled at the ends.

    Args:
        figure: Where to draw.
        data: One column per economy (by code); the index holds years or dates.
        economy: The column to draw last and accented; None where no line stands out.
        names: What the label of each column says, where not the column's name.
        narrow: Whether to draw for a phone.
        events: Positions on the index with a few words each, drawn as thin lines.
        suffix: What follows the numbers of the axis.
        zero: Whether the axis must contain zero.
    """
    axes = figure.subplots()
    others = [code for code in data.columns if code != economy]
    palette = style.colours(economy, others)
    for code in [*others, *(code for code in data.columns if code == economy)]:
        series = data[code].dropna()
        width = 2.2 if code == economy else 1.4
        axes.plot(
            series.index, series, color=palette[code], linewidth=width, solid_joinstyle="round"
        )
    frame(axes, suffix=suffix, zero=zero, narrow=narrow)
    mark_events(axes, events, narrow=narrow)
    ends = {code: data[code].dropna() for code in data.columns if data[code].notna().any()}
    last = {code: float(series.iloc[-1]) for code, series in ends.items()}
    label_ends(axes, last, names, palette, emphasised=economy)
    return axes


def trend(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    label: str,
    narrow: bool,
    other_label: str = "",
    suffix: str = "%",
    events: Sequence[Event] = (),
) -> Axes:
    """Draw observations as dots with a smoothed trend and its band.

    Args:
        figure: Where to draw.
        data: Columns ``observed``, ``trend``, ``lower``, ``upper``; optionally ``other``, a second
            trend drawn thin and dashed.
        label: What the trend is called at its end.
        narrow: Whether to draw for a phone.
        other_label: What the second trend is called.
        suffix: What follows the numbers of the axis.
        events: Positions on the index with a few words each.
    """
    axes = figure.subplots()
    colour = style.ECONOMY
    axes.fill_between(
        data.index, data["lower"], data["upper"], color=colour, alpha=0.16, linewidth=0
    )
    ends = {"trend": float(data["trend"].dropna().iloc[-1])}
    names, palette = {"trend": label}, {"trend": colour}
    axes.plot(data.index, data["trend"], color=colour, linewidth=2.2)
    if "other" in data:
        other = style.PEERS[0]
        axes.plot(data.index, data["other"], color=other, linewidth=1.4, linestyle=(0, (4, 2)))
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
    )
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    mark_events(axes, events, narrow=narrow)
    label_ends(axes, ends, names, palette, emphasised="trend", numbers=False)
    return axes


def gap(
    figure: FigureBase,
    data: pd.DataFrame,
    *,
    upper: str,
    lower: str,
    narrow: bool,
    suffix: str = "%",
) -> Axes:
    """Draw two lines with the gap between them shaded.

    Args:
        figure: Where to draw.
        data: The two columns, by year.
        upper: The column whose excess over the other counts as positive.
        lower: The other column.
        narrow: Whether to draw for a phone.
        suffix: What follows the numbers of the axis.
    """
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
        )
        axes.plot(data.index, data[column], color=palette[column], linewidth=2.0)
    frame(axes, suffix=suffix, zero=True, narrow=narrow)
    ends = {column: float(data[column].iloc[-1]) for column in (upper, lower)}
    label_ends(axes, ends, {}, palette, emphasised=upper)
    return axes


def distribution(
    figure: FigureBase,
    values: pd.Series,
    *,
    economy: str,
    others: Sequence[str],
    names: Mapping[str, str],
    narrow: bool,
    bin_width: float = 2.5,
    suffix: str = "%",
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw one dot per economy, stacked where values are close; name the ones of interest.

    Args:
        figure: Where to draw.
        values: One value per economy, by code.
        economy: The economy of interest.
        others: The peers to colour and name.
        names: What each label says.
        narrow: Whether to draw for a phone.
        bin_width: Width of a stack, in the units of the values.
        suffix: What follows the numbers of the axis.
        limits: The span of values shown; dots beyond it are stacked at its ends.
    """
    axes = figure.subplots()
    shown = values.clip(*limits) if limits else values
    chosen = [code for code in others if code in values and code != economy]
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


def ranked_bars(
    figure: FigureBase,
    data: pd.Series,
    *,
    narrow: bool,
    colour: str = style.ECONOMY,
    suffix: str = "%",
    decimals: int = 1,
) -> Axes:
    """Draw one horizontal bar per entry, from zero, with the number at its end.

    Args:
        figure: Where to draw.
        data: Values by label, in the order to show from the top.
        narrow: Whether to draw for a phone.
        colour: The bars' colour.
        suffix: What follows the numbers.
        decimals: Decimals of the numbers.
    """
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
