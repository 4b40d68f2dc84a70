import numpy as np
import pandas as pd
import pytest

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError


def test_whole_numbers_may_be_numpy_s_and_are_python_s() -> None:
    assert type(validate.whole(np.int64(3), "lags", 0)) is int
    assert validate.whole(5, "lags", 0, 5) == 5


@pytest.mark.parametrize("value", [-1, 6, 2.0, True, "3", None, np.nan])
def test_what_is_no_whole_number_within_limits_is_named(value: object) -> None:
    with pytest.raises(ModelInputError, match=r"^lags: .* is not a whole number from 0 to 5; pass"):
        validate.whole(value, "lags", 0, 5)


def test_labels_have_one_position() -> None:
    years = pd.Index([1990, 1991, 1992])
    assert validate.position(years, 1991, "start") == 1
    for label in (1989, "1991", None, [1991]):
        with pytest.raises(ModelInputError, match=r"^start: .* use labels from 1990 to 1992"):
            validate.position(years, label, "start")


@pytest.mark.parametrize("level", [0, 1, 95, np.nan, "high"])
def test_levels_are_probabilities(level: float) -> None:
    with pytest.raises(ModelInputError, match=r"^level: "):
        validate.probability(level)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ([2000, 2001, 2001], "2001 occurs more than once"),
        ([2001, 2000, 2002], "not in order"),
        ([2000, 2001, 2003], "no period between 2001 and 2003"),
        (pd.to_datetime(["2000-01", "2000-03", "2000-05"]), "dates are 2 months apart"),
        (pd.to_datetime(["2000-01", "2000-02", "2000-04"]), "no month between 2000-02 and 2000-04"),
    ],
)
def test_series_are_in_order_and_without_gaps(index: object, message: str) -> None:
    with pytest.raises(ModelInputError, match=f"^y: .*{message}"):
        validate.time_series(pd.Series([1.0, 2.0, 4.0], pd.Index(index)), at_least=2)
