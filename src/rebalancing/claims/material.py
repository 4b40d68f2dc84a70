"""What claims are tested on, and the readings that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from rebalancing.claims.ledger import ClaimReading, Role
from rebalancing.claims.rules import Rule
from rebalancing.claims.source import SUBJECT
from rebalancing.data.views import milestones, select, windows
from rebalancing.report.results import Result

REVISION_YEARS = 10  # how far back revisions are compared
LARGEST = 10  # economies that count as large
LATELY = 5  # years over which something has happened lately
SHARE = "% of GDP"
POINTS = "percentage points"
NOT_HELD = "in no release held"
EXPORTED, IMPORTED = "NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS"  # of the World Bank, % of GDP


class Compared(NamedTuple):
    """What the economies trade, percent of GDP, to set China's beside.

    Attributes:
        table: exports_pct_gdp and net_exports_pct_gdp, by single economy.
        year: Of China's figures; others' may be of the year before, where theirs are not out.
        source: How a foot line names the release.
    """

    table: pd.DataFrame
    year: int
    source: str


@dataclass(frozen=True)
class Material:
    """What the claims are tested on.

    Attributes:
        accounts: The table expenditure_shares of one release, each economy and year once.
        releases: The same of all releases up to that one.
        release_then: The newest of them that was public when the report appeared.
        source_then: How a foot line names it.
        single: Codes of single economies.
        world_bank: The table world_bank as of one release.
        penn: The table penn_world_table as of one release, series csh_c.
        monthly: The table china_monthly as of one release.
        industry: The table industry as of one release.
        capacity: The rows of the table capacity that the study rests on; none where no release
            was public.
        recorded: What the chapters on consumption, exports, trends and drivers recorded, by key.
        sources: How a foot line names each publisher's release.
        level: Probability that the interval of a slope is to cover.
        last_year: The last year that a figure may be of; each source ends on its own before it.
    """

    accounts: pd.DataFrame
    releases: pd.DataFrame
    release_then: str
    source_then: str
    single: list[str]
    world_bank: pd.DataFrame
    penn: pd.DataFrame
    monthly: pd.DataFrame
    industry: pd.DataFrame
    capacity: pd.DataFrame
    recorded: Mapping[str, Result]
    sources: Mapping[str, str]
    level: float
    last_year: int

    def share(self, economy: str, column: str) -> pd.Series[float]:
        """Return one of an economy's shares of GDP, by year."""
        rows = self.accounts[self.accounts["economy"] == economy]
        return rows.set_index("year")[column].dropna().sort_index().loc[: self.last_year]

    def as_published_then(self, economy: str, column: str) -> pd.Series[float]:
        """Return a share of GDP from the release that was current when the report appeared."""
        rows = self.releases
        rows = rows[(rows["economy"] == economy) & (rows["release"] == self.release_then)]
        rows = rows.drop_duplicates("year", keep="last")
        return rows.set_index("year")[column].dropna().sort_index()

    def indicator(self, economy: str, code: str) -> pd.Series[float]:
        """Return one of the World Bank's series, by year."""
        table = self.world_bank
        rows = table[(table["economy"] == economy) & (table["series"] == code)]
        return rows.set_index("year")["value"].sort_index().loc[: self.last_year]

    @cached_property
    def year(self) -> int:
        """The latest year of China's accounts."""
        return select.latest(self.share(SUBJECT, "household_pct_gdp"))[0]

    def recent_start(self, last: int) -> tuple[int, str]:
        """Return the newest of the book's years that is five or more years before a year, and why.

        Without one that early, the reason says that it is the year five years before.
        """
        households = self.share(SUBJECT, "household_pct_gdp")
        early = [year for year in windows.years(SUBJECT, households, last) if year <= last - LATELY]
        if not early:
            return last - LATELY, "five years before"
        return max(early), windows.reason(SUBJECT, max(early))

    @cached_property
    def first_milestone(self) -> date:
        """The day on which China's leaders first named the change of growth as an aim."""
        first: pd.Timestamp = milestones.read_milestones(SUBJECT)["date"].iloc[0]
        return first.date()

    def revision(self, economy: str, column: str) -> float:
        """Return the largest difference between releases for one of the latest years, in points.

        It is not a forecast of the next revision, but the size of what has happened.
        """
        rows = self.releases[self.releases["economy"] == economy]
        rows = rows[rows["year"] >= self.year - REVISION_YEARS]
        by_year = rows.groupby("year")[column]
        return float((by_year.max() - by_year.min()).max())

    @cached_property
    def producer_prices(self) -> pd.Series[float]:
        """China's producer prices, change on a year before, per cent by month."""
        rows = self.monthly[self.monthly["series"] == "PPI_YOY"]
        return rows.set_index("month")["value"].sort_index()

    def across(self, column: str) -> pd.Series[float]:
        """Return a share of GDP in the latest year, by single economy."""
        rows = self.accounts[self.accounts["year"] == self.year].set_index("economy")
        return rows.loc[rows.index.isin(self.single), column].dropna()

    @cached_property
    def of_accounts(self) -> Compared:
        """Trade of the accounts' latest year."""
        columns = ["exports_pct_gdp", "net_exports_pct_gdp"]
        table = pd.DataFrame({column: self.across(column) for column in columns})
        return Compared(table, self.year, self.sources["unsd-ama"])

    @cached_property
    def newest_trade(self) -> Compared:
        """Trade of the newest year of China's: the World Bank's where it is ahead of the accounts.

        Large economies publish a year late, so that each is taken in its newest year.
        """
        rows = self.world_bank[self.world_bank["series"].isin([EXPORTED, IMPORTED])]
        rows = rows[(rows["year"] <= self.last_year) & rows["economy"].isin(self.single)]
        spread = rows.pivot(index=["economy", "year"], columns="series", values="value")
        spread = spread.reindex(columns=[EXPORTED, IMPORTED]).dropna().reset_index("year")
        if SUBJECT not in spread.index:
            return self.of_accounts
        year = int(spread.loc[[SUBJECT], "year"].max())
        if year <= self.year:
            return self.of_accounts
        recent = spread[spread["year"] >= year - 1].sort_values("year", kind="stable")
        newest = recent[~recent.index.duplicated(keep="last")]
        table = pd.DataFrame(
            {
                "exports_pct_gdp": newest[EXPORTED],
                "net_exports_pct_gdp": newest[EXPORTED] - newest[IMPORTED],
            }
        )
        return Compared(table, year, self.sources["worldbank-wdi"])

    def largest(self) -> pd.Index:
        """Return the codes of the largest economies in the latest year, China among them."""
        rows = self.accounts[self.accounts["year"] == self.year].set_index("economy")
        return rows.loc[rows.index.isin(self.single), "gdp"].nlargest(LARGEST).index


