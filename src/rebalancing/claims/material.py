"""What claims are tested on, and the readings that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from rebalancing.claims.ledger import ClaimReading, Role
from rebalancing.claims.rules import Rule
from rebalancing.claims.source import SUBJECT
from rebalancing.data.views import milestones, select
from rebalancing.report.results import Result

REVISION_YEARS = 10  # how far back revisions are compared
LARGEST = 10  # economies that count as large
SHARE = "% of GDP"
POINTS = "percentage points"
NOT_HELD = "in no release held"


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

    def threshold(self, column: str, part: float, among: pd.Index | None = None) -> float:
        """Return what a part of the other economies, all or some, have at most."""
        others = self.across(column).drop(SUBJECT)
        if among is not None:
            others = others[others.index.isin(among)]
        return float(others.quantile(part))

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
