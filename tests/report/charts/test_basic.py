from __future__ import annotations

import itertools
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from rebalancing.report import charts
from rebalancing.report.charts import style
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart
from rebalancing.report.text import MINUS

NAMES = {"CHN": "China", "USA": "United States", "JPN": "Japan"}
YEARS = np.arange(1970, 2025)


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def shares(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns, index=YEARS)


def drawn(chart: Chart, *, narrow: bool = False) -> Axes:
    axes = chart.draw(Figure((3.6, 3.7) if narrow else (7.2, 4.1)), narrow=narrow)
    assert isinstance(axes, Axes)
    return axes


def texts(axes: Axes) -> list[str]:
    axes.get_figure(root=True).draw_without_rendering()
    return [text.get_text() for text in axes.texts]


def end_labels(axes: Axes) -> dict[str, Annotation]:
    return {a.get_text(): a for a in axes.texts if isinstance(a, Annotation)}


class TestLines:
    def chart(self, data: pd.DataFrame, **options: Any) -> Chart:
        given = {"measure": "Exports, % of GDP", "economy": "CHN", "names": NAMES} | options
        return charts.lines(data, **given)

    def draw(self, data: pd.DataFrame, *, narrow: bool = False, **options: Any) -> Axes:
        return drawn(self.chart(data, **options), narrow=narrow)

    def test_shows_exactly_the_values(self) -> None:
        data = shares(CHN=np.linspace(50, 39.93, 55), USA=np.linspace(60, 68, 55), JPN=55.0)
        data.loc[1970:1980, "JPN"] = np.nan
        axes = self.draw(data)
        drawn = [line for line in axes.lines if len(line.get_xdata()) > 2]
        assert len(drawn) == 3
        for line, code in zip(drawn, ["USA", "JPN", "CHN"], strict=True):
            known = data[code].dropna()
            np.testing.assert_array_equal(line.get_xdata(), known.index)
            np.testing.assert_array_equal(line.get_ydata(), known)

    def test_the_economy_is_last_wider_and_in_the_accent(self) -> None:
        axes = self.draw(shares(CHN=40.0, USA=68.0, JPN=55.0))
        *others, own = axes.lines
        assert to_hex(own.get_color()) == style.ECONOMY
        assert [to_hex(line.get_color()) for line in others] == style.PEERS[:2]
        assert all(own.get_linewidth() > line.get_linewidth() for line in others)

    def test_names_are_at_the_ends_with_the_last_value_and_no_legend(self) -> None:
        data = shares(CHN=39.93, USA=68.0, JPN=-0.02)
        data.loc[2020:, "USA"] = np.nan
        labels = end_labels(self.draw(data))
        assert set(labels) == {"China 39.9", "United States 68.0 (2019)", "Japan 0.0"}
        assert labels["China 39.9"].get_color() == style.ECONOMY
        assert labels["China 39.9"].get_weight() == "semibold"
        assert labels["United States 68.0 (2019)"].get_weight() == "normal"
        assert self.draw(data).get_legend() is None

    def test_a_name_that_has_its_period_does_not_say_it_twice(self) -> None:
        data = shares(CHN=39.93, USA=68.0, JPN=-0.02)
        data.loc[2020:, ["USA", "JPN"]] = np.nan
        given = {"names": {"JPN": "In 2019"}, "dated": {"USA": "Deflator, mid-year:"}}
        chart = charts.lines(data, measure="Share, %", economy="CHN", **given)
        labels = end_labels(chart.draw(Figure(), narrow=False))
        assert set(labels) == {"CHN 39.9", "Deflator, mid-year: 68.0", "In 2019 0.0"}
        assert [series.name for series in chart.series] == ["CHN", "USA", "In 2019"]

    def test_labels_do_not_overlap(self) -> None:
        data = shares(CHN=40.0, USA=40.1, JPN=40.2)
        data.iloc[0] = [20, 60, 80]
        for narrow in (False, True):
            axes = self.draw(data, narrow=narrow)
            axes.get_figure(root=True).draw_without_rendering()
            boxes = [label.get_window_extent() for label in end_labels(axes).values()]
            assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))

    def test_the_axis_contains_zero_when_asked(self) -> None:
        data = shares(CHN=np.linspace(20, 30, 55))
        assert self.draw(data).get_ylim()[0] > 0
        assert self.draw(data, zero=True).get_ylim()[0] == 0
        assert self.draw(-data, zero=True).get_ylim()[1] == 0

    def test_ticks_are_plain_years_and_percentages_with_a_proper_minus(self) -> None:
        axes = self.draw(shares(CHN=np.linspace(-20, 20, 55)))
        axes.get_figure(root=True).draw_without_rendering()
        years = [label.get_text() for label in axes.get_xticklabels()]
        assert all(len(year) == 4 and year.isdigit() for year in years)
        values = [label.get_text() for label in axes.get_yticklabels()]
        assert f"{MINUS}20%" in values
        assert "0%" in values
        assert not any("-" in value for value in values)

    @pytest.mark.slow
    def test_events_have_words_on_a_page_and_above_the_axes_on_a_phone(self) -> None:
        events = [(2001, "entry"), (2008, "financial crisis"), (1950, "before the sample")]
        data = shares(CHN=np.linspace(20, 30, 55))
        wide = self.draw(data, events=events)
        narrow = self.draw(data, events=events, narrow=True)
        for axes in (wide, narrow):
            assert {"entry", "financial crisis"} < set(texts(axes))
            assert not [text for text in texts(axes) if "before" in text]
            assert any(list(line.get_xdata()) == [2008, 2008] for line in axes.lines)
        figure = narrow.get_figure(root=True)
        figure.draw_without_rendering()
        top = narrow.get_window_extent().y1
        boxes = [
            text.get_window_extent()
            for text in narrow.texts
            if text.get_text() in ("entry", "financial crisis")
        ]
        assert all(top <= box.y0 and box.y1 <= figure.bbox.height for box in boxes)
        assert not boxes[0].overlaps(boxes[1])

    def test_dates_are_dates(self) -> None:
        index = pd.date_range("2015-01-01", periods=60, freq="MS")
        data = pd.DataFrame({"USA": np.arange(60.0), "JPN": 5.0}, index=index)
        events = [(pd.Timestamp("2018-07-06"), "tariffs")]
        axes = self.draw(data, economy=None, events=events)
        assert [text for text in texts(axes) if "tariffs" in text]
        years = [label.get_text() for label in axes.get_xticklabels()]
        assert "2016" in years

    def test_a_year_among_dates_is_its_first_day(self) -> None:
        index = pd.date_range("2015-01-01", periods=60, freq="MS")
        data = pd.DataFrame({"USA": np.arange(60.0), "JPN": 5.0}, index=index)
        axes = self.draw(data, economy=None, events=[(2017, "pandemic"), (2008, "crisis")])
        (event,) = [line for line in axes.lines if list(line.get_ydata()) == [0, 1]]
        assert event.get_xdata()[0] == date2num(pd.Timestamp("2017-01-01"))
        assert [text for text in texts(axes) if text in ("pandemic", "crisis")] == ["pandemic"]

    def test_a_column_without_values_is_no_line(self) -> None:
        axes = self.draw(shares(CHN=40.0, USA=np.nan))
        assert set(end_labels(axes)) == {"China 40.0"}

    def test_says_what_is_measured_and_when(self) -> None:
        data = shares(CHN=40.0)
        data.loc[:1979] = np.nan
        assert self.chart(data).subtitle == "Exports, % of GDP, 1980–2024"

    def test_says_the_course_of_the_line_and_the_ends_of_the_others(self) -> None:
        data = shares(CHN=np.linspace(20, 30.04, 55), USA=-10.04, JPN=np.nan)
        data.loc[2000, "CHN"] = 35.06
        data.loc[2022:, "USA"] = np.nan
        chart = self.chart(data)
        assert chart.alt == (
            "Lines of exports, % of GDP. China: 20.0% in 1970, highest 35.1% in 2000, 30.0% in "
            f"2024. Latest of the others: United States {MINUS}10.0% in 2021."
        )
        assert chart.note == "Without figures: Japan."
        assert list(chart.data) == ["CHN", "USA"]

    def test_says_of_a_single_line_no_others(self) -> None:
        for economy in ("CHN", None):
            chart = self.chart(shares(CHN=40.0), measure="GDP, index", suffix="", economy=economy)
            assert chart.alt == "Lines of GDP, index. China: 40.0 in 1970, 40.0 in 2024."

    def test_says_where_all_end_if_none_stands_out(self) -> None:
        chart = self.chart(shares(CHN=40.0, USA=68.0), economy=None)
        assert chart.alt == "Lines of exports, % of GDP. Latest: China 40.0%, United States 68.0%."

    def test_notes_an_axis_that_leaves_out_zero(self) -> None:
        assert self.chart(shares(CHN=40.0)).note == NOT_FROM_ZERO
        assert self.chart(-shares(CHN=40.0)).note == NOT_FROM_ZERO
        assert self.chart(shares(CHN=40.0), zero=True).note == ""
        assert self.chart(shares(CHN=40.0, USA=-1.0)).note == ""


