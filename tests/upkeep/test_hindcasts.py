from typing import Any

import pytest

from rebalancing.data import releases as raw
from rebalancing.editions import forecast_scores
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.upkeep import hindcasts


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Study]:
    """Stand for the workflow: note which studies are run, and forecast one year."""
    studies: list[Study] = []

    def report(project: Project, study: Study, *, only: list[str], **_: Any) -> None:
        assert only == ["12_forecasts"]
        studies.append(study)
        release = raw.resolve(project.as_of(study.as_of), "unsd-ama")
        entry = {
            "economy": study.economy,
            "measure": "share",
            "forecaster": "walk",
            "release": f"unsd-ama {release.name}",
            "released": release.date,
            "last_year": release.last_year,
            "last_value": 39.0,
            "levels": [0.5],
            "quantiles": {str(release.last_year + 1): [39.0]},
        }
        folder = project.build / study.edition(project) / "forecasts"
        write_json(folder / "12_forecasts.json", {"forecasts": [entry]})

    monkeypatch.setattr(hindcasts.build, "update", report)
    return studies


@pytest.mark.slow
def test_every_earlier_release_is_forecast_from_as_of_its_day(
    own_project: Project, ran: list[Study]
) -> None:
    made = list(hindcasts.begin(own_project, Study.load(own_project, {"last_year": 2020})))
    *earlier, newest = raw.releases(own_project, "unsd-ama")
    assert [release for release, *_ in made] == earlier
    with_forecasts = [release for release, rows, reason in made if rows == 1 and not reason]
    assert [study.as_of for study in ran] == [release.public for release in with_forecasts]
    assert {study.last_year for study in ran} == {"latest"}
    log = forecast_scores.read_log(own_project)
    assert set(log["made"]) == {forecast_scores.AFTERWARDS}
    assert f"unsd-ama {newest.name}" not in set(log["release"])


@pytest.mark.slow
def test_a_release_without_shares_says_why(own_project: Project, ran: list[Study]) -> None:
    reasons = {
        release.name: reason
        for release, _, reason in hindcasts.begin(own_project, Study.load(own_project))
        if reason
    }
    assert "no table at current prices" in reasons["2019"]


@pytest.mark.slow
def test_a_second_time_adds_nothing(own_project: Project, ran: list[Study]) -> None:
    study = Study.load(own_project)
    first = [rows for _, rows, _ in hindcasts.begin(own_project, study)]
    log = forecast_scores.path(own_project).read_bytes()
    assert sum(first) > 1
    assert sum(rows for _, rows, _ in hindcasts.begin(own_project, study)) == 0
    assert forecast_scores.path(own_project).read_bytes() == log
