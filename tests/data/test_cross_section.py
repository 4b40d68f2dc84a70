import pandas as pd
import pytest

from rebalancing.data.cross_section import TooFewEconomiesError, of_one_release

FRAME = pd.DataFrame(
    [
        (release, economy, "X", year, value, unit)
        for release, unit, economies, value in [
            ("2018-08-01", "2011 $", "ABC", 1.0),
            ("2025-12-17", "2021 $", "ABC", 2.0),
            ("2026-06-06", "2021 $", "A", 3.0),
        ]
        for economy in economies
        for year in (2010, 2011)
    ],
    columns=["release", "economy", "series", "year", "value", "unit"],
)


def test_all_economies_come_from_the_newest_release_that_has_many() -> None:
    table = of_one_release(FRAME, "X", at_least=3)
    assert table.to_numpy().tolist() == [[2.0] * 3] * 2
    assert table.attrs == {"release": "2025-12-17", "unit": "2021 $"}


def test_nothing_newer_than_the_release_asked_for() -> None:
    assert of_one_release(FRAME, "X", "2025-12-16", at_least=3).attrs["release"] == "2018-08-01"
    assert of_one_release(FRAME, "X", "2025", at_least=3).attrs["release"] == "2025-12-17"


def test_a_series_of_few_economies_is_refused() -> None:
    with pytest.raises(TooFewEconomiesError, match="X: no release up to latest has 100"):
        of_one_release(FRAME, "X")
