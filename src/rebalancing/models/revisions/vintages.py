"""How figures change from release to release.

`triangle` sets releases of one series side by side, `statistics` describes the revisions between
them. `revision_panel` asks over many economies whether revisions could be foreseen.

Revisions of levels mix new information with changes of definition, base year and currency; compare
like with like (shares, growth rates), and never read a revision as a change in behaviour.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.regression.linear_model import OLS

from rebalancing.models import validate
from rebalancing.models.longrun import newey_west_lags
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEW_OBSERVATIONS = 30
TOTAL = "first to latest"


@dataclass(frozen=True, eq=False, repr=False)
class RevisionTriangle:
    """One series in all its releases.

    Attributes:
        figures: Periods by releases in order; missing where a release lacks a period.
        first: The earliest figure of each period.
        latest: The figure of each period in the last release that has it.
        revisions: Periods by releases: the figure less that of the last release before which has
            the period; missing where there is none.
    """

    figures: pd.DataFrame
    first: pd.Series[float]
    latest: pd.Series[float]
    revisions: pd.DataFrame

    @property
    def total_revision(self) -> pd.Series[float]:
        """Latest less first figure, for periods in two releases or more."""
        several = self.figures.notna().sum(axis=1) > 1
        return (self.latest - self.first)[several].rename(TOTAL)

    @property
    def apart(self) -> pd.Series[float]:
        """Highest less lowest figure, for periods in two releases or more."""
        several = self.figures.notna().sum(axis=1) > 1
        return (self.figures.max(axis=1) - self.figures.min(axis=1))[several].rename("apart")

    def revisions_by_maturity(self) -> pd.DataFrame:
        """Return revisions by their number: 1 is the second figure less the first, and so on."""
        return _pack(self.revisions)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per period: every release, first and latest figure, their difference."""
        return self.figures.assign(
            first=self.first, latest=self.latest, revision=self.latest - self.first
        )

    def __repr__(self) -> str:
        """Say which periods and releases there are."""
        names = [validate.label(name) for name in self.figures.columns]
        return (
            f"RevisionTriangle: {len(self.figures)} periods, "
            f"{validate.span(self.figures.index)}, "
            f"in {len(names)} releases, {names[0]} to {names[-1]}\n"
            f"  {len(self.total_revision)} periods in two releases or more"
        )


