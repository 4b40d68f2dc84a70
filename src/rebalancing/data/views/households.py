"""What chapters take from the flow of funds and from the household survey."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from rebalancing.data.tables.columns import SECTORS
from rebalancing.errors import DataError

AccountSide = Literal["resources", "uses"]
QUARTERS = 4
HEADS = {  # of a table of `incomes`
    "household_pct_primary": "Primary income, households, %",
    "household_pct_disposable": "Disposable income, households, %",
    "corporate_pct_disposable": "Corporations, %",
    "government_pct_disposable": "Government, %",
    "saving_pct_disposable": "Households' saving rate, %",
    "benefits_pct_disposable": "Benefits, % of households' income",
}


class HouseholdsError(DataError):
    """A series that the survey does not have, or that is in more than one release."""


def incomes(funds: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return who earns and who disposes of the national income, and what households save.

    Primary income is what production pays before taxes and transfers, disposable income what is
    left after them; both of all domestic sectors are 100.

    Args:
        funds: ``flow_of_funds``, each series of one release (`Chapter.chosen`).
        economy: Whose.

    Returns:
        By year, in per cent: household_pct_primary, household_pct_disposable,
        corporate_pct_disposable (non-financial and financial), government_pct_disposable, and
        saving_pct_disposable and benefits_pct_disposable (social benefits and assistance received)
        of households' own disposable income.
    """
    items = _side(funds, economy)
    primary, disposable = items["PRIMARY_INCOME"], items["DISP_INCOME"]
    codes = ("HH", "NFC", "FIN", "GOV", "DOM")
    households, other, financial, government, total = (SECTORS[code] for code in codes)
    received = items["SOC_BENEFIT"][households] + items["SOC_ASSIST"][households]
    shares = {
        "household_pct_primary": primary[households] / primary[total],
        "household_pct_disposable": disposable[households] / disposable[total],
        "corporate_pct_disposable": (disposable[financial] + disposable[other]) / disposable[total],
        "government_pct_disposable": disposable[government] / disposable[total],
        "saving_pct_disposable": items["SAVING"][households] / disposable[households],
        "benefits_pct_disposable": received / disposable[households],
    }
    return 100 * pd.DataFrame(shares)


def factors(funds: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return the three ratios whose product is household consumption over GDP.

    Consumption is what households do not save of their disposable income, and a year
    whose table lacks consumption has it too.

    Args:
        funds: As for `incomes`.
        economy: Whose.

    Returns:
        By year, as ratios: primary (households' primary income over GDP), transfers (disposable
        over primary income: below one where households pay more in taxes and contributions than
        they receive) and propensity (consumption over disposable income).
    """
    own = _side(funds, economy)
    households, total = SECTORS["HH"], SECTORS["DOM"]
    primary, disposable = own["PRIMARY_INCOME"][households], own["DISP_INCOME"][households]
    consumed = disposable - own["SAVING"][households]
    return pd.DataFrame(
        {
            "primary": primary / own["VA"][total],
            "transfers": disposable / primary,
            "propensity": consumed / disposable,
        }
    )


def saved(funds: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return who saves, in per cent of GDP.

    Args:
        funds: As for `incomes`.
        economy: Whose.

    Returns:
        By year: households, corporations (non-financial and financial), government and their sum,
        total.
    """
    own = _side(funds, economy)
    saving = own["SAVING"]
    corporate = saving[SECTORS["NFC"]] + saving[SECTORS["FIN"]]
    parts = {
        "households": saving[SECTORS["HH"]],
        "corporations": corporate,
        "government": saving[SECTORS["GOV"]],
    }
    table = 100 * pd.DataFrame(parts).div(own["VA"][SECTORS["DOM"]], axis="index")
    return table.assign(total=table.sum(axis="columns"))


def transfers(funds: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return what households receive from and pay to the others without a return, % of GDP.

    Args:
        funds: As for `incomes`.
        economy: Whose.

    Returns:
        By year: benefits (social benefits and assistance received), contributions (to social
        insurance), taxes (on income) and balance (all current transfers received less paid).
    """
    households = SECTORS["HH"]
    received = _side(funds, economy)
    paid = _side(funds, economy, side="uses")
    balance = received["TRANSFERS"][households] - paid["TRANSFERS"][households]
    amounts = {
        "benefits": received["SOC_BENEFIT"][households] + received["SOC_ASSIST"][households],
        "contributions": paid["SOC_CONTRIB"][households],
        "taxes": paid["INCOME_TAX"][households],
        "balance": balance,
    }
    return 100 * pd.DataFrame(amounts).div(received["VA"][SECTORS["DOM"]], axis="index")


def _side(funds: pd.DataFrame, economy: str, side: AccountSide = "resources") -> pd.DataFrame:
    """Return one side of an economy's accounts: years by items and sectors."""
    own = funds[(funds["economy"] == economy) & (funds["side"] == side)]
    return own.pivot(index="year", columns=["item", "sector"], values="value")


def four_quarters(survey: pd.DataFrame, series: str) -> pd.Series:
    """Return the sum of the last four quarters, from sums since 1 January.

    A year beside the year before it shows no season, and every quarter gives one. The fourth
    quarter is the publisher's yearly figure.

    Args:
        survey: ``household_survey``, each series of one release (`Chapter.chosen`).
        series: A level since 1 January, such as INCOME_PC_YTD.

    Returns:
        By quarter (2024-Q1), in the series' unit; quarters for which one of the three figures that
        it takes is missing are left out.

    Raises:
        HouseholdsError: There is no such series, or it is in several releases.
    """
    rows = survey[survey["series"] == series]
    if rows.empty:
        raise HouseholdsError(f"the survey has no series {series}; see `rebalancing data tables`")
    if rows["period"].duplicated().any():
        raise HouseholdsError(f"{series} is in several releases; read the table by Chapter.chosen")
    to_date = dict(sorted(zip(rows["period"], rows["value"], strict=True)))
    found = {}
    for period, value in to_date.items():
        year, quarter = int(period[:4]) - 1, int(period[-1])
        if quarter == QUARTERS:
            found[period] = value
        elif {f"{year}-Q4", f"{year}-Q{quarter}"} <= to_date.keys():
            found[period] = value + to_date[f"{year}-Q4"] - to_date[f"{year}-Q{quarter}"]
    return pd.Series(found, name=series, dtype="float64").rename_axis("period")


def consumption_of_income(survey: pd.DataFrame, region: str = "") -> pd.Series:
    """Return what households spend of their disposable income, over four quarters, in per cent.

    Args:
        survey: As for `four_quarters`.
        region: URBAN, RURAL, or nothing for all.

    Returns:
        By quarter.
    """
    suffix = f"_{region}_YTD" if region else "_YTD"
    spent = four_quarters(survey, f"CONSUMPTION_PC{suffix}")
    earned = four_quarters(survey, f"INCOME_PC{suffix}")
    return (100 * spent / earned).dropna().rename("consumption_pct_income")


def end_of(quarter: str) -> pd.Timestamp:
    """Return the last month of a quarter, as a day: ``2026-Q2`` gives June 2026."""
    return pd.Period(quarter, freq="Q").asfreq("M", how="end").to_timestamp()


def in_words(quarter: str) -> str:
    """Return the last month of a quarter in words: ``2026-Q2`` gives June 2026."""
    return f"{end_of(quarter):%B %Y}"
