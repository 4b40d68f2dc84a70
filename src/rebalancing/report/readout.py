"""What a page needs to read values off a figure's drawings: a few kilobytes beside each figure.

The values are those of the chart's series. Their places are not computed again: the axes of each
drawing say where their box lies and which span they show, and a script does the rest
(``figures.js`` of the theme).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from pandas.api.types import is_numeric_dtype

from rebalancing.errors import RebalancingError
from rebalancing.report.charts.chart import Chart, Rows
from rebalancing.report.charts.series import Series, marked
from rebalancing.report.palette import COLOURS
from rebalancing.report.text import capitalise, minus_signs, number

POINTS = 72  # to the inch, in an SVG
_MARK = re.compile(r"series-([\d-]+)\.\d+")
_WIDE = 2.0  # points: the lines of what a chart is about
_SMALL, _LARGE = 3, 1000  # spans of an axis whose numbers need one decimal more, or none
_UNIT = re.compile(r", ((?:US\$|\$|points|percentage points|\d{4} = 100)[^,;]*)")
_NAMES = {light: name for name, (light, _) in COLOURS.items()}


class UndrawnError(RebalancingError):
    """A series that a chart names and does not draw."""


def number_marks(figure: Figure, chart: Chart) -> None:
    """Name what is drawn for each series by the series' number, for the SVG.

    Raises:
        UndrawnError: Nothing is drawn for a series, or two have one key.
    """
    numbers = {series.key: place for place, series in enumerate(chart.series)}
    drawn = set()
    for count, artist in enumerate(figure.findobj(lambda part: bool(marked(part.get_gid())))):
        own = [numbers[key] for key in marked(artist.get_gid()) if key in numbers]
        artist.set_gid(f"series-{'-'.join(map(str, own))}.{count}" if own else None)
        if isinstance(artist, Line2D | Collection | Patch):
            drawn.update(own)
    for place, series in enumerate(chart.series):
        if numbers[series.key] != place:
            raise UndrawnError(f"the chart has two series with the key {series.key!r}")
        if place not in drawn:
            raise UndrawnError(f"the chart names the series {series.key!r} and does not draw it")


def with_series(svg: str) -> str:
    """Return an SVG in which what is drawn for series says so: ``data-series="0"``."""
    attribute = re.compile(f'id="{_MARK.pattern}"')
    return attribute.sub(lambda gid: f'data-series="{gid[1].replace("-", " ")}"', svg)


def readout(chart: Chart, wide: Figure, narrow: Figure) -> dict[str, Any]:
    """Return values and places of a figure, as the script on the page reads them.

    Args:
        chart: What is drawn.
        wide: Its drawing, with its marks numbered.
        narrow: The same for a phone.
    """
    own = [_places(series) for series in chart.series]
    every = sorted({place for places in own for place in places})
    rules = [_said(places, series, chart) for places, series in zip(own, chart.series, strict=True)]
    # Small charts of months and of quarters, and paths, have places of their own.
    are_alike = bool(chart.places) or all(rule == rules[0] for rule in rules)
    are_shared = are_alike and len(every) <= 2 * max(map(len, own))
    entries = [
        _entry(series, chart, wide, number_of, every if are_shared else own[number_of])
        for number_of, series in enumerate(chart.series)
    ]
    shared: dict[str, Any] = {}
    if are_shared:
        for entry in entries:
            shared = {name: entry.pop(name) for name in ("at", "said")}
    return {
        "across": chart.across or ("Month" if _is_dated(chart.series[0]) else "Year"),
        "suffix": chart.suffix,
        "unit": "" if chart.suffix else unit_of(chart.subtitle),
        **shared,
        "series": entries,
        "wide": [_panel(axes, wide) for axes in wide.get_axes() if _drawn_in(axes)],
        "narrow": [_panel(axes, narrow) for axes in narrow.get_axes() if _drawn_in(axes)],
    }


def rows(chart: Chart) -> dict[str, Any]:
    """Return what a chart without series shows, as the script on the page puts it into a table."""
    told = chart.rows or Rows(chart.data.reset_index())
    columns = [told.frame[name] for name in told.frame]
    found: dict[str, Any] = {
        "heads": [capitalise(str(name)) for name in told.frame],
        "numeric": [is_numeric_dtype(column) for column in columns],
        "rows": [
            [_cell(value, told.decimals) for value in row] for row in zip(*columns, strict=True)
        ],
    }
    return found if told.own is None else {**found, "own": told.own}


def _cell(value: Any, decimals: int) -> str:
    """Return a value as a table shows it; what is missing is a dash."""
    if isinstance(value, float):
        return number(value, decimals) if np.isfinite(value) else "–"
    return minus_signs(str(value))


def unit_of(subtitle: str) -> str:
    """Return the unit that a subtitle names, where it is not per cent: ``US$ billion``."""
    found = _UNIT.search(re.sub(r"(, [^,]*\d{4})?–[^–]*\d{4}$", "", subtitle))
    return found[1] if found else ""


def stored(value: float, decimals: int) -> str:
    """Return a value as short text, exact enough for its place, that rounds as the value does.

    A script rounds halves away from zero, Python to the even digit. Where the two would differ,
    the value is made smaller by a millionth of itself.
    """
    if not np.isfinite(value):
        return ""
    shown = number(value, decimals)
    for digits in range(decimals + 2, decimals + 8):
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
        half_up = Decimal(float(text)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if number(float(half_up), decimals) == shown:
            return text
    return f"{value * (1 - 1e-6):.{decimals + 7}f}"


def _entry(
    series: Series, chart: Chart, figure: Figure, number_of: int, at: Sequence[float]
) -> dict[str, Any]:
    """Return one series: what it is called, how it looks, and its values at the places."""
    axes = next(part for part in figure.get_axes() if number_of in _drawn_in(part))
    decimals = series.decimals if series.decimals is not None else _decimals(axes)
    entry: dict[str, Any] = {
        "key": series.key,
        "name": capitalise(series.name),
        "decimals": decimals,
    }
    entry |= _look([part for part in axes.findobj() if _numbers(part) == [number_of]])
    if series.unit:
        entry["unit"] = series.unit
    entry["at"] = ",".join(f"{place:.10g}" for place in at)
    entry["said"] = _said(at, series, chart)
    parts = {"values": series.course}
    parts |= dict(zip(("low", "high"), series.band or (None, None), strict=True))
    for name, values in parts.items():
        if values is not None:
            by_place = dict(zip(_positions(values.index), values, strict=True))
            known = (stored(float(by_place.get(place, np.nan)), decimals) for place in at)
            entry[name] = ",".join(known).rstrip(",")
    return entry


def _positions(index: pd.Index) -> list[float]:
    """Return places as the axis has them, dates in days."""
    dated = isinstance(index, pd.DatetimeIndex)
    places = date2num(index) if dated else index  # type: ignore[no-untyped-call]
    return [round(float(place), 6) for place in places]


def _parts(series: Series) -> list[pd.Series]:
    own = [] if series.course is None else [series.course]
    return [*own, *(series.band or ())]


def _places(series: Series) -> list[float]:
    """Return the places that a series has a value or a limit at."""
    known = [part.dropna().index for part in _parts(series)]
    return sorted({place for index in known for place in _positions(index)})


def _is_dated(series: Series) -> bool:
    return any(isinstance(part.index, pd.DatetimeIndex) for part in _parts(series))


def _said(at: Sequence[float], series: Series, chart: Chart) -> str | list[str]:
    """Return what places are called, or by which rule: year, month of a day, month, quarter."""
    if chart.places:
        names = dict(zip(_positions(pd.Index(chart.places)), chart.places.values(), strict=True))
        return [names[place] for place in at]
    if _is_dated(series):
        return "day"
    if all(float(place).is_integer() for place in at):
        return "number"
    in_quarters = all(round(place * 4 - 0.5, 3).is_integer() for place in at)
    return "quarter" if in_quarters else "month"


def _numbers(artist: Artist) -> list[int]:
    """Return the numbers of the series that something is drawn for."""
    found = _MARK.fullmatch(artist.get_gid() or "")
    return [int(part) for part in found[1].split("-")] if found else []


def _drawn_in(axes: Axes) -> list[int]:
    return sorted({one for artist in axes.findobj() for one in _numbers(artist)})


def _decimals(axes: Axes) -> int:
    low, high = axes.get_ylim()
    return 2 if high - low < _SMALL else 1 if high - low < _LARGE else 0


def _look(artists: Iterable[Artist]) -> dict[str, Any]:
    """Return how a series looks: the colour's name in the palette, the kind of mark, its weight."""
    parts = list(artists)
    lines = [part for part in parts if isinstance(part, Line2D)]
    lines.sort(key=lambda line: line.get_linestyle() == "None")
    if lines:
        line = lines[0]
        dashed = "line" if line.get_linestyle() == "-" else "dashed"
        kind = "dots" if line.get_linestyle() == "None" else dashed
        colour, is_wide = to_hex(line.get_color()), line.get_linewidth() >= _WIDE
    else:
        kind = "bar" if any(isinstance(part, Patch) for part in parts) else "band"
        faces = [part.get_facecolor() for part in parts if isinstance(part, Patch | Collection)]
        colour, is_wide = to_hex(tuple(np.ravel(faces[0])[:3])), False
    look = {"colour": _NAMES[colour], "kind": kind}
    is_main = is_wide and kind == "line" and colour == COLOURS["economy"][0]
    return {**look, "main": True} if is_main else look


def _panel(axes: Axes, figure: Figure) -> dict[str, Any]:
    """Return where axes lie in their drawing, in points from the top left, and what they show."""
    scale, height = POINTS / figure.dpi, figure.bbox.height
    box = axes.get_window_extent()
    edges = (box.x0, height - box.y1, box.x1, height - box.y0)
    panel: dict[str, Any] = {
        "box": [round(edge * scale, 3) for edge in edges],
        "x": [float(f"{limit:.10g}") for limit in axes.get_xlim()],
        "y": [float(f"{limit:.10g}") for limit in axes.get_ylim()],
        "series": _drawn_in(axes),
    }
    logarithmic = [name for name in ("x", "y") if getattr(axes, f"get_{name}scale")() == "log"]
    return {**panel, "log": logarithmic} if logarithmic else panel
