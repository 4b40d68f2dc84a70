"""Tests for breaks in the means of many samples are those of one sample after another."""

from __future__ import annotations

import numpy as np
import pytest

from rebalancing.models.breaks import many_means as many
from rebalancing.models.validate import FloatArray


def samples(kind: str) -> FloatArray:
    noise = np.random.default_rng(7).standard_normal((6, 40))
    walks = noise.cumsum(axis=1)
    broken = noise + np.repeat([0.0, 5.0], 20)
    return {"noise": noise, "walks": walks, "broken": broken, "scaled": 1e4 * noise + 1e6}[kind]


@pytest.mark.parametrize("kind", ["noise", "walks", "broken", "scaled"])
@pytest.mark.parametrize(("shortest", "most"), [(6, 5), (10, 2), (8, 1)])
def test_all_at_once_they_are_as_one_by_one(kind: str, shortest: int, most: int) -> None:
    data = samples(kind)
    expected = [many.of_one(each, shortest, most) for each in data]
    np.testing.assert_allclose(many.statistics(data, shortest, most), expected, rtol=1e-6)


def test_more_samples_than_are_taken_at_once_keep_their_order() -> None:
    data = np.tile(samples("noise"), (40, 1))
    found = many.statistics(data, 10, 2)
    assert len(found) == len(data) > many.AT_ONCE
    np.testing.assert_allclose(found, np.tile(found[:6], (40, 1)), rtol=1e-9)


def test_a_regime_without_errors_is_left_to_the_general_functions() -> None:
    data = samples("noise")
    data[2, :12] = 1.0
    found = many.statistics(data, 6, 3)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[2], many.of_one(data[2], 6, 3), rtol=1e-6)
