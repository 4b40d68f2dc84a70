"""Time and memory of building the report, whole processes, beside the stock tools.

Usage: python benchmarks/report.py [--runs 3]

In a copy of the project without anything built, in turn: the same notebooks by stock papermill one
after another and a stock Jupyter Book of them; ``rebalancing report``, cold; the same again with
nothing changed. Prints medians over the runs and, as machines differ, ratios of the pairs. Memory
is the peak over all processes together, sampled; pages that processes share count once.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COPIED = (
    "book", "data", "notebooks", "src", "pyproject.toml", "requirements.lock", "study.yml",
    "CHANGELOG.md", "LICENSE", "CITATION.cff", "tests/oracles",
)  # fmt: skip
INTERVAL = 0.1  # seconds between two looks at memory


def memory(process: psutil.Process) -> int:
    """Return the bytes that a process and all it started hold now."""
    private, shared = 0, 0
    for member in [process, *process.children(recursive=True)]:
        try:
            info = member.memory_info()
        except psutil.NoSuchProcess:
            continue
        common = getattr(info, "shared", 0)
        private, shared = private + info.rss - common, max(shared, common)
    return private + shared


def measured(folder: Path, *commands: Sequence[str | Path]) -> tuple[float, float]:
    """Run commands one after another in a folder; return seconds and peak gigabytes."""
    start, peak = time.perf_counter(), 0
    for command in commands:
        # A file, because a pipe that nobody empties stops the command when it is full.
        with tempfile.TemporaryFile("w+") as said:
            process = psutil.Popen(
                [str(part) for part in command],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=said,
                text=True,
            )
            while process.poll() is None:
                peak = max(peak, memory(process))
                time.sleep(INTERVAL)
            if process.returncode:
                said.seek(0)
                sys.exit(f"{' '.join(map(str, command))} failed:\n{said.read()}")
    return time.perf_counter() - start, peak / 1e9


def copy(folder: Path) -> Path:
    """Copy what the report is made from."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "*.parquet.tmp")
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    shutil.rmtree(folder / "build", ignore_errors=True)
    for table in (folder / "data" / "processed").glob("*.parquet"):
        table.unlink()
    return folder


def stock(folder: Path) -> tuple[float, float]:
    """Run the notebooks by papermill alone, then build a plain Jupyter Book of them."""
    names = sorted(path.name for path in (folder / "notebooks").glob("[0-9]*.ipynb"))
    plain = folder / "plain"
    plain.mkdir()
    config = {"title": "Report", "execute": {"execute_notebooks": "off"}}
    others = [{"file": name[:-6]} for name in names[1:]]
    contents = {"format": "jb-book", "root": names[0][:-6], "chapters": others}
    (plain / "_config.yml").write_text(yaml.safe_dump(config))
    (plain / "_toc.yml").write_text(yaml.safe_dump(contents))
    runs: list[list[str | Path]] = [
        [BIN / "papermill", f"notebooks/{name}", plain / name] for name in names
    ]
    return measured(folder, *runs, [BIN / "jupyter-book", "build", plain])


def ours(folder: Path) -> tuple[float, float]:
    """Build the report with this project's command."""
    return measured(folder, [BIN / "rebalancing", "report"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs (default 3)")
    rows: dict[str, list[tuple[float, float]]] = {"stock": [], "report": [], "again": []}
    for run in range(parser.parse_args().runs):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            rows["stock"].append(stock(copy(Path(one))))
            rows["report"].append(ours(copy(Path(two))))
            rows["again"].append(ours(Path(two)))
        print(f"pair {run + 1} done", file=sys.stderr)
    titles = {
        "stock": "papermill one after another, jupyter-book build",
        "report": "rebalancing report, cold",
        "again": "rebalancing report, nothing changed",
    }
    print(f"{'':50}{'seconds':>9}{'GB':>7}{'of stock':>10}")
    for key, title in titles.items():
        seconds, peak = (statistics.median(column) for column in zip(*rows[key], strict=True))
        pairs = zip(rows[key], rows["stock"], strict=True)
        ratio = statistics.median(mine[0] / other[0] for mine, other in pairs)
        print(f"{title:50}{seconds:9.1f}{peak:7.2f}{ratio:10.2f}")


if __name__ == "__main__":
    main()