class TestTrend:
    @pytest.fixture
    def data(self) -> pd.DataFrame:
        level = np.linspace(50, 40, 55)
        noise = np.random.default_rng(1).normal(0, 1, 55)
        return shares(observed=level + noise, trend=level, lower=level - 2, upper=level + 2)

    def test_shows_dots_line_and_band(self, data: pd.DataFrame) -> None:
        axes = drawn(charts.trend(data, measure="Exports, % of GDP", level=0.8))
        line, dots = axes.lines
        np.testing.assert_array_equal(line.get_ydata(), data["trend"])
        np.testing.assert_array_equal(dots.get_ydata(), data["observed"])
        assert dots.get_linestyle() == "None"
        (band,) = axes.collections
        low, high = band.get_paths()[0].get_extents().intervaly
        assert (low, high) == (data["lower"].min(), data["upper"].max())
        assert texts(axes) == ["Trend"]

    def test_a_second_trend_is_named_too(self, data: pd.DataFrame) -> None:
        both = data.assign(other=data["trend"] + 5)
        axes = drawn(charts.trend(both, measure="Exports", level=0.8, other_label="Damped"))
        assert set(texts(axes)) == {"Trend", "Damped"}
        np.testing.assert_array_equal(axes.lines[1].get_ydata(), both["other"])

    def test_says_where_observations_trend_and_band_end(self) -> None:
        level = np.linspace(-2, 10, 55)
        data = shares(observed=level, trend=level + 1, lower=level - 1, upper=level + 3)
        chart = charts.trend(data, measure="Net exports, % of GDP", level=0.8)
        assert chart.subtitle == "Net exports, % of GDP; trend with 80% band, 1970–2024"
        assert chart.alt == (
            "Dots of net exports, % of GDP, by year, with a smoothed trend and its 80% band. "
            f"Observed: {MINUS}2.0% in 1970, 10.0% in 2024. The trend ends at 11.0%, its band at "
            "9.0% to 13.0%."
        )
        assert chart.note == ""
        assert charts.trend(data + 5, measure="x", level=0.8).note == NOT_FROM_ZERO
        slope = (0.3, -0.5, 1.25)
        chart = charts.trend(data + 5, measure="x", level=0.8, smoothing=6.25, slope=slope)
        assert chart.note == (
            f"Latest slope: 0.30 points a year (80% interval {MINUS}0.50 to 1.25). "
            f"Hodrick–Prescott filter, smoothing 6.25. {NOT_FROM_ZERO}"
        )


