"""The backtest of a large panel, beside a plain loop of statsmodels fits of the same models.

Usage: python benchmarks/plain_loop.py ECONOMIES SAMPLE [ORIGINS]

The loop fits what the nine forecasters compare, one sample after another: three ETS models, the
Theta method, ARIMA models of low orders after as many differences as KPSS tests ask for, two trend
models, and means and regressions. It runs for a sample of the economies, drawn from a seed, and is
extrapolated to all. Prints the CPU seconds of both.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import statsmodels.api as sm
from computations import SEED, walks
from numpy.typing import NDArray
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.stattools import kpss

from rebalancing.models import forecast

HORIZON = 5
ORDERS = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1))
Sample = NDArray[np.float64]


def differences(y: Sample) -> int:
    """Return after how many differences a KPSS test at 5% finds a level."""
    for d in range(2):
        if kpss(y, regression="c", nlags="auto")[1] > 0.05:
            return d
        y = np.diff(y)
    return 2


def arima(y: Sample) -> object:
    """Forecast by the ARIMA model of lowest criterion."""
    d = differences(y)
    trends = {0: ("c",), 1: ("n", "c"), 2: ("n",)}[d]
    models = [
        SARIMAX(y, order=(p, d, q), trend=trend, simple_differencing=True)
        for p, q in ORDERS
        for trend in trends
    ]
    return best([model.fit(disp=False) for model in models]).forecast(HORIZON)


def smoothing(y: Sample) -> object:
    """Forecast by the ETS model of lowest criterion."""
    kinds: tuple[tuple[str | None, bool], ...] = ((None, False), ("add", False), ("add", True))
    fits = [ETSModel(y, trend=t, damped_trend=damped).fit(disp=False) for t, damped in kinds]
    return best(fits).forecast(HORIZON)


def best(fits: list[Any]) -> Any:
    """Return the fit of lowest corrected criterion of Akaike."""
    return min(fits, key=lambda fit: fit.aicc)


def trend(y: Sample, *, damped: bool) -> object:
    """Forecast by a local linear trend; for a damped one, by the nearest that statsmodels has."""
    if damped:
        model = UnobservedComponents(y, "local level", autoregressive=1)
    else:
        model = UnobservedComponents(y, "local linear trend", use_exact_diffuse=True)
    return model.fit(disp=False).forecast(HORIZON)


def means(y: Sample, others: Sample) -> object:
    """Forecast by random walk, drift, mean, and by convergence to the other economies."""
    ahead = np.arange(1, HORIZON + 1)
    gap = others[:-1].mean(axis=1) - y[:-1]
    pull = sm.OLS(np.diff(y), sm.add_constant(gap)).fit().params
    return y[-1] + np.diff(y).mean() * ahead, y.mean(), pull


def loop(panel: Sample, economies: list[int], origins: list[int]) -> None:
    """Fit and forecast every sample by every forecaster, one after another."""
    for economy in economies:
        for origin in origins:
            y = panel[: origin + 1, economy]
            for fit in (
                lambda y: means(y, np.delete(panel, economy, axis=1)[: len(y)]),  # noqa: B023
                smoothing,
                lambda y: ThetaModel(y, deseasonalize=False).fit().forecast(HORIZON),
                arima,
                lambda y: trend(y, damped=False),
                lambda y: trend(y, damped=True),
            ):
                with suppress(np.linalg.LinAlgError):
                    fit(y)


def main() -> None:
    """Measure both."""
    warnings.simplefilter("ignore")
    economies, sample, *rest = map(int, sys.argv[1:])
    panel = walks(economies)
    origins = list(range(2019 - 4 * (rest[0] if rest else 3), 2019, 4))
    chosen = np.random.default_rng(SEED).choice(economies, sample, replace=False).tolist()
    forecast.backtest(panel.iloc[:, :30], horizon=HORIZON, origins=origins[:1])
    begun = time.process_time()
    forecast.backtest(panel, horizon=HORIZON, origins=origins)
    ours = time.process_time() - begun
    places = [list(panel.index).index(year) for year in origins]
    begun = time.process_time()
    loop(panel.to_numpy(), chosen, places)
    print(json.dumps([ours, (time.process_time() - begun) * economies / sample]))


if __name__ == "__main__":
    main()
