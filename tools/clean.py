"""Remove everything that can be rebuilt, unless a command is at work on it.

Usage: python3 tools/clean.py

Needs only the standard library, and no environment: one that is broken must not be in the way.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.dont_write_bytecode = True

from rebalancing.errors import BusyError  # noqa: E402
from rebalancing.project import Project  # noqa: E402

MADE = ("build", ".pytest_cache", ".mypy_cache", ".ruff_cache")
CODE = ("src", "tests", "tools", "benchmarks")


def clean(project: Project) -> None:
    """Remove what is made: folders, processed tables, what Python has compiled."""
    compiled = [path for name in CODE for path in (project.root / name).rglob("__pycache__")]
    for folder in [*(project.root / name for name in MADE), *compiled]:
        if folder.exists():
            shutil.rmtree(folder)
    for table in project.processed.glob("*.parquet"):
        table.unlink()


def main() -> None:
    """Clean the project."""
    project = Project(ROOT)
    try:
        with project.alone("clean"):
            clean(project)
    except BusyError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename} cannot be removed: {error.strerror}")


if __name__ == "__main__":
    main()
