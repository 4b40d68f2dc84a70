"""A change of words in a chapter, in a project that has been built."""

from __future__ import annotations

import json
import re

import pytest

from .runner import CHAPTER, Runner

pytestmark = pytest.mark.slow


def test_a_change_of_words_runs_no_notebook(runner: Runner) -> None:
    notebook = runner.project.notebooks / f"{CHAPTER}.ipynb"
    edition = runner.project.build / "CHN"
    recorded = list(edition.glob("results/*.json"))
    before = {path: path.stat().st_mtime_ns for path in recorded}
    results = json.loads((edition / "results.json").read_text())["results"]
    content = json.loads(notebook.read_text())
    (text,) = (cell for cell in content["cells"] if cell["source"][0].startswith("%%prose"))
    text["source"] += ['\n\nOnce more, it is {{ n("manufacturing.share") }}.']
    notebook.write_text(json.dumps(content))
    runner.make("report")
    assert {path: path.stat().st_mtime_ns for path in recorded} == before
    # Its head says now that the sources are not as committed.
    assert json.loads((edition / "results.json").read_text())["results"] == results
    assert "Once more, it is" in (edition / "site" / f"{CHAPTER}.html").read_text()
    executed = json.loads((edition / "notebooks" / notebook.name).read_text())["cells"]
    (told,) = (cell for cell in executed if cell["id"] == text["id"])
    shown = told["outputs"][0]["data"]["text/markdown"]
    assert re.search(r"Once more, it is \d\d\.\d%\.$", shown)
