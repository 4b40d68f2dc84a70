"""What a reader reads off a chart and switches on and off: its lines, dots, bars and bands.

A chart names its series; the function that draws it marks what it draws for each of them, lines
and names alike, by ``gid=mark(key)``. Where the marks lie is read off the drawing when the figure
is saved (`rebalancing.report.readout`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

_MARK, _AND = "series:", "|"


@dataclass(frozen=True, eq=False)
class Series:
    """What is drawn for one thing: a line, dots or bars, with or without a band, or a band alone.

    Attributes:
        key: Tells it from the chart's others; stands in addresses, as in ``off=JPN``.
        name: What readers call it.
        course: Values by place on the horizontal axis, as drawn; none of a band alone.
        band: Its lower and upper limits, by the same places.
        unit: Of the values, where the series of a chart differ in it.
        decimals: Of the values, where they do not follow from the axis.
    """

    key: str
    name: str
    course: pd.Series | None = None
    band: tuple[pd.Series, pd.Series] | None = None
    unit: str = ""
    decimals: int | None = None


def mark(*keys: object) -> str:
    """Return the ``gid`` of what is drawn for a series, or for several together."""
    return _MARK + _AND.join(map(str, keys))


def marked(gid: str | None) -> list[str]:
    """Return the keys of the series that something is drawn for."""
    return gid.removeprefix(_MARK).split(_AND) if gid and gid.startswith(_MARK) else []


def columns(
    data: pd.DataFrame, names: Mapping[str, str] | None = None, keys: Sequence[str] = ()
) -> tuple[Series, ...]:
    """Return a series for each column of a frame that has values.

    Args:
        data: Values by place on the horizontal axis.
        names: What readers call each column, where not by its name.
        keys: The columns, where not all.
    """
    by_key = {str(column): data[column] for column in data}
    chosen = [key for key in keys or by_key if by_key[key].notna().any()]
    said = names or {}
    return tuple(Series(key, said.get(key, key), by_key[key]) for key in chosen)
