"""Packages of another Python, named in PYTHONPATH, reach neither the command nor its kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import rebalancing
from rebalancing import surroundings
from rebalancing.project import Project

pytestmark = pytest.mark.slow

CODE = str(Path(rebalancing.__file__).parents[1])


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/a:/b", None), ("", None), (f"/a:{CODE}/", CODE), (":", None), (CODE, CODE)],
)
def test_only_the_code_that_runs_stays(path: str, kept: str | None) -> None:
    found = surroundings.own({"PYTHONPATH": path, "PYTHONHOME": "/opt/old", "HOME": "/home"})
    assert found == {"HOME": "/home"} | ({"PYTHONPATH": kept} if kept else {})


def test_what_packages_offer_is_the_same_and_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = metadata.entry_points
    questions = (
        {"group": "pybtex.style.names", "name": "plain"},
        {"group": "papermill.engine"},
        {"group": "nothing.at.all"},
    )
    expected = [{entry.value for entry in looked_up(**asked)} for asked in questions]
    assert [bool(found) for found in expected] == [True, True, False]
    monkeypatch.setattr(metadata, "entry_points", looked_up)  # put back when the test ends
    surroundings.entry_points_once()
    for _ in range(2):
        found = [{entry.value for entry in metadata.entry_points(**a)} for a in questions]
        assert found == expected
        monkeypatch.setattr(metadata, "distributions", None)  # nobody reads them again


def test_a_study_is_checked_and_planned_without_pandas(own_project: Project) -> None:
    code = (
        "import sys; from rebalancing import build; from rebalancing.project import Project; "
        "from rebalancing.study import Study; project = Project.find(); "
        "study = Study.load(project); study.remarks(project); "
        "build.report_steps(project, study); print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": CODE},
        cwd=own_project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_the_command_does_without_packages_of_another_python(tmp_path: Path) -> None:
    for name in ("click", "numpy", "pyarrow"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('of another Python')")
    done = subprocess.run(
        [sys.executable, "-m", "rebalancing", "data", "list"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{CODE}"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "unsd-ama" in done.stdout


@pytest.mark.slow
def test_a_book_is_built_without_what_runs_notebooks() -> None:
    code = (
        "import sys; from rebalancing import surroundings as s; s.without_iri_grammars(); "
        "s.without_execution(); import myst_nb.sphinx_ext; "
        "print({'sqlalchemy', 'nbclient', 'isoduration'} & {m for m in sys.modules if "
        "sys.modules[m]})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
