from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rebalancing.notebooks import Notebook
from rebalancing.project import Project
from rebalancing.workflow.layout import Layout, OrderError, arrange


def _notebook(name: str, reads: Sequence[str] = (), writes: Sequence[str] = ()) -> Notebook:
    return Notebook(Path(f"{name}.ipynb"), name, tuple(reads), tuple(writes), (), (), "")


def _arrange(root: Path, *notebooks: Notebook) -> Layout:
    return arrange(Project(root), notebooks, "CHN")


def test_order_follows_reads_not_names(tmp_path: Path) -> None:
    layout = _arrange(
        tmp_path,
        _notebook("01", ["results/02.json"], ["results/01.json"]),
        _notebook("02", [], ["results/02.json"]),
    )
    assert [notebook.name for notebook in layout.notebooks] == ["02", "01"]
    assert layout.needs["01"] == ["build/CHN/results/02.json"]


def test_outputs_of_shared_notebooks_are_found_by_editions(tmp_path: Path) -> None:
    clean = _notebook("01", [], ["data/processed/a.parquet", "tables/01"])
    layout = _arrange(
        tmp_path, clean, _notebook("02", ["tables/01"], ["results/02.json", "tables/02"])
    )
    assert layout.reads["02"] == {"tables/01": "build/shared/tables/01"}
    assert layout.home(clean) == "shared"
    assert layout.written("tables") == ["build/shared/tables/01", "build/CHN/tables/02"]


def test_a_file_in_a_folder_that_is_written_is_needed_alone(tmp_path: Path) -> None:
    layout = _arrange(
        tmp_path,
        _notebook("01", [], ["data/processed"]),
        _notebook("02", ["data/processed/a.parquet"], ["results/02.json"]),
    )
    assert layout.needs["02"] == ["data/processed/a.parquet"]
    assert layout.makes["01"] == ["data/processed", "data/processed/a.parquet"]


def test_a_folder_that_is_read_needs_all_that_is_written_in_it(tmp_path: Path) -> None:
    layout = _arrange(
        tmp_path,
        _notebook("01", [], ["data/processed/a.parquet"]),
        _notebook("02", [], ["data/processed/b.parquet"]),
        _notebook("03", ["data/processed"], ["results/03.json"]),
    )
    assert layout.needs["03"] == ["data/processed/a.parquet", "data/processed/b.parquet"]
    assert layout.notebooks[-1].name == "03"


def test_raw_data_are_needed_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "data/raw/pwt").mkdir(parents=True)
    layout = _arrange(tmp_path, _notebook("02", ["data/raw/pwt"], ["results/02.json"]))
    assert layout.needs["02"] == ["data/raw/pwt"]


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        ("results/a.json", "results/a.json", "01 and 02 both write results/a.json;"),
        ("tables", "tables/a", "01 and 02 both write tables/a (tables);"),
        ("tables/a/b", "tables/a", "01 and 02 both write tables/a (tables/a/b);"),
    ],
)
def test_two_that_write_the_same(tmp_path: Path, first: str, second: str, complaint: str) -> None:
    with pytest.raises(OrderError) as caught:
        _arrange(tmp_path, _notebook("01", [], [first]), _notebook("02", [], [second]))
    assert str(caught.value).startswith(complaint)


def test_similar_names_do_not_overlap(tmp_path: Path) -> None:
    _arrange(tmp_path, _notebook("01", [], ["tables/a"]), _notebook("02", [], ["tables/ab"]))


def test_one_that_writes_twice(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="01 writes twice tables/a"):
        _arrange(tmp_path, _notebook("01", [], ["tables", "tables/a"]))


def test_a_circle_is_shown(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match=r"in a circle: (01 → 02|02 → 01) → 0[12]; remove"):
        _arrange(
            tmp_path,
            _notebook("01", ["results/02.json"], ["results/01.json"]),
            _notebook("02", ["results/01.json"], ["results/02.json"]),
        )


def test_one_that_reads_what_it_writes(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="in a circle: 01 → 01"):
        _arrange(tmp_path, _notebook("01", ["results/01.json"], ["results/01.json"]))


@pytest.mark.parametrize("read", ["results/none.json", "data/processed/none.parquet"])
def test_a_read_that_no_notebook_writes(tmp_path: Path, read: str) -> None:
    (tmp_path / "data/processed").mkdir(parents=True)
    (tmp_path / "data/processed/none.parquet").write_text("left over")
    with pytest.raises(OrderError, match=f"01 reads {read}, which no notebook writes"):
        _arrange(tmp_path, _notebook("01", [read], ["results/01.json"]))


def test_raw_data_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="01 reads data/raw/none, which does not exist"):
        _arrange(tmp_path, _notebook("01", ["data/raw/none"], ["results/01.json"]))
