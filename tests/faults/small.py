"""Services small enough to be refreshed from in a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from rebalancing.data.fetch import bis, imts, nbs, oecd, services, unsd
from rebalancing.data.fetch.connection import Patience
from rebalancing.data.fetch.refresh import RefreshOutcome, refresh
from rebalancing.project import Project

from .quarterly import Accounts, Bureau, Trade
from .standins import Bis, Comtrade, Imf, StandIn, UnitedNations, WorldBank

NAMES = {
    "NY.GDP.MKTP.CD": "GDP (current US$)",
    "NE.EXP.GNFS.ZS": "Exports of goods and services (% of GDP)",
    "SP.POP.TOTL": "Population, total",
}
OUTLOOK = ("NGDP_RPCH", "NGDPD", "LP", "LUR")
QUICK = Patience(attempts=3, between_requests=0)


def figures(
    economies: list[str], series: list[str], periods: list[str], last: float = 0.0
) -> pd.DataFrame:
    """Return figures that grow unevenly; ``last`` is added to the last period, as a part of it."""

    def value(e: int, s: int, p: int) -> float:
        changed = 1 + last * (p == len(periods) - 1)
        return (10.0 + 3 * e + s) * 1.01**p * (1 + 0.05 * math.sin(2.3 * p + e + s)) * changed

    rows = [
        (economy, code, period, value(e, s, p))
        for e, economy in enumerate(economies)
        for s, code in enumerate(series)
        for p, period in enumerate(periods)
    ]
    return pd.DataFrame(rows, columns=["economy", "series", "period", "value"])


def years(first: int, last: int) -> list[str]:
    return [str(year) for year in range(first, last + 1)]


def world_bank(updated: str, last_year: int = 2023) -> WorldBank:
    economies = ["CHN", "USA", "JPN", "XKX", "HIC"]
    return WorldBank(figures(economies, list(NAMES), years(2005, last_year)), dict(NAMES), updated)


def united_nations(last_year: int = 2023) -> UnitedNations:
    accounts = figures(["CHN", "USA", "XKX", "SUN"], list(unsd.TITLES), years(2005, last_year))
    numbers = {"CHN": 156, "USA": 840, "XKX": 412, "SUN": 810}
    constant = at_prices_of("2015", accounts)
    return UnitedNations({unsd.CURRENT: accounts, unsd.CONSTANT: constant}, numbers)


def at_prices_of(year: str, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return figures at the prices of a year: prices rise by 2% a year."""
    since = accounts["period"].astype(int) - int(year)
    return accounts.assign(value=accounts["value"] / 1.02**since)


def bank_for_settlements(last_month: int = 9) -> Bis:
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    months += [f"2024-{month:02}" for month in range(1, last_month + 1)]
    return Bis(figures(list(bis.ECONOMIES), ["REER"], months))


def monetary_fund(published: str = "2025-10-14T13:00:00Z", last: float = 0.0) -> Imf:
    economies = ["CHN", "USA", "KOS", "WBG", "IND", "G001", "GX999"]
    last_actual = {
        ("CHN", "NGDPD"): "2024",
        ("USA", "NGDPD"): "FY2023/24",
        ("IND", "NGDPD"): "FY2023/24",
        ("KOS", "NGDPD"): "",
    }
    outlook = figures(economies, list(OUTLOOK), years(2005, 2030), last)
    return Imf(outlook, last_actual, published)


def comtrade(last_year: int = 2023) -> Comtrade:
    """China's own report with the world, and those of four economies, China among them."""
    periods = years(2019, last_year)
    own = figures(["WLD"], ["EXP", "IMP"], periods)
    mirror = figures(["CHN", "FRA", "TWN", "USA"], ["EXP_MIRROR", "IMP_MIRROR"], periods)
    both = pd.concat([own, mirror], ignore_index=True).rename(columns={"economy": "partner"})
    return Comtrade(both, {"CHN": 156, "FRA": 251, "TWN": 490, "USA": 842})


def bureau(last_month: str = "2026-07") -> Bureau:
    """All series of the Bureau, with two years in each of the spans in which they are asked for."""
    months = [f"{year}-{month:02}" for year in (2015, 2016, 2020, *range(2025, 2028))
              for month in range(1, 13)]  # fmt: skip
    quarters = [f"{year}-Q{quarter}" for year in (2016, 2025, 2026) for quarter in range(1, 5)]
    known = {
        "MM": [month for month in months if month <= last_month],
        "SS": [
            one for one in quarters if one < f"{last_month[:4]}-Q{-(-int(last_month[5:]) // 3)}"
        ],
    }
    rows = {
        (one.series, period): round(3 + math.sin(number + 0.7 * place), 1)
        for number, one in enumerate(nbs.indicators())
        for place, period in enumerate(known[one.kind])
    }
    found = [(*key, value) for key, value in rows.items()]
    return Bureau(pd.DataFrame(found, columns=["series", "period", "value"]))


def trade(last_month: str = "2026-05") -> Trade:
    """China's trade with its partners, and theirs with China but for one that does not report."""
    own = [("CHN", partner) for partner in (imts.WORLD, *imts.REPORTERS, *imts.SILENT)]
    mirrored = [(reporter, "CHN") for reporter in imts.REPORTERS[:-1]]
    every = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    pairs = figures(
        [f"{economy} {partner}" for economy, partner in own + mirrored],
        list(imts.SERIES.values()),
        [month for month in every if month <= last_month],
    )
    both = pairs["economy"].str.split(" ", expand=True)
    return Trade(pairs.assign(economy=both[0], partner=both[1], value=1e9 * pairs["value"]))


def quarterly_accounts(last_quarter: str = "2026-Q2") -> Accounts:
    """Growth of all economies, and expenditure of those that have it."""
    quarters = [f"{year}-Q{quarter}" for year in (2024, 2025, 2026) for quarter in range(1, 5)]
    known = [quarter for quarter in quarters if quarter <= last_quarter]
    growth = figures(list(oecd.ECONOMIES), list(oecd.GROWTH.values()), known)
    others = [area for area in oecd.ECONOMIES if area not in oecd.WITHOUT_EXPENDITURE]
    spending = figures(others, list(oecd.EXPENDITURE.values()), known)
    return Accounts(pd.concat([growth, spending], ignore_index=True))


@dataclass
class Refresher:
    """Refreshes a project from a stand-in, without waiting; ``waits`` are the seconds asked for.

    ``service`` is the name of a service.
    """

    project: Project
    service: str
    standin: StandIn
    waits: list[float] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        """The variable that holds the service's address."""
        (service,) = services.chosen([self.service])
        return f"REBALANCING_{service.variables}_URL"

    def __call__(self, *, patience: Patience = QUICK, **options: object) -> RefreshOutcome:
        environ = {self.variable: self.standin.url, **self.environ}
        (outcome,) = refresh(
            self.project,
            [self.service.lower()],
            environ=environ,
            patience=patience,
            sleep=self.waits.append,
            **options,
        )
        return outcome

    def contents(self) -> dict[str, bytes]:
        """Return every file below data/raw, hidden ones too, and empty folders."""
        return {
            str(path.relative_to(self.project.raw)): path.read_bytes() if path.is_file() else b""
            for path in self.project.raw.rglob("*")
        }
