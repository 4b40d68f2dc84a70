from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from rebalancing.report import text

M = text.MINUS


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (39.93, "% of GDP", "39.9%"),
        (39.95, "% of world manufactured exports", "40.0%"),
        (100, "%", "100.0%"),
        (-2.34, "%", f"{M}2.3%"),
        (1234.5, "% of GDP", "1,234.5%"),
        (-18.42, "percentage points", f"{M}18.4 points"),
        (1.0, "percentage points", "1.0 points"),
        (0.256, "percentage points a year", "0.26 points a year"),
        (-0.256, "percentage points a year", f"{M}0.26 points a year"),
        (11.36, "log points", "11.4 log points"),
        (1.136, "log points a year", "1.14 log points a year"),
        (4.62, "% a year", "4.6% a year"),
        (13.4, "percentile", "13th"),
        (0.0421, "p-value", "0.042"),
        (0.0002, "p-value", "below 0.001"),
        (18.234, "test statistic", "18.23"),
        (14129.8, "US$ a head", "$14,130"),
        (1234.4, "US$ billion", "$1,234 billion"),
        (-1234.4, "US$ billion", f"{M}$1,234 billion"),
        (112.24, "US$ trillion", "$112.2 trillion"),
        (2024, "year", "2024"),
        (2024.0, "year", "2024"),
        (12, "years", "12 years"),
        (1.2, "years", "1 year"),
        (0.3, "years", "less than a year"),
        (0.0, "years", "0 years"),
        (21034, "count", "21,034"),
        (0, "count", "0"),
        (1.005001, "ratio", "1.01"),
        (-0.5, "ratio", f"{M}0.50"),
        (102.34, "index", "102.3"),
        ("China", "words", "China"),
        (None, "% of GDP", "not published"),
        (None, "words", "not published"),
    ],
)
def test_the_unit_decides_the_form(value: float | str | None, unit: str, shown: str) -> None:
    assert text.form(value, unit) == shown


def test_every_unit_has_a_case_here() -> None:
    covered = set(_parameters(test_the_unit_decides_the_form))
    assert set(text.UNITS) <= covered


def _parameters(test: object) -> list[str]:
    (mark,) = (m for m in test.pytestmark if m.name == "parametrize")  # type: ignore[attr-defined]
    return [unit for _, unit, _ in mark.args[1]]


@pytest.mark.parametrize("unit", ["% of GDP", "percentage points", "US$ trillion", "index"])
@pytest.mark.parametrize("value", [-0.0, -0.04, -0.049999])
def test_what_rounds_to_zero_has_no_minus(unit: str, value: float) -> None:
    assert M not in text.form(value, unit)
    assert "0.0" in text.form(value, unit)


@pytest.mark.parametrize("unit", sorted(set(text.UNITS) - {"year", "percentile"}))
def test_the_minus_is_a_minus_and_not_a_hyphen(unit: str) -> None:
    assert text.form(-2500.0, unit).startswith(M)
    assert "-" not in text.form(-2500.0, unit)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0th"), (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"),
        (13, "13th"), (21, "21st"), (22.4, "22nd"), (99.6, "100th"), (101, "101st"), (111, "111th"),
    ],
)  # fmt: skip
def test_ordinals(number: float, shown: str) -> None:
    assert text.ordinal(number) == shown
    assert text.form(number, "percentile") == shown


@pytest.mark.parametrize("unit", ["", "percent", "% GDP", "US$", "Name"])
def test_an_unknown_unit_is_refused_with_those_allowed(unit: str) -> None:
    with pytest.raises(text.UnitError) as caught:
        text.form(1.0, unit)
    assert repr(unit) in str(caught.value)
    assert all(known in str(caught.value) for known in text.UNITS)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.nan, pd.NA, "39.9", b"1"])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(text.UnitError, match="finite number"):
        text.form(value, "% of GDP")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [2024, math.nan, 1.5])
def test_a_number_is_no_name(value: float) -> None:
    with pytest.raises(text.UnitError, match="is no words"):
        text.form(value, "words")


