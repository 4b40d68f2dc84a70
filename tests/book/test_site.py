from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import made_up_edition
import pytest

from rebalancing import children
from rebalancing.book import site
from rebalancing.book.finish import linkcheck
from rebalancing.project import Project

OUTSIDE = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"'](?:https?:)?//")

# What a page may not ask for, and what is said of it.
WRONG = {
    "{unknown}`role`": 'Unknown interpreted text role "unknown"',
    "{result}`no.such.key`": "no result 'no.such.key' is recorded",
    "```{report-figure} 02_consumption/none\n```": "no figure '02_consumption/none' was saved",
    "```{report-table} 02_consumption/none\n```": "no table '02_consumption/none' was saved",
    "```{key-numbers}\nno.such.key | a label\n```": "is not `key of a recorded result | label`",
    "{term}`no such word`": "term not in glossary: 'no such word'",
    "[text](#fig-none)": "target not found: 'fig-none'",
}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_site_loads_nothing_from_outside_and_has_no_dead_links(made_up_site: Path) -> None:
    assert linkcheck.problems(made_up_site) == []
    pages = {path.name: path.read_text() for path in made_up_site.rglob("*.html")}
    assert {"index.html", "02_consumption.html", "search.html"} <= set(pages)
    assert not [name for name, html in pages.items() if OUTSIDE.search(html)]
    for path in made_up_site.rglob("*.css"):
        assert "//" not in re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL), path.name


def test_every_page_says_which_data_and_code_it_rests_on(made_up_site: Path) -> None:
    for path in made_up_site.glob("*.html"):
        html = path.read_text()
        rests_on_data = path.stem == "index" or path.stem.startswith(("02", "07"))
        assert ("Made-up accounts" in html) or not rests_on_data, path.name
        assert "commit 0123456789" in html, path.name
        assert "© 2026 The Rebalancing Report authors" in html, path.name


def test_there_is_one_search_box_on_every_page(made_up_site: Path) -> None:
    for path in made_up_site.glob("*.html"):
        assert path.read_text().count('role="search"') == 1, path.name


def test_nothing_is_published_that_no_reader_needs(made_up_site: Path) -> None:
    assert not (made_up_site / ".buildinfo").exists()
    assert not (made_up_site / ".doctrees").exists()
    assert (
        sum(path.stat().st_size for path in made_up_site.rglob("*") if path.is_file()) < 4_000_000
    )


def test_readers_can_download_notebook_data_pictures_and_results(made_up_site: Path) -> None:
    html = (made_up_site / "02_consumption.html").read_text()
    assert 'href="notebooks/02_consumption.ipynb" download' in html
    assert 'href="executed/02_consumption.ipynb" download' in html
    assert 'href="figures/02_consumption/history.csv" download' in html
    assert json.loads((made_up_site / "results.json").read_text())["edition"]["name"] == "CHN"


@pytest.mark.slow
def test_the_same_book_gives_the_same_bytes(
    made_up_site: Path, tmp_path: Path, fonts: Path
) -> None:
    assert digests(made_up_edition.build(tmp_path / "elsewhere", fonts)) == digests(made_up_site)


@pytest.mark.slow
def test_a_warning_is_an_error_and_the_last_good_site_stays(project: Project) -> None:
    folder = project.build / "CHN"
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("the last good one")
    with (folder / "book" / "parameters.md").open("a") as page:
        page.write("\n\n" + "\n\n".join(WRONG))
    with pytest.raises(site.SiteError, match=r"parameters\.md:\d+: ") as raised:
        site.build(project, folder)
    assert "build/CHN/log/book.log" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (folder / "site" / "index.html").read_text() == "the last good one"
    log = (folder / "log" / "book.log").read_text()
    assert not [said for said in WRONG.values() if said not in log]
    assert [path.name for path in folder.glob(".*")] == [".results.lock"]


def test_a_site_with_a_dead_link_is_not_published(
    project: Project, made_up_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(*_: object) -> tuple[int, str]:
        """Stand for Sphinx, which would make the same pages again."""
        html = project.build / "CHN" / site.KEPT / "html"
        shutil.copytree(made_up_site, html)
        with (html / "index.html").open("a") as page:
            page.write('\n<a href="nowhere.html">nowhere</a>\n')
        return 0, ""

    monkeypatch.setattr(children, "finish", built)
    folder = project.build / "CHN"
    with pytest.raises(site.SiteError, match=r"index\.html leads to nowhere\.html"):
        site.build(project, folder)
    assert not (folder / "site").exists()
