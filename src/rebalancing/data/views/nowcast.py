"""Indicators of the household share in years whose accounts are not out yet.

Each indicator is a figure in percentage points by year, in which the share should move if it says
anything: growth of a part of consumption less growth of GDP, both at current prices, or the change
of saving or investment with its sign turned. Where a figure is a forecast itself, as those of the
World Economic Outlook are, past years must be tried with what that source said at the same
distance (`rebalancing.models.forecast.past_cases`); its figures of today know the accounts already.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rebalancing.data.views import select

# What is regressed on what: the name of each set of indicators, and its columns.
RETAIL, SURVEY, CONTRIBUTION, PRICES = "retail", "survey", "contribution", "prices"
SAVING, INVESTMENT = "saving", "investment"
OUTLOOK = {SAVING: "NGSD_NGDP", INVESTMENT: "NID_NGDP"}


@dataclass(frozen=True)
class Bridging:
    """A set of indicators.

    Attributes:
        key: Its name in keys of results.
        words: Its name for readers.
        columns: One to three indicators.
    """

    key: str
    words: str
    columns: tuple[str, ...]

    @property
    def is_forecast(self) -> bool:
        """Whether a part of it is a forecast of the International Monetary Fund."""
        return bool(set(self.columns) & set(OUTLOOK))


SETS = (
    Bridging("retail", "retail sales", (RETAIL,)),
    Bridging("survey", "household survey", (SURVEY,)),
    Bridging("contribution", "contribution to growth", (CONTRIBUTION,)),
    Bridging("prices", "consumer less GDP prices", (PRICES,)),
    Bridging("saving", "saving (IMF)", (SAVING,)),
    Bridging("investment", "investment (IMF)", (INVESTMENT,)),
    Bridging("saving_investment", "saving and investment (IMF)", (SAVING, INVESTMENT)),
    Bridging("retail_survey", "retail sales and survey", (RETAIL, SURVEY)),
    Bridging(
        "retail_prices_saving", "retail sales, prices and saving (IMF)", (RETAIL, PRICES, SAVING)
    ),
)


def nominal(real: pd.Series[float], deflator: pd.Series[float]) -> pd.Series[float]:
    """Return growth at current prices from real growth and that of the deflator, in percent."""
    return (100 * ((1 + real / 100) * (1 + deflator / 100) - 1)).dropna()


def at_month(by_month: pd.Series[float], month: int) -> pd.Series[float]:
    """Return a series' value in one month of each year, by year: for what counts from January.

    Args:
        by_month: By month: ``2026-07``.
        month: From 1 to 12.
    """
    found = by_month[by_month.index.str.endswith(f"-{month:02d}")]
    return found.set_axis(_years(found.index))


def at_quarter(by_quarter: pd.Series[float], quarter: int) -> pd.Series[float]:
    """Return a series' value in one quarter of each year, by year.

    Args:
        by_quarter: By quarter: ``2026-Q2``.
        quarter: From 1 to 4.
    """
    found = by_quarter[by_quarter.index.str.endswith(f"-Q{quarter}")]
    return found.set_axis(_years(found.index))


def mean_to(by_month: pd.Series[float], month: int) -> pd.Series[float]:
    """Return a series' mean from January to a month, of years that have that month, by year.

    Args:
        by_month: By month: ``2026-07``.
        month: From 1 to 12.
    """
    until = by_month[by_month.index.str[5:7].astype(int) <= month]
    means = until.groupby(_years(until.index)).mean()
    return means[means.index.isin(at_month(by_month, month).index)]


def by_year(values: pd.Series[float]) -> pd.Series[float]:
    """Return a series of years, labelled ``2025``, by year as a number."""
    return values.set_axis(_years(values.index))


def _years(periods: pd.Index) -> pd.Index:
    return pd.Index(periods.str[:4].astype(int), name="year")


def survey(
    levels: pd.Series[float], people: pd.Series[float], quarter: int = 4
) -> pd.Series[float]:
    """Return growth of all households' spending from that of spending per head, by year.

    Args:
        levels: Spending per head since January, by period: ``2025-Q4``.
        people: Population by year; in a year that is not known it grows as in the year before.
        quarter: To which growth is taken.
    """
    heads = at_quarter(levels, quarter) if len(levels) else levels
    if heads.empty:
        return pd.Series(dtype=float)
    heads = heads.reindex(range(heads.index.min(), heads.index.max() + 1))
    known = people.reindex(heads.index.union(people.index))
    more = (known / known.shift(1)).ffill().reindex(heads.index)
    return (100 * (heads / heads.shift(1) * more - 1)).dropna().rename_axis("year")


def contribution(
    percent: pd.Series[float], final_share: pd.Series[float], real: pd.Series[float]
) -> pd.Series[float]:
    """Return what final consumption added to real growth beyond its weight, in points, by year.

    Args:
        percent: Its part of real growth, in percent.
        final_share: Final consumption, % of GDP, whose value of the year before is the weight.
        real: Real growth of GDP, percent.
    """
    before = final_share.set_axis(final_share.index + 1).reindex(percent.index)
    return (real.reindex(percent.index) * (percent - before) / 100).dropna()


def of_outlook(table: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators of one World Economic Outlook, by year.

    Args:
        table: Rows of one release and economy, with the series of `OUTLOOK` or without.
    """
    wide = table.pivot(index="year", columns="series", values="value").sort_index()
    return pd.DataFrame(
        {name: -wide[code].diff() for name, code in OUTLOOK.items() if code in wide}, dtype=float
    )


def outlooks(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return `of_outlook` of each release that has any of its series, by release.

    Args:
        table: Rows of one economy, of the releases that may be used.
    """
    wanted = table[table["series"].isin(OUTLOOK.values())]
    return {str(name): of_outlook(rows) for name, rows in wanted.groupby("release")}


def shares_by_release(table: pd.DataFrame, economy: str, newest: str) -> dict[str, pd.Series]:
    """Return an economy's household share by year in each release of the accounts up to one.

    Args:
        table: The processed table ``expenditure_shares``.
        economy: Its code.
        newest: The newest release that may be used.
    """
    found = {}
    for name in sorted(table["release"].unique()):
        if name <= newest and name.isdecimal():
            rows = select.of_release(table, name)
            own = rows[rows["economy"] == economy].set_index("year")["household_pct_gdp"]
            if own.notna().any():
                found[str(name)] = own.dropna().sort_index()
    return found
