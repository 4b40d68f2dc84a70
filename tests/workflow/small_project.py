"""A project small enough to run in seconds: three notebooks, a library of four modules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rebalancing.files import write_atomic
from rebalancing.project import Project
from rebalancing.workflow import run
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.tasks import Piece, Steps

FOLDER = "import json, os, pathlib\nfolder = pathlib.Path(os.environ['REBALANCING_EDITION_FOLDER'])"
RESULT = """part = folder / 'results' / '{name}.json'
part.parent.mkdir(exist_ok=True)
part.write_text(json.dumps({value}))"""


def notebook(
    *cells: str,
    title: str = "A chapter",
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    parameters: str = "economy: str = None",
    limits: Any = None,
) -> dict[str, Any]:
    """Return a notebook: the parameters cell, then the given cells."""
    sources = [parameters, *cells]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "rebalancing": {
                "title": title,
                "reads": list(reads),
                "writes": list(writes),
                **({"limits": limits} if limits is not None else {}),
            },
        },
        "cells": [
            {
                "cell_type": "code",
                "id": "parameters" if number == 0 else f"cell-{number}",
                "metadata": {"tags": ["parameters"]} if number == 0 else {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(sources)
        ],
    }


@dataclass(frozen=True)
class SmallStudy:
    """Stands for the study: values, and an edition named by the economy."""

    values: dict[str, Any] = field(
        default_factory=lambda: {"economy": "CHN", "first_year": 1970, "seed": 1}
    )
    name: str = "CHN"

    def edition(self, project: Project) -> str:
        return self.name

    def parameters(self) -> dict[str, Any]:
        return self.values

    def declaration(self, name: str) -> str:
        return f"{name}: int | None = None"

    def remarks(self, project: Project) -> list[str]:
        return []

    def with_(self, **values: Any) -> SmallStudy:
        return replace(self, values={**self.values, **values})


@dataclass
class SmallProject:
    """A project in a temporary folder, and what to do with it."""

    root: Path
    study: SmallStudy = field(default_factory=SmallStudy)
    code: dict[str, Any] = field(default_factory=dict)
    site: str = ""
    pieces: tuple[Piece, ...] = ()

    @property
    def project(self) -> Project:
        return Project(self.root)

    @property
    def steps(self) -> Steps:
        return Steps(
            library=Library(self.root / "src" / "rebalancing"),
            merge=self.merge,
            merge_modules=("rebalancing.report.results",),
            book=self.build_book,
            book_modules=("rebalancing.book.assembly",),
            code=self.code,
            site=self.site,
            pieces=self.pieces,
        )

    def write(self, path: str, content: str | dict[str, Any]) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content))
        return target

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def merge(self, folder: Path) -> None:
        parts = {path.stem: json.loads(path.read_text()) for path in folder.glob("results/*.json")}
        write_atomic(folder / "results.json", json.dumps(parts | self.code, sort_keys=True))

    def build_book(self, folder: Path) -> None:
        for name in ("book", "site"):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        (folder / "book" / "index.md").write_text((self.root / "book" / "index.md").read_text())
        write_atomic(folder / "checklist.json", "{}")
        (folder / "site" / "index.html").write_text((folder / "results.json").read_text())

    def run(self, **options: Any) -> list[str]:
        """Run what has changed and return the names of the tasks that ran, sorted."""
        outcome = run.run_edition(self.project, self.study, self.steps, **options)
        return sorted(outcome.ran)

    def reasons(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Return, for each task that would run, why and after which others."""
        plans = run.explain_edition(self.project, self.study, self.steps)
        return {plan.name: (plan.reasons, plan.after) for plan in plans if plan.runs}


def fill(root: Path) -> SmallProject:
    """Write the small project.

    01_clean (shared) makes data/processed from data/raw/a; 02_first reads that and module `one`;
    03_second reads data/raw/b and module `two`, which imports `base`; only 03 uses `seed`.
    """
    small = SmallProject(root)
    small.write("study.yml", "economy: CHN\n")
    small.write("requirements.lock", "numpy==1\n")
    small.write("book/index.md", "# The book\n")
    small.write("data/raw/a/2024/figures.txt", "1\n")
    small.write("data/raw/a/2024/datapackage.json", "{}")
    small.write("data/raw/b/2023/figures.txt", "2\n")
    for name in ("__init__", "models/__init__", "report/__init__", "base", "report/results"):
        small.write(f"src/rebalancing/{name}.py", "")
    small.write("src/rebalancing/book/assembly.py", "")
    small.write("src/rebalancing/models/one.py", "")
    small.write("src/rebalancing/models/two.py", "def f():\n    from ..base import x\n")
    small.write("src/rebalancing/models/unused.py", "")
    small.write(
        "notebooks/01_clean.ipynb",
        notebook(
            "import pathlib\nprocessed = pathlib.Path('data/processed')\n"
            "processed.mkdir(exist_ok=True)\n"
            "figures = pathlib.Path('data/raw/a/2024/figures.txt').read_text()\n"
            "(processed / 'a.txt').write_text(figures.strip())",
            title="Clean",
            reads=["data/raw/a"],
            writes=["data/processed/a.txt"],
            parameters="# none",
        ),
    )
    small.write(
        "notebooks/02_first.ipynb",
        notebook(
            FOLDER,
            "if False:\n    from rebalancing.models import one",
            "value = [economy, int(pathlib.Path('data/processed/a.txt').read_text())]",
            RESULT.format(name="02_first", value="value"),
            "(folder / 'figures' / '02_first').mkdir(parents=True)\n"
            "(folder / 'figures' / '02_first' / 'share.svg').write_text(str(value))",
            title="First",
            reads=["data/processed/a.txt"],
            writes=["results/02_first.json", "figures/02_first"],
        ),
    )
    small.write(
        "notebooks/03_second.ipynb",
        notebook(
            FOLDER,
            "def later():\n    import rebalancing.models.two",
            RESULT.format(name="03_second", value="[economy, seed]"),
            title="Second",
            reads=["data/raw/b"],
            writes=["results/03_second.json"],
            parameters="economy: str = None\nseed: int = None  # for draws",
        ),
    )
    return small
