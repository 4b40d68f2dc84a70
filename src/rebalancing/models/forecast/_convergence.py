"""Forecasts from how other economies changed: reversion toward a cross-country relationship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.forecast._density import NormalDensity
from rebalancing.models.forecast._forecasters import Sample, Window, density, is_straight
from rebalancing.models.forecast._moments import Moments
from rebalancing.models.validate import FloatArray, ModelInputError

FEWEST_OTHERS = 5
FEWEST_CHANGES = 20
# An economy counts as at least this share of the median volatility: series that hardly move, often
# because they were filled in, would otherwise outweigh all others.
_LEAST_VOLATILITY = 0.25


@dataclass(frozen=True, eq=False, repr=False)
class PanelConvergence:
    """Change over h years regressed on the starting level, over all other economies.

    For each horizon h, y[i, t+h] - y[i, t] = a + b y[i, t] (+ c x[i, t]) + error by weighted least
    squares over the other economies and all years up to the origin. With b < 0 a share moves back
    toward a + c x over -b, the level at which economies (of that x) are expected to stay. An
    economy's weight is one over the mean square of its annual changes, and the density's spread is
    that of the others' errors times the volatility of the economy's own changes. This is the
    convergence regression of Barro and Sala-i-Martin (1992, Journal of Political Economy 100),
    direct in h (Marcellino, Stock and Watson 2006, Journal of Econometrics 135). That economies
    with like starting points changed in some way is a correlation.

    The spread leaves out the uncertainty of the coefficients, which is small beside the errors when
    there are many economies. Not for levels that grow without bound.

    Attributes:
        panel: Years by economies, gaps allowed; None in a backtest, which supplies its own.
        relationship: The same shape, any x known at the origin, such as the logarithm of income
            per head; None for reversion to one level in all economies.
        name: What it is called in tables.
    """

    panel: pd.DataFrame | None = None
    relationship: pd.DataFrame | None = None
    name: str = "panel convergence"

    @property
    def at_least(self) -> int:
        """Number of observations that it needs of the economy itself."""
        return 5

    def fit_predict(self, y: Sample, horizon: int) -> NormalDensity:
        """Estimate on the panel up to the last label of ``y`` and return the next values' density.

        Args:
            y: Observations in order, evenly spaced; its name says which column of the panel is the
                same economy and left out.
            horizon: Number of periods ahead.

        Raises:
            ModelInputError: No panel, one that does not reach the last label, too few others in
                it, or a series that cannot be used as it is.

        Warns:
            SmallSampleWarning: Fewer than 30 observations.
        """
        data = validate.time_series(y, at_least=self.at_least)
        steps = validate.whole(horizon, "horizon", 1)
        if is_straight(validate.sample(data)):
            raise ModelInputError(
                "y: the values lie exactly on a straight line, so there is no error to estimate; "
                "leave this series out or check that it was not interpolated"
            )
        panel = self._panel()
        if data.index[-1] not in panel.index:
            raise ModelInputError(
                f"panel: has no row {validate.label(data.index[-1])}, the last of y; "
                "use a panel of the same periods"
            )
        name = "y" if data.name is None else data.name
        known = panel.loc[: data.index[-1]].drop(columns=[name], errors="ignore").copy()
        known.insert(known.shape[1], name, data.reindex(known.index))
        return density(data, self._predict(known, [known.shape[1] - 1], steps), ())

    def predict_windows(
        self, panel: pd.DataFrame, windows: Sequence[Window], horizon: int
    ) -> Moments:
        """Return forecasts of many samples of a panel, each from data up to its origin."""
        n = len(windows)
        mean, covariance = np.empty((n, horizon)), np.empty((n, horizon, horizon))
        origins = np.array([window.origin for window in windows])
        for origin in np.unique(origins):
            rows = np.flatnonzero(origins == origin)
            targets = [windows[int(row)].economy for row in rows]
            known = self._known(panel, int(origin), targets)
            places = known.columns.get_indexer(panel.columns[targets])
            part = self._predict(known, places.tolist(), horizon)
            mean[rows], covariance[rows] = part.mean, part.covariance
        return Moments(mean, covariance)

    def _known(self, panel: pd.DataFrame, origin: int, targets: list[int]) -> pd.DataFrame:
        """Return the panel to pool up to an origin; the targets' data are those of the backtest."""
        until = panel.iloc[: origin + 1]
        if self.panel is None:
            return until
        names = panel.columns[targets]
        others = self._panel().loc[: until.index[-1]].drop(columns=names, errors="ignore")
        return pd.concat([others.reindex(until.index), until[names]], axis=1)

    def _panel(self) -> pd.DataFrame:
        if self.panel is None:
            raise ModelInputError(
                "panel: none was given; construct PanelConvergence(panel) with years by economies"
            )
        return check_panel(self.panel, "panel")

    def _predict(self, known: pd.DataFrame, targets: list[int], horizon: int) -> Moments:
        """Forecast columns of a panel that ends at the origin."""
        values = np.asarray(known, dtype=float)
        return _forecast(values, self._regressors(known, targets), targets, horizon)

    def _regressors(self, known: pd.DataFrame, targets: list[int]) -> FloatArray:
        """Return constant, starting level and any x, regressors by years by economies."""
        values = np.asarray(known, dtype=float)
        stacked = [np.ones_like(values), values]
        if self.relationship is not None:
            table = check_panel(self.relationship, "relationship")
            x = np.asarray(table.reindex(index=known.index, columns=known.columns), dtype=float)
            lacking = [known.columns[i] for i in targets if np.isnan(x[-1, i])]
            if lacking:
                raise ModelInputError(
                    f"relationship: no value of {lacking[0]} in "
                    f"{validate.label(known.index[-1])}; leave the economy out or fill it in"
                )
            stacked.append(x)
        return np.stack(stacked)


