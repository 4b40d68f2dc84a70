from __future__ import annotations

import numpy as np
import pytest

from rebalancing.models.breaks.intervals import argmax_cdf, interval, rounded


def test_distribution_is_that_of_strucchange() -> None:
    # pargmaxV of the R package strucchange 1.5-3, with xi = 1.5, phi1 = 1.2 and phi2 = 0.7.
    cdf = argmax_cdf(1.5, 1.2**2, 0.7**2)
    expected = [0.1914801374, 0.4997244638, 0.7461139896, 0.8837534099, 0.9892782911]
    np.testing.assert_allclose([cdf(x) for x in (-3, -0.5, 0, 0.5, 3)], expected, rtol=1e-9)


@pytest.mark.parametrize(("xi", "before", "after"), [(1, 1, 1), (0.1, 5, 1), (9, 1, 40)])
def test_distribution_rises_from_zero_to_one_without_a_jump(xi, before, after) -> None:
    cdf = argmax_cdf(xi, before, after)
    points = np.concatenate([-np.geomspace(1e4, 1e-9, 60), np.geomspace(1e-9, 1e4, 60)])
    values = np.array([cdf(x) for x in points])
    assert (np.diff(values) > -1e-9).all()
    np.testing.assert_allclose(values[[0, -1]], [0, 1], atol=1e-6)
    assert values[60] - values[59] < 1e-3


def test_more_variance_after_a_break_widens_the_interval_before_it() -> None:
    one = np.ones((1, 1))
    calm = interval(50, np.ones(1), (one, one), (one, one), 0.95)
    assert calm[1] - 50 == pytest.approx(50 - calm[0])
    stormy = interval(50, np.ones(1), (one, one), (one, 4 * one), 0.95)
    assert 50 - stormy[0] > stormy[1] - 50
    # Bai (1997): eleven observations either side, at a shift of one standard deviation.
    assert calm[1] - 50 == pytest.approx(11.03, abs=0.02)


def test_ends_are_rounded_as_either_program_does() -> None:
    ends = [(36.982, 47.660), (77.252, 80.658)]
    assert rounded(ends, "sandwich") == ((36, 48), (77, 81))
    assert rounded(ends, "bai-perron") == ((37, 50), (77, 82))
