from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from rebalancing.notebooks import read_notebook
from rebalancing.notebooks.chapters import find_notebooks, passed_over
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.notebooks.limits import Limits
from rebalancing.project import Project

from .small_project import SmallProject, notebook


def test_declarations_are_read(small: SmallProject) -> None:
    second = read_notebook(small.root / "notebooks/03_second.ipynb")
    assert second.name == "03_second"
    assert second.title == "Second"
    assert second.reads == ("data/raw/b",)
    assert second.writes == ("results/03_second.json",)
    assert second.parameters == ("economy", "seed")
    assert not second.is_shared
    assert [cell.id for cell in second.code_cells] == ["parameters", "cell-1", "cell-2", "cell-3"]


def test_a_notebook_that_writes_processed_data_is_shared(small: SmallProject) -> None:
    assert read_notebook(small.root / "notebooks/01_clean.ipynb").is_shared


def test_a_notebook_that_says_so_is_shared(tmp_path: Path) -> None:
    content = notebook(writes=["results/x.json"], parameters="# none")
    content["metadata"]["rebalancing"]["shared"] = True
    assert read_notebook(SmallProject(tmp_path).write("notebooks/x.ipynb", content)).is_shared


def test_notebooks_come_in_the_order_of_their_names_without_hidden_ones(
    small: SmallProject,
) -> None:
    small.write("notebooks/.ipynb_checkpoints/02_first-checkpoint.ipynb", "")
    small.write("notebooks/._02_first.ipynb", "")
    names = [found.name for found in find_notebooks(small.project)]
    assert names == ["01_clean", "02_first", "03_second"]


def _without(key: str) -> dict[str, Any]:
    content = notebook(writes=["results/x.json"])
    del content["metadata"]["rebalancing"][key]
    return content


def _shared(shared: object) -> dict[str, Any]:
    content = notebook(writes=["results/x.json"])
    content["metadata"]["rebalancing"]["shared"] = shared
    return content


def _untagged() -> dict[str, Any]:
    content = notebook(writes=["results/x.json"])
    content["cells"][0]["metadata"] = {}
    return content


def _without_metadata() -> dict[str, Any]:
    content = notebook()
    content["metadata"] = {}
    return content


def _limited(limits: Any) -> dict[str, Any]:
    return notebook(writes=["results/x.json"], limits=limits)


def _without_ids() -> dict[str, Any]:
    content = notebook(writes=["results/x.json"])
    del content["cells"][0]["id"]
    return content


def _cell(**values: Any) -> dict[str, Any]:
    content = notebook("1", writes=["results/x.json"])
    content["cells"][1].update(values)
    return content