def check_panel(panel: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a panel of numbers, years by economies, in order and each once; gaps are allowed.

    Raises:
        ModelInputError: Not such a frame.
    """
    if not isinstance(panel, pd.DataFrame) or panel.empty:
        raise ModelInputError(f"{name}: pass a DataFrame of years by economies that is not empty")
    try:
        table = panel.astype(float)
    except (TypeError, ValueError):
        raise ModelInputError(
            f"{name}: some columns are not numbers; pass years as index and one column per economy"
        ) from None
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()][0]
        raise ModelInputError(f"{name}: {twice} has several columns; keep one of each economy")
    if np.isinf(table.to_numpy()).any():
        raise ModelInputError(f"{name}: infinite values; look for a division by zero")
    validate.time_series(pd.Series(0.0, table.index), name, at_least=2, constant=True)
    return table


def _forecast(
    values: FloatArray, regressors: FloatArray, targets: list[int], horizon: int
) -> Moments:
    """Forecast target economies, each from regressions over all the others."""
    volatility = _volatility(values)
    scaled = values / volatility
    weighted = regressors / volatility
    n, residuals = len(targets), []
    mean, spread = np.empty((n, horizon)), np.empty((n, horizon))
    for h in range(1, horizon + 1):
        change, x = scaled[h:] - scaled[:-h], weighted[:, : len(values) - h]
        used = ~np.isnan(change) & ~np.isnan(x).any(axis=0)
        change, x = np.where(used, change, 0.0), np.where(used, x, 0.0)
        xx, xy = np.einsum("kti,lti->ikl", x, x), np.einsum("kti,ti->ik", x, change)
        yy, count = (change**2).sum(axis=0), used.sum(axis=0)
        _check_enough(count, targets, h)
        without = np.array(targets)
        a, b = xx.sum(axis=0) - xx[without], xy.sum(axis=0) - xy[without]
        coefficients = _solve(a, b)
        ssr = yy.sum() - yy[without] - (coefficients * b).sum(axis=1)
        free = count.sum() - count[without] - len(regressors)
        spread[:, h - 1] = np.sqrt(np.maximum(ssr, 0) / free)
        start = regressors[:, -1, without].T
        mean[:, h - 1] = values[-1, without] + (coefficients * start).sum(axis=1)
        overall = _solve(xx.sum(axis=0)[None], xy.sum(axis=0)[None])[0]
        error = np.where(used, change - np.einsum("kti,k->ti", x, overall), np.nan)
        residuals.append(error)
    spread = spread * volatility[targets][:, None]
    correlation = _correlation(residuals, targets)
    return Moments(mean, correlation * spread[:, :, None] * spread[:, None, :])


def _volatility(values: FloatArray) -> FloatArray:
    """Return the root mean square of each economy's annual changes, not far below the others'."""
    changes = np.diff(values, axis=0)
    count = (~np.isnan(changes)).sum(axis=0)
    squares = np.nansum(changes**2, axis=0) / np.maximum(count, 1)
    found = np.sqrt(squares)
    moving = found[found > 0]
    if not moving.size:
        raise ModelInputError("panel: no economy changes; check the selection of series and years")
    return np.asarray(np.maximum(found, _LEAST_VOLATILITY * np.median(moving)))


def _solve(a: FloatArray, b: FloatArray) -> FloatArray:
    """Solve normal equations, one system per row."""
    scale = np.sqrt(np.diagonal(a, axis1=1, axis2=2))
    if (scale == 0).any() or (
        np.linalg.cond(a / scale[:, :, None] / scale[:, None, :]) > 1e12
    ).any():
        raise ModelInputError(
            "panel: starting level, relationship and constant are collinear over the other "
            "economies; use more economies or another relationship"
        )
    return np.asarray(np.linalg.solve(a, b[..., None])[..., 0])


def _check_enough(count: FloatArray, targets: list[int], h: int) -> None:
    for target in targets:
        others = np.delete(count, target)
        if (others > 0).sum() < FEWEST_OTHERS or others.sum() < FEWEST_CHANGES:
            raise ModelInputError(
                f"panel: {(others > 0).sum()} other economies with {others.sum()} changes over "
                f"{h} periods before the origin; {FEWEST_OTHERS} and {FEWEST_CHANGES} are needed, "
                "so use a larger panel or a shorter horizon"
            )


def _correlation(residuals: list[FloatArray], targets: list[int]) -> FloatArray:
    """Return correlations of errors across horizons, over the other economies, by target.

    Errors from the same start are compared where all horizons are known.
    """
    rows = len(residuals[-1])
    together = np.stack([error[:rows] for error in residuals])
    together = np.where(np.isnan(together).any(axis=0), 0.0, together)
    products = np.einsum("hti,gti->ihg", together, together)
    others = products.sum(axis=0) - products[targets]
    size = np.sqrt(np.diagonal(others, axis1=1, axis2=2))
    return np.asarray(others / size[:, :, None] / size[:, None, :])