class TestGap:
    def test_shades_what_is_between_in_the_colour_of_the_upper(self) -> None:
        data = shares(Exports=np.linspace(10, 30, 55), Imports=20.0)
        axes = drawn(charts.gap(data, measure="% of GDP", upper="Exports", lower="Imports"))
        faces = [to_hex(band.get_facecolor()[0]) for band in axes.collections]
        assert faces == [style.ECONOMY, style.PEERS[0]]
        surplus, deficit = (band.get_paths()[0].get_extents() for band in axes.collections)
        assert surplus.intervaly == pytest.approx([20, 30])
        assert deficit.intervaly == pytest.approx([10, 20])
        assert surplus.intervalx[0] == pytest.approx(deficit.intervalx[1])
        assert axes.get_ylim()[0] <= 0
        assert set(texts(axes)) == {"Exports 30.0", "Imports 20.0"}

    def test_says_how_wide_it_is(self) -> None:
        data = shares(Exports=np.linspace(10, 30, 55), Imports=20.0)
        chart = charts.gap(data, measure="Trade, % of GDP", upper="Exports", lower="Imports")
        assert chart.subtitle == "Trade, % of GDP, 1970–2024"
        assert chart.alt == (
            "Two lines with the gap between them shaded: trade, % of GDP. Exports: 10.0% in 1970, "
            "30.0% in 2024. Imports: 20.0% in 1970, 20.0% in 2024. The gap: "
            f"{MINUS}10.0% in 1970, 10.0% in 2024."
        )
        assert chart.note == ""


