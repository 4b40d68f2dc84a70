from __future__ import annotations

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.breaks.search import best_single_break, partitions

few = settings(max_examples=8)


def brute_force(y, x, shortest, breaks) -> tuple[float, tuple[int, ...]]:
    """Return the lowest sum of squares and its positions by trying all."""
    n, found = len(y), []
    for positions in itertools.combinations(range(shortest, n - shortest + 1), breaks):
        if min(np.diff([0, *positions, n])) >= shortest:
            regimes = np.repeat(np.arange(breaks + 1), np.diff([0, *positions, n]))
            design = np.hstack([x * (regimes == r)[:, None] for r in range(breaks + 1)])
            residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
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
    y = rng.normal(size=22)
    found = partitions(y, x, shortest, 2)[breaks]
    ssr, positions = brute_force(y, x, shortest, breaks)
    assert found.ssr == pytest.approx(ssr)
    assert tuple(b + 1 for b in found.breaks) == positions


@few
@given(seed=st.integers(0, 10_000))
def test_one_break_is_found_exactly(seed) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.column_stack([np.ones(30), rng.normal(size=30)]), rng.normal(size=30)
    none, one = partitions(y, x, 5, 1)
    ssr, positions = brute_force(y, x, 5, 1)
    assert one.ssr == pytest.approx(ssr)
    assert tuple(b + 1 for b in one.breaks) == positions
    assert best_single_break(y, x, 5) == one.breaks[0]
    assert none.ssr == pytest.approx(sm.OLS(y, x).fit().ssr)
