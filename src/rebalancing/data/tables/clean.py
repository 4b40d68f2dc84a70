"""From raw releases to tidy tables: one function per table, frames in, frame out.

`read_raw` returns a dataset in every release, with the declared corrections made and the codes of
economies harmonised; each of the other functions makes one table of data/processed from such
frames. Texts are categories in raw frames and in the accounts, which have a million rows, and plain
in the other tables. Releases stand side by side and are never joined. Shares are formed from
current prices only, and what the expenditure items leave unexplained is published as a residual,
never spread over them.

Out of scope here: choosing a release (`rebalancing.data.views.vintages`), trends, seasonal
adjustment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pandas as pd

from rebalancing.data import releases
from rebalancing.data.releases.coded import coded, constant, joined, pivoted, plain
from rebalancing.data.tables import corrections, groups, totals
from rebalancing.data.tables import economies as economy_list
from rebalancing.data.tables.columns import COLUMNS, KEYS, TableName
from rebalancing.project import Project

ACCOUNTS = re.compile(r"(current|constant-[0-9]{4})-(usd|ncu)")  # datasets of the UN's accounts
CURRENCIES = {"current USD": "USD", "current NCU": "NCU"}
OF_SHARES = ["GDP", "HFCE", "GFCE", "FCE", "GCF", "EXP", "IMP", "VA_MANF"]
THOUSANDS_PER_BILLION = 1e6
BILLION = 1e9


def read_raw(
    project: Project, publisher: str, dataset: str, series: Collection[str] | None = None
) -> pd.DataFrame:
    """Return every release of a dataset, corrected and with harmonised codes.

    Args:
        project: Where data/raw is.
        publisher: Whose figures.
        dataset: Which of them.
        series: Only these series; all when not given.

    Returns:
        release, economy, partner, series, period, value, unit; texts as categories.

    Raises:
        CorrectionError: A declared correction no longer applies.
        UnknownEconomyError: An economy is not in the list.
    """
    frame = releases.load_all(project, publisher, dataset, series=series)
    frame = corrections.apply(frame, corrections.read_corrections(project), publisher, dataset)
    for column in ("economy", "partner"):
        frame = economy_list.harmonise(frame, f"{publisher} ({dataset})", column)
    return frame


def accounts_datasets(project: Project, publisher: str) -> list[str]:
    """Return the UN's datasets in any release: current prices, constant ones of each base year."""
    held = releases.releases(project, publisher)
    names = {name for release in held for name in release.resources}
    return sorted(filter(ACCOUNTS.fullmatch, names))


