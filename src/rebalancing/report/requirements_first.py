"""Which sections of the chapters 02 to 05 an economy goes without (see `requirements`).

What rests on China's customs, input-output tables and statistical office is foreseen for the other
economies only, which have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pandas as pd

from rebalancing.accounts import ACCOUNTS
from rebalancing.data import expenditure, market_shares, milestones, select, spans, trade, vintages
from rebalancing.data.columns import TableName
from rebalancing.data.prices import year_means
from rebalancing.data.releases import Release
from rebalancing.report import requirements_drivers as drivers
from rebalancing.report import requirements_exports as exports
from rebalancing.report import requirements_trends as trends
from rebalancing.study import Study

WORLD = "WLD"
SAVING = ("NY.GNS.ICTR.ZS", "NE.GDI.TOTL.ZS")
EXCHANGE_RATE = "PX.REX.REER"
LABOUR_FROM = 2000
LAGS = 2


class Tables(Protocol):
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
    def shares(self) -> pd.DataFrame:
        """Shares of GDP in all releases up to the one that is used."""

    def own(self, code: str, first: int) -> pd.Series:
        """Return an economy's household share by year, from a year on."""

    def read(self, name: TableName, **only: list[str]) -> pd.DataFrame:
        """Return the wanted rows of a table."""

    def release(self, publisher: str) -> Release:
        """Return the release of a publisher that the study uses."""

    def has_release(self, publisher: str) -> bool:
        """Return whether a publisher had a release on the study's day."""


@dataclass(frozen=True)
class First:
    """What the rules read beside the accounts of the study's release."""

    tables: Tables

    @cached_property
    def newest(self) -> str:
        """The release of the accounts."""
        return self.tables.release(ACCOUNTS).name

    @cached_property
    def goods(self) -> list[pd.DataFrame]:
        """Goods exports, manufactured exports and manufacturing value added, by economies."""
        tables, first = self.tables, self.tables.study.first_year
        bank = trade.exports(self.of_bank(trade.MERCHANDISE, trade.MANUFACTURES_PERCENT))
        made = tables.read("national_accounts", item=["VA_MANF"], prices=["current USD"])
        made = made[made["release"] == self.newest]
        return [
            select.wide(bank, "merchandise_usd_bn", first, tables.end),
            select.wide(bank, "manufactures_usd_bn", first, tables.end),
            select.wide(made, "value", first, tables.end),
        ]

    @cached_property
    def amounts(self) -> dict[str, pd.DataFrame]:
        """Expenditure at current and constant prices in national currency, by economy."""
        prices = [expenditure.CURRENT, expenditure.CONSTANT]
        table = self.tables.read("national_accounts", prices=prices)
        return {str(code): rows for code, rows in table.groupby("economy")}

    @cached_property
    def dollars(self) -> pd.DataFrame:
        """Exports in dollars, years by economies."""
        table = self.tables.read("national_accounts", item=["EXP"], prices=["current USD"])
        table = table[table["release"] == self.newest]
        return table.pivot(index="year", columns="economy", values="value")

    @cached_property
    def world_product(self) -> pd.DataFrame:
        """GDP at constant dollars: release and year by economies."""
        table = self.tables.read("national_accounts", item=["GDP"], prices=["constant 2015 USD"])
        return table.pivot(index=["release", "year"], columns="economy", values="value")

    @cached_property
    def saved(self) -> pd.DataFrame:
        """National saving and investment of the sample, where both are known."""
        table = self.of_bank(*SAVING)
        table = table[table["year"].between(self.tables.study.first_year, self.tables.end)]
        wide = table.pivot(index=["economy", "year"], columns="series", values="value")
        return wide.reindex(columns=list(SAVING)).dropna()

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Real effective exchange rates of the World Bank."""
        return self.of_bank(EXCHANGE_RATE)

    @cached_property
    def monthly_rates(self) -> pd.DataFrame:
        """The same of the Bank for International Settlements, by month."""
        return self.tables.read("real_exchange_rate")

    @cached_property
    def labour(self) -> pd.DataFrame:
        """Labour shares, years by economies."""
        table = self.tables.read("penn_world_table", series=["labsh"])
        if self.tables.has_release("pwt"):
            table = table[table["release"] == self.tables.release("pwt").name]
        table = table[table["year"] >= LABOUR_FROM]
        return table.pivot(index="year", columns="economy", values="value")

    @cached_property
    def products(self) -> dict[str, pd.DataFrame]:
        """Exports by product group, by economy."""
        table = self.tables.read("product_exports")
        if self.tables.has_release("wto"):
            table = table[table["release"] == self.tables.release("wto").name]
        return {str(code): rows for code, rows in table.groupby("economy")}

    def of_bank(self, *series: str) -> pd.DataFrame:
        """Return series of the World Bank as of the release that is used."""
        table = self.tables.read("world_bank", series=list(series))
        return vintages.as_of(table, self.tables.release("worldbank-wdi").name)


def left_out(tables: Tables, first: First, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapters on consumption, exports, trends and drivers."""
    found = _trends(tables, code) | _exports(first, code, name) | _drivers(first, code, name)
    return found if code == "CHN" else found | _of_china(name)


