"""Unit roots: does a series return to a mean or trend, or does every shock stay?

Four tests ask whether a unit root can be rejected (Dickey-Fuller, its more powerful version after
Elliott, Rothenberg and Stock, Phillips-Perron, and Zivot-Andrews, which lets the trend break once);
one asks whether stationarity can be (KPSS). Not rejecting is not accepting: with some fifty annual
observations the first four often miss a root of 0.9, and KPSS often rejects it. Read them
together, as `battery` sets them side by side. None is for series with several breaks, nor for
shares near their limits of 0 or 1.

Statistics do not depend on the unit of measurement nor, unless trend is "n", on the zero of
the series. Critical values of ADF, Phillips-Perron and DF-GLS allow for the sample's size, while
p-values are asymptotic; verdicts follow the critical values.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from arch.unitroot import DFGLS, PhillipsPerron
from statsmodels.tsa.stattools import adfuller
from statsmodels.tsa.stattools import kpss as kpss_test

from rebalancing.models import validate
from rebalancing.models.longrun import Lags, newey_west_lags
from rebalancing.models.unitroot import one_break
from rebalancing.models.unitroot.result import NothingRandomError, Terms, UnitRootTest, result
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEWEST_OBSERVATIONS = 10
FEW_OBSERVATIONS = 30
ZIVOT_ANDREWS_FEW = 150
KPSS_BOUNDS = (0.01, 0.10)
ZIVOT_ANDREWS_BOUNDS = (0.01, 0.99)
# Zivot and Andrews (1992) and Perron (1989): 8 lagged changes at most in annual data, else 12.
ZIVOT_ANDREWS_MAX_LAGS = {"annual": 8, "quarterly": 12, "monthly": 12}
Observed = pd.Series | Sequence[float] | validate.FloatArray
Criterion = Literal["aic", "bic"]


@dataclass(frozen=True)
class LagChoice:
    """How many lagged changes tests choose.

    Attributes:
        most: The largest number to choose from; "auto" for Schwert's (1989) 12 (T/100)^(1/4),
            rounded up, and in `zivot_andrews` that of its authors. Never more than a quarter of
            the sample less two.
        criterion: By which `adf` and `dfgls` choose.
    """

    most: Lags = "auto"
    criterion: Criterion = "aic"

    def __post_init__(self) -> None:
        """Raise ModelInputError for a number or a criterion that is not allowed."""
        if self.most != "auto":
            validate.whole(self.most, "most", 0)
        validate.one_of(self.criterion, "criterion", get_args(Criterion))

    def among(self, n: int, usual: int | None = None) -> int:
        """Return the largest number for a sample of n observations.

        Schwert's number leaves so few degrees of freedom in a short sample that the criteria choose
        regressions which nearly interpolate the data; so no more than a quarter less two.
        """
        schwert = int(np.ceil(12 * (n / 100) ** 0.25))
        most = min(schwert, usual or schwert) if self.most == "auto" else self.most
        return max(0, min(most, n // 4 - 2))


CHOICE = LagChoice()


def adf(y: Observed, *, lags: int | LagChoice | None = None, trend: Terms = "c") -> UnitRootTest:
    """Test for a unit root with the augmented regression of Dickey and Fuller.

    Said and Dickey (1984), Biometrika 71; p-values of MacKinnon (1994), Journal of Business and
    Economic Statistics 12, critical values of MacKinnon (2010). Assumes shocks whose dynamics a
    few lagged changes catch. Do not use it for a series whose level or trend broke: it then
    finds unit roots where there are none (Perron 1989, Econometrica 57).

    Args:
        y: Observations in order, evenly spaced, at least 10.
        lags: Lagged changes, or how to choose them (`LagChoice`). None: the number with the lowest
            AIC, all on the same sample, among 0 up to Schwert's (1989) 12 (T/100)^(1/4), rounded
            up, and at most a quarter of the sample less two.
        trend: "n", "c" or "ct".

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    return _with_cautions(_adf, y, lags, trend)


