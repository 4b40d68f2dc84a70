from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from workflow.small_project import FOLDER, SmallProject, SmallStudy, fill, notebook

import rebalancing
from rebalancing.files import write_atomic
from rebalancing.notebooks import UNDRAWN_VARIABLE
from rebalancing.sweeps import whole
from rebalancing.sweeps.grid import read_grid
from rebalancing.workflow import run
from rebalancing.workflow.dependencies import Library

# Each run says that it begins, for which program and in which kernel; it waits or fails where a
# file asks for it.
CHAPTER = """
name = {name!r}
point = f'{{name}} {{economy}} {{seed}}'
import psutil, time
def say(what):
    with open(what, 'a') as said:
        said.write(f'{{point}} {{psutil.Process(os.getppid()).ppid()}} {{os.getpid()}}\\n')
say('begun')
while pathlib.Path('hold').exists() and pathlib.Path('hold').read_text() in point:
    time.sleep(0.05)
if pathlib.Path('fail').exists() and pathlib.Path('fail').read_text() in point:
    raise ValueError(f'no figures of {{economy}}')
number = {value}
results = [
    dict(key=f'{{name[3:]}}.{{key}}', value=value, unit=unit, period='2024', definition='A figure',
         release='a 2024', chapter=name, cell='cell', text=str(value))
    for key, value, unit in
    (('number', number, '%'), ('word', economy, 'name'), ('none', None, '%'))
]
part = folder / 'results' / f'{{name}}.json'
part.parent.mkdir(exist_ok=True)
part.write_text(json.dumps(dict(chapter=name, left_out={{}}, results=results)))
print('said by', economy)
print('undrawn' if {undrawn!r} in os.environ else 'drawn')
say('finished')"""
PARAMETERS = "economy: str = None\nseed: int = None"
GRID = "chapters: [2, 3]\ngrid:\n  economy: [CHN, JPN]\n  seed: [1, 2]\n"


@dataclass(frozen=True)
class Swept:
    """A small project with two chapters, and what to do with it."""

    small: SmallProject

    @property
    def root(self) -> Path:
        return self.small.root

    def sweep(self, text: str = GRID, name: str = "small.yml", **options: Any) -> Path:
        """Run a sweep and return its folder."""
        file = self.small.write(name, text)
        grid, chosen = read_grid(file), {"jobs": 2, **options}
        whole.run_sweep(self.small.project, grid, studies=self.studies, **chosen)
        return self.root / "build" / "sweeps" / file.stem

    @property
    def studies(self) -> whole.Studies:
        own = Library(Path(rebalancing.__file__).parent)
        steps = replace(self.small.steps, library=own)

        def share(names: list[str]) -> None:
            run.run_edition(self.small.project, SmallStudy(), steps, only=names, is_said=False)

        def study_of(values: Mapping[str, Any]) -> SmallStudy:
            return replace(SmallStudy().with_(**values), name="-".join(map(str, values.values())))

        return whole.Studies(study_of, lambda: ["CHN", "JPN"], share)

    def lines(self, name: str) -> list[str]:
        """Return which runs have begun or finished, in the order of their names."""
        path = self.root / name
        lines = path.read_text().splitlines() if path.exists() else []
        return sorted(line.rsplit(" ", 2)[0] for line in lines)

    def bytes(self, folder: Path) -> dict[str, bytes]:
        """Return a sweep's outputs and what its runs recorded, without logs."""
        found = [p for p in (*folder.iterdir(), *folder.parent.glob("runs/*/**/*.json"))
                 if p.is_file()]  # fmt: skip
        return {p.relative_to(folder.parent).as_posix(): p.read_bytes() for p in found}


def write(root: Path) -> None:
    small = fill(root)
    # 03 reads what 02 recorded, and does not use the seed.
    cells = CHAPTER.format(name="02_first", value="seed / 3", undrawn=UNDRAWN_VARIABLE)
    small.write(
        "notebooks/02_first.ipynb",
        notebook(
            FOLDER,
            cells,
            reads=["data/processed/a.txt", "data/raw/b"],
            writes=["results/02_first.json"],
            parameters=PARAMETERS,
        ),
    )
    value = "json.loads((folder / 'results/02_first.json').read_text())['results'][0]['value'] * 2"
    cells = CHAPTER.format(name="03_second", value=value, undrawn=UNDRAWN_VARIABLE)
    small.write(
        "notebooks/03_second.ipynb",
        notebook(
            FOLDER,
            "seed = ''",
            cells,
            reads=["data/raw/b", "results/02_first.json"],
            writes=["results/03_second.json"],
        ),
    )
    write_atomic(root / "book" / "references.bib", "")


@pytest.fixture
def swept(tmp_path: Path) -> Swept:
    """A small project of which nothing has run."""
    write(tmp_path)
    return Swept(SmallProject(tmp_path))


@pytest.fixture(scope="session")
def swept_once(once: Callable[..., Path]) -> Swept:
    """A small project with a finished sweep; never changed."""

    def make(folder: Path) -> None:
        write(folder)
        Swept(SmallProject(folder)).sweep()

    return Swept(SmallProject(once("swept", make)))


@pytest.fixture
def copied(swept_once: Swept, tmp_path: Path) -> Swept:
    """A copy of it."""
    shutil.copytree(swept_once.root, tmp_path / "project", symlinks=True)
    return Swept(SmallProject(tmp_path / "project"))
