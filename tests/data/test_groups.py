from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebalancing.data.releases import shipped_tables
from rebalancing.data.releases.shipped_tables import ShippedTableError
from rebalancing.data.tables import economies, groups, totals

ENTRY = """groups:
  - code: TWO
    name: Two
    in_text: the two
    source: Nobody, made up for a test
    members:
      - {economies: USA, from: 2001-07-01}
      - {economies: CHN, from: 1999-01-01, to: 2020-01-31}
    least_share: 0.9
"""


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A list of one's own in place of the project's."""
    path = tmp_path / groups.LIST.name
    path.write_text(ENTRY)
    monkeypatch.setattr(shipped_tables, "SOURCE", tmp_path)
    monkeypatch.setattr(groups, "LIST", path)
    monkeypatch.setattr(economies, "LIST", Path(shutil.copy(economies.LIST, tmp_path)))
    groups.groups.cache_clear()
    economies.listed.cache_clear()
    yield path
    groups.groups.cache_clear()
    economies.listed.cache_clear()


def test_the_united_kingdom_was_a_member_to_january_2020() -> None:
    assert "GBR" in groups.members("EU_V", 2019)
    assert "GBR" in groups.members("EU_V", "2020-01")
    assert "GBR" not in groups.members("EU_V", "2020-02")
    assert "GBR" not in groups.members("EU_V", 2020)


@pytest.mark.parametrize(
    ("year", "number"),
    [
        *((1957, 0), (1958, 6), (1973, 9), (1981, 10), (1986, 12), (1995, 15), (2003, 15)),
        *((2004, 25), (2007, 27), (2012, 27), (2013, 28), (2019, 28), (2020, 27)),
    ],
)
def test_the_european_union_grew(year: int, number: int) -> None:
    assert len(groups.members("EU_V", year)) == number


def test_todays_union_is_the_union_of_its_time_today() -> None:
    assert groups.members("EU_V") == groups.members("EU27") == groups.members("EU27", 1990)
    assert groups.members("EU_V", 2024) == groups.members("EU27")


def test_asean_had_ten_members_for_a_quarter_of_a_century() -> None:
    years = [year for year in range(1967, 2025) if len(groups.members("ASEAN", year)) == 10]
    assert (years[0], years[-1]) == (1999, 2024)
    assert "TLS" in groups.members("ASEAN")


def test_groups_with_a_least_share_are_summed() -> None:
    known = groups.groups()
    assert {code for code, group in known.items() if group.least_share} == set(groups.summed())
    assert {"EU27", "WLD"} <= set(groups.summed())
    assert not {"EU_V", "ASEAN"} & set(groups.summed())
    assert all(group.source for group in groups.groups().values())


@pytest.mark.parametrize(
    ("group", "period", "said"),
    [
        ("G7", 2019, "G7 is no group of economies; use one of .*EU27"),
        ("WLD", 2019, "every economy"),
        ("EU27", "2019-Q1", "'2019-Q1' is no period"),
        ("EU27", "2019-02-30", "is no period"),
        ("EU27", "2019-13", "is no period"),
        ("EU27", 19, "'19' is no period"),
    ],
)
def test_what_there_is_not_is_refused(group: str, period: int | str, said: str) -> None:
    with pytest.raises(groups.GroupError, match=said):
        groups.members(group, period)


def test_an_entry_is_all_that_a_group_needs(listed: Path) -> None:
    known = economies.catalogue().set_index("economy")
    assert known.loc["TWO", ["in_text", "kind"]].tolist() == ["the two", "group"]
    assert groups.summed() == {"TWO": 0.9}
    composed = totals.composition(known.index.to_series()).to_numpy().tolist()
    assert composed == [["TWO", "USA", 2001, 9999], ["TWO", "CHN", 1999, 2019]]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    name: Two\n", "", "groups.0.name: Field required"),
        ("economies: USA", "economies: QQQ", "TWO: QQQ is in no line of economies.csv"),
        ("code: TWO", "code: USA", "USA is a group of groups.yml, too"),
        ("code: TWO", "code: two", "groups.0.code"),
        ("to: 2020-01-31", "to: 1998-01-31", "ends on 1998-01-31, before it begins"),
        ("economies: USA,", "economies: CHN USA,", "TWO: CHN belongs to it twice at once"),
        ("least_share: 0.9", "least_share: 90", "groups.0.least_share: 90"),
        ("least_share: 0.9", "lest_share: 0.9", "groups.0.lest_share"),
        ("from: 2001-07-01", "from: 2001-07-32", "2001-07-32"),
        ("groups:", "groups", "not valid YAML"),
        (ENTRY, ENTRY + ENTRY.partition("\n")[2], "TWO: is listed twice"),
        (ENTRY, "", "dictionary"),
    ],
)
def test_a_malformed_list_is_refused_in_one_line(
    listed: Path, before: str, after: str, said: str
) -> None:
    listed.write_text(ENTRY.replace(before, after, 1))
    with pytest.raises(ShippedTableError) as caught:
        economies.listed.__wrapped__()
    message = str(caught.value)
    assert said in message
    assert message.startswith("src/")
    assert "\n" not in message
    assert "; correct it, or restore the file with: git checkout" in message
