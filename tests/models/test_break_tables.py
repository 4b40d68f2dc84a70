from __future__ import annotations

import itertools

import campaign
import numpy as np
import pytest

from rebalancing.models.breaks import critical_values as printed


# Bai and Perron (1998, tables 1 and 2) and (2003, Econometrics Journal 6).
@pytest.mark.parametrize(
    ("q", "trim", "test", "breaks", "significance", "value"),
    [
        (1, 0.15, "sup_f", 5, 0.05, 3.91),
        (1, 0.15, "sequential", 2, 0.05, 10.13),
        (1, 0.15, "ud_max", 0, 0.01, 12.37),
        (2, 0.15, "sup_f", 1, 0.05, 11.47),
        (10, 0.15, "sup_f", 1, 0.10, 24.65),
        (1, 0.05, "sup_f", 1, 0.05, 9.63),
        (1, 0.25, "sequential", 2, 0.01, 13.09),
    ],
)
def test_critical_values_as_published(q, trim, test, breaks, significance, value) -> None:
    most = printed.most_breaks(trim)
    assert printed.critical_values(q, trim, most).loc[(test, breaks), significance] == value


@pytest.mark.slow
def test_critical_values_are_complete_and_in_order() -> None:
    for q, trim in itertools.product(range(1, 11), (*printed.TRIMS, 0.07, 0.12, 0.22)):
        table = printed.critical_values(q, trim, printed.most_breaks(trim))
        assert table.notna().all(axis=None)
        assert (np.diff(table, axis=1) > 0).all()
        assert (np.diff(table.loc["sequential"], axis=0) >= 0).all()
        assert (np.diff(table.loc["sup_f"], axis=0) < 0).all()
        assert (table.loc[("ud_max", 0)] >= table.loc[("sup_f", 1)]).all()
    middle = printed.critical_values(2, 0.125, 5)
    ends = [printed.critical_values(2, trim, 5) for trim in (0.10, 0.15)]
    np.testing.assert_allclose(middle, (ends[0] + ends[1]) / 2)


@pytest.mark.slow
@pytest.mark.parametrize("q", campaign.only(2, [1, 2, 5, 10]))
def test_critical_values_are_quantiles_of_their_limit(q) -> None:
    rng, steps, draws = np.random.default_rng(q), 1000, 20_000
    at = np.arange(1, steps) / steps
    values = {trim: np.empty(draws) for trim in printed.TRIMS}
    for first in range(0, draws, 1000):
        walks = rng.normal(size=(q, 1000, steps)).cumsum(axis=2) / np.sqrt(steps)
        bridges = walks[:, :, :-1] - at * walks[:, :, -1:]
        process = (bridges**2).sum(axis=0) / (at * (1 - at))
        for trim, suprema in values.items():
            edge = round(trim * steps)
            suprema[first : first + 1000] = process[:, edge - 1 : steps - edge].max(axis=1)
    for trim, suprema in values.items():
        ours = printed.critical_values(q, trim, 1)
        for size in printed.SIGNIFICANCE:
            expected = pytest.approx(np.quantile(suprema, 1 - size), rel=0.04)
            assert ours.loc[("sup_f", 1), size] == expected
