"""Milestones of policy, and a share between them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.releases import shipped_tables
from rebalancing.data.views import milestones

BIBLIOGRAPHY = Path(__file__).parents[2] / "book" / "references.bib"


def share(first: int = 1970, last: int = 2024) -> pd.Series[float]:
    years = pd.RangeIndex(first, last + 1, name="year")
    return pd.Series(50 - 0.3 * np.arange(len(years)), years)


def test_every_milestone_has_a_date_and_words_and_a_source() -> None:
    table = milestones.read_milestones("CHN")
    assert table["date"].is_monotonic_increasing
    assert str(table["date"].iloc[0].date()) == "2004-12-05"
    assert (table[["short", "what", "source"]] != "").all().all()
    assert (table["short"].str.len() <= 18).all()


def test_every_source_is_in_the_bibliography() -> None:
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE))
    assert set(milestones.read_milestones("CHN")["source"]) <= keys


def test_a_milestone_that_was_not_verified_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = milestones.LIST.read_text(encoding="utf-8").splitlines()
    added = ["CHN,2005-12-01,A,Never seen,lardy2012,unverified", "CHN,2005-12-02,B,Nor this,x,"]
    listed = tmp_path / "milestones.csv"
    listed.write_text("\n".join([*rows, *added, ""]), encoding="utf-8")
    usual = milestones.read_milestones("CHN")
    monkeypatch.setattr(shipped_tables, "SOURCE", tmp_path)
    monkeypatch.setattr(milestones, "LIST", listed)
    milestones.listed.cache_clear()
    found = milestones.read_milestones("CHN")
    milestones.listed.cache_clear()
    pd.testing.assert_frame_equal(found, usual)


def test_every_milestone_says_where_it_was_seen() -> None:
    assert milestones.listed()["checked"].str.fullmatch(r"verified: .{10,}").all()


def test_another_economy_has_none() -> None:
    assert milestones.read_milestones("USA").empty


def test_changes_between_milestones_add_up_to_the_whole() -> None:
    known = milestones.between(milestones.read_milestones("CHN"), share()).dropna(subset="change")
    total = (known["change"] * (known["next_year"] - known["year"])).sum()
    assert total == pytest.approx(share()[2024] - share()[2004])
    for now, then in pairwise(known.to_dict("records")):
        assert now["next_share"] == then["share"]


def test_a_milestone_after_the_data_has_no_share() -> None:
    known = milestones.between(milestones.read_milestones("CHN"), share()).set_index("year")
    later = known.loc[2025:, ["share", "next_year", "next_share", "change"]]
    assert len(later)
    assert later.isna().all(axis=None)
    assert known.at[2022, "next_year"] == 2024


def test_a_sample_that_ends_at_a_milestone_has_no_change_after_it() -> None:
    known = milestones.between(milestones.read_milestones("CHN"), share(last=2013)).set_index(
        "year"
    )
    assert known.at[2011, "next_year"] == 2013
    assert known.at[2013, "share"] == share()[2013]
    assert known.loc[2013, ["next_year", "next_share", "change"]].isna().all()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(1970, 2024, [2004, 2013]), (2003, 2024, [2011]), (2010, 2024, []), (1970, 2012, [2004])],
)
def test_spaced_years_leave_room(first: int, last: int, expected: list[int]) -> None:
    years = milestones.read_milestones("CHN")["year"].tolist()
    assert milestones.spaced(years, first, last, 8) == expected


def lacking_plans(years: list[int]) -> list[int]:
    """Return the years of five-year plans, from 2006 on, that a list of years passes over."""
    return [year for year in range(2006, max(years) + 1, 5) if year not in years]


def test_every_five_year_plan_is_there_and_so_are_the_plenums_of_the_newest_one() -> None:
    """A list that had stopped with an older plan would lack the one after it."""
    table = milestones.read_milestones("CHN")
    years = table["date"].dt.year.tolist()
    assert lacking_plans(years) == []
    plans = table[table["what"].str.contains("Five-Year Plan")]["date"]
    assert (plans.dt.year % 5 == 1).all()
    assert plans.max() == table["date"].max()
    before = table[table["date"].dt.year == plans.max().year - 1]
    assert before["what"].str.contains("Plenum").any()
    assert lacking_plans([2004, 2006, 2011, 2021]) == [2016]


def test_the_first_milestone_is_about_consumption_and_not_about_demand() -> None:
    """Domestic demand was an aim years before."""
    first = milestones.read_milestones("CHN").iloc[0]
    assert "consumption" in first["what"]
    assert "domestic demand" not in first["what"]
