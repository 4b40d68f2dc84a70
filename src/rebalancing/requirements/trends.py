"""What sections of the chapters on consumption and trends need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection

import pandas as pd

from rebalancing.models.unitroot import FEWEST_OBSERVATIONS, LagChoice, NothingRandomError
from rebalancing.models.unitroot.integration import integration

REGIME_CHANGES = 4  # that the shortest regime between breaks has at least
BREAK_CHANGES = 20  # that the tests for breaks need
NEAR_YEARS = 10  # before the last one, in which releases are compared
CHANGES = 5  # between the first milestone and the end of the sample


def revisions(releases: Collection[str]) -> str:
    """Return why revisions of the share cannot be shown.

    Args:
        releases: Those that cover years near the end of the sample.
    """
    return "" if len(releases) > 1 else "the sample is covered by a single release"


def breaks(share: pd.Series, label: str, trimming: float) -> str:
    """Return why the share is not tested for breaks.

    Args:
        share: By year, without gaps.
        label: The name of the economy.
        trimming: The shortest regime as a part of the changes.
    """
    changes = max(BREAK_CHANGES, math.ceil(REGIME_CHANGES / trimming - 1e-9))
    return "" if len(share) > changes else _few(share, label)


def unit_roots(share: pd.Series, label: str, lags: LagChoice) -> str:
    """Return why the share is not tested for a unit root.

    Args:
        share: By year, without gaps.
        label: The name of the economy.
        lags: How the tests choose lagged changes.
    """
    if len(share) <= FEWEST_OBSERVATIONS:
        return _few(share, label)
    try:
        with warnings.catch_warnings(action="ignore"):  # the tests themselves give them
            integration(share, lags=lags)
    except NothingRandomError:
        return (
            f"the figures of {label} follow from those of the years before by a fixed rule, as "
            "estimates of a publisher can, so that nothing in them is left to chance"
        )
    return ""


def milestones(policy: pd.DataFrame, share: pd.Series) -> str:
    """Return why milestones of policy are not set beside the share.

    Args:
        policy: The economy's milestones.
        share: By year, without gaps.
    """
    if policy.empty:
        return "no milestones of such a policy are listed for this economy"
    first = int(policy["year"].iloc[0])
    if first in share.index and share.index[-1] - first >= CHANGES:
        return ""
    return f"the sample does not hold {first}, the year of the first milestone, and {CHANGES} more"


def _few(share: pd.Series, label: str) -> str:
    return f"{len(share)} yearly figures of {label} are too few for the tests"
