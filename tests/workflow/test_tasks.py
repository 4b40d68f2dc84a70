from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rebalancing.notebooks.format import BadNotebookError
from rebalancing.workflow.nodes import Digests, NodeGroup
from rebalancing.workflow.tasks import MissingInputError, Piece, Task, edition_tasks

from .small_project import FOLDER, SmallProject, notebook


def _tasks(small: SmallProject) -> dict[str, Task]:
    digests = Digests(small.root / "build/digests.json")
    tasks = edition_tasks(small.project, small.study, small.steps, digests)
    return {task.name: task for task in tasks}


def _needs(task: Task) -> set[str]:
    """Return the names of what a task needs, library modules one by one."""
    alone = {node.name for node in task.needs if not isinstance(node, NodeGroup)}
    groups = [node for node in task.needs if isinstance(node, NodeGroup)]
    return alone | {member.name for group in groups for member in group.members}


def test_a_notebook_needs_what_it_declares_and_imports(small: SmallProject) -> None:
    tasks = _tasks(small)
    assert _needs(tasks["CHN/03_second"]) == {
        "notebooks/03_second.ipynb",
        "data/raw/b",
        "rebalancing",
        "rebalancing.base",
        "rebalancing.models",
        "rebalancing.models.two",
        "parameter economy",
        "parameter seed",
        "requirements.lock",
    }
    assert [node.name for node in tasks["CHN/02_first"].makes] == [
        "build/CHN/results/02_first.json",
        "build/CHN/figures/02_first",
        "build/CHN/notebooks/02_first.ipynb",
    ]


def test_how_notebooks_are_executed_is_a_dependency_of_all(small: SmallProject) -> None:
    small.write("src/rebalancing/workflow/__init__.py", "")
    small.write("src/rebalancing/workflow/execute.py", "")
    for task in _tasks(small).values():
        assert ("rebalancing.workflow.execute" in _needs(task)) is task.is_notebook


def test_the_book_needs_all_that_it_shows(small: SmallProject) -> None:
    needs = _needs(_tasks(small)["CHN/book"])
    assert needs >= {
        "build/shared/notebooks/01_clean.ipynb",
        "build/CHN/notebooks/02_first.ipynb",
        "build/CHN/figures/02_first",
        "build/CHN/results.json",
        "notebooks/03_second.ipynb (text)",
        "book",
        "CITATION.cff",
        "rebalancing.book.assembly",
        "parameter first_year",
        "data/raw/**/datapackage.json",
        "requirements.lock",
    }
    assert "rebalancing.models.one" not in needs


def test_a_new_release_concerns_the_results_and_the_book_alone(built: SmallProject) -> None:
    built.write("data/raw/c/2024/datapackage.json", "{}")
    reasons = built.reasons()
    assert reasons.keys() == {"CHN/results", "CHN/book"}
    assert reasons["CHN/results"][0] == ("release added: data/raw/c/2024/datapackage.json",)


def test_a_citation_file_that_appears_concerns_the_book(built: SmallProject) -> None:
    built.write("CITATION.cff", "title: x")
    assert built.reasons() == {"CHN/book": (("file changed: CITATION.cff",), ())}


def test_another_address_of_the_site_concerns_the_book_alone(built: SmallProject) -> None:
    built.site = "https://someone.example/report"
    said = 'address of the site: "" → "https://someone.example/report"'
    assert built.reasons() == {"CHN/book": ((said,), ())}


def test_what_is_kept_of_an_edition_concerns_the_book_alone(built: SmallProject) -> None:
    built.write("editions/CHN/changes.json", "{}")
    assert list(built.reasons()) == ["CHN/book"]


@pytest.mark.slow
def test_a_piece_of_the_book_rests_on_tables_and_logs_and_on_no_chapter(
    small: SmallProject,
) -> None:
    small.study = small.study.with_(peers=["USA"], releases={}, as_of="latest")

    def copy(folder: Path) -> None:
        log = small.root / "editions" / "forecast-log.csv"
        small.write("build/CHN/pieces/log/copy", log.read_text() if log.is_file() else "none")

    small.pieces = (Piece("log", "A copy of the log", "pieces/log", copy),)
    small.run()
    small.study = small.study.with_(first_year=1980)
    assert "CHN/log" not in small.reasons()
    assert "CHN/book" in small.reasons()
    small.run()
    small.write("editions/forecast-log.csv", "a,b")
    assert list(small.reasons()) == ["CHN/log", "CHN/book"]
    small.run()
    assert small.read("build/CHN/pieces/log/copy") == "a,b"
    assert small.reasons() == {}


@pytest.mark.parametrize(
    ("parameters", "code", "complaint"),
    [
        ("speed: int = None", "pass", "declares the parameter speed, which the study does not hav"),
        (
            "economy: str = None",
            "x = study.seed",
            "add `seed: int | None = None` to its",
        ),
    ],
)
def test_parameters_are_those_of_the_study(
    small: SmallProject, parameters: str, code: str, complaint: str
) -> None:
    content = notebook(FOLDER, code, writes=["results/x.json"], parameters=parameters)
    small.write("notebooks/x.ipynb", content)
    with pytest.raises(BadNotebookError, match=re.escape(complaint)):
        _tasks(small)


def test_a_file_that_tasks_need_is_missed_before_anything_runs(small: SmallProject) -> None:
    (small.root / "requirements.lock").unlink()
    with pytest.raises(MissingInputError, match=r"requirements\.lock is missing; .*git checkout"):
        _tasks(small)


def test_a_project_without_notebooks(small: SmallProject) -> None:
    for path in (small.root / "notebooks").iterdir():
        path.unlink()
    with pytest.raises(MissingInputError, match="There are no notebooks"):
        _tasks(small)


def test_what_a_notebook_no_longer_declares_is_removed(built: SmallProject) -> None:
    content = json.loads(built.read("notebooks/02_first.ipynb"))
    content["metadata"]["rebalancing"]["writes"] = ["results/02_first.json"]
    del content["cells"][-1]
    built.write("notebooks/02_first.ipynb", content)
    built.write("book/index.md", "# Other\n")
    built.write("build/CHN/results.json", "{}")
    built.run()
    assert not (built.root / "build/CHN/figures/02_first").exists()
    assert (built.root / "build/CHN/results/02_first.json").is_file()


@pytest.mark.slow
def test_the_ledger_of_claims_belongs_to_the_book_and_goes_with_its_notebook(
    small: SmallProject,
) -> None:
    ledger = notebook(
        f"{FOLDER}\n(folder / 'claims.json').write_text('{{}}')", writes=["claims.json"]
    )
    small.write("notebooks/03_claims.ipynb", ledger)
    small.run()
    assert "build/CHN/claims.json" in _needs(_tasks(small)["CHN/book"])
    (small.root / "notebooks" / "03_claims.ipynb").unlink()
    small.run()
    assert not (small.root / "build" / "CHN" / "claims.json").exists()
    assert small.read("build/CHN/checklist.json") == "{}"
