import json
from pathlib import Path
from typing import Any

import pytest

from rebalancing import editions
from rebalancing.book import assembly
from rebalancing.book.pages import changes_page, forecast_page, history_figure
from rebalancing.editions import changes, changes_text
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.upkeep import what_changed

BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture
def recorded(project: Project) -> dict[str, Any]:
    return stored.read_results(project.build / "CHN")


def test_without_a_kept_edition_there_is_no_text(
    project: Project, recorded: dict[str, Any]
) -> None:
    assert changes_page.body(project, recorded) == ""


def test_kept_results_that_are_todays_say_so_with_their_releases(
    project: Project, recorded: dict[str, Any]
) -> None:
    editions.keep(project, "CHN")
    said = changes_page.body(project, recorded)
    assert said.startswith("Nothing has changed since the edition that is kept. All 8 of its")
    assert "| Made-up accounts | 2025-12 |" in said


def test_kept_changes_are_told_while_they_led_to_todays_results(
    project: Project, recorded: dict[str, Any]
) -> None:
    write_json(project.build / "CHN" / editions.CHANGES, what_changed.first(recorded))
    editions.keep(project, "CHN")
    assert changes_page.body(project, recorded).startswith("No earlier edition was kept")
    recorded["results"][0] |= {"value": 1.0, "text": "1.0%"}
    said = changes_page.body(project, recorded)
    assert said.startswith("Of 8 results that the edition kept and this one both have, 1 read")
    assert "has not been found out" in said


def test_results_that_moved_since_are_told_without_parts(
    project: Project, recorded: dict[str, Any]
) -> None:
    editions.keep(project, "CHN")
    share = next(r for r in recorded["results"] if r["key"] == "consumption.share.latest")
    share |= {"value": share["value"] + 2, "text": "41.9%"}
    recorded["edition"]["releases"]["accounts"] = {"release": "2025", "date": "2026-12"}
    said = changes_page.body(project, recorded)
    assert "| accounts | 2024 | 2025 |" in said
    assert "On the front page:" in said
    assert "What moved most:\n\n1. What consumption.share.latest measures" in said
    card = "{result}`41.9% <consumption.share.latest>`"
    assert f"**{card}** in 2024, was 39.9% (up 2.00 points)" in said
    assert "| 39.9% | 41.9% | 2.00 points |" in said
    assert "Revisions" not in said


def test_a_first_edition_is_proposed_as_such(recorded: dict[str, Any]) -> None:
    text = changes_text.pull_request(json.loads(json.dumps(what_changed.first(recorded))))
    assert text.startswith("[not compared] CHN: the first that is kept\n\nNo earlier edition")


def test_counts_and_years_change_by_whole_numbers_and_other_values_do_not() -> None:
    texts = {"definition": "What is measured", "chapter": "02", "period": "2023", "text": ""}
    before, after = (
        {"results": [{"key": "n", "value": n, "unit": "number", **texts},
                     {"key": "p", "value": p, "unit": "p-value", **texts}]}
        for n, p in ((39, 0.25), (31, 0.5))
    )  # fmt: skip
    for result in (*before["results"], *after["results"]):
        result["text"] = str(result["value"])
    found = changes.compare_results(before, after)
    parts = {"n": {"code": 0.0, "revised": -8.0, "new": 0.0}}
    moved = [{**move.to_dict(), "parts": parts.get(move.key)} for move in found.moved]
    text = "\n".join(changes_text.moved({"moved": moved, "front": []}))
    assert "| What is measured (`n`) | 39 | 31 | −8 | 0 | −8 | 0 |" in text
    assert "| What is measured (`p`) | 0.25 | 0.5 | 0.25 | – | – | – |" in text


def test_the_page_draws_the_numbers_once_there_is_an_earlier_edition(project: Project) -> None:
    edition = project.build / "CHN"
    editions.keep(project, "CHN")
    assembly.assemble(project, edition)
    assert "{report-figure}" not in (edition / "book" / "changes.md").read_text()
    editions.keep(project, "CHN")
    kept = editions.folder(project, "CHN") / "results.json"
    kept.write_text(kept.read_text().replace('"release": "2024"', '"release": "2023"'))
    assembly.assemble(project, edition)
    page = (edition / "book" / "changes.md").read_text()
    assert "```{report-figure} changes/numbers-by-edition" in page
    first, then = "the first kept", "accounts 2024; unsd-ama 2024"
    assert f"1. Data to 2025-12: {first}.\n1. Data to 2025-12: {then}.\n" in page
    assert list((edition / "book").rglob("changes/numbers-by-edition.svg"))


@pytest.mark.parametrize("maker", [forecast_page, history_figure])
def test_what_a_page_draws_leads_to_an_anchor_that_the_page_has(maker: Any) -> None:
    """Only editions on other releases draw the history, so that no build of today's would tell."""
    page = (BOOK / f"{maker.PAGE}.md").read_text(encoding="utf-8")
    assert f"(cell-{maker.ANCHOR})=" in page.splitlines()
