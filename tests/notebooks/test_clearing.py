"""What JupyterLab saves after Run All does not get into what is stored."""

from __future__ import annotations

import json
from pathlib import Path

from rebalancing.notebooks import chapters, read_notebook
from rebalancing.project import Project


def test_outputs_are_named_and_taken_out(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.notebooks.mkdir()
    path = project.notebooks / "02_one.ipynb"
    output = {"output_type": "stream", "name": "stdout", "text": ["said\n"]}
    cell = {"cell_type": "code", "id": "parameters", "source": ["economy = None"],
            "metadata": {"tags": ["parameters"], "scrolled": True}, "outputs": [output],
            "execution_count": 3}  # fmt: skip
    declared = {"title": "One", "reads": [], "writes": ["results/02_one.json"]}
    notebook = {"cells": [cell], "metadata": {"rebalancing": declared, "widgets": {}}}
    path.write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))
    assert chapters.with_outputs(project) == [path]
    assert chapters.clear(project) == [path]
    assert path.read_text() == read_notebook(path).cleared
    assert chapters.with_outputs(project) == chapters.clear(project) == []


def test_notebooks_are_stored_without_outputs() -> None:
    assert not chapters.with_outputs(Project.find(Path(__file__)))
