"""A notebook is found by what it has run, with or without help of the program that runs it."""

from __future__ import annotations

import json

import pytest

from rebalancing.notebooks import NAME_VARIABLE
from rebalancing.project import Project
from rebalancing.report import which
from rebalancing.report.which import WhichNotebookError

OPEN = "chapter = open_chapter()"


@pytest.fixture
def project(tmp_path: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in (NAME_VARIABLE, "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    project = Project(tmp_path)  # type: ignore[arg-type]
    project.notebooks.mkdir()
    for name, loading in (("02_one", "load = 1"), ("03_two", "load = 2"), ("04_copy", "load = 2")):
        cells = [
            {"cell_type": "code", "id": f"cell-{n}", "source": source, "outputs": [],
             "execution_count": None, "metadata": {"tags": [] if n else ["parameters"]}}
            for n, source in enumerate(("economy = None", f"{loading}\n{OPEN}"))
        ]  # fmt: skip
        declared = {"title": name, "reads": [], "writes": [f"results/{name}.json"]}
        notebook = {"cells": cells, "metadata": {"rebalancing": declared}}
        path = project.notebooks / f"{name}.ipynb"
        path.write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))
    return project


def test_its_cells_tell_a_notebook(project: Project) -> None:
    assert which.find(project, ["economy = None", f"load = 1\n{OPEN}\n"], {}).name == "02_one"


@pytest.mark.parametrize("name", ["03_two", "04_copy"])
def test_an_editor_tells_which_of_two_that_begin_alike(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sources = ["economy = None", f"load = 2\n{OPEN}"]
    with pytest.raises(WhichNotebookError, match="03_two, 04_copy begin alike, or say which"):
        which.find(project, sources, {})
    assert which.find(project, sources, {"__vsc_ipynb_file__": f"/x/{name}.ipynb"}).name == name
    monkeypatch.setenv("JPY_SESSION_NAME", f"notebooks/{name}.ipynb")
    assert which.find(project, sources, {}).name == name


def test_a_kernel_that_runs_another_notebook_does_not_pass_its_name_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "03_two.ipynb")
    assert which.find(project, ["economy = None", f"load = 1\n{OPEN}"], {}).name == "02_one"


def test_an_edited_cell_is_known_by_the_editor_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = ["economy = None", f"load = 9\n{OPEN}"]
    with pytest.raises(WhichNotebookError, match="no stored notebook begins like this one; save"):
        which.find(project, sources, {})
    monkeypatch.setenv("JPY_SESSION_NAME", "03_two.ipynb")
    assert which.find(project, sources, {}).name == "03_two"


def test_the_workflow_tells_the_name(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME_VARIABLE, "04_copy")
    assert which.find(project, [], {}).name == "04_copy"
