"""Charts of the log of forecasts: what each release led to, and the outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame
from rebalancing.report.charts.forecast import DASHED

_BAND = 0.25


def by_release(
    figure: FigureBase,
    observed: pd.Series,
    forecasts: Mapping[str, pd.DataFrame],
    *,
    narrow: bool,
    suffix: str = "%",
) -> Sequence[Axes]:
    """Draw a panel for each release: its forecast, with an interval, and the figures known now.

    Args:
        figure: Where to draw.
        observed: By year, as known now; the same line in every panel.
        forecasts: By panel's title, by year: ``median``, ``lower`` and ``upper``. The first year is
            the one that the forecast starts from, where all three are the figure known then.
        narrow: Whether to draw for a phone: two panels in a row instead of three.
        suffix: What follows the numbers of the axis.
    """
    across = min(len(forecasts), 2 if narrow else 3)
    down = -(-len(forecasts) // across)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    for place, (title, bands) in enumerate(forecasts.items()):
        axes = panels[place]
        start = float(bands.index[0])
        axes.fill_between(
            np.asarray(bands.index, dtype=float),
            bands["lower"],
            bands["upper"],
            color=style.PEERS[0],
            alpha=_BAND,
            linewidth=0,
        )
        axes.plot(bands.index, bands["median"], color=style.PEERS[0], linestyle=DASHED)
        axes.plot([start], [bands["median"].iloc[0]], "o", color=style.PEERS[0], markersize=4)
        axes.plot(observed.index, observed, color=style.ECONOMY, linewidth=2.0)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.tick_params(labelbottom=place + across >= len(forecasts))  # none below it
        axes.set_title(title, loc="left", size="medium", color=style.INK)
    for axes in panels[len(forecasts) :]:
        axes.set_axis_off()
    return list(panels[: len(forecasts)])
