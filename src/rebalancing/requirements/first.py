"""Which sections of the first chapters an economy goes without (see `requirements`).

Those that rest on customs, input-output tables and a statistical office are in `national`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pandas as pd

from rebalancing.data.releases import Release
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import (
    balances,
    constant_prices,
    expenditure,
    export_prices,
    market_shares,
    milestones,
    select,
    trade,
    vintages,
)
from rebalancing.data.views.prices import year_means
from rebalancing.models.unitroot import LagChoice
from rebalancing.publishers import ACCOUNTS
from rebalancing.requirements import drivers, exports, surplus, trends
from rebalancing.study import Study

WORLD = "WLD"
EXCHANGE_RATE = "PX.REX.REER"
LAGS = 2


class StudyTablesLike(Protocol):
    """What `requirements.Tables` has of a study."""

    @property
    def study(self) -> Study:
        """Whose years, releases and day are used."""

    @property
    def end(self) -> int:
        """The last year of the sample."""

    @property
    def economies(self) -> pd.DataFrame:
        """The table of economies, by code."""

    @property
    def shares_of(self) -> select.ByEconomy:
        """Shares of GDP in all releases up to the one that is used."""

    def own(self, code: str, first: int) -> pd.Series:
        """Return an economy's household share by year, from a year on."""

    def read(self, name: TableName, **only: list[str]) -> pd.DataFrame:
        """Return the wanted rows of a table."""

    def chosen(self, name: TableName, *, together: bool = False, **only: list[str]) -> pd.DataFrame:
        """Return the wanted rows of the releases that the study uses."""

    def release(self, publisher: str) -> Release:
        """Return the release of a publisher that the study uses."""

    def has_release(self, publisher: str) -> bool:
        """Return whether a publisher had a release on the study's day."""


@dataclass(frozen=True)
class First:
    """What the rules read in addition to the accounts of the study's release."""

    tables: StudyTablesLike

    @cached_property
    def newest(self) -> str:
        """The release of the accounts."""
        return self.tables.release(ACCOUNTS).name

    @cached_property
    def goods(self) -> list[pd.DataFrame]:
        """Goods exports, manufactured exports and manufacturing value added, by economies.

        Years by economies, only the years in which the world's is known.
        """
        tables, first = self.tables, self.tables.study.first_year
        bank = trade.exports(self.of_bank(trade.MERCHANDISE, trade.MANUFACTURES_PERCENT))
        made = tables.read("national_accounts", item=["VA_MANF"], prices=["current USD"])
        made = made[made["release"] == self.newest]
        known = [
            select.wide(bank, "merchandise_usd_bn", first, tables.study.last),
            select.wide(bank, "manufactures_usd_bn", first, tables.study.last),
            select.wide(made, "value", first, tables.end),
        ]
        return [table.dropna(subset=[WORLD]) if WORLD in table else table[:0] for table in known]

    @cached_property
    def amounts(self) -> select.ByEconomy:
        """Years with all expenditure at current and constant prices in national currency."""
        items = [*expenditure.ITEMS, "GDP"]
        table = self.tables.read("national_accounts", prices=expenditure.PRICES, item=items)
        return select.ByEconomy(expenditure.complete(table))

    @cached_property
    def world_product(self) -> dict[str, pd.DataFrame]:
        """GDP at constant dollars, years by economies, by release."""
        prices = constant_prices.labels("USD")
        table = self.tables.read("national_accounts", item=["GDP"], prices=prices)
        table = constant_prices.of_releases(table, "USD")
        return {
            str(release): rows.pivot(index="year", columns="economy", values="value")
            for release, rows in table.groupby("release")
        }

    @cached_property
    def rates(self) -> select.ByEconomy:
        """Real effective exchange rates of the World Bank."""
        return select.ByEconomy(self.of_bank(EXCHANGE_RATE))

    @cached_property
    def monthly_rates(self) -> select.ByEconomy:
        """The same of the Bank for International Settlements, by month."""
        return select.ByEconomy(self.tables.chosen("real_exchange_rate"))

    @cached_property
    def balances(self) -> select.ByEconomy:
        """What balances with the rest of the world are made of, and of saving."""
        series = dict.fromkeys([*balances.SERIES, *balances.OF_SAVING])
        return select.ByEconomy(self.of_bank(*series))

    @cached_property
    def of_world(self) -> list[pd.DataFrame]:
        """Balances of goods and of manufactures, percent of world GDP, years by economies."""
        table = self.tables.read("world_bank", series=list(balances.OF_ECONOMIES))
        study, newest = self.tables.study, self.tables.release("worldbank-wdi").name
        goods, made, gdp = balances.of_economies(table, newest, study.first_year, study.last)
        return [balances.of_world(each, gdp) for each in (goods, made)]

    @cached_property
    def export_levels(self) -> select.ByEconomy:
        """Exports in dollars, the exchange rate and indices of exports of goods."""
        return select.ByEconomy(self.of_bank(*export_prices.BANK))

    @cached_property
    def outlook(self) -> select.ByEconomy:
        """Growth of export volumes as the International Monetary Fund publishes it."""
        table = self.tables.read("world_economic_outlook", series=list(export_prices.OUTLOOK))
        if not self.tables.has_release("imf-weo"):
            return select.ByEconomy(table.iloc[:0])
        return select.ByEconomy(table[table["release"] == self.tables.release("imf-weo").name])

    @cached_property
    def complete(self) -> dict[str, set[int]]:
        """Years with exports of all product groups, by economy."""
        return market_shares.complete_by_economy(self.tables.chosen("product_exports"))

    def of_bank(self, *series: str) -> pd.DataFrame:
        """Return series of the World Bank as of the release that is used."""
        table = self.tables.read("world_bank", series=list(series))
        return vintages.as_of(table, self.tables.release("worldbank-wdi").name)