def test_numpy_numbers_are_numbers() -> None:
    assert text.form(np.int64(7), "count") == "7"
    assert text.form(np.float32(2.5), "ratio") == "2.50"


def test_horizons_are_counted_in_years() -> None:
    assert text.years_ahead(1) == "1 year ahead"
    assert text.years_ahead(5) == "5 years ahead"


def test_names_are_joined_as_a_sentence_does() -> None:
    assert text.join(["Japan"]) == "Japan"
    assert text.join(["Japan", "Korea"]) == "Japan and Korea"
    assert text.join(["Japan", "Korea", "China"]) == "Japan, Korea and China"


def test_possessives_and_capitals() -> None:
    assert text.possessive("China") == "China’s"
    assert text.possessive("the United States") == "the United States’"
    assert text.capitalise("the United States") == "The United States"
    assert text.capitalise("eSwatini") == "ESwatini"
    assert text.capitalise("") == ""


def test_apostrophes_are_set_and_quotation_marks_are_not() -> None:
    assert text.apostrophes("China's and its partners' trade") == "China’s and its partners’ trade"
    assert text.apostrophes("the word 'share'").startswith("the word 'share")
    assert text.apostrophes("no sign") == "no sign"


def test_percent() -> None:
    assert text.percent(0.8) == "80%"
    assert text.percent(0.0) == "0%"


@pytest.mark.parametrize("unit", text.UNITS)
@pytest.mark.parametrize("value", [0.0, 0.0001, 0.04, 0.3, 1.0, 2.5, 1234.5])
def test_parts_make_up_the_form_and_figures_have_digits_or_are_all(unit: str, value: float) -> None:
    parts = text.parts(value, unit)
    assert (
        str(parts) == " ".join(filter(None, [parts.figures, parts.words])) == text.form(value, unit)
    )
    assert not parts.words or parts.figures[-1:].isdigit() or parts.figures[-1:] == "%"
    assert any(map(str.isdigit, parts.bound))


@pytest.mark.parametrize(
    ("value", "unit", "figures", "words"),
    [
        (1.2, "percentage points a year", "1.20", "points a year"),
        (1.2, "% a year", "1.2%", "a year"),
        (992.0, "US$ billion", "$992", "billion"),
        (0.01, "percentage points", "under 0.05 points", ""),
        (0.2, "years", "less than a year", ""),
        (None, "% of GDP", "not published", ""),
        ("rises slowly", "finding", "rises slowly", ""),
    ],
)
def test_a_value_has_figures_and_words(
    value: float | str | None, unit: str, figures: str, words: str
) -> None:
    assert text.parts(value, unit)[:2] == (figures, words)


def test_an_interval_says_its_unit_once() -> None:
    assert text.between(-1.5, 2.0, "percentage points") == f"{M}1.5 to 2.0 points"
    assert text.between(40, 50, "% of GDP") == "40.0% to 50.0%"
    assert text.between(0.0001, 0.02, "p-value") == "0.000 to 0.020"
    assert text.between(3, 20, "US$ billion") == "$3.0 to $20 billion"


def test_a_small_bound_keeps_its_sign_and_its_place() -> None:
    assert text.between(-0.3, -0.02, "percentage points") == f"{M}0.3 to 0.0 points"
    assert text.between(-0.3, 0.02, "percentage points") == f"{M}0.3 to 0.0 points"
    assert (
        text.between(-0.2, -0.004, "percentage points a year") == f"{M}0.20 to 0.00 points a year"
    )
    assert text.between(-2, 0.01, "% a year") == f"{M}2.0% to 0.0% a year"
    assert text.between(2, 0.1, "years") == "2 to 0.1 years"
    assert text.between(0.01, 3, "US$ billion") == "$0.0 to $3.0 billion"
    assert text.between(-3, 0.01, "US$ billion") == f"{M}$3.0 to $0.0 billion"
    assert text.between(-1, 0.04, "% of GDP") == f"{M}1.0% to 0.0%"
    assert text.between(0.0001, 0.0002, "p-value") == "0.000 to 0.000"


