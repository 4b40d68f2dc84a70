"""Use of industrial capacity in China against its usual level, industry by industry.

No level of use is agreed to be normal, so an industry is held against its own past: the mean of
2017 to 2019, the first years that the statistical office's figures cover and the last before the
pandemic. The first quarter of a year is low in every year and not every quarter was published;
the usual level is therefore a mean of means, one for each quarter.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.claims.rules import ROUNDING

USUAL = (2017, 2019)  # the years whose mean is the usual level
STEEL, VEHICLES = "CU_STEEL", "CU_AUTO"  # smelting of ferrous metals; all motor vehicles
SECTORS = ("CU_IND", "CU_MANUF", "CU_MINING", "CU_UTIL")  # sums of industries, not counted as one


def against_usual(table: pd.DataFrame) -> pd.DataFrame:
    """Return the use of capacity in the latest whole year, beside its usual level.

    Args:
        table: Rows of the table capacity, each series of one release.

    Returns:
        By series, in percent of capacity: ``usual``, ``latest``, and ``difference`` in percentage
        points; in ``attrs["year"]`` the year of the latest. A series without a whole latest year,
        or without a figure for each quarter of the usual years, is left out. Empty if there is no
        whole year after the usual ones, or no single industry is left.
    """
    rows = table[table["frequency"] == "quarterly"].dropna(subset="value")
    when = rows["period"].str.extract(r"^(?P<year>\d{4})-Q(?P<quarter>[1-4])$")
    rows = rows.assign(year=when["year"].astype(int), quarter=when["quarter"])
    whole = rows.groupby(["series", "year"])["quarter"].nunique() == 4
    years = whole[whole].reset_index()["year"]
    none = pd.DataFrame(columns=["usual", "latest", "difference"], dtype=float)
    if years.empty or years.max() <= USUAL[1]:
        return none
    year = int(years.max())
    found = pd.DataFrame(
        {
            "usual": _mean_of_quarters(rows[rows["year"].between(*USUAL)]),
            "latest": _mean_of_quarters(rows[rows["year"] == year]),
        }
    ).dropna()
    if industries(found).empty:
        return none
    found["difference"] = found["latest"] - found["usual"]
    found.attrs["year"] = year
    return found


def industries(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of single industries, without the sectors that they add up to."""
    return found[~found.index.isin(SECTORS)]


def fewer(found: pd.DataFrame) -> int:
    """Return how many single industries use less of their capacity than usual."""
    return int((industries(found)["difference"] < -ROUNDING).sum())


def _mean_of_quarters(rows: pd.DataFrame) -> pd.Series[float]:
    """Return the mean by series of the means of its four quarters; none where a quarter lacks."""
    by_quarter = rows.pivot_table(index="series", columns="quarter", values="value")
    return by_quarter.reindex(columns=list("1234")).dropna().mean(axis=1)
