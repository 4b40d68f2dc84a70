"""Trends on published data, beside statsmodels; the published estimates are in trend.csv.

The Nile data (annual flow at Aswan, 1871-1970; Cobb 1978, Biometrika 65) ship with statsmodels.
"""

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import macrodata, nile
from statsmodels.tsa.filters.hp_filter import hpfilter
from statsmodels.tsa.statespace.structural import UnobservedComponents

from rebalancing.models import trend


@pytest.fixture(scope="module")
def flow() -> pd.Series:
    table = nile.load_pandas().data
    return pd.Series(table["volume"].to_numpy(), index=table["year"].astype(int), name="flow")


@pytest.fixture(scope="module")
def fitted(flow: pd.Series) -> trend.LocalLevel:
    return trend.local_level(flow)


def test_more_digits_than_the_default_optimiser(fitted: trend.LocalLevel) -> None:
    assert f"{fitted.variances['irregular']:.2f}" == "15098.52"
    assert f"{fitted.variances['level']:.2f}" == "1469.18"
    assert f"{fitted.loglike:.4f}" == "-633.4646"
    assert fitted.at_boundary == ()


@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.BoundaryWarning")
@pytest.mark.parametrize("name", ["llevel", "lltrend"])
def test_states_and_likelihood_equal_statsmodels_at_the_same_variances(flow, name) -> None:
    ours = trend.local_level(flow) if name == "llevel" else trend.local_linear_trend(flow)
    model = UnobservedComponents(flow.to_numpy(), name, use_exact_diffuse=True)
    theirs = model.smooth(ours.variances.to_numpy())
    assert ours.loglike == pytest.approx(theirs.llf, abs=1e-8)
    np.testing.assert_allclose(ours.level, theirs.smoothed_state[0], rtol=1e-9)
    np.testing.assert_allclose(ours.level_se**2, theirs.smoothed_state_cov[0, 0], rtol=1e-7)
    if name == "lltrend":
        np.testing.assert_allclose(ours.slope, theirs.smoothed_state[1], rtol=1e-7)
        np.testing.assert_allclose(ours.slope_se**2, theirs.smoothed_state_cov[1, 1], rtol=1e-6)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.BoundaryWarning")
@pytest.mark.parametrize("name", ["llevel", "lltrend"])
def test_no_fit_of_statsmodels_has_a_higher_likelihood(flow, name) -> None:
    ours = trend.local_level(flow) if name == "llevel" else trend.local_linear_trend(flow)
    model = UnobservedComponents(flow.to_numpy(), name, use_exact_diffuse=True)
    best = max(
        model.fit(start * len(model.param_names), disp=False, method=method, maxiter=500).llf
        for start in ([100.0], [1e4])
        for method in ("lbfgs", "nm")
    )
    assert ours.loglike >= best - 1e-6


@pytest.mark.parametrize(
    ("frequency", "smoothing"), [("annual", 6.25), ("quarterly", 1600), ("monthly", 129600)]
)
def test_hp_equals_the_filter(frequency, smoothing) -> None:
    y = np.log(macrodata.load_pandas().data["realgdp"].to_numpy())
    _, expected = hpfilter(y, lamb=smoothing)
    np.testing.assert_allclose(trend.hp(y, frequency).level, expected, atol=1e-8)
