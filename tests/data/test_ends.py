"""Lengths are compared across a publisher's datasets: a series new in one may be older in another.

The exchange rate that ended ten years before the one held in another dataset looked like a series
more, and nothing was said of it.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.compare import judge
from rebalancing.data.compare.comparison import Comparison, compare_releases
from rebalancing.project import Project

from .test_compare import accounts, write

KIND = "ends earlier than in another dataset"


def exchange_rates(last: int, rate: float = 6.5, unit: str = "yuan per dollar") -> pd.DataFrame:
    """Yearly rates of China from 2000, which move by up to a tenth."""
    years = np.arange(2000, last + 1)
    rows = {"period": years.astype(str), "value": rate * (1 + 0.1 * np.sin(years)), "unit": unit}
    return pd.DataFrame(rows).assign(economy="CHN", series="XR")


def with_rates(folder: Path, new: pd.DataFrame, last_held: int = 2020) -> Comparison:
    """Compare a release whose dataset newly has exchange rates; another dataset has had them."""
    write(folder, "2020", exchange_rates(last_held), dataset="rates")
    old = write(folder, "2021", accounts())
    return compare_releases(old, write(folder / "staged", "2022", pd.concat([accounts(), new])))


def test_a_new_series_that_ends_years_before_another_dataset_is_remarked(
    tmp_path: Path, this_project: Project
) -> None:
    comparison = with_rates(tmp_path, exchange_rates(2010))
    (row,) = comparison.coverage.to_dict(orient="records")
    assert row == {
        "dataset": "current-usd",
        "series": "XR",
        "economy": "CHN",
        "partner": "",
        "kind": KIND,
        "before": "2020",
        "after": "2010",
        "values_lost": 10,
    }
    judged = judge.judge(comparison, judge.read_thresholds(this_project))
    assert judged.readings["own_breaks"] == judged.readings["watched_breaks"] == 1
    assert any("China, Title of XR" in reason for reason in judged.reasons)
    assert KIND in judged.text


@pytest.mark.parametrize(
    "new",
    [
        exchange_rates(2020),
        exchange_rates(2019),  # a late update
        exchange_rates(2010, rate=100),  # an index under the same code
        exchange_rates(2010, unit="dollars per yuan"),
    ],
    ids=["as long", "a year behind", "other values", "another unit"],
)
def test_what_is_as_long_or_another_series_is_not(tmp_path: Path, new: pd.DataFrame) -> None:
    assert KIND not in set(with_rates(tmp_path, new).coverage["kind"])


def test_a_dataset_that_always_was_shorter_is_not_remarked_again(tmp_path: Path) -> None:
    write(tmp_path, "2020", exchange_rates(2020), dataset="rates")
    shorter = pd.concat([accounts(), exchange_rates(2010)])
    old = write(tmp_path, "2021", shorter)
    assert compare_releases(old, write(tmp_path / "staged", "2022", shorter)).coverage.empty
