"""What chapters take from trade by partner: months, and changes since 1 January.

Goods to Hong Kong that are sold on, and goods sent by way of another economy, count where customs
saw them go first.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from rebalancing.data.tables.columns import MONTH, TO_DATE
from rebalancing.errors import DataError

Flow = Literal["exports", "imports"]
Currency = Literal["cny", "usd"]
WORLD = "WLD"
FLOWS: tuple[Flow, Flow] = ("exports", "imports")


class PartnersError(DataError):
    """A partner or a month that the table does not have."""


def monthly(
    table: pd.DataFrame, partner: str, flow: Flow, currency: Currency = "usd"
) -> pd.DataFrame:
    """Return a partner's months.

    Args:
        table: ``partners``, each series of one release (`Chapter.chosen`).
        partner: Its code; WLD for all.
        flow: exports or imports.
        currency: Billions of which.

    Returns:
        By month: value, and kind (published, express or derived).

    Raises:
        PartnersError: There is no such partner, or a month is there twice.
    """
    rows = table[(table["partner"] == partner) & (table["flow"] == flow) & (table["span"] == MONTH)]
    if rows.empty:
        raise PartnersError(f"no {flow} by month with {partner}; see the page on the data")
    if rows["month"].duplicated().any():
        raise PartnersError("a month is in several releases; read the table by Chapter.chosen")
    found = rows.set_index("month").sort_index()
    return found[[f"{currency}_bn", "kind"]].set_axis(["value", "kind"], axis="columns")


def latest_since_january(table: pd.DataFrame, flow: Flow) -> pd.Timestamp | None:
    """Return the last month to which the sum since January is known with all; None if none is.

    Args:
        table: As for `monthly`.
        flow: exports or imports.
    """
    rows = table[(table["flow"] == flow) & (table["span"] == TO_DATE)]
    known = rows[rows["partner"] == WORLD].dropna(subset=["cny_bn", "change_pct"])
    return None if known.empty else known["month"].max()


def since_january(table: pd.DataFrame, flow: Flow, month: str) -> pd.DataFrame:
    """Return what each partner bought or sold from January to a month, beside a year before.

    The year before is what the publisher's change on it implies: its base is revised, and levels
    published at the time would not go with the change.

    Args:
        table: As for `monthly`.
        flow: exports or imports.
        month: The last month, such as 2026-07.

    Returns:
        By partner: cny_bn, before_cny_bn, change_cny_bn, change_pct, contribution (change in per
        cent of the world's flow a year before), share_pct (of the world's flow) and
        share_before_pct (of the world's flow a year before).

    Raises:
        PartnersError: The table has no world total for that month.
    """
    rows = table[(table["flow"] == flow) & (table["span"] == TO_DATE)]
    at = rows[rows["month"] == pd.Timestamp(month)].set_index("partner")
    if WORLD not in at.index:
        raise PartnersError(f"no {flow} with the world from January to {month}")
    before = at["cny_bn"] / (1 + at["change_pct"] / 100)
    change = at["cny_bn"] - before
    world, world_before = float(at["cny_bn"][WORLD]), float(before[WORLD])
    return pd.DataFrame(
        {
            "cny_bn": at["cny_bn"],
            "before_cny_bn": before,
            "change_cny_bn": change,
            "change_pct": at["change_pct"],
            "contribution": 100 * change / world_before,
            "share_pct": 100 * at["cny_bn"] / world,
            "share_before_pct": 100 * before / world_before,
        }
    )


def both_since_january(table: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the months to which sums of exports and of imports with all are known, in order.

    Args:
        table: As for `monthly`.
    """
    rows = table[(table["partner"] == WORLD) & (table["span"] == TO_DATE)]
    known = rows.dropna(subset=["cny_bn", "change_pct"])
    flows = known.groupby("month")["flow"].nunique().sort_index()
    return [pd.Timestamp(month) for month in flows.index[flows == len(FLOWS)]]


def balances_since_january(table: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the balance of goods with each partner from January to a month.

    The year before is what the publisher's changes imply, as in `since_january`.

    Args:
        table: As for `monthly`.
        month: The last month, such as 2026-07.

    Returns:
        By partner with both flows: usd_bn, cny_bn, before_cny_bn and change_cny_bn.

    Raises:
        PartnersError: The table has no world total for that month.
    """
    sold, bought = (since_january(table, flow, month) for flow in FLOWS)
    columns = ["cny_bn", "before_cny_bn", "change_cny_bn"]
    rows = table[(table["span"] == TO_DATE) & (table["month"] == pd.Timestamp(month))]
    dollars = rows.pivot(index="partner", columns="flow", values="usd_bn").reindex(columns=FLOWS)
    found = (sold[columns] - bought[columns]).dropna()
    found.insert(0, "usd_bn", dollars["exports"] - dollars["imports"])
    return found
