from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from described import described

from rebalancing import headed_tables
from rebalancing.editions import forecast_scores as scores
from rebalancing.files import write_json
from rebalancing.project import Project

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
    keep_release(project, "2023", "2024-12")
    write_json(project.build / "CHN" / "forecasts" / "07.json", {"forecasts": [ENTRY]})
    return project


def keep_release(project: Project, name: str, date: str) -> None:
    write_json(project.raw / "unsd-ama" / name / "datapackage.json", described(date))


def test_the_log_grows_and_keeps_what_it_has(logged: Project) -> None:
    assert scores.append(logged, logged.build / "CHN") == 2
    first = scores.path(logged).read_bytes()
    assert scores.append(logged, logged.build / "CHN") == 0
    assert scores.path(logged).read_bytes() == first
    keep_release(logged, "2024", "2025-12")
    later = {**ENTRY, "release": "unsd-ama 2024"}
    write_json(logged.build / "CHN" / "forecasts" / "07.json", {"forecasts": [later]})
    assert scores.append(logged, logged.build / "CHN") == 2
    assert scores.path(logged).read_bytes().startswith(first)


def test_a_forecast_from_a_release_that_is_not_the_newest_is_made_afterwards(
    logged: Project,
) -> None:
    scores.append(logged, logged.build / "CHN")
    keep_release(logged, "2024", "2025-12")
    for name in ("2022", "2024"):
        entry = {**ENTRY, "release": f"unsd-ama {name}"}
        write_json(logged.build / "CHN" / "forecasts" / "07.json", {"forecasts": [entry]})
        scores.append(logged, logged.build / "CHN")
    made = scores.read_log(logged).groupby("release")["made"].first()
    assert made.to_dict() == {
        "unsd-ama 2022": "afterwards",
        "unsd-ama 2023": "at the time",
        "unsd-ama 2024": "at the time",
    }


def test_only_years_with_an_outcome_are_scored(logged: Project) -> None:
    scores.append(logged, logged.build / "CHN")
    outcomes = pd.DataFrame({"CHN": [39.5, 40.5]}, index=[2023, 2024])
    scored = scores.score(scores.read_log(logged), outcomes).set_index("year")
    assert scored.index.tolist() == [2024]
    assert scored.loc[2024, ["median", "error", "start_revised"]].tolist() == [39.0, 1.5, 0.5]
    assert scored.loc[2024, ["ahead", "lower", "upper"]].tolist() == [1, 38.0, 40.0]
    assert not scored.loc[2024, "inside"]


def test_the_score_of_a_normal_forecast_is_its_known_one() -> None:
    """The CRPS of a standard normal at 0 is 0.2337 (Gneiting and Raftery 2007, eq. 21)."""
    from scipy.stats import norm

    quantiles = {f"q{level:.3f}": norm.ppf(level) for level in np.linspace(0.001, 0.999, 999)}
    made = {"economy": "CHN", "measure": "share", "forecaster": "normal", "made": "at the time"}
    of_release = {"release": "unsd-ama 2023", "released": "2024-12", "last_value": 0.0}
    log = pd.DataFrame([{**made, **of_release, "last_year": 2023, "year": 2024, **quantiles}])
    scored = scores.score(log, pd.DataFrame({"CHN": [0.0]}, index=[2024]))
    assert scored["crps"].item() == pytest.approx(0.2337, abs=2e-4)


@pytest.mark.slow
def test_scores_are_printed_in_a_hundred_columns() -> None:
    log = scores.read_log(Project(Path(__file__).parents[2]))
    years = range(int(log["last_year"].min()), int(log["year"].max()) + 1)
    outcomes = pd.DataFrame(39.5, index=years, columns=log["economy"].unique())
    scored = scores.score(log, outcomes)
    said = headed_tables.text(list(scores.sections(scored)))
    assert max(map(len, said.splitlines())) <= 100
    assert said.count(" 39.50 ") == len(scored) > 0
    headings = " ".join(said.split())  # long ones are wrapped
    for forecaster in log["forecaster"].unique():
        assert f": {forecaster}, made " in headings
