"""Processed tables with made-up figures, of the economies of the made-up edition."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rebalancing.data.tables.columns import COLUMNS, TableName
from rebalancing.project import Project

RELEASES = {
    "accounts": ["2024"],
    "unsd-ama": ["2023", "2024"],
    "imf-weo": ["2025-10"],
}
NEWEST = {publisher: names[-1] for publisher, names in RELEASES.items()}
GAP = range(1990, 1994)  # of Japan


def write(project: Project, names: Mapping[str, str]) -> None:
    """Write the tables of economies, shares of GDP and an outlook."""
    project.processed.mkdir(parents=True)
    in_text = [name.replace("United", "the United") for name in names.values()]
    economies = {"economy": list(names), "name": list(names.values()), "in_text": in_text}
    _save(project, "economies", pd.DataFrame(economies).assign(kind="economy", note=""))
    _save(project, "expenditure_shares", shares(list(names)))
    _save(project, "world_economic_outlook", outlook(list(names)))


def shares(codes: list[str]) -> pd.DataFrame:
    """Return shares of GDP in two releases, the newer one a year longer, with a gap of Japan."""
    draws = np.random.default_rng(2)
    parts = []
    for release in RELEASES["unsd-ama"]:
        for place, code in enumerate(codes):
            years = [y for y in range(1970, int(release) + 1) if code != "JPN" or y not in GAP]
            level = 40 + 5 * place + draws.normal(0, 1, len(years)).cumsum()
            rows = pd.DataFrame({"year": years, "household_pct_gdp": level})
            rows["net_exports_pct_gdp"] = 10 - level / 4
            parts.append(rows.assign(release=release, currency="USD", economy=code))
    return pd.concat(parts, ignore_index=True)


def outlook(codes: list[str]) -> pd.DataFrame:
    """Return growth with projections, whose first year is not known of all."""
    years = range(2000, 2031)
    rows = [(code, year, 2 + (year % 7) / 3) for code in codes for year in years]
    table = pd.DataFrame(rows, columns=["economy", "year", "value"])
    first = table["economy"].map({"CHN": 2025, "USA": 2026})
    return table.assign(
        release="2025-10", series="NGDP_RPCH", unit="percent change", first_forecast_year=first
    )


def _save(project: Project, name: TableName, table: pd.DataFrame) -> None:
    """Write a table with the columns and types that it has in the report."""
    whole = table.reindex(columns=list(COLUMNS[name])).astype(COLUMNS[name])
    whole.to_parquet(project.processed / f"{name}.parquet", index=False)
