"""Exports by market to the newest month: months joined, sums since January, tariffs, products."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import markets

COLUMNS = ["partner", "flow", "span", "month", "usd_bn"]
YEAR = pd.date_range("2024-01-01", "2024-12-01", freq="MS")


def months(**partners: float) -> pd.DataFrame:
    return pd.DataFrame(partners, index=YEAR).rename_axis("month")


def bulletin(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    made = [(who, "exports", span, pd.Timestamp(month), usd) for who, span, month, usd in rows]
    return pd.DataFrame(made, columns=COLUMNS)


AFTER = bulletin(
    ("WLD", "year to date", "2025-02", 30.0),
    ("USA", "year to date", "2025-02", 3.0),
    ("WLD", "month", "2025-03", 20.0),
    ("USA", "month", "2025-03", 2.5),
    ("VNM", "month", "2025-03", 1.0),  # not a partner of the file
)


def test_the_bulletins_follow_on_the_file_and_one_sum_of_two_months_is_halved() -> None:
    found = markets.joined(months(WLD=10.0, USA=1.0), AFTER)
    assert list(found.columns) == ["WLD", "USA"]
    assert list(found.index[-4:]) == list(pd.date_range("2024-12-01", "2025-03-01", freq="MS"))
    assert list(found["USA"].tail(4)) == [1.0, 1.5, 1.5, 2.5]
    assert list(found["WLD"].tail(4)) == [10.0, 15.0, 15.0, 20.0]


def test_a_partner_ends_with_its_first_gap() -> None:
    later = bulletin(("WLD", "month", "2025-04", 20.0), ("JPN", "month", "2025-04", 1.0))
    found = markets.joined(
        months(WLD=10.0, USA=1.0, JPN=2.0), pd.concat([AFTER, later], ignore_index=True)
    )
    assert found["USA"].last_valid_index() == pd.Timestamp("2025-03")
    assert found["JPN"].last_valid_index() == pd.Timestamp("2024-12")
    assert found["WLD"].last_valid_index() == pd.Timestamp("2025-04")


def test_bulletins_that_do_not_follow_are_left_alone() -> None:
    own = months(WLD=10.0)
    late = bulletin(("WLD", "month", "2025-03", 20.0))
    assert markets.joined(own, late).equals(own)
    assert markets.joined(own, late.iloc[:0]).equals(own)
    assert markets.joined(own, bulletin(("WLD", "month", "2024-06", 20.0))).equals(own)


def test_sums_since_january_need_every_month() -> None:
    both = months(WLD=10.0)
    both.loc[pd.Timestamp("2025-01-01")] = 12.0
    both.loc[pd.Timestamp("2025-02-01")] = 13.0
    found = markets.since_january(both, pd.Timestamp("2030-02-01"))
    assert found["WLD"].to_dict() == {2024: 20.0, 2025: 25.0}
    assert pd.isna(markets.since_january(both, pd.Timestamp("2025-03-01")).loc[2025, "WLD"])


def test_what_moved_adds_up_to_the_world() -> None:
    sums = pd.DataFrame(
        {"WLD": [100.0, 130.0], "USA": [20.0, 15.0], "JPN": [5.0, 6.0]}, [2024, 2026]
    )
    found = markets.moved(sums, 2024, 2026, ["USA", "JPN", "VNM"])
    assert found.to_dict() == {"USA": -5.0, "JPN": 1.0, markets.REST: 34.0}
    assert found.sum() == 30.0


TARIFFS = pd.DataFrame(
    {
        "partner": ["CHN", "EU27", "VNM"],
        "month": pd.Timestamp("2025-04-01"),
        "added_pct": [88.0, 6.0, 12.0],
        "before_pct": [11.0, 1.0, 4.0],
        "weight_usd_bn": [400.0, 200.0, 100.0],
    }
)


def test_others_tariff_is_weighted_by_their_imports_and_leaves_the_partner_out() -> None:
    added = markets.added_tariffs(TARIFFS, "CHN").iloc[0]
    assert added[markets.OWN] == 88.0
    assert added[markets.OTHERS] == pytest.approx((200 * 6 + 100 * 12) / 300)
    before = markets.tariffs_before(TARIFFS, "CHN")
    assert before[markets.OTHERS] == pytest.approx((200 * 1 + 100 * 4) / 300)


@pytest.mark.parametrize(
    ("economy", "code"), [("CHN", "CHN"), ("DEU", "EU27"), ("FJI", ""), ("GBR", "")]
)
def test_members_of_the_union_have_its_tariff(economy: str, code: str) -> None:
    assert markets.tariff_partner(TARIFFS, economy, {"DEU", "FRA"}) == code
    without = TARIFFS[TARIFFS["partner"] != "EU27"]
    assert markets.tariff_partner(without, "DEU", {"DEU"}) == ""


def test_months_that_were_only_announced_are_left_out() -> None:
    planned = TARIFFS.assign(month=pd.Timestamp("2026-08-01"))
    both = pd.concat([TARIFFS, planned]).assign(release="2026-07-23")
    assert set(markets.in_force(both)["month"]) == {pd.Timestamp("2025-04-01")}


PRODUCTS = pd.DataFrame(
    [
        ("IC", "value", "2025-07", 100.0),
        ("IC", "value", "2026-07", 180.0),
        ("IC", "quantity", "2025-07", 10.0),
        ("IC", "quantity", "2026-07", 12.0),
        ("SHIPS", "value", "2025-07", 400.0),
        ("SHIPS", "value", "2026-07", 300.0),
        ("TOYS", "value", "2026-07", 50.0),  # without a year before
        ("IC", "value", "2025-12", 150.0),  # nor has this month
    ],
    columns=["product", "measure", "month", "value"],
).assign(span="year to date", month=lambda rows: pd.to_datetime(rows["month"]))


def test_unit_values_are_value_over_quantity() -> None:
    month = markets.products_month(PRODUCTS)
    assert month == pd.Timestamp("2026-07-01")
    found = markets.products(PRODUCTS, month)
    assert list(found.index) == ["SHIPS", "IC"]  # the largest first
    chips = found.loc["IC"]
    assert (chips["value"], chips["change"]) == (18.0, 8.0)  # from hundreds of millions
    assert chips["value_pct"] == pytest.approx(80.0)
    assert chips["quantity_pct"] == pytest.approx(20.0)
    assert chips["unit_value_pct"] == pytest.approx(50.0)
    assert found["unit_value_pct"].isna().to_dict() == {"SHIPS": True, "IC": False}


def test_products_without_two_years_have_no_month() -> None:
    assert markets.products_month(PRODUCTS[PRODUCTS["month"] == "2026-07-01"]) is None