def left_out(tables: StudyTablesLike, first: First, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapters on consumption, exports, trends and drivers."""
    return {
        **_trends(tables, code),
        **_surplus(first, code, name),
        **_exports(first, code, name),
        **_drivers(first, code, name),
    }


def _trends(tables: StudyTablesLike, code: str) -> dict[str, str]:
    rows = tables.shares_of.of(code)
    own = select.latest_run(tables.own(code, tables.study.first_year))
    near = rows.loc[rows["year"] >= own.index[-1] - trends.NEAR_YEARS, "release"]
    label = str(tables.economies.loc[code, "name"])
    study = tables.study
    lags = LagChoice(most=study.unit_root_lags, criterion=study.unit_root_criterion)
    return {
        "revisions": trends.revisions(near.unique()),
        "breaks": trends.breaks(own, label, study.trimming),
        "milestones": trends.milestones(milestones.read_milestones(code), own),
        "unit-roots": trends.unit_roots(own, label, lags),
    }


def _exports(first: First, code: str, name: str) -> dict[str, str]:
    known = [table.get(code, pd.Series(dtype=float)).dropna() for table in first.goods]
    measures = dict(zip(("goods", "manufactures", "value added"), known, strict=True))
    return {
        "world-shares": exports.world_shares(measures, name),
        "manufactures": exports.manufactures(select.latest_run(measures["manufactures"]), name),
    }


def _surplus(first: First, code: str, name: str) -> dict[str, str]:
    study, bank = first.tables.study, first.balances.of(code)
    goods, made = first.of_world
    external = balances.external(bank, study.first_year, study.last)
    return {
        "surplus": surplus.customs(external, name),
        "surplus-before": surplus.customs(external, name) or surplus.before(external, name),
        "surplus-world": surplus.of_world(goods, code, name),
        "surplus-manufactures": surplus.manufactures(made, code, name),
        "surplus-saving": surplus.saving(balances.saving(bank, study.first_year, study.last), name),
    }


def _drivers(first: First, code: str, name: str) -> dict[str, str]:
    study = first.tables.study
    complete = first.complete.get(code, set()) & first.complete.get(WORLD, set())
    years = drivers.years_compared(sorted(complete), study.first_year, study.last)
    return {
        "drivers-export-prices": drivers.export_prices(_export_prices(first, code), name),
        "drivers-market-shares": drivers.market_shares(years, name),
        **_of_volumes(first, code, name),
    }


def _export_prices(first: First, code: str) -> pd.DataFrame:
    study, bank, outlook = first.tables.study, first.export_levels.of(code), first.outlook.of(code)
    return export_prices.outcomes(export_prices.yearly(bank, outlook, study.first_year, study.last))


def _of_volumes(first: First, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections that need values and volumes of one release."""
    begin, end = first.tables.study.first_year, first.tables.end
    try:
        volumes = expenditure.newest_pair(first.amounts.of(code), code, first.newest, end)
    except expenditure.ExpenditureError as error:
        return {f"drivers-{section}": str(error) for section in drivers.OF_VOLUMES}
    deflators = volumes.deflators
    relative = deflators["household consumption"] / deflators["GDP"]
    relative = relative[relative.index >= begin]
    return {
        "drivers-contributions": drivers.contributions(volumes, begin, name),
        "drivers-prices": drivers.prices(relative, name),
        "drivers-exports-relation": _exports_relation(first, code, volumes, name),
    }


def _exports_relation(first: First, code: str, volumes: expenditure.Expenditure, name: str) -> str:
    rates = first.rates.of(code).set_index("year")["value"]
    months = first.monthly_rates.of(code)
    if len(months):
        measured = year_means(months.set_index("month")["value"])
        rates = measured if len(measured) > len(rates) else rates
    if rates.empty:
        return drivers.NO_RATE.format(name)
    product = first.world_product.get(volumes.release, pd.DataFrame())
    abroad = product.reindex(columns=[code, WORLD]).dropna()
    years = volumes.constant.index.intersection(abroad.index).intersection(rates.dropna().index)
    return drivers.relation(max(int((years >= first.tables.study.first_year).sum()) - LAGS, 0))
