"""Checks of tidy panels: one row per entity and period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError


def regressor_names(y: str, x: str | Sequence[str]) -> list[str]:
    """Return the regressors' columns as a list.

    Raises:
        ModelInputError: None, one twice, or the dependent variable among them.
    """
    names = [x] if isinstance(x, str) else list(x)
    if not names:
        raise ModelInputError("x: no regressor; name at least one column")
    if len(set(names)) < len(names):
        raise ModelInputError("x: a column is named twice; name each once")
    if y in names:
        raise ModelInputError(f"x: {y!r} is the dependent variable; leave it out")
    return names


def tidy(data: pd.DataFrame, labels: Sequence[str], values: Sequence[str]) -> pd.DataFrame:
    """Return the columns that are used, numbers as floats, sorted by entity and period.

    Args:
        data: One row per entity and period.
        labels: Columns of entity and, where there is one, period.
        values: Columns of numbers, all complete.

    Raises:
        ModelInputError: Not such a frame.
    """
    if not isinstance(data, pd.DataFrame):
        raise ModelInputError("data: pass a DataFrame with one row per entity and period")
    columns = [*labels, *values]
    lacking = [name for name in columns if name not in data]
    if lacking:
        raise ModelInputError(
            f"data: no column {lacking[0]!r}; it has {', '.join(map(str, data.columns))}"
        )
    if len(set(columns)) < len(columns) or data[columns].shape[1] != len(columns):
        raise ModelInputError("data: a column serves twice; give each role a column of its own")
    if data.empty:
        raise ModelInputError("data: no rows; check the selection of economies and years")
    table = data[columns].reset_index(drop=True)
    if table[list(labels)].isna().to_numpy().any():
        raise ModelInputError(f"data: {labels[0]} or period is missing in a row; leave it out")
    for name in values:
        table[name] = _numbers(table, labels, name)
    if len(labels) > 1 and table.duplicated(list(labels)).any():
        twice = table[table.duplicated(list(labels))].iloc[0]
        raise ModelInputError(
            f"data: {_row(twice, labels)} occurs more than once; select one release"
        )
    return table.sort_values(list(labels), kind="stable", ignore_index=True)


def _numbers(table: pd.DataFrame, labels: Sequence[str], name: str) -> pd.Series[float]:
    """Return a column as complete floats."""
    try:
        column = table[name].astype(float)
    except (TypeError, ValueError):
        raise ModelInputError(f"data: {name} is not numeric; convert it") from None
    missing = column.isna()
    if missing.any():
        first = _row(table[missing].iloc[0], labels)
        raise ModelInputError(
            f"data: {name} is missing in {int(missing.sum())} of {len(table)} rows, the first "
            f"{first}; leave such rows out with .dropna()"
        )
    infinite = ~np.isfinite(column)
    if infinite.any():
        first = _row(table[infinite].iloc[0], labels)
        raise ModelInputError(
            f"data: {name} is infinite for {first}; look for a division by zero or the logarithm "
            "of zero"
        )
    return column


def _row(row: pd.Series, labels: Sequence[str]) -> str:
    return ", ".join(validate.label(row[name]) for name in labels)
