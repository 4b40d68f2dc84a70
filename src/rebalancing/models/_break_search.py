"""The best partitions of a sample, also where some coefficients stay the same throughout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.models._break_regression import EXACT, by_regime
from rebalancing.models._segments import best_partitions, segment_ssr
from rebalancing.models._validate import FloatArray

_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition with the smallest sum of squares for its number of breaks.

    Attributes:
        breaks: Last positions of all regimes but the last, counted from 0.
        ssr: Sum of squared residuals.
    """

    breaks: list[int]
    ssr: float


def partitions(
    y: FloatArray, x: FloatArray, z: FloatArray, shortest: int, most: int
) -> list[Partition]:
    """Return the best partitions with 0, 1, ... breaks, as many as fit into the sample.

    Args:
        y: Observations.
        x: Observations by regressors whose coefficients change.
        z: Observations by regressors whose coefficients do not.
        shortest: The fewest observations of a regime.
        most: The largest number of breaks.
    """
    most = min(most, len(y) // shortest - 1)
    if z.shape[1]:
        return _partial(y, x, z, shortest, most)
    table = _ssr_table(y, x, shortest)
    found = [(float(table[0, -1]), list[int]()), *best_partitions(table, most)]
    negligible = EXACT * float(y @ y)
    return [Partition(at, 0.0 if ssr <= negligible else ssr) for ssr, at in found]


def best_single_break(
    y: FloatArray, x: FloatArray, z: FloatArray, shortest: int, edges: tuple[int, int] | None = None
) -> int | None:
    """Return the best position of one break, or None where there is nothing left to explain.

    Adding to the regression without the break the regressors up to it lowers the sum of squares
    by a quadratic form in cumulative sums, for all positions at once.

    Args:
        y: Observations.
        x: Observations by regressors whose coefficients change.
        z: All other regressors.
        shortest: The fewest observations of a regime.
        edges: First position of the regime to break, and that after its last; None for all.
    """
    start, end = edges or (0, len(y))
    whole = np.zeros_like(x)
    whole[start:end] = x[start:end]
    basis, singular, _ = np.linalg.svd(np.hstack([whole, z]), full_matrices=False)
    basis = basis[:, singular > 1e-10 * singular[0]]
    residual = y - basis @ (basis.T @ y)
    if float(residual @ residual) <= EXACT * float(y @ y):
        return None
    own, basis, residual = np.linalg.qr(x[start:end])[0], basis[start:end], residual[start:end]
    ends = slice(shortest - 1, end - start - shortest)
    squares = (own[:, :, None] * own[:, None, :]).cumsum(axis=0)[ends]
    shared = (own[:, :, None] * basis[:, None, :]).cumsum(axis=0)[ends]
    moments = (own * residual[:, None]).cumsum(axis=0)[ends]
    spread = squares - shared @ shared.transpose(0, 2, 1)
    # Nothing is gained by what the other regressors do already, like a step at the same place.
    sizes, directions = np.linalg.eigh(spread)
    along = np.einsum("tij,ti->tj", directions, moments)
    gains = (along**2 / np.where(sizes > 1e-10, sizes, np.inf)).sum(axis=1)
    return start + shortest - 1 + int(gains.argmax())


def _partial(
    y: FloatArray, x: FloatArray, z: FloatArray, shortest: int, most: int
) -> list[Partition]:
    """Return the best partitions with some coefficients constant.

    One break is found exactly. For more, dates given the constant coefficients and coefficients
    given the dates are found by turns (Bai and Perron 2003), then each break is moved while the
    others stay. That ends where no step lowers the sum of squares, which need not be the lowest
    place, so that it sets out from several: all coefficients changing, where regimes are long
    enough for that, and the constant coefficients with one break fewer and without any.
    """
    constant, ssr = _constant(y, x, z, [])
    found, coefficients = [Partition([], ssr)], [constant]
    both = np.hstack([x, z])
    free = shortest > both.shape[1] and _full_rank(both, shortest)
    all_change = best_partitions(_ssr_table(y, both, shortest), most) if free else []
    for breaks in range(1, most + 1):
        starts = [
            _dates(y - z @ c, x, shortest, breaks) for c in (coefficients[0], coefficients[-1])
        ]
        if free:
            starts.append(all_change[breaks - 1][1])
        different = dict.fromkeys(tuple(start) for start in starts)
        ends = [_descend(y, x, z, shortest, list(start)) for start in different]
        at, constant, ssr = min(ends, key=lambda end: end[2])
        found.append(Partition(at, ssr))
        coefficients.append(constant)
    return found


def _descend(
    y: FloatArray, x: FloatArray, z: FloatArray, shortest: int, at: list[int]
) -> tuple[list[int], FloatArray, float]:
    """Return dates, constant coefficients and sum of squares that no step improves."""
    constant, ssr = _constant(y, x, z, at)
    improved = True
    while improved:
        improved = False
        for candidate in (
            _dates(y - z @ constant, x, shortest, len(at)),
            _moved(y, x, z, shortest, at),
        ):
            constant_next, ssr_next = _constant(y, x, z, candidate)
            if ssr_next < ssr * (1 - _TOLERANCE):
                at, constant, ssr, improved = candidate, constant_next, ssr_next, True
    return at, constant, ssr


def _moved(y: FloatArray, x: FloatArray, z: FloatArray, shortest: int, at: list[int]) -> list[int]:
    """Return the breaks after each was moved to its best place between its neighbours."""
    moved = list(at)
    for i in range(len(at)):
        edges = [0, *(b + 1 for b in moved), len(y)]
        others = edges[: i + 1] + edges[i + 2 :]
        rest = np.delete(by_regime(x, others), np.s_[i * x.shape[1] : (i + 1) * x.shape[1]], axis=1)
        best = best_single_break(y, x, np.hstack([rest, z]), shortest, (edges[i], edges[i + 2]))
        moved[i] = at[i] if best is None else best
    return moved


def _dates(y: FloatArray, x: FloatArray, shortest: int, breaks: int) -> list[int]:
    return best_partitions(_ssr_table(y, x, shortest), breaks)[-1][1]


def _ssr_table(y: FloatArray, x: FloatArray, shortest: int) -> FloatArray:
    """Return the sums of squares of all segments, from regressors without needless rounding.

    They are the same for any other basis of the regressors, and for y less any combination of
    them: far from zero, as years are, the recursions would lose digits.
    """
    basis = np.linalg.qr(x)[0]
    left = y - basis @ (basis.T @ y)
    return segment_ssr(left, x if np.ptp(x) == 0 else basis * np.sqrt(len(x)), shortest)


def _constant(
    y: FloatArray, x: FloatArray, z: FloatArray, breaks: list[int]
) -> tuple[FloatArray, float]:
    """Return the constant coefficients and the sum of squares with given breaks."""
    design = np.hstack([by_regime(x, [0, *(b + 1 for b in breaks), len(y)]), z])
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    residuals = y - design @ coefficients
    ssr = float(residuals @ residuals)
    return np.asarray(coefficients[-z.shape[1] :]), 0.0 if ssr <= EXACT * float(y @ y) else ssr


def _full_rank(x: FloatArray, shortest: int) -> bool:
    windows = np.lib.stride_tricks.sliding_window_view(x, shortest, axis=0)
    singular = np.linalg.svd(windows, compute_uv=False)
    return bool((singular[:, -1] > 1e-9 * singular[:, 0]).all())
