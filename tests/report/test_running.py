from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
import tiny_chapter
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from rebalancing.notebooks import FOLDER_VARIABLE
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import running, sections

REPOSITORY = Path(__file__).parents[2]
CELLS = [
    tiny_chapter.code(
        "decide", "if economy != 'CHN':\n    chapter.leave_out('x', 'it\u2019s not \u4e2d\u56fd')"
    ),
    tiny_chapter.code("other", "chapter.leave_out('y', 'too short')"),
    tiny_chapter.code("needs-x", "print('with x')", "needs-x", "hide-input"),
    tiny_chapter.code("needs-both", "%%time\nprint('with x and z')", "needs-z", "needs-x"),
    tiny_chapter.code("needs-y", "1 / 0", "needs-y"),
    tiny_chapter.code("always", "print('always')"),
]

Run = Callable[..., str]


@pytest.mark.parametrize(
    ("tags", "left_out", "expected"),
    [
        ([], ["x"], False),
        (["needs-x"], [], False),
        (["needs-x"], {"x": "why"}, True),
        (["parameters", "needs-x", "needs-y"], ["y"], True),
        (["needs-x-and-more"], ["x"], False),
        (["x"], ["x"], False),
    ],
)
def test_a_cell_needs_all_of_its_sections(
    tags: list[str], left_out: list[str], expected: bool
) -> None:
    assert sections.skipped(tags, left_out) is expected


def test_no_two_code_cells_of_a_chapter_have_the_same_source() -> None:
    """They could not be told apart where a client does not say which cell it runs."""
    for notebook in find_notebooks(Project(REPOSITORY)):
        counted = Counter(cell.source.strip() for cell in notebook.code_cells)
        assert [source for source, count in counted.items() if count > 1] == [], notebook.name


@pytest.fixture
def project(own_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    tiny_chapter.write(own_project, CELLS)
    return own_project


def printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell["outputs"])


def test_what_is_saved_shows_itself_wherever_in_a_cell_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running.show("outside")
    shell = InteractiveShell()
    monkeypatch.setattr(InteractiveShell, "_instance", shell)
    shell.user_ns["show"] = running.show
    shell.run_cell("if True:\n    show('in a block')\nshow('before a semicolon');\nx = 1")
    assert capsys.readouterr().out == "'in a block'\n'before a semicolon'\n"


@pytest.mark.slow
def test_papermill_skips_cells_of_what_is_left_out(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        str(project.notebooks / "09_tiny.ipynb"),
        str(out),
        {"economy": "KOR"},
        cwd=str(project.root),
        progress_bar=False,
    )
    shown = {cell["id"]: printed(cell) for cell in nbformat.read(out, 4)["cells"]}
    assert shown["needs-x"] == shown["needs-both"] == "Left out: it\u2019s not \u4e2d\u56fd\n"
    assert shown["needs-y"] == "Left out: too short\n"
    assert shown["always"] == "always\n"


@pytest.fixture
def run(project: Project) -> Iterator[Run]:
    """Run a cell as JupyterLab does, which says which cell it is, and return what it printed."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(project.root))
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=1200)
    stored = {cell["id"]: cell["source"] for cell in CELLS} | {"open": tiny_chapter.OPEN}

    def run(cell: str, source: str | None = None) -> str:
        texts: list[str] = []
        content = {"code": source or stored[cell], "silent": False, "store_history": True}
        request = client.session.msg("execute_request", content, metadata={"cellId": cell})
        client.shell_channel.send(request)
        client._recv_reply(request["header"]["msg_id"], timeout=1200)
        while (message := client.get_iopub_msg(timeout=1200))["content"].get(
            "execution_state"
        ) != "idle" or message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            said = message["content"]
            texts.append(said.get("text", "") or said.get("ename", ""))
        return "".join(texts)

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.slow
def test_jupyterlab_skips_edited_cells_and_decides_again(project: Project, run: Run) -> None:
    run("set", "economy = 'KOR'")
    for cell in ("open", "decide", "other"):
        assert run(cell) == ""
    assert run("needs-x", "print('edited, not saved')").startswith("Left out: it")
    assert run("new", "print('a new cell')") == "a new cell\n"
    assert run("needs-y") == "Left out: too short\n"
    part = project.build / "KOR" / "results" / "09_tiny.json"
    assert set(json.loads(part.read_text())["left_out"]) == {"x", "y"}

    # The cell that left x out runs again, edited, and does not.
    assert run("decide", "economy = 'JPN'") == ""
    assert run("needs-x") == "with x\n"
    assert "with x and z" in run("needs-both")
    assert run("needs-y") == "Left out: too short\n"
    assert set(json.loads(part.read_text())["left_out"]) == {"y"}

    # The chapter opened again, as Run All does, begins with nothing left out.
    run("open")
    assert run("needs-y") == "ZeroDivisionError"
    run("decide")
    assert run("needs-x").startswith("Left out: it")
