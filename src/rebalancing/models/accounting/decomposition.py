"""Where a change comes from: exact splits of growth, exports and shares.

Every split here is an identity that sums to the change it splits, to the last bits of a floating-
point number. None of them says what caused the change.

- `growth_contributions`: expenditure items' contributions to real or nominal growth.
- `constant_market_share`: growth of exports into world growth, composition and market shares.
- `share_change`: the change of a share that is a product of factors, by factor.
- `relative_price_term`: the part of a nominal share's change that is a change of relative price.
"""

from rebalancing.models.accounting._contributions import GrowthContributions, growth_contributions
from rebalancing.models.accounting._market_share import ConstantMarketShare, constant_market_share
from rebalancing.models.accounting._share_change import (
    ShareChange,
    relative_price_term,
    share_change,
)

__all__ = [
    "ConstantMarketShare",
    "GrowthContributions",
    "ShareChange",
    "constant_market_share",
    "growth_contributions",
    "relative_price_term",
    "share_change",
]
