from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.comparison import episodes
from rebalancing.models.validate import ModelInputError

YEARS = range(1980, 2020)
few = settings(max_examples=20)


def panel(**economies: object) -> pd.DataFrame:
    return pd.DataFrame(economies, index=YEARS, dtype=float)


def path(*turning_points: tuple[int, float]) -> np.ndarray:
    years, values = zip(*turning_points, strict=True)
    return np.asarray(np.interp(np.array(YEARS), years, values))


def test_an_episode_runs_from_trough_to_peak() -> None:
    shares = panel(A=path((1980, 50), (1990, 40), (2002, 52), (2010, 44), (2019, 45)))
    found = episodes.find(shares, smooth=1).table
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["start"], row["end"], row["years"]) == (1990, 2002, 12)
    assert row["change"] == pytest.approx(12)
    assert (row["start_share"], row["end_share"]) == (pytest.approx(40), pytest.approx(52))
    assert not row["open_start"]
    assert not row["open_end"]


def test_what_comes_and_goes_within_ten_years_is_no_episode() -> None:
    shares = panel(A=path((1980, 50), (1990, 50), (1993, 60), (1996, 50), (2019, 50)))
    assert episodes.find(shares, smooth=1).table.empty
    assert len(episodes.find(shares, smooth=1, within=3).table) == 1


def test_a_rise_too_slow_for_the_window_is_no_episode() -> None:
    shares = panel(A=path((1980, 40), (2019, 50)))
    assert episodes.find(shares, smooth=1).table.empty
    assert len(episodes.find(shares, smooth=1, within=20).table) == 1


def test_a_single_odd_year_is_no_episode() -> None:
    values = path((1980, 50), (2019, 50))
    values[30] = 57
    assert episodes.find(panel(A=values), within=1).table.empty
    assert len(episodes.find(panel(A=values), within=1, smooth=1).table) == 1


def test_episodes_at_the_ends_of_the_data_are_marked() -> None:
    shares = panel(A=path((1980, 40), (1990, 50), (2005, 40), (2019, 55)))
    found = episodes.find(shares, smooth=1).table
    assert found["open_start"].tolist() == [True, False]
    assert found["open_end"].tolist() == [False, True]


def test_a_gap_ends_an_episode_and_short_runs_are_not_searched() -> None:
    values = path((1980, 40), (2019, 60))
    values[20] = np.nan
    found = episodes.find(panel(A=values), smooth=1)
    assert found.table[["start", "end"]].to_numpy().tolist() == [[1980, 1999], [2001, 2019]]
    values[:35] = np.nan
    found = episodes.find(panel(A=values), smooth=1)
    assert (found.n_economies, found.n_years, len(found.table)) == (0, 0, 0)


@pytest.mark.slow
@few
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 5]))
def test_episodes_do_not_overlap_and_falls_mirror_rises(seed: int, smooth: int) -> None:
    rng = np.random.default_rng(seed)
    shares = panel(**{c: 50 + rng.normal(0, 2, 40).cumsum() for c in "ABC"})
    rises = episodes.find(shares, smooth=smooth)
    falls = episodes.find(-shares, direction="fall", smooth=smooth)
    columns = ["economy", "start", "end", "years", "open_start", "open_end"]
    pd.testing.assert_frame_equal(rises.table[columns], falls.table[columns])
    np.testing.assert_allclose(rises.table["change"], -falls.table["change"])
    assert (rises.table["change"] >= 5).all()
    both = pd.concat([rises.table, episodes.find(shares, direction="fall", smooth=smooth).table])
    for _, own in both.sort_values("start").groupby("economy"):
        assert (own["start"].iloc[1:].to_numpy() >= own["end"].iloc[:-1].to_numpy()).all()


def test_changes_of_the_items_sum_to_nothing_with_the_share() -> None:
    share = panel(A=path((1980, 50), (1990, 40), (2005, 60), (2019, 60)))
    rest = 100 - share
    found = episodes.find(share)
    moved = episodes.changes(found, {"investment": 0.75 * rest, "government": 0.25 * rest})
    np.testing.assert_allclose(moved.sum(axis=1), -found.table["change"])
    assert moved["investment"].iloc[0] == pytest.approx(3 * moved["government"].iloc[0])


def test_items_of_an_economy_that_has_none_are_missing() -> None:
    found = episodes.find(panel(A=path((1980, 40), (1990, 60), (2019, 60))))
    moved = episodes.changes(found, {"investment": panel(B=np.full(40, 20.0))})
    assert moved["investment"].isna().all()


