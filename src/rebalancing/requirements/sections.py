"""Which sections an economy gets, decided in seconds and from the tables alone.

The rules are those that the chapters follow, one module for each kind of chapter::

    trends         02, 09
    now, nowcast   04
    incomes        05
    exports        07, 08
    markets        08
    drivers        08, 10
    national       what 08 and 10 take from an economy's national sources
    benchmark      11
    forecasts      12 to 15
    revisions      16

Reasons that need an estimate are not foreseen: chapters also leave out forecasts whose interval
would reach below zero, and rises of the share if too few of them are complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from rebalancing.data import releases
from rebalancing.data import tables as processed
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import chosen, cross_section, outcomes, outlook_changes, select, until
from rebalancing.models.comparison import alignment
from rebalancing.parameters import FIRST_YEAR_OF_DATA
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.requirements import benchmark as comparing
from rebalancing.requirements import first as requirements_first
from rebalancing.requirements import forecasts as ahead
from rebalancing.requirements import incomes, national
from rebalancing.requirements import now as newest_figures
from rebalancing.requirements import revisions as revised
from rebalancing.study import Study

NOT_PUBLIC = "no release of {} that is held was public on {}"


@dataclass(frozen=True)
class StudyTables:
    """What the rules read, of all economies, for the sample of one study.

    Attributes:
        project: Where the tables are, as of the study's day.
        study: Whose years, releases and day are used; its economy does not matter.
    """

    project: Project
    study: Study

    def read(self, name: TableName, **only: list[str]) -> pd.DataFrame:
        """Return the wanted rows of a table that were public on the study's day."""
        return until.rows(self.project, name, processed.read_processed(self.project, name, only))

    def chosen(self, name: TableName, *, together: bool = False, **only: list[str]) -> pd.DataFrame:
        """Return the wanted rows of the releases that the study uses, as chapters choose them."""
        named = self.study.releases
        return chosen.rows(self.project, name, self.read(name, **only), named, together=together)

    def release(self, publisher: str) -> releases.Release:
        """Return the release of a publisher that the study uses."""
        return releases.resolve(self.project, publisher, self.study.release_name(publisher))

    def has_release(self, publisher: str) -> bool:
        """Return whether a publisher had a release on the study's day."""
        return publisher in self.publishers

    @cached_property
    def publishers(self) -> list[str]:
        """Those that had a release on the study's day."""
        return releases.publishers(self.project)

    @cached_property
    def end(self) -> int:
        """The last year of the sample, of what rests on the accounts."""
        return self.study.end_year(self.release(ACCOUNTS).last_year)

    @property
    def last(self) -> int:
        """The last year that other figures may be of; they end with their own source."""
        return self.study.last

    @cached_property
    def economies(self) -> pd.DataFrame:
        """The table of economies, by code."""
        return self.read("economies").set_index("economy")

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Shares of GDP in all releases up to the one that is used, to the last year."""
        table = self.read("expenditure_shares")
        newest = self.release(ACCOUNTS).name
        return table[(table["release"] <= newest) & (table["year"] <= self.end)]

    @cached_property
    def shares_of(self) -> select.ByEconomy:
        """The same, to be looked up by economy."""
        return select.ByEconomy(self.shares)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The same of the release that is used, with groups."""
        return select.of_release(self.shares, self.release(ACCOUNTS).name)

    @cached_property
    def releases_of(self) -> select.ByEconomy:
        """Shares of the sample in all releases, each economy's in the currency it is read in."""
        table, dollars = self.shares, self.shares["currency"] == "USD"
        has_dollars = dollars.groupby([table["economy"], table["release"]]).transform("any")
        in_sample = table["year"] >= self.study.first_year
        return select.ByEconomy(table[in_sample & (dollars | ~has_dollars)])

    @cached_property
    def household(self) -> dict[str, pd.Series]:
        """The household share by year, in the release that is used, by economy."""
        known = self.accounts.dropna(subset="household_pct_gdp").sort_values("year")
        groups = known.set_index("year").groupby("economy")["household_pct_gdp"]
        return {str(code): share for code, share in groups}

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The same by economy and year."""
        return self.accounts.set_index(["economy", "year"]).sort_index()

    @cached_property
    def single(self) -> pd.DataFrame:
        """The same of single economies."""
        return self.accounts[self.accounts["economy"].map(self.economies["kind"]) == "economy"]

    @cached_property
    def medians(self) -> pd.Series:
        """The household share of the median economy by year."""
        return self.single.groupby("year")["household_pct_gdp"].median()

    @cached_property
    def first(self) -> requirements_first.First:
        """What the first chapters read in addition to the accounts."""
        return requirements_first.First(self)

    @cached_property
    def sources(self) -> national.NationalFigures:
        """What the sections on an economy's national sources read."""
        return national.NationalFigures(self)

    @cached_property
    def incomes(self) -> incomes.IncomeFigures:
        """What the chapter on income and saving reads."""
        return incomes.IncomeFigures(self)

    @cached_property
    def now(self) -> newest_figures.NowFigures:
        """What the chapter on the newest figures reads."""
        return newest_figures.NowFigures(self)

    @cached_property
    def measures(self) -> dict[str, pd.DataFrame]:
        """What the World Bank has for many economies, years by economies."""
        series = comparing.SERIES
        table = self.read("world_bank", series=list(series.values()))
        newest = self.release("worldbank-wdi").name
        return {
            name: cross_section.of_one_release(table, code, newest)
            for name, code in series.items()
            if cross_section.has_many(table, code, newest)
        }

    @cached_property
    def explained(self) -> select.ByEconomy:
        """Economies and years in which the share and all that explains it are known."""
        parts = {name: self.measures[name] for name in ("income", "old", "young", "urban")}
        return select.ByEconomy(cross_section.long({"share": self.sample_household} | parts))

    @cached_property
    def penn(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Income per head and the share at international prices, years by economies."""
        wanted = ["csh_c", "rgdpe", "pop"]
        table = self.chosen("penn_world_table", together=True, series=wanted)
        table = table[table["year"] <= self.last]
        wide = {
            name: rows.pivot(index="year", columns="economy", values="value")
            for name, rows in table.groupby("series")
        }
        return wide["rgdpe"] / wide["pop"], 100 * wide["csh_c"]

    @cached_property
    def outlooks(self) -> pd.DataFrame:
        """The World Economic Outlooks up to the one that is used; none before the first."""
        series = [*ahead.OUTLOOKS.values(), ahead.GROWTH["growth"]]
        table = self.read("world_economic_outlook", series=series)
        if not self.has_release("imf-weo"):
            return table.iloc[:0]
        return table[table["release"] <= self.release("imf-weo").name]

    @cached_property
    def due(self) -> dict[str, select.ByEconomy]:
        """October's forecasts that came due, by measure."""
        found = {}
        for name, series in ahead.OUTLOOKS.items():
            if (self.outlooks["series"] == series).any():
                made = outlook_changes.since_base(self.outlooks, series, self.single_codes)
                due = made["release"].str.endswith("-10") & (made["year"] <= self.last)
                found[name] = select.ByEconomy(made[due])
        return found

    @property
    def single_codes(self) -> pd.Index:
        """Codes of single economies."""
        return self.economies.index[self.economies["kind"] == "economy"]

    @cached_property
    def growth(self) -> pd.DataFrame:
        """First and latest outcome of growth."""
        found = outcomes.first_and_latest(self.outlooks, ahead.GROWTH["growth"])
        return found.loc[found["year"] <= self.last]

    @cached_property
    def growth_of(self) -> select.ByEconomy:
        """The same, to be looked up by economy."""
        return select.ByEconomy(self.growth)

    @cached_property
    def news(self) -> str:
        """Why it cannot be tried whether revisions of growth could have been foreseen."""
        found = self.growth[self.growth["economy"].isin(self.single_codes)]
        return revised.foreseen(found.loc[found["preliminary"].abs() <= revised.EXTREME])

    @cached_property
    def moving(self) -> str:
        """Why it cannot be said how far shares move over all economies."""
        everyone = self.shares[self.shares["economy"].isin(self.single_codes)]
        return revised.revised_shares(everyone, sorted(everyone["release"].unique()))

    def own(self, code: str, first: int = FIRST_YEAR_OF_DATA) -> pd.Series:
        """Return an economy's household share by year, from a year on; it may have ended."""
        share = self.household.get(code, pd.Series(dtype=float))
        return share[share.index >= first]

    @cached_property
    def sample_household(self) -> pd.DataFrame:
        """The household share in the sample, years by economies."""
        return select.wide(self.single, "household_pct_gdp", self.study.first_year, self.end)

    @cached_property
    def bank(self) -> select.ByEconomy:
        """Series of the World Bank whose revisions are shown."""
        table = self.read("world_bank", series=list(revised.SERIES))
        years = table["year"].between(self.study.first_year, self.last)
        known = table["release"] <= self.release("worldbank-wdi").name
        return select.ByEconomy(table[known & years])


def left_out(tables: StudyTables, code: str) -> dict[str, str]:
    """Return the reason of each of the sections that an economy's edition goes without.

    Args:
        tables: Of a study; the same for all economies.
        code: The economy.
    """
    name = str(tables.economies.loc[code, "in_text"])
    found: dict[str, str] = {}
    for rules in (_first, _own, _now, _incomes, _comparing, _ahead, _robustness, _revised):
        found |= {
            section: reason for section, reason in rules(tables, code, name).items() if reason
        }
    return found


def _first(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapters on consumption, exports, trends and drivers."""
    return requirements_first.left_out(tables, tables.first, code, name)


def _own(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections that rest on national sources."""
    return national.left_out(tables.sources, code, name)


def _incomes(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapter on income and saving."""
    return incomes.left_out(tables.incomes, code, name)


def _now(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapter on the newest figures."""
    return newest_figures.left_out(tables.now, code, name)


def _comparing(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapter that compares economies."""
    found = {"benchmark": comparing.cross_section(tables.measures, comparing.BENCHMARK)}
    if not found["benchmark"]:
        years, window = tables.explained.of(code)["year"], tables.study.averaging_window
        found["benchmark"] = comparing.benchmark(years, name, window)
    if not tables.has_release("pwt"):
        reason = NOT_PUBLIC.format("the Penn World Table", tables.study.as_of)
        return found | dict.fromkeys(("income", "passed"), reason)
    known = comparing.path(*tables.penn, code)
    found["income"] = found["passed"] = comparing.at_income(known, name)
    if not found["income"]:
        others = alignment.at_level(*tables.penn, float(known["income"].iloc[-1]))
        found["passed"] = comparing.passed(others.drop(index=code, errors="ignore"), name)
    return found


def _ahead(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapters on forecasts and scenarios."""
    del name
    first = int(tables.sample_household.index[0])
    own = select.latest_run(tables.own(code, tables.study.first_year))
    tried = ahead.origins(first, tables.end)
    found = {"forecasts": ahead.forecasts(tried, (first, tables.end), own)}
    mine = {key: rows.of(code) for key, rows in tables.due.items()}
    found["scoreboard"] = ahead.scoreboard(mine)
    year, share = select.latest(own)
    found["scenarios"] = ahead.scenarios(share, float(tables.medians[year]))
    if not found["scenarios"]:
        parts = tables.parts[list(ahead.PARTS.values())].reindex([(code, year)]).iloc[0]
        has_world = ("WLD", year) in tables.parts.index
        found["give-way"] = ahead.give_way(parts, year, has_world=has_world)
    return found


def _robustness(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the specification curve."""
    own = tables.own(code)
    middle = ahead.since(code, int(own.index[-1]))
    return {"robustness": ahead.robustness(own, middle, name)}


def _revised(tables: StudyTables, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the chapter on revisions."""
    figures = revised.by_release(tables.releases_of.of(code))
    runs = {str(one): select.latest_run(column) for one, column in figures.items()}
    return {
        "revisions-share": revised.revised_share(figures, name),
        "revisions-real-time": revised.real_time(runs, name),
        "revisions-growth": revised.revised_growth(tables.growth_of.of(code), name),
        "revisions-news": tables.news,
        "revisions-panel": tables.moving,
        "revisions-world-bank": revised.bank(tables.bank.of(code), name),
    }
