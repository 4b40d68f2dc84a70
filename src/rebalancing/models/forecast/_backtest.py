"""Rolling-origin backtests over a panel of economies."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import norm

from rebalancing.models import validate
from rebalancing.models.forecast._convergence import PanelConvergence, check_panel
from rebalancing.models.forecast._forecasters import (
    SERIES_FORECASTERS,
    Forecaster,
    Window,
    is_straight,
)
from rebalancing.models.forecast._scores import crps_normal, inside, pit, pit_distance
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

LEVELS = {"covered_50": 0.5, "covered_80": 0.8, "covered_95": 0.95}
FEW_ORIGINS = 5
FEW_ECONOMIES = 20
BENCHMARK = "random walk"
LossMeasure = Literal["crps", "absolute error", "squared error"]

FORECASTERS: dict[str, Forecaster] = {each.name: each for each in SERIES_FORECASTERS}
FORECASTERS["panel convergence"] = PanelConvergence()


@dataclass(frozen=True, eq=False, repr=False)
class Backtest:
    """Forecasts from many origins with their outcomes.

    Attributes:
        rows: One row per forecaster, economy, origin and horizon: columns forecaster, economy,
            origin (last label used), horizon (periods), target (label forecast), mean, sd, actual,
            error (actual less mean), crps, in units of y; pit; covered_50, covered_80, covered_95.
        cautions: The warnings given, in words, and what was left out.
    """

    rows: pd.DataFrame
    cautions: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Names of the forecasters, in the order of the rows."""
        return [str(name) for name in self.rows["forecaster"].unique()]

    def to_frame(self) -> pd.DataFrame:
        """Return the rows."""
        return self.rows.copy()

    def summary(self) -> pd.DataFrame:
        """Return scores by forecaster and horizon.

        Columns n, bias (mean error), mae, rmse, crps, in units of y; relative_crps, to that of the
        random walk on the same cases, below 1 where better; coverage_50, coverage_80, coverage_95,
        shares; pit_distance, from uniform.
        """
        error = self.rows["error"]
        rows = self.rows.assign(size=error.abs(), square=error**2)
        groups = rows.groupby(["forecaster", "horizon"], sort=False)
        table = groups.agg(
            n=("error", "size"),
            bias=("error", "mean"),
            mae=("size", "mean"),
            rmse=("square", "mean"),
            crps=("crps", "mean"),
        )
        table["rmse"] = np.sqrt(table["rmse"])
        if BENCHMARK in table.index.get_level_values("forecaster"):
            benchmark = table["crps"].xs(BENCHMARK, level="forecaster")
            horizons = table.index.get_level_values("horizon")
            table["relative_crps"] = table["crps"] / benchmark.loc[horizons].to_numpy()
        for name in LEVELS:
            table[name.replace("covered", "coverage")] = groups[name].mean()
        table["pit_distance"] = groups["pit"].agg(pit_distance)
        return table

    def losses(self, horizon: int, measure: LossMeasure = "crps") -> pd.DataFrame:
        """Return losses by forecaster, one row per origin and economy, in order of the origins.

        Args:
            horizon: Periods ahead.
            measure: "crps", "absolute error" or "squared error".

        Raises:
            ModelInputError: A horizon that was not forecast, or an unknown measure.
        """
        validate.one_of(measure, "measure", get_args(LossMeasure))
        rows = self.rows[self.rows["horizon"] == horizon]
        if rows.empty:
            raise ModelInputError(
                f"horizon: {horizon!r} was not forecast; use 1 to {self.rows['horizon'].max()}"
            )
        loss = {
            "crps": rows["crps"],
            "absolute error": rows["error"].abs(),
            "squared error": rows["error"] ** 2,
        }[measure]
        table = rows.assign(loss=loss).pivot(
            index=["origin", "economy"], columns="forecaster", values="loss"
        )
        return table[list(rows["forecaster"].unique())]

    def known_by(self, label: Hashable) -> Backtest:
        """Return the forecasts whose targets are no later than a label: what was known then."""
        rows = self.rows[self.rows["target"] <= label]
        if rows.empty:
            raise ModelInputError(
                f"label: no target is as early as {validate.label(label)}; use a later label"
            )
        return Backtest(rows, self.cautions)

    def on_cases_of(self, name: str) -> Backtest:
        """Return the forecasts of those cases that one forecaster has, so all have the same.

        Args:
            name: The forecaster, such as one that was judged on later origins only.

        Raises:
            ModelInputError: It made no forecast.
        """
        case = ["origin", "economy", "horizon"]
        cases = self.rows.loc[self.rows["forecaster"] == name, case]
        if cases.empty:
            known = ", ".join(self.rows["forecaster"].unique())
            raise ModelInputError(f"name: {name!r} made no forecast; use one of: {known}")
        return Backtest(self.rows.merge(cases, on=case), self.cautions)

    def __repr__(self) -> str:
        """Say what was forecast and which forecaster does best."""
        rows = self.rows
        ranking = rows.groupby("forecaster")["crps"].mean().sort_values()
        names = ", ".join(f"{name} {score:.4g}" for name, score in ranking.head(3).items())
        return (
            f"Backtest: {rows['forecaster'].nunique()} forecasters, {rows['economy'].nunique()} "
            f"economies, {rows['origin'].nunique()} origins, horizons to {rows['horizon'].max()}\n"
            f"  lowest mean CRPS: {names}"
        )


