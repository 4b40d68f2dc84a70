"""What stands around a figure outside the page: its title, subtitle and foot."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from rebalancing.report.charts import style

MARGIN = 0.012  # of a figure's width, left and right of its title and foot


def wrapped(figure: Figure, words: str, **font: Any) -> list[str]:
    """Return a text in lines that fit between a figure's margins, as measured in its font.

    Args:
        figure: Its width and fonts are used; it stays as it is.
        words: The text; a word that is too long for a line is broken.
        font: Its properties, as matplotlib takes them.
    """
    room = (1 - 2 * MARGIN) * figure.bbox.width
    measured = figure.text(0, 0, "", **font)

    def fitting(parts: Sequence[str], between: str) -> int:
        """Return how many of some parts fit in a line, by as few measurements as may be."""

        def width(count: int) -> float:
            measured.set_text(between.join(parts[:count]))
            return measured.get_window_extent().width

        return bisect(range(1, len(parts) + 1), room, key=width)

    lines, left = list[str](), words.split()
    while left:
        if count := fitting(left, " "):
            lines.append(" ".join(left[:count]))
            left = left[count:]
        else:  # a word that is too long for a line of its own, as an address may be
            count = max(fitting(left[0], ""), 1)
            lines.append(left[0][:count])
            left = [part for part in (left[0][count:], *left[1:]) if part]
    measured.remove()
    return lines


def add(figure: Figure, title: str, subtitle: str, foot: str) -> None:
    """Add title, subtitle and foot around a drawn figure, which grows as they need.

    Args:
        figure: With its axes in their places.
        title: Goes above the figure.
        subtitle: Goes below the title.
        foot: Goes below the figure.
    """
    width, body = figure.get_size_inches()
    titled = wrapped(figure, title, size=15, weight="semibold")
    below_it = wrapped(figure, subtitle, size=12)
    last = wrapped(figure, foot, size=9.5)
    above = 0.27 * len(titled) + 0.21 * (len(below_it) + 1)  # inches, as the next
    below = 0.18 * len(last) + 0.12
    whole = body + above + below
    figure.set_size_inches(width, whole)
    for axes in figure.get_axes():
        left, bottom, across, height = axes.get_position().bounds
        axes.set_position((left, (bottom * body + below) / whole, across, height * body / whole))
    place: dict[str, Any] = {"x": MARGIN, "va": "top", "ha": "left"}
    figure.text(y=1 - 0.06 / whole, s="\n".join(titled), size=15, weight="semibold", **place)
    second = 1 - (0.06 + 0.27 * len(titled)) / whole
    figure.text(y=second, s="\n".join(below_it), size=12, color=style.MUTED, **place)
    figure.text(y=(below - 0.03) / whole, s="\n".join(last), size=9.5, color=style.MUTED, **place)
