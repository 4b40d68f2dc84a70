from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import curve as charts
from rebalancing.report.charts import style

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


@pytest.mark.parametrize("narrow", [False, True])
def test_the_line_rises_inside_its_bands(narrow: bool) -> None:
    top, _ = charts.curve(Figure((7.2, 4.1)), DATA, dimensions=DIMENSIONS, narrow=narrow)
    line = next(line for line in top.lines if line.get_linewidth() == 2.2)
    heights = np.asarray(line.get_ydata())
    assert (np.diff(heights) >= 0).all()
    assert np.median(heights) == pytest.approx(np.median(ESTIMATE), abs=0.01)
    pale = top.collections[0].get_paths()[0].vertices[:, 1]
    assert pale.min() == pytest.approx(DATA["lower"].min())
    assert pale.max() == pytest.approx(DATA["upper"].max())


def test_choices_lie_where_their_estimates_are() -> None:
    _, under = charts.curve(Figure((7.2, 4.1)), DATA, dimensions=DIMENSIONS, narrow=False)
    labels = [label.get_text() for label in under.get_yticklabels()]
    assert labels == ["First year", "2002", "2003", "2004", "Method", "difference", "ols"]
    difference, ols = under.patches[-2:]
    middle = (DATA["trend"] == "difference").sum()
    for strip, side in ((difference, -1), (ols, 1)):
        values, edges, floor = strip.get_data()
        drawn = (edges[:-1] + edges[1:])[values > floor + 0.1] / 2
        assert (side * (drawn - middle) > -60).all()


def test_the_figure_grows_with_its_choices_and_the_drawing_stays_small() -> None:
    short, tall = Figure((7.2, 4.1)), Figure((7.2, 4.1))
    charts.curve(short, DATA, dimensions={"trend": "Method"}, narrow=False)
    charts.curve(tall, DATA, dimensions=DIMENSIONS, narrow=False)
    assert tall.get_size_inches()[1] > short.get_size_inches()[1]
    buffer = io.StringIO()
    tall.savefig(buffer, format="svg")
    assert len(buffer.getvalue()) < 300_000
