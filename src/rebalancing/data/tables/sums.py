"""What must add up in the tables of households and trade, within what publishers' rounding allows.

Each check returns, for every row of its table, whether the sum that the row belongs to holds.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.tables.columns import MONTH, SECTORS, TO_DATE

FUNDS_WITHIN = 1e-9  # of a sum: accounts that add up but for the last digit
INCOME_WITHIN = 1e-3  # parts of income are whole yuan; to 0.03% in all quarters held
TRADE_WITHIN = 1e-2  # earlier months are revised within the year to date; to 0.5% for a year
PARTS_OF_INCOME = ("WAGE", "BUSINESS", "PROPERTY", "TRANSFER")
GROUPS_OF_CONSUMPTION = (
    *("FOOD", "CLOTHING", "HOUSING", "HOUSEHOLD"),
    *("TRANSPORT", "EDUCATION", "HEALTH", "OTHER"),
)
DOMESTIC = [SECTORS[code] for code in ("HH", "NFC", "FIN", "GOV")]
TOTAL = SECTORS["DOM"]


def flow_of_funds(table: pd.DataFrame) -> pd.Series:
    """Check that income less transfers is disposable income, and that sectors make the total.

    Args:
        table: ``flow_of_funds``.
    """
    key = ["release", "economy", "sector", "year"]
    one = table["item"] + " " + table["side"]
    items = table.assign(one=one).pivot(index=key, columns="one", values="value").fillna(0)
    codes = ("PRIMARY_INCOME resources", "TRANSFERS resources", "TRANSFERS uses")
    wanted = [*codes, "DISP_INCOME resources"]
    items = items.reindex(columns=wanted, fill_value=0)
    primary, received, paid, disposable = (items[code] for code in wanted)
    held = disposable != 0
    adds_up = _near(primary + received - paid, disposable, FUNDS_WITHIN) | ~held

    totals = items["DISP_INCOME resources"].unstack("sector").reindex(columns=[*DOMESTIC, TOTAL])
    whole = _near(totals[DOMESTIC].sum(axis=1), totals[TOTAL], FUNDS_WITHIN)
    by_sector = pd.MultiIndex.from_frame(table[key])
    by_year = pd.MultiIndex.from_frame(table[["release", "economy", "year"]])
    right = adds_up.reindex(by_sector).to_numpy() & whole.reindex(by_year).to_numpy()
    return pd.Series(right, table.index)


def household_survey(table: pd.DataFrame) -> pd.Series:
    """Check that the parts of income and the groups of consumption make up the totals.

    Args:
        table: ``household_survey``; a quarter in which a part is missing is passed over.
    """
    key = ["release", "economy", "period"]
    wide = table.pivot(index=key, columns="series", values="value")
    right = pd.Series(True, wide.index)
    for region in ("", "_URBAN", "_RURAL"):
        for total, parts in (("INCOME", PARTS_OF_INCOME), ("CONSUMPTION", GROUPS_OF_CONSUMPTION)):
            whole = f"{total}_PC{region}_YTD"
            codes = [f"{total}_{part}_PC{region}_YTD" for part in parts]
            if whole in wide and set(codes) <= set(wide):
                summed = wide[codes].sum(axis=1, skipna=False)
                known = summed.notna() & wide[whole].notna()
                right &= _near(summed, wide[whole], INCOME_WITHIN) | ~known
    return pd.Series(right.reindex(pd.MultiIndex.from_frame(table[key])).to_numpy(), table.index)


def partners(table: pd.DataFrame) -> pd.Series:
    """Check that the months of a year, where all are held, make up its last year to date.

    Args:
        table: ``partners``.
    """
    key = ["release", "economy", "partner", "flow"]
    year = table["month"].dt.year.rename("year")
    months = table[table["span"] == MONTH].groupby([*key, year])["cny_bn"].agg(["sum", "size"])
    to_date = table[table["span"] == TO_DATE].sort_values("month")
    last = to_date.groupby([*key, year]).agg(cny_bn=("cny_bn", "last"), month=("month", "last"))
    both = months.join(last, how="inner")
    whole = both["size"] == both["month"].dt.month
    right = _near(both["sum"], both["cny_bn"], TRADE_WITHIN) | ~whole
    rows = pd.MultiIndex.from_frame(table[key].assign(year=year))
    return pd.Series(right.reindex(rows, fill_value=True).to_numpy(), table.index)


def _near(found: pd.Series, whole: pd.Series, within: float) -> pd.Series:
    return (found - whole).abs() <= within * whole.abs()
