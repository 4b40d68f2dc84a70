from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from rebalancing.report.charts import style, vintages
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def shares() -> pd.DataFrame:
    data = pd.DataFrame({"2014": 38.0, "2020": 38.5, "2024": 39.0}, index=range(2000, 2025))
    data.loc[2015:, "2014"] = np.nan
    data.loc[2021:, "2020"] = np.nan
    return data


def draw(*, narrow: bool = False) -> Any:
    chart = vintages.releases(shares(), measure="Consumption, % of GDP")
    return chart.draw(Figure((7.2, 4.1)), narrow=narrow)


def test_each_release_is_a_line_of_its_own_and_none_is_joined() -> None:
    lines = [line for line in draw().lines if len(line.get_xdata()) > 2]
    assert [len(line.get_xdata()) for line in lines] == [15, 21, 25]
    assert all(len(set(line.get_ydata())) == 1 for line in lines)


def test_the_newest_is_accented_and_older_ones_are_fainter() -> None:
    *older, newest = [line for line in draw().lines if len(line.get_xdata()) > 2]
    assert to_hex(newest.get_color()) == style.ECONOMY
    assert newest.get_linewidth() > older[0].get_linewidth()
    assert [to_hex(line.get_color()) for line in older] == [style.MUTED] * 2
    assert older[0].get_alpha() < older[1].get_alpha() < newest.get_alpha()


def test_releases_are_named_and_the_newest_in_full_where_there_is_room() -> None:
    for narrow, newest in ((False, "Release to 2024"), (True, "2024")):
        said = {a.get_text() for a in draw(narrow=narrow).texts if isinstance(a, Annotation)}
        assert said == {"2014", "2020", newest}


@pytest.mark.parametrize("narrow", [False, True])
def test_older_releases_are_named_where_they_end_clear_of_lines_and_names(narrow: bool) -> None:
    years = np.arange(2000, 2025)
    path = 40 - 0.4 * np.abs(years - 2010) + 0.3 * np.sin(years)
    data = pd.DataFrame({str(end): path + 0.04 * (2024 - end) for end in (2014, 2022, 2023, 2024)})
    data.index = years
    for end in (2014, 2022, 2023):
        data.loc[end + 1 :, str(end)] = np.nan
    figure = Figure((3.6, 3.7) if narrow else (7.2, 4.1))
    axes = vintages.releases(data, measure="Share, %").draw(figure, narrow=narrow)
    labels = {a.get_text(): a for a in axes.texts if isinstance(a, Annotation)}
    figure.draw_without_rendering()
    boxes = []
    for end in ("2014", "2022", "2023"):
        assert labels[end].xy == pytest.approx((int(end), data.loc[int(end), end]))
        box = labels[end].get_window_extent()
        assert not any(box.overlaps(other) for other in boxes)
        boxes.append(box)


class TestWhatIsSaidOfReleases:
    def test_is_where_they_differ_most(self) -> None:
        data = shares()
        data.loc[2003, "2014"] = 36.45
        chart = vintages.releases(data, measure="Consumption, % of GDP")
        assert chart.subtitle == "Consumption, % of GDP, by release, 2000–2024"
        assert chart.alt == (
            "Lines of consumption, % of GDP, one for each release, 2014 to 2024, older ones "
            "fainter. The newest: 39.0% in 2000, 39.0% in 2024. Releases differ most for 2003, by "
            "2.5 points."
        )
        assert chart.note == f"Each line is one release whole. {NOT_FROM_ZERO}"
        assert chart.data is data

    def test_of_one_release_is_its_course(self) -> None:
        chart = vintages.releases(shares()[["2024"]] - 39.5, measure="Balance, %")
        assert chart.alt == (
            "Lines of balance, %, one for each release, 2024. The newest: −0.5% in 2000, −0.5% in "
            "2024."
        )

    def test_without_a_year_in_common_is_no_difference(self) -> None:
        data = pd.DataFrame({"2020": [1.0, np.nan], "2021": [np.nan, 2.0]}, index=[2020, 2021])
        assert "differ" not in vintages.releases(data, measure="Share, %").alt


