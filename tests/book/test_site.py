from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import made_up_edition
import pytest

from rebalancing.book import linkcheck, site
from rebalancing.project import Project

OUTSIDE = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"'](?:https?:)?//")


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
        assert "Made-up accounts" in html, path.name
        assert "commit 0123456789" in html, path.name
        assert "© 2026 The Rebalancing Report authors" in html, path.name


def test_there_is_one_search_box_on_every_page(made_up_site: Path) -> None:
    for path in made_up_site.glob("*.html"):
        assert path.read_text().count('type="search"') == 1, path.name


def test_nothing_is_published_that_no_reader_needs(made_up_site: Path) -> None:
    assert not (made_up_site / ".buildinfo").exists()
    assert not (made_up_site / ".doctrees").exists()
    assert (
        sum(path.stat().st_size for path in made_up_site.rglob("*") if path.is_file()) < 4_000_000
    )


def test_readers_can_download_notebook_data_pictures_and_results(made_up_site: Path) -> None:
    html = (made_up_site / "02_consumption.html").read_text()
    assert 'href="notebooks/02_consumption.ipynb" download' in html
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
        page.write("\n{unknown}`role`\n")
    with pytest.raises(site.SiteError) as raised:
        site.build(project, folder)
    assert "parameters.md" in str(raised.value)
    assert "build/CHN/log/book.log" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (folder / "site" / "index.html").read_text() == "the last good one"
    assert "unknown" in (folder / "log" / "book.log").read_text()
    assert [path.name for path in folder.glob(".*")] == [".results.lock"]


@pytest.mark.slow
def test_a_site_with_a_dead_link_is_not_published(project: Project) -> None:
    folder = project.build / "CHN"
    with (folder / "book" / "index.md").open("a") as page:
        page.write('\n<a href="nowhere.html">nowhere</a>\n')
    with pytest.raises(site.SiteError, match=r"index\.html leads to nowhere\.html"):
        site.build(project, folder)
    assert not (folder / "site").exists()
