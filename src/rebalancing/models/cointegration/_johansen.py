"""Reduced rank regression after Johansen, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.cointegration import _inputs as inputs
from rebalancing.models.cointegration import johansen_critical_values as printed
from rebalancing.models.cointegration._inputs import Deterministic
from rebalancing.models.cointegration.johansen_critical_values import Size, Statistic
from rebalancing.models.validate import FloatArray, ModelInputError

_CONSTANT = "the constant"  # outside the relations
_DEGENERATE = 1 - 1e-10  # a squared correlation from here on is an identity, not an estimate


@dataclass(frozen=True, eq=False, repr=False)
class Johansen:
    """Tests of the number of cointegrating relations, with the relations found.

    Rank r stands for r relations. Frames by rank have one row per null hypothesis, r = 0 up to
    the number of series less one.

    Attributes:
        eigenvalues: By rank, the squared canonical correlation that decides between r and r + 1
            relations, largest first, from 0 to below 1.
        trace: By rank, 2 (loglike(n) - loglike(r)): rank r against stationary series.
        max_eig: By rank, 2 (loglike(r + 1) - loglike(r)): rank r against r + 1.
        critical_values: By rank; columns by statistic ("trace", "max_eig") and size ("10%", ...).
        p_values: By rank and statistic, asymptotic, after Doornik (1998).
        beta: One relation per column, the strongest first, so that beta' y is stationary. In each
            the first series has coefficient 1, and so the others, the constant and the trend are
            on its side: y1 + b2 y2 + ... + constant = stationary, or y1 = -b2 y2 - ... - constant.
            Units are those of the first series per unit of the others.
        alpha: Change of each series (rows) in one period per unit of the relation (columns).
        lags: Lags of the series in levels.
        deterministic: Deterministic terms.
        seasons: Seasons in a year, 0 without seasonal dummies.
        nobs: Observations used, after the lags.
        sample: First and last period used.
        source: Of the critical values.
        loglike_of_rank: Gaussian log-likelihoods, from no relation to all series stationary.
        cautions: The warnings given, in words.
    """

    eigenvalues: pd.Series[float]
    trace: pd.Series[float]
    max_eig: pd.Series[float]
    critical_values: pd.DataFrame
    p_values: pd.DataFrame
    beta: pd.DataFrame
    alpha: pd.DataFrame
    lags: int
    deterministic: Deterministic
    seasons: int
    nobs: int
    sample: str
    source: str
    loglike_of_rank: pd.Series[float]
    cautions: tuple[str, ...] = ()

    def loglike(self, rank: int) -> float:
        """Return the Gaussian log-likelihood with a number of relations.

        Args:
            rank: From 0 (no relation) up to the number of series (all stationary).

        Raises:
            ModelInputError: Another rank.
        """
        number = validate.whole(rank, "rank", 0)
        if number > len(self.trace):
            raise ModelInputError(
                f"rank: {number} is more than the {len(self.trace)} series; pass at most that"
            )
        return float(self.loglike_of_rank[number])

    def rank(self, size: Size = "5%", statistic: Statistic = "trace") -> int:
        """Return the first rank that is not rejected, testing from 0 upwards.

        Args:
            size: Of each test: "10%", "5%" or "1%".
            statistic: "trace" or "max_eig".

        Raises:
            ModelInputError: An unknown size or statistic.
        """
        validate.one_of(size, "size", get_args(Size))
        validate.one_of(statistic, "statistic", get_args(Statistic))
        observed = self.trace if statistic == "trace" else self.max_eig
        kept = observed <= self.critical_values[statistic, size]
        return int(kept.to_numpy().argmax()) if kept.any() else len(observed)

    @property
    def trace_scaled(self) -> pd.Series[float]:
        """Trace statistics times (T - n lags)/T, after Reinsel and Ahn (1992), for short samples.

        Journal of Time Series Analysis 13, pp. 353-375.
        """
        used = len(self.trace) * self.lags
        return (self.trace * (self.nobs - used) / self.nobs).rename("trace_scaled")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rank: eigenvalue, statistics, their 5% critical and p-values."""
        return pd.DataFrame(
            {
                "eigenvalue": self.eigenvalues,
                "trace": self.trace,
                "trace 5%": self.critical_values["trace", "5%"],
                "trace p-value": self.p_values["trace"],
                "max_eig": self.max_eig,
                "max_eig 5%": self.critical_values["max_eig", "5%"],
                "max_eig p-value": self.p_values["max_eig"],
            }
        )

    def __repr__(self) -> str:
        """Say what was tested, on which sample, with which result."""
        seasons = f", {self.seasons} seasons" if self.seasons else ""
        return (
            f"Johansen: {len(self.trace)} series, {self.lags} lags, "
            f"deterministic {self.deterministic!r}{seasons}\n"
            f"  sample: {self.sample}, {self.nobs} observations\n"
            f"  rank at 5%: {self.rank()} by trace, {self.rank(statistic='max_eig')} by maximal "
            "eigenvalue\n"
            f"  critical values: {self.source}\n"
            f"{self.to_frame().round(3).to_string()}"
        )


