"""Which sections on customs, official growth and input-output tables an economy goes without.

The tables behind them hold what a statistical office or customs publish about their economy. An
economy without rows in them goes without the sections (see `requirements`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from rebalancing.data.tables import groups
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import customs, growth, market_shares, select, trade, vintages
from rebalancing.data.views import markets as view
from rebalancing.requirements import drivers, exports, markets, surplus
from rebalancing.requirements.first import StudyTablesLike


@dataclass(frozen=True)
class NationalFigures:
    """What the rules read, of all economies."""

    tables: StudyTablesLike

    @cached_property
    def sold(self) -> select.ByEconomy:
        """Trade by partner and month."""
        return select.ByEconomy(self._as_of("customs", "gacc-customs"))

    @cached_property
    def bulletins(self) -> select.ByEconomy:
        """Trade of the running year by partner, in the years of the sample."""
        return select.ByEconomy(
            exports.of_sample(self.tables.chosen("partners"), self.tables.study.last)
        )

    @cached_property
    def whole(self) -> dict[str, float]:
        """Trade with the whole world of all who ever belonged to a group of customs."""
        return customs.whole_trade(
            self.tables.chosen(
                "world_bank", series=list(customs.TRADE), economy=customs.ever_members()
            )
        )

    @cached_property
    def told(self) -> select.ByEconomy:
        """What a statistical office's press releases tell."""
        return select.ByEconomy(self.tables.chosen("press_figures"))

    @cached_property
    def accounts(self) -> select.ByEconomy:
        """Accounts of a statistical office, whose growth is split by demand."""
        return select.ByEconomy(self._as_of("china_accounts", "nbs"))

    @cached_property
    def mirrored(self) -> select.ByEconomy:
        """What partners report of the same trade."""
        return select.ByEconomy(self.tables.chosen("mirror_trade", series=["EXP_MIRROR"]))

    @cached_property
    def american(self) -> pd.DataFrame:
        """What the United States import by month, from whom."""
        return exports.of_sample(self.tables.chosen("us_census"), self.tables.study.last)

    @cached_property
    def tariffs(self) -> pd.DataFrame:
        """American tariffs that were in force, by partner and month."""
        rows = exports.of_sample(self.tables.chosen("tariffs"), self.tables.study.last)
        return view.in_force(rows)

    @cached_property
    def products(self) -> select.ByEconomy:
        """Exports by product since January."""
        rows = exports.of_sample(self.tables.chosen("export_products"), self.tables.study.last)
        return select.ByEconomy(rows)

    @cached_property
    def union(self) -> tuple[str, ...]:
        """Members of the European Union today."""
        return groups.members("EU27")

    @cached_property
    def totals(self) -> dict[str, pd.DataFrame]:
        """Totals of a statistical office's input-output tables by year, by economy."""
        table = self.tables.chosen("input_output", source=["NBS"])
        years = table["year"].between(self.tables.study.first_year, self.tables.study.last)
        return {
            str(code): rows.pivot(index="year", columns="series", values="value")
            for code, rows in table[years & table["sector"].isna()].groupby("economy")
        }

    @cached_property
    def bought(self) -> pd.DataFrame:
        """Imports of goods, US$ billion, years by economies."""
        table = self.tables.read("world_bank", series=[drivers.IMPORTS])
        table = vintages.as_of(table, self.tables.release("worldbank-wdi").name)
        return table.pivot(index="year", columns="economy", values="value") / 1e9

    def _as_of(self, name: TableName, publisher: str) -> pd.DataFrame:
        """Return a table as of the release that is used; without rows if there is none."""
        table = self.tables.read(name)
        if not self.tables.has_release(publisher):
            return table.iloc[:0]
        return vintages.as_of(table, self.tables.release(publisher).name)


def left_out(own: NationalFigures, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections that rest on national sources."""
    tables = own.totals.get(code, pd.DataFrame())
    official = _official(own, code)
    embodied = tables.get("DVAX", pd.Series(dtype=float))
    return {
        **_trade(own, code, name),
        "surplus-partners": surplus.by_partner(own.bulletins.of(code), name),
        "drivers-official": drivers.official(official, name),
        "drivers-two-sources": drivers.official(official, name)
        or drivers.two_sources(official, of_bank(own, code), name),
        "drivers-compensation": drivers.compensation(tables, name),
        "drivers-partners": _markets(own, code, name),
        "drivers-value-added": drivers.value_added(embodied, name),
    }


def _trade(own: NationalFigures, code: str, name: str) -> dict[str, str]:
    rows, last = own.sold.of(code), own.tables.study.last
    bulletins = customs.same_groups(own.bulletins.of(code), own.whole).rows
    since = {"partners-now": exports.since_january(bulletins, name)}
    found = since | _since_the_tariffs(own, code, name)
    months = None
    if reason := exports.partners(rows, last, name, own.whole):
        found |= {"partners": reason, "mirror": reason, "turn": reason}
    else:
        years = exports.compared(rows, last)
        both = customs.comparable(rows, years, whole=own.whole)
        mirrored = own.mirrored.of(code)
        reports = trade.two_reports(customs.by_year(both.table), mirrored, both.members)
        months = view.joined(both.table, bulletins)
        found["mirror"] = exports.mirror(reports.table)
        found["turn"] = markets.turn(months, years[-1])
    if not found["american"]:
        upto = own.american.loc[own.american["partner"] == code, "month"].max()
        known = None if found["turn"] else months
        found["american-own"] = markets.american_own(known, upto, name)
    return found


def _since_the_tariffs(own: NationalFigures, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections on American figures and on products."""
    bought = own.american
    taxed = view.tariff_partner(own.tariffs, code, own.union)
    return {
        "american": markets.american(bought[bought["partner"] == code], name),
        "tariff": markets.tariff(taxed, code, name),
        "products": markets.products(own.products.of(code), name),
    }


def _official(own: NationalFigures, code: str) -> pd.DataFrame:
    """Return official contributions to growth by year, to the newest press release."""
    accounts = own.accounts.of(code)
    if accounts.empty:
        return accounts
    bank = own.tables.chosen("world_bank", series=[growth.BANK_GROWTH], economy=[code])
    found = growth.yearly(accounts, own.told.of(code), bank.set_index("year")["value"])
    years = found.index.to_series()
    return found[years.between(own.tables.study.first_year, own.tables.study.last)]


def of_bank(own: NationalFigures, code: str) -> pd.DataFrame:
    """Return the World Bank's contributions to growth by year, of one release.

    The release is the newest that has all series of this economy; others may have fewer.

    Args:
        own: The figures of all economies.
        code: The economy.
    """
    wanted = {"series": list(growth.BANK), "economy": [code]}
    return growth.of_bank(own.tables.chosen("world_bank", together=True, **wanted))


def _markets(own: NationalFigures, code: str, name: str) -> str:
    rows = own.sold.of(code)
    if rows.empty:
        return drivers.NO_MARKETS.format(name)
    try:
        drivers.by_market(rows, own.bought, code, own.tables.study.last, own.whole)
    except market_shares.MarketShareError:
        return drivers.NO_MARKETS.format(name)
    except customs.MembershipError as error:
        return str(error)
    return ""
