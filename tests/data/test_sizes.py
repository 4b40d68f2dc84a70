"""Whole series that differ: by a factor, a sign, a period, another place, another base year."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wrong_figures

from rebalancing.data.compare import judge
from rebalancing.data.compare.comparison import Comparison, compare_releases
from rebalancing.data.compare.judge import Thresholds
from rebalancing.project import Project

from .test_compare import Edit, accounts, changed, scaled, write


@pytest.fixture(scope="module")
def thresholds(this_project: Project) -> Thresholds:
    return judge.read_thresholds(this_project)


def reading(comparison: Comparison, thresholds: Thresholds, name: str) -> float:
    return judge.judge(comparison, thresholds).readings[name]


def sizes_of(comparison: Comparison, economy: str, series: str) -> pd.Series:
    table = comparison.sizes
    (row,) = table[(table["economy"] == economy) & (table["series"] == series)].index
    return table.loc[row]


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.8, 0.5, 2.0])
def test_one_factor_in_all_years_stops(
    tmp_path: Path, thresholds: Thresholds, factor: float
) -> None:
    comparison = changed(tmp_path, scaled(factor, economy="CHN", series="EXP"))
    row = sizes_of(comparison, "CHN", "EXP")
    assert (row["factor"], row["even"]) == (pytest.approx(factor), 100)
    per_cent = reading(comparison, thresholds, "watched_even")
    assert per_cent == pytest.approx(100 * (max(factor, 1 / factor) - 1))
    assert judge.judge(comparison, thresholds).stops


@pytest.mark.slow
def test_a_sign(tmp_path: Path, thresholds: Thresholds) -> None:
    comparison = changed(tmp_path, scaled(-1, economy="CHN", series="EXP"))
    assert reading(comparison, thresholds, "watched_flipped") == 100
    assert judge.judge(comparison, thresholds).stops


@pytest.mark.slow
def test_one_year(tmp_path: Path, thresholds: Thresholds) -> None:
    comparison = changed(tmp_path, scaled(3, economy="CHN", series="EXP", period="2010"))
    row = sizes_of(comparison, "CHN", "EXP")
    assert (row["jump"], row["spiked"]) == (pytest.approx(3), "2010")
    assert row["factor"] == 1
    reasons = judge.judge(comparison, thresholds).reasons
    assert any("no neighbour is: China, Title of EXP, 2010" in reason for reason in reasons)


@pytest.mark.slow
def test_years_that_moved(tmp_path: Path, thresholds: Thresholds) -> None:
    def moved(frame: pd.DataFrame) -> pd.DataFrame:
        own = (frame["economy"] == "CHN") & (frame["series"] == "EXP")
        ordered = frame[own].sort_values("period")["value"]
        later = ordered.shift(1).fillna(ordered)
        return frame.assign(value=frame["value"].where(~own, later.reindex(frame.index)))

    comparison = changed(tmp_path, moved)
    assert sizes_of(comparison, "CHN", "EXP")["elsewhere"] == "another period"
    assert reading(comparison, thresholds, "watched_elsewhere") == 1


@pytest.mark.slow
def test_series_that_were_swapped(tmp_path: Path, thresholds: Thresholds) -> None:
    def swapped(frame: pd.DataFrame) -> pd.DataFrame:
        names = frame["series"].where(
            frame["economy"] != "CHN", frame["series"].replace({"EXP": "IMP", "IMP": "EXP"})
        )
        return frame.assign(series=names)

    comparison = changed(tmp_path, swapped)
    assert reading(comparison, thresholds, "watched_elsewhere") == 2
    assert judge.judge(comparison, thresholds).stops


def growth_of(year: str, factor: float) -> Edit:
    """Make China's exports rates from 1.1 to 3.1 per cent, one of them so many times as large."""

    def edit(frame: pd.DataFrame) -> pd.DataFrame:
        own = (frame["economy"] == "CHN") & (frame["series"] == "EXP")
        rates = 1.1 + (frame["period"].astype(int) - 2000) / 10
        rates = rates.mask(frame["period"] == year, rates * factor)
        wide = rates.mask(frame["period"] == "2000", 30.1)  # a range that hides a slip
        return frame.assign(
            value=frame["value"].mask(own, wide), unit=frame["unit"].mask(own, "per cent")
        )

    return edit


@pytest.mark.slow
@pytest.mark.parametrize(("factor", "stops"), [(10, True), (0.1, True), (9.5, False)])
def test_a_decimal_point_that_slipped_within_the_range(
    tmp_path: Path, thresholds: Thresholds, factor: float, stops: bool
) -> None:
    comparison = changed(tmp_path, growth_of("2010", factor), before=growth_of("2010", 1))
    assert sizes_of(comparison, "CHN", "EXP")["slipped"] == ("2010" if stops else "")
    assert reading(comparison, thresholds, "watched_slipped") == stops
    assert judge.judge(comparison, thresholds).stops == stops


