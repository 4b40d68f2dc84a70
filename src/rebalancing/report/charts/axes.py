"""What all charts share: their axes, the marks of events, and names at the ends of lines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import MONTHLY, AutoDateFormatter, AutoDateLocator, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rebalancing.report.charts import events_in_rows, style
from rebalancing.report.charts.series import mark
from rebalancing.report.text import MINUS, number

Event = tuple[float, str]
Side = Literal["center", "left", "right"]
_EVENT: dict[str, Any] = {"color": style.MUTED, "linewidth": 0.7, "linestyle": (0, (2, 3))}
_SIDES: tuple[Side, ...] = ("center", "left", "right")


class Flag(NamedTuple):
    """A name that stands above a place, and whether a line leads down from it."""

    place: float
    width: float
    has_line: bool


def frame(axes: Axes, *, suffix: str, zero: bool, narrow: bool) -> None:
    """Set few ticks, years as plain numbers, and a light horizontal grid."""
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
    )
    low, high = axes.get_ylim()
    if zero and low > 0:
        axes.set_ylim(0, high)
    elif zero and high < 0:
        axes.set_ylim(low, 0)
    if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.margins(x=0.01)
    if axes.xaxis.get_converter() is None:
        few = 4 if narrow else 7
        axes.xaxis.set_major_locator(MaxNLocator(few, steps=[1, 2, 5, 10], integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    elif narrow and isinstance(axes.xaxis.get_major_locator(), AutoDateLocator):
        dates = AutoDateLocator(minticks=3, maxticks=5)  # type: ignore[no-untyped-call]
        dates.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]  # else nothing fits two to three years
        axes.xaxis.set_major_locator(dates)
        axes.xaxis.set_major_formatter(AutoDateFormatter(dates))  # type: ignore[no-untyped-call]


def mark_events(axes: Axes, events: Sequence[Event], *, narrow: bool) -> None:
    """Mark events by thin lines with words at their top; on a phone these stand above the axes."""
    low, high = axes.get_xlim()
    by_date = axes.xaxis.get_converter() is not None
    placed = [(_position(when, by_date=by_date), words) for when, words in events]
    shown = [(at, words) for at, words in placed if low <= at <= high]
    if narrow:
        _name_above(axes, shown)
        return
    for at, words in shown:
        _event_line(axes, at)
        _event_words(axes, at, words, (4, 0), va="top", ha="left")


def _position(when: Any, *, by_date: bool) -> float:
    """Return where an event is on an axis of years or of dates, where a year is its first day."""
    if isinstance(when, int) and by_date:
        when = np.datetime64(f"{when}-01-01")
    if isinstance(when, (int, float)):
        return float(when)
    return float(date2num(when))  # type: ignore[no-untyped-call]


def _name_above(axes: Axes, events: Sequence[Event]) -> None:
    """Mark events by lines up to their words, which stand in rows above the axes."""
    if not events:
        return
    left, right = axes.get_xlim()
    left -= 0.15 * (right - left)  # above the axes there is room beside them
    per_letter = events_in_rows.letter(axes, 0.62)
    rows, turned = events_in_rows.arrange(sorted(events), left, right, per_letter)
    line, last = 1.25 * float(mpl.rcParams["font.size"]), max(rows.values())  # points
    if isinstance(axes.figure, Figure):  # which grows by the rows, so that the data keep their room
        width, height = axes.figure.get_size_inches()
        axes.figure.set_size_inches(width, height + line * (last + 1) / 72)
    for at, words in events:
        above, turned_left = line * (last - rows[words]), words in turned
        _event_line(axes, at)
        _event_words(
            axes,
            at,
            "",
            (0, above + 0.8 * line),
            arrowprops=_EVENT | {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0},
        )
        side = {"ha": "right" if turned_left else "left", "va": "bottom"}
        _event_words(axes, at, words, (-3 if turned_left else 3, above), **side)


def _event_line(axes: Axes, at: float) -> None:
    axes.axvline(at, zorder=1, **_EVENT)


def _event_words(
    axes: Axes, at: float, words: str, apart: tuple[float, float], **options: Any
) -> None:
    """Write words so many points from the top of the axes; nothing, for a line that leads there."""
    axes.annotate(
        words,
        (at, 1.0),
        xycoords=axes.get_xaxis_transform(),
        xytext=apart,
        textcoords="offset points",
        size=style.small(),
        color=style.MUTED,
        annotation_clip=False,
        **options,
    )


def text_height(axes: Axes) -> float:
    """Return the height of a line of text as a part of the axes' height, roughly."""
    return 1.25 * pixels_of_text(axes) / (axes.figure.bbox.height * 0.85)


