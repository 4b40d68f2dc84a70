"""Tables of households, debt, trade partners, tariffs and capacity, from raw releases.

As in `rebalancing.data.tables.clean`, one function makes one table, frames in, frame out, and
releases stand side by side and are never joined. Amounts of trade are in billions, all other values
keep the publisher's unit in a column.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.tables.clean import BILLION, in_order, month_start
from rebalancing.data.tables.clean_indicators import MILLIONS_PER_BILLION
from rebalancing.data.tables.columns import MONTH, SECTORS, TO_DATE, TableName

TEN_THOUSANDS_PER_BILLION = 1e5
EXPRESS_UNIT = 1e3  # the express release is rounded to 10 million; values are in 10 thousand yuan
FLOWS = {"EXP": "exports", "IMP": "imports"}
SIDES = {"R": "resources", "U": "uses"}
_FUNDS = r"^FOF_(?P<sector>HH|NFC|FIN|GOV|DOM|ROW)_(?P<item>.+)_(?P<side>R|U)$"
_PRODUCT = r"^EXP(?P<measure>[QV])_(?P<product>\w+?)(?P<span>_YTD)?$"


def by_period(raw: pd.DataFrame, name: TableName) -> pd.DataFrame:
    """Return a table of series by year, quarter or month.

    Args:
        raw: The dataset as published.
        name: The table's: household_survey, labour_confidence, leverage, house_prices, capacity
            or press_figures.

    Returns:
        release, economy, series, period (2024, 2024-Q1 or 2024-03), frequency, value, unit.
    """
    frequency = raw["period"].str.len().map({4: "annual", 7: "monthly"})
    quarterly = raw["period"].str.contains("Q", regex=False)
    return in_order(raw.assign(frequency=frequency.mask(quarterly, "quarterly")), name)


def by_year(raw: pd.DataFrame, name: TableName) -> pd.DataFrame:
    """Return a table of annual series.

    Args:
        raw: The dataset as published.
        name: The table's: expenditure_annual, value_added_annual, trade_by_section, fiscal,
            outlook_growth or penn_output.

    Returns:
        release, economy, series, year, value, unit.
    """
    return in_order(raw.assign(year=raw["period"].astype("int64")), name)


def flow_of_funds(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the flow of funds (physical transactions) by sector.

    Args:
        raw: The dataset as published, 100 million yuan.

    Returns:
        release, economy, sector (`SECTORS`), item (DISP_INCOME and others; the descriptor names
        them), side (resources or uses), year, value, unit.
    """
    parts = raw["series"].str.extract(_FUNDS)
    table = raw.assign(
        sector=parts["sector"].map(SECTORS),
        item=parts["item"],
        side=parts["side"].map(SIDES),
        year=raw["period"].astype("int64"),
    )
    return in_order(table, "flow_of_funds")


def partners(
    bulletin: pd.DataFrame, derived: pd.DataFrame, rate: pd.DataFrame, levels: pd.DataFrame
) -> pd.DataFrame:
    """Return China's trade by partner in yuan and dollars, by month and year to date.

    Months are in dollars at the rate that the world's flows imply. Sums since 1 January are at the
    rate of the same months, from the world's flows in yuan and in dollars; so sums of months in
    dollars can differ from them by rounding.

    Args:
        bulletin: As published, 10 thousand yuan and per cent.
        derived: Months as differences of the year to date.
        rate: Yuan per dollar implied by exports and by imports, by month.
        levels: World exports and imports since 1 January, billion dollars.

    Returns:
        release, economy, partner, flow (exports or imports), span (month or year to date), month
        (its first day; the last of the span), kind (published, express: rounded to 10 million
        yuan, or derived: a difference), cny_bn, usd_bn (empty without a rate), change_pct (on a
        year before, as published; year to date only).
    """
    every = pd.concat([bulletin, derived], ignore_index=True)
    parts = every["series"].str.extract(r"^(?P<flow>EXP|IMP)_CNY_?(?P<what>.*)$")
    express = every["value"] % EXPRESS_UNIT == 0
    every = every.assign(
        flow=parts["flow"].map(FLOWS),
        span=parts["what"].str.startswith("YTD").map({True: TO_DATE, False: MONTH}),
        month=month_start(every["period"]),
        kind=express.map({True: "express", False: "published"}).mask(
            parts["what"] == "DERIVED", "derived"
        ),
        cny_bn=every["value"] / TEN_THOUSANDS_PER_BILLION,
    )
    key = ["release", "economy", "partner", "flow", "span", "month"]
    is_change = parts["what"] == "YTD_YOY"
    changes = every[is_change].rename(columns={"value": "change_pct"})[[*key, "change_pct"]]
    table = every[~is_change].merge(changes, on=key, how="left", validate="1:1")
    rates = pd.concat([_rates_of_months(rate), _rates_to_date(table, levels)])
    table = table.merge(rates, on=["flow", "span", "month"], how="left", validate="m:1")
    return in_order(table.assign(usd_bn=table["cny_bn"] / table["rate"]), "partners")


