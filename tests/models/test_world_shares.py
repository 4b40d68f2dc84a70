from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.accounting import world_shares
from rebalancing.models.validate import ModelInputError

EXPORTS = pd.DataFrame(
    {
        "CHN": [20.0, 30.0, 40.0, 50.0],
        "DEU": [10.0, np.nan, 10.0, 10.0],
        "EU27": [40.0, 40.0, 40.0, np.nan],
        "WLD": [100.0, 100.0, np.nan, 100.0],
    },
    index=range(2020, 2024),
)
NAMES = ["value", "none_internal", "all_internal"]


def without_trade_inside(economy: str, intra_share: float = 0.5) -> pd.DataFrame:
    return world_shares.without_trade_inside(
        EXPORTS, economy, "EU27", members=["DEU"], intra_share=intra_share
    )


def test_a_year_counts_if_both_parts_are_published() -> None:
    assert world_shares.of_world(EXPORTS, "CHN").to_dict() == {2020: 20.0, 2021: 30.0, 2023: 50.0}
    assert world_shares.of_world(EXPORTS, "DEU").to_dict() == {2020: 10.0, 2023: 10.0}


def test_a_year_in_which_value_was_lost_has_no_share() -> None:
    made = pd.DataFrame({"NRU": [2.0, -1.0, 4.0], "WLD": 100.0}, index=[2005, 2006, 2007])
    assert world_shares.of_world(made, "NRU").to_dict() == {2005: 2.0, 2007: 4.0}


def test_what_is_not_published_has_no_share() -> None:
    assert world_shares.of_world(EXPORTS, "JPN").empty
    assert world_shares.of_world(EXPORTS.drop(columns="WLD"), "CHN").empty
    without = without_trade_inside("JPN")
    assert without.empty
    assert list(without) == NAMES


def test_an_outsider_is_counted_whole_and_a_member_in_part() -> None:
    outsider = without_trade_inside("CHN")
    assert list(outsider) == NAMES
    assert outsider.loc[2020].tolist() == pytest.approx([25.0, 20.0, 100 * 20 / 60])
    assert list(outsider.index) == [2020, 2021]
    member = without_trade_inside("DEU")
    assert member.loc[2020].tolist() == pytest.approx([100 * 5 / 80, 10.0, 0.0])


def test_the_bloc_is_a_member_of_itself() -> None:
    assert without_trade_inside("EU27").loc[2020].tolist() == pytest.approx([25.0, 40.0, 0.0])


def test_an_assumption_beyond_one_is_refused() -> None:
    with pytest.raises(ModelInputError, match="intra_share: 60"):
        without_trade_inside("CHN", 60)
