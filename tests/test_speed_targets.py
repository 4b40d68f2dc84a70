"""How targets of speed are judged, and the table of them; no time is taken here."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rebalancing.book.pages import speed
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.reading import UnreadableError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import targets

    monkeypatch.setattr(targets, "facts", lambda: {"Cores": "2", "Commit": "0a1b"})
    return targets


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import builds

    return builds


@pytest.mark.parametrize(
    ("kind", "bound", "figures", "is_met"),
    [
        ("under", 0.5, (0.49, 9, 9), True),
        ("under", 0.5, (0.5, 0, 0), False),
        ("ratio at most", 0.4, (9, 0.4, 9), True),
        ("ratio at most", 0.4, (0, 0.41, 0), False),
        ("ratio at least", 0.9, (0, 0.9, 0), True),
        ("ratio at least", 0.9, (9, 0.89, 9), False),
        ("excess at most", 3, (9, 9, 3), True),
        ("excess at most", 3, (0, 0, 3.1), False),
        ("ratio at most", 1, (1, float("nan"), 1), False),
    ],
)
def test_a_target_is_met_by_the_figure_that_it_is_about(
    targets: Any, kind: str, bound: float, figures: tuple[float, float, float], is_met: bool
) -> None:
    assert targets.Target(kind, bound).is_met(*figures) is is_met


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("under", "under 3 s"),
        ("ratio at most", "at most 3 times"),
        ("ratio at least", "at least 3 times"),
        ("excess at most", "at most 3 s more"),
    ],
)
def test_a_target_is_told_in_words(targets: Any, kind: str, words: str) -> None:
    assert targets.Target(kind, 3).words("s") == words


def test_a_row_has_medians_of_figures_and_of_the_ratios_of_pairs(targets: Any) -> None:
    row = targets.Row("a.b", "A", "s", "B", targets.Target("ratio at most", 0.5))
    filled = row.filled([(1.0, 2.0), (4.0, 5.0), (3.0, 10.0)])
    assert (filled["measured"], filled["beside_measured"]) == ("3.00", "5.00")
    assert (filled["ratio"], filled["met"]) == ("0.500", "yes")
    assert row.measure == "a"


def test_where_nothing_runs_beside_there_is_no_ratio_and_without_target_none_is_met(
    targets: Any,
) -> None:
    filled = targets.Row("a", "A", "s", "", None).filled([(12345.6, targets.NOTHING)])
    assert (filled["measured"], filled["ratio"], filled["met"]) == ("12346", "", "")


def test_figures_stay_while_commit_and_machine_are_the_same(
    targets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "targets.csv"
    targets.write(table, targets.lines({"help": [(0.1, 0.01)]}, targets.read(table)))
    rows = targets.lines({"trends": [(1.0, 4.0)]}, targets.read(table))
    met = {row["row"]: row["met"] for row in rows}
    assert (met["help"], met["trends"], met["breaks"]) == ("yes", "yes", "not measured")
    monkeypatch.setattr(targets, "facts", lambda: {"Cores": "2", "Commit": "2c3d"})
    later = targets.lines({"breaks": [(1.0, 1.0)]}, rows)
    met = {row["row"]: row["met"] for row in later}
    assert (met["help"], met["breaks"], met["on.commit"]) == ("not measured", "no", "")


def test_the_longest_chain_is_of_chapters_that_read_each_other(builds: Any) -> None:
    layout = SimpleNamespace(
        notebooks=[SimpleNamespace(name=name) for name in "abcd"],
        makes={"a": ["x"], "b": ["y"], "c": ["z"], "d": []},
        needs={"a": ["raw"], "b": ["x"], "c": ["raw"], "d": ["y", "z"]},
    )
    assert builds.longest_chain(layout, {"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0}) == 12.0
    assert builds.longest_chain(layout, {"a": 3.0, "b": 2.0, "c": 4.0, "d": 8.0}) == 13.0


def test_the_parameter_that_changes_is_of_one_chapter(builds: Any) -> None:
    having = [n.name for n in find_notebooks(Project(ROOT)) if builds.PARAMETER in n.parameters]
    assert having == [builds.CHAPTER]


def test_every_row_comes_from_a_measure_and_every_measure_fills_a_row(
    targets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import bench

    assert {row.measure for row in targets.ROWS} == set(bench.MEASURES)


def test_the_table_of_the_book_has_the_rows_of_today(targets: Any) -> None:
    stored = targets.read(targets.TABLE)
    told = [{**row.without_figures(), "met": ""} for row in targets.ROWS]
    blank = dict.fromkeys(("measured", "beside_measured", "ratio", "met"), "")
    rows = [row for row in stored if not row["row"].startswith(speed.FACT)]
    assert [row | blank for row in rows] == told


def test_the_page_reads_figures_with_units_and_says_what_is_not_measured(
    targets: Any, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    assert speed.read_speed(project) == {"rows": [], "facts": []}
    found = {"help": [(0.1, 0.01)], "full.cpu": [(10.0, 20.0)]}
    targets.write(project.book / speed.SOURCE, targets.lines(found, []))
    read = speed.read_speed(project)
    rows = {row["what"]: row for row in read["rows"]}
    shown = rows["`rebalancing --help`"]
    assert shown["measured"] == "0.100 s of CPU time"
    assert shown["beside"] == "0.0100 s of CPU time, an interpreter that does nothing"
    assert (shown["ratio"], shown["met"]) == ("10.0", "yes")
    unknown = rows["Fits of trend models"]
    assert (unknown["measured"], unknown["ratio"], unknown["met"]) == (
        "not measured",
        "–",
        "not measured",
    )
    assert read["facts"] == [{"what": "Cores", "said": "2"}, {"what": "Commit", "said": "0a1b"}]


def test_a_table_that_says_something_else_of_a_target_is_refused(
    targets: Any, tmp_path: Path
) -> None:
    rows = targets.lines({}, [])
    rows[0]["met"] = "perhaps"
    targets.write(tmp_path / "book" / speed.SOURCE, rows)
    with pytest.raises(UnreadableError, match=r".report.: met is .perhaps.; it is yes, no"):
        speed.read_speed(Project(tmp_path))