def dfgls(y: Observed, *, lags: int | LagChoice | None = None, trend: Terms = "c") -> UnitRootTest:
    """Test for a unit root after removing mean or trend as if the root were near one.

    Elliott, Rothenberg and Stock (1996), Econometrica 64: more powerful than `adf` unless the
    first observation is far from the trend. Lags are chosen as Perron and Qu (2007), Economics
    Letters 94, advise; p-values and critical values are those simulated for the package arch.

    Args:
        y: Observations in order, evenly spaced, at least 10.
        lags: Lagged changes, or how to choose them (`LagChoice`). None: the number with the lowest
            AIC, in series without mean or trend by least squares, among as many as `adf` tries.
        trend: "c" or "ct".

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    return _with_cautions(_dfgls, y, lags, trend)


def phillips_perron(y: Observed, *, lags: int | None = None, trend: Terms = "c") -> UnitRootTest:
    """Test for a unit root with a correction for autocorrelation in place of lagged changes.

    Phillips and Perron (1988), Biometrika 75, the t statistic (Z-tau); p-values and critical
    values as for `adf`. Do not use it where changes are negatively autocorrelated, as where
    the series is measured with noise: it then rejects far too often (Schwert 1989).

    Args:
        y: Observations in order, evenly spaced, at least 10.
        lags: Lags in the long-run variance (Bartlett weights). None: 4 (T/100)^(2/9), rounded
            down, after Newey and West (1994), Review of Economic Studies 61.
        trend: "n", "c" or "ct".

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    return _with_cautions(_phillips_perron, y, lags, trend)


