from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rebalancing.report.charts import style, trends
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart
from rebalancing.report.text import MINUS

YEARS = pd.RangeIndex(1990, 2025, name="year")
DAYS = [("2004-12-05", "Conference"), ("2006-03-14", "11th Plan"), ("2007-03-16", "unbalanced")]
SLOPES = pd.Series({"HP": -0.123, "Mean": 0.1})
EVENTS = [(pd.Timestamp(day), words) for day, words in [*DAYS, ("2013-11-12", "Plenum")]]
CONSUMPTION = {"measure": "Consumption, % of GDP"}
CHANGES = {"measure": "Yearly change of consumption, points"}


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def series(**columns: float) -> pd.DataFrame:
    """Return columns that rise by so much a year."""
    frame = {name: 40 + slope * np.arange(len(YEARS)) for name, slope in columns.items()}
    return pd.DataFrame(frame, index=YEARS)


def drawn(chart: Chart, *, narrow: bool = False) -> Axes:
    axes = chart.draw(Figure((7.2, 4.1)), narrow=narrow)
    assert isinstance(axes, Axes)
    return axes


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_filters_are_named_at_their_ends_also_where_they_end_early() -> None:
    data = series(observed=0.1, HP=0.1, Mean=0.12)
    data.loc[2023:, "Mean"] = np.nan
    axes = drawn(trends.filters(data, SLOPES, since=1970, **CONSUMPTION))
    assert words(axes) == ["HP", "Mean"]
    lines = {to_hex(line.get_color()): line for line in axes.lines if line.get_marker() == "None"}
    assert len(lines[style.ECONOMY].get_xdata()) == len(YEARS)
    assert max(lines[style.PEERS[0]].get_xdata()) == 2022


def test_filters_are_told_with_their_slopes() -> None:
    data = series(observed=0.1, HP=0.1, Mean=0.12)
    data.loc[2023:, "Mean"] = np.nan
    chart = trends.filters(data, SLOPES, since=1970, **CONSUMPTION)
    assert chart.subtitle == "Consumption, % of GDP, with trends by 2 filters, 1990–2024"
    assert chart.alt == (
        "Dots of consumption, % of GDP, by year, with 2 trends through them. Observed: 40.0% in "
        f"1990, 43.4% in 2024. Latest slopes, points a year: HP {MINUS}0.12, Mean 0.10."
    )
    through = "A trend that runs through all dots is the data themselves."
    assert chart.note == f"Estimated on 1970–2024. {NOT_FROM_ZERO} {through}"
    around_zero = trends.filters(data - 41, SLOPES, since=1970, **CONSUMPTION)
    assert around_zero.note == f"Estimated on 1970–2024. {through}"


@pytest.mark.parametrize("narrow", [False, True])
def test_lines_of_regimes_do_not_join(narrow: bool) -> None:
    data = series(observed=0.1, fitted=0.1)
    data.loc[2009:, "fitted"] += 5
    chart = trends.regimes(data, [(2008, 2006, 2011)], level=0.8, **CONSUMPTION)
    axes = drawn(chart, narrow=narrow)
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_linewidth() > 2]
    assert [(min(line.get_xdata()), max(line.get_xdata())) for line in lines] == [
        (1990, 2008),
        (2009, 2024),
    ]
    assert words(axes) == ["2008 (2006–2011)"]


def test_intervals_of_dates_lie_below_the_data() -> None:
    data = series(observed=0.1, fitted=0.1)
    breaks = [(2000, 1998, 2003), (2012, 2005, 2020)]
    axes = drawn(trends.regimes(data, breaks, level=0.8, **CONSUMPTION))
    bars = [line for line in axes.lines if line.get_linewidth() == 6]
    assert [tuple(bar.get_xdata()) for bar in bars] == [(1998, 2003), (2005, 2020)]
    heights = [bar.get_ydata()[0] for bar in bars]
    assert max(heights) < data.to_numpy().min()
    assert min(heights) > axes.get_ylim()[0]
    assert heights[0] > heights[1]


def test_without_breaks_nothing_is_shaded() -> None:
    data = series(observed=0.0, fitted=0.0) - 40
    axes = drawn(trends.regimes(data, [], level=0.8, bars=True, **CHANGES))
    assert words(axes) == []
    assert len(axes.patches) == len(YEARS)
    assert axes.get_ylim()[0] <= 0 <= axes.get_ylim()[1]


def test_regimes_of_a_level_are_told_by_their_lines() -> None:
    data = series(observed=0.1, fitted=0.1)
    data.loc[2009:, "fitted"] += 5
    chart = trends.regimes(data, [(2008, 2006, 2011)], level=0.8, **CONSUMPTION)
    assert chart.subtitle == "Consumption, % of GDP; lines by regime, 1990–2024"
    assert chart.alt == (
        "Dots of consumption, % of GDP; lines by regime: "
        "40.0% to 41.8% in 1990–2008; 46.9% to 48.4% in 2009–2024. "
        "Breaks, with 80% intervals: after 2008 (2006 to 2011)."
    )
    assert chart.note == (
        f"Below the data: the date of a break with its 80% interval. {NOT_FROM_ZERO}"
    )


def test_regimes_of_changes_are_told_by_their_averages() -> None:
    data = series(observed=0.0, fitted=0.0) - 40.123
    chart = trends.regimes(data, [], level=0.8, bars=True, suffix="", **CHANGES)
    assert chart.subtitle == "Yearly change of consumption, points; average, 1990–2024"
    assert chart.alt == (
        f"Bars of yearly change of consumption, points; average: {MINUS}0.12 in 1990–2024. "
        "Breaks, with 80% intervals: none."
    )
    assert chart.note == ""


