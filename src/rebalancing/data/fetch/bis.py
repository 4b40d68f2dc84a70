"""The BIS's real broad effective exchange rates, from its SDMX service, version 2, as CSV.

``<address>/data/dataflow/BIS/WS_EER/1.0/M.R.B.CN+JP+KR+US+DE+IN+XM?format=csv``::

    FREQ,EER_TYPE,EER_BASKET,REF_AREA,UNIT_MEASURE,...,TIME_PERIOD,OBS_VALUE,OBS_STATUS,...
    M,R,B,CN,882,...,2026-05,88.61,A,...

The service states no date of last update in its figures; a release is named by the day of its
Last-Modified header, or by the day of retrieval. Values that equal those held make no new release.
Units are codes of the Bank: 882 is an index with 2020 = 100. Another code is that of an index with
another base year, which is the one in which every economy's twelve months are 100 on average.
XM is the euro area, with the members of the day: the Bank has no index of the European Union.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.service import (
    Dataset,
    Fetched,
    HeldReleases,
    Service,
    UpToDate,
    changed,
    check_economies,
    check_periods,
    empty,
    last_modified,
    retrieved,
    rows_of,
    today,
)
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases.sources import Dated

# China and the peers of the study.
ECONOMIES = {
    "CN": "CHN",
    "JP": "JPN",
    "KR": "KOR",
    "US": "USA",
    "DE": "DEU",
    "IN": "IND",
    "XM": "XM",
}
PATH = f"data/dataflow/BIS/WS_EER/1.0/M.R.B.{'+'.join(ECONOMIES)}"
STATED = "The service's own date of last update."
INDEX_2020 = "882"
# Averages over the base year are 100 but for the rounding of twelve months.
BASE, ROUNDING, MONTHS = 100.0, 0.05, 12
NEEDED = (
    *("FREQ", "EER_TYPE", "EER_BASKET", "REF_AREA"),
    *("UNIT_MEASURE", "TIME_PERIOD", "OBS_VALUE"),
)
TITLES = {"REER_BROAD": "Real broad effective exchange rate index"}


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return the monthly indices, unless the service's date is held."""
    answer = client.get(PATH, {"format": "csv"}, accept="text/csv", if_changed=True)
    stated = last_modified(answer, client)
    dated = retrieved(today()) if stated is None else Dated(stated, stated, STATED)
    if held.covers(dated.name):
        return UpToDate(held.newest)
    figures = _figures(rows_of(answer, client, NEEDED), client)
    return Fetched(dated, {"reer": Dataset(figures, TITLES)})


def _figures(rows: list[dict[str, str]], client: Client) -> pd.DataFrame:
    wanted = {"FREQ": "M", "EER_TYPE": "R", "EER_BASKET": "B"}
    for row in rows:
        if any(row[name] != value for name, value in wanted.items()):
            raise changed(client, "it sends other indices than the real broad monthly ones")
    codes = sorted({row["UNIT_MEASURE"] for row in rows})
    if len(codes) > 1:
        raise changed(client, f"its figures have several units, {', '.join(codes)}")
    frame = pd.DataFrame(
        {
            "economy": [ECONOMIES.get(row["REF_AREA"], row["REF_AREA"]) for row in rows],
            "series": "REER_BROAD",
            "period": [row["TIME_PERIOD"] for row in rows],
            "value": pd.to_numeric([row["OBS_VALUE"] for row in rows], errors="coerce"),
        }
    ).dropna(subset="value")  # "NaN" marks a month without an index
    if silent := sorted(set(ECONOMIES.values()) - set(frame["economy"])):
        raise empty(client, f"values for {', '.join(silent)}")
    frame = check_economies(check_periods(frame, client), client)
    year = "2020" if codes == [INDEX_2020] else _base_year(frame, ", ".join(codes), client)
    return frame.assign(unit=f"index {year}=100")


def _base_year(figures: pd.DataFrame, code: str, client: Client) -> str:
    """Return the year in which every economy's index is 100 on average.

    Raises:
        FormatError: There is none, or more than one.
    """
    months = figures.groupby([figures["period"].str[:4], "economy"])["value"].agg(["mean", "size"])
    near = (months["mean"] - BASE).abs().le(ROUNDING) & months["size"].eq(MONTHS)
    every = near.groupby("period").agg(["sum", "size"])
    found = every.index[(every["sum"] == figures["economy"].nunique()) & every["sum"].gt(0)]
    if len(found) != 1:
        raise changed(
            client,
            f"the unit is {code}, not {INDEX_2020} (index 2020=100), and its figures are 100 on "
            f"average in {', '.join(found) or 'no year'}",
        )
    return str(found[0])


BIS = Service(
    name="BIS",
    publisher=replace(
        next(entry for entry in INTERNATIONAL if entry.id == "bis-reer"),
        citation="Bank for International Settlements, Effective exchange rates, BIS WS_EER 1.0, "
        "{date}.",
        through=(),
    ),
    address="https://stats.bis.org/api/v2",
    fetch=fetch,
)
