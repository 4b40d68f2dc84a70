"""Groups of partners have the same members in every year that is compared."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from rebalancing.data.tables import groups
from rebalancing.data.tables.columns import TO_DATE
from rebalancing.data.views import customs
from rebalancing.data.views.customs import MembershipError

REPOSITORY = Path(__file__).parents[2]


def rows(years: range, **monthly: float) -> pd.DataFrame:
    """Return the same exports in every month of some years, by partner."""
    months = pd.date_range(f"{years[0]}-01", f"{years[-1]}-12", freq="MS")
    return pd.DataFrame(
        [
            {"partner": partner, "month": month, "exports_usd_bn": value, "imports_usd_bn": 1.0}
            for partner, value in monthly.items()
            for month in months
        ]
    )


def union(before: float, after: float, **others: float) -> pd.DataFrame:
    """Return customs that count the United Kingdom in the Union to 2019 and not after."""
    return pd.concat(
        [
            rows(range(2014, 2020), WLD=100.0, EU27=before, **others),
            rows(range(2020, 2025), WLD=100.0, EU27=after, **others),
        ]
    )


def test_an_economy_that_left_is_taken_out_of_the_years_before() -> None:
    found = customs.comparable(union(30, 25, GBR=5.0), [2014, 2024])
    assert set(found.table["EU27"]) == {25.0}
    assert found.members["EU27"] == groups.members("EU27")
    assert found.note == ("The European Union is counted without the United Kingdom in every year.")


def test_the_change_is_that_of_the_same_economies() -> None:
    """Sales to the 27 rose by half; as published they would have risen by a quarter."""
    table = customs.comparable(union(24, 30, GBR=4.0), range(2014, 2025)).table
    yearly = customs.by_year(table)["EU27"]
    assert yearly[2024] / yearly[2014] == pytest.approx(1.5)
    assert yearly[2020] == yearly[2024]


def test_where_figures_allow_it_one_way_only_the_group_is_made_larger() -> None:
    customs_rows = union(30, 25, GBR=5.0)
    is_early = (customs_rows["partner"] == "GBR") & (customs_rows["month"] < "2020")
    found = customs.comparable(customs_rows[~is_early], [2014, 2024])
    assert set(found.table["EU27"]) == {30.0}
    assert "GBR" in found.members["EU27"]
    assert "is counted with the United Kingdom" in found.note


def test_what_cannot_be_compared_is_refused_and_the_economy_is_named() -> None:
    with pytest.raises(MembershipError, match="no figures of the United Kingdom"):
        customs.comparable(union(30, 25), [2014, 2024])
    early = rows(range(2010, 2021), WLD=100.0, EU27=30.0, GBR=5.0)
    with pytest.raises(MembershipError, match=r"between 2010 and 2020.*Croatia"):
        customs.comparable(early, [2010, 2020])


def test_years_of_one_membership_are_as_published() -> None:
    found = customs.comparable(union(30, 25), [2020, 2024])
    assert set(found.table["EU27"]) == {25.0}
    assert found.note == ""
    assert customs.comparable(rows(range(2014, 2025), WLD=1.0), [2014, 2024]).members == {}


def test_any_group_that_changes_is_treated_so() -> None:
    asia = pd.concat(
        [
            rows(range(1994, 1995), WLD=100.0, ASEAN=20.0, VNM=3.0),
            rows(range(1996, 1997), WLD=100.0, ASEAN=23.0, VNM=3.0),
        ]
    )
    table = customs.comparable(asia, [1994, 1996]).table
    assert set(table["ASEAN"]) == {23.0}


def bulletins(first: str, last: str, asean: float) -> pd.DataFrame:
    """Return sums since January with the group and with all, by month, in both flows."""
    return pd.DataFrame(
        [
            {"partner": partner, "flow": flow, "span": TO_DATE, "month": month, "usd_bn": value}
            for partner, value in (("ASEAN", asean), ("WLD", 10 * asean))
            for flow in ("exports", "imports")
            for month in pd.date_range(first, last, freq="MS")
        ]
    )


@pytest.mark.parametrize(("trade", "kept"), [(0.9, True), (9.0, False), (None, False)])
def test_months_over_a_change_of_membership_are_refused_unless_it_is_too_small_to_be_seen(
    trade: float | None, kept: bool
) -> None:
    rows = bulletins("2025-01", "2026-07", 400.0)
    assert customs.movers(rows) == {"TLS"}
    found = customs.same_groups(rows, {} if trade is None else {"TLS": trade})
    assert ("ASEAN" in set(found.rows["partner"])) is kept
    assert "Timor-Leste" in found.note
    assert ("0.2% of trade with ASEAN" in found.note) is kept
    assert ("left out" in found.note) is not kept


def test_months_of_one_membership_are_as_published() -> None:
    rows = bulletins("2024-01", "2025-07", 400.0)
    found = customs.same_groups(rows, {})
    assert found.note == ""
    assert found.rows.equals(rows)


def test_years_over_a_change_too_small_to_be_seen_are_compared_and_the_bound_is_said() -> None:
    asia = rows(range(2015, 2026), WLD=100.0, ASEAN=30.0)
    with pytest.raises(MembershipError, match="Timor-Leste"):
        customs.comparable(asia, [2015, 2025])
    with pytest.raises(MembershipError, match="Timor-Leste"):
        customs.comparable(asia, [2015, 2025], whole={"TLS": 20.0})
    found = customs.comparable(asia, [2015, 2025], whole={"TLS": 0.9})
    assert set(found.table["ASEAN"]) == {30.0}
    assert "Timor-Leste" in found.note
    assert "0.2%" in found.note


def test_the_whole_trade_of_an_economy_is_its_larger_flow_in_the_newest_year() -> None:
    bank = pd.DataFrame(
        [
            ("TLS", "IMPORTS", 2023, 9e8),
            ("TLS", "IMPORTS", 2024, 8e8),
            ("TLS", "EXPORTS", 2024, 1e8),
        ],
        columns=["economy", "series", "year", "value"],
    )
    assert customs.whole_trade(bank) == {"TLS": pytest.approx(0.8)}


def test_a_month_without_figures_stays_missing() -> None:
    table = union(30, 25, GBR=5.0)
    gap = (table["partner"] == "EU27") & (table["month"] == "2014-03")
    found = customs.comparable(table[~gap], [2014, 2024]).table
    assert found["EU27"].isna().sum() == 1
    assert customs.by_year(found)["EU27"].isna().to_dict() == {2014: True, 2024: False}
    assert customs.years(table[~gap], ["WLD", "EU27"], 2016) == [2015, 2016]


def test_nothing_else_reads_the_figures_of_partners() -> None:
    """A table of partners that is pivoted elsewhere would compare groups as published."""
    flows = {"exports_usd_bn", "imports_usd_bn"}
    code = {
        path.name: path.read_text("utf-8")
        for path in (REPOSITORY / "src/rebalancing").rglob("*.py")
        if path.parent.name != "tables"
    }
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code[path.name] = "\n".join("".join(cell["source"]) for cell in cells)
    readers = {name for name, text in code.items() if any(flow in text for flow in flows)}
    # 16 compares releases of the world's total; the others read what American customs count.
    # No group stands in either.
    american = {"06_surplus.ipynb", "08_markets.ipynb", "current.py"}
    assert readers <= {"customs.py", "16_revisions.ipynb", *american}
