from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.comparison import alignment
from rebalancing.models.validate import ModelInputError

YEARS = range(2000, 2030)
LEVELS = pd.DataFrame(
    {
        "EARLY": np.linspace(5, 34, 30),  # one a year: 10 in 2005
        "LATE": np.linspace(-10, 19, 30),  # 10 in 2020
        "ALWAYS": np.full(30, 50.0),
        "NEVER": np.full(30, 1.0),
        "SPIKE": np.where(np.arange(30) == 3, 12.0, np.where(np.arange(30) > 20, 15.0, 5.0)),
    },
    index=YEARS,
)
VALUES = pd.DataFrame(
    {name: np.arange(30.0) + place for place, name in enumerate(LEVELS)}, index=YEARS
)


def test_an_economy_passes_a_level_from_below_and_stays() -> None:
    years = alignment.crossings(LEVELS, 10)
    assert years.to_dict() == {"EARLY": 2005, "LATE": 2020, "SPIKE": 2021}
    assert alignment.crossings(LEVELS, 10, lasting=1)["SPIKE"] == 2003


def test_a_missing_year_before_is_no_crossing() -> None:
    levels = LEVELS.loc[2005:, ["EARLY"]]
    assert alignment.crossings(levels, 10).empty


def test_values_at_the_level_and_their_change_afterwards() -> None:
    found = alignment.at_level(LEVELS, VALUES, 10)
    assert found["value"].to_dict() == {"EARLY": 5.0, "LATE": 21.0, "SPIKE": 25.0}
    assert found.loc["EARLY", "change"] == 10
    assert found["change"].isna().to_dict() == {"EARLY": False, "LATE": True, "SPIKE": True}
    assert "LATE" not in alignment.at_level(LEVELS, VALUES.drop(columns="LATE"), 10).index


def test_an_economy_counts_once_in_a_class() -> None:
    levels = pd.DataFrame({"SLOW": [1.0] * 10, "FAST": [1.0] + [5.0] * 9}, index=range(10))
    values = pd.DataFrame({"SLOW": np.arange(10.0), "FAST": [20.0] + [0.0] * 9}, index=range(10))
    table = alignment.by_level(levels, values, [0.5, 2, 8], quantiles=[0.5], fewest=1)
    assert table["n"].tolist() == [2, 1]
    assert table[0.5].tolist() == [pytest.approx((4.5 + 20) / 2), 0.0]
    assert table.index.tolist() == [1.0, 4.0]
    assert len(alignment.by_level(levels, values, [0.5, 2, 8], fewest=2)) == 1


def test_bad_input_is_named() -> None:
    with pytest.raises(ModelInputError, match="levels: pass a DataFrame"):
        alignment.crossings(LEVELS["EARLY"], 10)  # type: ignore[arg-type]
    with pytest.raises(ModelInputError, match="lasting"):
        alignment.crossings(LEVELS, 10, lasting=0)
    with pytest.raises(ModelInputError, match="edges"):
        alignment.by_level(LEVELS, VALUES, [5, 2])
