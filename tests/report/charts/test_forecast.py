from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import forecast as charts
from rebalancing.report.charts import style

LEVELS = (0.5, 0.8, 0.95)
OBSERVED = pd.Series(np.linspace(50, 40, 35), index=range(1990, 2025))
AHEAD = pd.RangeIndex(2025, 2041)
WIDTHS = {"50": 1.0, "80": 2.0, "95": 4.0}
BANDS = pd.DataFrame(
    {"median": 40.0}
    | {f"lower_{name}": 40.0 - width for name, width in WIDTHS.items()}
    | {f"upper_{name}": 40.0 + width for name, width in WIDTHS.items()}
    | {"benchmark_lower": 37.0, "benchmark_upper": 43.0},
    index=AHEAD,
)


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    with style.house_style("test"):
        yield


def words(axes: object) -> list[str]:
    return [text.get_text() for text in axes.texts]  # type: ignore[attr-defined]


def test_only_what_was_observed_is_a_solid_thick_line() -> None:
    axes = charts.fan(Figure(), OBSERVED, BANDS, narrow=False, levels=LEVELS, benchmark="walk")
    thick = [line for line in axes.lines if line.get_linewidth() > 2]
    assert len(thick) == 1
    assert thick[0].get_linestyle() == "-"
    assert thick[0].get_xdata()[-1] == 2024
    dashed = [line for line in axes.lines if line.get_color() in (style.ECONOMY, style.PEERS[0])]
    assert {line.get_linestyle() for line in dashed if line not in thick} == {"--"}


def test_bands_are_named_begin_at_the_last_value_and_darken_inwards() -> None:
    axes = charts.fan(Figure(), OBSERVED, BANDS, narrow=True, levels=LEVELS)
    assert set(words(axes)) == {"95%", "80%", "50%", "median"}
    heights, strengths = [], []
    for band in axes.collections:
        points = band.get_paths()[0].vertices
        assert points[points[:, 0] == 2024][:, 1] == pytest.approx(40)
        heights.append(np.ptp(points[points[:, 0] == 2040][:, 1]))
        strengths.append(band.get_alpha())
    assert heights == pytest.approx([8, 4, 2])
    assert strengths == sorted(strengths)
    assert strengths[0] < strengths[-1]


def test_a_target_is_marked_over_the_future_and_the_benchmark_named() -> None:
    axes = charts.fan(
        Figure(), OBSERVED, BANDS, narrow=False, levels=LEVELS, benchmark="walk, 80%", targets=[45]
    )
    assert "walk, 80%" in words(axes)
    assert list(axes.lines[0].get_xdata()) == [2024, 2040]
    assert set(axes.lines[0].get_ydata()) == {45}


@pytest.mark.parametrize("narrow", [False, True])
def test_histograms_share_axes_and_show_what_would_be_right(narrow: bool) -> None:
    shares = pd.DataFrame({"1 year ahead": [30, 20, 20, 30], "5 years ahead": [20, 30, 30, 20]})
    outline = 50 - shares
    figure = Figure()
    panels = charts.pit_histograms(figure, shares, narrow=narrow, outline=outline)
    assert [panel.get_title(loc="left") for panel in panels] == list(shares)
    for panel, column in zip(panels, shares, strict=True):
        assert [bar.get_height() for bar in panel.patches[:4]] == shares[column].tolist()
        assert 25 in panel.lines[0].get_ydata()
        assert panel.get_ylim()[0] == 0
        assert panel.get_ylim() == panels[0].get_ylim()
    columns = len({round(panel.get_position().x0, 3) for panel in panels})
    assert columns == (1 if narrow else 2)


def test_coverage_is_drawn_beside_what_the_levels_say() -> None:
    data = pd.DataFrame(
        {f"{kind}_{100 * level:g}": 100 * level + shift for level in LEVELS
         for kind, shift in (("covered", 1), ("before", 4))},
        index=pd.RangeIndex(1, 11),
    )  # fmt: skip
    axes = charts.coverage(Figure(), data, narrow=False, levels=LEVELS)
    assert words(axes) == ["50%", "80%", "95%"]
    levels = [line.get_ydata()[0] for line in axes.lines if line.get_color() == style.MUTED]
    assert levels == [50, 80, 95]
    low, high = axes.get_ylim()
    assert low < 50
    assert high == 100
    alone = charts.coverage(Figure(), data, narrow=False, levels=LEVELS, others=False)
    assert len(alone.lines) == len(axes.lines) - len(LEVELS)


def test_scores_beyond_the_axis_are_cut_and_not_named() -> None:
    data = pd.DataFrame(
        {"combination": [-2.0, -4], "mean": [140.0, 80], "Theta": [1.0, 2], "drift": [2.0, 9]},
        index=[1, 5],
    )
    axes = charts.relative_scores(
        Figure(),
        data,
        narrow=False,
        emphasised="combination",
        coloured=["Theta", "mean"],
        limits=(-10, 40),
        benchmark="random walk",
    )
    assert set(words(axes)) == {"combination", "Theta", "random walk"}
    assert axes.get_ylim() == (-10, 40)
    colours = {tuple(line.get_ydata()): line.get_color() for line in axes.lines}
    assert colours[(-2.0, -4.0)] == style.ECONOMY
    assert colours[(2.0, 9.0)] == style.CONTEXT
    widest = max(axes.lines, key=lambda line: line.get_linewidth())
    assert tuple(widest.get_ydata()) == (-2.0, -4.0)


def test_forecasts_stand_beside_outcomes_joined_by_the_error() -> None:
    data = pd.DataFrame(
        {"forecast": [5.8, 8.2], "outcome": [2.3, 8.6], "first_outcome": [2.2, 8.1]},
        index=[2020, 2021],
    )
    labels = {"forecast": "forecast", "outcome": "outcome", "first_outcome": "first figure"}
    axes = charts.errors(Figure(), data, narrow=True, labels=labels, suffix="%")
    assert set(words(axes)) == set(labels.values())
    segments = axes.collections[0].get_segments()
    assert [sorted(segment[:, 1]) for segment in segments] == [[2.3, 5.8], [8.2, 8.6]]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2020", "2021"]
    fewer = charts.errors(Figure(), data[["forecast", "outcome"]], narrow=True, labels=labels)
    assert set(words(fewer)) == {"forecast", "outcome"}
