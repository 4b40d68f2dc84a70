from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import nowcast


def by_period(**values: float) -> pd.Series:
    return pd.Series({name[1:].replace("_", "-"): value for name, value in values.items()})


def test_growth_at_current_prices_compounds() -> None:
    years = [2024, 2025]
    real, price = pd.Series([5.0, 10.0], years), pd.Series([-1.0, 10.0], years)
    assert nowcast.nominal(real, price).to_list() == pytest.approx([3.95, 21.0])


def test_months_are_taken_at_one_month_or_averaged_up_to_it() -> None:
    values = by_period(p2025_01=2.0, p2025_07=4.0, p2025_12=9.0, p2026_03=1.0, p2026_06=5.0)
    assert nowcast.at_month(values, 12).to_dict() == {2025: 9.0}
    assert nowcast.mean_to(values, 7).to_dict() == {2025: 3.0}
    assert nowcast.at_month(values.iloc[:0].set_axis(pd.Index([], dtype="str")), 7).empty


def test_spending_of_all_households_grows_with_their_number() -> None:
    levels = by_period(p2024_Q2=50.0, p2024_Q4=100.0, p2025_Q2=54.0, p2025_Q4=110.0, p2026_Q2=60.0)
    people = pd.Series([1000.0, 990.0], [2024, 2025])
    assert nowcast.survey(levels, people).to_dict() == pytest.approx({2025: 8.9})
    # In 2026 the number of people is taken to fall as in the year before.
    half = nowcast.survey(levels, people, 2)
    assert half.to_dict() == pytest.approx({2025: 6.92, 2026: 10.0})
    assert nowcast.survey(levels.iloc[:0], people).empty


def test_what_consumption_added_beyond_its_weight() -> None:
    percent, real = pd.Series({2025: 52.0}), pd.Series({2025: 5.0})
    found = nowcast.contribution(percent, pd.Series({2024: 56.0}), real)
    assert found.to_dict() == pytest.approx({2025: -0.2})


def test_less_saving_is_more_consumption() -> None:
    rows = pd.DataFrame(
        [
            ("2025-10", "NGSD_NGDP", 2024, 43.0),
            ("2025-10", "NGSD_NGDP", 2025, 42.0),
            ("2025-10", "BCA", 2025, 1.0),
            ("2026-04", "BCA", 2026, 1.0),
        ],
        columns=["release", "series", "year", "value"],
    )
    found = nowcast.outlooks(rows)
    assert list(found) == ["2025-10"]
    assert found["2025-10"]["saving"].dropna().to_dict() == {2025: 1.0}


def test_the_share_is_read_from_each_release() -> None:
    table = pd.DataFrame(
        [
            ("2023", "NCU", "CHN", 2023, 39.0),
            ("2024", "USD", "CHN", 2023, 39.5),
            ("2024", "USD", "CHN", 2024, 40.0),
            ("2025", "USD", "CHN", 2025, 41.0),
        ],
        columns=["release", "currency", "economy", "year", "household_pct_gdp"],
    )
    found = nowcast.shares_by_release(table, "CHN", "2024")
    assert {name: share.to_list() for name, share in found.items()} == {
        "2023": [39.0],
        "2024": [39.5, 40.0],
    }
