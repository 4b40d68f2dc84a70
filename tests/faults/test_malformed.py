"""Malformed inputs of all kinds end in one line: a sample in every run, all with `make faults`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from rebalancing import build as workflow
from rebalancing import cli
from rebalancing.book import serve
from rebalancing.book.parts import Parts
from rebalancing.project import Project
from rebalancing.report.prose import Prose, Recorded
from rebalancing.study import Study
from rebalancing.workflow import run
from rebalancing.workflow.tasks import Steps

from . import tiny
from .malformed import CASES, Case, case, statuses

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES, CHARACTERS = 2.0, 200, 1100
SAMPLE, BLOCK = 10, 50
Trouble = Callable[[str, int], str]
PROSE = {
    "without": [],
    "economy": "China",
    "citation": {"authors": ["Nobody"], "site": ""},
    "year": "2026",
    "as_of": "",
    "edition": {"name": "CHN", "code": {"version": "1"}},
    "sources": [],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The small project, the current folder; nothing is run, served or asked for in it."""
    project = tiny.build(tmp_path_factory.mktemp("malformed") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        patch.setattr(serve, "serve", lambda *_, **__: None)
        patch.setattr(run, "run_edition", _planned)
        for name in ("WORLDBANK", "UNSD", "BIS", "IMF", "COMTRADE"):
            patch.setenv(f"REBALANCING_{name}_URL", "http://127.0.0.1:9")
        patch.setattr(time, "sleep", lambda seconds: None)
        workflow.explain(project, Study.load(project))  # the library is read once, not every time
        yield project


def _planned(project: Project, study: Study, steps: Steps, **_: object) -> None:
    """Plan a report without running it."""
    run.explain_edition(project, study, steps)


def _configure(project: Project) -> None:
    """Fill in the book's configuration, as a command."""
    book = Parts(project, project.build, {}, Prose(Recorded({}), PROSE), teller=cast("Any", None))
    for name in ("_toc.yml", "_config.yml"):
        book.settings(name)


def _ends(project: Project, command: tuple[str, ...], patch: pytest.MonkeyPatch) -> int:
    """Run a command and return its exit status; an error that nobody caught is raised."""
    patch.setattr(sys, "argv", ["rebalancing", *command])
    if command == ("configure",):
        patch.setattr(sys, "argv", ["rebalancing"])
        patch.setattr(cli, "cli", lambda **_: _configure(project))
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file, which show that it was not written."""
    found = (path.stat() for path in sorted(folder.rglob("*")))
    names = [str(path) for path in sorted(folder.rglob("*"))]
    return {name: (s.st_size, s.st_mtime_ns) for name, s in zip(names, found, strict=True)}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def trouble(project: Project, capsys: pytest.CaptureFixture[str]) -> Trouble:
    """Return what is wrong with how a case ends; nothing when all is well."""

    def trouble(kind: str, seed: int) -> str:
        one = case(kind, seed, lambda path: (project.root / path).read_bytes())
        sound = _kept(project)
        if one.path:
            place = project.root / one.path
            sound[place] = place.read_bytes()
            place.write_bytes(one.content)
        data, memory = _state(project.root / "data" / "raw"), _megabytes()
        capsys.readouterr()
        start = time.process_time()
        try:
            with pytest.MonkeyPatch.context() as patch:
                status = _ends(project, one.command, patch)
            said = capsys.readouterr().err
            found = _judged(one, status, said, time.process_time() - start, _megabytes() - memory)
            if _state(project.root / "data" / "raw") != data:
                found = "lost data"
        except Exception as error:
            found = f"traceback: {type(error).__name__}: {str(error)[:100]}"
        finally:
            _restore(project, sound)
        return f"{found} ({one.how} in {one.path or 'arguments'})" if found else ""

    return trouble


def _kept(project: Project) -> dict[Path, bytes]:
    """Return what commands write: the state of the workflow, and what is kept of editions."""
    folders = (project.root / "editions", project.build / ".workflow")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files}


def _restore(project: Project, sound: dict[Path, bytes]) -> None:
    for path, content in _kept(project).items():
        if path not in sound:
            path.unlink()
        elif content == sound[path]:
            del sound[path]
    for path, content in sound.items():
        path.write_bytes(content)


def _judged(one: Case, status: int, said: str, seconds: float, megabytes: float) -> str:
    if status not in statuses(one):
        return f"wrong exit: {status}"
    if seconds > SECONDS or megabytes > MEGABYTES:
        return f"hang: {seconds:.1f} s, {megabytes:.0f} MB"
    one_line = said.startswith("rebalancing: ") and said.count("\n") == 1
    # Commands that judge several things say one line of each, as the list of damaged files.
    listed = one.command[:2] in {("data", "verify"), ("data", "refresh")} or not one.command
    if status and not (listed or (one_line and len(said) <= CHARACTERS)):
        return f"wrong words: {said[:200]!r}"
    return "wrong words: a traceback" if "Traceback" in said else ""


def _none(trouble: Trouble, kind: str, seeds: range, record: Callable[[str, object], None]) -> None:
    found = {seed: said for seed in seeds if (said := trouble(kind, seed))}
    counts = Counter(said.partition(":")[0] for said in found.values())
    record("malformed", json.dumps([kind, len(seeds), counts]))
    assert not found


def test_the_books_configuration_as_it_is_can_be_filled_in(project: Project) -> None:
    """Otherwise whatever stood in it would be refused."""
    with pytest.MonkeyPatch.context() as patch:
        assert _ends(project, ("configure",), patch) == 0


@pytest.mark.parametrize("kind", list(CASES))
def test_a_sample_ends_in_one_line(
    trouble: Trouble, kind: str, record_property: Callable[[str, object], None]
) -> None:
    _none(trouble, kind, range(SAMPLE), record_property)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("kind", "first"),
    [(kind, first) for kind, count in CASES.items() for first in range(0, count, BLOCK)],
)
def test_all_end_in_one_line(
    trouble: Trouble, kind: str, first: int, record_property: Callable[[str, object], None]
) -> None:
    seeds = range(first, min(first + BLOCK, CASES[kind]))
    _none(trouble, kind, seeds, record_property)
