"""A method that changes starts with rows of its own; both are scored, each beside the naive one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.book.pages import forecast_page
from rebalancing.data.releases import Release
from rebalancing.editions import forecast_scores as scores
from rebalancing.report.forecast_log import METHODS

SHARES = pd.Series([38.0, 39.0, 40.0], index=[2022, 2023, 2024])
OLD, NEW = METHODS


def row(forecaster: str, last_year: int, year: int, median: float) -> dict[str, object]:
    quantiles = {
        f"q{level:g}": median + 10 * (level - 0.5) for level in (0.1, 0.25, 0.5, 0.75, 0.9)
    }
    return {
        "economy": "CHN",
        "measure": "share",
        "forecaster": forecaster,
        "release": f"unsd-ama {last_year}",
        "released": f"{last_year + 1}-12",
        "last_year": last_year,
        "last_value": SHARES[last_year],
        "made": scores.AT_THE_TIME,
        "year": year,
        **quantiles,
    }


@pytest.fixture
def record() -> forecast_page.ForecastRecord:
    made = [(OLD, 38.5), (forecast_page.NAIVE, 38.0)]
    rows = [row(name, 2022, year, median) for name, median in made for year in (2023, 2024, 2025)]
    made = [(OLD, 39.5), (NEW, 40.0), (forecast_page.NAIVE, 39.0)]
    rows += [row(name, 2023, year, median) for name, median in made for year in (2024, 2025)]
    log = pd.DataFrame(rows)
    scored = scores.score(log, SHARES.to_frame("CHN"))
    newest = Release("unsd-ama", "2024", "2025-12", Path(), {"citation": "UN, accounts to 2024."})
    return forecast_page.ForecastRecord("China", "latest", log, scored, SHARES, newest)


def test_each_method_is_scored_beside_the_naive_forecast_of_its_release(
    record: forecast_page.ForecastRecord,
) -> None:
    assert record.own["forecaster"].tolist() == [OLD, OLD, OLD, NEW]
    assert (record.own["year"] == record.naive["year"]).all()
    assert (record.own["release"] == record.naive["release"]).all()
    said = forecast_page.numbers(record)
    assert (said["scored"], said["waiting"], said["is_changed"]) == (4, 3, True)
    table = forecast_page.score_table(record)
    assert table.loc["all", "Forecasts"] == 4
    errors = table.loc["all", f"Mean error: {forecast_page.NAIVE}"]
    assert errors == pytest.approx(np.mean([1.0, 2.0, 1.0, 1.0]))


def test_tables_say_whose_a_forecast_is(record: forecast_page.ForecastRecord) -> None:
    scored, waiting = forecast_page.scored_table(record), forecast_page.waiting_table(record)
    rules = list(forecast_page.RULES.values())
    assert scored["Combination"].tolist() == [rules[0]] * 3 + [rules[1]]
    assert list(waiting.index) == ["to 2022", "to 2023", f"to 2023, {rules[1]}"]
