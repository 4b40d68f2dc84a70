"""Words of events above their lines, in as few rows as keep them apart."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

WIDTH_OF_LETTER = 0.47  # of the text's height, on average


def letter(axes: Axes, part: float) -> float:
    """Return the width of a letter in units of the horizontal axis, on average.

    Args:
        axes: The axes, before they are laid out.
        part: What they will take of the figure's width.
    """
    left, right = axes.get_xlim()
    pixels = float(mpl.rcParams["font.size"]) * axes.figure.dpi / 72
    return WIDTH_OF_LETTER * pixels * (right - left) / (part * axes.figure.bbox.width)


def arrange(
    events: Sequence[tuple[float, str]], left: float, right: float, per_letter: float
) -> tuple[dict[str, int], set[str]]:
    """Return a row for each event's words, from the top, and which words stand left of their line.

    Words stand right of their line unless they would leave the axes. They touch no words in their
    row, and no line crosses words: lines come from below, and end at their own words.

    Args:
        events: Positions on the axis with a few words each, in order.
        left: Where the axis begins.
        right: Where it ends.
        per_letter: Width of a letter on it.
    """
    lengths = {words: (len(words) + 2) * per_letter for _, words in events}
    turned: set[str] = set()
    for when, words in reversed(events):
        beyond = (
            when + lengths[words] > right
        )  # the axes end there, or a line with words left of it
        if beyond and when - lengths[words] >= left:
            turned.add(words)
            right = when
    placed: list[tuple[int, float, float, float]] = []
    rows: dict[str, int] = {}
    ahead = [event for event in events if event[1] not in turned]
    for when, words in [*(each for each in reversed(events) if each[1] in turned), *ahead]:
        start = when - lengths[words] if words in turned else when
        end = when if words in turned else when + lengths[words]
        free = (row for row in range(len(events)) if not _meets((row, when, start, end), placed))
        rows[words] = next(free, len(events) - 1)
        placed.append((rows[words], when, start, end))
    return rows, turned


def _meets(
    own: tuple[int, float, float, float], others: Sequence[tuple[int, float, float, float]]
) -> bool:
    """Return whether words, or the line below them, meet others: row, day, start and end."""
    row, when, start, end = own
    for other, at, begins, ends in others:
        if other == row and start <= ends and begins <= end:
            return True
        if (other > row and begins <= when <= ends) or (other < row and start <= at <= end):
            return True
    return False