def _top(**values: Any) -> dict[str, Any]:
    return {**notebook(writes=["results/x.json"]), **values}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not a notebook"),
        ('{"cells": [], "cells": []}', "the key 'cells' stands twice"),
        (_top(cells=[5]), "cells.0: 5"),
        (_top(cells=[None]), "cells.0: None"),
        (_top(cells={}), "not a notebook of format 4"),
        (_top(metadata=None), "metadata: None"),
        (_top(metadata={"kernelspec": 5}), "metadata.kernelspec: 5"),
        (_top(nbformat_minor=None), "nbformat_minor: None"),
        (_top(nbformat_minor=4), "nbformat_minor: 4"),
        (_cell(metadata=None), "cells.1.metadata: None"),
        (_cell(metadata={"tags": "x"}), "cells.1.metadata.tags: 'x'"),
        (_cell(metadata={"tags": [5]}), "cells.1.metadata.tags.0: 5"),
        (_cell(source=None), "cells.1.source"),
        (_cell(source=[5]), "cells.1.source"),
        (_cell(cell_type="heading"), "cells.1.cell_type: 'heading'"),
        (_cell(id=5), "cells.1.id: 5"),
        (_cell(id="x y"), "cells.1.id: 'x y'"),
        (_cell(id="parameters"), "two cells have the id parameters"),
        (_cell(attachments=[]), "cells.1.attachments: []"),
        (_cell(attachments={"a.png": 5}), "cells.1.attachments.a.png: 5"),
        (_cell(outputs={}), "cells.1.outputs: {}"),
        (_cell(execution_count="x"), "cells.1.execution_count: 'x'"),
        (_top(cells=[{**_cell()["cells"][0], "source": "x = '\0'"}]), "not valid Python"),
        (notebook(writes=["results/x.json"], parameters="-" * 100_000 + "x"), "not valid Python"),
        (notebook(writes=["x" * 1000]), "in `writes` must be a path"),
        ("[]", "not a notebook of format 4"),
        (_without_metadata(), "no `rebalancing` entry"),
        (_without("title"), "needs a `title`"),
        (_without("reads"), "needs `reads`"),
        (_without("writes"), "needs `writes`"),
        (_untagged(), "needs the tag `parameters`"),
        (_without_ids(), "no ids"),
        (notebook(), "declares no `writes`"),
        (notebook(writes=["../x.json"]), "'../x.json' in `writes`"),
        (notebook(writes=["/x.json"]), "'/x.json' in `writes`"),
        (notebook(reads=["data//raw"], writes=["results/x.json"]), "'data//raw' in `reads`"),
        (notebook(writes=["data/raw/pwt"]), "only below data/processed"),
        (notebook(writes=["site/x.html"]), "the workflow itself makes"),
        (notebook(writes=["results.json"]), "the workflow itself makes"),
        (notebook(writes=["checklist.json"]), "the workflow itself makes"),
        (notebook(writes=["data/processed/a.parquet"]), "cannot depend on parameters"),
        (
            notebook(writes=["data/processed/a", "results/y.json"], parameters=""),
            "not results/y.json",
        ),
        (_limited([1]), "has `limits` [1]; allowed are seconds and megabytes"),
        (_limited({"minutes": 1}), "allowed are seconds and megabytes"),
        (_limited({"seconds": 0}), "has a limit of 0 seconds; use a number above 0"),
        (_limited({"megabytes": "9"}), "has a limit of '9' megabytes"),
        (_limited({"seconds": 1e300}), "use a number above 0, at most 1,000,000"),
        (_limited({"megabytes": True}), "has a limit of True megabytes"),
        (_shared(shared=True), "cannot depend on parameters"),
        (_shared("yes"), "has `shared` 'yes'; use true or false"),
        (notebook(writes=["results/x.json"], parameters="economy ="), "not valid Python"),
        (notebook(writes=["results/x.json"], parameters="import os"), "not `import os`"),
    ],
)
def test_a_bad_notebook_is_named_with_what_is_missing(
    tmp_path: Path, content: str | dict[str, Any], complaint: str
) -> None:
    path = SmallProject(tmp_path).write("notebooks/x.ipynb", content)
    with pytest.raises(BadNotebookError) as caught:
        read_notebook(path)
    message = str(caught.value)
    assert message.startswith("x.ipynb: ")
    assert complaint in message
    assert "\n" not in message


def test_limits_have_defaults(tmp_path: Path) -> None:
    path = SmallProject(tmp_path).write("notebooks/x.ipynb", _limited({"seconds": 60}))
    assert read_notebook(path).limits == Limits(seconds=60, megabytes=20)


def test_a_notebook_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadNotebookError, match=r"x\.ipynb: there is no such notebook"):
        read_notebook(tmp_path / "x.ipynb")


def test_a_cell_that_nests_too_deep_is_named(tmp_path: Path) -> None:
    content = notebook("1" + "+1" * 20_000, writes=["results/x.json"])
    path = SmallProject(tmp_path).write("notebooks/x.ipynb", content)
    with pytest.raises(BadNotebookError, match=r"code cell 2 \(cell-1\) is not valid Python"):
        _ = read_notebook(path).code


