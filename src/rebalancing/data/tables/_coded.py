"""Text columns as codes, while rows are sorted, selected and reshaped.

A table of the accounts has a million rows and four columns of text with a few hundred values.
Whatever moves rows moves a whole number per row then, not a text.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its texts as categories, which are in order."""
    texts = [name for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.StringDtype)]
    return frame.astype(dict.fromkeys(texts, "category"))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its categories as texts, its rows numbered."""
    rows = frame.reset_index(drop=True)
    texts = {
        name: pa.array(rows[name]).cast(pa.large_string())
        for name, dtype in rows.dtypes.items()
        if isinstance(dtype, pd.CategoricalDtype)
    }
    return rows.assign(**pa.table(texts).to_pandas()) if texts else rows


def whole_numbers(texts: pd.Series) -> pd.Series:
    """Return numbers that are written as texts, each of which is read once."""
    categories = texts.astype("category").cat
    return categories.codes.map(dict(enumerate(categories.categories.astype("int64"))))


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return coded tables below each other, their rows numbered."""
    columns = {}
    for name, dtype in frames[0].dtypes.items():
        parts = [frame[name] for frame in frames]
        if isinstance(dtype, pd.CategoricalDtype):
            columns[name] = pd.Series(union_categoricals(parts, sort_categories=True))
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)
