"""The comparison with reference results, as the appendix shows it.

Numbers are written out here, because each table mixes kinds of numbers: what was published in the
decimals in which it was printed, ours with two more, and the difference in units of the last
printed decimal, so that differences of all kinds of numbers can be compared.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.oracles import LITERATURE, PROGRAM

EXTRA = 2  # decimals beyond the published ones, to show by how little ours differs


def summary(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return how many numbers agree, by area.

    Args:
        comparison: As from `rebalancing.oracles.compare_with_published`.

    Returns:
        By area, counts of numbers from the literature and from other programs, of those that agree
        and of sources, and the largest difference in units of the last printed decimal: rounding
        alone allows a half, cut-off digits one. Numbers of the report's own are not counted.
    """
    theirs = comparison[comparison["kind"].isin([LITERATURE, PROGRAM])]
    theirs = theirs.assign(units=_units(theirs).abs(), printed=theirs["kind"] == LITERATURE)
    groups = theirs.groupby("area", sort=True)
    return pd.DataFrame(
        {
            "From the literature": groups["printed"].sum().astype(int),
            "From other programs": groups.size() - groups["printed"].sum().astype(int),
            "Agree": groups["agrees"].sum().astype(int),
            "Sources": groups["source"].nunique(),
            "Largest difference": groups["units"].max(),
        }
    ).rename_axis("Area")


def area_table(comparison: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return every published number of an area beside ours, written out.

    Args:
        comparison: As from `rebalancing.oracles.compare_with_published`.
        area: One of its areas.

    Returns:
        By case: quantity, reference, ours, difference in units of the last printed decimal,
        agreement and source.
    """
    rows = comparison[comparison["area"] == area]
    places = rows["decimals"].astype(int)

    def written(column: str, extra: int) -> list[str]:
        pairs = zip(rows[column], places, strict=True)
        return [f"{value:.{decimals + extra}f}" for value, decimals in pairs]

    return pd.DataFrame(
        {
            "Quantity": rows["quantity"].to_list(),
            "Reference": written("published", 0),
            "Ours": written("ours", EXTRA),
            "Difference": [f"{units:.{EXTRA}f}" for units in _units(rows)],
            "Agrees": ["yes" if same else "no" for same in rows["agrees"]],
            "Source": rows["source"].to_list(),
        },
        index=pd.Index(rows["case"], name="Case"),
    )


def _units(comparison: pd.DataFrame) -> pd.Series[float]:
    """Return the differences in units of the last printed decimal."""
    units: pd.Series[float] = comparison["difference"] * 10.0 ** comparison["decimals"]
    return units
