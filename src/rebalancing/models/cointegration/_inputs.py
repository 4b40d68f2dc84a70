"""Checks of several series together, shared by the cointegration models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError

# Narayan (2005) tabulates small samples up to here, where his bounds come near the asymptotic ones.
FEW_OBSERVATIONS = 80
CONSTANT, TREND = TERMS = ("constant", "trend")
Deterministic = Literal["none", "restricted constant", "constant", "restricted trend"]
_SEASONS = {"annual": 0, "quarterly": 4, "monthly": 12}
# Share of a regressor that the others must leave unexplained for it to be more than rounding error.
_UNEXPLAINED = 1e-8


def columns(
    data: pd.DataFrame | pd.Series[float] | FloatArray, name: str, *, at_least: int = 1
) -> pd.DataFrame:
    """Return series side by side as floats, each complete, in order and without gaps.

    Args:
        data: A frame, a Series or an array, one series per column; without names these are
            "data 1" and so on.
        name: What the caller calls the argument.
        at_least: Number of observations the method needs.

    Raises:
        ModelInputError: Some column cannot be used as it is, or two have the same name.
    """
    if isinstance(data, pd.DataFrame):
        frame = data
    elif isinstance(data, pd.Series):
        frame = data.to_frame(f"{name} 1" if data.name is None else data.name)
    else:
        array = np.asarray(data)
        if array.ndim not in (1, 2):
            raise ModelInputError(f"{name}: {array.ndim} dimensions; pass one column per series")
        frame = pd.DataFrame(array).rename(columns=lambda number: f"{name} {number + 1}")
    if frame.shape[1] == 0:
        raise ModelInputError(f"{name}: no columns; pass at least one series")
    frame = frame.set_axis([str(column) for column in frame.columns], axis="columns")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ModelInputError(f"{name}: two columns are called {twice!r}; rename one")
    taken = [column for column in frame.columns if column in TERMS]
    if taken:
        raise ModelInputError(
            f"{name}: a column is called {taken[0]!r}, as a term of the model is; rename it"
        )
    checked = {
        column: validate.time_series(frame[column], f"{name}, column {column}", at_least=at_least)
        for column in frame.columns
    }
    return pd.DataFrame(checked)


def same_periods(frame: pd.DataFrame, index: pd.Index, name: str, other: str) -> None:
    """Check that a frame covers exactly the periods of another argument.

    Raises:
        ModelInputError: It does not.
    """
    if len(frame) == len(index) and frame.index.equals(index):
        return
    raise ModelInputError(
        f"{name}: covers {validate.span(frame.index)} ({len(frame)} observations), but {other} "
        f"covers {validate.span(index)} ({len(index)}); pass both for the same periods"
    )


def check_seasons(seasons: int, index: pd.Index) -> int:
    """Return the number of seasons in a year, 0 for none.

    Raises:
        ModelInputError: Not a whole number, 1, or not what the dates are.
    """
    number = validate.whole(seasons, "seasons", 0)
    if number == 1:
        raise ModelInputError("seasons: 1 season is none; pass 0, or 4 for quarterly data")
    frequency = validate.frequency_of(index)
    if number and frequency is not None and number != _SEASONS[frequency]:
        raise ModelInputError(
            f"seasons: {number} were asked for, but data have {frequency} dates; "
            f"pass {_SEASONS[frequency]}"
        )
    return number


def check_independent(matrix: FloatArray, names: Sequence[str], argument: str) -> None:
    """Check that no column is a linear combination of those before it.

    Raises:
        ModelInputError: One is; the message names it.
    """
    lengths = np.linalg.norm(matrix, axis=0)
    left = np.abs(np.diag(np.linalg.qr(matrix / np.where(lengths > 0, lengths, 1.0), mode="r")))
    redundant = np.flatnonzero((left < _UNEXPLAINED) | (lengths == 0))
    if len(redundant):
        raise ModelInputError(
            f"{argument}: in this sample {names[redundant[0]]} is zero or a linear combination of "
            "the other regressors (shares that add up to the whole are); leave one of them out"
        )


def residuals(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return what a regression on the columns of ``right``, if any, leaves of ``left``."""
    if right.shape[1] == 0:
        return left
    basis = np.linalg.qr(right / np.linalg.norm(right, axis=0))[0]
    once = left - basis @ (basis.T @ left)
    return np.asarray(once - basis @ (basis.T @ once))  # again, for what rounding left behind
