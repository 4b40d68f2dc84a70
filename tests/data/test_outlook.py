from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.tables import outlook

# Year 2020 is forecast in 2019-10 and 2020-04, first called actual in 2021-04 and revised later.
ROWS = [
    ("2019-10", 2018, 6.6, 2019), ("2019-10", 2019, 6.1, 2019), ("2019-10", 2020, 5.8, 2019),
    ("2020-04", 2019, 6.0, 2020), ("2020-04", 2020, 1.2, 2020), ("2020-04", 2021, 9.2, 2020),
    ("2021-04", 2020, 2.3, 2021), ("2021-04", 2021, 8.4, 2021),
    ("2022-04", 2020, 2.2, 2022), ("2022-04", 2021, 8.1, 2022),
]  # fmt: skip


def table(economy: str = "CHN", *, start: bool = True) -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=["release", "year", "value", "first_forecast_year"])
    frame = frame.assign(economy=economy, series="S", unit="percent change")
    first = frame["first_forecast_year"] if start else pd.Series(pd.NA, frame.index)
    return frame.assign(first_forecast_year=first.astype("Int64"))


def test_each_forecast_has_both_outcomes() -> None:
    found = outlook.forecasts(table(), "S", "CHN")
    assert found.columns.tolist() == outlook.COLUMNS
    of_2020 = found[found["year"] == 2020].set_index("release")
    assert of_2020["forecast"].to_dict() == {"2019-10": 5.8, "2020-04": 1.2}
    assert of_2020["horizon"].to_dict() == {"2019-10": 1, "2020-04": 0}
    assert of_2020["months_ahead"].to_dict() == {"2019-10": 14, "2020-04": 8}
    assert set(of_2020["first_outcome"]) == {2.3}
    assert set(of_2020["first_outcome_release"]) == {"2021-04"}
    assert set(of_2020["outcome"]) == {2.2}
    assert found["horizon"].dtype == "int64"


def test_the_outcome_can_be_that_of_an_earlier_release() -> None:
    found = outlook.forecasts(table(), "S", "CHN", outcome_release="2021-04")
    assert set(found.loc[found["year"] == 2020, "outcome"]) == {2.3}
    assert found.loc[found["year"] == 2021, "outcome"].isna().all()


def test_years_called_actual_are_no_forecasts() -> None:
    found = outlook.forecasts(table(), "S", "CHN")
    assert not ((found["release"] == "2021-04") & (found["year"] == 2020)).any()


def test_a_year_before_the_release_is_no_forecast_even_where_it_is_estimated() -> None:
    late = table().assign(first_forecast_year=pd.array([2017] * len(ROWS), dtype="Int64"))
    found = outlook.forecasts(late, "S", "CHN")
    assert (found["horizon"] >= 0).all()
    assert found["outcome"].isna().all()


def test_where_no_actual_year_is_stated_the_year_of_the_release_begins_the_forecasts() -> None:
    stated = outlook.forecasts(table(), "S", "CHN")
    group = outlook.forecasts(table("G001", start=False), "S", "G001")
    pd.testing.assert_frame_equal(group, stated)


def test_what_the_outlook_does_not_have_is_an_error() -> None:
    with pytest.raises(outlook.OutlookError, match="no S of CUB"):
        outlook.forecasts(table(), "S", "CUB")
    with pytest.raises(
        outlook.OutlookError, match=r"no release 2023-04 .*allowed: latest, 2019-10"
    ):
        outlook.forecasts(table(), "S", "CHN", outcome_release="2023-04")
