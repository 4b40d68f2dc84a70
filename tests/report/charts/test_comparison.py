from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rebalancing.report.charts import comparison as charts
from rebalancing.report.charts import style
from rebalancing.report.charts.chart import Chart
from rebalancing.report.text import MINUS

YEARS = range(1990, 2025)
PREDICTED = pd.DataFrame(
    {"actual": 40.0, "predicted": 60.0, "lower": 45.0, "upper": 75.0}, index=YEARS
)
BAND = tuple(charts.BAND)
INCOMES = np.geomspace(1000, 50_000, 12)
PATHS = pd.concat(
    [
        pd.DataFrame({"path": name, "income": incomes, "share": np.linspace(70, 70 + change, 12)})
        for name, incomes, change in [
            (BAND[0], INCOMES, -20),
            (BAND[1], INCOMES, -15),
            (BAND[2], INCOMES, -10),
            ("CHN", INCOMES / 5, -30),
            ("JPN", INCOMES, -18),
        ]
    ]
)
SPREAD = pd.DataFrame(
    {"q10": [-30, -10], "q25": [-20, -5], "median": [-10, 0], "q75": [-5, 4], "q90": [2, 8]},
    index=["Net exports", "Government"],
)


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    with style.house_style("test"):
        yield


def benchmark(data: pd.DataFrame) -> Chart:
    return charts.predicted(
        data, measure="Consumption, % of GDP", names=("China", "Predicted"), level=0.8
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_the_band_is_the_predictions_and_both_lines_are_named(narrow: bool) -> None:
    axes = benchmark(PREDICTED).draw(Figure(), narrow=narrow)
    (band,) = axes.collections
    assert to_hex(band.get_facecolor()[0][:3]) == style.PEERS[0]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (45, 75)
    assert [text.get_text() for text in axes.texts] == ["China 40.0", "Predicted 60.0"]


def test_a_prediction_is_described_with_its_interval() -> None:
    data = PREDICTED.assign(actual=np.linspace(50, 38.5, len(PREDICTED)))
    chart = benchmark(data)
    assert chart.subtitle == "Consumption, % of GDP; 80% prediction interval, 1990–2024"
    assert chart.alt == (
        "Two lines of consumption, % of GDP, the second with its 80% interval. China: 50.0% in "
        "1990, 38.5% in 2024. Predicted: 60.0% in 1990, 60.0% in 2024, interval 45.0 to 75.0%."
    )
    assert chart.note == "The axis does not start at zero."
    assert benchmark(data.assign(lower=-1.0)).note == ""


def test_a_single_year_is_seen_and_described() -> None:
    chart = benchmark(PREDICTED.iloc[-1:])
    axes = chart.draw(Figure(), narrow=False)
    assert sum(line.get_marker() == "o" for line in axes.lines) == 2
    assert "China: 40.0% in 2024. Predicted: 60.0% in 2024, interval 45.0 to 75.0%." in chart.alt


def paths(data: pd.DataFrame = PATHS) -> Chart:
    return charts.paths_by_income(
        data,
        measure="Consumption, % of GDP, by income",
        economy="CHN",
        others=["JPN", "TWN"],
        names={"CHN": "China", "JPN": "Japan"},
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_paths_run_by_income_and_every_path_is_named_once(narrow: bool) -> None:
    axes = paths().draw(Figure(), narrow=narrow)
    assert axes.get_xscale() == "log"
    assert sorted(text.get_text() for text in axes.texts) == ["China", "Japan", "all economies"]
    own = next(line for line in axes.lines if line.get_linewidth() == 2.2)
    assert own.get_color() == style.ECONOMY
    assert own.get_xdata()[-1] == pytest.approx(10_000)
    assert all(label.startswith("$") for label in _labels(axes.xaxis))


def test_paths_are_described_by_where_they_end() -> None:
    chart = paths()
    assert chart.subtitle == "Consumption, % of GDP, by income"
    assert chart.alt == (
        "Paths of consumption, % of GDP, by income, one per economy, over a band of all economies. "
        "They end: China at 40.0% and $10,000 and Japan at 52.0% and $50,000. "
        "The median of all goes from 70.0% and $1,000 to 55.0% and $50,000."
    )
    assert chart.note == (
        "The band leaves out the lowest and the highest tenth of economies at each income; the "
        "line in it is the median. Income is on a logarithmic scale. The axis does not start at "
        "zero."
    )
    assert paths(PATHS.assign(share=PATHS["share"] - 80)).note.endswith("logarithmic scale.")


def spread(data: pd.DataFrame) -> Chart:
    return charts.spreads(data, measure="Change of shares in GDP, points", own="China")


@pytest.mark.parametrize("narrow", [False, True])
def test_a_spread_shows_median_and_own_value(narrow: bool) -> None:
    axes = spread(SPREAD.assign(own=[3.0, np.nan])).draw(Figure(), narrow=narrow)
    lines, halves = axes.collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    assert ends == [[-30, 2], [-10, 8]]
    assert [s[:, 0].tolist() for s in halves.get_segments()] == [[-20, -5], [-5, 4]]
    shown = [text.get_text() for text in axes.texts]
    assert {"China", f"{MINUS}10.0", "0.0"} <= set(shown)
    names = shown if narrow else _labels(axes.yaxis)
    assert {"Net exports", "Government"} <= set(names)


def test_a_spread_is_described_row_by_row() -> None:
    chart = spread(SPREAD)
    assert chart.subtitle == "Change of shares in GDP, points"
    assert chart.alt == (
        "A row for each spread: change of shares in GDP, points. "
        f"Net exports: median {MINUS}10.0, middle four fifths {MINUS}30.0 to 2.0. "
        f"Government: median 0.0, middle four fifths {MINUS}10.0 to 8.0."
    )
    assert chart.note == "Dot: median; bar: middle half; line: middle four fifths."


def test_an_own_value_that_is_known_for_some_rows_is_in_the_words() -> None:
    chart = spread(SPREAD.assign(own=[3.0, np.nan]))
    assert f"{MINUS}30.0 to 2.0; China 3.0. Government" in chart.alt
    assert chart.alt.endswith(f"{MINUS}10.0 to 8.0.")
    assert chart.note.endswith("line: middle four fifths; diamond: China.")


RISES = pd.DataFrame(
    {
        "start": [1990, 1980, 1980],
        "end": [1995, 1989, 2010],
        "years": [5, 9, 30],
        "change": [6.0, 20, 8],
        "start_share": [40.0, 50, 60],
        "group": ["a", "b", "a"],
    },
    ["CHN", "USA", "JPN"],
)
TWO_GROUPS = {"a": style.CONTEXT, "b": style.PEERS[0]}


def dots(most: float = np.inf) -> Chart:
    drawn: dict[str, Any] = {"palette": TWO_GROUPS, "names": {"USA": "United States"}}
    return charts.rises(RISES, measure="One dot per rise", most=most, **drawn)


@pytest.mark.parametrize("narrow", [False, True])
def test_dots_have_the_colour_of_their_group(narrow: bool) -> None:
    axes = dots().draw(Figure(), narrow=narrow)
    assert [len(dot.get_offsets()) for dot in axes.collections] == [2, 1]
    colours = [to_hex(dot.get_facecolor()[0][:3]) for dot in axes.collections]
    assert colours == [*TWO_GROUPS.values()]
    legend = axes.get_legend()
    assert [text.get_color() for text in legend.get_texts()] == [style.MUTED, style.PEERS[0]]
    assert axes.get_ylim()[0] == 0


def test_rises_are_described_by_group() -> None:
    chart = dots()
    assert chart.subtitle == "One dot per rise"
    assert chart.alt == (
        "Dots by length and size of each rise. All: 3, median 9 years and 8.0 points; "
        "a: 2, median 17.5 years and 7.0 points; b: 1, 9 years and 20.0 points."
    )
    assert chart.note == "Rises at an end of the data may be longer."


def test_rises_beyond_the_axis_are_drawn_at_its_end_and_counted() -> None:
    chart = dots(most=10)
    axes = chart.draw(Figure(), narrow=False)
    assert axes.collections[1].get_offsets()[0].tolist() == [9, 10]
    assert chart.note.endswith(" longer. 1 rise of more than 10 points is drawn at the top.")
    assert dots(most=7).note.endswith("2 rises of more than 7 points are drawn at the top.")
    assert chart.data["change"].max() == 20


def _labels(axis: object) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]  # type: ignore[attr-defined]