@dataclass(frozen=True, eq=False, repr=False)
class RevisionStatistics:
    """Descriptive statistics of revisions.

    Attributes:
        table: One row per kind of revision, labelled by ``kind`` ("total"; "maturity", the first,
            second ... revision of a period; "release", from one release to the next) and
            ``revision``. Columns n, mean, mean_abs, std, robust_std, rmse, t_stat, p_value, lags,
            pct_positive, pct_negative, noise_to_signal; in units of the series, shares of sign in
            percent. What cannot be computed is missing.
        cautions: The warnings given, in words.
    """

    table: pd.DataFrame
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say how large and how one-sided the total revisions are."""
        row = self.table.xs(("total", TOTAL)).to_dict()
        return (
            f"RevisionStatistics: {row['n']:.0f} periods\n"
            f"  mean {row['mean']:.4g} (p = {row['p_value']:.3g}), mean absolute "
            f"{row['mean_abs']:.4g}, standard deviation {row['std']:.4g}\n"
            f"  upward {row['pct_positive']:.0f}%, noise to signal {row['noise_to_signal']:.3g}"
        )


def triangle(
    vintages: pd.DataFrame, *, period: str | None = None, value: str = "value"
) -> RevisionTriangle:
    """Set the releases of one series side by side.

    Croushore and Stark (2001), A real-time data set for macroeconomists, Journal of Econometrics
    105. Rows without a value count as not in the release. A release that lacks a period is passed
    over: the next revision is then from the release before.

    Args:
        vintages: One row per release and period, of one series of one economy. The column
            "release" sorts from the oldest to the newest.
        period: Column of the periods; default: "year" or else "period".
        value: Column of the figures.

    Raises:
        ModelInputError: Columns that are not there, a period twice in a release, infinite values,
            or fewer than two releases.
    """
    column = _period_column(vintages, period)
    _check_vintages(vintages, ["release", column, value])
    rows = vintages.loc[vintages[value].notna(), ["release", column, value]]
    if rows.duplicated(["release", column]).any():
        twice = rows[rows.duplicated(["release", column])].iloc[0]
        raise ModelInputError(
            f"vintages: {twice[column]} occurs more than once in release {twice['release']}; "
            "select one series of one economy"
        )
    validate.sample(rows[value], f"vintages, {value}")
    table = rows.pivot(index=column, columns="release", values=value).astype(float).sort_index()
    if table.shape[1] < 2:
        raise ModelInputError("vintages: one release only; revisions need two at least")
    filled = table.ffill(axis=1)
    before = filled.shift(axis=1)
    return RevisionTriangle(
        figures=table,
        first=table.bfill(axis=1).iloc[:, 0].rename("first"),
        latest=filled.iloc[:, -1].rename("latest"),
        revisions=(table - before).iloc[:, 1:],
    )


def statistics(revised: RevisionTriangle, *, lags: int | None = None) -> RevisionStatistics:
    """Describe revisions: size, bias, direction.

    The bias test asks whether the mean revision is zero, with the variance of Newey and West (1987,
    Econometrica 55) and Student's t with n - 1 degrees of freedom. ``robust_std`` is the median
    absolute deviation scaled to the standard deviation of a normal distribution.
    ``noise_to_signal`` is the standard deviation of revisions over that of the latest figures, of
    use for growth rates and changes; of a series with a trend it depends on the sample's length.
    Periods that are missing between others are passed over, as if their neighbours were adjacent.

    McKenzie and Gamba (2008), Interpreting the results of revision analyses: recommended summary
    statistics, OECD, on which statistics to publish.

    Args:
        revised: From `triangle`.
        lags: Of the variance of the mean; default: the whole part of 4 (n / 100) ** (2 / 9).

    Raises:
        ModelInputError: No period in two releases, or a wrong number of lags.

    Warns:
        SmallSampleWarning: Fewer than 30 periods with a revision.
    """
    total = revised.total_revision
    if total.empty:
        raise ModelInputError("revised: no period in two releases; use more releases")
    kinds = {("total", TOTAL): total}
    numbered = revised.revisions_by_maturity()
    kinds |= {("maturity", f"revision {name}"): numbered[name] for name in numbered}
    releases = list(revised.figures.columns)
    for position, name in enumerate(releases[1:]):
        label = f"{validate.label(releases[position])} to {validate.label(name)}"
        kinds["release", label] = revised.revisions[name]
    rows = {
        label: _describe(values.dropna(), revised.latest, lags, strict=label[0] == "total")
        for label, values in kinds.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(rows, names=["kind", "revision"])
    cautions: tuple[str, ...] = ()
    if len(total) < FEW_OBSERVATIONS:
        text = (
            f"{len(total)} revisions are few for a test of bias ({FEW_OBSERVATIONS} or more are "
            "better): it rejects too often."
        )
        warnings.warn(text, SmallSampleWarning, stacklevel=2)
        cautions = (text,)
    return RevisionStatistics(table, cautions)


def _describe(
    values: pd.Series[float], latest: pd.Series[float], lags: int | None, *, strict: bool
) -> dict[str, float]:
    """Return the statistics of one kind of revision."""
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    row = dict.fromkeys(
        ["mean", "mean_abs", "std", "robust_std", "rmse", "t_stat", "p_value", "lags"], math.nan
    ) | dict.fromkeys(["pct_positive", "pct_negative", "noise_to_signal"], math.nan)
    row = {"n": float(n)} | row
    if n == 0:
        return row
    row |= {
        "mean": float(x.mean()),
        "mean_abs": float(np.abs(x).mean()),
        "robust_std": float(np.median(np.abs(x - np.median(x))) / norm.ppf(0.75)),
        "rmse": float(np.sqrt(np.mean(x**2))),
        "pct_positive": 100 * float(np.mean(x > 0)),
        "pct_negative": 100 * float(np.mean(x < 0)),
    }
    if n == 1:
        return row | {"robust_std": math.nan}
    signal = float(latest[values.index].std())
    row["std"] = float(x.std(ddof=1))
    row["noise_to_signal"] = row["std"] / signal if signal > 0 else math.nan
    return row | _bias_test(x, lags if strict or lags is None else min(lags, n - 1))


def _bias_test(x: FloatArray, lags: int | None) -> dict[str, float]:
    """Test a mean of zero."""
    used = _lags(len(x), lags)
    if np.ptp(x) == 0:
        return {"lags": float(used)}
    fit = OLS(x, np.ones_like(x)).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    return {
        "t_stat": float(fit.tvalues[0]),
        "p_value": float(fit.pvalues[0]),
        "lags": float(used),
    }


def _lags(n: int, lags: int | None) -> int:
    """Return the number of lags: as asked for, or by the rule of Newey and West (1994)."""
    if lags is None:
        return min(newey_west_lags(n), max(n - 2, 0))
    return validate.whole(lags, "lags", 0, n - 1)


def _pack(table: pd.DataFrame) -> pd.DataFrame:
    """Return each row's values moved to the left, over the missing ones; columns from 1."""
    values = np.asarray(table, dtype=np.float64)
    order = np.argsort(np.isnan(values), axis=1, kind="stable")
    packed = np.take_along_axis(values, order, axis=1)
    most = int((~np.isnan(values)).sum(axis=1).max(initial=0))
    columns = pd.RangeIndex(1, most + 1, name="maturity")
    return pd.DataFrame(packed[:, :most], table.index, columns=columns)


def _period_column(vintages: pd.DataFrame, period: str | None) -> str:
    if not isinstance(vintages, pd.DataFrame):
        raise ModelInputError("vintages: pass a DataFrame with release, year and value")
    if period is not None:
        return period
    return "year" if "year" in vintages or "period" not in vintages else "period"


def _check_vintages(vintages: pd.DataFrame, columns: list[str]) -> None:
    lacking = [name for name in columns if name not in vintages]
    if lacking:
        raise ModelInputError(
            f"vintages: no column {lacking[0]!r}; it has {', '.join(map(str, vintages.columns))}"
        )
    if vintages[columns[:2]].isna().to_numpy().any():
        raise ModelInputError("vintages: a release or period is missing; leave such rows out")
    if not pd.api.types.is_numeric_dtype(vintages[columns[2]]):
        raise ModelInputError(f"vintages: {columns[2]} is not numeric; convert it")
    if vintages[columns[2]].notna().sum() == 0:
        raise ModelInputError("vintages: no values; check the selection of series and economy")
