from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.releases import Release
from rebalancing.models.forecast import NormalDensity
from rebalancing.report import forecast_log

OBSERVED = pd.Series([39.0, 40.0], index=[2023, 2024])
RELEASE = Release("unsd-ama", "2024", "2025-12-24", Path(), {})
STEPS = np.arange(1, 4)
DENSITY = NormalDensity(
    pd.Series(40.0, pd.RangeIndex(2025, 2028)), np.minimum.outer(STEPS, STEPS).astype(float)
)


def made() -> list[dict]:
    return forecast_log.entries(
        {"combination": DENSITY, "random walk": DENSITY},
        OBSERVED,
        economy="CHN",
        measure="household consumption, % of GDP",
        release=RELEASE,
        thresholds=[40, 41],
        years=[2026],
    )


def test_an_entry_says_what_was_forecast_from_what() -> None:
    first, second = made()
    assert (first["forecaster"], second["forecaster"]) == ("combination", "random walk")
    assert (first["release"], first["released"]) == ("unsd-ama 2024", "2025-12-24")
    assert (first["last_year"], first["last_value"]) == (2024, 40.0)


def test_quantiles_are_by_year_in_the_order_of_their_levels() -> None:
    entry = made()[0]
    assert list(entry["quantiles"]) == ["2025", "2026", "2027"]
    assert entry["levels"] == sorted(entry["levels"])
    of_2027 = dict(zip(entry["levels"], entry["quantiles"]["2027"], strict=True))
    assert of_2027[0.5] == pytest.approx(40)
    assert of_2027[0.975] == pytest.approx(40 + 1.959964 * np.sqrt(3), abs=1e-4)


def test_probabilities_are_those_of_the_year_itself() -> None:
    at_40, at_41 = made()[0]["probabilities"]
    assert at_40 == {"threshold": 40, "year": 2026, "probability": 0.5}
    assert at_41["probability"] == pytest.approx(0.2398, abs=1e-4)


def test_the_file_is_there_even_where_nothing_is_forecast(tmp_path: Path) -> None:
    path = forecast_log.write_log(tmp_path, "12_forecasts", made())
    assert path == tmp_path / "forecasts" / "12_forecasts.json"
    assert json.loads(path.read_text())["forecasts"] == made()
    forecast_log.write_log(tmp_path, "12_forecasts", [])
    assert json.loads(path.read_text()) == {"forecasts": []}
