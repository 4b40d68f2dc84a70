"""Arithmetic of rebalancing: growth gaps of given shares, on the numbers of the report itself."""

from __future__ import annotations

from pathlib import Path

from rebalancing.models.accounting import arithmetic


def from_39_9_to_50(_: Path) -> dict[str, float]:
    """Compute the gap from 39.9% to 50% in log points, and over 10 years in percentage points."""
    gaps = {
        f"log points over {years} years": arithmetic.growth_gap(39.9, 50.0, years)
        for years in (10, 15, 20)
    }
    percent = arithmetic.growth_gap_percent(39.9, 50.0, 10, gdp_growth=4.5)
    return {**gaps, "percentage points over 10 years at 4.5% growth": percent}


def from_35_to_50(_: Path) -> dict[str, float]:
    """Compute the gap from 35% to 50% in log points."""
    return {"log points over 10 years": arithmetic.growth_gap(35.0, 50.0, 10)}


CASES = {
    "consumption from 39.9% to 50% of GDP": from_39_9_to_50,
    "consumption from 35% to 50% of GDP": from_35_to_50,
}