def _rates_of_months(rate: pd.DataFrame) -> pd.DataFrame:
    """Return flow, span, month and rate of the newest release that has a month."""
    newest = rate.sort_values("release").drop_duplicates(["series", "period"], keep="last")
    return pd.DataFrame(
        {
            "flow": newest["series"].str.removeprefix("CNYUSD_").map(FLOWS),
            "span": MONTH,
            "month": month_start(newest["period"]),
            "rate": newest["value"],
        }
    )


def _rates_to_date(table: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Return the same for sums since 1 January, from world trade in both currencies."""
    codes = {f"{code}_USD_YTD": flow for code, flow in FLOWS.items()}
    world = levels[levels["series"].isin(codes)].sort_values("release")
    world = world.drop_duplicates(["series", "period"], keep="last")
    world = world.assign(flow=world["series"].map(codes), month=month_start(world["period"]))
    yuan = _world_to_date(table[table["partner"] == "WLD"])
    keys = ["flow", "month"]
    both = yuan.merge(world[[*keys, "value"]], on=keys, validate="1:1")
    both = both.assign(span=TO_DATE, rate=both["cny_bn"] / both["value"])
    return both[["flow", "span", "month", "rate"]]


def _world_to_date(world: pd.DataFrame) -> pd.DataFrame:
    """Return flow, month and yuan since 1 January; where not published, a month is added."""
    found = []
    world = world.sort_values("release").drop_duplicates(["flow", "span", "month"], keep="last")
    for (flow, _), year in world.groupby(["flow", world["month"].dt.year]):
        spans = year.pivot(index="month", columns="span", values="cny_bn")
        so_far = float("nan")
        for month, to_date, alone in spans.reindex(columns=[TO_DATE, MONTH]).itertuples():
            so_far = so_far + alone if pd.isna(to_date) else to_date
            found.append((flow, month, so_far))
    return pd.DataFrame(found, columns=["flow", "month", "cny_bn"]).dropna()


def export_products(raw: pd.DataFrame) -> pd.DataFrame:
    """Return China's key exports by product, quantity and value.

    Args:
        raw: The dataset as published.

    Returns:
        release, economy, product, measure (quantity or value), span (month or year to date), month
        (the last of the span), value, unit. Products overlap (MACHELEC, HITECH).
    """
    parts = raw["series"].str.extract(_PRODUCT)
    table = raw.assign(
        product=parts["product"],
        measure=parts["measure"].map({"Q": "quantity", "V": "value"}),
        span=parts["span"].notna().map({True: TO_DATE, False: MONTH}),
        month=month_start(raw["period"]),
    )
    return in_order(table, "export_products")


def us_census(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the goods trade of the United States by partner, as its Census Bureau counts it.

    Args:
        raw: The dataset as published, million dollars.

    Returns:
        release, economy, partner, month (its first day), exports_usd_bn, imports_usd_bn.
    """
    flows = raw.assign(month=month_start(raw["period"]), value=raw["value"] / MILLIONS_PER_BILLION)
    wide = flows.pivot(
        index=["release", "economy", "partner", "month"], columns="series", values="value"
    )
    names = {"EXP_USD": "exports_usd_bn", "IMP_USD": "imports_usd_bn"}
    return in_order(wide.rename(columns=names).reset_index(), "us_census")


def tariffs(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the tariffs that the United States have added, by partner.

    Args:
        raw: The dataset as published: per cent, and dollars for the weight.

    Returns:
        release, economy, partner, month (its first day), added_pct (since January 2025, in force at
        the month's end), before_pct (rate of 2024) and weight_usd_bn (imports of 2024), which are
        the same in all months of a partner.
    """
    key = ["release", "economy", "partner"]
    added = raw[raw["series"] == "TARIFF_ADDED"]
    fixed = raw[raw["series"] != "TARIFF_ADDED"].pivot(index=key, columns="series", values="value")
    table = added.merge(fixed.reset_index(), on=key, how="left", validate="m:1")
    table = table.assign(
        month=month_start(table["period"]),
        added_pct=table["value"],
        before_pct=table["TARIFF_2024"],
        weight_usd_bn=table["IMP_USD_2024"] / BILLION,
    )
    return in_order(table, "tariffs")
