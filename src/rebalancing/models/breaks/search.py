"""The best partitions of a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.models.breaks._regression import EXACT
from rebalancing.models.breaks._segments import best_partitions, segment_ssr
from rebalancing.models.validate import FloatArray


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition with the smallest sum of squares for its number of breaks.

    Attributes:
        breaks: Last positions of all regimes but the last, counted from 0.
        ssr: Sum of squared residuals.
    """

    breaks: list[int]
    ssr: float


def partitions(y: FloatArray, x: FloatArray, shortest: int, most: int) -> list[Partition]:
    """Return the best partitions with 0, 1, ... breaks, as many as fit into the sample.

    Args:
        y: Observations.
        x: Observations by regressors.
        shortest: The fewest observations of a regime.
        most: The largest number of breaks.
    """
    most = min(most, len(y) // shortest - 1)
    table = _ssr_table(y, x, shortest)
    found = [(float(table[0, -1]), list[int]()), *best_partitions(table, most)]
    negligible = EXACT * float(y @ y)
    return [Partition(at, 0.0 if ssr <= negligible else ssr) for ssr, at in found]


def best_single_break(y: FloatArray, x: FloatArray, shortest: int) -> int | None:
    """Return the best position of one break, or None where there is nothing left to explain.

    Adding to the regression without the break the regressors up to it lowers the sum of squares
    by a quadratic form in cumulative sums, for all positions at once.

    Args:
        y: Observations.
        x: Observations by regressors.
        shortest: The fewest observations of a regime.
    """
    basis, singular, _ = np.linalg.svd(x, full_matrices=False)
    basis = basis[:, singular > 1e-10 * singular[0]]
    residual = y - basis @ (basis.T @ y)
    if float(residual @ residual) <= EXACT * float(y @ y):
        return None
    own = np.linalg.qr(x)[0]
    ends = slice(shortest - 1, len(y) - shortest)
    squares = (own[:, :, None] * own[:, None, :]).cumsum(axis=0)[ends]
    shared = (own[:, :, None] * basis[:, None, :]).cumsum(axis=0)[ends]
    moments = (own * residual[:, None]).cumsum(axis=0)[ends]
    spread = squares - shared @ shared.transpose(0, 2, 1)
    sizes, directions = np.linalg.eigh(spread)
    along = np.einsum("tij,ti->tj", directions, moments)
    gains = (along**2 / np.where(sizes > 1e-10, sizes, np.inf)).sum(axis=1)
    return shortest - 1 + int(gains.argmax())


def _ssr_table(y: FloatArray, x: FloatArray, shortest: int) -> FloatArray:
    """Return the sums of squares of all segments, from regressors without needless rounding.

    They are the same for any other basis of the regressors, and for y less any combination of
    them: far from zero, as years are, the recursions would lose digits.
    """
    basis = np.linalg.qr(x)[0]
    left = y - basis @ (basis.T @ y)
    return segment_ssr(left, x if np.ptp(x) == 0 else basis * np.sqrt(len(x)), shortest)
