from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import current, paces

MONTHS = pd.period_range("2024-01", "2026-07", freq="M").strftime("%Y-%m")


def key(series: str) -> current.Key:
    every = (*current.MONTHLY, *current.QUARTERLY, *current.YEARLY)
    return next(one for one in every if one.series == series)


def figure(series: str, **values: float) -> current.Current:
    known = {name[1:].replace("_", "-"): value for name, value in values.items()}
    return current.Current(key(series), pd.Series(known), "A publisher", "2026-08-22")


def test_levels_change_in_percent_and_rates_in_points() -> None:
    sold = figure("EXP_USD", p2025_07=200.0, p2026_07=250.0)
    assert sold.change == pytest.approx(25.0)
    assert sold.change_unit == "%"
    grown = figure("RETAIL_YOY", p2025_07=3.7, p2026_07=0.6)
    assert grown.change == pytest.approx(-3.1)
    assert grown.change_unit == "points"
    assert figure("RETAIL_YOY", p2026_07=0.6).change is None
    assert figure("EXP_USD", p2025_07=-1.0, p2026_07=2.0).change is None


def test_age_is_counted_from_the_end_of_the_period() -> None:
    day = date(2026, 8, 22)
    assert figure("RETAIL_YOY", p2026_07=0.6).age(day) == 1
    assert figure("CU_IND", p2025_Q4=74.9).age(day) == 8


def test_the_report_stands_on_its_day_or_on_that_of_the_newest_release() -> None:
    released = ["2026-08-22", "2025", "2026-08"]
    assert current.report_day("latest", released, "latest") == date(2026, 8, 22)
    assert current.report_day("latest", released[1:], "latest") == date(2026, 8, 1)
    assert current.report_day("2024-07-01", released, "latest") == date(2024, 7, 1)


def test_periods_are_named_as_people_say_them() -> None:
    assert figure("RETAIL_YOY", p2026_07=0.6).when == "July 2026"
    assert figure("CU_IND", p2025_Q4=74.9).when == "fourth quarter of 2025"
    assert figure("INCOME_PC_YTD_REAL_YOY", p2026_Q2=4.2).when == "first half of 2026"
    assert figure("INCOME_PC_YTD_REAL_YOY", p2025_Q4=5.0).when == "2025"


def test_a_sum_of_twelve_months_needs_all_of_them() -> None:
    exports = pd.Series(3.0, MONTHS)
    imports = pd.Series(1.0, MONTHS)
    assert current.balance(exports, imports).iloc[-1] == 24.0
    assert current.balance(exports, imports).index[0] == "2024-12"
    gap = current.balance(exports.drop("2026-03"), imports)
    assert gap.index[-1] == "2026-02"


