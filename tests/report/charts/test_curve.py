from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import curve as charts
from rebalancing.report.charts import style
from rebalancing.report.charts.chart import Chart
from rebalancing.report.text import MINUS

N = 5000
RNG = np.random.default_rng(1)
ESTIMATE = RNG.normal(0.1, 0.3, N)
DATA = pd.DataFrame(
    {
        "estimate": ESTIMATE,
        "lower": ESTIMATE - 0.4,
        "upper": ESTIMATE + 0.4,
        "start": RNG.choice([2002, 2003, 2004], N),
        "trend": np.where(ESTIMATE > 0.1, "ols", "difference"),
        "only": "one",
    }
)
DIMENSIONS = {"start": "First year", "trend": "Method", "only": "Nothing to choose"}


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    with style.house_style("test"):
        yield


def test_columns_hold_every_specification_in_equal_numbers() -> None:
    inside, limits = charts.columns(5003, 240)
    sizes = np.bincount(inside)
    assert (sizes.sum(), len(sizes), len(limits)) == (5003, 240, 241)
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(inside) >= 0).all()
    few, limits = charts.columns(7, 240)
    assert few.tolist() == list(range(7))
    assert limits.tolist() == list(range(8))


def curve(data: pd.DataFrame = DATA, dimensions: Mapping[str, str] = DIMENSIONS) -> Chart:
    return charts.curve(
        data, measure="Slope of exports, points a year", dimensions=dimensions, level=0.95
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_the_line_rises_inside_its_bands(narrow: bool) -> None:
    top, _ = curve().draw(Figure((7.2, 4.1)), narrow=narrow)
    line = next(line for line in top.lines if line.get_linewidth() == 2.2)
    heights = np.asarray(line.get_ydata())
    assert (np.diff(heights) >= 0).all()
    assert np.median(heights) == pytest.approx(np.median(ESTIMATE), abs=0.01)
    pale = top.collections[0].get_paths()[0].vertices[:, 1]
    assert pale.min() == pytest.approx(DATA["lower"].min())
    assert pale.max() == pytest.approx(DATA["upper"].max())


def test_choices_lie_where_their_estimates_are() -> None:
    _, under = curve().draw(Figure((7.2, 4.1)), narrow=False)
    labels = [label.get_text() for label in under.get_yticklabels()]
    assert labels == ["First year", "2002", "2003", "2004", "Method", "difference", "ols"]
    difference, ols = under.patches[-2:]
    middle = (DATA["trend"] == "difference").sum()
    for strip, side in ((difference, -1), (ols, 1)):
        values, edges, floor = strip.get_data()
        drawn = (edges[:-1] + edges[1:])[values > floor + 0.1] / 2
        assert (side * (drawn - middle) > -60).all()


@pytest.mark.slow
def test_the_figure_grows_with_its_choices_and_the_drawing_stays_small() -> None:
    short, tall = Figure((7.2, 4.1)), Figure((7.2, 4.1))
    curve(dimensions={"trend": "Method"}).draw(short, narrow=False)
    curve().draw(tall, narrow=False)
    assert tall.get_size_inches()[1] > short.get_size_inches()[1]
    buffer = io.StringIO()
    tall.savefig(buffer, format="svg")
    assert len(buffer.getvalue()) < 300_000


FEW = pd.DataFrame(
    {
        "estimate": [0.3, -0.1, 0.1, 0.2],
        "lower": [0.1, -0.3, -0.1, 0.1],
        "upper": [0.5, 0.1, 0.3, 0.3],
        "start": [2002, 2003, 2003, 2002],
        "trend": ["ols", "ols", "difference", "difference"],
        "only": "one",
    }
)


def test_the_curve_is_described_by_its_span_signs_and_choices() -> None:
    chart = curve(FEW)
    assert chart.subtitle == "Slope of exports, points a year; 95% intervals"
    assert chart.alt == (
        "A rising curve of 4 estimates with intervals: slope of exports, points a year. "
        f"Lowest {MINUS}0.10, median 0.15, highest 0.30. 75.0% lie above zero, 50.0% with their "
        "whole interval; 25.0% lie below zero, 0.0% with their whole interval. Beneath, where in "
        "that order each choice lies: first year and method."
    )
    assert chart.note.startswith("Line: estimates; dark band: median interval of neighbours;")
    assert chart.data["estimate"].tolist() == [-0.1, 0.1, 0.2, 0.3]


def test_a_single_specification_has_no_choices_to_name() -> None:
    chart = curve(FEW.iloc[:1])
    assert chart.alt.endswith("0.0% lie below zero, 0.0% with their whole interval.")
    top, _ = chart.draw(Figure((7.2, 4.1)), narrow=True)
    assert next(line for line in top.lines if line.get_linewidth() == 2.2).get_ydata() == [0.3]
