from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import forecast, style
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart

WALK = ("random walk", 0.8)
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


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def fan(**options: Any) -> Chart:
    return forecast.fan(
        OBSERVED, BANDS, **{"measure": "Consumption, % of GDP", "levels": LEVELS} | options
    )


class TestFan:
    def test_only_what_was_observed_is_a_solid_thick_line(self) -> None:
        axes = fan(benchmark=WALK).draw(Figure(), narrow=False)
        thick = [line for line in axes.lines if line.get_linewidth() > 2]
        assert len(thick) == 1
        assert thick[0].get_linestyle() == "-"
        assert thick[0].get_xdata()[-1] == 2024
        dashed = [
            line for line in axes.lines if line.get_color() in (style.ECONOMY, style.PEERS[0])
        ]
        assert {line.get_linestyle() for line in dashed if line not in thick} == {"--"}

    def test_bands_are_named_begin_at_the_last_value_and_darken_inwards(self) -> None:
        axes = fan().draw(Figure(), narrow=True)
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

    def test_a_target_is_marked_over_the_future_and_the_benchmark_named(self) -> None:
        axes = fan(benchmark=WALK, targets=[45]).draw(Figure(), narrow=False)
        assert "random walk" in words(axes)
        assert list(axes.lines[0].get_xdata()) == [2024, 2040]
        assert set(axes.lines[0].get_ydata()) == {45}

    def test_says_where_everything_ends(self) -> None:
        chart = fan(benchmark=WALK, targets=[45])
        assert chart.subtitle == (
            "Consumption, % of GDP; forecast with 50%, 80% and 95% intervals, 1990–2040"
        )
        assert chart.alt == (
            "A line of consumption, % of GDP, 50.0% in 1990, 40.0% in 2024, and a fan from its end "
            "to 2040: median 40.0%; 50% interval 39.0 to 41.0%; 80% interval 38.0 to 42.0%; 95% "
            "interval 36.0 to 44.0%; the 80% interval of the random walk 37.0 to 43.0%."
        )
        assert chart.note == (
            "Dashed: median, and the 80% interval of the random walk. The line is 45%. "
            f"{NOT_FROM_ZERO}"
        )

    def test_data_are_what_is_drawn(self) -> None:
        chart = forecast.fan(
            OBSERVED, BANDS.assign(std=1.0), measure="Share, %", levels=[0.8], benchmark=WALK
        )
        limits = ["lower_80", "upper_80", "benchmark_lower", "benchmark_upper"]
        assert list(chart.data) == ["observed", "median", *limits]
        assert chart.data.loc[[2024, 2025], "observed"].isna().tolist() == [False, True]

    def test_without_benchmark_and_target_says_nothing_of_them(self) -> None:
        assert fan().note == f"Dashed: median. {NOT_FROM_ZERO}"
        assert "walk" not in fan().alt

    def test_below_zero_has_a_proper_minus_and_no_word_of_the_axis(self) -> None:
        low = forecast.fan(
            OBSERVED - 41, BANDS - 41, measure="Balance", levels=[0.5], targets=[-5, 5]
        )
        assert "−1.0% in 2024" in low.alt
        assert "median −1.0%; 50% interval −2.0 to 0.0%." in low.alt
        assert low.note == "Dashed: median. The lines are −5% and 5%."


class TestHistograms:
    SHARES = pd.DataFrame({"1 year ahead": [30, 20, 20, 30], "5 years ahead": [20, 30, 30, 20]})

    def chart(self) -> Chart:
        return forecast.pit_histograms(
            self.SHARES,
            measure="Outcomes by quarter of the forecast, %",
            outline=50 - self.SHARES,
            outlined="before calibration",
        )

    @pytest.mark.parametrize("narrow", [False, True])
    def test_share_axes_and_show_what_would_be_right(self, narrow: bool) -> None:
        panels = self.chart().draw(Figure(), narrow=narrow)
        assert [panel.get_title(loc="left") for panel in panels] == list(self.SHARES)
        for panel, column in zip(panels, self.SHARES, strict=True):
            assert [bar.get_height() for bar in panel.patches[:4]] == self.SHARES[column].tolist()
            assert 25 in panel.lines[0].get_ydata()
            assert panel.get_ylim()[0] == 0
            assert panel.get_ylim() == panels[0].get_ylim()
        columns = len({round(panel.get_position().x0, 3) for panel in panels})
        assert columns == (1 if narrow else 2)

    def test_say_what_is_at_the_ends_and_in_the_middle(self) -> None:
        chart = self.chart()
        assert (
            chart.subtitle == "Outcomes by quarter of the forecast, %; outline: before calibration"
        )
        assert chart.alt == (
            "Histograms of outcomes by quarter of the forecast, %. In the lowest class, the middle "
            "two together and the highest: 1 year ahead 30%, 40%, 30% (before calibration 20%, "
            "60%, 20%); 5 years ahead 20%, 60%, 20% (before calibration 30%, 40%, 30%). Honest "
            "forecasts would have 25%, 50% and 25%."
        )
        assert chart.note == "Dashed: what honest forecasts would show."
        assert chart.data.shape == (4, 4)


