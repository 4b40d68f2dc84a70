import pandas as pd

from rebalancing.data.tables import missing, schemas
from rebalancing.data.tables.corrections import Correction


def accounts(years: dict[tuple[str, str], list[int]], release: str = "2024") -> pd.DataFrame:
    """Return accounts in current dollars from years by economy and item."""
    rows = [
        (release, "current USD", economy, year, item, 1.0)
        for (economy, item), listed in years.items()
        for year in listed
    ]
    return pd.DataFrame(rows, columns=["release", "prices", "economy", "year", "item", "value"])


def world_bank(years: dict[tuple[str, str, str], list[int]]) -> pd.DataFrame:
    """Return World Bank series from years by release, economy and series."""
    rows = [(*key, year, 1.0, "unit") for key, listed in years.items() for year in listed]
    return pd.DataFrame(rows, columns=["release", "economy", "series", "year", "value", "unit"])


def customs(months: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame({"month": pd.to_datetime(months)})
    return frame.assign(
        release="2025-03-20", economy="CHN", partner="MAC", exports_usd_bn=1.0, imports_usd_bn=1.0
    )


ACCOUNTS = accounts({("CHN", "GDP"): [2000, 2001]})
WORLD_BANK = world_bank({("2025", "CHN", "S"): [2000, 2001]})
CUSTOMS = customs(["2017-05-01", "2017-06-01"])


def log(
    table: str,
    accounts: pd.DataFrame = ACCOUNTS,
    world_bank: pd.DataFrame = WORLD_BANK,
    customs: pd.DataFrame = CUSTOMS,
    declared: tuple[Correction, ...] = (),
) -> list[list[object]]:
    """Return the log's rows of one table without the table's name."""
    tables = {"national_accounts": accounts, "world_bank": world_bank, "customs": customs}
    frame = missing.log(tables, declared)
    return frame[frame["table"] == table].drop(columns="table").to_numpy().tolist()


def test_nothing_is_missing_where_everything_is_there():
    tables = {"national_accounts": ACCOUNTS, "world_bank": WORLD_BANK, "customs": CUSTOMS}
    assert missing.log(tables).empty


def test_each_run_of_missing_years_is_one_row():
    years = {("CHN", "GDP"): list(range(2000, 2010)), ("CHN", "INV"): [2002, 2003, 2007]}
    assert log("national_accounts", accounts(years)) == [
        ["CHN", "INV, current USD", 2004, 2006, 3, missing.NOT_PUBLISHED]
    ]


def test_an_item_that_one_economy_never_publishes_is_missing_throughout():
    years = {("CHN", "GDP"): [2000, 2001], ("CHN", "GCF"): [2000, 2001], ("PRK", "GDP"): [2000]}
    assert log("national_accounts", accounts(years)) == [
        ["PRK", "GCF, current USD", 2000, 2001, 2, missing.NOT_PUBLISHED],
        ["PRK", "GDP, current USD", 2001, 2001, 1, missing.NOT_PUBLISHED],
    ]


def test_only_the_newest_release_counts():
    older = accounts({("CHN", "GDP"): [1990], ("USA", "GDP"): [1991]}, "2014")
    assert log("national_accounts", pd.concat([older, ACCOUNTS])) == []


def test_years_before_and_after_an_economy_are_told_from_unpublished_ones():
    years = {
        ("CHN", "GDP"): [1988, 1989, 1990, 1991, 1992],
        ("RUS", "GDP"): [1991, 1992],
        ("SUN", "GDP"): [1988, 1989, 1990],
        ("WLD", "GDP"): [1989, 1990, 1991, 1992],
    }
    assert log("national_accounts", accounts(years)) == [
        ["RUS", "GDP, current USD", 1988, 1989, 2, missing.BEFORE],
        ["RUS", "GDP, current USD", 1990, 1990, 1, missing.NOT_PUBLISHED],
        ["SUN", "GDP, current USD", 1991, 1992, 2, missing.AFTER],
        ["WLD", "GDP, current USD", 1988, 1988, 1, missing.MEMBERS],
    ]


def test_values_removed_by_a_correction_are_logged_as_such():
    years = {("CHN", "EXP"): [1974, 1975, 1976], ("CSK", "EXP"): [1976], ("POL", "EXP"): [1976]}
    declared = Correction.model_validate(
        {
            "publisher": "unsd-ama",
            "datasets": ["current-usd"],
            "series": ["EXP"],
            "economies": ["CSK"],
            "periods": [1975, 1975],
            "value": None,
            "reason": "Exports cannot be negative.",
            "date": "2026-01-15",
            "guard": {"series": "EXP", "period": 1975, "below": 0},
        }
    )
    assert log("national_accounts", accounts(years), declared=(declared,)) == [
        ["CSK", "EXP, current USD", 1974, 1974, 1, missing.NOT_PUBLISHED],
        ["CSK", "EXP, current USD", 1975, 1975, 1, missing.REMOVED],
        ["POL", "EXP, current USD", 1974, 1975, 2, missing.NOT_PUBLISHED],
    ]


def test_a_world_bank_series_is_expected_of_all_economies_only_where_many_have_it():
    codes = [f"E{number}" for number in range(missing.WIDELY_HELD + 1)]
    years = {("2025", code, "WIDE"): [2000] for code in codes}
    years |= {("2025", codes[0], "NARROW"): [2000, 2002], ("2025", "CHN", "NARROW"): [2001]}
    assert log("world_bank", world_bank=world_bank(years)) == [
        ["CHN", "NARROW", 2000, 2000, 1, missing.NOT_PUBLISHED],
        ["CHN", "NARROW", 2002, 2002, 1, missing.NOT_PUBLISHED],
        ["CHN", "WIDE", 2000, 2000, 1, missing.NOT_PUBLISHED],
        ["E0", "NARROW", 2001, 2001, 1, missing.NOT_PUBLISHED],
    ]


def test_the_newest_vintage_of_each_economy_counts():
    years = {("2024", "CHN", "S"): [2000, 2001], ("2025", "USA", "S"): [2001, 2002]}
    assert log("world_bank", world_bank=world_bank(years)) == [
        ["CHN", "S", 2002, 2002, 1, missing.NOT_PUBLISHED],
        ["USA", "S", 2000, 2000, 1, missing.NOT_PUBLISHED],
    ]


def test_months_are_counted_in_their_years():
    months = customs(["2016-11-01", "2017-03-01"])
    assert log("customs", customs=months) == [
        ["CHN", f"{flow}_usd_bn, MAC", 2016, 2017, 3, missing.NOT_PUBLISHED]
        for flow in ("exports", "imports")
    ]


def test_the_log_is_a_valid_table():
    years = {("CHN", "GDP"): [2000, 2002], ("USA", "GDP"): [2001]}
    frame = missing.log({"national_accounts": accounts(years), "customs": CUSTOMS})
    assert len(schemas.check_table("missing", frame)) == 3


def indicators(table: str, frame: pd.DataFrame) -> list[list[object]]:
    """Return the log's rows of a table of indicators, without table and economy."""
    logged = missing.log({table: frame})
    schemas.check_table("missing_indicators", logged)
    return logged.drop(columns=["table", "economy"]).to_numpy().tolist()


def china_rows(series: str, periods: list[str], frequency: str) -> pd.DataFrame:
    frame = pd.DataFrame({"period": periods})
    return frame.assign(
        release="2025", economy="CHN", series=series, frequency=frequency, value=1.0
    )


def test_of_chinas_figures_a_run_is_one_of_years_and_counts_its_months():
    months = [f"{year}-{month:02}" for year in (2011, 2012, 2013) for month in range(1, 13)]
    known = [month for month in months if month[5:] not in ("01", "02") or month < "2012"]
    both = pd.concat(
        [
            china_rows("RETAIL", known, "monthly"),
            china_rows("GDP_Q", ["2011-Q1", "2012-Q1", "2012-Q2"], "quarterly"),
            china_rows("PULL_VA1", ["2010", "2012"], "annual"),
        ]
    )
    assert indicators("china_accounts", both) == [
        ["GDP_Q", 2011, 2011, 3, missing.NOT_PUBLISHED],
        ["PULL_VA1", 2011, 2011, 1, missing.NOT_PUBLISHED],
        ["RETAIL", 2012, 2013, 4, missing.NEW_YEAR],
    ]


def test_a_year_without_sales_at_all_is_not_the_new_years():
    known = [f"{year}-{month:02}" for year in (1998, 2000) for month in range(1, 13)]
    assert indicators("china_accounts", china_rows("RETAIL_EXAUTO", known, "monthly")) == [
        ["RETAIL_EXAUTO", 1999, 1999, 12, missing.NOT_PUBLISHED]
    ]


def test_exports_by_product_are_expected_in_the_listed_years_only():
    rows = [("CHN", 1990), ("CHN", 1995), ("CHN", 2018), ("GLP", 1990)]
    frame = pd.DataFrame(rows, columns=["economy", "year"])
    frame = frame.assign(release="2020", series="EXP_MA", usd_bn=1.0)
    assert indicators("product_exports", frame) == [
        ["EXP_MA", 1995, 2018, 2, missing.NOT_PUBLISHED]
    ]
