from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser import Browser

from .conftest import Swept

ROOT = Path(__file__).parents[2]


def test_the_page_needs_no_other_file_and_has_every_value(swept_once: Swept) -> None:
    text = (swept_once.root / "build/sweeps/small/index.html").read_text()
    assert not re.search(r'(src|href)="(?!#|results\.parquet|failed/)', text)
    assert "url(" not in text
    content = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert content
    data = json.loads(content[1])
    assert data["axes"] == ["economy", "seed"]
    assert data["points"] == [["CHN", "1"], ["CHN", "2"], ["JPN", "1"], ["JPN", "2"]]
    by_key = {result["key"]: result for result in data["results"]}
    assert list(by_key) == [
        f"{c}.{k}" for c in ("first", "second") for k in ("number", "word", "none")
    ]
    assert by_key["first.number"]["at"]["3"] == [str(2 / 3), 2 / 3, "2024"]
    assert by_key["first.word"]["at"]["2"] == ["JPN", None, "2024"]
    assert "What failed" not in text


@pytest.mark.browser
def test_the_search_finds_results_by_their_words(
    browser: Browser, swept_once: Swept, tmp_path: Path
) -> None:
    text = (swept_once.root / "build/sweeps/small/index.html").read_text()
    asked = text.replace('name="sorted"', 'name="sorted" checked')
    asked = asked.replace('name="q"', 'name="q" value="NUMBER second"')
    (tmp_path / "page.html").write_text(asked)
    found = 'document.getElementById("said")?.textContent'
    shown = browser.show((tmp_path / "page.html").as_uri(), found).html
    said = re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL)
    assert 'id="said">1 result:</p>' in said
    assert "second.number · % · chapter 03_second · 4 of 4 points" in said
    numbers = [float(n) for n in re.findall(r'<td class="number">([\d.]+)</td>', said)]
    assert numbers == sorted((n * 2 / 3 for n in (1, 2, 1, 2)), reverse=True)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "said", "points"),
    [
        ("CHN", "6 results:", 2),
        ("jpn, number", "2 results:", 2),
        ("number,second;JPN 2", "1 result:", 1),
        ("first.number", "1 result:", 4),
        ("CHN JPN", "No result has these words; try fewer.", 0),
    ],
)
def test_the_search_finds_points_by_their_values_and_takes_commas(
    browser: Browser, swept_once: Swept, tmp_path: Path, asked: str, said: str, points: int
) -> None:
    text = (swept_once.root / "build/sweeps/small/index.html").read_text()
    shown = search(browser, tmp_path, text, asked)
    assert f'id="said">{said}</p>' in shown
    assert set(re.findall(r"(\d) of 4 points", shown)) == ({str(points)} if points else set())


@pytest.mark.browser
def test_the_search_says_how_many_results_are_not_shown(
    browser: Browser, swept_once: Swept, tmp_path: Path
) -> None:
    text = (swept_once.root / "build/sweeps/small/index.html").read_text()
    found = re.search(r'id="data">(.*?)</script>', text)
    assert found
    data = json.loads(found[1])
    one = data["results"][0]
    data["results"] = [{**one, "key": f"many.{number}"} for number in range(23)]
    shown = search(browser, tmp_path, text.replace(found[1], json.dumps(data)), "many")
    said = "23 results; the first 20 are shown, add a word to see the other 3:"
    assert f'id="said">{said}</p>' in shown
    assert shown.count("of 4 points") == 20


def search(browser: Browser, folder: Path, text: str, asked: str) -> str:
    """Return what the page shows when something is typed into its search."""
    (folder / "page.html").write_text(text.replace('name="q"', f'name="q" value="{asked}"'))
    found = 'document.getElementById("said")?.textContent'
    html = browser.show((folder / "page.html").as_uri(), found).html
    return re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_the_page_wears_the_styles_of_the_site() -> None:
    from rebalancing.project import Project
    from rebalancing.sweeps.page import sweep_page

    grid = SimpleNamespace(name="small", axes={"economy": ["CHN"]})
    layout = SimpleNamespace(notebooks=[])
    plan: Any = SimpleNamespace(grid=grid, points=[], layout=layout, chapters=[])
    shown = sweep_page(Project(ROOT), plan, [], [])
    (styles,) = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    assert ".search-form input" in styles
    assert "--economy:" in styles
