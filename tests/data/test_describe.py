import pandas as pd
import pytest

from rebalancing.data.tables import economies, missing
from rebalancing.data.tables.clean import expenditure_shares, national_accounts
from rebalancing.data.tables.corrections import Correction
from rebalancing.data.views import describe

from .test_clean import CHINA, in_year, raw


def test_each_definition_is_a_column_of_the_table():
    accounts = national_accounts({"current-usd": raw(in_year(CHINA, "CHN", 2023))})
    columns = expenditure_shares(accounts).filter(like="_pct_gdp").columns
    assert len(describe.DEFINITIONS) == len(columns)


def test_residuals_are_those_of_the_newest_release_and_year_largest_gap_first():
    shares = pd.DataFrame(
        [
            ("2023", "CHN", 2023, 9.0),
            ("2024", "CHN", 2023, 8.0),
            ("2024", "CHN", 2024, -0.1),
            ("2024", "CUB", 2024, -20.0),
            ("2024", "IND", 2024, 2.0),
            ("2024", "PRK", 2024, None),
            ("2024", "WLD", 2024, 30.0),
        ],
        columns=["release", "economy", "year", "residual_pct_gdp"],
    )
    table = describe.residuals(shares)
    assert table["economy"].tolist() == ["CUB", "IND", "CHN"]
    assert table["residual_pct_gdp"].tolist() == [-20.0, 2.0, -0.1]


def test_bands_count_every_economy_once_whatever_the_sign():
    table = describe.residual_bands(pd.Series([0.0, -0.1, 0.5, -1.0, 4.0, -5.0, -20.0, 6.0]))
    assert table["Economies"].tolist() == [2, 2, 2, 2]
    assert table["% of economies"].tolist() == [25.0] * 4


def test_overlaps_compare_both_sides_of_a_succession():
    gdp = {("CSK", "GDP", str(year)): 60e9 for year in (1988, 1989, 1990)}
    gdp |= {("CZE", "GDP", "1990"): 40e9, ("SVK", "GDP", "1990"): 20e9}
    gdp |= {("USA", "GDP", str(year)): 140e9 for year in (1988, 1989, 1990)}
    names = economies.catalogue().set_index("economy")["name"]
    table = describe.overlaps(national_accounts({"current-usd": raw(gdp)}), names)
    assert len(table) == 1
    assert table.loc[0].to_dict() == {
        "Ended": "Czechoslovakia",
        "Year": 1990,
        "GDP, $ billion": pytest.approx(60.0),
        "Successors' GDP, $ billion": pytest.approx(60.0),
        "Double count, % of world": pytest.approx(30.0),
    }


def test_missing_values_are_added_up_by_table_and_reason():
    log = pd.DataFrame(
        [
            ("customs", "CHN", "exports", 2017, 2017, 1, missing.NOT_PUBLISHED),
            ("world_bank", "CHN", "S", 1960, 1969, 10, missing.NOT_PUBLISHED),
            ("world_bank", "RUS", "S", 1960, 1964, 5, missing.NOT_PUBLISHED),
            ("world_bank", "RUS", "S", 1965, 1967, 3, missing.BEFORE),
        ],
        columns=["table", "economy", "series", "first_year", "last_year", "n_missing", "reason"],
    )
    table = describe.missing_by_reason(log).reset_index()
    assert table.to_numpy().tolist() == [
        ["customs", missing.NOT_PUBLISHED, 1, 1, 1],
        ["world_bank", missing.BEFORE, 1, 1, 3],
        ["world_bank", missing.NOT_PUBLISHED, 2, 1, 15],
    ]


def test_corrections_are_shown_by_name_and_span():
    entry = {
        "publisher": "publisher-x",
        "datasets": ["yearly"],
        "series": ["EXP", "FCE"],
        "economies": ["CSK"],
        "periods": [1970, 1990],
        "value": None,
        "reason": "Exports cannot be negative.",
        "date": "2026-01-15",
        "guard": {"series": "EXP", "period": 1970, "below": 0},
    }
    declared = [
        Correction.model_validate(entry),
        Correction.model_validate(entry | {"periods": [2019, 2019], "value": 5}),
    ]
    table = describe.corrections_table(declared, pd.Series({"CSK": "Czechoslovakia"}))
    assert table.reset_index().drop(columns="Reason").to_numpy().tolist() == [
        ["Czechoslovakia", "EXP, FCE", "1970–1990", "removed"],
        ["Czechoslovakia", "EXP, FCE", "2019", 5.0],
    ]
