"""A worker needs the wheel and the data that docs/sweeps.md names, and no checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rebalancing.files import workshop
from rebalancing.sweeps import plan
from rebalancing.sweeps.grid import read_grid
from rebalancing.sweeps.store import Store
from rebalancing.sweeps.task import perform, tidy_once

from .conftest import Swept

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def documented(program: str) -> str:
    text = (ROOT / "docs" / "sweeps.md").read_text()
    (found,) = re.findall(rf"^({re.escape(program)} .*?)(?:\s+#.*)?$", text, re.MULTILINE)
    return str(found)


def test_the_wheel_holds_all_code_and_what_goes_with_it(tmp_path: Path) -> None:
    command = documented(".venv/bin/python").replace(".venv/bin/python", sys.executable)
    command = command.replace("build/wheel", str(tmp_path))
    subprocess.run(command.split(), cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("rebalancing-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    own = [p for p in (ROOT / "src").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert {p.relative_to(ROOT / "src").as_posix() for p in own} <= held


def test_what_a_killed_worker_has_left_goes_when_another_begins(
    tmp_path: Path,
) -> None:
    with workshop(tmp_path, ".sweep.") as held:
        left, new, other = (tmp_path / name for name in (".sweep.a1b2c3d4", ".sweep.new_new_", "x"))
        for folder in (left, new, other):
            folder.mkdir()
        (left / "given").mkdir()
        for folder in (left, held, other):
            os.utime(folder, (0, 0))
        tidy_once(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {held.name, new.name, other.name}


def test_a_folder_with_the_documented_data_gives_the_same_run(
    swept_once: Swept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "worker.tar.gz"
    command = documented("tar").replace("build/worker.tar.gz", str(archive))
    subprocess.run(command.split(), cwd=swept_once.root, check=True)
    place = tmp_path / "project"
    place.mkdir()
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(place)], check=True)
    project = swept_once.small.project
    grid = read_grid(swept_once.root / "small.yml")
    layout, chapters, extra = plan.choose(project, grid)
    points = plan.points(grid, swept_once.studies.study_of, lambda s: s.edition(project), ())
    planned = plan.make(project, grid, points, layout, chapters, extra)
    store = Store(project.build / "sweeps" / "runs")
    run = planned.runs[planned.addresses["JPN-2", "03_second"]]
    task = planned.task(run, store)
    monkeypatch.chdir(place)
    left = place / "build" / ".sweep.a1b2c3d4"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    outcome = perform(task)
    assert not outcome.failure
    assert not left.exists()  # of a worker that was killed
    assert outcome.files == store.files(run.address)
    (place / "data" / "raw" / "b" / "2023" / "figures.txt").write_text("other\n")
    assert perform(task).failure.startswith("data/raw/b is not what the sweep rests on; bring")
