"""What a grid may ask for, and what is said of one that asks for something else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rebalancing.errors import InputError, ProjectNotFoundError
from rebalancing.project import Project
from rebalancing.sweeps.executors import OnDask
from rebalancing.sweeps.grid import GridError, combinations, read_grid
from rebalancing.sweeps.scheduler import SchedulerError
from rebalancing.sweeps.task import packages, unfit

from .conftest import Swept

ROOT = Path(__file__).parents[2]


def test_the_example_names_chapters_and_every_combination() -> None:
    grid = read_grid(ROOT / "docs" / "sweep.yml")
    assert grid.chapters == ("02", "06", "14")
    points = list(combinations(grid.axes))
    assert points[:3] == [
        {"economy": "CHN", "smoothing": 6.25},
        {"economy": "CHN", "smoothing": 100},
        {"economy": "JPN", "smoothing": 6.25},
    ]
    assert grid.in_words(len(points)) == "3 of economy × 2 of smoothing = 6 points"


CHAPTERS = "chapters: [2]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a.yml: must hold `chapters` and `grid`; docs/sweeps.md has an example"),
        ("chapters: [2", "a.yml: line 2, column 1: not valid YAML"),
        ("chapters: [02]", "a.yml: line 1, column 12: 02 is not a plain number"),
        ("grid: {economy: [CHN]}", "chapters: name some, such as [2, 6, 11], or write all"),
        ("chapters: []\ngrid: {economy: [CHN]}", "chapters: name some"),
        ("chapters: [2.5]\ngrid: {economy: [CHN]}", "chapters: 2.5 is no chapter; use its number"),
        (CHAPTERS, "the grid is empty; name values, such as economy: [CHN, JPN]"),
        (CHAPTERS + "grid: {}", "the grid is empty"),
        (
            CHAPTERS + "grid: [1, 2]",
            "a.yml: grid: [1, 2] names no parameter; name each with its values, such as economy: [",
        ),
        (CHAPTERS + "grid: CHN", "grid: 'CHN' names no parameter; name each with its values"),
        (CHAPTERS + "grid: {economy: []}", "economy has no values, so that there is no point"),
        (CHAPTERS + "grid: {economy: CHN}", "economy: 'CHN' is no list; write [CHN]"),
        (CHAPTERS + "grid: {economy: [CHN, CHN]}", "economy: 'CHN' stands twice"),
        (CHAPTERS + "grid: {smoothing: [100, 6.25, 100.0]}", "smoothing: 100.0 stands twice"),
        (CHAPTERS + "grid: {as_of: [2024-07-01, '2024-07-01']}", "'2024-07-01' stands twice"),
        (CHAPTERS + "grid: {peers: ['USA,JPN', [USA, JPN]]}", "['USA', 'JPN'] stands twice"),
        (
            CHAPTERS + "grid: {smooting: [1]}",
            "smooting: unknown parameter (did you mean smoothing?",
        ),
        (CHAPTERS + "grid: {seed: [1]}\nkeep: some", "keep: 'some' is not allowed; use results or"),
        (CHAPTERS + "grids: {seed: [1]}", "'grids' is unknown; allowed: chapters, grid, keep"),
    ],
)
def test_a_grid_that_asks_for_nothing_or_the_impossible_is_refused(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(GridError) as error:
        read_grid(tmp_path / "a.yml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("chapters", "names"),
    [("14", ("14",)), ("2", ("02",)), ("02_con", ("02_con",)), ("2, 6", ("2", "6"))],
)
def test_a_single_chapter_needs_no_list(
    tmp_path: Path, chapters: str, names: tuple[str, ...]
) -> None:
    (tmp_path / "a.yml").write_text(f"chapters: {chapters}\ngrid: {{seed: [1]}}\n")
    assert read_grid(tmp_path / "a.yml").chapters == names


def test_a_grid_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GridError, match="there is no such file"):
        read_grid(tmp_path / "none.yml")
    years = ", ".join(map(str, range(400)))
    (tmp_path / "a.yml").write_text(f"{CHAPTERS}grid:\n  seed: [{years}]\n  horizon: [{years}]\n")
    with pytest.raises(GridError, match="the grid has 160,000 points; 100,000 is the most"):
        read_grid(tmp_path / "a.yml")
    (tmp_path / "runs.yml").write_text(f"{CHAPTERS}grid: {{seed: [1]}}\n")
    with pytest.raises(GridError, match=r"call it runs-1.yml"):
        read_grid(tmp_path / "runs.yml")


def test_grids_whose_names_differ_after_a_dot_are_two_sweeps(tmp_path: Path) -> None:
    for name in ("my.v1.yml", "my.v2.yml", "my.yml"):
        (tmp_path / name).write_text(f"{CHAPTERS}grid: {{seed: [1]}}\n")
    names = [read_grid(path).name for path in sorted(tmp_path.iterdir())]
    assert names == ["my.v1", "my.v2", "my"]
    (tmp_path / ".hidden.yml").write_text(f"{CHAPTERS}grid: {{seed: [1]}}\n")
    with pytest.raises(GridError, match=r"call it hidden-1.yml"):
        read_grid(tmp_path / ".hidden.yml")


@pytest.mark.parametrize(
    ("chapters", "says"),
    [
        ("[9]", "small.yml: chapters: '09' is no chapter; chapters: 02_first, 03_second"),
        (
            "['0']",
            "small.yml: chapters: '0' could be 02_first, 03_second; chapters: 02_first, 03_second",
        ),
        (
            "[1]",
            "small.yml: chapters: '01' is 01_clean, which all editions share: it is run once",
        ),
    ],
)
def test_a_chapter_that_is_none_is_refused(swept: Swept, chapters: str, says: str) -> None:
    with pytest.raises(GridError) as error:
        swept.sweep(f"chapters: {chapters}\ngrid: {{economy: [CHN]}}\n")
    assert says in str(error.value)


def test_an_economy_without_data_is_refused_and_one_of_all_is_a_failure(tmp_path: Path) -> None:
    import held

    from rebalancing.study import Study
    from rebalancing.sweeps.plan import points

    project = held.project()

    def at(text: str, *every: str) -> list[tuple[str, str]]:
        (tmp_path / "a.yml").write_text(f"chapters: all\ngrid:\n{text}")
        grid = read_grid(tmp_path / "a.yml")
        found = points(grid, lambda v: Study.load(project, v), lambda s: s.edition(project), every)
        return [(point.label, point.failure.partition(",")[0]) for point in found]

    assert at("  economy: [JPN]\n  as_of: [latest, 2024-07-01]\n  releases: [latest]\n") == [
        ("JPN", ""),
        ("JPN-as_of-2024-07-01", ""),
    ]
    with pytest.raises(GridError, match=r"^a.yml: economy: XXX is not among the"):
        at("  economy: [XXX]\n")
    with pytest.raises(GridError, match=r"^a.yml: at smoothing 100: economy: XXX is not among the"):
        at("  economy: [XXX]\n  smoothing: [100]\n")
    with pytest.raises(GridError, match=r"^a.yml: smoothing: -1 is not allowed; use"):
        at("  economy: all\n  smoothing: [-1]\n", "JPN")
    # What the releases do not have is no fault of the study's.
    with pytest.raises(GridError, match=r"^a.yml: at releases unsd-ama=1999: unsd-ama has no"):
        at("  releases: [unsd-ama=1999]\n")
    with pytest.raises(GridError, match=r"^a.yml: at as_of 1990-07-01: no release of .* public"):
        at("  as_of: [1990-07-01]\n")
    assert at("  economy: all\n", "JPN", "XXX")[0] == ("JPN", "")
    ((label, failure),) = at("  economy: all\n", "XXX")
    assert label == "XXX"
    assert failure.startswith("economy: XXX is not among the")


def test_an_address_that_is_none_is_refused() -> None:
    for address in ("localhost", "tcp://somewhere", "http://127.0.0.1:1"):
        with pytest.raises(InputError, match=r"use an address as tcp://10.0.0.1:8786"):
            OnDask(address, [])
    with pytest.raises(InputError, match=r"tcp://10.0.0.1:87860: there is no port 87860; use 1 to"):
        OnDask("tcp://10.0.0.1:87860", [])


def test_an_address_that_is_none_is_refused_before_tables_are_made(
    swept: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="there is no port 70000"):
        swept.sweep(scheduler="tcp://127.0.0.1:70000")
    assert not capsys.readouterr().out


def test_a_host_that_is_not_known_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SchedulerError) as error:
        OnDask("tcp://somewhere:8786", [])
    says = "the host somewhere is not known here; check the address (docs/sweeps.md)"
    assert str(error.value) == f"tcp://somewhere:8786: {says}"


def test_a_worker_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert unfit([], packages()).startswith(f"No study.yml in {tmp_path} or any folder above it")
    (tmp_path / "study.yml").write_text("")
    assert unfit([], packages()) == ""
    assert unfit([], {"pandas": "0"}).endswith(", and the sweep 0")
    with pytest.raises(ProjectNotFoundError):
        Project.find(tmp_path.parent)
