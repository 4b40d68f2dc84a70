import numpy as np
import pandas as pd
import pytest

from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import forecast_scores as scores

ENTRY = {
    "economy": "CHN",
    "measure": "share",
    "forecaster": "walk",
    "release": "unsd-ama 2023",
    "released": "2024-12",
    "last_year": 2023,
    "last_value": 39.0,
    "levels": [0.1, 0.5, 0.9],
    "quantiles": {"2024": [38.0, 39.0, 40.0], "2025": [37.0, 39.0, 41.0]},
}


@pytest.fixture
def logged(tmp_path) -> Project:  # type: ignore[no-untyped-def]
    project = Project(tmp_path)
    write_json(project.build / "CHN" / "results.json", {})
    write_json(project.build / "CHN" / "forecasts" / "07.json", {"forecasts": [ENTRY]})
    return project


def test_the_log_grows_and_keeps_what_it_has(logged: Project) -> None:
    (logged.root / "editions").mkdir()
    assert scores.append(logged, "CHN") == 2
    first = scores.path(logged).read_bytes()
    assert scores.append(logged, "CHN") == 0
    assert scores.path(logged).read_bytes() == first
    later = {**ENTRY, "release": "unsd-ama 2024"}
    write_json(logged.build / "CHN" / "forecasts" / "07.json", {"forecasts": [later]})
    assert scores.append(logged, "CHN") == 2
    assert scores.path(logged).read_bytes().startswith(first)


def test_only_years_with_an_outcome_are_scored(logged: Project) -> None:
    (logged.root / "editions").mkdir()
    scores.append(logged, "CHN")
    outcomes = pd.DataFrame({"CHN": [39.5, 40.5]}, index=[2023, 2024])
    scored = scores.score(scores.read(logged), outcomes).set_index("year")
    assert scored.index.tolist() == [2024]
    assert scored.loc[2024, ["median", "error", "start_revised"]].tolist() == [39.0, 1.5, 0.5]
    assert not scored.loc[2024, "inside"]


def test_the_score_of_a_normal_forecast_is_its_known_one() -> None:
    """The CRPS of a standard normal at 0 is 0.2337 (Gneiting and Raftery 2007, eq. 21)."""
    from scipy.stats import norm

    levels = np.linspace(0.001, 0.999, 999)
    assert scores._crps(levels, norm.ppf(levels), 0.0) == pytest.approx(0.2337, abs=2e-4)
