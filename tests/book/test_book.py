from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from rebalancing.book import assembly
from rebalancing.book.chapters import Teller
from rebalancing.book.parts import BookError, Parts
from rebalancing.notebooks import read_notebook
from rebalancing.project import Project
from rebalancing.report.prose import Prose, ProseError, Recorded


@pytest.fixture
def book(assembled_once: Path) -> Path:
    """The book of the made-up edition as it was put together, not to be changed."""
    return assembled_once / "build" / "CHN" / "book"


@pytest.mark.slow
def test_the_book_is_complete_in_one_folder(book: Path) -> None:
    config = yaml.safe_load((book / "_config.yml").read_text())
    assert config["title"] == "China’s economic rebalancing"
    assert config["copyright"] == "2026"
    for name in (
        "index.md",
        "02_consumption.ipynb",
        "_theme/report/static/fonts.css",
        "_extra/results.json",
        "_extra/CITATION.cff",
        "_extra/figures/02_consumption/history.csv",
        "_extra/tables/02_consumption/levels.csv",
    ):
        assert (book / name).is_file(), name


@pytest.mark.slow
def test_numbers_are_looked_up_in_pages_and_notebooks(book: Path) -> None:
    assert "{result}`consumption.share.latest`" in (book / "index.md").read_text()
    cells = json.loads((book / "02_consumption.ipynb").read_text())["cells"]
    assert cells[0]["source"] == "# Household consumption"
    assert "{result}`consumption.share.latest`" in cells[1]["source"]


@pytest.mark.slow
def test_sections_left_out_say_why_and_leave_nothing_else(book: Path) -> None:
    text = (book / "07_exports.ipynb").read_text()
    assert "Left out: no customs figures are held." in text
    assert "To whom" not in text
    assert "no customs figures are held" in (book / "parameters.md").read_text()


@pytest.mark.slow
def test_readers_take_away_the_notebook_as_it_is_stored(project: Project) -> None:
    stored = project.notebooks / "02_consumption.ipynb"
    stored.write_text(stored.read_text().replace("}}", "}} ", 1))
    (project.notebooks / "02_consumption-Copy1.ipynb").write_bytes(stored.read_bytes())
    folder = assembly.assemble(project, project.build / "CHN")
    assert not list(folder.rglob("*Copy1*"))
    taken = (folder / "_extra/notebooks/02_consumption.ipynb").read_text()
    assert taken == read_notebook(stored).cleared
    assert "}} " in taken
    # What running leaves in the stored file is not taken away, so it need not build the book anew.
    assert all(cell.get("execution_count") is None for cell in json.loads(taken)["cells"])


@pytest.mark.slow
def test_readers_take_away_the_notebook_as_it_ran_with_the_text_of_today(project: Project) -> None:
    stored = project.notebooks / "02_consumption.ipynb"
    stored.write_text(stored.read_text().replace("The share is low.", "The share is small."))
    folder = assembly.assemble(project, project.build / "CHN")
    ran = json.loads((folder / "_extra/executed/02_consumption.ipynb").read_text())
    shown = [output for cell in ran["cells"] for output in cell.get("outputs", ())]
    assert any("The share is small." in out["data"].get("text/markdown", "") for out in shown)
    assert any("figure" in out["metadata"].get("rebalancing", {}) for out in shown)


@pytest.mark.slow
def test_notebooks_of_all_editions_become_pages_with_their_tables(book: Path) -> None:
    assert "{report-table} 01_clean/missing" in (book / "01_clean.ipynb").read_text()
    assert (book / "_extra/tables/01_clean/missing.csv").is_file()
    assert not list(book.rglob(".*.lock"))


@pytest.mark.slow
def test_an_unknown_number_names_its_page_and_leaves_the_last_book(project: Project) -> None:
    folder = project.build / "CHN" / "book"
    (project.book / "parameters.md").write_text('{{ n("consumption.shares.latest") }}')
    with pytest.raises(ProseError, match=r"book/parameters\.md: .* nearest: consumption\.share"):
        assembly.assemble(project, project.build / "CHN")
    assert "# Parameters" in (folder / "parameters.md").read_text()


def test_two_chapters_with_a_table_of_one_name_are_told_so(project: Project) -> None:
    """A link goes by the name of a table, and would lead to either."""
    for chapter in ("08_one", "09_other"):
        place = project.build / "CHN" / "tables" / chapter / "growth.json"
        place.parent.mkdir(parents=True)
        place.write_text("{}")
    with pytest.raises(BookError, match=r"08_one and 09_other each save a table named 'growth'"):
        assembly.assemble(project, project.build / "CHN")


def test_a_project_without_pages_is_told_so(project: Project) -> None:
    (project.book / "_config.yml").unlink()
    with pytest.raises(BookError, match=r"has no _config\.yml"):
        assembly.assemble(project, project.build / "CHN")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("_toc.yml", "root: index\nroot: other\n", "line 2, column 1: the key 'root' stands twice"),
        ("_toc.yml", "- index\n", "must hold one `name: value` per line"),
        ("_config.yml", "title: {{ edition }}\nday: 2024-02-30\n", "line 2, column 6: 2024-02-30"),
        ("_config.yml", "a: &x 1\nb: *x\n", "anchors and aliases are not allowed"),
        ("index.md", "caf\xe9", "line 1: not UTF-8"),
    ],
)
def test_a_page_or_configuration_that_nobody_can_read_is_named(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    source = tmp_path / "book"
    source.mkdir()
    (source / name).write_bytes(text.encode("latin-1"))
    prose = Prose(Recorded({}), {"edition": "CHN"})
    parts = Parts(Project(tmp_path), tmp_path, {}, prose, Teller(prose, {}, None, {}))
    with pytest.raises(BookError) as caught:
        parts.page("index") if name == "index.md" else parts.settings(name)
    assert str(caught.value).startswith(f"book/{name}: ")
    assert said in str(caught.value)