def test_what_an_economy_was_like_at_the_start() -> None:
    found = episodes.find(panel(A=path((1980, 50), (1990, 40), (2005, 60), (2019, 60))), smooth=1)
    people = panel(A=np.array(YEARS, dtype=float))
    known = episodes.at_start(found, {"people": people, "late": people.loc[2000:]})
    assert known["people"].tolist() == [1990.0]
    assert known["late"].isna().all()


def test_growth_before_and_during() -> None:
    found = episodes.find(panel(A=path((1980, 50), (1995, 40), (2010, 60), (2019, 60))), smooth=1)
    start, end = int(found.table["start"].iloc[0]), int(found.table["end"].iloc[0])
    rates = panel(A=np.where(np.array(YEARS) <= start, 8.0, 3.0))
    averages = episodes.growth(found, rates)
    assert averages.iloc[0].to_list() == pytest.approx([8.0, 3.0])
    rates.loc[start + 1 : end - 3] = np.nan
    assert np.isnan(episodes.growth(found, rates)["during"].iloc[0])


def test_growth_of_a_short_episode_needs_all_its_years() -> None:
    found = episodes.find(panel(A=path((1980, 50), (2000, 50), (2002, 60), (2019, 60))), smooth=1)
    rates = panel(A=np.full(40, 2.0))
    assert episodes.growth(found, rates)["during"].iloc[0] == pytest.approx(2.0)
    rates.loc[2001] = np.nan
    assert np.isnan(episodes.growth(found, rates)["during"].iloc[0])


def test_episodes_are_described_row_by_row() -> None:
    share = panel(A=path((1980, 50), (1990, 40), (2005, 60), (2019, 60)))
    found = episodes.find(share)
    items, rates, known = {"rest": 100 - share}, panel(A=np.full(40, 2.0)), {"level": share}
    table = episodes.describe(found, items, rates, known)
    assert list(table) == [*found.table, "rest", "before", "during", "level"]
    pd.testing.assert_frame_equal(table[list(found.table)], found.table)
    assert table["rest"].iloc[0] == pytest.approx(-table["change"].iloc[0])
    assert table["during"].iloc[0] == pytest.approx(2.0)
    assert table["level"].iloc[0] == share.loc[int(table["start"].iloc[0]), "A"]


def test_base_rate_counts_pairs_that_start_below() -> None:
    shares = panel(A=path((1980, 40), (1999, 40), (2000, 60), (2019, 60)), B=np.full(40, 70.0))
    rate = episodes.base_rate(shares, below=45, change=5, years=10, smooth=1)
    assert rate["n"] == 20  # 1980 to 1999
    assert rate["n_economies"] == 1
    assert rate["rate"] == pytest.approx(50)
    assert rate["rate_by_economy"] == pytest.approx(50)
    everyone = episodes.base_rate(shares, below=100, change=5, years=10, smooth=1)
    assert everyone["rate"] == pytest.approx(100 * 10 / 60)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"direction": "up"}, "direction"),
        ({"at_least": -5.0}, "at_least"),
        ({"reversal": 0.0}, "reversal"),
        ({"within": 0}, "within"),
        ({"smooth": 2}, "smooth: 2 is even"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelInputError, match=words):
        episodes.find(panel(A=path((1980, 40), (2019, 60))), **options)


def test_bad_panels_are_named() -> None:
    shares = panel(A=path((1980, 40), (2019, 60)))
    with pytest.raises(ModelInputError, match="twice"):
        episodes.find(pd.concat([shares, shares]))
    with pytest.raises(ModelInputError, match="whole years"):
        episodes.find(shares.set_axis([f"{year}" for year in YEARS]))
    with pytest.raises(ModelInputError, match="infinite"):
        episodes.find(shares.where(shares < 50, np.inf))
    with pytest.raises(ModelInputError, match="below"):
        episodes.base_rate(shares, below=10, change=5, years=10)
    with pytest.raises(ModelInputError, match="-100"):
        episodes.growth(episodes.find(shares), shares - 200)


def test_the_representation_says_what_was_found() -> None:
    text = repr(episodes.find(panel(A=path((1980, 40), (1990, 60), (2019, 60)))))
    assert "rises by 5 or more in 10 years in 1 economies" in text
    assert "1 in 1 economies" in text
