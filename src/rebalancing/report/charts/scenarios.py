"""Charts of what has not happened: paths from today on, and who gives way at their end.

Nothing here looks like data: paths are dashed and thin, and begin where the observations end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.text import MINUS, number


def paths(
    figure: FigureBase,
    observed: pd.Series,
    ahead: pd.DataFrame,
    *,
    narrow: bool,
    targets: Sequence[float] = (),
    suffix: str = "%",
) -> Axes:
    """Draw what was observed, and from its end one dashed path per column.

    Args:
        figure: Where to draw.
        observed: By year.
        ahead: Paths by year, one per column; the columns' names are written at their ends.
        narrow: Whether to draw for a phone.
        targets: Levels to mark across the future.
        suffix: What follows the numbers of the axis.
    """
    axes = figure.subplots()
    start, end = float(ahead.index[0]), float(ahead.index[-1])
    for target in targets:
        axes.plot([start, end], [target, target], color=style.MUTED, linewidth=0.8)
    for name in ahead:
        axes.plot(
            ahead.index, ahead[name], color=style.ECONOMY, linewidth=1.2, linestyle=(0, (3, 2))
        )
    axes.plot(observed.index, observed, color=style.ECONOMY, linewidth=2.2)
    frame(axes, suffix=suffix, zero=False, narrow=narrow)
    names = {str(name): str(name) for name in ahead}
    last = {str(name): float(ahead[name].iloc[-1]) for name in ahead}
    palette = dict.fromkeys(names, style.ECONOMY)
    label_ends(axes, last, names, palette, emphasised=None, numbers=False)
    return axes


def shares_by_row(
    figure: FigureBase,
    table: pd.DataFrame,
    *,
    narrow: bool,
    palette: Mapping[str, str],
) -> Axes:
    """Draw one bar per row, cut into the shares of its columns; what is negative lies left of 0.

    Args:
        figure: Where to draw.
        table: Shares by row, in the order to show from the top; columns in the order of the cuts.
        narrow: Whether to draw for a phone.
        palette: The colour of each column.
    """
    axes = figure.subplots()
    rows = np.arange(len(table))[::-1] * (1.5 if narrow else 1.0)
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
            if abs(value) >= (7 if narrow else 4):
                axes.text(
                    start + value / 2, row, number(value, 0), color=style.INK, ha="center",
                    va="center",
                )  # fmt: skip
        right, left = right + values.clip(min=0), left + values.clip(max=0)
    lines = _column_names(axes, table, rows[0], palette, narrow=narrow)
    axes.set_xlim(min(0.0, float(left.min())) * 1.1, float(right.max()) * 1.01)
    axes.grid(visible=False)
    axes.axvline(0, color=style.MUTED, linewidth=0.8)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}%".replace("-", MINUS))
    )
    axes.set_ylim(rows[-1] - (0.6 if narrow else 0.5), rows[0] + 0.6 + 0.6 * lines)
    if narrow:  # the names of the rows stand above their bars
        axes.set_yticks([])
        for row, name in zip(rows, table.index, strict=True):
            axes.text(0, row + 0.36, str(name), color=style.INK, va="bottom")
    else:
        axes.set_yticks(rows, [str(name) for name in table.index], color=style.INK)
    return axes


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
