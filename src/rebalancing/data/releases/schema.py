"""The one form of the figures in data/raw: a row per observation, sorted, nothing missing.

=========  ======  ==================================================================
economy    text    ISO 3166-1 alpha-3, or the publisher's code of a group
partner    text    the other side of a flow; null where there is none
series     text    the publisher's code
period     text    ``2024``, ``2024-Q1`` or ``2024-03``
value      double  as published, finite
unit       text    unit of the value, in words
=========  ======  ==================================================================

Files are Parquet with dictionary-encoded text and zstd compression. They carry no time stamps, so
the same rows give the same bytes (under one version of pyarrow, whose name is in the footer).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rebalancing.errors import DataError

# pandas is imported where it is used: checking a study's parameters needs pyarrow alone, and
# a run that finds nothing to do should not wait for it.
if TYPE_CHECKING:
    import pandas as pd

KEY = ["economy", "partner", "series", "period"]
COLUMNS = [*KEY, "value", "unit"]
TEXT = [*KEY, "unit"]
DESCRIPTIONS = {
    "economy": "Economy: ISO 3166-1 alpha-3, or the publisher's code of a group",
    "partner": "Partner economy or group of a trade flow; null where there is none",
    "series": "Code of the series; the list of series has its meaning",
    "period": "Year (2024), quarter (2024-Q1) or month (2024-03)",
    "value": "Value as published, without rounding",
    "unit": "Unit of the value, in words",
}
ARROW = pa.schema(
    [
        pa.field(name, pa.float64() if name == "value" else pa.string(), nullable=name == "partner")
        for name in COLUMNS
    ]
)
PERIOD = r"[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?"
COMPRESSION_LEVEL = 19


class SchemaError(DataError):
    """Figures that are not in the form of data/raw."""


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return figures in the project's form: columns in order, rows sorted by key.

    Args:
        frame: At least economy, series, period, value, unit; partner where there is one.
        name: Where the figures come from, for the message.

    Raises:
        SchemaError: There are no rows, a column is missing or unknown, a text is missing, a period
            or a value cannot be right, or a key occurs twice.
    """
    import numpy as np
    import pandas as pd

    if frame.empty:
        raise SchemaError(f"{name} has no rows")
    frame = frame if "partner" in frame else frame.assign(partner=None)
    if set(frame.columns) != set(COLUMNS):
        wrong = ", ".join(sorted(set(frame.columns) ^ set(COLUMNS)))
        raise SchemaError(f"{name} must have the columns {', '.join(COLUMNS)}; check {wrong}")
    frame = frame[COLUMNS].astype(dict.fromkeys(TEXT, "str"))
    if not pd.api.types.is_float_dtype(frame["value"]):
        raise SchemaError(f"{name}: value is not a number in every row")
    for column in TEXT:
        empty = frame[column].isna() | (frame[column] == "")
        if empty.any() and not (column == "partner" and frame[column].isna().all()):
            raise SchemaError(f"{name}: {column} is empty in {empty.sum()} rows")
    periods = pd.Series(frame["period"].unique())
    odd = periods[~periods.str.fullmatch(PERIOD)]
    if not odd.empty:
        raise SchemaError(f"{name}: {odd.iloc[0]!r} is not a period such as 2024, 2024-Q1, 2024-03")
    if not np.isfinite(frame["value"]).all():
        raise SchemaError(f"{name}: value is missing or infinite in some rows")
    frame = frame.sort_values(KEY, ignore_index=True)
    twice = frame[frame.duplicated(KEY)]
    if not twice.empty:
        key = " ".join(twice.iloc[0][KEY].dropna())
        raise SchemaError(f"{name}: {key} occurs twice ({len(twice)} such rows)")
    return frame


def write_figures(frame: pd.DataFrame, path: Path) -> None:
    """Write conforming figures to a new file.

    Two encodings of the values are tried, because published figures are either long fractions
    (split by byte, they compress best) or rounded (a dictionary is smaller); the smaller is kept.
    """
    table = pa.Table.from_pandas(frame, schema=ARROW, preserve_index=False)
    split = _encode(table, use_dictionary=TEXT, use_byte_stream_split=["value"])
    rounded = _encode(table, use_dictionary=COLUMNS)
    path.write_bytes(min(split, rounded, key=len))


