"""China's trade by partner: kinds of values, dollars, and changes since January."""

import pandas as pd
import pytest

from rebalancing.data.tables import clean_further, sums
from rebalancing.data.views import partners

COLUMNS = ["release", "economy", "partner", "series", "period", "value", "unit"]


def raw(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame([("2026-08", "CHN", *row, "u") for row in rows], columns=COLUMNS)


BULLETIN = raw(
    [
        ("WLD", "EXP_CNY", "2026-01", 7_000_000.5),
        ("WLD", "EXP_CNY_YTD", "2026-01", 7_000_000.5),
        ("WLD", "EXP_CNY_YTD", "2026-03", 21_500_000.5),
        ("WLD", "EXP_CNY_YTD_YOY", "2026-03", 25.0),
        ("USA", "EXP_CNY", "2026-03", 700_000.0),
        ("USA", "EXP_CNY_YTD", "2026-03", 2_150_000.25),
        ("USA", "EXP_CNY_YTD_YOY", "2026-03", -20.0),
    ]
)
DERIVED = raw(
    [
        ("WLD", "EXP_CNY_DERIVED", "2026-02", 7_000_000.0),
        ("WLD", "EXP_CNY_DERIVED", "2026-03", 7_500_000.0),
    ]
)
RATE = raw([("", "CNYUSD_EXP", "2026-03", 7.0)])
LEVELS = raw([("", "EXP_USD_YTD", "2026-02", 20.0), ("", "EXP_USD_YTD", "2026-03", 30.714286)])


@pytest.fixture
def table() -> pd.DataFrame:
    return clean_further.partners(BULLETIN, DERIVED, RATE, LEVELS)


def test_each_value_says_how_it_came_about(table: pd.DataFrame) -> None:
    kinds = table.set_index(["partner", "span", "month"])["kind"]
    march = pd.Timestamp("2026-03")
    assert kinds["USA", "month", march] == "express"  # rounded to 10 million yuan
    assert kinds["USA", "year to date", march] == "published"
    assert kinds["WLD", "month", march] == "derived"


def test_dollars_are_at_the_rate_of_the_same_span(table: pd.DataFrame) -> None:
    usa = table[(table["partner"] == "USA")].set_index("span")
    assert usa.loc["month", "usd_bn"] == pytest.approx(7.0 / 7.0)
    rate_to_date = 215.000005 / 30.714286
    assert usa.loc["year to date", "usd_bn"] == pytest.approx(21.5000025 / rate_to_date)
    january = table[(table["month"] == "2026-01") & (table["span"] == "month")]
    assert january["usd_bn"].isna().all()  # no rate, no dollars


def test_a_sum_that_was_not_published_has_its_month_added() -> None:
    """The world's sum to February, on which the rate of February rests."""
    to_february = raw([("USA", "EXP_CNY_YTD", "2026-02", 1_400_000.0)])
    bulletin = pd.concat([BULLETIN, to_february], ignore_index=True)
    table = clean_further.partners(bulletin, DERIVED, RATE, LEVELS)
    (usa,) = table[table["month"] == "2026-02"].query("partner == 'USA'").to_dict("records")
    assert usa["usd_bn"] == pytest.approx(14.0 / (140.000005 / 20.0))


def test_months_make_the_year_to_date_or_are_refused(table: pd.DataFrame) -> None:
    assert sums.partners(table).all()
    slip = (table["partner"] == "WLD") & (table["kind"] == "derived")
    wrong = table.assign(cny_bn=table["cny_bn"].mask(slip, table["cny_bn"] * 1.1))
    assert set(wrong.loc[~sums.partners(wrong), "partner"]) == {"WLD"}


def test_the_year_before_is_what_the_published_change_implies(table: pd.DataFrame) -> None:
    found = partners.since_january(table, "exports", "2026-03")
    assert found.loc["USA", "before_cny_bn"] == pytest.approx(21.5000025 / 0.8)
    assert found.loc["WLD", "contribution"] == pytest.approx(25.0)
    change = found["change_cny_bn"]
    of_world = 100 * change["USA"] / found.loc["WLD", "before_cny_bn"]
    assert found.loc["USA", "contribution"] == pytest.approx(of_world)
    with pytest.raises(partners.PartnersError, match="January to 2025-03"):
        partners.since_january(table, "exports", "2025-03")


def test_months_of_two_releases_are_not_mixed(table: pd.DataFrame) -> None:
    assert partners.monthly(table, "WLD", "exports", "cny")["kind"].to_list() == [
        "published",
        "derived",
        "derived",
    ]
    twice = pd.concat([table, table.assign(release="2026-09")])
    with pytest.raises(partners.PartnersError, match="several releases"):
        partners.monthly(twice, "WLD", "exports")
    with pytest.raises(partners.PartnersError, match="with MEX"):
        partners.monthly(table, "MEX", "exports")


def to_date(month: str, flow: str, partner: str, cny: float, change: float) -> tuple[object, ...]:
    when = pd.Timestamp(month)
    return (
        "2026-08",
        "CHN",
        partner,
        flow,
        "year to date",
        when,
        "published",
        cny,
        cny / 7,
        change,
    )


def test_a_balance_is_both_flows_and_so_is_that_of_the_year_before() -> None:
    rows = [
        to_date("2026-07", "exports", "WLD", 120, 20),
        to_date("2026-07", "imports", "WLD", 100, 25),
        to_date("2026-07", "exports", "USA", 30, -25),
        to_date("2026-07", "imports", "USA", 9, -10),
        to_date("2026-07", "exports", "HKG", 8, 0),
        to_date("2026-06", "exports", "WLD", 100, 20),
    ]
    names = [*COLUMNS[:3], "flow", "span", "month", "kind", "cny_bn", "usd_bn", "change_pct"]
    table = pd.DataFrame(rows, columns=names)
    found = partners.balances_since_january(table, "2026-07")
    assert sorted(found.index) == ["USA", "WLD"]  # imports from Hong Kong are not known
    assert found.loc["WLD"].to_dict() == pytest.approx(
        {"usd_bn": 20 / 7, "cny_bn": 20, "before_cny_bn": 20, "change_cny_bn": 0}
    )
    assert found.loc["USA", ["cny_bn", "before_cny_bn"]].tolist() == pytest.approx([21, 30])
    assert partners.both_since_january(table) == [pd.Timestamp("2026-07")]
    assert partners.both_since_january(table.iloc[:0]) == []
    with pytest.raises(partners.PartnersError, match="no imports with the world"):
        partners.balances_since_january(table, "2026-06")
