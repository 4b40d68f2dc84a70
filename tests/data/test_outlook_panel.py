from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.tables import outlook
from rebalancing.data.views import outlook_panel


def table(economies: tuple[str, ...] = ("AAA", "BBB")) -> pd.DataFrame:
    """Values are 100 for each economy, one per year, and a tenth of the release's year."""
    rows = [
        (f"{release}-10", code, year, 100 * i + year - 2000 + release / 10, release)
        for release in (2018, 2019, 2020)
        for i, code in enumerate(economies)
        for year in range(2013 if code != "BBB" else 2016, 2022)
    ]
    columns = ["release", "economy", "year", "value", "first_forecast_year"]
    frame = pd.DataFrame(rows, columns=columns).assign(series="S", unit="percent change")
    return frame.astype({"first_forecast_year": "Int64"})


def test_the_rows_of_an_economy_are_those_of_the_outlook() -> None:
    found = outlook_panel.forecasts(table(), "S", ["AAA", "BBB", "none"])
    assert found.columns.tolist() == ["economy", *outlook.COLUMNS, *outlook_panel.NAIVE]
    assert set(found["economy"]) == {"AAA", "BBB"}
    for code in ("AAA", "BBB"):
        own = found[found["economy"] == code][outlook.COLUMNS].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, outlook.forecasts(table(), "S", code))


def test_naive_forecasts_use_what_the_same_release_calls_actual() -> None:
    found = outlook_panel.forecasts(table(), "S", ["AAA", "BBB"])
    own = found[(found["economy"] == "AAA") & (found["release"] == "2019-10")]
    assert set(own["last_known"]) == {18 + 201.9}
    assert set(own["five_year_mean"].round(6)) == {16 + 201.9}
    short = found[found["economy"] == "BBB"].set_index("release")
    assert short.loc["2020-10", "last_known"].iloc[0] == pytest.approx(119 + 202)
    assert short["five_year_mean"].isna().all()


def test_economies_without_the_release_of_outcomes_are_passed_over() -> None:
    full = table()
    gone = full[~((full["economy"] == "BBB") & (full["release"] == "2020-10"))]
    assert set(outlook_panel.forecasts(gone, "S", ["AAA", "BBB"])["economy"]) == {"AAA"}
    earlier = outlook_panel.forecasts(gone, "S", ["AAA", "BBB"], "2019-10")
    assert set(earlier["economy"]) == {"AAA", "BBB"}
    known = earlier.dropna(subset="outcome")
    assert set(known["outcome_release"]) == {"2019-10"}
    assert np.isfinite(known["outcome"]).all()


def test_nothing_to_score_is_an_error() -> None:
    with pytest.raises(outlook.OutlookError, match="any of these economies"):
        outlook_panel.forecasts(table(), "S", ["XXX"])
    with pytest.raises(outlook.OutlookError, match="no release 2030-10"):
        outlook_panel.forecasts(table(), "S", ["AAA"], "2030-10")
