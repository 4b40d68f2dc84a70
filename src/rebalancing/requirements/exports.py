"""What the sections of the chapter on exports need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rebalancing.data.views import customs
from rebalancing.data.views import partners as bulletin

TREND_YEARS = 10  # years in a row that a trend of a share of the world needs
SHOWN = ("USA", "EU27", "ASEAN", "JPN", "KOR", "RUS")  # partners with a line of their own
COMPARED_YEARS = 10  # between the two years whose partners are compared
# Partners whose exports since January are listed.
RUNNING = (
    "USA",
    "EU27",
    "ASEAN",
    "VNM",
    "HKG",
    "JPN",
    "KOR",
    "TWN",
    "IND",
    "RUS",
    "GBR",
    "MEX",
    "AFRICA",
    "LATAM",
)
RATIOS = ("USA", "EU27", "JPN", "KOR", "IND", "HKG")  # drawn as both sides report them
REPORT_ONLY = ("VNM", "MEX")  # listed as they report, too; no exporter's figures of them are held
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


def compared(rows: pd.DataFrame, last: int) -> range:
    """Return the years of partners that are compared: the last that is whole, and ten before.

    Args:
        rows: Rows of the table ``customs`` of one release and one economy.
        last: Last year of the sample.

    Returns:
        Empty where the first or the last of them lacks a month of a partner that is shown.
    """
    known = customs.years(rows, [customs.WORLD, *SHOWN], last)
    if not known or known[-1] - COMPARED_YEARS not in known:
        return range(0)
    return range(known[-1] - COMPARED_YEARS, known[-1] + 1)


def partners(
    rows: pd.DataFrame, last: int, name: str, whole: Mapping[str, float] | None = None
) -> str:
    """Return why exports by partner cannot be shown.

    Args:
        rows: Rows of the table ``customs`` of one release and one economy.
        last: Last year of the sample.
        name: The economy, as a sentence has it.
        whole: Trade of members of groups with the whole world (`customs.whole_trade`).
    """
    if rows.empty:
        return f"no customs figures by partner are held for {name}"
    years = compared(rows, last)
    if not years:
        return (
            f"customs figures of {name} by partner do not cover {COMPARED_YEARS} years before "
            "the end"
        )
    try:
        customs.comparable(rows, years, whole=whole)
    except customs.MembershipError as error:
        return str(error)
    return ""


def of_sample(rows: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return rows of a table by month up to the last year of the sample."""
    in_sample: pd.Series[bool] = rows["month"].dt.year <= last
    return rows[in_sample]


def since_january(rows: pd.DataFrame, name: str) -> str:
    """Return why exports of the running year by partner cannot be shown.

    Args:
        rows: Rows of the table ``partners`` of the economy, of the releases that are used.
        name: The economy, as a sentence has it.
    """
    if bulletin.latest_since_january(rows, "exports") is not None:
        return ""
    return f"no bulletin of the customs of {name} is held for these years"


def mirror(reports: pd.DataFrame) -> str:
    """Return why both sides' reports of the same trade cannot be set side by side.

    Args:
        reports: By partner what the exporter and what the partner reports, of one year.
    """
    if all(code in reports.index for code in MIRRORED):
        return ""
    return "no year of the sample has what both sides report"
