from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rebalancing.report.charts import comparison as charts
from rebalancing.report.charts import style

YEARS = range(1990, 2025)
PREDICTED = pd.DataFrame(
    {"actual": 40.0, "predicted": 60.0, "lower": 45.0, "upper": 75.0}, index=YEARS
)
BAND = ("lower tenth", "all economies", "upper tenth")
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


@pytest.mark.parametrize("narrow", [False, True])
def test_the_band_is_the_predictions_and_both_lines_are_named(narrow: bool) -> None:
    axes = charts.predicted(Figure(), PREDICTED, names=("China", "Predicted"), narrow=narrow)
    (band,) = axes.collections
    assert to_hex(band.get_facecolor()[0][:3]) == style.PEERS[0]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (45, 75)
    assert [text.get_text() for text in axes.texts] == ["China 40.0", "Predicted 60.0"]


def test_a_single_year_is_seen() -> None:
    axes = charts.predicted(Figure(), PREDICTED.iloc[-1:], names=("A", "B"), narrow=False)
    assert sum(line.get_marker() == "o" for line in axes.lines) == 2


@pytest.mark.parametrize("narrow", [False, True])
def test_paths_run_by_income_and_every_path_is_named_once(narrow: bool) -> None:
    axes = charts.paths_by_income(
        Figure(),
        PATHS,
        economy="CHN",
        others=["JPN", "TWN"],
        names={"CHN": "China", "JPN": "Japan"},
        band=BAND,
        narrow=narrow,
    )
    assert axes.get_xscale() == "log"
    assert sorted(text.get_text() for text in axes.texts) == ["China", "Japan", "all economies"]
    own = next(line for line in axes.lines if line.get_linewidth() == 2.2)
    assert own.get_color() == style.ECONOMY
    assert own.get_xdata()[-1] == pytest.approx(10_000)
    assert all(label.startswith("$") for label in _labels(axes.xaxis))


@pytest.mark.parametrize("narrow", [False, True])
def test_a_spread_shows_median_and_own_value(narrow: bool) -> None:
    table = SPREAD.assign(own=[3.0, np.nan])
    axes = charts.spreads(Figure(), table, narrow=narrow, own="China")
    lines, halves = axes.collections
    ends = [segment[:, 0].tolist() for segment in lines.get_segments()]
    assert ends == [[-30, 2], [-10, 8]]
    assert [s[:, 0].tolist() for s in halves.get_segments()] == [[-20, -5], [-5, 4]]
    shown = [text.get_text() for text in axes.texts]
    assert {"China", "\N{MINUS SIGN}10.0", "0.0"} <= set(shown)
    names = shown if narrow else _labels(axes.yaxis)
    assert {"Net exports", "Government"} <= set(names)


def test_dots_have_the_colour_of_their_group() -> None:
    data = pd.DataFrame({"years": [5, 9, 30], "points": [6, 20, 8], "group": ["a", "b", "a"]})
    palette = {"a": style.CONTEXT, "b": style.PEERS[0]}
    axes = charts.scatter(
        Figure(),
        data,
        x="years",
        y="points",
        group="group",
        palette=palette,
        narrow=False,
        axis_names=("years", "points"),
    )
    assert [len(dots.get_offsets()) for dots in axes.collections] == [2, 1]
    assert [to_hex(dots.get_facecolor()[0][:3]) for dots in axes.collections] == [*palette.values()]
    legend = axes.get_legend()
    assert [text.get_color() for text in legend.get_texts()] == [style.MUTED, style.PEERS[0]]
    assert axes.get_ylim()[0] == 0


def _labels(axis: object) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]  # type: ignore[attr-defined]
