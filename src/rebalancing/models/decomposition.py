"""Where a change comes from: exact splits of growth, exports, products and shares.

Every split here is an identity that sums to the change it splits, to the last bits of a floating-
point number. None of them says what caused the change.

- `growth_contributions`: expenditure items' contributions to real or nominal growth.
- `constant_market_share`: growth of exports into world growth, composition and market shares.
- `lmdi`: a product of factors, or a sum of such products, by factor.
- `share_change`: the same for a share over the years; `ratios` makes its factors from levels.
- `relative_price_term`: the part of a nominal share's change that is a change of relative price.
"""

from rebalancing.models._contributions import GrowthContributions, growth_contributions
from rebalancing.models._lmdi import LogMeanDivisia, lmdi
from rebalancing.models._market_share import ConstantMarketShare, constant_market_share
from rebalancing.models._share_change import (
    ShareChange,
    ratios,
    relative_price_term,
    share_change,
)

__all__ = [
    "ConstantMarketShare",
    "GrowthContributions",
    "LogMeanDivisia",
    "ShareChange",
    "constant_market_share",
    "growth_contributions",
    "lmdi",
    "ratios",
    "relative_price_term",
    "share_change",
]
