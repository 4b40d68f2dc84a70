"""Checks of wide panels: one row per year, one column per economy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rebalancing.models.validate import ModelInputError


def years_by_economies(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table of years by economies with every year from the first to the last.

    Raises:
        ModelInputError: Not such a table.
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ModelInputError(f"{name}: pass a DataFrame, one row per year, one column per economy")
    if table.columns.has_duplicates or table.index.has_duplicates:
        raise ModelInputError(f"{name}: a year or economy occurs twice; select one release")
    if not pd.api.types.is_integer_dtype(table.index):
        raise ModelInputError(f"{name}: its index does not hold whole years; use those")
    numbers = table.astype(float)
    if np.isinf(numbers.to_numpy()).any():
        raise ModelInputError(f"{name}: infinite values; look for a division by zero")
    return numbers.reindex(range(int(table.index.min()), int(table.index.max()) + 1))
