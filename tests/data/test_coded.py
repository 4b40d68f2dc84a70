"""Texts as codes, and back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.releases.coded import coded, constant, joined, pivoted, plain

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


def test_categories_are_put_in_order() -> None:
    swapped = coded(FRAME).assign(economy=coded(FRAME)["economy"].map({"CHN": "Z", "JPN": "A"}))
    found = coded(swapped)["economy"]
    assert found.cat.categories.tolist() == ["A", "Z"]
    assert found.max() == "Z"
    assert found.tolist() == ["A", "Z", "A"]


def test_texts_of_any_kind_become_codes() -> None:
    parts = coded(FRAME)["economy"].str.extract("^(?P<first>.)(?P<rest>..)$")
    pd.testing.assert_frame_equal(
        plain(coded(parts)),
        pd.DataFrame({"first": ["J", "C", "J"], "rest": ["PN", "HN", "PN"]}, dtype="str"),
    )


def test_tables_with_other_texts_are_joined() -> None:
    other = FRAME.assign(economy=pd.Series(["ZAF", "ABW", "CHN"], dtype="str"))
    both = joined([FRAME, coded(other)])
    expected = pd.concat([FRAME, other], ignore_index=True)
    assert both["economy"].cat.categories.tolist() == ["ABW", "CHN", "JPN", "ZAF"]
    pd.testing.assert_frame_equal(plain(both), expected)


def test_a_column_without_any_text_is_joined_to_one_with_texts() -> None:
    untyped = pd.Categorical.from_codes([-1, -1, -1], pd.Index([], dtype="object"))
    both = joined([FRAME.assign(partner=untyped), FRAME])
    assert both["partner"].dropna().tolist() == ["USA"]


def test_a_column_may_be_of_one_text() -> None:
    some = FRAME[FRAME["economy"] == "JPN"]
    found = some.assign(economy=constant("CHN", some.index))
    assert found["economy"].tolist() == ["CHN", "CHN"]


@pytest.mark.parametrize("rows", [0, 60])
def test_pivoted_is_what_pandas_gives(rows) -> None:
    rng = np.random.default_rng(0)
    places = rng.permutation(3 * 5 * 7)[:rows]
    economy, year, item = np.unravel_index(places, (3, 5, 7))
    frame = coded(
        pd.DataFrame(
            {
                "economy": np.array(["CHN", "USA", "JPN"])[economy],
                "year": 1990 + 2 * year,
                "item": np.array(list("GFEDCBA"))[item],
                "value": rng.normal(size=rows),
            }
        )
    )
    found = pivoted(frame, ["economy", "year"], "item", "value")
    expected = frame.pivot(index=["economy", "year"], columns="item", values="value")
    expected = expected.sort_index().rename(columns=str).rename_axis(columns=None).reset_index()
    pd.testing.assert_frame_equal(found, expected, check_column_type=False)


def test_rows_that_do_not_differ_are_not_pivoted() -> None:
    frame = coded(pd.DataFrame({"economy": ["CHN"] * 2, "item": ["A"] * 2, "value": [1.0, 2.0]}))
    with pytest.raises(ValueError, match="two rows have the same economy and item"):
        pivoted(frame, ["economy"], "item", "value")


@pytest.mark.parametrize("name", ["economy", "year", "item"])
def test_a_row_without_a_key_or_a_text_is_not_pivoted(name) -> None:
    frame = pd.DataFrame(
        {"economy": ["CHN", "JPN"], "year": [1990, 1991], "item": ["A", "B"], "value": [1.0, 2.0]}
    )
    frame.loc[0, name] = None
    with pytest.raises(ValueError, match=f"^a row has no {name}$"):
        pivoted(coded(frame), ["economy", "year"], "item", "value")