def pixels_of_text(axes: Axes) -> float:
    """Return the height of the text in pixels of the figure."""
    return float(mpl.rcParams["font.size"]) * axes.figure.dpi / 72


def label_ends(
    axes: Axes,
    values: Mapping[str, float],
    names: Mapping[str, str],
    palette: Mapping[str, str],
    *,
    emphasised: str | None,
    numbers: bool = True,
    decimals: int = 1,
    early: Mapping[str, str] | None = None,
) -> None:
    """Write each line's name at its end, moved apart where they would overlap.

    Args:
        axes: Where the lines are.
        values: The height of each end.
        names: What lines are called, where not by their key.
        palette: Their colours.
        emphasised: The line whose name is bold.
        numbers: Whether the values stand behind the names.
        decimals: Of the values.
        early: When lines end that end before the others.
    """
    low, high = axes.get_ylim()
    gap = (high - low) * text_height(axes)
    placed = spread(values, gap, low, high)
    right = axes.get_xlim()[1]
    when = {code: f" ({moment})" for code, moment in (early or {}).items()}
    for code, position in placed.items():
        shown = f" {number(values[code], decimals)}" if numbers else ""
        axes.annotate(
            f"{names.get(code, code)}{shown}{when.get(code, '')}",
            (right, position),
            xytext=(4, 0),
            textcoords="offset points",
            color=palette[code],
            weight="semibold" if code == emphasised else "normal",
            va="center",
            annotation_clip=False,
            gid=mark(code),
        )


def spread(values: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Return positions near the values, in their order and at least ``gap`` apart.

    The positions are the nearest ones, in least squares, that lie between ``low`` and ``high``;
    where so many do not fit, the limits give way and not the gaps. With the gaps taken off, this
    is isotonic regression between bounds (Barlow et al. 1972, *Statistical Inference under Order
    Restrictions*).
    """
    if not values:
        return {}
    order = sorted(values, key=lambda code: values[code])
    steps = gap * np.arange(len(order))
    from scipy.optimize import isotonic_regression  # slow to import, and needed only to draw

    fitted = isotonic_regression(np.array([values[code] for code in order]) - steps).x
    if steps[-1] <= high - low:
        fitted = fitted.clip(low, high - steps[-1])
    return dict(zip(order, (fitted + steps).tolist(), strict=True))


def arrange(flags: Sequence[Flag], low: float, high: float) -> list[tuple[int, Side]]:
    """Return a row and a side for each name above its place, on few rows.

    No name covers another or the line of one above it. A name is centred on its place, or begins
    or ends there where neighbours are near. Names are placed from left to right, each in the first
    spot that is free; a few orders of spots are tried before there is one row more. With a row for
    each name there is always room, as long as names may begin at their places.

    Args:
        flags: The names, from left to right.
        low: Where the axis begins; a name that begins or ends at its place stays inside.
        high: Where the axis ends.
    """
    for rows in range(1, len(flags) + 1):
        for sides in itertools.permutations(_SIDES):
            for order in (range(rows), range(rows - 1, -1, -1)):
                spots = list(itertools.product(order, sides))
                if found := _placed(flags, spots, low, high):
                    return [(row, side) for _, row, side in found]
    return [(row, "center") for row in range(len(flags))]


def _placed(
    flags: Sequence[Flag], spots: Sequence[tuple[int, Side]], low: float, high: float
) -> list[tuple[Flag, int, Side]]:
    """Return each name in the first of the spots that is free; nothing if one finds none."""
    done: list[tuple[Flag, int, Side]] = []
    for flag in flags:
        for row, side in spots:
            begin, end = _span(flag, side)
            inside = side == "center" or (low <= begin and end <= high)
            if inside and all(_are_apart((flag, row, side), other) for other in done):
                done.append((flag, row, side))
                break
        else:
            return []
    return done


def _span(flag: Flag, side: Side) -> tuple[float, float]:
    left = flag.place - flag.width * {"center": 0.5, "left": 0.0, "right": 1.0}[side]
    return left, left + flag.width


def _are_apart(one: tuple[Flag, int, Side], other: tuple[Flag, int, Side]) -> bool:
    """Return whether neither name covers the other, or the line of the one above."""
    (lower, row, side), (upper, above, upper_side) = sorted((one, other), key=lambda e: e[1])
    begin, end = _span(lower, side)
    if row == above:
        other_begin, other_end = _span(upper, upper_side)
        return end <= other_begin or other_end <= begin
    return not (upper.has_line and begin < upper.place < end)
