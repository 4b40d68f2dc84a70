"""What the data chapter says about the processed tables: definitions, checks and gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from rebalancing.data import releases
from rebalancing.data.tables import economies, totals
from rebalancing.data.tables.corrections import Correction
from rebalancing.project import Project

# In words; the codes are those of the national accounts.
DEFINITIONS = pd.DataFrame(
    [
        ("Household consumption", "HFCE / GDP", "Households and the non-profits that serve them"),
        ("Government consumption", "GFCE / GDP", "Final consumption of general government"),
        ("Final consumption", "FCE / GDP", "Households, non-profits and government together"),
        ("Capital formation", "GCF / GDP", "Fixed investment, inventories and valuables"),
        ("Exports", "EXP / GDP", "Goods and services"),
        ("Imports", "IMP / GDP", "Goods and services"),
        ("Net exports", "(EXP − IMP) / GDP", "Exports less imports"),
        ("Manufacturing", "VA_MANF / GDP", "Value added in manufacturing (ISIC Rev. 3, D)"),
        ("Residual", "(GDP − FCE − GCF − EXP + IMP) / GDP", "What the items leave unexplained"),
    ],
    columns=["Share of GDP", "Computed as", "What it covers"],
).set_index("Share of GDP")

SMALL_GAP, LARGE_GAP = 1.0, 5.0  # which residuals are small or large, per cent of GDP
BANDS = {"up to 0.1": 0.1, "0.1 to 1": 1.0, "1 to 5": 5.0, "more than 5": float("inf")}


def residuals(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the accounting residuals of the newest release's last year, largest gap first.

    Args:
        shares: The table expenditure_shares.

    Returns:
        economy, year and residual_pct_gdp of every economy (no group) that has one.
    """
    newest = shares[shares["release"] == shares["release"].max()]
    latest = newest[newest["year"] == newest["year"].max()]
    single = latest[latest["economy"].isin(economies.codes("economy"))]
    table: pd.DataFrame = single[["economy", "year", "residual_pct_gdp"]].dropna()
    order = table["residual_pct_gdp"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def residual_bands(residuals: pd.Series) -> pd.DataFrame:
    """Return how many economies have a residual of which size.

    Args:
        residuals: One per economy, in per cent of GDP.

    Returns:
        Number and percentage of economies by size of the gap, its sign left out.
    """
    edges = [-1.0, *BANDS.values()]
    band = pd.cut(residuals.abs(), edges, labels=list(BANDS))
    count = band.value_counts(sort=False)
    table = pd.DataFrame({"Economies": count, "% of economies": 100 * count / len(residuals)})
    return table.set_axis(pd.Index(BANDS, name="Residual, % of GDP"))


def overlaps(accounts: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Compare ended economies with their successors where the newest accounts show both.

    Args:
        accounts: The table national_accounts.
        names: Names of economies by code.

    Returns:
        By pair and year: GDP of both sides in billions of current dollars, and what counting both
        would add, in per cent of world GDP.
    """
    current = accounts[(accounts["prices"] == "current USD") & (accounts["item"] == "GDP")]
    newest = current[current["release"] == current["release"].max()]
    gdp = newest.pivot(index="year", columns="economy", values="value")
    rows = []
    for succession in totals.SUCCESSIONS:
        former, successors = list(succession.former), list(succession.successors)
        both = gdp.reindex(columns=[*former, *successors, "WLD"]).dropna()
        counted = both[successors].sum(axis=1)
        table = pd.DataFrame(
            {
                "Ended": ", ".join(names[former]),
                "Year": both.index,
                "GDP, $ billion": both[former].sum(axis=1) / 1e9,
                "Successors' GDP, $ billion": counted / 1e9,
                "Double count, % of world": 100 * both[former].sum(axis=1) / both["WLD"],
            }
        )
        rows.append(table)
    return pd.concat(rows, ignore_index=True)


def missing_by_reason(log: pd.DataFrame) -> pd.DataFrame:
    """Return the log of missing values in short.

    Args:
        log: The table missing.

    Returns:
        By table and reason: economies and series concerned, and values missing.
    """
    summary = log.groupby(["table", "reason"]).agg(
        Economies=("economy", "nunique"), Series=("series", "nunique"), Values=("n_missing", "sum")
    )
    return summary.reset_index("reason").rename_axis("Table").rename(columns={"reason": "Reason"})


def corrections_table(declared: Sequence[Correction], names: pd.Series) -> pd.DataFrame:
    """Return the declared corrections as the page shows them.

    Args:
        declared: As from `rebalancing.data.tables.corrections.read_corrections`.
        names: Names of economies by code.
    """
    return pd.DataFrame(
        {
            "Economy": [", ".join(names[code] for code in entry.economies) for entry in declared],
            "Series": [", ".join(entry.series) for entry in declared],
            "Periods": ["–".join(dict.fromkeys(entry.periods)) for entry in declared],
            "Now": ["removed" if entry.value is None else entry.value for entry in declared],
            "Reason": [entry.reason for entry in declared],
        }
    ).set_index("Economy")


def series_titles(project: Project, publishers: Sequence[str]) -> dict[str, str]:
    """Return what the descriptors of publishers' newest releases call their series, by code.

    A series by sector, such as OUTPUT_S01, stands under OUTPUT.
    """
    found: dict[str, str] = {}
    for publisher in publishers:
        for release in releases.releases(project, publisher):
            for resource in release.resources.values():
                for entry in resource["series"]:
                    code = re.sub(r"_S\d+$", "", entry["code"])
                    title = entry["title"]
                    found[code] = title.split(": ")[0] if code != entry["code"] else title
    return found


def held(table: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return what a table holds of each series.

    Args:
        table: release, economy, series, unit, and one of year, month and period.
        titles: As from `series_titles`.

    Returns:
        By series: its code, unit, first and last period, number of economies and of releases.
    """
    column = next(name for name in ("year", "month", "period") if name in table)
    when = table[column].dt.strftime("%Y-%m") if column == "month" else table[column].astype("str")
    rows = table.assign(when=when).groupby(["series", "unit"])
    summary = rows.agg(
        First=("when", "min"),
        Last=("when", "max"),
        Economies=("economy", "nunique"),
        Releases=("release", "nunique"),
    ).reset_index()
    named = summary.rename(columns={"series": "Code", "unit": "Unit"})
    named["Unit"] = named["Unit"].astype("str").str.replace(r"\bpercent\b", "per cent", regex=True)
    return named.set_index(named["Code"].map(titles).fillna(named["Code"]).rename("Series"))
