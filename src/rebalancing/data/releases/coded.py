"""Text columns as codes, while rows are read, sorted, selected and reshaped.

A table of the accounts has a million rows and four columns of text with a few hundred values.
Whatever moves rows moves a whole number per row then, not a text. The categories are in order, so
that codes are sorted and compared as their texts would be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its texts as categories, which are in order."""
    texts = frame.select_dtypes(["str", "object", "category"])
    return frame.assign(**{str(name): _in_order(column) for name, column in texts.items()})


def _in_order(texts: pd.Series) -> pd.Series:
    codes = texts.astype("category").cat
    found = codes.categories
    # Where all texts are missing, Arrow leaves the type of the categories open.
    if found.is_monotonic_increasing and isinstance(found.dtype, pd.StringDtype):
        return codes.as_ordered()
    return codes.reorder_categories(pd.Index(sorted(found), dtype="str"), ordered=True)


def constant(text: str, rows: pd.Index) -> pd.Series:
    """Return a column of one text."""
    codes = np.zeros(len(rows), int)
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index([text]), ordered=True), rows)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its categories as texts, its rows numbered."""
    rows = frame.reset_index(drop=True)
    texts = {
        name: pa.array(rows[name]).cast(pa.large_string())
        for name, dtype in rows.dtypes.items()
        if isinstance(dtype, pd.CategoricalDtype)
    }
    return rows.assign(**pa.table(texts).to_pandas()) if texts else rows


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables below each other, their texts as categories, their rows numbered."""
    tables = [coded(frame) for frame in frames]
    columns = {}
    for name, dtype in tables[0].dtypes.items():
        parts = [table[name] for table in tables]
        if isinstance(dtype, pd.CategoricalDtype):
            both = union_categoricals(parts, sort_categories=True, ignore_order=True)
            columns[name] = pd.Series(both.as_ordered())
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)


def pivoted(frame: pd.DataFrame, keys: Sequence[str], column: str, value: str) -> pd.DataFrame:
    """Return a table with the keys of each row, then a column of numbers for each text of `column`.

    `DataFrame.pivot` looks its rows up; here every combination of keys has a place in one array,
    which takes a third of the time.

    Args:
        frame: Rows that differ in their keys or their text.
        keys: Columns of texts, or of whole numbers in a small range, such as years: every
            combination takes a place.
        column: The texts.
        value: The numbers.

    Raises:
        ValueError: A key or a text is missing, or two rows have the same keys and text.
    """
    texts = coded(frame[[*keys, column]])
    if texts.isna().any(axis=None):
        raise ValueError(f"a row has no {' or no '.join(texts.columns[texts.isna().any()])}")
    items = texts[column].cat.remove_unused_categories().cat
    codes = tuple(_places(texts[key]) for key in keys)
    shape = tuple(int(each.max(initial=0)) + 1 for each in codes)
    place = np.ravel_multi_index(codes, shape)
    cells = np.full((np.prod(shape), len(items.categories)), np.nan)
    taken = np.zeros(cells.shape, dtype=bool)
    taken[place, items.codes] = True
    if taken.sum() < len(frame):
        raise ValueError(f"two rows have the same {', '.join(keys)} and {column}")
    cells[place, items.codes] = frame[value]
    row = np.full(len(cells), -1)
    row[place] = np.arange(len(place))
    held = row >= 0
    numbers = pd.DataFrame(cells[held], columns=list(items.categories))
    return pd.concat([frame[list(keys)].iloc[row[held]].reset_index(drop=True), numbers], axis=1)


def _places(column: pd.Series) -> np.ndarray:
    """Return where each value stands, counted from 0."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes)
    return np.asarray(column - column.min(), dtype=int)
