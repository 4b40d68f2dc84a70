"""What the chapter on the newest figures needs, and what an economy has for it.

The chapter is left out whole where nothing that is held is newer than the accounts, and its nowcast
where no bridge can be tried on past years (`requirements.nowcast`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import current, nowcast, select
from rebalancing.publishers import ACCOUNTS
from rebalancing.requirements import nowcast as bridging
from rebalancing.requirements.first import StudyTablesLike

NOWCAST: dict[TableName, list[str]] = {
    "world_bank": list(bridging.BANK.values()),
    "china_monthly": ["RETAIL_YTD_YOY", "PPI_YOY", "CPI_YOY"],
    "household_survey": ["CONSUMPTION_PC_YTD"],
    "china_accounts": list(current.CONTRIBUTIONS.values()),
    "press_figures": list(current.CONTRIBUTIONS.values()),
}
OFTEN, SELDOM = ("month", "quarter"), ("year",)  # what each figure shows
OUTLOOKS = [*nowcast.OUTLOOK.values(), "NGDP_RPCH"]


def nothing_newer(
    found: Collection[object], name: str, end: int, frequencies: Sequence[str] = ()
) -> str:
    """Return why the chapter, or a figure of it, has nothing to show, or nothing if it has.

    Args:
        found: The series that are newer than the accounts.
        name: The economy's name in a sentence.
        end: The last year of the accounts.
        frequencies: Of the series that the figure shows, such as month; of all if not given.
    """
    what = f"figure by {' or '.join(frequencies)}" if frequencies else "figure"
    return "" if found else f"no {what} of {name} that is held is newer than its accounts, {end}"


def wanted() -> dict[TableName, list[str]]:
    """Return the series that the chapter reads, by table; those of the US census have none."""
    found = {table: list(codes) for table, codes in current.wanted().items()}
    for table, codes in NOWCAST.items():
        found[table] = list(dict.fromkeys([*found.get(table, []), *codes]))
    return found


@dataclass(frozen=True)
class NowFigures:
    """The figures that the rules read, split by economy once."""

    tables: StudyTablesLike

    @cached_property
    def held(self) -> dict[TableName, pd.DataFrame]:
        """Rows of each table; in those of the US census the partner is the economy."""
        found = {
            table: self.tables.chosen(table, series=codes)
            for table, codes in wanted().items()
            if codes
        }
        census = self.tables.chosen("us_census").drop(columns="economy")
        return found | {"us_census": census.rename(columns={"partner": "economy"})}

    @cached_property
    def rows(self) -> dict[TableName, select.ByEconomy]:
        """The same by economy."""
        return {table: select.ByEconomy(rows) for table, rows in self.held.items()}

    @cached_property
    def newer(self) -> dict[str, set[str]]:
        """Codes of the economies with figures newer than the accounts, by what shows them."""
        years = (self.tables.end, self.tables.study.last)
        often = (*current.MONTHLY, *current.QUARTERLY, current.FROM_AMERICA)
        return {
            "now": current.have_newer(self.held, years),
            "now-months": current.have_newer(self.held, years, often),
            "now-years": current.have_newer(self.held, years, current.YEARLY),
        }

    @cached_property
    def outlook_table(self) -> pd.DataFrame:
        """The World Economic Outlooks that may be used, with those held for growth alone."""
        table = self.tables.read("world_economic_outlook", series=OUTLOOKS)
        if self.tables.has_release("imf-weo"):
            table = table[table["release"] <= self.tables.release("imf-weo").name]
        growth = self.tables.chosen("outlook_growth", series=OUTLOOKS)
        return pd.concat([table, growth], ignore_index=True)

    @cached_property
    def _outlook(self) -> select.ByEconomy:
        return select.ByEconomy(self.outlook_table)

    def material(self, code: str) -> bridging.NowcastData | None:
        """Return what an economy has for a nowcast."""
        known = self.tables.shares_of.of(code)
        newest = self.tables.release(ACCOUNTS).name
        by_release = nowcast.shares_by_release(known, code, newest)
        own = select.of_release(known, newest).set_index("year").sort_index()
        own, last = own.loc[self.tables.study.first_year :], self.tables.study.last

        def values(table: TableName, series: str) -> pd.Series[float]:
            rows = self.rows[table].of(code)
            found = current.by_period(rows[rows["series"] == series])
            return found[found.index.str[:4].astype(int) <= last]

        accounts = (own["household_pct_gdp"], own["final_consumption_pct_gdp"])
        return bridging.gather(values, accounts, self._outlook.of(code), by_release)

    def has_own_sources(self, code: str) -> bool:
        """Return whether a statistical office's figures of an economy are held."""
        return any(len(self.rows[name].of(code)) for name in NOWCAST if name != "world_bank")

    @cached_property
    def changes(self) -> dict[tuple[str, str, str], set[int]]:
        """Years with a change of saving or investment, by economy, release and indicator."""
        names = {code: name for name, code in nowcast.OUTLOOK.items()}
        rows = self.outlook_table[self.outlook_table["series"].isin(names)].dropna(subset="value")
        found: dict[tuple[str, str, str], set[int]] = {}
        for code, release, series, year in zip(
            *(rows[c] for c in ("economy", "release", "series", "year")), strict=True
        ):
            found.setdefault((code, release, names[series]), set()).add(year)
        return {key: years & {year + 1 for year in years} for key, years in found.items()}

    def tried(self, code: str) -> list[set[int]]:
        """Return the past years that each bridge from international figures can be tried on."""
        share = select.latest_run(self.tables.own(code, self.tables.study.first_year))
        bank = self.rows["world_bank"].of(code).dropna(subset="value")
        known = bank.groupby("series")["year"].agg(set)
        prices = set.intersection(
            *(known.get(bridging.BANK[name], set()) for name in ("prices", "deflator"))
        )
        indicators = {nowcast.PRICES: {year for year in prices if year <= self.tables.study.last}}
        outlooks: dict[str, dict[str, set[int]]] = {}
        for release in sorted({name for _, name, _ in self.changes}):
            mine = {
                name: self.changes.get((code, release, name), set()) for name in nowcast.OUTLOOK
            }
            outlooks |= {release: mine} if any(mine.values()) else {}
        return bridging.years_tried([int(y) for y in share.index[1:]], indicators, outlooks)


def left_out(figures: NowFigures, code: str, name: str) -> dict[str, str]:
    """Return the reasons of what the chapter goes without."""
    end = figures.tables.end
    found = {
        section: nothing_newer([code] if code in figures.newer[section] else [], name, end, every)
        for section, every in (("now", ()), ("now-months", OFTEN), ("now-years", SELDOM))
    }
    if found["now"]:
        return found
    if figures.has_own_sources(code):
        return found | {"nowcast": bridging.reason(figures.material(code), name)}
    return found | {"nowcast": bridging.nothing_tried(figures.tried(code), name)}
