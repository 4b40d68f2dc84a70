from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.data.views import spans


def test_spans_end_in_multiples_of_their_length_and_are_whole() -> None:
    assert spans.spans(1971, 1982) == [(1971, 1975), (1976, 1980)]
    assert spans.spans(1972, 1980) == [(1976, 1980)]
    assert spans.spans(2001, 2020, length=10) == [(2001, 2010), (2011, 2020)]
    assert spans.spans(2018, 2019) == []


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1978, 2004, [1978, 1980, 1990, 2000, 2004]),
        (1980, 2000, [1980, 1990, 2000]),
        (2001, 2009, [2001, 2009]),
        (2001, 2001, [2001]),
    ],
)
def test_decades_begin_and_end_with_the_years_given(
    first: int, last: int, expected: list[int]
) -> None:
    assert spans.decades(first, last) == expected


@settings(max_examples=40)
@given(st.integers(1900, 2100), st.integers(0, 80), st.integers(1, 12))
def test_spans_lie_inside_and_follow_one_another(first: int, years: int, length: int) -> None:
    found = spans.spans(first, first + years, length)
    for begin, end in found:
        assert first <= begin <= end <= first + years
        assert end % length == 0
        assert end - begin + 1 == length
    assert all(a[1] + 1 == b[0] for a, b in itertools.pairwise(found))


def test_averages_keep_sums() -> None:
    yearly = pd.DataFrame({"a": range(10), "b": range(10, 0, -1)}, index=range(2001, 2011))
    yearly["sum"] = yearly.sum(axis=1)
    means = spans.averages(yearly, [(2001, 2005), (2006, 2010), (2009, 2013)])
    assert list(means.index) == ["2001–2005", "2006–2010", "2009–2013"]
    np.testing.assert_allclose(means["a"] + means["b"], means["sum"])
    assert means.loc["2001–2005", "a"] == pytest.approx(2)
    assert means.loc["2009–2013"].isna().all()


def test_growth_is_compound_from_the_year_before() -> None:
    levels = pd.DataFrame({"a": 100 * 1.05 ** np.arange(11.0)}, index=range(2000, 2011))
    found = spans.growth(levels, [(2001, 2005), (2006, 2010), (1996, 2000)])
    assert found["a"].iloc[:2].tolist() == pytest.approx([5, 5])
    assert np.isnan(found.loc["1996–2000", "a"])
