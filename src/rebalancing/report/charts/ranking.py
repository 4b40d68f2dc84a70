"""Charts that rank economies by one value: all as points on a line, or some as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import (
    Flag,
    arrange,
    frame,
    pixels_of_text,
    text_height,
)
from rebalancing.report.charts.chart import (
    Chart,
    Rows,
    in_sentence,
    places,
)
from rebalancing.report.text import MINUS, number


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
