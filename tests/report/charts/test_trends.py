from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rebalancing.report.charts import style, trends

YEARS = pd.RangeIndex(1990, 2025, name="year")
EVENTS = [(2004.9, "Conference"), (2006.2, "11th Plan"), (2007.2, "unbalanced"), (2013.9, "Plenum")]


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def series(**columns: float) -> pd.DataFrame:
    """Return columns that rise by so much a year."""
    frame = {name: 40 + slope * np.arange(len(YEARS)) for name, slope in columns.items()}
    return pd.DataFrame(frame, index=YEARS)


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_filters_are_named_at_their_ends_also_where_they_end_early() -> None:
    data = series(observed=0.1, HP=0.1, Mean=0.12)
    data.loc[2023:, "Mean"] = np.nan
    axes = trends.filters(Figure((7.2, 4.1)), data, narrow=False)
    assert words(axes) == ["HP", "Mean"]
    drawn = {to_hex(line.get_color()): line for line in axes.lines if line.get_marker() == "None"}
    assert len(drawn[style.ECONOMY].get_xdata()) == len(YEARS)
    assert max(drawn[style.PEERS[0]].get_xdata()) == 2022


@pytest.mark.parametrize("narrow", [False, True])
def test_lines_of_regimes_do_not_join(narrow: bool) -> None:
    data = series(observed=0.1, fitted=0.1)
    data.loc[2009:, "fitted"] += 5
    axes = trends.regimes(Figure((7.2, 4.1)), data, [(2008, 2006, 2011)], narrow=narrow, suffix="%")
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_linewidth() > 2]
    assert [(min(line.get_xdata()), max(line.get_xdata())) for line in lines] == [
        (1990, 2008),
        (2009, 2024),
    ]
    assert words(axes) == ["2008 (2006–2011)"]


def test_intervals_of_dates_lie_below_the_data() -> None:
    data = series(observed=0.1, fitted=0.1)
    breaks = [(2000, 1998, 2003), (2012, 2005, 2020)]
    axes = trends.regimes(Figure((7.2, 4.1)), data, breaks, narrow=False)
    bars = [line for line in axes.lines if line.get_linewidth() == 6]
    assert [tuple(bar.get_xdata()) for bar in bars] == [(1998, 2003), (2005, 2020)]
    heights = [bar.get_ydata()[0] for bar in bars]
    assert max(heights) < data.to_numpy().min()
    assert min(heights) > axes.get_ylim()[0]
    assert heights[0] > heights[1]


def test_without_breaks_nothing_is_shaded() -> None:
    data = series(observed=0.0, fitted=0.0) - 40
    axes = trends.regimes(Figure((7.2, 4.1)), data, [], narrow=False, bars=True)
    assert words(axes) == []
    assert len(axes.patches) == len(YEARS)
    assert axes.get_ylim()[0] <= 0 <= axes.get_ylim()[1]


def test_average_changes_have_a_row_each_under_their_group() -> None:
    data = pd.DataFrame(
        [
            ("A", "since 2004", 0.1, -0.2, 0.4),
            ("A", "since 2019", 0.3, 0.1, 0.5),
            ("B", "since 2004", -0.1, -0.3, 0.1),
        ],
        columns=["group", "span", "change", "lower", "upper"],
    )
    palette = {"A": style.ECONOMY, "B": style.PEERS[0]}
    axes = trends.average_changes(Figure((7.2, 4.1)), data, palette=palette, narrow=False)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["A", "since 2004", "since 2019", "B", "since 2004"]
    rows = [line for line in axes.lines if line.get_linewidth() == 6]
    assert [tuple(row.get_xdata()) for row in rows] == [(-0.2, 0.4), (0.1, 0.5), (-0.3, 0.1)]
    heights = [row.get_ydata()[0] for row in rows]
    assert heights == sorted(heights, reverse=True)


def milestones(*, narrow: bool, events: Any = EVENTS) -> Any:
    data = series(observed=0.1, trend=0.1)
    data = data.assign(lower=data["trend"] - 1, upper=data["trend"] + 1)
    return trends.milestones(Figure((7.2, 4.1)), data, events, label="Trend", narrow=narrow)


def test_words_of_milestones_do_not_touch() -> None:
    figure_axes = milestones(narrow=False)
    figure_axes.figure.draw_without_rendering()
    boxes = [
        text.get_window_extent()
        for text in figure_axes.texts
        if text.get_text() in {words for _, words in EVENTS}
    ]
    assert len(boxes) == len(EVENTS)
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])


def test_words_of_milestones_stand_above_the_band() -> None:
    axes = milestones(narrow=False)
    axes.figure.draw_without_rendering()
    (band,) = (part for part in axes.collections if isinstance(part, PolyCollection))
    top = band.get_datalim(axes.transData).y1
    high = axes.transData.transform((2000, top))[1]
    for text in axes.texts:
        if text.get_text() != "Trend":
            assert text.get_window_extent().y0 > high


def test_on_a_phone_the_lines_stand_alone() -> None:
    axes = milestones(narrow=True)
    assert words(axes) == ["Trend"]
    assert sum(line.get_linewidth() == 0.7 for line in axes.lines) == len(EVENTS)


def test_milestones_beyond_the_data_are_not_drawn() -> None:
    axes = milestones(narrow=False, events=[*EVENTS, (2030.0, "later")])
    assert "later" not in words(axes)
