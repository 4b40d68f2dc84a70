"""Stock papermill and nbconvert do right by notebooks, whatever a user has registered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of Jupyter's, looked into first, whose kernel python3 is broken."""
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    return tmp_path


def test_stored_notebooks_name_the_kernel_of_the_environment(hostile: Path) -> None:
    import papermill

    notebooks = find_notebooks(Project.find(Path(__file__)))
    (metadata,) = {
        json.dumps({**json.loads(notebook.path.read_text())["metadata"], "rebalancing": None})
        for notebook in notebooks
    }
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "import sys; sys.executable",
        "outputs": [],
        "execution_count": None,
    }
    content = {"cells": [cell], "metadata": json.loads(metadata), "nbformat": 4}
    path = hostile / "a.ipynb"
    path.write_text(json.dumps({**content, "nbformat_minor": 5}))
    executed = papermill.execute_notebook(path, None, progress_bar=False)
    assert executed.cells[0].outputs[0].data["text/plain"] == repr(sys.executable)


def test_nbconvert_shows_what_prose_cells_say_and_not_how_they_are_written() -> None:
    path = Project.find(Path(__file__)).notebooks / "02_consumption.ipynb"
    shown = subprocess.check_output(
        [
            Path(sys.executable).with_name("jupyter"),
            "nbconvert",
            "--to",
            "markdown",
            "--stdout",
            path,
        ],
        text=True,
    )
    assert "chapter = open_chapter()" in shown
    assert "%%prose" not in shown
    assert "{{ n(" not in shown
