"""The newest figures of an economy, series by series: month, quarter or year, and a year before.

Only what is newer than the accounts is current. A series is a level, a growth rate or a rate;
what is said beside its newest value is the change on the same period a year before: in percent of
a level, in points of a rate or a growth rate. Ages are counted from the end of a period to the
report's day, which comes from the data, not from a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from rebalancing.data.releases import calendar
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import paces

SeriesKind = Literal["level", "growth", "rate"]
_STEPS = {"month": 12, "quarter": 4, "year": 1}
_DAYS_OF_MONTH = 365.25 / 12
SHOWN_YEARS = {"month": 4, "quarter": 6, "year": 12}  # of small multiples


@dataclass(frozen=True)
class Key:
    """A series that is shown while it is current.

    Attributes:
        name: In keys of results.
        words: Name for readers, short enough for a small chart.
        table: Where its rows are.
        series: Their code.
        unit: Of its values, as readers see it.
        kind: What its values are.
        places: Decimals.
    """

    name: str
    words: str
    table: TableName
    series: str
    unit: str
    kind: SeriesKind
    places: int = 1


MONTHLY = (
    Key("retail", "Retail sales", "china_monthly", "RETAIL_YOY", "% on a year before", "growth"),
    Key("output", "Industrial output", "china_monthly", "IP_YOY", "% on a year before", "growth"),
    Key("exports", "Exports of goods", "china_monthly", "EXP_USD", "US$ billion", "level"),
    Key("imports", "Imports of goods", "china_monthly", "IMP_USD", "US$ billion", "level"),
    Key("balance", "Trade balance, 12 months", "china_monthly", "BALANCE", "US$ billion", "level"),
    Key("ppi", "Producer prices", "china_monthly", "PPI_YOY", "% on a year before", "growth"),
    Key("cpi", "Consumer prices", "china_monthly", "CPI_YOY", "% on a year before", "growth"),
)
QUARTERLY = (
    Key(
        *("income", "Income per head, real, to date", "household_survey"),
        *("INCOME_PC_YTD_REAL_YOY", "% on a year before", "growth"),
    ),
    Key(
        *("spending", "Spending per head, real, to date", "household_survey"),
        *("CONSUMPTION_PC_YTD_REAL_YOY", "% on a year before", "growth"),
    ),
    Key("growth", "GDP, real", "china_accounts", "GDP_REAL_Q_YOY", "% on a year before", "growth"),
    Key("capacity", "Use of capacity, industry", "capacity", "CU_IND", "%", "rate"),
    Key("houses", "House prices, real", "house_prices", "HPI_REAL", "2010 = 100", "level"),
)
YEARLY = (
    Key("gdp", "GDP, real", "world_bank", "NY.GDP.MKTP.KD.ZG", "% on a year before", "growth"),
    Key(
        *("deflator", "Price of GDP", "world_bank", "NY.GDP.DEFL.KD.ZG"),
        *("% on a year before", "growth"),
    ),
    Key(
        *("prices", "Consumer prices, year", "world_bank", "FP.CPI.TOTL.ZG"),
        *("% on a year before", "growth"),
    ),
    Key("sold", "Exports, goods and services", "world_bank", "NE.EXP.GNFS.ZS", "% of GDP", "rate"),
    Key(
        *("bought", "Imports, goods and services", "world_bank", "NE.IMP.GNFS.ZS"),
        *("% of GDP", "rate"),
    ),
    Key("current", "Current account", "world_bank", "CURRENT", "% of GDP", "rate"),
)
FROM_AMERICA = Key(
    "america", "Sold to the United States", "us_census", "IMPORTS", "US$ billion", "level"
)
# Series that are made here, and what from.
_MADE_FROM = {"BALANCE": ("EXP_USD", "IMP_USD"), "CURRENT": ("BN.CAB.XOKA.CD", "NY.GDP.MKTP.CD")}
CONTRIBUTIONS = {
    "consumption": "CONTRIB_CONS_YTD",
    "investment": "CONTRIB_GCF_YTD",
    "net_exports": "CONTRIB_NX_YTD",
}


@dataclass(frozen=True, eq=False)
class Current:
    """A series and its newest figure.

    Attributes:
        key: What it is.
        values: By period, as `Period` has it.
        source: The release, as a foot line names it.
        released: Its day or month.
    """

    key: Key
    values: pd.Series[float]
    source: str
    released: str

    @property
    def period(self) -> str:
        """The newest period: ``2026-07``, ``2026-Q2``, ``2025``."""
        return str(self.values.index[-1])

    @property
    def value(self) -> float:
        """The newest value."""
        return float(self.values.iloc[-1])

    @property
    def every(self) -> calendar.Kind:
        """What the newest period is."""
        return calendar.kind(self.period)

    @property
    def before(self) -> float | None:
        """The value a year before; None if there is none."""
        found = self.values.get(f"{int(self.period[:4]) - 1}{self.period[4:]}")
        return None if found is None else float(found)

    @property
    def change(self) -> float | None:
        """The change on a year before: percent of a level, points of what is a percentage."""
        if self.before is None:
            return None
        if self.key.kind != "level":
            return self.value - self.before
        return 100 * (self.value / self.before - 1) if self.before > 0 else None

    @property
    def change_unit(self) -> str:
        """The unit of the change."""
        return "%" if self.key.kind == "level" else "points"

    @property
    def when(self) -> str:
        """The newest period in words: ``July 2026``, ``first half of 2026``."""
        return paces.in_words(self.period, to_date="_YTD" in self.key.series)

    def age(self, day: date) -> int:
        """Return whole months from the end of the newest period to a day."""
        return round((day - calendar.last_day(self.period)).days / _DAYS_OF_MONTH)

    def recent(self) -> pd.Series[float]:
        """Return the years that a small chart shows, by place in years (`middle`)."""
        known = self.values.dropna()
        first = int(self.period[:4]) - SHOWN_YEARS[self.every]
        known = known[known.index.str[:4].astype(int) >= first]
        return known.set_axis(pd.Index([middle(each) for each in known.index], name="year"))


def middle(period: str) -> float:
    """Return where a period is drawn: a year at its number, months and quarters in their middle."""
    what, year = calendar.kind(period), int(period[:4])
    if what == "year":
        return float(year)
    part = int(period[6:]) if what == "quarter" else int(period[5:7])
    return year + (part - 0.5) / _STEPS[what]


def wanted() -> dict[TableName, list[str]]:
    """Return the series that `find` looks at, by table; those of the US census have none."""
    found: dict[TableName, list[str]] = {"us_census": []}
    for key in (*MONTHLY, *QUARTERLY, *YEARLY):
        found.setdefault(key.table, []).extend(_MADE_FROM.get(key.series, (key.series,)))
    return {table: list(dict.fromkeys(codes)) for table, codes in found.items()}


def find(
    rows_of: Callable[[TableName], pd.DataFrame],
    source_of: Callable[[TableName, pd.DataFrame], tuple[str, str]],
    years: tuple[int, int],
) -> list[Current]:
    """Return the series of an economy that are newer than its accounts.

    Args:
        rows_of: Returns an economy's rows of a table, of the releases in use, with the series of
            `wanted`; of ``us_census`` those in which it is the partner. May be empty.
        source_of: Returns how a foot line names the release of some rows, and its day.
        years: The last year of the accounts, and the last year that other figures may be of.
    """
    found = []
    for key in (*MONTHLY, *QUARTERLY, *YEARLY, FROM_AMERICA):
        rows = rows_of(key.table)
        if key.table != "us_census":
            rows = rows[rows["series"].isin(_MADE_FROM.get(key.series, (key.series,)))]
        values = _values(key, rows)
        values = values[values.index.str[:4].astype(int) <= years[1]]
        if len(values) and is_newer(str(values.index[-1]), years[0]):
            found.append(Current(key, values, *source_of(key.table, rows)))
    return found


def have_newer(
    tables: Mapping[TableName, pd.DataFrame],
    years: tuple[int, int],
    sought: Sequence[Key] = (*MONTHLY, *QUARTERLY, *YEARLY, FROM_AMERICA),
) -> set[str]:
    """Return the codes of the economies of which `find` would find something.

    Args:
        tables: The rows of all economies, of the releases in use, by table; in those of
            ``us_census`` the partner is the economy.
        years: As for `find`.
        sought: The series that count.
    """
    found: set[str] = set()
    for table, rows in tables.items():
        when = periods(rows).str[:4].astype(int)
        rows = rows[(when > years[0]) & (when <= years[1])]
        keys = [key for key in sought if key.table == table]
        if table == "us_census":
            found |= set(rows["economy"]) if keys else set()
            continue
        rows = rows[rows["value"].notna()].assign(period=periods(rows))
        for key in keys:
            parts = _MADE_FROM.get(key.series, (key.series,))
            if key.series == "BALANCE":
                continue  # shown only with exports, which are a series of their own
            own = rows[rows["series"].isin(parts)]
            if key in QUARTERLY:
                own = own[own["period"].str.contains("Q")]
            counts = own.groupby(["economy", "period"]).size()
            found |= set(counts[counts == len(parts)].index.get_level_values("economy"))
    return found


def _values(key: Key, rows: pd.DataFrame) -> pd.Series[float]:
    """Return a series by period, in its unit and of one frequency."""
    if key.table == "us_census":
        return by_period(rows.rename(columns={"imports_usd_bn": "value"}))
    if key.series in _MADE_FROM:
        first, second = (by_period(rows[rows["series"] == code]) for code in _MADE_FROM[key.series])
        return balance(first, second) if key in MONTHLY else (100 * first / second).dropna()
    values = by_period(rows)
    return of_kind(values, "quarter") if key in QUARTERLY else values


def by_period(rows: pd.DataFrame) -> pd.Series[float]:
    """Return the values of one series by period, whatever the table calls its time."""
    if rows.empty:
        return pd.Series(dtype=float, index=pd.Index([], dtype="str", name="period"))
    labels = pd.Index(periods(rows), name="period")
    return pd.Series(rows["value"].to_numpy(dtype=float), labels).dropna().sort_index()


def periods(rows: pd.DataFrame) -> pd.Series[str]:
    """Return the period of each row: ``2026-07``, ``2026-Q2`` or ``2025``."""
    if "month" in rows:
        labels = rows["month"].dt.strftime("%Y-%m")
    else:
        labels = rows["period"] if "period" in rows else rows["year"]
    found: pd.Series[str] = labels.astype(str)
    return found


def of_kind(values: pd.Series[float], every: calendar.Kind) -> pd.Series[float]:
    """Return the values of months, quarters or years alone."""
    return values[[calendar.kind(str(period)) == every for period in values.index]]


def balance(exports: pd.Series[float], imports: pd.Series[float]) -> pd.Series[float]:
    """Return exports less imports, summed over twelve months without a gap, by month."""
    net = (exports - imports).dropna()
    if net.empty:
        return net
    months = pd.period_range(net.index[0], net.index[-1], freq="M").strftime("%Y-%m")
    return net.reindex(months).rolling(12).sum().dropna().rename_axis("period")


def is_newer(period: str, year: int) -> bool:
    """Return whether a period ends after a year."""
    return calendar.last_day(period) > date(year, 12, 31)


def contributions(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return official parts of real growth since January, percent of it, by quarter.

    Args:
        tables: Rows by series and period, those that count first: a period of a later table fills
            only what an earlier one has not.

    Returns:
        Columns of `CONTRIBUTIONS`, quarters in which all three are known.
    """
    none = pd.Index([], dtype="str", name="period")
    found = pd.DataFrame(index=none, columns=list(CONTRIBUTIONS), dtype=float)
    for rows in tables:
        known: Mapping[str, pd.Series[float]] = {
            name: of_kind(by_period(rows[rows["series"] == code]), "quarter")
            for name, code in CONTRIBUTIONS.items()
        }
        found = found.combine_first(pd.DataFrame(known))
    return found[list(CONTRIBUTIONS)].dropna().sort_index()


def newest_and_before(quarters: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the newest quarter and the same one a year before, if it is newer than the accounts.

    Args:
        quarters: By quarter in order, as of `contributions`.
        year: The last year of the accounts.

    Returns:
        The rows that are known of the two, in order of time; none if nothing is newer.
    """
    if quarters.empty or not is_newer(newest := str(quarters.index[-1]), year):
        return quarters.iloc[:0]
    wanted = [f"{int(newest[:4]) - 1}{newest[4:]}", newest]
    return quarters[quarters.index.isin(wanted)]


def report_day(as_of: str, released: Iterable[str], latest: str) -> date:
    """Return the report's day: the one that it stands on, or that of its newest release.

    Args:
        as_of: The study's day, or ``latest``.
        released: Days, months or years of releases; a month or year counts with its first day.
        latest: What stands for no day.
    """
    if as_of != latest:
        return date.fromisoformat(as_of)
    return max(_day(each) for each in released)


def _day(released: str) -> date:
    return date.fromisoformat(f"{released}-01-01"[: len("2026-08-22")])
