from __future__ import annotations

import pandas as pd

from rebalancing.data.views import outcomes

ROWS = [
    # release, economy, year, value, first forecast year
    ("2019-10", "CHN", 2018, 6.6, 2019),
    ("2019-10", "CHN", 2019, 6.1, 2019),
    ("2020-04", "CHN", 2018, 6.7, 2020),
    ("2020-04", "CHN", 2019, 6.0, 2020),
    ("2025-10", "CHN", 2019, 5.9, 2025),
    ("2025-10", "CHN", 2024, 5.0, 2025),
    ("2025-10", "CHN", 2025, 4.8, 2025),
    ("2020-04", "IND", 2019, 4.2, None),
    ("2025-10", "IND", 2019, 3.9, None),
    ("2020-04", "USA", 1980, 1.0, 2020),
    ("2025-10", "USA", 1980, 1.2, 2025),
    # A release that says a whole year is known before it has ended.
    ("2020-04", "KOR", 2020, -1.0, 2021),
    ("2025-10", "KOR", 2020, -0.7, 2025),
]


def table() -> pd.DataFrame:
    columns = ["release", "economy", "year", "value", "first_forecast_year"]
    rows = pd.DataFrame(ROWS, columns=columns).assign(series="NGDP_RPCH")
    return rows.astype({"first_forecast_year": "Int64"})


def test_forecasts_and_the_release_s_own_year_are_not_actual() -> None:
    found = outcomes.actual(table(), "NGDP_RPCH")
    pairs = set(zip(found["economy"], found["release"], found["year"], strict=True))
    assert ("CHN", "2019-10", 2019) not in pairs
    assert ("CHN", "2025-10", 2025) not in pairs
    assert ("IND", "2020-04", 2019) in pairs
    assert ("KOR", "2020-04", 2020) not in pairs


def test_first_and_latest_outcome_of_years_first_published_after_the_oldest_release() -> None:
    found = outcomes.first_and_latest(table(), "NGDP_RPCH")
    assert found.to_dict("records") == [
        {
            "economy": "CHN",
            "year": 2019,
            "preliminary": 6.0,
            "first_release": "2020-04",
            "final": 5.9,
            "final_release": "2025-10",
        },
        {
            "economy": "IND",
            "year": 2019,
            "preliminary": 4.2,
            "first_release": "2020-04",
            "final": 3.9,
            "final_release": "2025-10",
        },
    ]


def test_a_table_without_releases_has_no_outcomes() -> None:
    found = outcomes.first_and_latest(table().iloc[:0], "NGDP_RPCH")
    assert found.empty
    assert "preliminary" in found