def backtest(
    panel: pd.DataFrame,
    *,
    forecasters: Mapping[str, Forecaster] | Sequence[str] | None = None,
    horizon: int = 5,
    min_train: int = 20,
    origins: Sequence[Hashable] | None = None,
) -> Backtest:
    """Forecast every economy from past origins, from data up to the origin alone, and score.

    Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of
    Forecasting 16: the sample grows with the origin, and parameters are estimated anew each time.
    From each origin an economy is forecast if its last ``min_train`` observations or more have no
    gap; the sample is all of them. The data are those of one release, revised since: in real time
    forecasts would have been worse. Cases from one origin share its shocks, and forecasts from
    neighbouring origins overlap, so that the number of rows overstates what is known.

    Args:
        panel: Years by economies, gaps allowed; or tidy, with columns economy, year and value.
        forecasters: By name in the tables; or names in `FORECASTERS`; default: all of these.
        horizon: Periods ahead.
        min_train: The fewest observations to estimate on.
        origins: Labels of the last observation used; default: every label from the first that
            leaves ``min_train`` observations to the last but one.

    Raises:
        ModelInputError: A panel, option, name or origin that cannot be used, or no forecast.

    Warns:
        SmallSampleWarning: Fewer than 5 origins or 20 economies.
    """
    table = check_panel(_wide(panel), "panel")
    steps = validate.whole(horizon, "horizon", 1)
    chosen = _choose(forecasters)
    _check_min_train(min_train, chosen)
    positions = _origins(table.index, origins, min_train)
    windows, left_out = _windows(table, positions, min_train)
    actual = _actual(table, windows, steps)
    parts = []
    for name, each in chosen.items():
        moments = each.predict_windows(table, windows, steps)
        parts.append(_score(name, table, windows, moments.mean, moments.std, actual))
    rows = pd.concat(parts, ignore_index=True)
    return Backtest(rows, _cautions(rows, left_out))


def _wide(panel: pd.DataFrame) -> pd.DataFrame:
    """Return a panel as years by economies."""
    if not isinstance(panel, pd.DataFrame):
        raise ModelInputError("panel: pass a DataFrame, years by economies or tidy")
    tidy = {"economy", "year", "value"}
    if not tidy <= set(panel.columns):
        return panel
    rows = panel[["economy", "year", "value"]]
    if rows.duplicated(["economy", "year"]).any():
        twice = rows[rows.duplicated(["economy", "year"])].iloc[0]
        raise ModelInputError(
            f"panel: {twice['economy']} in {twice['year']} occurs more than once; select one "
            "release and one series"
        )
    table = rows.pivot(index="year", columns="economy", values="value")
    if pd.api.types.is_integer_dtype(table.index):
        return table.reindex(pd.RangeIndex(table.index[0], table.index[-1] + 1, name="year"))
    return table


def _choose(
    forecasters: Mapping[str, Forecaster] | Sequence[str] | None,
) -> Mapping[str, Forecaster]:
    if forecasters is None:
        return FORECASTERS
    if isinstance(forecasters, str) or not forecasters:
        raise ModelInputError("forecasters: pass a list of names or a dict, not empty")
    if isinstance(forecasters, Mapping):
        return forecasters
    return {name: forecaster(name) for name in forecasters}


def forecaster(name: str) -> Forecaster:
    """Return a forecaster by its name.

    "panel convergence" has no panel: `backtest` supplies its own; to forecast one series,
    construct `PanelConvergence` with one.

    Raises:
        ModelInputError: An unknown name.
    """
    if name not in FORECASTERS:
        raise ModelInputError(
            f"forecaster: {name!r} is not known; use one of {', '.join(FORECASTERS)}"
        )
    return FORECASTERS[name]


def _check_min_train(min_train: int, chosen: Mapping[str, Forecaster]) -> None:
    most = max(chosen.values(), key=lambda each: each.at_least)
    if min_train < most.at_least:
        raise ModelInputError(
            f"min_train: {min_train} observations are too few for {most.name}, which needs "
            f"{most.at_least}"
        )


