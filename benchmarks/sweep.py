"""CPU and memory of a sweep beside its cells' own, and its throughput beside stock papermill.

Usage: python benchmarks/sweep.py [--economies 20] [--stock 4] [CHAPTER ...]

After ``make report``, for the core chapters or others that read no other chapter: the cells' own
CPU in copies of one process that has the libraries loaded; ``rebalancing sweep`` of the same, all
its processes together; and, for fewer economies, papermill by ``xargs -P2``. Each runs in a folder
with links to the project and with nothing run, and with one thread for linear algebra.
"""

from __future__ import annotations

import argparse
import json
import os
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
from rebalancing.workflow import fork_server
from rebalancing.workflow.execute import ONE_THREAD

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


def show(name: str, took: Measured, runs: int) -> None:
    """Print what some runs took, each on average."""
    each = f"{took.cpu / runs:.2f} s of CPU and {took.seconds / runs:.2f} s each"
    print(f"{name}: {runs} runs, {each}, largest process {took.largest:.2f} GB", flush=True)


def main() -> None:
    """Measure and print; again with one thread, which libraries only heed when they begin."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("chapters", nargs="*", default=CORE)
    parser.add_argument("--economies", type=int, default=20)
    parser.add_argument("--stock", type=int, default=4, help="economies for papermill")
    options = parser.parse_args()
    os.chdir(ROOT)
    codes = economies(options.economies)
    runs, fewer = len(codes) * len(options.chapters), options.stock * len(options.chapters)
    show("sweep", sweep(options.chapters, codes), runs)
    if options.stock:
        show("papermill by xargs -P2", stock(options.chapters, codes[: options.stock]), fewer)
    fork_server.load()
    print(f"cells' own: {cells(options.chapters, codes) / runs:.2f} s of CPU each")


if __name__ == "__main__":
    main()
