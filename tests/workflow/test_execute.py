from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from papermill.engines import NotebookExecutionManager

from rebalancing import surroundings
from rebalancing.notebooks import read_notebook
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.workflow.execute import NotebookFailedError, Run, execute

from .small_project import FOLDER, RESULT, SmallProject, notebook

pytestmark = pytest.mark.slow

WRITE = RESULT.format(name="x", value="1")
_FONTS = "Matplotlib is building the font cache; this may take a moment."


def _run(root: Path, *cells: str, inputs: dict[str, Path] | None = None, **options: Any) -> Run:
    """Store a notebook x and return a run of it."""
    small = SmallProject(root)
    content = notebook(*cells, **{"writes": ["results/x.json"], **options})
    stored = read_notebook(small.write("notebooks/x.ipynb", content))
    values = dict.fromkeys(stored.parameters, "CHN")
    return Run(small.project, stored, root / "build" / "CHN", inputs or {}, values)


def test_outputs_move_in_whole_and_the_same_inputs_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a temporary folder").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a temporary folder"))
    monkeypatch.setenv("PYTHONSTARTUP", "of the user")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    users_own = tmp_path / "jupyter" / "kernels" / "python3"
    users_own.mkdir(parents=True)
    kernel = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (users_own / "kernel.json").write_text(json.dumps(kernel))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    run = _run(
        tmp_path,
        FOLDER,
        "import sys, warnings\nwarnings.warn(f'in {economy}')\nprint('one')\n"
        "print('two', file=sys.stderr)\nprint('three')",
        "print([hash('set order'), os.environ['OMP_NUM_THREADS'], os.getcwd()])",
        "object()",
        f"import logging\nlogging.getLogger('matplotlib.font_manager').warning('{_FONTS}')",
        "print('x' * 1_000_000)  # a line that a pattern must not be tried on at each place",
        WRITE,
        "(folder / 'tables' / 'x').mkdir(parents=True)\n"
        "(folder / 'tables' / 'x' / 'new.csv').write_text('1')",
        writes=["results/x.json", "tables/x"],
    )
    old = run.folder / "tables" / "x" / "old.csv"
    old.parent.mkdir(parents=True)
    old.write_text("from an earlier run")
    before = os.umask(0o077)
    execute(run)
    os.umask(before)
    made = [run.folder / "results" / "x.json", run.folder / "tables" / "x" / "new.csv"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (*made, run.executed)} == {0o644}
    assert stat.S_IMODE(made[1].parent.stat().st_mode) == 0o755
    first = run.executed.read_text()
    execute(run)
    assert run.executed.read_text() == first
    assert not old.exists()
    assert (run.folder / "tables" / "x" / "new.csv").read_text() == "1"
    assert json.loads((run.folder / "results" / "x.json").read_text()) == 1
    assert not list((tmp_path / "build" / ".staging").iterdir())

    text = "".join(
        "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
        for cell in json.loads(first)["cells"]
        for output in cell["outputs"]
    )
    assert "<cell>:2: UserWarning: in CHN" in text
    assert f"'1', '{tmp_path}'" in text
    assert "<object at 0x…>" in text
    for varying in ("papermill", "start_time", "iopub", "ipykernel_", str(tmp_path / "build")):
        assert varying not in first
    assert sys.version.split()[0] not in first
    for of_this_machine in (_FONTS, "a temporary folder", "startup"):
        assert of_this_machine not in text


def test_a_failing_cell_is_named_and_the_last_good_outputs_stay(tmp_path: Path) -> None:
    run = _run(
        tmp_path,
        FOLDER,
        WRITE,
        "# divides\n\nratio = 1 / 0",
        "print('never')",
    )
    good = run.folder / "results" / "x.json"
    good.parent.mkdir(parents=True)
    good.write_text("good")
    run.executed.parent.mkdir()
    run.executed.write_text("good")
    with pytest.raises(NotebookFailedError) as caught:
        execute(run)
    assert str(caught.value) == (
        "x failed in code cell 4 (cell-3), `ratio = 1 / 0`: ZeroDivisionError: division by zero "
        "(executed notebook kept at build/CHN/failed/x.ipynb)"
    )
    assert good.read_text() == run.executed.read_text() == "good"
    kept = json.loads(run.failed.read_text())
    assert "ZeroDivisionError" in json.dumps(kept)
    assert "never" not in json.dumps([cell.get("outputs") for cell in kept["cells"]])


def test_a_failed_notebook_is_kept_only_until_it_succeeds(tmp_path: Path) -> None:
    run = _run(tmp_path, FOLDER, WRITE)
    run.failed.parent.mkdir(parents=True)
    run.failed.write_text("{}")
    execute(run)
    assert not run.failed.exists()


_KILLED = "the kernel died, perhaps for want of memory; close other programs, or run fewer"
_ENDED = "it ends the notebook before the last cell"


