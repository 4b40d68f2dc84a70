"""Average changes and slopes side by side are those of the models that they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models import trend
from rebalancing.models.trend.directions import directions
from rebalancing.models.trend.mean_changes import mean_changes
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

YEARS = pd.RangeIndex(1990, 2025, name="year")
NOISE = np.random.default_rng(4).normal(size=len(YEARS))
RISING = pd.Series(40 + 0.5 * np.arange(len(YEARS)) + NOISE, YEARS)


def test_a_series_without_breaks_is_one_regime() -> None:
    found = directions(RISING, level=0.8, seed=3)
    (row,) = found.table.to_dict("records")
    assert (row["start"], row["end"]) == (1990, 2024)
    assert row["change"] == pytest.approx((RISING[2024] - RISING[1990]) / 34)
    line = trend.regime_slopes(RISING, [], level=0.8, seed=3).slopes.loc[1]
    assert row["slope"] == line["slope"]
    assert row["slope_lower"] == line["lower"]
    assert row["bootstrap_upper"] == line["bootstrap_upper"]
    assert row["lower"] < row["change"] < row["upper"]
    assert found.level == 0.8


def test_a_regime_changes_from_the_end_of_the_one_before() -> None:
    found = directions(RISING, [2004], seed=3)
    assert found.table[["start", "end"]].to_numpy().tolist() == [[1990, 2004], [2005, 2024]]
    expected = mean_changes(RISING, [(1990, 2004), (2004, 2024)]).table
    for column in ("change", "lower", "upper"):
        assert found.table[column].tolist() == expected[column].tolist()
    assert list(found.table.index) == [1, 2]


def test_cautions_are_those_of_both_models() -> None:
    short = RISING.loc[2017:]
    with pytest.warns(SmallSampleWarning) as warned:
        cautions = directions(short).cautions
    assert len(warned) == 2
    assert "Regimes of 8 observations are short for a slope" in " ".join(cautions)
    assert "Spans of 7 changes are short for an average" in " ".join(cautions)


def test_says_which_way_it_goes() -> None:
    assert repr(directions(RISING, [2004])).startswith(
        "Directions: 2 regimes, 95% intervals\n  1990 to "
    )


def test_a_break_at_the_end_is_refused() -> None:
    with pytest.raises(ModelInputError, match="breaks: 2024 is the last observation"):
        directions(RISING, [2024])