class TestDistribution:
    @pytest.fixture
    def values(self) -> pd.Series:
        draws = np.random.default_rng(1).uniform(25, 95, 150)
        others = pd.Series(draws, [f"X{n:03}" for n in range(150)])
        return pd.concat([others, pd.Series({"CHN": 39.9, "USA": 68.0, "JPN": 55.0, "ZWE": 180.0})])

    def chart(self, values: pd.Series, **options: Any) -> Chart:
        given = {"economy": "CHN", "others": ["USA", "JPN"], "names": NAMES} | options
        return charts.distribution(values, measure="Exports, % of GDP, 2024", **given)

    def draw(self, values: pd.Series, *, narrow: bool = False, **options: Any) -> Axes:
        return drawn(self.chart(values, **options), narrow=narrow)

    def dots(self, axes: Axes) -> np.ndarray:
        return np.vstack([np.asarray(dots.get_offsets()) for dots in axes.collections])

    def test_has_one_dot_per_economy_and_none_on_another(self, values: pd.Series) -> None:
        dots = self.dots(self.draw(values))
        assert len(dots) == len(values)
        assert len({tuple(dot) for dot in dots}) == len(values)

    def test_dots_stand_within_half_a_bin_of_their_value(self, values: pd.Series) -> None:
        dots = self.dots(self.draw(values, bin_width=5))
        off = np.sort(dots[:, 0]) - np.sort(values.to_numpy())
        assert np.abs(off).max() <= 2.5

    @pytest.mark.slow
    def test_what_is_beyond_the_limits_is_at_the_ends(self, values: pd.Series) -> None:
        assert self.dots(self.draw(values))[:, 0].max() > 175
        assert self.dots(self.draw(values, limits=(20, 105)))[:, 0].max() < 108

    def test_stacks_have_no_holes(self, values: pd.Series) -> None:
        dots = pd.DataFrame(self.dots(self.draw(values)), columns=["x", "y"])
        for _, stack in dots.groupby("x")["y"]:
            assert sorted(stack) == list(range(1, len(stack) + 1))

    def test_names_the_economy_and_its_peers(self, values: pd.Series) -> None:
        labels = end_labels(self.draw(values))
        assert set(labels) == {"China", "United States", "Japan"}
        assert labels["China"].get_color() == style.ECONOMY

    @pytest.mark.slow
    def test_names_do_not_overlap(self, values: pd.Series) -> None:
        values = values.copy()
        values[["USA", "JPN"]] = [40.1, 42.6]
        for narrow in (False, True):
            axes = self.draw(values, narrow=narrow)
            axes.get_figure(root=True).draw_without_rendering()
            boxes = [mpl.text.Text.get_window_extent(a) for a in end_labels(axes).values()]
            assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))

    def test_a_peer_without_a_value_is_left_out(self, values: pd.Series) -> None:
        labels = end_labels(self.draw(values.drop("JPN")))
        assert set(labels) == {"China", "United States"}

    def test_an_economy_without_a_value_is_left_out(self, values: pd.Series) -> None:
        axes = self.draw(values.drop("CHN"))
        assert set(end_labels(axes)) == {"United States", "Japan"}

    def test_says_where_the_named_and_the_median_stand(self) -> None:
        values = pd.Series({"CHN": 39.93, "USA": -68.04, "X": 40.0})
        chart = self.chart(values)
        assert chart.subtitle == "Exports, % of GDP, 2024; one dot per economy (3)"
        assert chart.alt == (
            "Dots, one per economy, stacked by exports, % of GDP, 2024. China 39.9%, United States "
            f"{MINUS}68.0%; the median is 39.9%."
        )
        assert chart.note == ""

    def test_notes_how_many_are_beyond_the_axis(self, values: pd.Series) -> None:
        assert self.chart(values, limits=(20, 105)).note == (
            "The dot of 1 economy below 20% or above 105% is stacked at the ends."
        )
        assert self.chart(values, limits=(20, 200)).note == ""
        more = pd.concat([values, pd.Series({"X": 1.0})])
        assert self.chart(more, limits=(20, 105)).note == (
            "Dots of 2 economies below 20% or above 105% are stacked at the ends."
        )


class TestBars:
    def test_are_as_long_as_their_values_in_the_order_given(self) -> None:
        data = pd.Series({"Goods": 12.34, "Services": -3.21, "Nothing": -0.01})
        axes = drawn(charts.ranked_bars(data, measure="Exports by kind"))
        by_position = sorted(axes.patches, key=lambda bar: -bar.get_y())
        assert [bar.get_width() for bar in by_position] == list(data)
        positions = {label.get_text(): label.get_position()[1] for label in axes.get_yticklabels()}
        assert positions["Goods"] > positions["Services"] > positions["Nothing"]
        assert texts(axes) == ["12.3%", f"{MINUS}3.2%", "0.0%"]

    def test_take_decimals_and_suffix(self) -> None:
        data = pd.Series({"a": 2.5})
        chart = charts.ranked_bars(data, measure="Exports", decimals=2, suffix=" bn")
        assert texts(drawn(chart, narrow=True)) == ["2.50 bn"]

    def test_are_told_in_words(self) -> None:
        data = pd.Series({"Goods": 12.34, "Services": -3.21, "Nothing": -0.01})
        chart = charts.ranked_bars(data, measure="Exports by kind, % of GDP, 2024")
        assert chart.subtitle == "Exports by kind, % of GDP, 2024"
        assert chart.alt == (
            "Bars of exports by kind, % of GDP, 2024: Goods 12.3%, "
            f"Services {MINUS}3.2%, Nothing 0.0%."
        )
