"""Pieces of the book: made by the workflow, or where the book misses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import made_up_edition
import made_up_tables
import pytest
from described import described

from rebalancing.book.pages.explored import CATALOGUE
from rebalancing.book.pages.measures import MEASURES
from rebalancing.book.pieces import Pieces
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.workflow.tasks import TABLES_OF_PIECES

MAKERS: dict[str, tuple[Callable[[Pieces], object], str]] = {
    "explore": (lambda pieces: pieces.explore(), CATALOGUE),
    "forecasts": (lambda pieces: pieces.forecasts(), "names.json"),
}


@pytest.fixture
def pieces(tmp_path: Path) -> Pieces:
    """The pieces of the made-up edition, of which nothing is made."""
    project = Project(tmp_path)
    for publisher, names in made_up_tables.RELEASES.items():
        for name in names:
            write_json(project.raw / publisher / name / "datapackage.json", described("2025-12"))
    made_up_tables.write(project, made_up_edition.NAMES)
    return Pieces(project, made_up_edition.EDITION, tmp_path / "pieces")


@pytest.mark.parametrize("name", MAKERS)
def test_a_piece_is_made_where_it_is_missing_and_then_kept(pieces: Pieces, name: str) -> None:
    ask, file = MAKERS[name]
    ask(pieces)
    made = (pieces.home / name / file).read_text()
    assert json.loads(made) is not None
    (pieces.home / name / file).write_text("[]")
    if name == "explore":
        assert pieces.explore() == pieces.home / name
    else:
        assert pieces.forecasts() == ([], pieces.home / name / "extra")
    assert (pieces.home / name / file).read_text() == "[]"


@pytest.mark.parametrize("name", MAKERS)
def test_a_piece_that_is_made_anew_has_nothing_of_the_old_one(pieces: Pieces, name: str) -> None:
    pieces.make(name)
    before = {path.name: path.read_bytes() for path in (pieces.home / name).iterdir()}
    (pieces.home / name / "old").touch()
    pieces.make(name)
    assert {path.name: path.read_bytes() for path in (pieces.home / name).iterdir()} == before


def test_a_piece_that_fails_leaves_the_old_one(pieces: Pieces) -> None:
    pieces.make("explore")
    (pieces.project.processed / "economies.parquet").write_text("damaged")
    with pytest.raises(Exception, match="economies"):
        pieces.make("explore")
    assert (pieces.home / "explore" / CATALOGUE).is_file()


def test_the_workflow_watches_every_table_that_measures_are_in() -> None:
    assert {measure.table for measure in MEASURES} <= set(TABLES_OF_PIECES)