class TestCoverage:
    HELD = pd.DataFrame(
        {level: 100 * level + 1 for level in LEVELS}, index=pd.RangeIndex(1, 11, name="horizon")
    )

    def chart(self, before: pd.DataFrame = HELD + 3) -> Chart:
        return forecast.coverage(
            self.HELD,
            measure="Outcomes inside the interval, %",
            before=before,
            dashed="before calibration",
        )

    def test_is_drawn_beside_what_the_levels_say(self) -> None:
        axes = self.chart().draw(Figure(), narrow=False)
        assert words(axes) == ["50%", "80%", "95%"]
        levels = [line.get_ydata()[0] for line in axes.lines if line.get_color() == style.MUTED]
        assert levels == [50, 80, 95]
        assert axes.get_ylim() == (40, 100)

    def test_shows_low_values_of_either_set(self) -> None:
        axes = self.chart(self.HELD - 40).draw(Figure(), narrow=False)
        assert axes.get_ylim()[0] < 11

    def test_says_how_many_were_inside(self) -> None:
        chart = self.chart()
        assert chart.subtitle == "Outcomes inside the interval, %, by years ahead"
        assert chart.alt == (
            "Lines of outcomes inside the interval, %, by years ahead, beside what the intervals "
            "say. 50% interval: 51% 1 year ahead, 51% 5 years ahead, 51% 10 years ahead; 80% "
            "interval: 81% 1 year ahead, 81% 5 years ahead, 81% 10 years ahead; 95% interval: 96% "
            "1 year ahead, 96% 5 years ahead, 96% 10 years ahead."
        )
        assert chart.note.startswith("Dashed: before calibration. Each origin uses only what")
        assert chart.note.endswith(NOT_FROM_ZERO)
        assert chart.data.loc[5, ["80%", "80%, before calibration"]].tolist() == [81, 84]


class TestRelativeScores:
    DATA = pd.DataFrame(
        {"combination": [-2.0, -4], "mean": [140.0, 80], "Theta": [1.0, 2], "drift": [2.0, 9]},
        index=[1, 5],
    )

    def chart(self, data: pd.DataFrame = DATA) -> Chart:
        return forecast.relative_scores(
            data,
            measure="CRPS less that of a random walk, %",
            emphasised="combination",
            coloured=["Theta", *(["mean"] if "mean" in data else [])],
            benchmark="random walk",
        )

    def test_beyond_the_axis_are_cut_and_not_named(self) -> None:
        axes = self.chart().draw(Figure(), narrow=False)
        assert set(words(axes)) == {"combination", "Theta", "random walk"}
        assert axes.get_ylim() == (-12, 40)
        colours = {tuple(line.get_ydata()): line.get_color() for line in axes.lines}
        assert colours[(-2.0, -4.0)] == style.ECONOMY
        assert colours[(2.0, 9.0)] == style.CONTEXT
        widest = max(axes.lines, key=lambda line: line.get_linewidth())
        assert tuple(widest.get_ydata()) == (-2.0, -4.0)

    def test_far_below_zero_move_the_axis(self) -> None:
        axes = self.chart(self.DATA - 20).draw(Figure(), narrow=False)
        assert axes.get_ylim() == (-26, 40)

    def test_say_who_did_how_well(self) -> None:
        chart = self.chart()
        assert chart.subtitle == "CRPS less that of a random walk, %, by years ahead"
        assert chart.alt == (
            "Lines of CRPS less that of a random walk, %, by years ahead, below zero where better "
            "than a random walk. Combination: −2.0% 1 year ahead, −4.0% 5 years ahead; Theta: "
            "1.0% 1 year ahead, 2.0% 5 years ahead; mean: 140.0% 1 year ahead, 80.0% 5 years ahead."
        )
        assert chart.note == "Grey: the other forecasters. The axis ends at 40%."

    def test_say_nothing_of_what_is_not_there(self) -> None:
        assert self.chart(self.DATA[["combination", "Theta"]]).note == ""

    def test_without_the_usual_horizons_the_last_is_said(self) -> None:
        alt = self.chart(self.DATA.set_axis([2, 3])).alt
        assert "Combination: −4.0% 3 years ahead;" in alt


class TestErrors:
    DATA = pd.DataFrame(
        {"forecast": [5.8, 8.2], "outcome": [2.3, 8.6], "first_outcome": [2.2, np.nan]},
        index=[2020, 2021],
    )

    def test_forecasts_stand_beside_outcomes_joined_by_the_error(self) -> None:
        data = self.DATA.fillna(8.1)
        axes = forecast.errors(data, measure="Growth, %").draw(Figure(), narrow=True)
        assert set(words(axes)) == {"forecast", "outcome", "first figure"}
        segments = axes.collections[0].get_segments()
        assert [sorted(segment[:, 1]) for segment in segments] == [[2.3, 5.8], [8.2, 8.6]]
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2020", "2021"]

    def test_every_year_is_said_and_gaps_are_not(self) -> None:
        chart = forecast.errors(self.DATA, measure="Growth of GDP, %")
        assert chart.subtitle == "Growth of GDP, %, 2020–2021"
        assert chart.alt == (
            "Marks by year of growth of GDP, %. 2020: forecast 5.8%, outcome 2.3%, first figure "
            "2.2%; 2021: forecast 8.2%, outcome 8.6%. The largest miss is that of 2020."
        )
        assert chart.note == "Dash: the outcome that was published first."

    def test_first_outcomes_may_be_unknown(self) -> None:
        chart = forecast.errors(self.DATA[["forecast", "outcome"]], measure="Growth, %")
        assert set(words(chart.draw(Figure(), narrow=True))) == {"forecast", "outcome"}
        assert chart.note == ""