def _encode(table: pa.Table, **options: list[str]) -> bytes:
    stream = pa.BufferOutputStream()
    pq.write_table(
        table,
        stream,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        store_schema=False,
        **options,
    )
    return bytes(stream.getvalue())


def read_figures(
    path: Path, economies: list[str] | None = None, series: list[str] | None = None
) -> pd.DataFrame:
    """Return the figures of a file, optionally of some economies and series only.

    Raises:
        SchemaError: The file is not Parquet, is damaged or has other columns.
    """
    frame: pd.DataFrame = read_arrow(path, economies, series).to_pandas()
    return frame.astype(dict.fromkeys(TEXT, "str"))


def read_coded(
    path: Path, economies: list[str] | None = None, series: list[str] | None = None
) -> pd.DataFrame:
    """Return the same as `read_figures`, with texts as categories, which are in order.

    Raises:
        SchemaError: The file is not Parquet, is damaged or has other columns.
    """
    from rebalancing.data.releases.coded import coded

    with _damage_named(path):
        return coded(_by_dictionary(path, economies, series).to_pandas())


def read_arrow(
    path: Path, economies: list[str] | None = None, series: list[str] | None = None
) -> pa.Table:
    """Return the same as `read_figures`, as an Arrow table.

    Raises:
        SchemaError: The file is not Parquet, is damaged or has other columns.
    """
    with _damage_named(path):
        # Texts as they are stored, by dictionary, and spelt out then, take half the time.
        return _by_dictionary(path, economies, series).cast(ARROW)


def _by_dictionary(path: Path, economies: list[str] | None, series: list[str] | None) -> pa.Table:
    wanted = {"economy": economies, "series": series}
    filters = [(column, "in", codes) for column, codes in wanted.items() if codes is not None]
    _check_columns(path, pq.read_schema(path))
    return pq.read_table(path, columns=COLUMNS, filters=filters or None, read_dictionary=TEXT)


def series_and_periods(path: Path, economy: str) -> set[tuple[str, str]]:
    """Return the series of an economy in a file, each with every period that it has.

    Nothing is filtered by Arrow, which would import pandas: every command asks this first.

    Raises:
        SchemaError: The file is not Parquet, is damaged or has other columns.
    """
    keys = ["economy", "series", "period"]
    found = set()
    with _damage_named(path):
        _check_columns(path, pq.read_schema(path))
        with pq.ParquetFile(path, read_dictionary=keys) as file:
            for batch in file.iter_batches(columns=keys):
                economies, series, periods = batch.columns
                names = economies.dictionary.to_pylist()
                if economy in names:
                    rows = _indices(economies) == names.index(economy)
                    pairs = (_indices(c)[rows].tolist() for c in (series, periods))
                    codes, days = series.dictionary.to_pylist(), periods.dictionary.to_pylist()
                    found |= {(codes[s], days[p]) for s, p in zip(*pairs, strict=True)}
    return found


def _indices(texts: pa.DictionaryArray) -> np.ndarray:
    """Return where in their dictionary texts are, none of them missing, without pandas."""
    _, values = texts.indices.buffers()
    return np.frombuffer(values, np.int32, len(texts), 4 * texts.indices.offset)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Name the file in whatever is raised because it cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(path, str(error)) from None


def _check_columns(path: Path, columns: pa.Schema) -> None:
    if columns.names != COLUMNS or columns.types != ARROW.types:
        raise damaged(path, f"it must have the columns {', '.join(COLUMNS)}, a number and texts")


def damaged(path: Path, why: str) -> SchemaError:
    """Return the error of a file that cannot be used, with the way to restore it."""
    said = (why.splitlines() or ["it is damaged"])[0][:200]
    return SchemaError(
        f"{path} cannot be read: {said}; restore it with git checkout HEAD -- {quote(str(path))}"
    )
