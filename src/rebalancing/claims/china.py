"""The twelve claims on China, in the order of the ledger."""

from __future__ import annotations

from collections.abc import Callable

from rebalancing.claims import consumption, industry, trade
from rebalancing.claims.ledger import Claim
from rebalancing.claims.material import Material

CLAIMS: tuple[Callable[[Material], Claim], ...] = (
    consumption.share_china,
    consumption.share_us,
    consumption.share_japan,
    trade.export_share,
    consumption.rebalancing,
    trade.export_reliance,
    industry.overcapacity,
    industry.price_wars,
    trade.overseas_push,
    trade.japan_1980s,
    consumption.economists_argue,
    consumption.deal_not_enough,
)


def ledger(material: Material) -> list[Claim]:
    """Return the claims with their readings."""
    return [claim(material) for claim in CLAIMS]
