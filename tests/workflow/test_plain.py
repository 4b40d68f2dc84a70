"""Plain pytask, as its users call it, on a small project."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rebalancing.project import Project
from rebalancing.workflow import engine

from .small_project import SmallProject

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TASKS = """\
from pathlib import Path

from workflow.small_project import SmallProject

from rebalancing.workflow import run

small = SmallProject(Path(__file__).parent)
tasks = run.tasks_of_edition(small.project, small.study, small.steps)
globals().update({task.name: task for task in tasks})
"""


def pytask(small: SmallProject, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytask in a small project, with a task_report.py of its own."""
    small.write("task_report.py", TASKS)
    return run_in(small.root, *arguments)


def run_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytask in a folder with the settings of the real pyproject.toml."""
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    return subprocess.run(
        [str(Path(sys.executable).with_name("pytask")), *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_collect_lists_every_task(small: SmallProject) -> None:
    done = pytask(small, "collect")
    assert done.returncode == 0, done.stdout
    for name in ("shared/01_clean", "CHN/02_first", "CHN/03_second", "CHN/results", "CHN/book"):
        assert f"task_report.py::{name}>" in done.stdout


def test_explain_says_what_our_own_says(built: SmallProject) -> None:
    assert built.reasons() == {}
    assert "5 task(s) with no changes" in pytask(built, "--explain").stdout
    built.write("data/raw/b/2023/figures.txt", "6\n")
    said = pytask(built, "--explain").stdout
    assert "CHN/03_second\n  • data/raw/b: Changed" in said
    assert "CHN/results\n  • Preceding CHN/03_second would be executed" in said
    assert "CHN/02_first" not in said.partition("Explanation")[2]
    assert set(built.reasons()) == {"CHN/03_second", "CHN/results", "CHN/book"}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_what_pytask_ran_is_not_run_again(small: SmallProject, workers: tuple[str, ...]) -> None:
    done = pytask(small, *workers)
    assert done.returncode == 0, done.stdout
    assert small.reasons() == {}
    assert small.run() == []
    assert not (small.root / "pytask.lock").exists()
    assert not (small.root / ".pytask").exists()


def test_nothing_is_run_to_be_explained_whatever_the_workers(small: SmallProject) -> None:
    assert pytask(small, "--explain", "-n", "2").returncode == 0
    assert not (small.root / "data" / "processed").exists()


def test_a_damaged_record_is_made_anew(built: SmallProject) -> None:
    built.write("build/.workflow/pytask.lock", "no lock file")
    done = pytask(built)
    assert done.returncode == 0, done.stdout
    assert built.reasons() == {}


def test_nothing_is_cleaned_away(built: SmallProject) -> None:
    pytask(built, "clean", "--mode", "force", "--directories", ".")
    assert built.run() == []


def test_another_command_at_work_is_said_in_a_line(built: SmallProject) -> None:
    with built.project.alone("build"):
        done = pytask(built, "--explain")
    assert done.returncode == 1
    assert done.stderr == (
        "pytask: Another build is running in this project; wait until it has ended\n"
    )


def test_dag_says_in_a_line_what_to_install(built: SmallProject) -> None:
    done = pytask(built, "dag", "--layout", "no-such-program")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "the program no-such-program of Graphviz; install Graphviz" in done.stderr


def stand_in(program: Path, script: str) -> Path:
    """Write a program that stands for one of Graphviz and return it."""
    program.write_text(script)
    program.chmod(0o755)
    return program


def test_dag_hands_every_task_and_node_to_graphviz(
    built: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It keeps what it is given, in the place of a drawing.
    stand_in(tmp_path / "dot", '#!/bin/sh\necho "$@"\ncat\n')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    done = pytask(built, "dag", "--output-path", "build/tasks.svg", "--rank-direction", "LR")
    assert done.returncode == 0, done.stderr
    assert f"Written to {built.root / 'build' / 'tasks.svg'}." in done.stdout
    drawn = (built.root / "build" / "tasks.svg").read_text().splitlines()
    assert drawn[:3] == ["-Tsvg", "digraph {", "rankdir=LR"]
    assert '"CHN/02_first" [shape=hexagon]' in drawn
    assert '"build/CHN/results/02_first.json" -> "CHN/results"' in drawn
    assert '"CHN/02_first" -> "build/CHN/results/02_first.json"' in drawn
    assert built.reasons() == {}


def test_dag_replaces_nothing_of_the_project(built: SmallProject, tmp_path: Path) -> None:
    program = stand_in(tmp_path / "draw", "#!/bin/sh\ncat\n")
    done = pytask(built, "dag", "--layout", str(program), "--output-path", "pyproject.toml")
    assert done.returncode == 1
    assert "among the project's own files" in done.stderr


def test_dag_shows_what_cannot_be_collected_as_pytask_does(
    built: SmallProject, tmp_path: Path
) -> None:
    program = stand_in(tmp_path / "draw", "#!/bin/sh\ncat\n")
    built.write("task_report.py", "raise ValueError('no tasks today')\n")
    done = run_in(built.root, "dag", "--layout", str(program))
    assert done.returncode == 3  # pytask's status for what could not be collected
    assert "ValueError: no tasks today" in done.stdout
    assert not done.stderr
    assert not (built.root / "dag.pdf").exists()


def test_dag_says_in_a_line_what_graphviz_refuses(built: SmallProject, tmp_path: Path) -> None:
    refuses = 'echo "Format: \\"nope\\" not recognized." >&2; exit 1'
    program = stand_in(tmp_path / "draw", f"#!/bin/sh\n{refuses}\n")
    done = pytask(built, "dag", "--layout", str(program), "--output-path", "build/tasks.nope")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert 'draws no nope; name a file of another kind: Format: "nope"' in done.stderr
    assert not (built.root / "build" / "tasks.nope").exists()


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_what_it_is_handed(built: SmallProject) -> None:
    done = pytask(built, "dag")
    assert done.returncode == 0, done.stderr
    assert (built.root / "dag.pdf").read_bytes().startswith(b"%PDF")


def test_the_tasks_of_the_real_study(own_project: Project) -> None:
    for name in ("task_report.py", "requirements.lock", "data/corrections.yml"):
        shutil.copyfile(ROOT / name, own_project.root / name)
    own_project.book.symlink_to(ROOT / "book")
    done = run_in(own_project.root, "collect")
    assert done.returncode == 0, done.stdout
    assert "task_report.py::CHN/book>" in done.stdout
    own_project.study_file.write_text("economy: CHN\nno_such: 1\n")
    done = run_in(own_project.root, "collect")
    assert done.returncode == 1
    assert done.stderr.startswith("pytask: study.yml: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_the_bell_replaces_is_still_there() -> None:
    """Read from the source, because a run in this process may have replaced it already."""
    from pytask_parallel import execute

    tree = ast.parse(Path(execute.__file__).read_text())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    remedy = "pytask-parallel has changed: look at engine.py's Bell, and at docs/decisions/03"
    assert "_Sleeper" in classes, remedy
    methods = {n.name for n in classes["_Sleeper"].body if isinstance(n, ast.FunctionDef)}
    assert methods == {"increment", "reset", "sleep"}, remedy
    assert methods < set(vars(engine.Bell)), remedy
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and not n.args and not n.keywords]
    assert "_Sleeper" in {ast.unparse(call.func) for call in calls}, remedy


def test_what_keeps_no_database_is_still_there() -> None:
    from _pytask import state

    calls = ast.walk(ast.parse(Path(state.__file__).read_text()))
    named = {ast.unparse(n.func) for n in calls if isinstance(n, ast.Call)}
    remedy = "pytask has changed: look at engine.py's _keep_no_database, and at docs/decisions/03"
    assert {"update_states_in_database", "lockfile_state.update_task"} <= named, remedy
