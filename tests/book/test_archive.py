"""The site as one file: whole, the same every time, and nothing in it that names a server."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from browser import Browser

from rebalancing.book.finish import archive

pytestmark = pytest.mark.slow


@pytest.fixture
def edition(made_up_site: Path, tmp_path: Path) -> Path:
    """A copy of a built edition."""
    folder = tmp_path / "CHN"
    shutil.copytree(made_up_site, folder / "site")
    shutil.copyfile(made_up_site.parent / "results.json", folder / "results.json")
    return folder


def test_the_archive_holds_the_site_and_is_the_same_twice(edition: Path) -> None:
    packed = archive.write_archive(edition)
    assert packed == edition / "report-CHN.zip"
    first = packed.read_bytes()
    for path in edition.rglob("*.html"):
        path.touch()
    assert archive.write_archive(edition).read_bytes() == first
    with zipfile.ZipFile(packed) as opened:
        names = opened.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in opened.infolist()} == {(2026, 1, 2, 0, 0, 0)}
        site = edition / "site"
        for name in names:
            assert opened.read(name) == (site / name.partition("/")[2]).read_bytes()
        held = {path for path in site.rglob("*") if path.is_file()}
        assert len(names) == len(held)
    assert {path.name for path in edition.iterdir()} == {"site", "results.json", packed.name}


@pytest.mark.parametrize(
    ("committed", "dates", "day"),
    [
        ("2026-01-02", ["2027-03"], (2026, 1, 2)),
        (None, ["2024-05-08", "2025-12"], (2025, 12, 1)),
        (None, ["2025"], (2025, 1, 1)),
        (None, [], (1980, 1, 1)),
    ],
)
def test_the_day_is_the_commits_or_that_of_the_newest_release(
    committed: str | None, dates: list[str], day: tuple[int, int, int]
) -> None:
    releases = {str(number): {"date": date} for number, date in enumerate(dates)}
    assert archive.day_of({"releases": releases, "code": {"committed": committed}}) == day


def test_no_address_in_the_pages_begins_at_a_servers_root(made_up_site: Path) -> None:
    for path in made_up_site.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert 'href="/' not in page, path.name
        assert 'src="/' not in page, path.name


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("search.html?q=consumption", 'id="search-results"><ul><li>'),
        (
            "explore.html#m=household&r=2023&e=CHN&y=1980-2020&v=chart",
            'data-shown="household-2023"',
        ),
    ],
)
def test_pages_work_from_the_unpacked_folder(
    browser: Browser, edition: Path, tmp_path: Path, address: str, shown: str
) -> None:
    with zipfile.ZipFile(archive.write_archive(edition)) as opened:
        opened.extractall(tmp_path / "unpacked")
    page = (tmp_path / "unpacked" / "report-CHN" / "index.html").as_uri()
    is_shown = f"document.documentElement.outerHTML.includes({json.dumps(shown)})"
    assert browser.show(page.replace("index.html", address), is_shown).log == []