@pytest.mark.parametrize(
    ("source", "limits", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", {}, _KILLED),
        ("sys.exit(0)", {}, _ENDED),
        ("exit()", {}, _ENDED),
        ("raise Quiet", {}, "Quiet "),
        (
            "raise OSError(28, 'No space left on device', 'a.csv')",
            {},
            "a.csv: there is no room left on the disk; make some, then do the same again (",
        ),
        (
            "raise MemoryError('Unable to allocate 7 TiB')",
            {},
            "there is not enough memory (Unable to allocate 7 TiB); close other programs, then ",
        ),
        (
            "while True:\n    time.sleep(1)",
            {"seconds": 8},
            "it ran longer than 8 s; if it needs more, say",
        ),
        ("print('x' * 3_000_000)", {"megabytes": 2}, "it put out more than 2 MB; if it needs"),
        ("while True:\n    print('x' * 1000)", {"megabytes": 2}, "it put out more than 2 MB"),
    ],
)
def test_a_run_that_goes_wrong_ends_and_the_message_names_the_cell(
    tmp_path: Path, source: str, limits: dict[str, float], reason: str
) -> None:
    set_up = (
        "import signal, sys, time\nclass Quiet(Exception):\n"
        "    def _render_traceback_(self):\n        pass\n"
        "pathlib.Path('kernel').write_text(str(os.getpid()))"
    )
    run = _run(tmp_path, FOLDER, set_up, f"# goes wrong\n{source}", WRITE, "", limits=limits)
    with pytest.raises(NotebookFailedError) as caught:
        execute(run)
    first = source.splitlines()[0]
    message = str(caught.value)
    assert message.startswith(f"x failed in code cell 4 (cell-3), `{first}`: {reason}")
    assert message.endswith("(executed notebook kept at build/CHN/failed/x.ipynb)")
    assert not psutil.pid_exists(int((tmp_path / "kernel").read_text()))
    assert run.failed.stat().st_size < 2_100_000
    assert not run.folder.joinpath("results").exists()


@pytest.mark.parametrize("full", ["papermill", "failed"])
def test_a_disk_without_room_for_the_notebook_itself_is_said_with_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    run = _run(tmp_path, FOLDER, "raise OSError(28, 'No space left on device')")

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if full == "papermill":
        monkeypatch.setattr(NotebookExecutionManager, "notebook_complete", no_room)
    else:
        monkeypatch.setattr("rebalancing.workflow.execute.write_atomic", no_room)
    with pytest.raises(NotebookFailedError) as caught:
        execute(run)
    assert str(caught.value) == (
        "x failed in code cell 3 (cell-2), `raise OSError(28, 'No space left on device')`: "
        "there is no room left on the disk; make some, then do the same again"
    )
    assert not run.failed.exists()


def test_a_kernel_that_does_not_start_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**os.environ, "PYTHONHOME": str(tmp_path)}
    monkeypatch.setattr(surroundings, "own", lambda _: broken)
    with pytest.raises(NotebookFailedError, match="x failed before its first cell: the kernel d"):
        execute(_run(tmp_path, WRITE))


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("pass", "x ran but did not write results/x.json"),
        (f"{WRITE}\n(folder / 'stray.txt').write_text('')", "x wrote stray.txt"),
    ],
)
def test_outputs_are_exactly_those_declared(tmp_path: Path, code: str, complaint: str) -> None:
    run = _run(tmp_path, FOLDER, code)
    with pytest.raises(NotebookFailedError, match=complaint):
        execute(run)
    assert not run.folder.exists()


def test_it_sees_of_the_edition_only_what_it_declares(tmp_path: Path) -> None:
    part = tmp_path / "build" / "shared" / "results" / "y.json"
    part.parent.mkdir(parents=True)
    part.write_text("7")
    run = _run(
        tmp_path,
        FOLDER,
        "assert (folder / 'results' / 'y.json').read_text() == '7'\n"
        "assert [p.name for p in folder.rglob('*.*')] == ['y.json']",
        WRITE,
        inputs={"results/y.json": part},
    )
    execute(run)
    assert part.read_text() == "7"
    assert [path.name for path in (run.folder / "results").iterdir()] == ["x.json"]


def test_a_declared_folder_that_stays_empty_is_made(tmp_path: Path) -> None:
    run = _run(tmp_path, "pass", writes=["figures/x"])
    execute(run)
    assert (run.folder / "figures" / "x").is_dir()


def test_parameters_that_it_does_not_declare_are_an_error(tmp_path: Path) -> None:
    run = replace(_run(tmp_path, "pass"), parameters={"economy": "CHN", "speed": 1})
    with pytest.raises(BadNotebookError, match="does not use the parameter speed; it declares eco"):
        execute(run)


def test_braces_in_the_name_of_a_folder_do_no_harm(tmp_path: Path) -> None:
    run = _run(tmp_path / "{x}", FOLDER, WRITE)
    execute(run)
    assert run.executed.is_file()
