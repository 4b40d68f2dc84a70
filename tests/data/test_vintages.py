import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.data.releases import UnknownReleaseError
from rebalancing.data.views.vintages import as_of

FRAME = pd.DataFrame(
    [
        ("2024-03-19", "CHN", "A", 2022, 1.0),
        ("2024-03-19", "CHN", "A", 2023, 2.0),
        ("2024-03-19", "CHN", "B", 2022, 3.0),
        ("2024-10-07", "CHN", "A", 2023, 4.0),
        ("2024-10-07", "USA", "A", 2023, 5.0),
        ("2025-03-20", "CHN", "B", 2022, 6.0),
    ],
    columns=["release", "economy", "series", "year", "value"],
)


def test_each_series_comes_from_its_newest_release() -> None:
    assert as_of(FRAME)["value"].tolist() == [4.0, 5.0, 6.0]


def test_nothing_later_than_the_day_is_used_and_nothing_is_joined() -> None:
    assert as_of(FRAME, "2024-10-06")["value"].tolist() == [1.0, 2.0, 3.0]
    assert as_of(FRAME, "2024-10-07")["value"].tolist() == [3.0, 4.0, 5.0]


def test_a_month_or_year_stands_for_all_of_it() -> None:
    assert as_of(FRAME, "2024-10")["value"].tolist() == [3.0, 4.0, 5.0]
    assert as_of(FRAME, "2024")["value"].tolist() == [3.0, 4.0, 5.0]


def test_prices_partners_and_items_are_series_of_their_own() -> None:
    frame = pd.DataFrame(
        [
            ("2022", "current NCU", "CHN", "GDP", 1.0),
            ("2023", "current USD", "CHN", "GDP", 2.0),
            ("2024", "current USD", "CHN", "GDP", 3.0),
        ],
        columns=["release", "prices", "economy", "item", "value"],
    )
    assert as_of(frame)["value"].tolist() == [1.0, 3.0]


def test_a_missing_partner_is_no_reason_to_lose_rows() -> None:
    assert len(as_of(FRAME.assign(partner=None))) == 3


def test_names_that_are_neither_date_nor_release_are_refused() -> None:
    with pytest.raises(UnknownReleaseError, match="'newest' is neither a date"):
        as_of(FRAME, "newest")
    with pytest.raises(UnknownReleaseError, match="the first is 2024-03-19"):
        as_of(FRAME, "2023-12-31")
    assert len(as_of(FRAME.assign(release="10.01"), "10.01")) == 6


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2024-01-01", "2024-02-01", "2024-03-01"]), st.sampled_from("AB")
        ),
        min_size=1,
        unique=True,
    ),
    st.sampled_from(["2024-01-01", "2024-02-15", "latest"]),
)
def test_one_release_per_series_and_never_a_later_one(
    rows: list[tuple[str, str]], release: str
) -> None:
    frame = pd.DataFrame(rows, columns=["release", "series"]).assign(economy="CHN")
    known = frame if release == "latest" else frame[frame["release"] <= release]
    if known.empty:
        with pytest.raises(UnknownReleaseError):
            as_of(frame, release)
        return
    expected = known.groupby("series")["release"].max().to_dict()
    assert as_of(frame, release).set_index("series")["release"].to_dict() == expected
