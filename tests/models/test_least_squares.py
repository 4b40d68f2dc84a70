from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from rebalancing.models.trend.least_squares import CollinearError, solve


@pytest.mark.parametrize("lags", [0, 1, 3, 11])
def test_all_series_at_once_are_the_regressions_one_by_one(lags) -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(40), np.arange(40), 100 * rng.normal(size=40)])
    y = rng.normal(size=(40, 5)).cumsum(axis=0)
    fit = solve(x, y)
    plain, robust = fit.homoskedastic_se(), fit.newey_west_se(1, lags)
    for column in range(5):
        model = sm.OLS(y[:, column], x)
        expected = model.fit()
        np.testing.assert_allclose(fit.coefficients[:, column], expected.params, rtol=1e-9)
        np.testing.assert_allclose(plain[:, column], expected.bse, rtol=1e-9)
        hac = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
        assert robust[column] == pytest.approx(hac.bse[1], rel=1e-9)
    assert fit.df == 37


def test_a_regressor_that_follows_from_others_is_named() -> None:
    x = np.column_stack([np.ones(9), np.arange(9.0), 3 * np.arange(9.0) - 2])
    with pytest.raises(CollinearError) as caught:
        solve(x, np.ones((9, 1)))
    assert caught.value.column == 2