def national_accounts(datasets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the UN accounts of all releases and prices, with EU27 and the world in US dollars.

    Args:
        datasets: Raw frames by dataset: those of `accounts_datasets`.

    Returns:
        release, prices, economy, year, item, value; texts as categories, whole units of currency.
    """
    published = joined(
        [_accounts_at(frame, prices_of(dataset)) for dataset, frame in datasets.items()]
    )
    dollars = published[published["prices"].str.endswith("USD")]
    summed = totals.totals(dollars, totals.composition(published["economy"]))
    return by_key(joined([published, summed]), "national_accounts")


def prices_of(dataset: str) -> str:
    """Return the prices and the currency of a dataset: ``constant-2020-usd``, constant 2020 USD."""
    prices, _, currency = dataset.replace("-", " ").rpartition(" ")
    return f"{prices} {currency.upper()}"


def _accounts_at(raw: pd.DataFrame, prices: str) -> pd.DataFrame:
    texts = coded(raw[["release", "economy", "series", "period"]])
    return pd.DataFrame(
        {
            "release": texts["release"],
            "prices": constant(prices, raw.index),
            "economy": texts["economy"],
            "year": texts["period"].astype("int64"),
            "item": texts["series"],
            "value": raw["value"],
        }
    )


def expenditure_shares(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of GDP by expenditure in per cent, at current prices, with the residual.

    Args:
        accounts: As from `national_accounts`; constant prices in it are not used.

    Returns:
        release, currency, economy, year, gdp in whole units of the currency, and the shares, each
        empty where the publisher lacks an item that it needs.
    """
    wanted = accounts["prices"].isin(CURRENCIES) & accounts["item"].isin(OF_SHARES)
    keys = ["release", "prices", "economy", "year"]
    items = pivoted(accounts[wanted], keys, "item", "value").reindex(columns=[*keys, *OF_SHARES])
    items = items[items["GDP"].notna()]
    shares = items[OF_SHARES].div(items["GDP"], axis="index") * 100
    table = items[keys].assign(
        currency=items["prices"].map(CURRENCIES),
        gdp=items["GDP"],
        household_pct_gdp=shares["HFCE"],
        government_pct_gdp=shares["GFCE"],
        final_consumption_pct_gdp=shares["FCE"],
        capital_formation_pct_gdp=shares["GCF"],
        exports_pct_gdp=shares["EXP"],
        imports_pct_gdp=shares["IMP"],
        net_exports_pct_gdp=shares["EXP"] - shares["IMP"],
        manufacturing_pct_gdp=shares["VA_MANF"],
        residual_pct_gdp=_residual(shares),
    )
    return in_order(table, "expenditure_shares")


def _residual(shares: pd.DataFrame) -> pd.Series:
    """Return what final consumption, capital formation and net exports leave of GDP."""
    return 100 - (shares["FCE"] + shares["GCF"] + shares["EXP"] - shares["IMP"])


def world_bank(all_economies: pd.DataFrame, countries: pd.DataFrame) -> pd.DataFrame:
    """Return the World Development Indicators of every vintage.

    Args:
        all_economies: The series held for all economies.
        countries: The series held for single countries.

    Returns:
        release, economy, series, year, value, unit: a row where that vintage has the value.
    """
    both = joined([all_economies, countries])
    return in_order(both.assign(year=both["period"].astype("int64")), "world_bank")


def customs(partners: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Return China's monthly trade by partner, and with the world, in every vintage.

    Args:
        partners: Raw frame with EXP_USD and IMP_USD by partner, thousand US dollars.
        totals: The same with partner WLD; its other series are not used.

    Returns:
        release, economy, partner, month (its first day), exports_usd_bn, imports_usd_bn.
    """
    both = pd.concat([partners, totals], ignore_index=True)
    both = both[both["series"].isin(["EXP_USD", "IMP_USD"])]
    both = both.assign(
        month=month_start(both["period"]), value=both["value"] / THOUSANDS_PER_BILLION
    )
    flows = both.pivot(
        index=["release", "economy", "partner", "month"], columns="series", values="value"
    ).reindex(columns=["EXP_USD", "IMP_USD"])
    names = {"EXP_USD": "exports_usd_bn", "IMP_USD": "imports_usd_bn"}
    return in_order(flows.rename(columns=names).reset_index(), "customs")


def month_start(period: pd.Series) -> pd.Series:
    """Return the first day of each month written as 2024-03."""
    return pd.to_datetime(period, format="%Y-%m").astype("datetime64[us]")


def penn_world_table(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the Penn World Table of every release.

    Args:
        raw: The dataset as published.

    Returns:
        release, economy, series, year, value, unit; ``csh_*`` are shares between 0 and 1.
    """
    return in_order(raw.assign(year=raw["period"].astype("int64")), "penn_world_table")


def mirror_trade(raw: pd.DataFrame) -> pd.DataFrame:
    """Return yearly goods trade as an economy reports it and as its partners do.

    Args:
        raw: The dataset as published, in US dollars.

    Returns:
        release, economy, partner, series, year, usd_bn. EXP and IMP are the economy's own figures
        (with the world only); EXP_MIRROR is what a partner reports as imports from the economy,
        IMP_MIRROR what it reports as exports to it.
    """
    table = raw.assign(year=raw["period"].astype("int64"), usd_bn=raw["value"] / BILLION)
    return in_order(table, "mirror_trade")


def economies(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the list of economies with the years of their accounts.

    Args:
        accounts: As from `national_accounts`.

    Returns:
        economy, name, in_text, kind, first_year and last_year with a GDP in current dollars in
        the newest release (empty where it has none), note on how groups count it.
    """
    every = accounts[accounts["item"] == "GDP"]
    gdp = newest_accounts(every).query("prices == 'current USD'")
    years = gdp.groupby("economy")["year"].agg(first_year="min", last_year="max").astype("Int64")
    table = economy_list.catalogue().merge(plain(years.reset_index()), on="economy", how="left")
    return in_order(table.assign(note=table["economy"].map(_notes()).fillna("")), "economies")


def _notes() -> dict[str, str]:
    """Say of former economies and of groups how they are counted."""
    notes = {group.code: group.note for group in groups.groups().values()}
    for succession in totals.SUCCESSIONS:
        after = f"{', '.join(succession.successors)} from {succession.first_year}"
        for code in succession.former:
            notes[code] = f"Counts in the world to {succession.first_year - 1}; {after}."
    return notes


def group_members(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return group and economy: today's members of the groups that are summed.

    Args:
        accounts: As from `national_accounts`; the world is made of its current economies.
    """
    members = totals.composition(accounts["economy"])
    today = members["last_year"] == totals.END
    current = members[today & members["economy"].isin(economy_list.codes("economy"))]
    return in_order(current, "groups")


def newest_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return, for each kind of prices, the rows of the newest release that has them."""
    newest = accounts.groupby("prices")["release"].transform("max")
    return accounts[accounts["release"] == newest]


def in_order(frame: pd.DataFrame, name: TableName) -> pd.DataFrame:
    """Return the columns of a table in order, its rows sorted by their key."""
    return plain(by_key(frame, name))


def by_key(frame: pd.DataFrame, name: TableName) -> pd.DataFrame:
    """Return the same with texts as categories."""
    return coded(frame[list(COLUMNS[name])]).sort_values(KEYS[name], ignore_index=True)