class TestEstimates:
    DATA = pd.DataFrame(
        {"value": [0.2, 0.4], "lower": [-0.1, 0.1], "upper": [0.5, 0.7], "now": [0.3, 0.4]},
        index=["2020", "2024"],
    )

    def chart(self) -> Chart:
        return vintages.estimates(self.DATA, measure="Slope, points a year", level=0.8)

    def test_have_their_intervals_and_what_is_said_now(self) -> None:
        axes = self.chart().draw(Figure((7.2, 4.1)), narrow=False)
        (spans,) = axes.collections
        ends = [sorted(segment[:, 1]) for segment in spans.get_segments()]
        np.testing.assert_allclose(ends, self.DATA[["lower", "upper"]])
        drawn = {
            line.get_marker(): line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 2
        }
        np.testing.assert_allclose(drawn["o"], self.DATA["value"])
        np.testing.assert_allclose(drawn["D"], self.DATA["now"])
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2020", "2024"]

    def test_are_all_said(self) -> None:
        chart = self.chart()
        assert chart.subtitle == "Slope, points a year"
        assert chart.alt == (
            "Dots with bars, one for each release, of slope, points a year. 2020: 0.20 then (−0.10 "
            "to 0.50), 0.30 now; 2024: 0.40 then (0.10 to 0.70), 0.40 now."
        )
        assert chart.note == "Bars: 80% intervals. Now: the newest release with all its years."


class TestFirstAndLatest:
    DATA = pd.DataFrame({"first": [5.8, -0.2], "latest": [6.0, 0.04]}, index=[2019, 2020])

    def chart(self, data: pd.DataFrame = DATA) -> Chart:
        return vintages.first_and_latest(data, after="2019-10", measure="Growth, %")

    @pytest.mark.parametrize("narrow", [False, True])
    def test_are_joined_by_the_revision(self, narrow: bool) -> None:
        axes = self.chart().draw(Figure((7.2, 4.1)), narrow=narrow)
        (joined,) = axes.collections
        np.testing.assert_allclose([s[:, 1] for s in joined.get_segments()], self.DATA)
        assert {text.get_text() for text in axes.texts} == {"first", "latest"}
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2019", "2020"]
        assert axes.get_ylim()[0] < 0

    def test_of_one_year_can_be_drawn(self) -> None:
        axes = self.chart(self.DATA.iloc[:1]).draw(Figure((7.2, 4.1)), narrow=False)
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2019"]
        assert axes.get_ylim()[0] == 0

    def test_are_all_said(self) -> None:
        chart = self.chart()
        assert chart.subtitle == "Growth, %, first published and latest figure, 2019–2020"
        assert chart.alt == (
            "Two marks for each year of growth, %. 2019 first 5.8%, latest 6.0%; 2020 first −0.2%, "
            "latest 0.0%."
        )
        assert chart.note == "Outcomes first published after 2019-10."


def forecast_paths() -> tuple[pd.Series, pd.DataFrame]:
    """Three releases that each expect a fall from a base of its own, and what came."""
    outcome = pd.Series(44.0, range(2010, 2023))
    paths = pd.DataFrame(
        {f"{year}-10": {year + k: 45.0 - k for k in range(5)} for year in (2018, 2020, 2022)}
        | {"2019-04": {2019 + k: 44.5 for k in range(5)}}
    ).sort_index()
    return outcome, paths[["2018-10", "2019-04", "2020-10", "2022-10"]]


@pytest.mark.parametrize("narrow", [False, True])
def test_hair_starts_from_each_base_and_only_some_of_it_is_named(narrow: bool) -> None:
    outcome, paths = forecast_paths()
    named = {name: name[:4] for name in paths if name.endswith("-10")}
    chart = vintages.hair(outcome, paths, measure="Saving, % of GDP", named=named)
    axes: Any = chart.draw(Figure((7.2, 4.1)), narrow=narrow)
    hair = [line for line in axes.lines if len(line.get_xdata()) == 5]
    assert [line.get_xdata()[0] for line in hair] == [2018, 2019, 2020, 2022]
    assert [line.get_ydata()[0] for line in hair] == [45.0, 44.5, 45.0, 45.0]
    faint, full = hair[1].get_alpha(), hair[0].get_alpha()
    assert faint < full
    assert to_hex(hair[-1].get_color()) == style.ECONOMY
    said = {a.get_text() for a in axes.texts if isinstance(a, Annotation)}
    assert said == {"2018", "2020", "2022"}
    assert chart.data.loc[2022, "outcome"] == 44.0
    assert "2018: 45.0% in 2018, 41.0% in 2022" in chart.alt