def _trends(tables: Tables, code: str) -> dict[str, str]:
    rows = tables.shares[tables.shares["economy"] == code]
    own = select.latest_run(tables.own(code, tables.study.first_year))
    near = rows.loc[rows["year"] >= own.index[-1] - trends.NEAR_YEARS, "release"]
    label = str(tables.economies.loc[code, "name"])
    return {
        "revisions": trends.revisions(near.unique()),
        "breaks": trends.breaks(own, label),
        "milestones": trends.milestones(milestones.read(code), own),
        "unit-roots": trends.unit_roots(own, label),
    }


def _exports(first: First, code: str, name: str) -> dict[str, str]:
    known = [table.reindex(columns=[code, WORLD]).dropna()[code] for table in first.goods]
    measures = dict(zip(("goods", "manufactures", "value added"), known, strict=True))
    return {
        "world-shares": exports.world_shares(measures, name),
        "manufactures": exports.manufactures(select.latest_run(measures["manufactures"]), name),
    }


def _drivers(first: First, code: str, name: str) -> dict[str, str]:
    study, end = first.tables.study, first.tables.end
    products = pd.concat([first.products.get(one, pd.DataFrame()) for one in (code, WORLD)])
    complete = market_shares.complete_years(products, code) if len(products) else []
    years = drivers.years_compared(complete, study.first_year, end)
    labour = first.labour.get(code, pd.Series(dtype=float)).dropna()
    own = first.tables.own(code, study.first_year)
    saved = first.saved.index.get_level_values("economy") == code
    return {
        "drivers-saving": drivers.saving(first.saved[saved], name),
        "drivers-labour": drivers.labour(labour[labour.index.isin(own.index)], name),
        "drivers-market-shares": drivers.market_shares(years, name),
        **_of_volumes(first, code, name),
    }


def _of_volumes(first: First, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections that need values and volumes of one release."""
    begin, end = first.tables.study.first_year, first.tables.end
    if not first.amounts:
        reason = f"no release at hand has the volumes of {name}"
        return {f"drivers-{section}": reason for section in drivers.OF_VOLUMES}
    try:
        amounts = first.amounts.get(code, first.amounts[min(first.amounts)].iloc[:0])
        volumes = expenditure.pair(amounts, code, first.newest, end)
    except expenditure.ExpenditureError as error:
        return {f"drivers-{section}": str(error) for section in drivers.OF_VOLUMES}
    relative = volumes.deflators["household consumption"] / volumes.deflators["GDP"]
    relative = relative[relative.index >= begin]
    years = volumes.constant.index
    levels = pd.DataFrame(
        {"value": first.dollars.get(code), "volume": volumes.constant["exports"]}, dtype=float
    )
    levels = levels[(levels.index >= begin) & (levels.index <= end)]
    pace = spans.growth(levels, spans.spans(begin + 1, int(years[-1]))).dropna()
    return {
        "drivers-contributions": drivers.contributions(volumes, begin, name),
        "drivers-prices": drivers.prices(relative, name),
        "drivers-volumes": drivers.volumes_of_exports(pace, name),
        "drivers-consumption-relation": drivers.relation(max(len(relative) - LAGS, 0)),
        "drivers-exports-relation": _exports_relation(first, code, volumes, name),
    }


def _exports_relation(first: First, code: str, volumes: expenditure.Expenditure, name: str) -> str:
    rates = first.rates[first.rates["economy"] == code].set_index("year")["value"]
    months = first.monthly_rates[first.monthly_rates["economy"] == code]
    if len(months):
        measured = year_means(months.set_index("month")["index_2020_100"])
        rates = measured if len(measured) > len(rates) else rates
    if rates.empty:
        return drivers.NO_RATE.format(name)
    product = first.world_product
    known = product.index.get_level_values("release") == volumes.release
    abroad = product[known].droplevel("release").reindex(columns=[code, WORLD]).dropna()
    years = volumes.constant.index.intersection(abroad.index).intersection(rates.dropna().index)
    return drivers.relation(max(int((years >= first.tables.study.first_year).sum()) - LAGS, 0))


def _of_china(name: str) -> dict[str, str]:
    """Return the reasons of what only China's own sources have."""
    none = pd.DataFrame()
    return {
        "partners": exports.partners(none, [], name),
        "mirror": exports.mirror(none),
        "drivers-official": drivers.official(none, name),
        "drivers-compensation": drivers.compensation(none, name),
        "drivers-partners": drivers.NO_MARKETS.format(name),
        "drivers-value-added": drivers.value_added(pd.Series(dtype=float), name),
    }
