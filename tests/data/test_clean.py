import pandas as pd
import pytest

from rebalancing.data.tables import clean, groups, schemas


def raw(dataset: dict[tuple[str, str, str], float], release: str = "2024") -> pd.DataFrame:
    """Return a raw frame from values by economy, series and period."""
    rows = [(release, code, None, *key, value, "unit") for (code, *key), value in dataset.items()]
    columns = ["release", "economy", "partner", "series", "period", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


# An economy in which 400 is invested and 60 more is exported than imported, and 2% is unexplained.
CHINA = {
    "GDP": 1000.0,
    "HFCE": 400.0,
    "GFCE": 120.0,
    "FCE": 520.0,
    "GCF": 400.0,
    "EXP": 200.0,
    "IMP": 140.0,
    "VA_MANF": 250.0,
}


def in_year(items: dict[str, float], economy: str, year: int) -> dict[tuple[str, str, str], float]:
    return {(economy, item, str(year)): value for item, value in items.items()}


def shares_of(items: dict[str, float]) -> pd.Series:
    accounts = clean.national_accounts({"current-usd": raw(in_year(items, "CHN", 2023))})
    return clean.expenditure_shares(accounts).query("economy == 'CHN'").squeeze()


def test_accounts_of_all_datasets_and_releases_stand_side_by_side():
    gdp = {("CHN", "GDP", "2023"): 17.8}
    accounts = clean.national_accounts(
        {
            "current-usd": pd.concat([raw(gdp, "2023"), raw({("CHN", "GDP", "2023"): 18.3})]),
            "current-ncu": raw({("CHN", "GDP", "2023"): 126.0}),
        }
    )
    china = accounts.query("economy == 'CHN'").set_index(["release", "prices"])["value"]
    assert china.to_dict() == {
        ("2023", "current USD"): 17.8,
        ("2024", "current NCU"): 126.0,
        ("2024", "current USD"): 18.3,
    }
    schemas.check_table("national_accounts", accounts)


def test_groups_are_summed_in_dollars_only():
    members = {(code, "GDP", "2023"): 1.0 for code in groups.members("EU27")}
    accounts = clean.national_accounts({"current-usd": raw(members), "current-ncu": raw(members)})
    totals = accounts[accounts["economy"].isin(["EU27", "WLD"])]
    assert totals[["economy", "prices", "value"]].to_numpy().tolist() == [
        ["EU27", "current USD", 27.0],
        ["WLD", "current USD", 27.0],
    ]


def test_shares_are_in_per_cent_of_gdp():
    shares = shares_of(CHINA)
    assert shares["gdp"] == 1000.0
    published = shares.drop(["release", "currency", "economy", "year", "gdp"]).astype(float)
    assert published.round(12).to_dict() == {
        "household_pct_gdp": 40.0,
        "government_pct_gdp": 12.0,
        "final_consumption_pct_gdp": 52.0,
        "capital_formation_pct_gdp": 40.0,
        "exports_pct_gdp": 20.0,
        "imports_pct_gdp": 14.0,
        "net_exports_pct_gdp": 6.0,
        "manufacturing_pct_gdp": 25.0,
        "residual_pct_gdp": 2.0,
    }


def test_what_is_not_published_stays_empty_and_takes_the_residual_with_it():
    shares = shares_of({item: value for item, value in CHINA.items() if item != "IMP"})
    assert shares["exports_pct_gdp"] == 20.0
    missing = ["imports_pct_gdp", "net_exports_pct_gdp", "residual_pct_gdp"]
    assert shares[missing].isna().all()


def test_the_residual_and_the_parts_add_up_to_gdp_as_published():
    shares = shares_of(CHINA | {"IMP": 20.0})
    parts = ["final_consumption_pct_gdp", "capital_formation_pct_gdp", "net_exports_pct_gdp"]
    assert shares["residual_pct_gdp"] == -10.0
    assert shares[[*parts, "residual_pct_gdp"]].sum() == pytest.approx(100.0)
    assert shares["household_pct_gdp"] == 40.0


def test_constant_prices_give_no_shares():
    current, constant = in_year(CHINA, "CHN", 2023), in_year(CHINA, "CHN", 2020)
    accounts = clean.national_accounts(
        {"current-usd": raw(current), "constant-2015-usd": raw(constant, "2020")}
    )
    shares = clean.expenditure_shares(accounts).query("economy == 'CHN'")
    assert shares[["release", "year"]].to_numpy().tolist() == [["2024", 2023]]
    schemas.check_table("expenditure_shares", shares)


def test_both_kinds_of_world_bank_tables_are_kept_in_every_vintage():
    series = {("CHN", "SP.POP.TOTL", "2023"): 1.4e9}
    table = clean.world_bank(
        pd.concat([raw(series, "2024-06-28"), raw(series, "2025-12-17")]),
        raw({("CHN", "NE.CON.PRVT.ZS", "2021"): 38.0}, "2022-09-16"),
    )
    assert table[["release", "series", "year"]].to_numpy().tolist() == [
        ["2022-09-16", "NE.CON.PRVT.ZS", 2021],
        ["2024-06-28", "SP.POP.TOTL", 2023],
        ["2025-12-17", "SP.POP.TOTL", 2023],
    ]
    schemas.check_table("world_bank", table)


def test_customs_are_months_in_billions_with_one_row_per_partner():
    partners = raw(
        {
            ("CHN", "EXP_USD", "2024-02"): 5e6,
            ("CHN", "EXP_USD", "2024-01"): 4e6,
            ("CHN", "IMP_USD", "2024-01"): 1.5e6,
        }
    ).assign(partner="USA")
    totals = raw({("CHN", "EXP_USD", "2024-01"): 3e8, ("CHN", "BAL_USD", "2024-01"): 1.0})
    table = clean.customs(partners, totals.assign(partner="WLD"))
    january, february = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 2, 1)
    assert table["month"].tolist() == [january, february, january]
    assert table["exports_usd_bn"].tolist() == [4.0, 5.0, 300.0]
    assert table["imports_usd_bn"].isna().tolist() == [False, True, True]
    schemas.check_table("customs", table)


