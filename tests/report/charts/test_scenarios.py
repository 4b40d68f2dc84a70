from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rebalancing.report.charts import scenarios as charts
from rebalancing.report.charts import style
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart
from rebalancing.report.text import MINUS

OBSERVED = pd.Series(np.linspace(52, 40, 55), index=range(1970, 2025))
AHEAD = pd.DataFrame({"1 a year": [40.0, 44.0], "2 a year": [40.0, 48.0]}, index=[2024, 2034])
TABLE = pd.DataFrame(
    {"Household consumption": [40.0, 50.0], "Investment": [57.0, 57.0], "Net exports": [3.0, -7.0]},
    index=["2024", "2040: net exports"],
)
CONSUMPTION = {"measure": "Consumption, % of GDP", "rule": "constant gaps"}
PARTS = {"measure": "Parts of GDP, %, 2024 and 2040"}


def drawn(chart: Chart, *, narrow: bool = False) -> Axes:
    axes = chart.draw(Figure((3.6, 3.7) if narrow else (7.2, 4.1)), narrow=narrow)
    assert isinstance(axes, Axes)
    return axes


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    with style.house_style("test"):
        yield


def test_paths_look_unlike_what_was_observed() -> None:
    axes = drawn(charts.paths(OBSERVED, AHEAD, **CONSUMPTION))
    *dashed, solid = axes.lines
    assert {line.get_linestyle() for line in dashed} == {"--"}
    assert solid.get_linestyle() == "-"
    assert all(line.get_linewidth() < solid.get_linewidth() for line in dashed)
    assert all(line.get_xdata()[0] == OBSERVED.index[-1] for line in dashed)
    assert [text.get_text() for text in axes.texts] == list(AHEAD)


def test_a_target_is_marked_over_the_future_only() -> None:
    axes = drawn(charts.paths(OBSERVED, AHEAD, targets=[50], **CONSUMPTION), narrow=True)
    assert list(axes.lines[0].get_xdata()) == [2024, 2034]
    assert set(axes.lines[0].get_ydata()) == {50}


def test_paths_are_told_by_where_they_end() -> None:
    chart = charts.paths(OBSERVED, AHEAD, targets=[50], **CONSUMPTION)
    assert chart.subtitle == "Consumption, % of GDP, 1970–2024; dashed: constant gaps to 2034"
    assert chart.alt == (
        "Line of consumption, % of GDP: 52.0% in 1970, 40.0% in 2024. Dashed paths with constant "
        "gaps end in 2034: 1 a year 44.0%, 2 a year 48.0%."
    )
    arithmetic = "Paths are arithmetic, not forecasts."
    assert chart.note == f"The horizontal line is 50%. {arithmetic} {NOT_FROM_ZERO}"
    assert list(chart.data) == ["observed", "1 a year", "2 a year"]
    two = charts.paths(OBSERVED - 45, AHEAD, targets=[50, 60], **CONSUMPTION)
    assert two.note == f"The horizontal lines are 50% and 60%. {arithmetic}"
    assert charts.paths(OBSERVED - 45, AHEAD, **CONSUMPTION).note == arithmetic


def test_bars_are_told_part_by_part() -> None:
    chart = charts.shares_by_row(TABLE, **PARTS)
    assert chart.subtitle == "Parts of GDP, %, 2024 and 2040"
    assert chart.alt == (
        "Bars of parts of GDP, %, 2024 and 2040. "
        "2024: household consumption 40.0%, investment 57.0%, net exports 3.0%. "
        "2040: net exports: household consumption 50.0%, investment 57.0%, "
        f"net exports {MINUS}7.0%."
    )
    assert chart.note == "What is negative lies left of zero."
    assert charts.shares_by_row(TABLE.iloc[:1], **PARTS).note == ""


@pytest.mark.slow
@pytest.mark.parametrize("narrow", [False, True])
def test_negative_shares_lie_left_of_zero_and_bars_keep_their_lengths(narrow: bool) -> None:
    axes = drawn(charts.shares_by_row(TABLE, **PARTS), narrow=narrow)
    for bars, column in zip(axes.containers, TABLE, strict=True):
        lengths = [bar.get_width() for bar in bars]
        assert lengths == pytest.approx(TABLE[column].tolist())
    left = [bar.get_x() + min(bar.get_width(), 0) for bars in axes.containers for bar in bars]
    assert min(left) == pytest.approx(-7)
    shown = [text.get_text() for text in axes.texts]
    assert {"Household consumption", "Investment", "Net exports", "50", "57"} <= set(shown)


def test_names_of_columns_stay_inside_a_phone_and_off_each_other() -> None:
    table = TABLE.rename(columns={"Investment": "Government and investment"})
    axes = drawn(charts.shares_by_row(table, **PARTS), narrow=True)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    boxes = [words.get_window_extent() for words in axes.texts if words.get_text() in table]
    assert len(boxes) == 3
    assert all(box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height for box in boxes)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert axes.get_window_extent().width > 0.8 * figure.bbox.width
