"""Where exports go, month by month to the newest: both sides' figures, tariffs and products.

Customs publish months by partner in dollars in one file and in yuan in their bulletins, which run
further. `joined` sets the one behind the other for partners that both have, in dollars; the
bulletins' groups have the members of the newest year, so that months before must have them, too
(`rebalancing.data.views.customs`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from rebalancing.data.tables.columns import MONTH, TO_DATE

WORLD, REST, UNION = "WLD", "rest of the world", "EU27"
OWN, OTHERS = "own", "others"


def joined(months: pd.DataFrame, bulletin: pd.DataFrame, flow: str = "exports") -> pd.DataFrame:
    """Return trade by partner in dollars, the bulletins' months behind those of customs' file.

    Where bulletins have January and February as one sum, each is half of it. A partner that lacks
    a month goes without all that follow.

    Args:
        months: US$ billion, months by partners, without gaps, with WLD.
        bulletin: Rows of the table ``partners`` of one economy, each series of one release.
        flow: exports or imports.

    Returns:
        US$ billion, months by the partners of ``months``; the same as it was where the bulletins
        do not follow on it.
    """
    rows = bulletin[(bulletin["flow"] == flow) & bulletin["partner"].isin(months.columns)]
    spread = {
        span: part.pivot(index="month", columns="partner", values="usd_bn")
        for span, part in rows.groupby("span")
    }
    alone = spread.get(MONTH, pd.DataFrame(dtype=float))
    to_date = spread.get(TO_DATE, pd.DataFrame(dtype=float))
    last = max([*alone.index, *to_date.index], default=months.index[-1])
    if last <= months.index[-1]:
        return months
    new = pd.date_range(months.index[-1], last, freq="MS")[1:]
    found = alone.reindex(index=new, columns=months.columns)
    for february in new[new.month == 2]:
        pair = [february - pd.DateOffset(months=1), february]
        halves = to_date.reindex(index=[february], columns=months.columns).iloc[0] / 2
        lacking = found.reindex(pair).isna().any()
        found.loc[found.index.isin(pair), lacking] = halves[lacking].to_numpy()
    unbroken = found.notna().cumprod().astype(bool)
    known = found.where(unbroken)
    return pd.concat([months, known[known[WORLD].notna()]]).rename_axis(index="month")


def since_january(months: pd.DataFrame, month: pd.Timestamp) -> pd.DataFrame:
    """Return sums from January to a month of each year, missing where one of them is.

    Args:
        months: Any amounts by month.
        month: The last month; of its year nothing matters.
    """
    inside = months[pd.DatetimeIndex(months.index).month <= month.month]
    years = pd.DatetimeIndex(inside.index).year
    return inside.groupby(years).sum(min_count=month.month).rename_axis("year")


def moved(sums: pd.DataFrame, first: int, last: int, markets: Sequence[str]) -> pd.Series:
    """Return by how much exports to each market changed between two years, and to all others.

    Args:
        sums: Amounts, years by partners, with WLD.
        first: The year that is compared with.
        last: The other year.
        markets: Partners of which none is in another.

    Returns:
        By market and, last, `REST`, in the unit of the sums; they add up to the change of WLD.
    """
    change = sums.T[last] - sums.T[first]
    found = change.reindex(list(markets)).dropna()
    found[REST] = change[WORLD] - found.sum()
    return found


def tariff_partner(tariffs: pd.DataFrame, economy: str, union: Collection[str]) -> str:
    """Return under which code a tariff on an economy's goods stands; empty if there is none.

    Args:
        tariffs: Rows of the table ``tariffs``.
        economy: The economy.
        union: Members of the European Union, which has one tariff as a whole.
    """
    known = set(tariffs["partner"])
    if economy in known:
        return economy
    return UNION if economy in union and UNION in known else ""


def in_force(tariffs: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of months that had begun when their release came out; later ones were plans.

    Args:
        tariffs: Rows of the table ``tariffs``, whose releases are named by their day.
    """
    return tariffs[tariffs["month"] <= pd.to_datetime(tariffs["release"])]


def added_tariffs(tariffs: pd.DataFrame, partner: str) -> pd.DataFrame:
    """Return the tariff added on a partner's goods and on those of all others, by month.

    Args:
        tariffs: Rows of the table ``tariffs`` of one release.
        partner: The partner.

    Returns:
        By month in percentage points: `OWN`, and `OTHERS`, their mean weighted by the imports of
        the year before.
    """
    by_month = tariffs.pivot(index="month", columns="partner", values="added_pct")
    weights = tariffs.groupby("partner")["weight_usd_bn"].first().drop(partner)
    others = by_month[weights.index]
    mean = (others * weights).sum(axis=1) / others.notna().mul(weights).sum(axis=1)
    return pd.DataFrame({OWN: by_month[partner], OTHERS: mean})


def tariffs_before(tariffs: pd.DataFrame, partner: str) -> pd.Series:
    """Return the tariff before the additions on a partner's goods and on those of all others, %."""
    first = tariffs.groupby("partner")[["before_pct", "weight_usd_bn"]].first()
    others = first.drop(partner)
    mean = np.average(others["before_pct"], weights=others["weight_usd_bn"])
    return pd.Series([first["before_pct"][partner], mean], [OWN, OTHERS], dtype=float)


def products(rows: pd.DataFrame, month: pd.Timestamp) -> pd.DataFrame:
    """Return exports of products from January to a month beside the same months a year before.

    Args:
        rows: Rows of the table ``export_products`` of one economy and release.
        month: The last month.

    Returns:
        By product with both years' values, the largest first: value (billions of own currency),
        change (the same), and growth of value, of quantity and of the unit value in percent; the
        last two are missing where customs have no quantity.
    """
    at = rows[rows["span"] == TO_DATE]
    spread = at.pivot(index="product", columns=["measure", "month"], values="value")
    before = month - pd.DateOffset(years=1)

    def of(measure: str, when: pd.Timestamp) -> pd.Series:
        return spread.get((measure, when), pd.Series(np.nan, spread.index))

    value = of("value", month) / of("value", before)
    quantity = of("quantity", month) / of("quantity", before)
    found = pd.DataFrame(
        {
            "value": of("value", month) / 10,
            "change": (of("value", month) - of("value", before)) / 10,
            "value_pct": 100 * (value - 1),
            "quantity_pct": 100 * (quantity - 1),
            "unit_value_pct": 100 * (value / quantity - 1),
        }
    )
    return found.dropna(subset=["value_pct"]).sort_values("value", ascending=False)


def products_month(rows: pd.DataFrame) -> pd.Timestamp | None:
    """Return the last month to which values since January are held with a year before's."""
    values = rows[(rows["span"] == TO_DATE) & (rows["measure"] == "value")]
    known = set(values["month"])
    both = [month for month in known if month - pd.DateOffset(years=1) in known]
    return max(both, default=None)
