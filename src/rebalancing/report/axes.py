"""What all charts share: their axes, the marks of events, and names at the ends of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.optimize import isotonic_regression

from rebalancing.report import style
from rebalancing.report.text import MINUS, number

Event = tuple[float, str]


def frame(axes: Axes, *, suffix: str, zero: bool, narrow: bool) -> None:
    """Set few ticks, years as plain numbers, and a light horizontal grid."""
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
    )
    low, high = axes.get_ylim()
    if zero and low > 0:
        axes.set_ylim(0, high)
    elif zero and high < 0:
        axes.set_ylim(low, 0)
    if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.margins(x=0.01)
    if axes.xaxis.get_converter() is None:
        few = 4 if narrow else 7
        axes.xaxis.set_major_locator(MaxNLocator(few, steps=[1, 2, 5, 10], integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def mark_events(axes: Axes, events: Sequence[Event], *, narrow: bool) -> None:
    """Mark events by thin lines with words at their top; on a phone the lines alone stay."""
    low, high = axes.get_xlim()
    for when, words in events:
        position = float(when if isinstance(when, (int, float)) else date2num(when))
        if not low <= position <= high:
            continue
        axes.axvline(position, color=style.MUTED, linewidth=0.7, linestyle=(0, (2, 3)), zorder=1)
        if not narrow:
            axes.annotate(
                words,
                (position, 1.0),
                xycoords=axes.get_xaxis_transform(),
                xytext=(4, 0),
                textcoords="offset points",
                size="small",
                color=style.MUTED,
                va="top",
                ha="left",
            )


def text_height(axes: Axes) -> float:
    """Return the height of a line of text as a part of the axes' height, roughly."""
    return 1.25 * pixels_of_text(axes) / (axes.figure.bbox.height * 0.85)


def pixels_of_text(axes: Axes) -> float:
    """Return the height of the text in pixels of the figure."""
    return float(mpl.rcParams["font.size"]) * axes.figure.dpi / 72


def label_ends(
    axes: Axes,
    values: Mapping[str, float],
    names: Mapping[str, str],
    palette: Mapping[str, str],
    *,
    emphasised: str | None,
    numbers: bool = True,
) -> None:
    """Write each line's name at its end, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    gap = (high - low) * text_height(axes)
    placed = spread(values, gap, low, high)
    right = axes.get_xlim()[1]
    for code, position in placed.items():
        shown = f" {number(values[code], 1)}" if numbers else ""
        axes.annotate(
            f"{names.get(code, code)}{shown}",
            (right, position),
            xytext=(4, 0),
            textcoords="offset points",
            color=palette[code],
            weight="semibold" if code == emphasised else "normal",
            va="center",
            annotation_clip=False,
        )


def spread(values: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Return positions near the values, in their order and at least ``gap`` apart.

    The positions are the nearest ones, in least squares, that lie between ``low`` and ``high``;
    where so many do not fit, the limits give way and not the gaps. With the gaps taken off, this
    is isotonic regression between bounds (Barlow et al. 1972, *Statistical Inference under Order
    Restrictions*).
    """
    if not values:
        return {}
    order = sorted(values, key=lambda code: values[code])
    steps = gap * np.arange(len(order))
    fitted = isotonic_regression(np.array([values[code] for code in order]) - steps).x
    if steps[-1] <= high - low:
        fitted = fitted.clip(low, high - steps[-1])
    return dict(zip(order, (fitted + steps).tolist(), strict=True))