def kpss(y: Observed, *, lags: int | None = None, trend: Terms = "c") -> UnitRootTest:
    """Test stationarity around a mean or trend, against a unit root.

    Kwiatkowski, Phillips, Schmidt and Shin (1992), Journal of Econometrics 54. The published
    table runs from 10% to 1%; outside it the p-value is a bound. The result hangs on the
    number of lags: with few it rejects persistent stationary series, with many it rejects nothing.

    Args:
        y: Observations in order, evenly spaced, at least 10.
        lags: Lags in the long-run variance (Bartlett weights). None: chosen from the data
            after Hobijn, Franses and Ooms (2004), Statistica Neerlandica 58.
        trend: "c" (stationary around a mean) or "ct" (around a linear trend).

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    return _with_cautions(_kpss, y, lags, trend)


def zivot_andrews(
    y: Observed, *, lags: int | LagChoice | None = None, trend: Terms = "c"
) -> UnitRootTest:
    """Test for a unit root against stationarity around a trend that breaks once, date unknown.

    Zivot and Andrews (1992), Journal of Business and Economic Statistics 10. The regression has
    a constant and a trend whatever breaks; the date is the one that speaks most against the
    unit root. The null has no break, so that a rejection may come from a unit root with a
    break (Lee and Strazicich 2001, Oxford Bulletin 63), and the date is no estimate with an
    interval: do not use it to date breaks. Critical values are asymptotic: with 52 or 100
    observations and lags chosen for each date, about one random walk in six is rejected at 5%;
    with a fixed small number of lags the size is near 5%.

    Args:
        y: Observations in order, evenly spaced, at least 10.
        lags: Lagged changes, the same for every date, or how many to choose from (`LagChoice`).
            None: for every date the largest number whose last lag has a t statistic of 1.60 or
            more, as in the paper, among at most 8 in annual data (12 in quarterly and monthly), and
            a quarter of the sample less two.
        trend: What breaks: "c" the level (the paper's model A), "t" the slope (B), "ct" both
            (C).

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 30 observations, or fewer than 150 with ``lags`` None.
    """
    return _with_cautions(_zivot_andrews, y, lags, trend)


def battery(y: Observed, *, trend: Terms = "c", lags: LagChoice | None = None) -> pd.DataFrame:
    """Return the five tests side by side, each with its own default number of lags.

    Args:
        y: Observations in order, evenly spaced, at least 10.
        trend: "c" for a series without a direction, "ct" for one with a trend. Zivot-Andrews
            has a trend either way; the level alone breaks with "c", the slope too with "ct".
        lags: How the tests with lagged changes choose them; each as by default if not given.

    Returns:
        One row per test ("ADF", "DF-GLS", "Phillips-Perron", "KPSS", "Zivot-Andrews"). Columns:
        statistic, lags, p_value, p_value_bound (in words, where p_value is only a bound), null,
        break (last label before it), rejects (at 5%), verdict (in words).
        Cautions are in ``.attrs["cautions"]``.

    Raises:
        ModelInputError: A series or an option that cannot be used as it is.

    Warns:
        SmallSampleWarning: Fewer than 150 observations, for Zivot-Andrews; fewer than 30, for all.
    """
    validate.one_of(trend, "trend", ("c", "ct"))
    data, cautions = _checked(y)
    choice = lags or CHOICE
    results = [
        _adf(data, choice, trend),
        _dfgls(data, choice, trend),
        _phillips_perron(data, None, trend),
        _kpss(data, None, trend),
        _zivot_andrews(data, choice, trend),
    ]
    frame = pd.concat([one.to_frame() for one in results])
    frame.attrs["cautions"] = sum((one.cautions for one in results), cautions)
    return frame


def _with_cautions(
    test: Callable[[pd.Series[float], Any, Terms], UnitRootTest],
    y: Observed,
    lags: int | LagChoice | None,
    trend: Terms,
) -> UnitRootTest:
    """Run a test on checked data and keep the warnings with the result."""
    data, cautions = _checked(y)
    found = test(data, lags, trend)
    return replace(found, cautions=cautions + found.cautions)


def _adf(data: pd.Series[float], lags: int | LagChoice | None, trend: Terms) -> UnitRootTest:
    """Run the test on checked data."""
    validate.one_of(trend, "trend", ("n", "c", "ct"))
    terms = 0 if trend == "n" else len(trend)
    number, choice = _chosen(lags, len(data) // 2 - terms - 1)
    statistic, p_value, used, _, critical = adfuller(
        _standardised(data, trend),
        maxlag=choice.among(len(data)) if number is None else number,
        regression=trend,
        autolag=choice.criterion.upper() if number is None else None,
        result_object=False,
    )[:5]
    return result("ADF", data, statistic, p_value, used, trend, critical)


def _dfgls(data: pd.Series[float], lags: int | LagChoice | None, trend: Terms) -> UnitRootTest:
    """Run the test on checked data."""
    validate.one_of(trend, "trend", ("c", "ct"))
    number, choice = _chosen(lags, len(data) // 2 - len(trend) - 1)
    terms: Any = trend
    test = DFGLS(
        _standardised(data, trend),
        lags=number,
        trend=terms,
        max_lags=choice.among(len(data)),
        method=choice.criterion,
    )
    return result("DF-GLS", data, test.stat, test.pvalue, test.lags, trend, test.critical_values)


def _phillips_perron(data: pd.Series[float], lags: int | None, trend: Terms) -> UnitRootTest:
    """Run the test on checked data."""
    validate.one_of(trend, "trend", ("n", "c", "ct"))
    _check_lags(lags, len(data) - 3)
    used = newey_west_lags(len(data)) if lags is None else lags
    terms: Any = trend
    test = PhillipsPerron(_standardised(data, trend), lags=used, trend=terms)
    return result(
        "Phillips-Perron", data, test.stat, test.pvalue, used, trend, test.critical_values
    )


def _kpss(data: pd.Series[float], lags: int | None, trend: Terms) -> UnitRootTest:
    """Run the test on checked data."""
    validate.one_of(trend, "trend", ("c", "ct"))
    _check_lags(lags, len(data) - 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the result says that the p-value is a bound
        statistic, p_value, used, critical = kpss_test(
            _standardised(data, trend),
            regression=trend,
            nlags="auto" if lags is None else lags,
            result_object=False,
        )
    null = f"stationary around a {'constant' if trend == 'c' else 'linear trend'}"
    return result(
        "KPSS", data, statistic, p_value, used, trend, critical, null=null, bounds=KPSS_BOUNDS
    )


def _zivot_andrews(
    data: pd.Series[float], lags: int | LagChoice | None, trend: Terms
) -> UnitRootTest:
    """Run the test on checked data."""
    validate.one_of(trend, "trend", ("c", "t", "ct"))
    n = len(data)
    cautions: tuple[str, ...] = ()
    number, choice = _chosen(lags, (n - 5) // 2 - len(trend))
    values = _standardised(data, "ct")
    breaks = np.arange(1, n)
    if number is None:
        usual = ZIVOT_ANDREWS_MAX_LAGS[validate.frequency_of(data.index) or "annual"]
        most = choice.among(n, usual)
        cautions = _too_often(n)
        found = one_break.minimum_with_selected_lags(values, breaks, trend, most)
    else:
        found = one_break.minimum(values, breaks, trend, number)
    if found is None:
        raise NothingRandomError
    points = dict(zip(one_break.PERCENTS, one_break.PERCENTAGE_POINTS[trend], strict=True))
    test = result(
        "Zivot-Andrews", data, found.statistic,
        one_break.p_value(found.statistic, trend), found.lags, trend,
        {f"{100 * size:.0f}%": points[size] for size in (0.01, 0.05, 0.10)},
        null="unit root without a break", bounds=ZIVOT_ANDREWS_BOUNDS,
        break_label=data.index[found.position - 1],
    )  # fmt: skip
    return replace(test, cautions=cautions)


def _too_often(n: int) -> tuple[str, ...]:
    """Warn that a choice of lags for every date spoils the test's size in short samples."""
    if n >= ZIVOT_ANDREWS_FEW:
        return ()
    text = (
        f"Zivot-Andrews on {n} observations with lags chosen for each date rejects too often: in "
        "simulations of random walks with 52 and 100 observations about one in six at 5%."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=4)
    return (text,)


def _checked(y: Observed) -> tuple[pd.Series[float], tuple[str, ...]]:
    """Return usable data and, if they are few, the warning in words."""
    data = validate.time_series(y, at_least=FEWEST_OBSERVATIONS)
    values, time = _standardised(data, "c"), np.linspace(-1, 1, len(data))
    if np.ptp(values - time * (time @ values) / (time @ time)) < 1e-9:
        raise NothingRandomError
    if len(data) >= FEW_OBSERVATIONS:
        return data, ()
    text = (
        f"{len(data)} observations are few for unit-root tests ({FEW_OBSERVATIONS} or more are "
        "better): they have next to no power, and their sizes are rough."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=4)
    return data, (text,)


def _standardised(data: pd.Series[float], trend: Terms) -> validate.FloatArray:
    """Return the data with variance one, and mean zero where the test removes the mean anyway.

    The statistics do not change, but large levels would lose digits in the regressions.
    """
    values = data.to_numpy()
    centred = values if trend == "n" else values - values.mean()
    return np.asarray(centred / values.std())


def _chosen(lags: int | LagChoice | None, most: int) -> tuple[int | None, LagChoice]:
    """Return the number of lags, checked, or None, and how to choose it then."""
    if lags is None or isinstance(lags, LagChoice):
        return None, lags or CHOICE
    _check_lags(lags, most)
    return lags, CHOICE


def _check_lags(lags: int | None, most: int) -> None:
    """Raise ModelInputError unless lags are None or a whole number that the sample allows."""
    if lags is None:
        return
    if validate.whole(lags, "lags", 0) > most:
        raise ModelInputError(
            f"lags: {lags} are too many for this sample; use at most {most} or a longer sample"
        )
