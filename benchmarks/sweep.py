"""Sweeps beside their cells' own CPU, and beside stock papermill, for `make bench` and the atlas.

Each runs in a folder with links to the project and with nothing run.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from chapters import own
from measured import Measured, must

from rebalancing.data import releases
from rebalancing.errors import StudyError
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.study import Study

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CORE = ("02_consumption", "06_surplus", "14_scenarios")


def economies(count: int) -> list[str]:
    """Return economies with enough data, evenly over the alphabet."""
    project, found = Project(ROOT), []
    for code in sorted(releases.economies(project, ACCOUNTS)):
        with suppress(StudyError):
            found.append(Study.load(project, {"economy": code}).economy)
    return found[:: max(1, len(found) // count)][:count]


def links(folder: Path) -> Path:
    """Fill a folder with links to the project, and what the workflow knows of its tables."""
    for name in ("data", "notebooks", "book", "editions", "study.yml", "requirements.lock"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("shared", ".workflow"):
        shutil.copytree(ROOT / "build" / name, folder / "build" / name, symlinks=True)
    return folder


def cells(names: Sequence[str], codes: Sequence[str]) -> float:
    """Return the CPU seconds of all chapters' own cells for all economies."""
    took = (own(name, None, {"economy": code}) for code in codes for name in names)
    return sum(sum(seconds.values()) for seconds in took)


def sweep(names: Sequence[str], codes: Sequence[str], jobs: int = 2) -> Measured:
    """Measure a sweep by some workers."""
    with tempfile.TemporaryDirectory() as place:
        folder = links(Path(place))
        grid = {"chapters": list(names), "grid": {"economy": list(codes)}}
        (folder / "grid.yml").write_text(json.dumps(grid))
        return must([str(BIN / "rebalancing"), "sweep", "grid.yml", "--jobs", str(jobs)], folder)


def stock(names: Sequence[str], codes: Sequence[str]) -> Measured:
    """Measure papermill by xargs, two at a time."""
    with tempfile.TemporaryDirectory() as place:
        folder = links(Path(place))
        lines = [
            f"notebooks/{name}.ipynb {code}-{name}.ipynb -p economy {code} -k python3\n"
            for code in codes
            for name in names
        ]
        (folder / "list").write_text("".join(lines))
        quiet = f"xargs -P2 -L1 {BIN / 'papermill'} --no-progress-bar < list 2> said"
        return must(["sh", "-c", quiet], folder)
