"""Charts of what has not happened: paths from today on, and who gives way at their end.

Nothing here looks like data: paths are dashed and thin, and begin where the observations end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.charts.chart import (
    Chart,
    course,
    in_sentence,
    latest,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import columns, mark
from rebalancing.report.text import MINUS, number

FloatingArray = npt.NDArray[np.floating]


def paths(
    observed: pd.Series,
    ahead: pd.DataFrame,
    *,
    measure: str,
    rule: str,
    targets: Sequence[float] = (),
    suffix: str = "%",
) -> Chart:
    """Return a chart of what was observed, and from its end one dashed path per column.

    Args:
        observed: By year.
        ahead: Paths by year, one per column; the columns' names are written at their ends.
        measure: What is measured and in which unit, for the subtitle.
        rule: What the paths have in common, in words: ``constant growth``.
        targets: Levels to mark across the future.
        suffix: What follows the numbers of the axis.
    """
    start, end = ahead.index[0], ahead.index[-1]

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        for target in targets:
            axes.plot([start, end], [target, target], color=style.MUTED, linewidth=0.8)
        for name in ahead:
            dashed: dict[str, Any] = {"linewidth": 1.2, "linestyle": (0, (3, 2))}
            axes.plot(ahead.index, ahead[name], color=style.ECONOMY, gid=mark(name), **dashed)
        look: dict[str, Any] = {"color": style.ECONOMY, "linewidth": 2.2, "gid": mark("observed")}
        axes.plot(observed.index, observed, **look)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        last = {str(name): float(ahead[name].iloc[-1]) for name in ahead}
        label_ends(
            axes, last, {}, dict.fromkeys(last, style.ECONOMY), emphasised=None, numbers=False
        )
        return axes

    data = pd.concat([observed.rename("observed"), ahead], axis=1)
    ends = ", ".join(f"{name} {latest(ahead[name], suffix=suffix)}" for name in ahead)
    levels = " and ".join(f"{number(target, 0)}{suffix}" for target in targets)
    lines = f"The horizontal {'lines are' if len(targets) > 1 else 'line is'} {levels}."
    notes = (
        lines if targets else "",
        "Paths are arithmetic, not forecasts.",
        starts_above_zero(data),
    )
    return Chart(
        draw,
        data,
        subtitle=f"{with_span(measure, observed.index)}; dashed: {rule} to {end}",
        alt=f"Line of {in_sentence(measure)}: {course(observed, suffix=suffix)}. Dashed paths "
        f"with {rule} end in {end}: {ends}.",
        note=" ".join(filter(None, notes)),
        series=columns(data, {"observed": "Observed"}),
        suffix=suffix,
    )


def shares_by_row(table: pd.DataFrame, *, measure: str) -> Chart:
    """Return a chart of one bar per row, cut into the shares of its columns.

    Args:
        table: Shares in percent by row, in the order to show from the top; columns in the order of
            the cuts, the first in the accent colour. What is negative lies left of zero.
        measure: What is measured, in which unit and when, for the subtitle.
    """
    columns = [str(column) for column in table]
    palette = style.colours(columns[0], columns[1:])

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        rows = np.arange(len(table))[::-1] * (1.5 if narrow else 1.0)
        left, right = _cut_bars(axes, table, rows, palette, smallest=7 if narrow else 2.5)
        lines = _column_names(axes, table, rows[0], palette, narrow=narrow)
        axes.set_xlim(min(0.0, left) * 1.1, right * 1.01)
        axes.grid(visible=False)
        # Zero is marked beside the bars alone, so that it crosses no name.
        axes.vlines(np.zeros(len(rows)), rows - 0.36, rows + 0.36, color=style.MUTED, linewidth=0.8)
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:g}%".replace("-", MINUS))
        )
        axes.set_ylim(rows[-1] - (0.6 if narrow else 0.5), rows[0] + 0.6 + 0.6 * lines)
        names = [str(name) for name in table.index]
        if narrow:  # the names of the rows stand above their bars
            axes.set_yticks([])
            for row, name in zip(rows, names, strict=True):
                axes.text(0, row + 0.36, name, color=style.INK, va="bottom")
        else:
            axes.set_yticks(rows, names, color=style.INK)
        return axes

    described = " ".join(f"{row}: {_parts(shares)}." for row, shares in table.iterrows())
    return Chart(
        draw,
        table,
        subtitle=measure,
        alt=f"Bars of {in_sentence(measure)}. {described}",
        note="What is negative lies left of zero." if (table < 0).any(axis=None) else "",
    )


def _parts(shares: pd.Series) -> str:
    """Return the parts of one row in words."""
    return ", ".join(
        f"{in_sentence(str(part))} {number(share, 1)}%" for part, share in shares.items()
    )


def _cut_bars(
    axes: Axes,
    table: pd.DataFrame,
    rows: FloatingArray,
    palette: Mapping[str, str],
    *,
    smallest: float,
) -> tuple[float, float]:
    """Draw the bars, with the numbers of the parts that have room for one.

    Args:
        axes: Where to draw.
        table: Shares in percent.
        rows: The height of each bar's middle.
        palette: The colour of each column.
        smallest: The part that still gets its number, in percent.

    Returns:
        Where the bars end on the left and on the right.
    """
    right, left = np.zeros(len(table)), np.zeros(len(table))
    for column in table:
        values = table[column].to_numpy(dtype=float)
        starts = np.where(values >= 0, right, left)
        axes.barh(
            rows,
            values,
            left=starts,
            color=palette[str(column)],
            height=0.6,
            alpha=0.32,
            edgecolor="none",
        )
        for row, start, value in zip(rows, starts, values, strict=True):
            if abs(value) >= smallest:
                middle = start + value / 2
                axes.text(middle, row, number(value, 0), color=style.INK, ha="center", va="center")
        right, left = right + values.clip(min=0), left + values.clip(max=0)
    return float(left.min()), float(right.max())


def _column_names(
    axes: Axes, table: pd.DataFrame, top: float, palette: Mapping[str, str], *, narrow: bool
) -> int:
    """Write what each colour is, above the first bar in the order of the cuts.

    Returns:
        On how many lines: one, or as many as it takes on a phone.
    """
    size = float(axes.xaxis.get_ticklabels()[0].get_fontsize())
    room = axes.figure.bbox.width * 72 / axes.figure.dpi * 0.85 if narrow else np.inf  # points
    lines: list[list[tuple[str, float]]] = [[]]
    place = 0.0
    for name in map(str, table):
        width = len(name) * 0.54 * size
        if lines[-1] and place + width > room:
            lines.append([])
            place = 0.0
        lines[-1].append((name, place))
        place += width + 1.4 * size
    for above, line in enumerate(reversed(lines)):
        for name, start in line:
            words = axes.annotate(
                name,
                (0, top + (0.98 if narrow else 0.42)),
                xytext=(start, above * 1.3 * size),
                textcoords="offset points",
                color=palette[name],
                weight="semibold",
                va="bottom",
                annotation_clip=False,
            )
            words.set_in_layout(False)  # the bars keep the whole width
    return len(lines)
