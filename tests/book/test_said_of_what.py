"""Numbers are told with what they are of: bounds, years, who is counted, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from held import REPOSITORY
from pybtex.database import parse_file

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report.stored import read_results

BOUND = re.compile(r"\bat most\b|\bno more than\b|\bupper bounds?\b", re.IGNORECASE)
EMBODIED = re.compile(r'"(?:drivers\.value_added|claims\.export_reliance\.tried\.value_added)')


def paragraphs() -> Iterator[tuple[str, str]]:
    """Return the paragraphs of pages and chapters, with where they stand."""
    for page in sorted((REPOSITORY / "book").glob("*.md")):
        for part in re.split(r"\n\s*\n", page.read_text("utf-8")):
            yield page.name, part
    for notebook in find_notebooks(Project(REPOSITORY)):
        for cell in notebook.cells:
            if not cell.computes:
                for part in re.split(r"\n\s*\n", cell.text):
                    yield f"{notebook.name}, {cell.id}", part


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, str]]:
    """What the kept edition recorded."""
    kept = read_results(REPOSITORY / "editions" / "CHN")["results"]
    return {str(result["key"]): result for result in kept}


def wrongly_bounded(text: str) -> bool:
    """Return whether a paragraph calls value added in exports a bound."""
    return bool(EMBODIED.search(text)) and bool(BOUND.search(text))


def test_value_added_in_exports_is_no_bound_and_both_errors_are_named() -> None:
    """One assumption of the table makes it too large, another too small."""
    told = [(where, text) for where, text in paragraphs() if EMBODIED.search(text)]
    assert {where.partition(",")[0] for where, _ in told} >= {"03_claims", "10_drivers"}
    assert [where for where, text in told if wrongly_bounded(text)] == []
    explained = {"03_claims, export-reliance-growth", "10_drivers, value-added-text"}
    assert explained <= {where for where, _ in told}
    for where, text in told:
        if where in explained:
            assert re.search(r"too (large|much)", text), where
            assert re.search(r"too (small|little)", text), where
    assert wrongly_bounded('At most {{ n("drivers.value_added.share") }} of all value added.')


def test_the_rest_of_the_world_is_without_the_economy(results: dict[str, dict[str, str]]) -> None:
    keys = [
        key
        for _, text in paragraphs()
        for key in re.findall(r'rest of the world[^.]*?\{\{ n\("([\w.]+)"\)', text)
    ]
    assert keys
    assert all("all economies but" in results[key]["definition"] for key in keys)


def test_saving_and_the_current_account_are_of_the_same_year(
    results: dict[str, dict[str, str]],
) -> None:
    for when in ("latest", "widest"):
        parts = ("saving", "investment", "gap", "current_account")
        assert len({results[f"surplus.saving.{part}.{when}"]["period"] for part in parts}) == 1


def test_income_that_is_consumed_is_of_the_expenditure_side(
    results: dict[str, dict[str, str]],
) -> None:
    heads = [r["definition"] for key, r in results.items() if key == "income.per_head"]
    assert heads
    assert all("expenditure side" in definition for definition in heads)


def test_the_news_report_can_be_found() -> None:
    entry = parse_file(REPOSITORY / "book" / "references.bib").entries["newsarticle2025"]
    assert {"title", "howpublished", "url"} <= set(entry.fields)
    cited = {where for where, text in paragraphs() if "@newsarticle2025" in text}
    assert any(where.startswith("03_claims") for where in cited)


def test_a_count_of_releases_says_until_when() -> None:
    told = [
        text for _, text in paragraphs() if re.search(r'n\("revisions\.[\w.]+\.vintages"\)', text)
    ]
    assert told
    for text in told:
        for key in re.findall(r'n\("(revisions\.[\w.]+\.vintages)"\)', text):
            assert f'period("{key}")' in text, key