ROWS: dict[TableName, pd.DataFrame] = {
    "china_monthly": pd.DataFrame(
        [("CHN", "RETAIL_YOY", pd.Timestamp(2026, 7, 1), 0.6)],
        columns=["economy", "series", "month", "value"],
    ),
    "world_bank": pd.DataFrame(
        [
            ("CHN", "NY.GDP.MKTP.KD.ZG", 2025, 5.0),
            ("FJI", "NY.GDP.MKTP.KD.ZG", 2024, 3.0),
            ("FJI", "NY.GDP.MKTP.CD", 2025, 3.0),
            ("TON", "NY.GDP.MKTP.CD", 2025, 50.0),
            ("TON", "BN.CAB.XOKA.CD", 2025, -1.0),
        ],
        columns=["economy", "series", "year", "value"],
    ),
    "capacity": pd.DataFrame(
        [("CHN", "CU_IND", "2025", 74.4), ("CHN", "CU_IND", "2024-Q4", 76.2)],
        columns=["economy", "series", "period", "value"],
    ),
    "us_census": pd.DataFrame(
        [("KOR", pd.Timestamp(2026, 4, 1), 1.0, 2.0)],
        columns=["economy", "month", "exports_usd_bn", "imports_usd_bn"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "names"),
    [("CHN", ["retail", "gdp"]), ("FJI", []), ("TON", ["current"]), ("KOR", ["america"])],
)
def test_only_what_is_newer_than_the_accounts_is_current(code: str, names: list[str]) -> None:
    none = pd.DataFrame(columns=["economy", "series", "period", "value"])

    def rows_of(table: TableName) -> pd.DataFrame:
        rows = ROWS.get(table, none)
        return rows[rows["economy"] == code]

    found = current.find(rows_of, lambda table, rows: (table, "2026-08-22"), (2024, 2026))
    assert [each.key.name for each in found] == names
    assert (code in current.have_newer(ROWS, (2024, 2026))) == bool(names)
    yearly = {each.key.name for each in found if each.every == "year"}
    assert (code in current.have_newer(ROWS, (2024, 2026), current.YEARLY)) == bool(yearly)
    often = (*current.MONTHLY, *current.QUARTERLY, current.FROM_AMERICA)
    assert (code in current.have_newer(ROWS, (2024, 2026), often)) == bool({*names} - yearly)
    assert current.find(rows_of, lambda table, rows: ("", ""), (2024, 2024)) == []


def test_a_deficit_is_a_share_of_gdp() -> None:
    rows = ROWS["world_bank"]
    found = current.find(
        lambda table: rows[rows["economy"] == "TON"] if table == "world_bank" else rows.iloc[:0],
        lambda table, rows: ("", ""),
        (2024, 2026),
    )
    assert found[0].value == pytest.approx(-2.0)


def test_three_spans_leave_out_the_months_of_the_holiday() -> None:
    values = pd.Series(range(len(MONTHS)), MONTHS, dtype=float)
    found = paces.spans(values, "2026-07")
    assert [(span.words, span.mean, span.months) for span in found] == [
        ("March to July 2025", 16.0, 5),
        ("August to December 2025", 21.0, 5),
        ("March to July 2026", 28.0, 5),
    ]
    assert paces.spans(values, "2026-02") == []
    assert paces.spans(values.iloc[:3], "2026-07") == []
    assert paces.spans(values, "2025-11")[1].words == "December 2024"


def test_a_run_of_falls_ends_with_its_last_month() -> None:
    values = pd.Series([1.0, -1, -2, -1, 2, 3], MONTHS[:6])
    assert paces.last_fall(values) == ("2024-04", 3)
    assert paces.last_fall(values.iloc[:4]) is None
    assert paces.last_fall(values.abs()) is None
    assert paces.last_fall(-values.abs().iloc[:2]) is None


def test_growth_of_the_year_to_date_needs_every_month() -> None:
    values = pd.Series(1.0, MONTHS)
    values.loc["2026-01":] = 1.2
    assert paces.to_date(values, "2026-07") == pytest.approx(20.0)
    assert paces.to_date(values.drop("2025-03"), "2026-07") is None


def test_contributions_of_a_second_source_fill_only_what_the_first_lacks() -> None:
    def rows(period: str, value: float) -> pd.DataFrame:
        codes = current.CONTRIBUTIONS.values()
        return pd.DataFrame({"series": list(codes), "period": period, "value": value})

    first, second = rows("2024-Q4", 40.0), pd.concat([rows("2024-Q4", 9.0), rows("2025-Q4", 52.0)])
    found = current.contributions([first, second])
    assert found["consumption"].to_dict() == {"2024-Q4": 40.0, "2025-Q4": 52.0}


def test_a_quarter_is_set_beside_the_same_one_a_year_before() -> None:
    when = pd.Index(["2024-Q4", "2025-Q1", "2025-Q2", "2026-Q1"], name="period")
    quarters = pd.DataFrame({"consumption": [1.0, 2.0, 3.0, 4.0]}, index=when)
    newest = current.newest_and_before(quarters, 2025)
    assert newest["consumption"].to_dict() == {"2025-Q1": 2.0, "2026-Q1": 4.0}
    assert list(current.newest_and_before(quarters.drop("2025-Q1"), 2025).index) == ["2026-Q1"]
    assert current.newest_and_before(quarters, 2026).empty
    assert current.newest_and_before(quarters.iloc[:0], 2025).empty
