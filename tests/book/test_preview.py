"""One page of the book, for whoever changes a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rebalancing.book import preview
from rebalancing.book.texts.before import TextError
from rebalancing.project import Project
from rebalancing.report.prose import ProseError


@pytest.fixture
def named(tmp_path: Path) -> Project:
    """A project of two chapters and two pages."""
    project = Project(tmp_path)
    project.book.mkdir()
    project.notebooks.mkdir()
    for name in ("index", "citation"):
        (project.book / f"{name}.md").write_text("# A page\n")
    for name in ("02_consumption", "02_consumption_more", "07_exports"):
        cell = {"cell_type": "code", "id": "a", "source": "", "outputs": []}
        cell |= {"metadata": {"tags": ["parameters"]}, "execution_count": None}
        declared = {"title": name, "reads": [], "writes": [f"results/{name}.json"]}
        notebook = {"cells": [cell], "metadata": {"rebalancing": declared}}
        path = project.notebooks / f"{name}.ipynb"
        path.write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))
    return project


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("index", "index"),
        ("ind", "index"),
        ("07", "07_exports"),
        ("02_consumption", "02_consumption"),
        ("02_consumption_", "02_consumption_more"),
    ],
)
def test_a_page_is_asked_for_by_how_its_name_begins(named: Project, asked: str, found: str) -> None:
    assert preview.find_page(named, asked) == found
    assert preview.is_chapter(named, found) is found[0].isdigit()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("02", "'02' could be 02_consumption, 02_consumption_more"),
        ("14", "'14' is no page of the book"),
        ("Index", "'Index' is no page of the book"),
    ],
)
def test_what_is_none_or_several_is_answered_with_the_pages(
    named: Project, asked: str, why: str
) -> None:
    pages = "02_consumption, 02_consumption_more, 07_exports, citation, index"
    with pytest.raises(preview.UnknownPageError) as caught:
        preview.find_page(named, asked)
    assert str(caught.value) == f"{why}; pages: {pages}"


def test_a_chapter_is_shown_with_its_numbers_and_again_with_a_changed_sentence(
    project: Project,
) -> None:
    folder = project.build / "CHN"
    page = preview.render(project, folder, "02_consumption")
    assert page == folder / "preview" / "site" / "02_consumption.html"
    first = page.read_text()
    assert "39.9%" in first
    assert "<figure" in first
    assert 'href="glossary.html#term' in first
    assert not page.with_name("07_exports.html").exists()
    assert (page.parent / "figures/02_consumption/history.csv").is_file()

    stored = project.notebooks / "02_consumption.ipynb"
    stored.write_text(stored.read_text().replace("The share is low.", "The share is not high."))
    second = preview.render(project, folder, "02_consumption").read_text()
    assert "The share is not high." in second
    assert "The share is low." not in second
    assert "The share is not high." in (folder / "notebooks" / stored.name).read_text()


def test_a_page_without_a_notebook_is_shown(project: Project) -> None:
    folder = project.build / "CHN"
    page = preview.render(project, folder, "index")
    assert page.name == "index.html"
    assert "39.9%" in page.read_text()
    (project.book / "index.md").write_text("# A title\n\nIt is {{ n('consumption.shares') }}.\n")
    with pytest.raises(ProseError, match=r"book/index\.md: no result 'consumption\.shares'"):
        preview.render(project, folder, "index")


def test_a_chapter_that_has_not_run_cannot_be_shown(project: Project) -> None:
    (project.build / "CHN" / "notebooks" / "07_exports.ipynb").unlink()
    with pytest.raises(preview.PreviewError, match="07_exports has not run for this edition"):
        preview.render(project, project.build / "CHN", "07_exports")


def test_the_text_of_the_page_is_checked_and_no_other(named: Project, tmp_path: Path) -> None:
    (named.book / "index.md").write_text('# A page\n\nIt is 39.9%.\n\n{{ n("no.key") }}\n')
    (named.book / "citation.md").write_text("# A page\n\nIt is 12.3%.\n")
    with pytest.raises(TextError) as caught:
        preview.check(named, tmp_path / "build", "index")
    missing, typed = str(caught.value).splitlines()
    assert missing == "book/index.md, line 5: nothing records 'no.key'"
    assert typed.startswith("book/index.md, line 3: '39.9%' is typed; ")
    preview.check(named, tmp_path / "build", "07_exports")
