"""Charts of the log of forecasts: what each release led to, and the outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame
from rebalancing.report.charts.chart import Chart, course, starts_above_zero, with_span
from rebalancing.report.charts.forecast import DASHED
from rebalancing.report.charts.series import Series, mark
from rebalancing.report.text import number

_BAND = 0.25


def by_release(
    observed: pd.Series,
    forecasts: Mapping[str, pd.DataFrame],
    *,
    measure: str,
    level: str,
    suffix: str = "%",
) -> Chart:
    """Return a panel for each release: its forecast, with an interval, and the figures known now.

    Args:
        observed: By year, as known now; the same line in every panel.
        forecasts: By panel's title, by year: ``median``, ``lower`` and ``upper``. The first year is
            the one that the forecast starts from, where all three are the figure known then.
        measure: What is forecast and in which unit, for the subtitle.
        level: The interval's level: ``80%``.
        suffix: What follows the numbers of the axis.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Sequence[Axes]:
        across = min(len(forecasts), 2 if narrow else 3)
        down = -(-len(forecasts) // across)
        panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
        for place, (title, bands) in enumerate(forecasts.items()):
            axes = panels[place]
            _draw_forecast(axes, bands, mark(title))
            look: dict[str, Any] = {
                "color": style.ECONOMY,
                "linewidth": 2.0,
                "gid": mark("observed"),
            }
            axes.plot(observed.index, observed, **look)
            frame(axes, suffix=suffix, zero=False, narrow=narrow)
            axes.yaxis.set_major_locator(MaxNLocator(4))
            axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            axes.tick_params(labelbottom=place + across >= len(forecasts))  # none below it
            axes.set_title(title, loc="left", size="medium", color=style.INK)
        for axes in panels[len(forecasts) :]:
            axes.set_axis_off()
        return list(panels[: len(forecasts)])

    named = (bands.add_prefix(f"{title}, ") for title, bands in forecasts.items())
    data = pd.concat([observed.rename("observed"), *named], axis=1)
    said = (
        f"{title}, {_forecast_of(bands, int(observed.index[-1]), level, suffix)}"
        for title, bands in forecasts.items()
    )
    return Chart(
        draw,
        data,
        subtitle=with_span(
            f"{measure}; a panel for each release, with median and {level} interval", data.index
        ),
        alt=f"Small charts, one for each release that was forecast from. The newest release, in "
        f"all of them: {course(observed, suffix=suffix)}. Forecasts {'; '.join(said)}.",
        note="Dashed: median forecast from the figure known then (dot). Full line: the newest "
        f"release. {starts_above_zero(data)}".strip(),
        series=[
            Series("observed", "Observed", observed),
            *(
                Series(title, title, bands["median"], (bands["lower"], bands["upper"]))
                for title, bands in forecasts.items()
            ),
        ],
        suffix=suffix,
    )


def _draw_forecast(axes: Axes, bands: pd.DataFrame, gid: str) -> None:
    years = np.asarray(bands.index, dtype=float)
    colour = style.PEERS[0]
    look: dict[str, Any] = {"color": colour, "gid": gid}
    axes.fill_between(years, bands["lower"], bands["upper"], alpha=_BAND, linewidth=0, **look)
    axes.plot(years, bands["median"], linestyle=DASHED, **look)
    axes.plot(years[:1], bands["median"].iloc[:1], "o", markersize=4, **look)


def _forecast_of(bands: pd.DataFrame, year: int, level: str, suffix: str) -> str:
    """Return the forecast of a year in words, or of the last year if that comes before it."""
    chosen = min(max(year, int(bands.index[0]) + 1), int(bands.index[-1]))
    median, lower, upper = (
        number(float(bands[at][chosen]), 1) for at in ("median", "lower", "upper")
    )
    return f"for {chosen}: {median}{suffix}, {level} interval {lower} to {upper}{suffix}"