def test_economies_know_the_years_of_their_accounts_and_how_the_world_counts_them():
    gdp = {("CHN", "GDP", str(year)): 1.0 for year in (2022, 2023)} | {("SUN", "GDP", "1970"): 1.0}
    table = clean.economies(clean.national_accounts({"current-usd": raw(gdp)}))
    by_code = table.set_index("economy")
    assert by_code.loc["CHN", ["first_year", "last_year"]].tolist() == [2022, 2023]
    assert by_code.loc[["TWN", "G001"], "first_year"].isna().all()
    assert by_code.loc["SUN", "kind"] == "former economy"
    assert by_code.loc["SUN", "note"].startswith("Counts in the world to 1989; ARM, ")
    schemas.check_table("economies", table)


def test_the_world_is_made_of_current_economies_and_eu27_of_its_members():
    gdp = {(code, "GDP", "1985"): 1.0 for code in ("CHN", "SUN", "USA")}
    table = clean.group_members(clean.national_accounts({"current-usd": raw(gdp)}))
    members = table.groupby("group")["economy"].apply(list)
    assert members["WLD"] == ["CHN", "USA"]
    assert tuple(members["EU27"]) == groups.members("EU27")
    schemas.check_table("groups", table)


def test_the_newest_accounts_are_those_of_each_kind_of_prices():
    gdp = {("CHN", "GDP", "2014"): 1.0}
    accounts = clean.national_accounts(
        {
            "current-usd": pd.concat([raw(gdp, "2023"), raw(gdp, "2024")]),
            "constant-2015-usd": raw(gdp, "2020"),
        }
    )
    newest = clean.newest_accounts(accounts)[["prices", "release"]].drop_duplicates()
    assert sorted(newest.to_numpy().tolist()) == [
        ["constant 2015 USD", "2020"],
        ["current USD", "2024"],
    ]
