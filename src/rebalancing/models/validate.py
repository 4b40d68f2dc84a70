"""Checks of the models' arguments; a failed check names the argument and the remedy."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.errors import InputError

Frequency = Literal["annual", "quarterly", "monthly"]
FloatArray = npt.NDArray[np.float64]

_MONTHS_PER_STEP: dict[int, Frequency] = {12: "annual", 3: "quarterly", 1: "monthly"}
_ADJECTIVES = {12: "year", 3: "quarter", 1: "month"}


class ModelInputError(InputError):
    """Data or an option that a model cannot use."""


def time_series(
    y: pd.Series[float] | Sequence[float] | FloatArray,
    name: str = "y",
    *,
    at_least: int,
    constant: bool = False,
) -> pd.Series[float]:
    """Return ``y`` as a float Series, complete, in order of time and without gaps.

    Args:
        y: One-dimensional; the index of a Series holds whole numbers (years), dates or periods.
        name: What the caller calls the argument.
        at_least: Number of observations the method needs.
        constant: Whether a series that never changes is acceptable.

    Raises:
        ModelInputError: The series cannot be used as it is.
    """
    series = _numbers(y, name)
    _check_order(series.index, name)
    if len(series) < at_least:
        raise ModelInputError(
            f"{name}: {len(series)} observations are too few; at least {at_least} are needed, "
            "so use a longer sample"
        )
    if not constant and np.ptp(series.to_numpy()) == 0:
        raise ModelInputError(
            f"{name}: every value is {series.iloc[0]:g}, so there is no variation to model; "
            "leave this series out"
        )
    return series


def sample(
    values: pd.Series[float] | Sequence[float] | FloatArray, name: str = "values"
) -> FloatArray:
    """Return numbers whose order does not matter as an array, at least one and all finite.

    Raises:
        ModelInputError: Nothing there, not numbers, or missing or infinite values.
    """
    return np.asarray(_numbers(values, name), dtype=float)


def number(value: float, name: str) -> float:
    """Return one finite number.

    Raises:
        ModelInputError: Missing, infinite or not a number.
    """
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ModelInputError(f"{name}: {value!r} is not a number; pass one number") from None
    if not np.isfinite(result):
        raise ModelInputError(f"{name}: {result} is not finite; pass one finite number")
    return result


def probability(level: float, name: str = "level") -> float:
    """Return a confidence level strictly between 0 and 1.

    Raises:
        ModelInputError: Outside that range, as 95 would be for 0.95.
    """
    result = number(level, name)
    if not 0 < result < 1:
        raise ModelInputError(f"{name}: {result:g} is not between 0 and 1; pass 0.95 for 95%")
    return result


def whole(value: object, name: str, least: int, most: int | None = None) -> int:
    """Return a whole number within limits.

    Raises:
        ModelInputError: Outside them, or something else, as 2.5 or True.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, int | np.integer)
        or value < least
        or (most is not None and value > most)
    ):
        limits = f"from {least}" if most is None else f"from {least} to {most}"
        raise ModelInputError(f"{name}: {value!r} is not a whole number {limits}; pass one")
    return int(value)


def position(index: pd.Index, at: Hashable, name: str) -> int:
    """Return the position of a label.

    Raises:
        ModelInputError: No such label.
    """
    try:
        found = index.get_loc(at)
    except (KeyError, TypeError, ValueError, pd.errors.InvalidIndexError):
        found = None
    if not isinstance(found, int):
        raise ModelInputError(
            f"{name}: {at} is not an observation of y; use labels from {span(index)}"
        )
    return found


def one_of(value: object, name: str, allowed: Iterable[str]) -> None:
    """Check that an option is one of the words that there are.

    Raises:
        ModelInputError: It is another one.
    """
    words = list(allowed)
    if value not in words:
        raise ModelInputError(f"{name}: {value!r} is not allowed; use one of {', '.join(words)}")


def frequency_of(index: pd.Index) -> Frequency | None:
    """Return the frequency of dates or periods, or None where the index does not tell."""
    months = _months(index)
    if months is None or len(months) < 2:
        return None
    return _MONTHS_PER_STEP.get(int(np.diff(months).min()))


def check_frequency(index: pd.Index, frequency: Frequency) -> None:
    """Check that a frequency exists and that the index does not contradict it.

    Raises:
        ModelInputError: An unknown frequency, or one that the dates contradict.
    """
    one_of(frequency, "frequency", get_args(Frequency))
    found = frequency_of(index)
    if found not in (None, frequency):
        raise ModelInputError(
            f"frequency: {frequency!r} was asked for, but y has {found} dates; "
            f"pass frequency={found!r} or aggregate y first"
        )


def span(index: pd.Index) -> str:
    """Return the first and last label in words."""
    return f"{label(index[0])} to {label(index[-1])}"


def _numbers(
    values: pd.Series[float] | Sequence[float] | FloatArray, name: str
) -> pd.Series[float]:
    """Return a float Series with at least one value, all of them finite."""
    try:
        series = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values))
        series = series.astype(float)
    except (TypeError, ValueError):
        raise ModelInputError(
            f"{name}: must be one column of numbers; select one series and convert it"
        ) from None
    if series.empty:
        raise ModelInputError(f"{name}: no observations; check the selection of economy and years")
    missing = series.index[series.isna()]
    if len(missing):
        raise ModelInputError(
            f"{name}: {len(missing)} of {len(series)} values missing, the first at "
            f"{label(missing[0])}; shorten the sample to years without gaps"
        )
    infinite = series.index[~np.isfinite(series.to_numpy())]
    if len(infinite):
        raise ModelInputError(
            f"{name}: infinite value at {label(infinite[0])}; "
            "look for a division by zero or the logarithm of zero"
        )
    return series


def _check_order(index: pd.Index, name: str) -> None:
    """Raise ModelInputError unless labels are unique, ascending and evenly spaced."""
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise ModelInputError(
            f"{name}: {label(twice)} occurs more than once; select one release and one economy"
        )
    if not index.is_monotonic_increasing:
        raise ModelInputError(f"{name}: the index is not in order; call .sort_index() first")
    months = _months(index)
    if months is not None:
        steps = np.diff(months)
        unit = int(steps.min()) if len(steps) else 12
        if unit not in _MONTHS_PER_STEP:
            raise ModelInputError(
                f"{name}: dates are {unit} months apart; "
                "use annual, quarterly or monthly observations"
            )
        words = _ADJECTIVES[unit]
    elif pd.api.types.is_numeric_dtype(index):
        steps, unit, words = np.diff(index.to_numpy()), 1, "period"
    else:
        return
    gaps = np.flatnonzero(steps != unit)
    if len(gaps):
        before, after = index[gaps[0]], index[gaps[0] + 1]
        raise ModelInputError(
            f"{name}: no {words} between {label(before)} and {label(after)}; "
            "use one unbroken run of observations"
        )


def _months(index: pd.Index) -> FloatArray | None:
    """Return dates or periods as months since year 0, or None for other labels."""
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return np.asarray(index.year * 12 + index.month, dtype=float)
    return None


def label(label: object) -> str:
    """Return a label as a reader would write it."""
    if isinstance(label, pd.Timestamp):
        return f"{label:%Y-%m}"
    return str(label)