def test_a_bound_is_told_without_the_words_of_its_unit() -> None:
    assert text.bare(38.7, "% of GDP") == "38.7%"
    assert text.bare(-0.45, "percentage points a year") == "−0.45"
    assert text.bare(0.04, "% of GDP") == "0.0%"
    assert text.bare(0.3, "years") == "0.3"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("(p = 0.641)", "(p~=~0.641)"),
        ("with p = ", "with p~=~"),
        ("gives t = −4.91", "gives t~=~−4.91"),
        ("2020 = 100", "2020 = 100"),
        ("where up = 3", "where up = 3"),
        ("5 points or more, 1.2 log points", "5~points or more, 1.2~log points"),
        ("$20 billion in 10 years", "$20~billion in 10~years"),
        ("since 2004 points moved", "since 2004~points moved"),
        ("of 12 pointers", "of 12 pointers"),
    ],
)
def test_numbers_keep_together_with_symbol_and_unit(words: str, kept: str) -> None:
    assert text.unbroken(words) == kept.replace("~", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("0.39 (-0.43 to 1.22)", f"0.39 ({M}0.43 to 1.22)"),
        ("-2 and $-3", f"{M}2 and ${M}3"),
        ("the 5-year mean of 2019-10, 3-1 and EU-27", "the 5-year mean of 2019-10, 3-1 and EU-27"),
        ("2019-10–2025-10", "2019-10–2025-10"),
    ],
)
def test_negative_numbers_in_words_have_a_minus(words: str, shown: str) -> None:
    assert text.minus_signs(words) == shown


@pytest.mark.parametrize(
    ("percentage", "words"),
    [
        (0.0, "less than one in a hundred"),
        (0.9, "about one in a hundred"),
        (2.43, "about one in forty"),
        (10.5, "about one in ten"),
        (11.0, "about one in ten"),
        (15.4, "about one in six"),
        (37.9, "about two in five"),
        (49.2, "about one in two"),
        (62.1, "about three in five"),
        (89.5, "about nine in ten"),
        (99.0, "more than nineteen in twenty"),
        (100.0, "more than nineteen in twenty"),
    ],
)
def test_odds_are_the_nearest_that_readers_know(percentage: float, words: str) -> None:
    assert text.odds(percentage) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "half a"),
        (1.0, "one"),
        (15, "fifteen"),
        (20, "twenty"),
        (21, "21"),
        (2.5, "2.5"),
        (1e7, "ten million"),
        (1.5e6, "1,500,000"),
    ],
)
def test_round_numbers_are_spelled(value: float, words: str) -> None:
    assert text.spelled(value) == words


@pytest.mark.parametrize(
    ("percentage", "words"),
    [
        (80.0, "four fifths"),
        (200 / 3, "two thirds"),
        (100 * (0.9 - 0.1), "four fifths"),
        (81.0, ""),
    ],
)
def test_simple_fractions_are_spelled(percentage: float, words: str) -> None:
    assert text.spelled_part(percentage) == words


def test_odds_rise_with_the_probability() -> None:
    said = [text.odds(step / 10) for step in range(1001)]
    distinct = list(dict.fromkeys(said))
    assert [words for words, _ in itertools.groupby(said)] == distinct
    assert len(distinct) > 15


@pytest.mark.parametrize("value", [-0.1, 100.1, float("nan")])
def test_what_is_no_probability_has_no_odds(value: float) -> None:
    with pytest.raises(text.UnitError, match="no probability"):
        text.odds(value)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (39.13, "% of GDP", "39.13%"),
        (0.44, "percentage points", "0.44 points"),
        (-1.005, "percentage points", f"{M}1.00 points"),
    ],
)
def test_the_finer_form_has_one_digit_more(value: float, unit: str, shown: str) -> None:
    assert text.finer(value, unit) == shown


@pytest.mark.parametrize("unit", ["count", "log points", "% a year"])
def test_other_units_have_no_finer_form(unit: str) -> None:
    with pytest.raises(text.UnitError, match="no finer form"):
        text.finer(1.0, unit)
