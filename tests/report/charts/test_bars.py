from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from rebalancing.report.charts import bars, style
from rebalancing.report.charts.chart import Chart
from rebalancing.report.text import MINUS

PALETTE = {"households": style.ECONOMY, "trade": style.PEERS[0], "residual": style.CONTEXT}


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def parts() -> pd.DataFrame:
    data = pd.DataFrame(
        {"households": [3.0, 2.0, -1.0], "trade": [1.0, -2.0, -0.5], "residual": [-0.5, 0.25, 0.0]},
        index=[2018, 2019, 2020],
    )
    return data.assign(GDP=data.sum(axis=1))


def chart(data: pd.DataFrame) -> Chart:
    measure = "Contributions to growth in the Netherlands, points"
    return bars.stacked(data, measure=measure, total="GDP", palette=PALETTE)


def draw(data: pd.DataFrame, *, narrow: bool = False) -> Any:
    return chart(data).draw(Figure((7.2, 4.1)), narrow=narrow)


def boxes(axes: Any) -> list[tuple[float, float, float]]:
    """Return the centre, lower and upper end of every bar."""
    return [
        (bar.get_x() + bar.get_width() / 2, *sorted((bar.get_y(), bar.get_y() + bar.get_height())))
        for bar in axes.patches
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_parts_are_stacked_away_from_zero_and_diamonds_are_the_total(narrow: bool) -> None:
    data = parts()
    axes = draw(data, narrow=narrow)
    by_year: dict[int, list[tuple[float, float]]] = {}
    for centre, low, high in boxes(axes):
        by_year.setdefault(round(centre), []).append((low, high))
    for year, ends in by_year.items():
        row = data.loc[year, list(PALETTE)]
        assert max(high for _, high in ends) == pytest.approx(row[row > 0].sum())
        assert min(low for low, _ in ends) == pytest.approx(row[row < 0].sum())
        assert sum(high - low for low, high in ends) == pytest.approx(row.abs().sum())
    dots = next(line for line in axes.lines if line.get_marker() == "D")
    np.testing.assert_allclose(dots.get_ydata(), data["GDP"])


def test_parts_are_named_in_their_colours_and_the_grey_one_legibly() -> None:
    axes = draw(parts())
    labels = {a.get_text(): a.get_color() for a in axes.texts if isinstance(a, Annotation)}
    assert labels == {
        "households": style.ECONOMY,
        "trade": style.PEERS[0],
        "residual": style.MUTED,
        "◆ GDP": style.INK,
    }
    assert axes.get_legend() is None


def test_stacked_bars_are_described_by_their_last_year_and_average() -> None:
    described = chart(parts())
    assert described.subtitle == "Contributions to growth in the Netherlands, points, 2018–2020"
    assert described.alt == (
        "Stacked bars by year of contributions to growth in the Netherlands, points. "
        f"2020: households {MINUS}1.0, trade {MINUS}0.5, residual 0.0 and GDP {MINUS}1.5; "
        f"on average: households 1.3, trade {MINUS}0.5, residual {MINUS}0.1 and GDP 0.8."
    )
    assert described.note == "Diamonds: GDP, what the parts add up to."


@pytest.mark.slow
def test_one_year_has_no_average_and_a_gap_is_said() -> None:
    data = parts().iloc[:1].assign(residual=np.nan)
    assert chart(data).alt.endswith(
        "2018: households 3.0, trade 1.0, residual unknown and GDP 3.5."
    )
    assert len(draw(data).patches) == 3


def test_a_total_that_is_not_known_yet_is_labelled_at_its_last_value() -> None:
    data = parts()
    data.loc[2020, "GDP"] = np.nan
    labels = {text.get_text(): text.xy[1] for text in draw(data).texts}
    assert labels["◆ GDP"] == pytest.approx(0.25, abs=0.1)  # moved apart from others
    assert "residual 0.0 and GDP unknown" in chart(data).alt


PAIRS = pd.DataFrame(
    {"Value": [10.0, -2.5], "Volume": [8.0, np.nan]}, index=["2011–2015", "2016–2020"]
)
SPANS = [(2011, 2015), (2016, 2020)]
TWO_COLOURS = {"Value": style.PEERS[0], "Volume": style.ECONOMY}


def draw_pairs(data: pd.DataFrame, *, narrow: bool) -> Any:
    return described_pairs(data).draw(Figure((7.2, 4.1)), narrow=narrow)


def described_pairs(data: pd.DataFrame, *, spans: Sequence[tuple[int, int]] = ()) -> Chart:
    return bars.pairs(data, measure="Exports, growth, % a year", palette=TWO_COLOURS, spans=spans)


def test_pairs_stand_side_by_side_with_their_numbers() -> None:
    axes = draw_pairs(PAIRS, narrow=False)
    heights = [bar.get_height() for bar in axes.patches if np.isfinite(bar.get_height())]
    assert sorted(heights) == [-2.5, 8, 10]
    lefts = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(lefts))
    said = [text.get_text() for text in axes.texts]
    assert said == ["10.0", f"{MINUS}2.5", "8.0", "Value", "Volume"]
    assert {to_hex(bar.get_facecolor()) for bar in axes.patches} == set(TWO_COLOURS.values())


def test_spans_are_shortened_on_a_phone() -> None:
    """By their years, whatever the rows are called."""
    data = PAIRS.set_axis(["boom", "after"])
    for narrow, expected in ((False, "boom"), (True, "’11–\n’15")):
        axes = described_pairs(data, spans=SPANS).draw(Figure((7.2, 4.1)), narrow=narrow)
        assert next(label.get_text() for label in axes.get_xticklabels()) == expected


def test_pairs_are_described_period_by_period() -> None:
    described = described_pairs(PAIRS, spans=SPANS)
    assert described.subtitle == "Exports, growth, % a year, 2011–2020"
    by_year = described_pairs(PAIRS.set_axis([2019, 2020]))
    assert by_year.subtitle == "Exports, growth, % a year, 2019–2020"
    assert described.alt == (
        "Bars side by side of exports, growth, % a year. 2011–2015: Value 10.0% and Volume 8.0%; "
        f"2016–2020: Value {MINUS}2.5% and Volume unknown."
    )
    assert described.note == ""


def test_a_measure_without_any_figure_is_no_bar() -> None:
    axes = draw_pairs(PAIRS.assign(Volume=np.nan).set_axis([2019, 2020]), narrow=True)
    assert [text.get_text() for text in axes.texts] == ["10.0", f"{MINUS}2.5", "Value"]
