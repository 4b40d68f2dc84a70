"""The log of what is missing: one row per run of years without a value, with the reason.

A value is expected for every economy that a source lists, in every series that it holds for many
economies, and in every year (or month) from the first to the last of that series. The newest
release that has a series of an economy counts. The log says of each run of expected values that
are not there::

    table, economy, series, first_year, last_year, n_missing, reason

``n_missing`` counts years, or months where the table is monthly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rebalancing.data import groups
from rebalancing.data.corrections import Correction
from rebalancing.data.tables import COLUMNS

NOT_PUBLISHED = "not published"
BEFORE = "economy did not exist in its present form"
AFTER = "economy had ceased to exist"
REMOVED = "published, but removed by a declared correction"
MEMBERS = "too few members publish it"

# A World Bank series with values for fewer economies was imported for single countries, so that
# nothing can be said about the others.
WIDELY_HELD = 20


def log(
    accounts: pd.DataFrame,
    world_bank: pd.DataFrame,
    customs: pd.DataFrame,
    declared: Sequence[Correction] = (),
) -> pd.DataFrame:
    """Return the log for three processed tables (the expenditure shares follow the accounts).

    Args:
        accounts: The table national_accounts.
        world_bank: The table world_bank.
        customs: The table customs.
        declared: Corrections; values that they remove are logged as such.
    """
    parts = [
        _accounts(accounts, declared).assign(table="national_accounts"),
        _world_bank(world_bank, accounts).assign(table="world_bank"),
        _customs(customs).assign(table="customs"),
    ]
    columns = list(COLUMNS["missing"])
    return pd.concat(parts)[columns].sort_values(columns[:4], ignore_index=True)


def _accounts(accounts: pd.DataFrame, declared: Sequence[Correction]) -> pd.DataFrame:
    newest = _newest(accounts[["release", "prices", "economy", "item", "year"]], ["prices"])
    present = newest.assign(series=newest["item"] + ", " + newest["prices"])
    economies = present[["economy", "prices"]].drop_duplicates()
    series = present[["series", "prices"]].drop_duplicates()
    expected = economies.merge(series, on="prices")[["economy", "series"]]
    gaps = _gaps(present.rename(columns={"year": "time"}), expected)
    reason = _existence(gaps, accounts).mask(gaps["economy"].isin(groups.COVERAGE), MEMBERS)
    return _runs(gaps.assign(reason=reason.mask(_removed(gaps, declared), REMOVED)))


def _world_bank(world_bank: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    keys = ["economy", "series"]
    present = _newest(world_bank[["release", *keys, "year"]], keys)
    held = present[keys].drop_duplicates()
    count = held["series"].value_counts()
    wide = pd.DataFrame({"series": count.index[count > WIDELY_HELD]})
    everyone = held[["economy"]].drop_duplicates().merge(wide, how="cross")
    expected = pd.concat([everyone, held]).drop_duplicates()
    gaps = _gaps(present.rename(columns={"year": "time"}), expected)
    return _runs(gaps.assign(reason=_existence(gaps, accounts)))


def _customs(customs: pd.DataFrame) -> pd.DataFrame:
    newest = _newest(customs, ["partner"]).melt(
        ["economy", "partner", "month"], ["exports_usd_bn", "imports_usd_bn"], var_name="flow"
    )
    month = newest["month"].dt
    present = newest.assign(
        series=newest["flow"] + ", " + newest["partner"], time=month.year * 12 + month.month - 1
    ).dropna(subset="value")
    gaps = _gaps(present, present[["economy", "series"]].drop_duplicates())
    runs = _runs(gaps.assign(reason=NOT_PUBLISHED))
    return runs.assign(first_year=runs["first_year"] // 12, last_year=runs["last_year"] // 12)


def _newest(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return, for each combination of keys, the rows of the newest release that has it."""
    newest = frame.groupby(keys, as_index=False)["release"].max()
    return frame.merge(newest, on=[*keys, "release"])


def _gaps(present: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Return economy, series and time where a value is expected and none is present.

    Args:
        present: economy, series and time (a whole number) of every value.
        expected: economy and series of which values are expected, each once.
    """
    spans = present.groupby("series")["time"].agg(["min", "max"])
    expected = expected.sort_values(["economy", "series"], ignore_index=True)
    first = spans["min"].reindex(expected["series"]).to_numpy()
    length = spans["max"].reindex(expected["series"]).to_numpy() - first + 1
    # One cell per expected value: those of the first economy and series, then of the next ...
    start = np.cumsum(length) - length
    row = np.repeat(np.arange(len(expected)), length)
    time = np.arange(len(row)) - start[row] + first[row]

    known = present[["economy", "series", "time"]].merge(
        expected.assign(origin=start - first), on=["economy", "series"]
    )
    absent = np.ones(len(row), dtype=bool)
    absent[known["origin"] + known["time"]] = False
    gaps = expected.iloc[row[absent]].reset_index(drop=True)
    return gaps.assign(time=time[absent])


def _existence(gaps: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Return the reason of each gap as far as the economy's existence gives it."""
    first = {code: s.first_year for s in groups.SUCCESSIONS for code in s.successors}
    former = {code for s in groups.SUCCESSIONS for code in s.former}
    last = accounts[accounts["economy"].isin(former)].groupby("economy")["year"].max()
    economy = gaps["economy"].astype("category")  # so that each code is looked up once
    before = gaps["time"] < economy.map(first).astype("float64")
    after = gaps["time"] > economy.map(last).astype("float64")
    return pd.Series(np.select([before, after], [BEFORE, AFTER], NOT_PUBLISHED), gaps.index)


def _removed(gaps: pd.DataFrame, declared: Sequence[Correction]) -> pd.Series:
    """Tell which gaps of the accounts come from a correction that removes values."""
    removed = pd.Series(False, gaps.index)
    item = gaps["series"].str.split(",").str[0]
    for correction in declared:
        if correction.publisher == "unsd-ama" and correction.value is None:
            removed |= (
                item.isin(correction.series)
                & gaps["economy"].isin(correction.economies)
                & gaps["time"].astype("str").between(*correction.periods)
            )
    return removed


def _runs(gaps: pd.DataFrame) -> pd.DataFrame:
    """Join gaps that follow each other, of one economy and series and for one reason."""
    gaps = gaps.sort_values(["economy", "series", "time"], ignore_index=True)
    same = ["economy", "series", "reason"]
    follows = (gaps[same] == gaps[same].shift()).all(axis=1) & (gaps["time"].diff() == 1)
    runs = gaps.groupby((~follows).cumsum())
    return runs.agg(
        economy=("economy", "first"),
        series=("series", "first"),
        first_year=("time", "min"),
        last_year=("time", "max"),
        n_missing=("time", "size"),
        reason=("reason", "first"),
    )
