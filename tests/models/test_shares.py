from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.models.accounting import shares
from rebalancing.models.validate import ModelInputError

finite = st.floats(-1e6, 1e6)
amount = st.floats(0.01, 1e6)


@given(values=st.lists(finite, min_size=1), x=finite)
def test_percentile_rank_is_within_bounds_and_rises(values, x) -> None:
    rank = shares.percentile_rank(values, x)
    assert 0 <= rank <= 100
    assert rank <= shares.percentile_rank(values, x + 1)
    assert shares.percentile_rank(values, min(values)) == 0
    assert shares.percentile_rank(values, max(values) + 1) == 100


def test_percentile_rank_does_not_count_ties() -> None:
    assert shares.percentile_rank([1, 2, 2, 3], 2) == 25


def test_extremum_is_the_first_of_equals() -> None:
    y = pd.Series([3.0, 1.0, 1.0, 3.0], index=range(2000, 2004))
    assert shares.extremum(y, "minimum") == (2001, 1.0)
    assert shares.extremum(y, "maximum") == (2000, 3.0)


def test_change_between_labels() -> None:
    y = pd.Series([3.0, 1.0, 5.5], index=[2000, 2001, 2002])
    assert shares.change_between(y, 2000, 2002) == 2.5
    assert shares.change_between(y, 2002, 2000) == -2.5


@given(part=amount, rest=amount, scale=st.floats(0.1, 1000))
def test_world_share_is_a_percentage_free_of_units(part, rest, scale) -> None:
    share = shares.world_share(part, part + rest)
    assert 0 < share <= 100
    assert shares.world_share(part * scale, (part + rest) * scale) == pytest.approx(share)
    assert share + shares.world_share(rest, part + rest) == pytest.approx(100)


def test_world_share_of_series() -> None:
    part = pd.Series([1.0, 3.0], index=[2000, 2001])
    result = shares.world_share(part, pd.Series([4.0, 6.0], index=[2000, 2001]))
    assert result.to_dict() == {2000: 25.0, 2001: 50.0}


@given(bloc=amount, outsider=amount, others=amount, intra=st.floats(0, 1))
def test_shares_without_intra_trade_lie_between_their_bounds_and_sum(
    bloc, outsider, others, intra
) -> None:
    world = bloc + outsider + others
    outside = shares.share_excluding_intra(outsider, world, bloc, intra, member=False)
    inside = shares.share_excluding_intra(bloc, world, bloc, intra, member=True)
    tiny = 1e-9
    assert outside.none_internal - tiny <= outside.value <= outside.all_internal + tiny
    assert inside.all_internal - tiny <= inside.value <= inside.none_internal + tiny
    assert outside.none_internal == pytest.approx(shares.world_share(outsider, world))
    assert inside.all_internal == 0
    rest = shares.share_excluding_intra(others, world, bloc, intra, member=False)
    assert outside.value + inside.value + rest.value == pytest.approx(100)


def test_share_without_intra_trade_by_hand() -> None:
    years = [2000, 2001]
    world, bloc = pd.Series([100.0, 200.0], years), pd.Series([40.0, 50.0], years)
    outside = shares.share_excluding_intra(pd.Series([19.0, 34.0], years), world, bloc, 0.6, False)
    assert outside.value.tolist() == pytest.approx([25.0, 20.0])
    assert list(outside.to_frame()) == ["value", "none_internal", "all_internal"]
    assert outside.to_frame().index.tolist() == years
    member = shares.share_excluding_intra(10.0, 100.0, 40.0, 0.5, True)
    assert member.value == pytest.approx(100 * 5 / 80)
    assert member.to_frame().shape == (1, 3)


YEARS = pd.Series([1.0, 2.0], index=[2000, 2001])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shares.percentile_rank([], 1), "values: no observations"),
        (lambda: shares.percentile_rank([1, np.nan], 1), "values: 1 of 2 values missing"),
        (lambda: shares.percentile_rank([1], np.nan), "x: nan is not finite"),
        (lambda: shares.percentile_rank([1], "much"), "x: 'much' is not a number"),
        (lambda: shares.extremum(YEARS, "lowest"), "kind: 'lowest'"),
        (lambda: shares.extremum(YEARS[:0], "minimum"), "series: no observations"),
        (lambda: shares.change_between(YEARS, 1999, 2001), "1999 is not there.*2000 to 2001"),
        (
            lambda: shares.change_between(pd.concat([YEARS, YEARS]), 2000, 2001),
            "occurs more than once",
        ),
        (lambda: shares.change_between(YEARS * np.nan, 2000, 2001), "series at 2001: nan"),
        (lambda: shares.world_share(1.0, 0.0), "denominator: not positive"),
        (lambda: shares.world_share(-1.0, 2.0), "numerator: negative"),
        (lambda: shares.world_share(3.0, 2.0), "numerator: larger"),
        (lambda: shares.world_share(YEARS, YEARS[1:]), "denominator: its labels"),
        (lambda: shares.world_share(YEARS, 3.0), "denominator: pass numbers only or series only"),
        (lambda: shares.share_excluding_intra(1.0, 9.0, 3.0, 60, False), "intra_share: 60"),
        (lambda: shares.share_excluding_intra(1.0, 9.0, 9.0, 0.6, False), "bloc: not smaller"),
        (
            lambda: shares.share_excluding_intra(7.0, 9.0, 3.0, 0.6, False),
            "economy_value: larger than the world without the bloc",
        ),
        (
            lambda: shares.share_excluding_intra(4.0, 9.0, 3.0, 0.6, True),
            "economy_value: larger than the bloc",
        ),
    ],
)
def test_bad_input_gets_one_clear_message(call, message) -> None:
    with pytest.raises(ModelInputError, match=message):
        call()


def test_average_growth_is_that_of_the_last_years_alone() -> None:
    years = pd.Index(range(2010, 2015), name="year")
    levels = pd.DataFrame({"GDP": [1.0, 50.0, 100.0, 105.0, 121.0], "HFCE": 7.0}, index=years)
    growth = shares.average_growth(levels, years=2)
    assert growth.to_dict() == {
        ("GDP", "2012–2014"): pytest.approx(10.0),
        ("HFCE", "2012–2014"): 0.0,
    }
    assert shares.average_growth(levels, years=5).empty
