"""Small charts side by side, one for each series, each in its own unit and on its own scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.chart import Chart
from rebalancing.report.charts.series import Series, mark
from rebalancing.report.text import MINUS, number

_ROW = 1.35  # inches
_LONGEST = 24  # letters of a line of a title on a phone


@dataclass(frozen=True, eq=False)
class Panel:
    """One of the small charts.

    Attributes:
        title: What it shows, in a few words.
        unit: Of its values: ``% on a year before``.
        course: By time in years, in order; 2026.5 is the middle of 2026.
        last: The newest value in words: ``0.6 in July 2026``.
        places: Decimals of the number at the end.
    """

    title: str
    unit: str
    course: pd.Series[float]
    last: str
    places: int = 1


def panels(shown: Sequence[Panel], *, measure: str, index: str = "year") -> Chart:
    """Return small charts, a line each that ends in a dot with its number.

    Args:
        shown: One or more.
        measure: What they have in common, for the subtitle.
        index: What the courses are by, where it is not time in years.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Sequence[Axes]:
        across = min(len(shown), 2 if narrow else 3)
        down = -(-len(shown) // across)
        if isinstance(figure, Figure):
            figure.set_size_inches(figure.get_size_inches()[0], max(2, down) * _ROW + 0.1)
        grid = figure.subplots(down, across, squeeze=False).ravel()
        for place, (axes, panel) in enumerate(zip(grid, shown, strict=False)):
            _draw(axes, panel, mark(place), narrow=narrow)
        for axes in grid[len(shown) :]:
            axes.set_axis_off()
        return list(grid[: len(shown)])

    data = pd.concat(
        [panel.course.rename(f"{panel.title}, {panel.unit}") for panel in shown], axis=1
    )
    listed = "; ".join(f"{panel.title}, {panel.unit}: {panel.last}" for panel in shown)
    return Chart(
        draw,
        data.sort_index().rename_axis(index),
        subtitle=measure,
        alt=f"Small line charts, one for each series. Newest figures: {listed}.",
        note="Each chart has its own scale; the dot is the newest figure.",
        series=[
            Series(str(place), panel.title, panel.course, unit=panel.unit, decimals=panel.places)
            for place, panel in enumerate(shown)
        ],
        across="Period" if index == "year" else index.capitalize(),
    )


def _draw(axes: Axes, panel: Panel, gid: str, *, narrow: bool) -> None:
    values = panel.course.dropna()
    look: dict[str, Any] = {"color": style.ECONOMY, "gid": gid}
    axes.plot(values.index, values, linewidth=1.6, **look)
    axes.plot(values.index[-1:], values.iloc[-1:], "o", markersize=4.5, **look)
    axes.margins(x=0.02, y=0.12)
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", MINUS)))
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.tick_params(labelsize=style.small())
    title = "\n".join(wrap(panel.title, _LONGEST)) if narrow else panel.title
    axes.set_title(
        title, loc="left", size=style.small(), color=style.INK, weight="semibold", pad=17
    )
    axes.annotate(
        panel.unit,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        size=style.small(),
        color=style.MUTED,
        va="bottom",
        ha="left",
    )
    axes.annotate(
        number(float(values.iloc[-1]), panel.places),
        (float(values.index[-1]), float(values.iloc[-1])),
        xytext=(5, 0),
        textcoords="offset points",
        color=style.ECONOMY,
        weight="semibold",
        size=style.small(),
        va="center",
        annotation_clip=False,
    )