def estimate(
    data: pd.DataFrame,
    lags: int,
    deterministic: Deterministic,
    seasons: int,
    exog: pd.DataFrame | None,
) -> Johansen:
    """Run the reduced rank regression on checked data.

    Args:
        data: One series per column.
        lags: Lags in levels.
        deterministic: Deterministic terms.
        seasons: Seasons in a year, or 0.
        exog: Further regressors of the same periods, or None.

    Raises:
        ModelInputError: The regressors are collinear or too many for the sample.
    """
    changes, levels, others = regressors(data, lags, deterministic, seasons, exog)
    n = data.shape[1]
    r0 = inputs.residuals(changes.to_numpy(), others.to_numpy())
    r1 = inputs.residuals(levels.to_numpy(), others.to_numpy())
    q0, _ = np.linalg.qr(r0)
    q1, u1 = np.linalg.qr(r1)
    # Canonical correlations are the singular values here, and the relations the right vectors.
    _, correlations, right = np.linalg.svd(q0.T @ q1)
    eigenvalues = correlations**2
    if eigenvalues[0] > _DEGENERATE:
        raise ModelInputError(
            "data: the levels predict some combination of the changes exactly, so there is "
            "nothing random to test; look for a series that follows from the others"
        )
    vectors = np.linalg.solve(u1, right[:n].T)
    beta = vectors / vectors[0]
    alpha = r0.T @ r1 @ vectors * vectors[0]
    return _result(data, lags, deterministic, seasons, levels, eigenvalues, beta, alpha, r0)


def regressors(
    data: pd.DataFrame,
    lags: int,
    deterministic: Deterministic,
    seasons: int,
    exog: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the changes, the levels with what is restricted to them, and all other regressors.

    Raises:
        ModelInputError: The regressors are collinear or too many for the sample.
    """
    change = data.diff()
    levels = data.shift(1).iloc[lags:]
    time = np.arange(lags, len(data), dtype=float)  # of the lagged level, 1 for the first one
    others = [
        change.shift(lag).add_suffix(f", change {lag} periods before") for lag in range(1, lags)
    ]
    if seasons:
        others.append(centred_seasons(data.index, seasons))
    if exog is not None:
        others.append(exog)
    unrestricted = pd.concat(
        [pd.DataFrame(index=data.index), *others], axis="columns", sort=False
    ).iloc[lags:]
    if deterministic == "restricted constant":
        levels[inputs.CONSTANT] = 1.0
    if deterministic == "restricted trend":
        levels[inputs.TREND] = time
    if deterministic in ("constant", "restricted trend"):
        unrestricted.insert(0, _CONSTANT, 1.0)
    changes = change.iloc[lags:].add_suffix(", change")
    _check_size(changes, levels, unrestricted, lags)
    return changes, levels, unrestricted


def _check_size(
    changes: pd.DataFrame, levels: pd.DataFrame, others: pd.DataFrame, lags: int
) -> None:
    """Raise ModelInputError unless the sample is large enough and no regressor is redundant."""
    nobs, n = changes.shape
    needed = others.shape[1] + n + levels.shape[1] + 1
    if nobs < needed:
        raise ModelInputError(
            f"data: {nobs} observations after {lags} lags are too few for {n} series with "
            f"{others.shape[1]} other regressors, which need {needed}; "
            "use fewer lags or a longer sample"
        )
    # The series come before their own changes, so that the message names the series.
    first, rest = others.filter([_CONSTANT]), others.drop(columns=_CONSTANT, errors="ignore")
    for block in (levels, changes):
        together = pd.concat([first, block, rest], axis="columns", sort=False)
        inputs.check_independent(together.to_numpy(), list(together.columns), "data")


def centred_seasons(index: pd.Index, seasons: int) -> pd.DataFrame:
    """Return one dummy per season but the last, each with mean 0 over a year.

    Centred, they do not add a trend to the levels (Johansen 1995, section 5.7).
    """
    one_year = (np.eye(seasons) - 1 / seasons)[:, :-1]
    return pd.DataFrame(
        one_year[np.arange(len(index)) % seasons],
        index=index,
        columns=[f"season {season}" for season in range(1, seasons)],
    )


def _result(
    data: pd.DataFrame,
    lags: int,
    deterministic: Deterministic,
    seasons: int,
    levels: pd.DataFrame,
    eigenvalues: FloatArray,
    beta: FloatArray,
    alpha: FloatArray,
    r0: FloatArray,
) -> Johansen:
    """Put the estimates in the form that users read."""
    n, nobs = data.shape[1], len(levels)
    rank = pd.Index(range(n), name="rank")
    relations = pd.Index(range(1, n + 1), name="relation")
    max_eig = -nobs * np.log1p(-eigenvalues)
    trace = max_eig[::-1].cumsum()[::-1]
    _, log_determinant = np.linalg.slogdet(r0.T @ r0 / nobs)
    without = -nobs / 2 * (n * np.log(2 * np.pi) + n + log_determinant)
    observed: dict[Statistic, FloatArray] = {"trace": trace, "max_eig": max_eig}
    p_values = {
        name: [printed.p_value(name, values[r], n - r, deterministic) for r in rank]
        for name, values in observed.items()
    }
    return Johansen(
        eigenvalues=pd.Series(eigenvalues, index=rank, name="eigenvalue"),
        trace=pd.Series(trace, index=rank, name="trace"),
        max_eig=pd.Series(max_eig, index=rank, name="max_eig"),
        critical_values=printed.critical_values(n, deterministic),
        p_values=pd.DataFrame(p_values, index=rank),
        beta=pd.DataFrame(beta, index=levels.columns, columns=relations),
        alpha=pd.DataFrame(alpha, index=data.columns, columns=relations),
        lags=lags,
        deterministic=deterministic,
        seasons=seasons,
        nobs=nobs,
        sample=validate.span(levels.index),
        source=printed.SOURCES[deterministic],
        loglike_of_rank=pd.Series(
            without + np.concatenate([[0.0], max_eig.cumsum() / 2]),
            index=pd.Index(range(n + 1), name="rank"),
            name="loglike",
        ),
    )
