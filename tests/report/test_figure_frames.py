"""Title, subtitle and foot of a stand-alone figure stay inside it, whatever they say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from rebalancing.report import figures, frames
from rebalancing.report.charts import style
from rebalancing.report.frames import MARGIN

WIDE_LETTERS = "World Wide Merchandise Commerce, Mmmm WWWW "
SOURCES = (
    "World Bank, World Development Indicators, vintage 2026-07-01; value added: United Nations "
    "Statistics Division, National Accounts Main Aggregates, release of 2025-12-17; "
)
ADDRESS = "https://example.org/" + "a-long-address-without-a-blank/" * 8


def framed(**texts: str) -> Figure:
    """Return an empty figure with its frame."""
    given = dict.fromkeys(("title", "subtitle", "foot"), "Short") | texts
    figure = Figure(figsize=figures.WIDE)
    figure.subplots()
    with style.house_style("a/b"):
        frames.add(figure, **given)
    return figure


@pytest.mark.slow
@pytest.mark.parametrize("field", ["title", "subtitle", "foot"])
@pytest.mark.parametrize("words", [WIDE_LETTERS * 6, SOURCES * 3, "i l i l " * 60, ADDRESS])
def test_no_text_leaves_the_figure(field: str, words: str) -> None:
    figure = framed(**{field: words})
    width, height = figure.bbox.width, figure.bbox.height
    with style.house_style("a/b"):
        extents = [each.get_window_extent() for each in figure.texts]
    assert len(extents) == 3
    assert all(extent.x0 >= 0 and extent.x1 <= (1 - MARGIN) * width + 1 for extent in extents)
    assert all(extent.y0 >= 0 and extent.y1 <= height for extent in extents)
    for upper, lower in pairwise(extents):
        assert upper.y0 >= lower.y1


@pytest.mark.slow
def test_lines_are_filled_and_nothing_is_lost() -> None:
    """Narrow letters take fewer lines than as many wide ones."""
    figure = Figure(figsize=figures.WIDE)
    with style.house_style("a/b"):
        narrow, wide, long = (
            frames.wrapped(figure, words, size=9.5) for words in ("il " * 80, "WM " * 80, ADDRESS)
        )
    assert len(narrow) < len(wide)
    assert " ".join(wide).split() == ["WM"] * 80
    assert "".join(long) == ADDRESS
    assert not figure.texts
