"""Texts as codes, and back."""

from __future__ import annotations

import pandas as pd

from rebalancing.data.tables._coded import coded, joined, plain, whole_numbers

FRAME = pd.DataFrame(
    {
        "economy": pd.Series(["JPN", "CHN", "JPN"], dtype="str"),
        "partner": pd.Series([None, "USA", None], dtype="str"),
        "value": [1.5, 2.0, None],
        "year": pd.Series([2000, 2001, None], dtype="Int64"),
    }
)


def test_texts_come_back_as_they_were_and_other_columns_are_left_alone() -> None:
    assert coded(FRAME)["economy"].cat.categories.tolist() == ["CHN", "JPN"]
    pd.testing.assert_frame_equal(plain(coded(FRAME)), FRAME, check_exact=True)


def test_rows_are_sorted_as_their_texts_are_with_missing_ones_last() -> None:
    keys = ["partner", "economy"]
    found = plain(coded(FRAME).sort_values(keys))
    pd.testing.assert_frame_equal(found, FRAME.sort_values(keys, ignore_index=True))


def test_tables_with_other_texts_are_joined() -> None:
    other = FRAME.assign(economy=pd.Series(["ZAF", "ABW", "CHN"], dtype="str"))
    both = joined([coded(FRAME), coded(other)])
    expected = pd.concat([FRAME, other], ignore_index=True)
    assert both["economy"].cat.categories.tolist() == ["ABW", "CHN", "JPN", "ZAF"]
    pd.testing.assert_frame_equal(plain(both), expected)


def test_numbers_are_read_from_texts() -> None:
    texts = pd.Series(["2024", "1970", "2024"], dtype="str")
    assert whole_numbers(texts).tolist() == [2024, 1970, 2024]
    assert whole_numbers(texts).dtype == "int64"
