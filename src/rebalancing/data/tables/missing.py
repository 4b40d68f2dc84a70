"""The log of what is missing: one row per run of years without a value, with the reason.

A value is expected for every economy that a source lists, in every series that it holds for many
economies, and in every year (or month) from the first to the last of that series. The newest
release that has a series of an economy counts. The log says of each run of expected values that
are not there::

    table, economy, series, first_year, last_year, n_missing, reason

``n_missing`` counts years, or months where the table is monthly. In china_accounts, china_monthly
and real_exchange_rate a run consists of years in which any month or quarter is missing for the same
reason; ``n_missing`` counts these months or quarters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from rebalancing.data.tables import groups, totals
from rebalancing.data.tables.columns import COLUMNS, KEYS, TableName
from rebalancing.data.tables.corrections import Correction

NOT_PUBLISHED = "not published"
BEFORE = "economy did not exist in its present form"
AFTER = "economy had ceased to exist"
REMOVED = "published, but removed by a declared correction"
MEMBERS = "too few members publish it"
NEW_YEAR = "January and February are not published one by one"

# A World Bank series with values for fewer economies was imported for single countries, so its gaps
# for the others mean nothing.
WIDELY_HELD = 20


def log(
    tables: Mapping[TableName, pd.DataFrame], declared: Sequence[Correction] = ()
) -> pd.DataFrame:
    """Return the log for processed tables (the expenditure shares follow the accounts).

    Args:
        tables: The tables; world_bank and penn_world_table need national_accounts with them.
        declared: Corrections; values that they remove are logged as such.

    Returns:
        The table missing, or missing_indicators.
    """
    accounts = tables.get("national_accounts", pd.DataFrame())
    logged: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "national_accounts": lambda _: _accounts(accounts, declared),
        "world_bank": lambda table: _yearly(table, accounts),
        "customs": _customs,
        "penn_world_table": lambda table: _yearly(table, accounts),
        "mirror_trade": _mirror_trade,
        "real_exchange_rate": lambda table: _monthly(table.assign(series="REER_BROAD")),
        "world_economic_outlook": lambda table: _yearly(table, table),
        "china_accounts": _china_accounts,
        "china_monthly": _monthly,
        "input_output": _input_output,
        "industry": lambda table: _yearly(table, table),
        "product_exports": _product_exports,
    }
    parts = [logged[name](table).assign(table=name) for name, table in tables.items()]
    columns = list(COLUMNS["missing"])
    order = KEYS["missing_indicators"]
    return pd.concat(parts)[columns].sort_values(order, ignore_index=True)


def _accounts(accounts: pd.DataFrame, declared: Sequence[Correction]) -> pd.DataFrame:
    parts = []
    for prices, published in accounts.groupby("prices"):
        newest = published[published["release"] == published["release"].max()]
        present = _compact(newest.rename(columns={"item": "series"}))
        economies, series = (present[[key]].drop_duplicates() for key in ("economy", "series"))
        gaps = _gaps(present, economies.merge(series, how="cross"))
        reason = _existence(gaps, accounts).mask(gaps["economy"].isin(groups.summed()), MEMBERS)
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
        # The gaps are the partner's, so the partner stands in for the economy until its name is put
        # into the series.
        present = _compact(newest.assign(economy=newest["partner"]))
        gaps = _gaps(present, present[["economy", "series"]].drop_duplicates())
        runs = _runs(gaps.assign(reason=NOT_PUBLISHED))
        series = runs["series"] + ", " + runs["economy"]
        parts.append(runs.assign(series=series, economy=economy))
    return pd.concat(parts)


def _monthly(table: pd.DataFrame) -> pd.DataFrame:
    """Expect each series in all its months."""
    month = table["month"].dt
    return _by_step(table.assign(time=12 * month.year + month.month - 1), 12)


def _china_accounts(table: pd.DataFrame) -> pd.DataFrame:
    by_frequency = dict(iter(table.groupby("frequency")))
    parts = []
    for frequency, steps in (("annual", 1), ("quarterly", 4), ("monthly", 12)):
        if frequency in by_frequency:
            rows = by_frequency[frequency]
            year = rows["period"].str[:4].astype("int64")
            step = rows["period"].str.extract(r"(\d+)$")[0].astype("int64") if steps > 1 else 1
            parts.append(_by_step(rows.assign(time=steps * year + step - 1), steps))
    return pd.concat(parts)


def _by_step(table: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Return the runs of series with so many steps a year, of the newest release of each."""
    present = _newest(table, ["economy", "series"])
    gaps = _gaps(present, present[["economy", "series"]].drop_duplicates())
    year, step = gaps["time"] // steps, gaps["time"] % steps
    # Sales and output are published for January and February together, as the New Year holiday
    # moves between them.
    last = step.groupby([gaps["economy"], gaps["series"], year]).transform("max")
    together = gaps["series"].str.match("RETAIL|IP_") & (last < 2) & (steps == 12)
    gaps = gaps.assign(reason=np.where(together, NEW_YEAR, NOT_PUBLISHED), time=year)
    in_years = gaps.groupby(["economy", "series", "reason", "time"]).size()
    return _runs(in_years.rename("count").reset_index())


def _input_output(table: pd.DataFrame) -> pd.DataFrame:
    """Expect totals in every year with a table of the source; sectors differ between tables."""
    totals = table[table["sector"].isna()]
    parts = []
    for _, rows in totals.groupby("source"):
        parts.append(_of_listed_years(rows, rows[["economy", "series"]].drop_duplicates()))
    return pd.concat(parts)


def _product_exports(table: pd.DataFrame) -> pd.DataFrame:
    economies, series = (table[[key]].drop_duplicates() for key in ("economy", "series"))
    return _of_listed_years(table, economies.merge(series, how="cross"))


def _of_listed_years(table: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Expect values only in years that the table has at all; a run passes over the others."""
    years = np.sort(table["year"].unique())
    gaps = _gaps(table.assign(time=np.searchsorted(years, table["year"])), expected)
    reason = _existence(gaps.assign(time=years[gaps["time"]]), table)
    runs = _runs(gaps.assign(reason=reason))
    return runs.assign(first_year=years[runs["first_year"]], last_year=years[runs["last_year"]])


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
    first = {code: s.first_year for s in totals.SUCCESSIONS for code in s.successors}
    former = {code for s in totals.SUCCESSIONS for code in s.former}
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
    """Join gaps that follow each other, of one economy and series and for one reason.

    Args:
        gaps: economy, series, reason, time, and count where a row stands for several values.
    """
    same = ["economy", "series", "reason"]
    gaps = gaps.assign(count=gaps.get("count", 1)).sort_values([*same, "time"], ignore_index=True)
    follows = (gaps[same] == gaps[same].shift()).all(axis=1) & (gaps["time"].diff() == 1)
    runs = gaps.groupby((~follows).cumsum())
    return runs.agg(
        economy=("economy", "first"),
        series=("series", "first"),
        first_year=("time", "min"),
        last_year=("time", "max"),
        n_missing=("count", "sum"),
        reason=("reason", "first"),
    ).astype({"economy": "str", "series": "str"})
