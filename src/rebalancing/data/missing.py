"""The log of what is missing: one row per run of years without a value, with the reason.

A value is expected for every economy that a source lists, in every series that it holds for many
economies, and in every year (or month) from the first to the last of that series. The newest
release that has a series of an economy counts. The log says of each run of expected values that
are not there::

    table, economy, series, first_year, last_year, n_missing, reason

``n_missing`` counts years, or months where the table is monthly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from rebalancing.data import groups
from rebalancing.data.corrections import Correction
from rebalancing.data.tables import COLUMNS, TableName

NOT_PUBLISHED = "not published"
BEFORE = "economy did not exist in its present form"
AFTER = "economy had ceased to exist"
REMOVED = "published, but removed by a declared correction"
MEMBERS = "too few members publish it"

# A World Bank series with values for fewer economies was imported for single countries, so that
# nothing can be said about the others.
WIDELY_HELD = 20


def log(
    tables: Mapping[TableName, pd.DataFrame], declared: Sequence[Correction] = ()
) -> pd.DataFrame:
    """Return the log for the processed tables (the expenditure shares follow the accounts).

    Args:
        tables: national_accounts, and any of world_bank, customs, penn_world_table, mirror_trade.
        declared: Corrections; values that they remove are logged as such.

    Returns:
        The table missing.
    """
    accounts = tables["national_accounts"]
    logged: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "national_accounts": lambda _: _accounts(accounts, declared),
        "world_bank": lambda table: _yearly(table, accounts),
        "customs": _customs,
        "penn_world_table": lambda table: _yearly(table, accounts),
        "mirror_trade": _mirror_trade,
    }
    parts = [logged[name](table).assign(table=name) for name, table in tables.items()]
    columns = list(COLUMNS["missing"])
    return pd.concat(parts)[columns].sort_values(columns[:4], ignore_index=True)


def _accounts(accounts: pd.DataFrame, declared: Sequence[Correction]) -> pd.DataFrame:
    parts = []
    for prices, published in accounts.groupby("prices"):
        newest = published[published["release"] == published["release"].max()]
        present = _compact(newest.rename(columns={"item": "series"}))
        economies, series = (present[[key]].drop_duplicates() for key in ("economy", "series"))
        gaps = _gaps(present, economies.merge(series, how="cross"))
        reason = _existence(gaps, accounts).mask(gaps["economy"].isin(groups.COVERAGE), MEMBERS)
        runs = _runs(gaps.assign(reason=reason.mask(_removed(gaps, declared), REMOVED)))
        parts.append(runs.assign(series=runs["series"] + f", {prices}"))
    return pd.concat(parts)


def _yearly(table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    keys = ["economy", "series"]
    present = _newest(_compact(table), keys)
    held = present[keys].drop_duplicates()
    count = held.groupby("series", observed=True)["economy"].transform("size")
    wide = held.loc[count > WIDELY_HELD, ["series"]].drop_duplicates()
    everyone = held[["economy"]].drop_duplicates().merge(wide, how="cross")
    expected = pd.concat([everyone, held]).drop_duplicates()
    gaps = _gaps(present, expected)
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


def _mirror_trade(mirror: pd.DataFrame) -> pd.DataFrame:
    """Expect of every partner what it has ever reported, for as long as any partner reports."""
    parts = []
    for economy, trade in mirror.groupby("economy"):
        newest = _newest(trade, ["partner", "series"])
        # Whose values are missing is the partner, until the series has its name.
        present = _compact(newest.assign(economy=newest["partner"]))
        gaps = _gaps(present, present[["economy", "series"]].drop_duplicates())
        runs = _runs(gaps.assign(reason=NOT_PUBLISHED))
        series = runs["series"] + ", " + runs["economy"]
        parts.append(runs.assign(series=series, economy=economy))
    return pd.concat(parts)


def _compact(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table by economy, series and time, with text as categories: faster by half."""
    text = {"release": "category", "economy": "category", "series": "category"}
    present = table[[*text, "year"]].rename(columns={"year": "time"}).astype(text)
    return present.assign(release=present["release"].cat.as_ordered())


def _newest(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return, for each combination of keys, the rows of the newest release that has it."""
    newest = frame.groupby(keys, observed=True)["release"].transform("max")
    return frame[frame["release"] == newest]


def _gaps(present: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Return economy, series and time where a value is expected and none is present.

    Args:
        present: economy, series and time (a whole number) of every value.
        expected: economy and series of which values are expected, each once.
    """
    spans = present.groupby("series", observed=True)["time"].agg(["min", "max"])
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
    for correction in declared:
        if correction.publisher == "unsd-ama" and correction.value is None:
            removed |= (
                gaps["series"].isin(correction.series)
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
    ).astype({"economy": "str", "series": "str"})
