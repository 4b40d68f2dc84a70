import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.data.tables import groups
from rebalancing.data.tables import totals as module

EU27 = groups.members("EU27")
SOVIET = next(s for s in module.SUCCESSIONS if s.former == ("SUN",))


def accounts(values: dict[tuple[str, int, str], float]) -> pd.DataFrame:
    """Return accounts in current dollars from values by economy, year and item."""
    rows = [("2024", "current USD", *key, value) for key, value in values.items()]
    return pd.DataFrame(rows, columns=["release", "prices", "economy", "year", "item", "value"])


def totals(values: dict[tuple[str, int, str], float]) -> dict[tuple[str, int, str], float]:
    """Return the totals by group, year and item."""
    frame = accounts(values)
    summed = module.totals(frame, module.composition(frame["economy"]))
    assert list(summed.columns) == list(frame.columns)
    return summed.set_index(["economy", "year", "item"])["value"].to_dict()


def world_through_a_succession(years: range) -> dict[tuple[str, int, str], float]:
    """Return a world of one lasting economy and the Soviet Union, both shown in the overlap."""
    values = {("USA", year, "GDP"): 1000.0 for year in years}
    values |= {("SUN", year, "GDP"): 150.0 for year in years if year <= SOVIET.first_year}
    values |= {
        (code, year, "GDP"): 10.0
        for code in SOVIET.successors
        for year in years
        if year >= SOVIET.first_year
    }
    return values


def test_a_former_economy_is_counted_until_its_successors_and_never_with_them():
    world = totals(world_through_a_succession(range(1987, 1994)))
    assert set(world.values()) == {1150.0}
    assert {year for _, year, _ in world} == set(range(1987, 1994))


def test_the_world_has_no_total_in_a_year_without_the_gdp_of_one_economy():
    values = world_through_a_succession(range(1987, 1994))
    del values[("RUS", 1992, "GDP")]
    assert {year for _, year, _ in totals(values)} == {1987, 1988, 1989, 1990, 1991, 1993}


@pytest.mark.parametrize("succession", module.SUCCESSIONS, ids=lambda s: "-".join(s.former))
def test_each_year_counts_either_all_that_ended_or_all_that_took_over(succession):
    members = module.composition(pd.Series([*succession.former, *succession.successors, "CHN"]))
    world = members[members["group"] == "WLD"]
    for year in range(1970, 2026):
        counted = world[(world["first_year"] <= year) & (year <= world["last_year"])]["economy"]
        expected = succession.former if year < succession.first_year else succession.successors
        assert set(counted) == {*expected, "CHN"}


def test_eu27_exists_only_where_all_27_have_a_value():
    values = {(code, year, "GDP"): 10.0 for code in EU27 for year in (2000, 2001)}
    values |= {(code, 2001, "EXP"): 4.0 for code in EU27}
    values |= {(code, 2000, "EXP"): 4.0 for code in EU27[1:]}
    values |= {("CSK", 1980, "GDP"): 10.0, ("DEU", 1980, "GDP"): 10.0}
    union = {key[1:]: value for key, value in totals(values).items() if key[0] == "EU27"}
    assert union == {(2000, "GDP"): 270.0, (2001, "GDP"): 270.0, (2001, "EXP"): 108.0}


def test_the_world_total_of_an_item_needs_nearly_all_of_gdp():
    values = {("USA", 2000, "GDP"): 1000.0, ("PRK", 2000, "GDP"): 1.0, ("CHN", 2000, "GDP"): 50.0}
    values |= {("USA", 2000, "HFCE"): 700.0, ("CHN", 2000, "HFCE"): 20.0}
    values |= {("USA", 2000, "VA_MANF"): 100.0, ("PRK", 2000, "VA_MANF"): 1.0}
    assert totals(values) == {("WLD", 2000, "GDP"): 1051.0, ("WLD", 2000, "HFCE"): 720.0}


def test_releases_are_summed_apart():
    older = accounts({("USA", 2000, "GDP"): 1.0}).assign(release="2014")
    newer = accounts({("USA", 2000, "GDP"): 2.0, ("CHN", 2000, "GDP"): 3.0})
    frame = pd.concat([older, newer])
    summed = module.totals(frame, module.composition(frame["economy"]))
    # The older release lacks an economy of the newer one, so that its total would be too small.
    assert summed[["release", "value"]].to_dict("list") == {"release": ["2024"], "value": [5.0]}


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.dictionaries(st.sampled_from(["CHN", "USA", "JPN", "BRA"]), st.floats(1, 1e6), min_size=1)
)
def test_the_world_is_the_sum_of_its_parts(gdp):
    values = {(code, 2000, "GDP"): value for code, value in gdp.items()}
    assert totals(values)["WLD", 2000, "GDP"] == pytest.approx(sum(gdp.values()), rel=1e-12)
