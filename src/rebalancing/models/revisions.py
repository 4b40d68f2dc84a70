"""How figures change from release to release.

`triangle` sets releases side by side, `statistics` describes the revisions between them,
`mincer_zarnowitz` and `news_or_noise` test whether they could be foreseen.

Revisions of levels mix new information with changes of definition, base year and currency; compare
like with like (shares, growth rates), and never read a revision as a change in behaviour.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import norm

from rebalancing.models import _validate as validate
from rebalancing.models._revision_tests import (
    FEW_OBSERVATIONS,
    NewsOrNoise,
    RevisionRegression,
    lags_for,
    mincer_zarnowitz,
    news_or_noise,
)
from rebalancing.models._validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

__all__ = [
    "NewsOrNoise",
    "RevisionRegression",
    "RevisionStatistics",
    "RevisionTriangle",
    "mincer_zarnowitz",
    "news_or_noise",
    "statistics",
    "triangle",
]

TOTAL = "first to latest"


@dataclass(frozen=True, eq=False, repr=False)
class RevisionTriangle:
    """One series in all its releases.

    Attributes:
        figures: Periods by releases in order; missing where a release lacks a period.
        first: The earliest figure of each period.
        first_release: The release it stands in.
        latest: The figure of each period in the last release that has it.
        revisions: Periods by releases: the figure less that of the last release before which has
            the period; missing where there is none.
        already_known: Whether the oldest release had the period among its earlier ones, so that
            ``first`` is the first figure in the table but not the first ever published.
    """

    figures: pd.DataFrame
    first: pd.Series[float]
    first_release: pd.Series
    latest: pd.Series[float]
    revisions: pd.DataFrame
    already_known: pd.Series[bool]

    @property
    def total_revision(self) -> pd.Series[float]:
        """Latest less first figure, for periods in two releases or more."""
        several = self.figures.notna().sum(axis=1) > 1
        return (self.latest - self.first)[several].rename(TOTAL)

    def by_maturity(self) -> pd.DataFrame:
        """Return periods by number of releases since the first figure: 0, 1, 2 and so on.

        Releases that lack the period do not count, so that no column has gaps before its end.
        """
        return _pack(self.figures, start=0)

    def revisions_by_maturity(self) -> pd.DataFrame:
        """Return revisions by their number: 1 is the second figure less the first, and so on."""
        return _pack(self.revisions, start=1)

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
            f"  {len(self.total_revision)} periods in two releases or more; the first figure ever "
            f"published is known for {int((~self.already_known).sum())}"
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
    vintages: pd.DataFrame,
    *,
    release: str = "release",
    period: str | None = None,
    value: str = "value",
    order: Sequence[Hashable] | None = None,
) -> RevisionTriangle:
    """Set the releases of one series side by side.

    Croushore and Stark (2001), A real-time data set for macroeconomists, Journal of Econometrics
    105. Rows without a value count as not in the release. A release that lacks a period is passed
    over: the next revision is then from the release before.

    Args:
        vintages: One row per release and period, of one series of one economy.
        release: Column of the releases.
        period: Column of the periods; default: "year" or else "period".
        value: Column of the figures.
        order: Releases from the oldest to the newest; default: sorted by name.

    Raises:
        ModelInputError: Columns that are not there, a period twice in a release, infinite values,
            fewer than two releases, or releases missing from ``order``.
    """
    column = _period_column(vintages, period)
    _check_vintages(vintages, [release, column, value])
    rows = vintages.loc[vintages[value].notna(), [release, column, value]]
    if rows.duplicated([release, column]).any():
        twice = rows[rows.duplicated([release, column])].iloc[0]
        raise ModelInputError(
            f"vintages: {twice[column]} occurs more than once in release {twice[release]}; select "
            "one series of one economy"
        )
    validate.sample(rows[value], f"vintages, {value}")
    table = rows.pivot(index=column, columns=release, values=value).astype(float)
    names = list(table.columns) if order is None else list(order)
    if len(set(names)) != len(names) or set(names) != set(table.columns):
        raise ModelInputError(
            f"order: not the releases in the table, each once; they are {list(table.columns)}"
        )
    if len(names) < 2:
        raise ModelInputError("vintages: one release only; revisions need two at least")
    table = table[names].sort_index()
    filled = table.ffill(axis=1)
    before = filled.shift(axis=1)
    oldest = table[names[0]].dropna().index
    return RevisionTriangle(
        figures=table,
        first=table.bfill(axis=1).iloc[:, 0].rename("first"),
        first_release=table.notna().idxmax(axis=1).rename("first_release"),
        latest=filled.iloc[:, -1].rename("latest"),
        revisions=(table - before).iloc[:, 1:],
        already_known=pd.Series(
            table.index.isin(oldest) & (table.index < oldest.max()), table.index
        ).rename("already_known"),
    )


def statistics(
    revised: RevisionTriangle, *, lags: int | None = None, only_first_published: bool = False
) -> RevisionStatistics:
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
        only_first_published: Whether to leave out periods whose first publication is older than
            the oldest release; without them "total" and "maturity" say how first figures fare,
            with them how the figures in the table do.

    Raises:
        ModelInputError: No period in two releases, or a wrong number of lags.

    Warns:
        SmallSampleWarning: Fewer than 30 periods with a revision.
    """
    chosen = ~revised.already_known if only_first_published else revised.first.notna()
    total = revised.total_revision
    total = total[chosen[total.index]]
    if total.empty:
        raise ModelInputError(
            "revised: no period in two releases; use more releases, or keep the periods that the "
            "oldest release already had"
        )
    kinds = {("total", TOTAL): total}
    numbered = revised.revisions_by_maturity()[chosen]
    kinds |= {("maturity", f"revision {name}"): numbered[name] for name in numbered}
    releases = list(revised.figures.columns)
    for position, name in enumerate(releases[1:]):
        label = f"{validate.label(releases[position])} to {validate.label(name)}"
        kinds["release", label] = revised.revisions.loc[chosen, name]
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
    used = lags_for(len(x), lags)
    if np.ptp(x) == 0:
        return {"lags": float(used)}
    fit = sm.OLS(x, np.ones_like(x)).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    return {
        "t_stat": float(fit.tvalues[0]),
        "p_value": float(fit.pvalues[0]),
        "lags": float(used),
    }


def _pack(table: pd.DataFrame, *, start: int) -> pd.DataFrame:
    """Return each row's values moved to the left, over the missing ones."""
    values = np.asarray(table, dtype=np.float64)
    order = np.argsort(np.isnan(values), axis=1, kind="stable")
    packed = np.take_along_axis(values, order, axis=1)
    most = int((~np.isnan(values)).sum(axis=1).max(initial=0))
    columns = pd.RangeIndex(start, start + most, name="maturity")
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
