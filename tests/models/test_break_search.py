from __future__ import annotations

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models._break_regression import by_regime
from rebalancing.models._break_search import partitions

few = settings(max_examples=8)


def brute_force(y, x, z, shortest, breaks) -> tuple[float, tuple[int, ...]]:
    """Return the lowest sum of squares and its positions by trying all."""
    n, found = len(y), []
    for positions in itertools.combinations(range(shortest, n - shortest + 1), breaks):
        if min(np.diff([0, *positions, n])) >= shortest:
            together = np.hstack([by_regime(x, [0, *positions, n]), z])
            residual = y - together @ np.linalg.lstsq(together, y, rcond=None)[0]
            found.append((float(residual @ residual), positions))
    return min(found)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    q=st.integers(1, 2),
    shortest=st.integers(4, 6),
    breaks=st.integers(1, 2),
)
def test_dynamic_programming_finds_what_brute_force_finds(seed, q, shortest, breaks) -> None:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(22), rng.normal(size=(22, q - 1))])
    y, none = rng.normal(size=22), np.empty((22, 0))
    found = partitions(y, x, none, shortest, 2)[breaks]
    ssr, positions = brute_force(y, x, none, shortest, breaks)
    assert found.ssr == pytest.approx(ssr)
    assert tuple(b + 1 for b in found.breaks) == positions


@few
@given(seed=st.integers(0, 10_000), trending=st.booleans())
def test_one_break_beside_constant_coefficients_is_found_exactly(seed, trending) -> None:
    rng = np.random.default_rng(seed)
    x, z = np.column_stack([np.ones(30), rng.normal(size=30)]), rng.normal(size=(30, 2))
    z = z.cumsum(axis=0) if trending else z
    y = rng.normal(size=30) + z.sum(axis=1)
    none, one = partitions(y, x, z, 5, 1)
    ssr, positions = brute_force(y, x, z, 5, 1)
    assert one.ssr == pytest.approx(ssr)
    assert tuple(b + 1 for b in one.breaks) == positions
    assert none.ssr == pytest.approx(sm.OLS(y, np.hstack([x, z])).fit().ssr)


def test_more_breaks_beside_constant_coefficients_are_nearly_always_found() -> None:
    missed = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x, z = np.ones((24, 1)), rng.normal(size=(24, 1)).cumsum(axis=0)
        y = rng.normal(size=24) + z[:, 0] + 2 * (np.arange(24) > 11)
        ssr, _ = brute_force(y, x, z, 5, 2)
        missed += partitions(y, x, z, 5, 2)[2].ssr > ssr * (1 + 1e-8)
    assert missed <= 1
