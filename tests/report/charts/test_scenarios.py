from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import scenarios as charts
from rebalancing.report.charts import style

OBSERVED = pd.Series(np.linspace(52, 40, 55), index=range(1970, 2025))
AHEAD = pd.DataFrame({"1 a year": [40.0, 44.0], "2 a year": [40.0, 48.0]}, index=[2024, 2034])
TABLE = pd.DataFrame(
    {"Household consumption": [40.0, 50.0], "Investment": [57.0, 57.0], "Net exports": [3.0, -7.0]},
    index=["2024", "2040: net exports"],
)
PALETTE = dict(zip(TABLE, [style.ECONOMY, *style.PEERS], strict=False))


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    with style.house_style("test"):
        yield


def test_paths_look_unlike_what_was_observed() -> None:
    axes = charts.paths(Figure(), OBSERVED, AHEAD, narrow=False)
    *dashed, solid = axes.lines
    assert {line.get_linestyle() for line in dashed} == {"--"}
    assert solid.get_linestyle() == "-"
    assert all(line.get_linewidth() < solid.get_linewidth() for line in dashed)
    assert all(line.get_xdata()[0] == OBSERVED.index[-1] for line in dashed)
    assert [text.get_text() for text in axes.texts] == list(AHEAD)


def test_a_target_is_marked_over_the_future_only() -> None:
    axes = charts.paths(Figure(), OBSERVED, AHEAD, narrow=True, targets=[50])
    assert list(axes.lines[0].get_xdata()) == [2024, 2034]
    assert set(axes.lines[0].get_ydata()) == {50}


@pytest.mark.parametrize("narrow", [False, True])
def test_negative_shares_lie_left_of_zero_and_bars_keep_their_lengths(narrow: bool) -> None:
    axes = charts.shares_by_row(Figure(), TABLE, narrow=narrow, palette=PALETTE)
    for bars, column in zip(axes.containers, TABLE, strict=True):
        lengths = [bar.get_width() for bar in bars]
        assert lengths == pytest.approx(TABLE[column].tolist())
    left = [bar.get_x() + min(bar.get_width(), 0) for bars in axes.containers for bar in bars]
    assert min(left) == pytest.approx(-7)
    shown = [text.get_text() for text in axes.texts]
    assert {"Household consumption", "Investment", "Net exports", "50", "57"} <= set(shown)


def test_names_of_columns_stay_inside_a_phone_and_off_each_other() -> None:
    table = TABLE.rename(columns={"Investment": "Government and investment"})
    palette = dict(zip(table, PALETTE.values(), strict=True))
    figure = Figure((3.6, 3.7))
    axes = charts.shares_by_row(figure, table, narrow=True, palette=palette)
    figure.draw_without_rendering()
    boxes = [words.get_window_extent() for words in axes.texts if words.get_text() in palette]
    assert len(boxes) == 3
    assert all(box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height for box in boxes)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert axes.get_window_extent().width > 0.8 * figure.bbox.width
