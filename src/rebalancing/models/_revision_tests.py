"""Are revisions news or noise: regressions with autocorrelation-consistent errors."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm

from rebalancing.models import _validate as validate
from rebalancing.models._longrun import newey_west_lags
from rebalancing.models._validate import FloatArray, ModelInputError
from rebalancing.models.warnings import IntegratedSeriesWarning, SmallSampleWarning

FEW_OBSERVATIONS = 30
FEWEST_OBSERVATIONS = 6
# First-order autocorrelation from which figures are taken for levels: with 45 observations seven
# of eight random walks have more, and of autoregressions of 0.5 one in six hundred.
LEVEL_LIKE = 0.75
Verdict = Literal["news", "noise", "neither", "undecided"]

_WORDS: dict[Verdict, str] = {
    "news": "news: the first figures were efficient forecasts of the final ones",
    "noise": "noise: the first figures were the final ones plus an error of measurement",
    "neither": "neither pure news nor pure noise: revisions are related to both figures",
    "undecided": "cannot be decided: revisions are not found to be related to either figure",
}


@dataclass(frozen=True, eq=False, repr=False)
class RevisionRegression:
    """A regression on one figure with its joint and its slope's test.

    Attributes:
        dependent: What is explained.
        regressor: What explains it.
        intercept: In units of the series.
        slope: Without unit.
        intercept_se: Newey-West standard error.
        slope_se: Newey-West standard error.
        null: Values of intercept and slope under the null hypothesis.
        f_stat: Wald statistic of both together, divided by 2.
        p_value: Of the joint test, from F(2, n - 2).
        slope_p_value: Of the slope alone, two-sided, from t(n - 2).
        r_squared: Of the regression.
        n: Number of observations.
        lags: Of the Newey-West estimator.
        cautions: The warnings given, in words.
    """

    dependent: str
    regressor: str
    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    null: tuple[float, float]
    f_stat: float
    p_value: float
    slope_p_value: float
    r_squared: float
    n: int
    lags: int
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row with estimates, standard errors and tests."""
        shown = ["intercept", "intercept_se", "slope", "slope_se", "f_stat", "p_value"]
        shown += ["slope_p_value", "r_squared", "n", "lags"]
        row = {name: getattr(self, name) for name in shown}
        return pd.DataFrame([row], index=[f"{self.dependent} on {self.regressor}"])

    def __repr__(self) -> str:
        """Say what was regressed and what the test says."""
        return (
            f"{self.dependent} = {self.intercept:.4g} ({self.intercept_se:.3g}) "
            f"{'-' if self.slope < 0 else '+'} {abs(self.slope):.4g} ({self.slope_se:.3g}) "
            f"{self.regressor}, n = {self.n}, "
            f"Newey-West with {self.lags} lags\n"
            f"  intercept {self.null[0]:g} and slope {self.null[1]:g}: "
            f"F = {self.f_stat:.4g}, p = {self.p_value:.3g}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class NewsOrNoise:
    """Whether revisions are news or noise.

    Attributes:
        news: The revision on the preliminary figure; under news both coefficients are 0.
        noise: The revision on the final figure; under noise the slope is 0.
        verdict: "news", "noise", "neither" or "undecided", from the two slopes.
        level: Significance level of the verdict.
        mean_revision: In units of the series.
        cautions: The warnings given, in words.
    """

    news: RevisionRegression
    noise: RevisionRegression
    verdict: Verdict
    level: float
    mean_revision: float
    cautions: tuple[str, ...]

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        return (
            f"{_WORDS[self.verdict][0].upper()}{_WORDS[self.verdict][1:]} (p = "
            f"{self.news.slope_p_value:.3f} against news, {self.noise.slope_p_value:.3f} against "
            f"noise, n = {self.news.n})."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per hypothesis."""
        both = pd.concat([self.news.to_frame(), self.noise.to_frame()])
        return both.set_axis(pd.Index(["news", "noise"], name="null"))

    def __repr__(self) -> str:
        """Say the verdict and what it rests on."""
        return f"NewsOrNoise: {self.words}\n{self.news!r}\n{self.noise!r}"


def mincer_zarnowitz(
    preliminary: pd.Series[float] | FloatArray,
    final: pd.Series[float] | FloatArray,
    *,
    lags: int | None = None,
) -> RevisionRegression:
    """Test whether a preliminary figure is an unbiased, efficient forecast of the final one.

    Regresses final = a + b preliminary + error and tests a = 0 and b = 1 together, with the
    covariance of Newey and West (1987, Econometrica 55) and its small-sample factor n / (n - 2).
    Mincer and Zarnowitz (1969), The evaluation of economic forecasts, in: Economic Forecasts and
    Expectations.

    Use it for growth rates or changes. For levels and slowly moving shares, which behave like
    random walks, b is near 1 whatever the quality of the figures, and the tests' distributions
    do not hold. With few observations the test rejects too often.

    Args:
        preliminary: First figures. Series are matched by label, and periods that either lacks are
            left out; arrays must have the same length.
        final: Final figures of the same periods.
        lags: Of the Newey-West estimator; default: the whole part of 4 (n / 100) ** (2 / 9).

    Raises:
        ModelInputError: Fewer than 6 common periods, a series that never changes, no revision at
            all, or revisions that follow exactly from the other figure.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
        IntegratedSeriesWarning: Final figures whose autocorrelation is above 0.75.
    """
    first, last = _pair(preliminary, final)
    cautions = _cautions(last)
    return _regress(
        last, first, names=("final", "preliminary"), null=(0.0, 1.0), lags=lags, cautions=cautions
    )


def news_or_noise(
    preliminary: pd.Series[float] | FloatArray,
    final: pd.Series[float] | FloatArray,
    *,
    lags: int | None = None,
    level: float = 0.05,
) -> NewsOrNoise:
    """Tell whether revisions bring news or remove noise.

    News: the preliminary figure is an efficient forecast, so that the revision cannot be told from
    it. Noise: it is the final figure plus an error of measurement, so that the revision is
    unrelated to the final figure. Each is the null of a regression of the revision (final less
    preliminary), on the preliminary and on the final figure, with the covariance of Newey and West.

    Mankiw, Runkle and Shapiro (1984), Are preliminary announcements of the money stock rational
    forecasts?, Journal of Monetary Economics 14; Mankiw and Shapiro (1986), News or noise: an
    analysis of GNP revisions, Survey of Current Business 66 (May).

    The verdict rests on the slopes, since a revision that is not zero on average contradicts
    neither; ``news.p_value`` tests slope and intercept together. The nulls are not exhaustive: if
    both slopes are found to differ from 0, revisions are a mixture, and if neither, the sample
    cannot tell. Use growth rates or changes, not levels; see `mincer_zarnowitz`. Final figures
    that will be revised again are not final.

    Args:
        preliminary: First figures. Series are matched by label, and periods that either lacks are
            left out; arrays must have the same length.
        final: Final figures of the same periods.
        lags: Of the Newey-West estimator; default: the whole part of 4 (n / 100) ** (2 / 9).
        level: Significance level of the verdict.

    Raises:
        ModelInputError: As `mincer_zarnowitz`.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
        IntegratedSeriesWarning: Final figures whose autocorrelation is above 0.75.
    """
    first, last = _pair(preliminary, final)
    limit = validate.probability(level, "level")
    cautions = _cautions(last)
    revision = last - first
    news = _regress(revision, first, names=("revision", "preliminary"), lags=lags)
    noise = _regress(revision, last, names=("revision", "final"), lags=lags)
    not_news, not_noise = news.slope_p_value < limit, noise.slope_p_value < limit
    verdict: Verdict
    if not_news and not_noise:
        verdict = "neither"
    elif not_news:
        verdict = "noise"
    else:
        verdict = "news" if not_noise else "undecided"
    return NewsOrNoise(news, noise, verdict, limit, float(revision.mean()), cautions)


def lags_for(n: int, lags: int | None) -> int:
    """Return the number of lags: as asked for, or by the rule of Newey and West (1994).

    Raises:
        ModelInputError: Negative, not whole, or as many as observations.
    """
    if lags is None:
        return min(newey_west_lags(n), max(n - 2, 0))
    return validate.whole(lags, "lags", 0, n - 1)


def _pair(
    preliminary: pd.Series[float] | FloatArray, final: pd.Series[float] | FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return both figures of the periods that have both, in order of time."""
    if isinstance(preliminary, pd.Series) != isinstance(final, pd.Series):
        raise ModelInputError("final: pass two Series or two arrays, not one of each")
    columns = {}
    for name, values in (("preliminary", preliminary), ("final", final)):
        if isinstance(values, pd.Series):
            kept = values.dropna()
            if kept.index.has_duplicates:
                twice = validate.label(kept.index[kept.index.duplicated()][0])
                raise ModelInputError(f"{name}: {twice} occurs more than once; select one release")
            columns[name] = pd.Series(validate.sample(kept, name), kept.index)
        else:
            columns[name] = pd.Series(validate.sample(values, name))
    if not isinstance(final, pd.Series) and len(columns["final"]) != len(columns["preliminary"]):
        raise ModelInputError("final: not as long as preliminary; pass the same periods")
    both = pd.concat(columns, axis=1, join="inner").sort_index()
    if len(both) < FEWEST_OBSERVATIONS:
        raise ModelInputError(
            f"preliminary: {len(both)} periods in common with final are too few; at least "
            f"{FEWEST_OBSERVATIONS} are needed, so use releases that share more periods"
        )
    for name in columns:
        if np.ptp(both[name].to_numpy()) == 0:
            raise ModelInputError(f"{name}: every value is the same; leave this series out")
    if (both["preliminary"] == both["final"]).all():
        raise ModelInputError("final: no revision at all, so nothing to test; use a later release")
    return both["preliminary"].to_numpy(), both["final"].to_numpy()


def _regress(
    y: FloatArray,
    x: FloatArray,
    *,
    names: tuple[str, str],
    null: tuple[float, float] = (0.0, 0.0),
    lags: int | None = None,
    cautions: tuple[str, ...] = (),
) -> RevisionRegression:
    """Regress y on a constant and x and test both coefficients."""
    used = lags_for(len(y), lags)
    fit = sm.OLS(y, sm.add_constant(x, has_constant="add")).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    if fit.ssr <= 1e-20 * max(float(np.sum((y - y.mean()) ** 2)), float(np.sum(x**2))):
        raise ModelInputError(
            "final: it follows exactly from preliminary, so no test is possible; check that they "
            "are two releases, not a series and its conversion"
        )
    joint = fit.wald_test((np.eye(2), np.array(null)), use_f=True, scalar=True)
    slope = fit.t_test(([0.0, 1.0], null[1]))
    return RevisionRegression(
        dependent=names[0],
        regressor=names[1],
        intercept=float(fit.params[0]),
        slope=float(fit.params[1]),
        intercept_se=float(fit.bse[0]),
        slope_se=float(fit.bse[1]),
        null=null,
        f_stat=float(joint.statistic),
        p_value=float(joint.pvalue),
        slope_p_value=float(slope.pvalue),
        r_squared=float(fit.rsquared),
        n=len(y),
        lags=used,
        cautions=cautions,
    )


def _cautions(final: FloatArray) -> tuple[str, ...]:
    """Warn of few observations and of figures that look like levels, in words."""
    said: list[str] = []
    n, deviations = len(final), final - final.mean()
    if n < FEW_OBSERVATIONS:
        said.append(
            f"{n} observations are few for tests with autocorrelation-consistent errors "
            f"({FEW_OBSERVATIONS} or more are better): they reject too often."
        )
        warnings.warn(said[-1], SmallSampleWarning, stacklevel=3)
    persistence = float(deviations[1:] @ deviations[:-1] / (deviations @ deviations))
    if persistence > LEVEL_LIKE:
        said.append(
            f"The figures move as slowly as levels (autocorrelation {persistence:.2f}), for which "
            "these tests do not hold: use changes or growth rates."
        )
        warnings.warn(said[-1], IntegratedSeriesWarning, stacklevel=3)
    return tuple(said)
