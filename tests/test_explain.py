"""`rebalancing explain` says, before anything runs, which sections an edition goes without."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rebalancing import build, requirements
from rebalancing.errors import DataError
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow.explain import TaskPlan

ROOT = Path(__file__).parents[1]
REASONS = {"partners": "no customs figures are held", "made-up": "so it is"}
TABLE = "data/processed/expenditure_shares.parquet"


class Rules:
    """Stands for the rules, and counts how often they are asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: Callable[[], Mapping[str, str]] = lambda: REASONS

    def __call__(self, tables: requirements.StudyTables, code: str) -> dict[str, str]:
        self.asked.append(code)
        return dict(self.says())


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    """The rules that are asked in the place of the real ones."""
    made = Rules()
    monkeypatch.setattr(requirements, "left_out", made)
    return made


@pytest.fixture
def project(own_project: Project) -> Project:
    """A project with something in the place of a table."""
    own_project.processed.mkdir(parents=True)
    (own_project.root / TABLE).write_text("a table")
    own_project.book.mkdir()
    for path in ("requirements.lock", "book/sections.csv"):
        shutil.copyfile(ROOT / path, own_project.root / path)
    return own_project


def said(project: Project, capsys: pytest.CaptureFixture[str], *plans: TaskPlan) -> list[str]:
    build.print_plan(project, Study.load(project), plans)
    return capsys.readouterr().out.splitlines()[1:]


@pytest.mark.slow
def test_notebooks_that_jupyter_leaves_are_named(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.notebooks / "Untitled.ipynb").write_text("{}")
    shutil.copyfile(
        project.notebooks / "02_consumption.ipynb", project.notebooks / "02_consumption-Copy1.ipynb"
    )
    shutil.copyfile(ROOT / "data/corrections.yml", project.root / "data/corrections.yml")
    plans = build.explain(project, Study.load(project))
    said = capsys.readouterr().err
    assert said.startswith(
        "Passed over: notebooks/02_consumption-Copy1.ipynb, notebooks/Untitled.ipynb (empty, or of "
    )
    assert said.count("\n") == 1
    assert not {"CHN/Untitled", "CHN/02_consumption-Copy1"} & {plan.name for plan in plans}


@pytest.mark.slow
def test_what_is_left_out_is_said_with_the_reason(
    project: Project, rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(project, capsys) == [
        "",
        "Without, because the data do not allow it:",
        "  08_markets: To whom: no customs figures are held",
        "  made-up: so it is",
    ]


@pytest.mark.slow
def test_where_nothing_is_left_out_nothing_is_said(
    project: Project, rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.says = dict
    assert said(project, capsys) == []
    assert rules.asked == ["CHN"]


def test_nothing_is_said_of_tables_that_will_be_made_anew(
    project: Project, rules: Rules, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = TaskPlan("shared/01_clean", "Clean", ("it has not run yet",), (), (TABLE,))
    assert "Without" not in "\n".join(said(project, capsys, plan))
    assert rules.asked == []


def test_without_tables_nothing_is_asked(project: Project, rules: Rules) -> None:
    (project.root / TABLE).unlink()
    assert build.left_out(project, Study.load(project)) == {}
    assert rules.asked == []


@pytest.mark.slow
def test_the_rules_are_asked_again_only_when_what_they_rest_on_has_changed(
    project: Project, rules: Rules
) -> None:
    study = Study.load(project)
    for _ in range(2):
        assert build.left_out(project, study) == REASONS
    assert len(rules.asked) == 1
    (project.root / TABLE).write_text("another table")
    build.left_out(project, study)
    assert len(rules.asked) == 2
    build.left_out(project, Study.load(project, {"economy": "JPN"}))
    assert rules.asked[2:] == ["JPN"]
    (project.root / "build/.workflow/foreseen/CHN.json").write_text("{")
    assert build.left_out(project, study) == REASONS
    assert len(rules.asked) == 4


@pytest.mark.slow
def test_tables_that_cannot_be_read_say_nothing(project: Project, rules: Rules) -> None:
    def missing() -> Mapping[str, str]:
        raise DataError("there is no such table")

    rules.says = missing
    assert build.left_out(project, Study.load(project)) == {}
