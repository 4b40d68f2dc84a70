"""Shares of the world from tables with a year per row and an economy per column.

A year counts only if every part of the share is published for it: where one is missing, there is no
share, and where none is left the result is empty. Nor is there one where the part is below zero, as
value added is in a year in which what was used cost more than what was made.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from rebalancing.models.accounting import shares

WORLD = "WLD"


def of_world(table: pd.DataFrame, economy: str) -> pd.Series[float]:
    """Return an economy's share of the world total, in percent by year.

    Args:
        table: Amounts in one unit, years by economies, the world's in ``WLD``.
        economy: Its column, which the table may lack.

    Raises:
        ModelInputError: Amounts that cannot be a part and its whole.
    """
    parts = table.reindex(columns=[economy, WORLD]).dropna()
    parts = parts[parts[economy] >= 0]
    if parts.empty:
        return pd.Series(index=parts.index, dtype=float)
    return shares.world_share(parts[economy], parts[WORLD])


def without_trade_inside(
    table: pd.DataFrame,
    economy: str,
    bloc: str,
    *,
    members: Collection[str],
    intra_share: float,
) -> pd.DataFrame:
    """Return an economy's share of world exports without the trade inside a bloc.

    Args:
        table: Exports in one unit, years by economies, the world's in ``WLD``.
        economy: Its column, which the table may lack.
        bloc: The column of the bloc's exports, those among its members included.
        members: The economies of the bloc.
        intra_share: Part of the bloc's exports that is assumed to stay inside, from 0 to 1.

    Returns:
        Percent by year, in columns ``value``, and ``none_internal`` and ``all_internal`` for the
        bounds: if none or all of the bloc's exports stayed inside.

    Raises:
        ModelInputError: Amounts that cannot be parts of the world total, or an assumption outside
            0 to 1.
    """
    columns = list(dict.fromkeys([economy, WORLD, bloc]))
    parts = table.reindex(columns=columns).dropna()
    if parts.empty:
        names = ["value", "none_internal", "all_internal"]
        return pd.DataFrame(columns=names, index=parts.index, dtype=float)
    return shares.share_excluding_intra(
        parts[economy],
        parts[WORLD],
        parts[bloc],
        intra_share,
        member=economy == bloc or economy in members,
    ).to_frame()