def _origins(index: pd.Index, origins: Sequence[Hashable] | None, min_train: int) -> list[int]:
    if origins is None:
        return list(range(min_train - 1, len(index) - 1))
    unknown = [origin for origin in origins if origin not in index[:-1]]
    if unknown or len(set(origins)) != len(origins):
        culprit = unknown[0] if unknown else "one of them, which occurs twice"
        raise ModelInputError(
            f"origins: {culprit} cannot be used; pass each once, labels of the panel before "
            f"{validate.label(index[-1])}"
        )
    labels = list(index)
    return sorted(labels.index(origin) for origin in origins)


def _windows(table: pd.DataFrame, origins: list[int], min_train: int) -> tuple[list[Window], int]:
    """Return the samples to forecast, and how many were left out as straight lines."""
    values = np.asarray(table, dtype=float)
    run = np.zeros(values.shape, dtype=int)
    known = ~np.isnan(values)
    for t in range(len(values)):
        run[t] = np.where(known[t], (run[t - 1] if t else 0) + 1, 0)
    windows, left_out = [], 0
    for origin in origins:
        for economy in np.flatnonzero(run[origin] >= min_train):
            first = origin - int(run[origin, economy]) + 1
            if is_straight(values[first : origin + 1, economy]):
                left_out += 1
            else:
                windows.append(Window(int(economy), first, origin))
    if not windows:
        raise ModelInputError(
            f"panel: no economy has {min_train} observations without gaps before an origin; "
            "lower min_train or use later origins"
        )
    return windows, left_out


def _actual(table: pd.DataFrame, windows: list[Window], horizon: int) -> FloatArray:
    """Return the outcomes, windows by horizon; missing where they are not known."""
    values = np.asarray(table, dtype=float)
    longer = np.vstack([values, np.full((horizon, values.shape[1]), np.nan)])
    return np.array([longer[w.origin + 1 : w.origin + 1 + horizon, w.economy] for w in windows])


def _score(
    name: str,
    table: pd.DataFrame,
    windows: list[Window],
    mean: FloatArray,
    sd: FloatArray,
    actual: FloatArray,
) -> pd.DataFrame:
    """Return one row per window and horizon whose outcome is known."""
    known = ~np.isnan(actual)
    usable = np.isfinite(mean) & np.isfinite(sd) & (sd > 0)
    if (known & ~usable).any():
        window = windows[int(np.argwhere(known & ~usable)[0, 0])]
        raise ModelInputError(
            f"panel: {name} fits {table.columns[window.economy]} up to "
            f"{validate.label(table.index[window.origin])} exactly; leave the economy out"
        )
    case, step = np.nonzero(known)
    economy = np.array([window.economy for window in windows])[case]
    origin = np.array([window.origin for window in windows])[case]
    labels = {
        "forecaster": name,
        "economy": table.columns.take(economy),
        "origin": table.index.take(origin),
        "horizon": step + 1,
        "target": table.index.take(origin + step + 1),
    }
    m, s, y = mean[known], sd[known], actual[known]
    transform = np.asarray(pit(y, m, s))
    return pd.DataFrame(
        labels
        | {"mean": m, "sd": s, "actual": y, "error": y - m}
        | {"crps": np.asarray(crps_normal(y, m, s)), "pit": transform}
        | {column: inside(transform, level) for column, level in LEVELS.items()}
    )


def _cautions(rows: pd.DataFrame, left_out: int) -> tuple[str, ...]:
    said = []
    counts = rows["origin"].nunique(), rows["economy"].nunique()
    if counts[0] < FEW_ORIGINS or counts[1] < FEW_ECONOMIES:
        text = (
            f"{counts[0]} origins and {counts[1]} economies are few for a backtest "
            f"({FEW_ORIGINS} and {FEW_ECONOMIES} or more are better): scores are uncertain."
        )
        warnings.warn(text, SmallSampleWarning, stacklevel=3)
        said.append(text)
    if left_out:
        said.append(f"{left_out} samples that lie on a straight line were left out.")
    return tuple(said)


def scale_factors(result: Backtest, level: float = 0.8) -> pd.DataFrame:
    """Return what to multiply standard deviations by for intervals that cover as often as they say.

    By forecaster and horizon: the ``level`` quantile of absolute errors over standard deviations,
    over that of the standard normal distribution. With it, intervals of that level would have
    covered their share of the outcomes of the backtest. It corrects the spread only, not bias or
    shape. To judge it out of sample, take it from ``result.known_by(origin)``.

    Raises:
        ModelInputError: A level that is not between 0 and 1.
    """
    half = float(norm.ppf(0.5 + validate.probability(level) / 2))
    ratio = (result.rows["error"] / result.rows["sd"]).abs()
    keys = [result.rows["forecaster"], result.rows["horizon"]]
    table = ratio.groupby(keys, sort=False).quantile(level).unstack() / half
    return table.loc[result.names]