def test_code_leaves_out_magics_and_other_languages(tmp_path: Path) -> None:
    content = notebook(
        "%matplotlib inline\nif True:\n    !ls\nimport a",
        "%%bash\nls *",
        "%%time\nimport b",
        "rest = 7 \\\n% 4",
        writes=["results/x.json"],
    )
    path = SmallProject(tmp_path).write("notebooks/x.ipynb", content)
    text = ast.unparse(read_notebook(path).code)
    assert "import a" in text
    assert "import b" in text
    assert "rest = 7 % 4" in text
    assert "ls" not in text


def test_a_cell_that_is_not_python_is_named(tmp_path: Path) -> None:
    content = notebook("x = (1,", writes=["results/x.json"])
    path = SmallProject(tmp_path).write("notebooks/x.ipynb", content)
    with pytest.raises(BadNotebookError, match=r"code cell 2 \(cell-1\) is not valid Python"):
        _ = read_notebook(path).code


def _ran_in_jupyter(content: dict[str, Any]) -> None:
    cell = content["cells"][1]
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    cell["execution_count"] = 3
    cell["metadata"]["execution"] = {"iopub.status.busy": "2025-01-01"}
    content["metadata"]["language_info"] = {"version": "3.12.1"}


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (_ran_in_jupyter, False),
        (lambda content: content["cells"][1].update(source="x = 2"), True),
        (lambda content: content["cells"][1]["metadata"].update(tags=["hide-input"]), True),
        (lambda content: content["metadata"]["rebalancing"].update(title="Other"), True),
    ],
)
def test_the_digest_changes_with_what_is_said_not_with_running(
    tmp_path: Path, change: Any, differs: bool
) -> None:
    small = SmallProject(tmp_path)
    content = notebook("x = 1", writes=["results/x.json"])
    before = read_notebook(small.write("notebooks/x.ipynb", content)).digest
    change(content)
    after = read_notebook(small.write("notebooks/x.ipynb", content)).digest
    assert (before != after) is differs


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Untitled.ipynb", notebook()),
        ("Untitled12.ipynb", "{"),
        ("Untitled-1.ipynb", "{"),
        ("02_first-Copy1.ipynb", notebook(writes=["results/02_first.json"])),
        ("02_first.nbconvert.ipynb", notebook(writes=["results/02_first.json"])),
        ("02_first (1).ipynb", notebook(writes=["results/02_first.json"])),
        ("02_first (A's conflicted copy 2026-01-02).ipynb", "{"),
        ("20_begun.ipynb", ""),
        (".ipynb_checkpoints/02_first-checkpoint.ipynb", "{"),
        (".~02_first.ipynb", ""),
    ],
)
def test_what_jupyter_leaves_is_no_chapter(
    small: SmallProject, name: str, content: str | dict[str, Any]
) -> None:
    chapters = find_notebooks(small.project)
    path = small.write(f"notebooks/{name}", content)
    assert find_notebooks(small.project) == chapters
    assert passed_over(small.project) == ([] if name.startswith(".") else [path])
    if not name.startswith("."):
        small.write("book/_toc.yml", f"chapters:\n  - file: {path.stem}\n")
        assert passed_over(small.project) == []


@pytest.mark.parametrize("content", ["", "{", "{}", _without_metadata()])
def test_a_damaged_chapter_is_not_passed_over(
    small: SmallProject, content: str | dict[str, Any]
) -> None:
    small.write("book/_toc.yml", "root: index\nchapters:\n  - file: 02_first\n  - file: 03\n")
    small.write("notebooks/02_first.ipynb", content)
    with pytest.raises(BadNotebookError, match=r"02_first\.ipynb: "):
        find_notebooks(small.project)


def test_the_notebooks_of_this_project_carry_no_outputs() -> None:
    carrying = {
        path.name
        for path in Project.find(Path(__file__)).notebooks.glob("*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
        if cell.get("outputs") or cell.get("execution_count") is not None
    }
    assert not carrying