def latest(
    definition: str,
    series: pd.Series[float],
    release: str,
    rule: Rule,
    role: Role,
    margin: float = 0.0,
    *,
    unit: str = SHARE,
) -> ClaimReading:
    """Return a reading of the latest value of a series; one without a value if it is empty."""
    if series.dropna().empty:
        return absent(definition, rule, role, unit=unit)
    year, value = select.latest(series)
    return ClaimReading(definition, value, unit, str(year), release, rule, role, margin)


def absent(definition: str, rule: Rule, role: Role, *, unit: str = "%") -> ClaimReading:
    """Return a reading for which no release holds official figures."""
    return ClaimReading(definition, None, unit, "–", NOT_HELD, rule, role)


def recorded(
    result: Result | None, definition: str, rule: Rule, role: Role, **ends: float | None
) -> ClaimReading:
    """Return a reading of a number that another chapter recorded, with the ends of its interval."""
    value = number(result)
    if result is None or value is None:
        return absent(definition, rule, role)
    source = (result.unit, result.period, result.release)
    return ClaimReading(
        definition, value, *source, rule, role, lower=ends.get("lower"), upper=ends.get("upper")
    )


def number(result: Result | None) -> float | None:
    """Return a recorded number; None where nothing was recorded or published."""
    return None if result is None or result.value is None else float(result.value)