def test_one_line_is_told_as_one() -> None:
    chart = trends.regimes(series(observed=0.1, fitted=0.1), [], level=0.8, **CONSUMPTION)
    assert chart.subtitle == "Consumption, % of GDP; straight line, 1990–2024"
    assert chart.note == NOT_FROM_ZERO


HEADS = ("Part", "Span")
AVERAGES = pd.DataFrame(
    [
        ("A", "since 2004", 0.1, -0.2, 0.4),
        ("A", "since 2019", 0.3, 0.1, 0.5),
        ("B", "since 2004", -0.1, -0.3, 0.1),
    ],
    columns=["group", "span", "change", "lower", "upper"],
)


def test_average_changes_have_a_row_each_under_their_group() -> None:
    axes = drawn(trends.average_changes(AVERAGES, measure="Average change", level=0.8, heads=HEADS))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["A", "since 2004", "since 2019", "B", "since 2004"]
    rows = [line for line in axes.lines if line.get_linewidth() == 6]
    assert [tuple(row.get_xdata()) for row in rows] == [(-0.2, 0.4), (0.1, 0.5), (-0.3, 0.1)]
    heights = [row.get_ydata()[0] for row in rows]
    assert heights == sorted(heights, reverse=True)
    assert [to_hex(row.get_color()) for row in rows] == [style.ECONOMY] * 2 + [style.PEERS[0]]


def test_average_changes_are_told_row_by_row() -> None:
    chart = trends.average_changes(
        AVERAGES, measure="Average change, points a year", level=0.8, heads=HEADS
    )
    assert chart.subtitle == "Average change, points a year, with 80% intervals"
    assert chart.alt == (
        "Dots of the average change, points a year, with bars for 80% intervals. "
        f"A, since 2004: 0.10 ({MINUS}0.20 to 0.40); A, since 2019: 0.30 (0.10 to 0.50); "
        f"B, since 2004: {MINUS}0.10 ({MINUS}0.30 to 0.10)."
    )
    assert list(chart.data.columns) == ["change", "lower", "upper"]
    assert chart.data.index.names == ["group", "span"]


def with_milestones(events: Any = EVENTS) -> Chart:
    data = series(observed=0.1, trend=0.1)
    data = data.assign(lower=data["trend"] - 1, upper=data["trend"] + 1)
    return trends.milestones(data, events, level=0.8, **CONSUMPTION)


def milestones(*, narrow: bool, events: Any = EVENTS) -> Axes:
    return drawn(with_milestones(events), narrow=narrow)


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


def test_many_milestones_near_the_end_do_not_touch_or_leave_the_figure() -> None:
    days = ["2020-05-14", "2021-03-13", "2022-12-14", "2024-12-12", "2025-03-16", "2025-10-23"]
    names = ["dual circulation", "14th Plan", "demand strategy", "first task", "action", "Fourth"]
    events = [(pd.Timestamp(day), words) for day, words in zip(days, names, strict=True)]
    axes = milestones(narrow=False, events=[*EVENTS, *events])
    axes.figure.draw_without_rendering()
    said = [text for text in axes.texts if text.get_text() != "Trend"]
    boxes = [text.get_window_extent() for text in said]
    assert len(boxes) == len(EVENTS) + len(events)
    assert all(box.x1 <= axes.figure.bbox.x1 for box in boxes)
    lines = [line for line in axes.lines if line.get_linewidth() == 0.7]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
        for line in lines:
            across, up = line.get_transform().transform(line.get_xydata()[1])
            assert not (box.x0 < across < box.x1 and up > box.y0 + 1)


def test_words_of_milestones_stand_above_the_band() -> None:
    axes = milestones(narrow=False)
    axes.figure.draw_without_rendering()
    (band,) = (part for part in axes.collections if isinstance(part, PolyCollection))
    top = band.get_datalim(axes.transData).y1
    high = axes.transData.transform((2000, top))[1]
    for text in axes.texts:
        if text.get_text() != "Trend":
            assert text.get_window_extent().y0 > high


def test_on_a_phone_the_words_stand_above_the_axes_and_are_apart() -> None:
    axes = milestones(narrow=True)
    figure = axes.get_figure(root=True)
    figure.draw_without_rendering()
    top = axes.get_window_extent().y1
    said = [text for text in axes.texts if text.get_text() in dict(map(reversed, EVENTS))]
    assert len(said) == len(EVENTS)
    boxes = [text.get_window_extent() for text in said]
    assert all(box.y0 >= top for box in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_milestones_beyond_the_data_are_not_drawn() -> None:
    axes = milestones(narrow=False, events=[*EVENTS, (pd.Timestamp("2030-01-01"), "later")])
    assert "later" not in words(axes)
    assert "later" not in with_milestones([*EVENTS, (pd.Timestamp("2030-01-01"), "later")]).alt
    assert "milestones" not in with_milestones([]).alt


def test_a_milestone_stands_at_its_day_in_the_year() -> None:
    axes = milestones(narrow=True, events=[(pd.Timestamp("2006-07-02"), "middle")])
    (line,) = (line for line in axes.lines if line.get_linewidth() == 0.7)
    assert line.get_xdata() == pytest.approx([2006, 2006], abs=0.01)


def test_milestones_are_told_in_order() -> None:
    chart = with_milestones(EVENTS[:2])
    assert chart.subtitle == "Consumption, % of GDP; trend with 80% band, 1990–2024"
    assert chart.alt.endswith(
        "The trend ends at 43.4%, its band at 42.4% to 44.4%. Thin lines mark milestones: "
        "2004 Conference; 2006 11th Plan."
    )
    assert chart.note == (
        f"{NOT_FROM_ZERO} A year’s value stands at the middle of the year. "
        "The table says in full what each line is."
    )
