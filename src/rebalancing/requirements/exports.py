"""What the sections of the chapter on exports need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

TREND_YEARS = 10  # years in a row that a trend of a share of the world needs
SHOWN = ("USA", "EU27", "ASEAN", "JPN", "KOR", "RUS")  # partners with a line of their own
COMPARED_YEARS = 10  # between the two years whose partners are compared
MIRRORED = ("HKG", "USA")  # partners whose own figures the text sets beside the exporter's


def world_shares(measures: Mapping[str, pd.Series], name: str) -> str:
    """Return why no share of the world can be shown.

    Args:
        measures: Shares of the world by year, by what is counted.
        name: The economy, as a sentence has it.
    """
    if any(len(series) for series in measures.values()):
        return ""
    return f"neither trade in goods nor manufacturing of {name} can be set beside the world's"


def manufactures(run: pd.Series, name: str) -> str:
    """Return why manufactured exports have no trend.

    Args:
        run: The share of the world, in years that follow one another.
        name: The economy, as a sentence has it.
    """
    if len(run) >= TREND_YEARS:
        return ""
    return f"a trend needs {TREND_YEARS} years of manufactured exports; {name} has {len(run)}"


def partners(yearly: pd.DataFrame, chosen: Sequence[str], name: str) -> str:
    """Return why exports by partner cannot be shown.

    Args:
        yearly: Exports in whole years by partner, with the world's in "WLD".
        chosen: The partners that are shown.
        name: The economy, as a sentence has it.
    """
    if yearly.empty:
        return f"no customs figures by partner are at hand for {name}"
    known = yearly.reindex(columns=["WLD", *chosen]).dropna().index
    if len(known) and known[-1] - COMPARED_YEARS in known:
        return ""
    return (
        f"customs figures of {name} by partner do not cover {COMPARED_YEARS} years before the end"
    )


def mirror(reports: pd.DataFrame) -> str:
    """Return why both sides' reports of the same trade cannot be set side by side.

    Args:
        reports: By partner what the exporter and what the partner reports, of one year.
    """
    if all(code in reports.index for code in MIRRORED):
        return ""
    return "no year of the sample has what both sides report"
