"""Stock papermill and nbconvert do right by notebooks, whatever a user has registered."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

pytestmark = pytest.mark.slow


class Images(HTMLParser):
    """Collects the attributes of a page's pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


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


def test_in_the_html_of_nbconvert_figures_say_what_they_show(tmp_path: Path) -> None:
    alt = 'Lines of "shares" < 50%: China’s & Japan\'s.'
    picture = {"output_type": "display_data", "data": {"image/png": "AAAA"}}
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "figures.save()",
        "outputs": [{**picture, "metadata": {"image/png": {"width": 720, "alt": alt}}}],
        "execution_count": 1,
    }
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(content))
    jupyter = Path(sys.executable).with_name("jupyter")
    shown = subprocess.check_output(
        [jupyter, "nbconvert", "--to", "html", "--stdout", path], text=True
    )
    images = Images()
    images.feed(shown)
    assert [(image["alt"], image["width"]) for image in images.found] == [(alt, "720")]
