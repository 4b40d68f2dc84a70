from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.report.charts import chart

MONTHS = pd.date_range("2020-01", periods=3, freq="MS")


def series(*values: float, index: object = None) -> pd.Series:
    return pd.Series(values, range(2000, 2000 + len(values)) if index is None else index)


class TestCourse:
    def test_says_first_lowest_highest_and_last(self) -> None:
        said = chart.course(series(50, 34.26, 61, 39.93))
        assert said == "50.0% in 2000, lowest 34.3% in 2001, highest 61.0% in 2002, 39.9% in 2003"

    def test_says_no_number_twice(self) -> None:
        assert chart.course(series(50, 45, 40)) == "50.0% in 2000, 40.0% in 2002"
        assert chart.course(series(50, 60, 40)) == (
            "50.0% in 2000, highest 60.0% in 2001, 40.0% in 2002"
        )

    def test_passes_over_gaps(self) -> None:
        values = series(np.nan, 50, np.nan, 45, 40, np.nan)
        assert chart.course(values) == "50.0% in 2001, 40.0% in 2004"

    def test_of_one_value_is_that_value(self) -> None:
        assert chart.course(series(np.nan, 50)) == "50.0% in 2001"

    def test_of_no_value_says_so(self) -> None:
        assert chart.course(series(np.nan)) == "no figures"
        assert chart.course(series()) == "no figures"

    def test_has_the_suffix_the_decimals_and_a_proper_minus(self) -> None:
        said = chart.course(series(-1234.4, -0.04), suffix=" billion", decimals=0)
        assert said == "−1,234 billion in 2000, 0 billion in 2001"

    def test_names_months(self) -> None:
        said = chart.course(series(1, 2, 1.5, index=MONTHS), suffix="")
        assert said == "1.0 in January 2020, highest 2.0 in February 2020, 1.5 in March 2020"


class TestLatest:
    def test_is_the_last_known_value(self) -> None:
        assert chart.latest(series(50, 39.93, np.nan)) == "39.9%"
        assert chart.latest(series(-39.93), suffix=" points", decimals=2) == "−39.93 points"

    def test_of_no_value_says_so(self) -> None:
        assert chart.latest(series(np.nan)) == "no figures"


@pytest.mark.parametrize(
    ("at", "words"),
    [(2024, "2024"), (np.int64(2024), "2024"), (pd.Timestamp("2026-07-01"), "July 2026")],
)
def test_moments_are_years_or_months(at: object, words: str) -> None:
    assert chart.moment(at) == words


def test_a_measure_is_followed_by_its_span() -> None:
    assert chart.with_span("Exports", pd.RangeIndex(1970, 2025)) == "Exports, 1970–2024"
    assert chart.with_span("Rate", MONTHS) == "Rate, January 2020–March 2020"


@pytest.mark.parametrize(
    ("measure", "inside"),
    [
        ("Exports, % of GDP", "exports, % of GDP"),
        ("GDP, growth", "GDP, growth"),
        ("already small", "already small"),
        ("P", "p"),
        ("", ""),
    ],
)
def test_a_measure_begins_small_inside_a_sentence(measure: str, inside: str) -> None:
    assert chart.in_sentence(measure) == inside


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([1, 2], chart.NOT_FROM_ZERO),
        ([-1, -2], chart.NOT_FROM_ZERO),
        ([1, np.nan], chart.NOT_FROM_ZERO),
        ([0, 2], ""),
        ([-1, 2], ""),
        ([np.nan, np.nan], ""),
    ],
)
def test_an_axis_that_leaves_zero_out_says_so(values: list[float], note: str) -> None:
    data = pd.DataFrame({"value": values, "name": "words"})
    assert chart.starts_above_zero(data) == note


@pytest.mark.parametrize(("most", "decimals"), [(40.0, 1), (1.0, 1), (0.5, 2), (0.004, 4), (0, 1)])
def test_small_numbers_have_more_decimals(most: float, decimals: int) -> None:
    assert chart.places(pd.DataFrame({"a": [0.0, -most, np.nan]})) == decimals


def test_what_nobody_knows_has_one_decimal() -> None:
    assert chart.places(pd.DataFrame({"a": [np.nan]})) == 1