@pytest.mark.parametrize(("left", "found"), [(0, "an older release"), (1, "")])
def test_what_was_revised_is_as_in_an_older_release_again(
    tmp_path: Path, left: int, found: str
) -> None:
    """Two values are enough; with one revision that stays it is no copy."""
    revised = ("2018", "2019", "2017")
    first = accounts()
    second = first
    for year in revised[: 2 + left]:
        second = scaled(1.004321, economy="CHN", series="EXP", period=year)(second)
    again = first
    for year in revised[2 : 2 + left]:
        again = scaled(1.004321, economy="CHN", series="EXP", period=year)(again)
    write(tmp_path, "2020", first)
    old = write(tmp_path, "2021", second)
    comparison = compare_releases(old, write(tmp_path / "staged", "2022", again))
    assert sizes_of(comparison, "CHN", "EXP")["elsewhere"] == found


@pytest.mark.parametrize("were_one", [True, False])
def test_two_series_that_were_one_become_one_again(tmp_path: Path, were_one: bool) -> None:
    """PPP dollars are dollars for the United States, until one series is revised before another."""

    def with_twin(factor: float, both: float = 1) -> pd.DataFrame:
        frame = accounts()
        twin = frame[frame["series"] == "EXP"].assign(series="TWIN")
        whole = pd.concat([frame, twin.assign(value=twin["value"] * factor)])
        return whole.assign(value=whole["value"] * both)

    write(tmp_path, "2020", with_twin(1 if were_one else 1.05, both=0.98))
    old = write(tmp_path, "2021", with_twin(1.03))
    comparison = compare_releases(old, write(tmp_path / "staged", "2022", with_twin(1)))
    found = sizes_of(comparison, "CHN", "TWIN")["elsewhere"]
    assert found == ("" if were_one else "another series or economy")


@pytest.mark.slow
def test_a_base_year_is_one_line_and_stops_nothing(tmp_path: Path, thresholds: Thresholds) -> None:
    def rebased(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(unit="US dollars, constant 2020 prices", value=frame["value"] * 1.3)

    def of_2015(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(unit="US dollars, constant 2015 prices")

    comparison = changed(tmp_path, rebased, before=of_2015)
    judged = judge.judge(comparison, thresholds)
    assert judged.severity == "notable"
    assert [reason for reason in judged.reasons if "base year" in reason] == [
        "1 units with another base year: US dollars, constant 2015 prices → US dollars, constant "
        "2020 prices (notable from 1)"
    ]
    assert len(judged.reasons) == 1


@pytest.mark.slow
def test_most_years_lost_is_a_break(tmp_path: Path, thresholds: Thresholds) -> None:
    def thinned(frame: pd.DataFrame) -> pd.DataFrame:
        own = (frame["economy"] == "CHN") & (frame["series"] == "EXP")
        return frame[~own | (frame["period"] == frame["period"].max())]

    comparison = changed(tmp_path, thinned)
    assert list(comparison.coverage["kind"]) == ["lost most of its periods"]
    assert reading(comparison, thresholds, "own_breaks") == 1


@pytest.mark.slow
def test_errors_in_real_figures_stop(this_project: Project) -> None:
    found = list(wrong_figures.judged(this_project, 24, seed=1))
    watched = [(error, judged) for error, judged in found if error.whose == "watched"]
    assert len(watched) == len(wrong_figures.ERRORS)
    assert [str(error) for error, judged in watched if not judged.stops] == []


def test_every_error_changes_what_it_concerns() -> None:
    rows = [
        (economy, "", series, str(year), 100.0 + 7 * number + year % 11, "US dollars")
        for number, (economy, series) in enumerate(
            (economy, series) for economy in ("CHN", "USA") for series in ("EXP", "IMP")
        )
        for year in range(2000, 2020)
    ]
    columns = ["economy", "partner", "series", "period", "value", "unit"]
    figures = pd.DataFrame(rows, columns=columns)
    concerned = (figures["economy"] == "CHN") & (figures["series"] == "EXP")
    for name, make in wrong_figures.ERRORS.items():
        older = figures.assign(value=figures["value"] * 1.02)
        making = wrong_figures.Making(figures, concerned, older, np.random.default_rng(1))
        changed_rows = make(making) != figures["value"]
        assert changed_rows[concerned].any(), name
        assert not changed_rows[~concerned].any(), name
