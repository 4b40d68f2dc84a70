"""The surplus that customs count and the net exports of the national accounts, side by side.

They answer different questions. Customs count goods that cross the border, exports at the border of
the exporter (f.o.b.) and imports with freight and insurance (c.i.f.), which by itself makes a
surplus smaller. Net exports have services too, and goods when they change owner, as the balance of
payments has them.
"""

from __future__ import annotations

import pandas as pd

EXPORTED, IMPORTED = "TX.VAL.MRCH.CD.WT", "TM.VAL.MRCH.CD.WT"
GDP = "NY.GDP.MKTP.CD"
ACCOUNTS = ("NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS")
GOODS, GOODS_AND_SERVICES = "BN.GSR.MRCH.CD", "BN.GSR.GNFS.CD"  # of the balance of payments
SERIES = (EXPORTED, IMPORTED, GDP, *ACCOUNTS, GOODS, GOODS_AND_SERVICES)


def external(bank: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return an economy's balances with the rest of the world, each from the World Bank.

    Args:
        bank: The economy's rows of ``world_bank`` as of one release, with some of `SERIES`.
        first: First year that may be used.
        last: Last year.

    Returns:
        By year with both: customs_usd_bn, customs_pct_gdp, net_exports_pct_gdp and gap (percentage
        points, customs less net exports); goods_usd_bn and services_usd_bn of the balance of
        payments, missing where they are not known.
    """
    rows = bank[bank["series"].isin(SERIES) & bank["year"].between(first, last)]
    table = rows.pivot(index="year", columns="series", values="value").reindex(columns=list(SERIES))
    customs = table[EXPORTED] - table[IMPORTED]
    share = 100 * customs / table[GDP]
    net = table[ACCOUNTS[0]] - table[ACCOUNTS[1]]
    found = pd.DataFrame(
        {
            "customs_usd_bn": customs / 1e9,
            "customs_pct_gdp": share,
            "net_exports_pct_gdp": net,
            "gap": share - net,
            "goods_usd_bn": table[GOODS] / 1e9,
            "services_usd_bn": (table[GOODS_AND_SERVICES] - table[GOODS]) / 1e9,
        }
    )
    return found.dropna(subset=["gap"])


def since(gap: pd.Series) -> int:
    """Return the first year from which on a gap has had the sign that it has in the last year.

    Args:
        gap: By year, at least one value.
    """
    other = gap.index[(gap > 0) != (gap.iloc[-1] > 0)]
    return int(gap.index[gap.index > other[-1]][0] if len(other) else gap.index[0])
