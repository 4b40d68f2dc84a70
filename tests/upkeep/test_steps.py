import json
import shutil
from typing import Any

import pytest

from rebalancing import build
from rebalancing.data import releases
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import provenance, results
from rebalancing.study import Study
from rebalancing.upkeep import steps


def recorded(project: Project, study: Study, **values: float) -> dict[str, Any]:
    listed = [{"key": key, "value": value, "chapter": "02"} for key, value in values.items()]
    return {"edition": provenance.edition(project, study), "results": listed}


@pytest.fixture
def study(own_project: Project) -> Study:
    return Study.load(own_project)


def test_the_same_releases_need_no_step(own_project: Project, study: Study) -> None:
    plan = steps.plan_steps(own_project, study, recorded(own_project, study))
    assert plan == steps.StepPlan({}, None, None)


def test_old_releases_are_pinned_and_the_old_year_kept(own_project: Project, study: Study) -> None:
    before = recorded(own_project, Study.load(own_project, {"releases": {"unsd-ama": "2023"}}))
    plan = steps.plan_steps(own_project, study, before)
    assert plan.pinned == {"unsd-ama": "2023"}
    assert plan.old_releases is not None
    assert plan.old_releases.releases == {"unsd-ama": "2023"}
    assert plan.old_years is not None
    assert (plan.old_years.last_year, plan.old_years.releases) == (2023, {})


@pytest.mark.slow
def test_without_a_new_year_there_is_one_part_of_data(own_project: Project, study: Study) -> None:
    old = {"releases": {"worldbank-wdi": "2026-05-01"}}
    plan = steps.plan_steps(own_project, study, recorded(own_project, Study.load(own_project, old)))
    assert plan.old_releases is not None
    assert plan.old_years is None


@pytest.fixture
def revised(own_project: Project) -> str:
    """The accounts to 2024 in a second release, whose name is not a year."""
    accounts = own_project.raw / "unsd-ama"
    name = "2024-revised-2026-09-01"
    shutil.copytree(accounts / "2024", accounts / name)
    path = accounts / name / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    label = "2024, revised 2026-09-01"
    package["released"] = {"date": "2026-09-01", "basis": "made up", "label": label}
    write_json(path, package)
    return name


@pytest.mark.slow
def test_a_release_that_revises_a_year_is_no_new_year(own_project: Project, revised: str) -> None:
    study = Study.load(own_project)
    assert study.release_name("unsd-ama") == releases.LATEST
    assert releases.resolve(own_project, "unsd-ama").name == revised
    before = recorded(own_project, Study.load(own_project, {"releases": {"unsd-ama": "2024"}}))
    plan = steps.plan_steps(own_project, study, before)
    assert plan.pinned == {"unsd-ama": "2024"}
    assert plan.old_releases is not None
    assert plan.old_releases.releases == {"unsd-ama": "2024"}
    assert plan.old_years is None
    pinned = Study.load(own_project, {"releases": {"unsd-ama": revised}, "last_year": 2024})
    assert pinned.edition(own_project) == f"CHN-last_year-2024-releases-unsd-ama-{revised}"
    assert Study.load(own_project, {"as_of": "2026-08-31"}).as_of == "2026-08-31"


@pytest.mark.slow
def test_the_parts_add_up(
    own_project: Project, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Study.load(own_project, {"releases": {"unsd-ama": "2023"}})
    before = recorded(own_project, old, a=1.0, b=5.0, gone=1.0)
    today = recorded(own_project, study, a=10.0, b=7.0, new=1.0)
    write_json(own_project.build / "CHN" / "results.json", today)
    built = iter([{"a": 2.0}, {"a": 4.0, "b": 6.0}])

    def update(project: Project, study: Study, **_: object) -> None:
        content = recorded(project, study, **next(built))
        write_json(project.build / study.edition(project) / "results.json", content)

    monkeypatch.setattr(build, "update", update)
    monkeypatch.setattr(results, "merge", lambda *_: None)
    parts = steps.parts(own_project, study, before)
    assert parts == {
        "a": {"code": 1.0, "revised": 2.0, "new": 6.0},
        "b": {"code": 0.0, "revised": 1.0, "new": 1.0},
    }


def test_what_is_about_all_releases_has_no_parts(own_project: Project, study: Study) -> None:
    before = recorded(own_project, study, a=1.0)
    before["results"][0]["chapter"] = "01_clean"
    write_json(own_project.build / "CHN" / "results.json", json.loads(json.dumps(before)))
    assert steps.parts(own_project, study, before) == {}
