from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from held import REPOSITORY

from rebalancing.book.finish import linkcheck
from rebalancing.book.pages import checklist
from rebalancing.book.pages.checklist import LINES, ChecklistError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

Write = Callable[..., Project]
FIELDS = ("number", "group", "line", "target", "needs", "reason")


def row(number: int) -> dict[str, Any]:
    met = {"number": number, "group": "Data", "line": "A line", "target": "02_consumption#fig-a"}
    return {**met, "needs": "", "reason": ""}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a checklist whose lines are met, but for the changes."""

    def write(changes: dict[int, dict[str, Any]] | None = None, last: int = LINES) -> Project:
        project = Project(tmp_path)
        project.book.mkdir(exist_ok=True)
        with (project.book / "checklist.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, FIELDS)
            writer.writeheader()
            for number in range(1, last + 1):
                writer.writerow(row(number) | (changes or {}).get(number, {}))
        return project

    return write


class TestRead:
    def test_a_line_that_is_met(self, write: Write) -> None:
        first = checklist.read_checklist(write(), {})[0]
        assert (first.page, first.anchor, first.is_met) == ("02_consumption.html", "fig-a", True)

    def test_a_line_that_is_not_says_why(self, write: Write) -> None:
        unmet = {"target": "limitations#limit-prices", "reason": "no prices"}
        line = checklist.read_checklist(write({24: unmet}), {})[23]
        assert (line.is_met, line.page, line.reason) == (False, "limitations.html", "no prices")

    def test_a_section_left_out_in_an_edition_leads_to_its_reason(self, write: Write) -> None:
        project = write({9: {"needs": "partners"}})
        assert checklist.read_checklist(project, {})[8].is_met
        line = checklist.read_checklist(project, {"partners": "no customs figures"})[8]
        assert (line.is_met, line.reason) == (False, "no customs figures")
        assert (line.page, line.anchor) == ("limitations.html", checklist.LEFT_OUT)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({3: {"number": 2}}, "must each stand once; look at 3"),
            ({3: {"target": "02_consumption"}}, "line 3: needs a number, words and a target"),
            ({3: {"line": ""}}, "line 3: needs a number"),
            ({3: {"number": "²"}}, "line ²: needs a number"),
            ({3: {"number": "٣"}}, "line ٣: needs a number"),
            ({3: {"number": "three"}}, "line three: needs a number"),
            ({3: {"reason": "why"}}, "line 3: a line that is not met leads to limitations"),
            ({3: {"target": "limitations#a"}}, "line 3: a line that is not met"),
        ],
    )
    def test_what_is_refused(
        self, write: Write, changes: dict[int, dict[str, Any]], message: str
    ) -> None:
        with pytest.raises(ChecklistError, match=message):
            checklist.read_checklist(write(changes), {})

    def test_lines_that_lack_are_named(self, write: Write) -> None:
        with pytest.raises(ChecklistError, match=f"look at {LINES - 1}, {LINES}"):
            checklist.read_checklist(write(last=LINES - 2), {})

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(ChecklistError, match=r"checklist\.csv is missing"):
            checklist.read_checklist(Project(tmp_path), {})

    def test_limitations_are_met_by_their_page(self, write: Write) -> None:
        number = checklist.OF_LIMITATIONS
        project = write({number: {"target": "limitations#what-the-data-do-not-say"}})
        assert checklist.read_checklist(project, {})[number - 1].is_met


class TestProblems:
    @pytest.fixture
    def site(self, tmp_path: Path, write: Write) -> Path:
        site = tmp_path / "site"
        site.mkdir()
        (site / "02_consumption.html").write_text('<p id="fig-a"></p>')
        checklist.write_checklist(site / "checklist.json", checklist.read_checklist(write(), {}))
        return site

    def test_none_where_all_anchors_exist(self, site: Path) -> None:
        assert checklist.problems(site) == []

    def test_a_missing_anchor_is_named_with_its_line(self, site: Path) -> None:
        content = json.loads((site / "checklist.json").read_text())
        content["lines"][4]["anchor"] = "fig-b"
        content["lines"][5]["page"] = "gone.html"
        (site / "checklist.json").write_text(json.dumps(content))
        assert checklist.problems(site) == [
            "checklist line 5 leads to 02_consumption.html#fig-b, but the page has no such anchor",
            "checklist line 6 leads to gone.html, but there is no such page",
        ]

    def test_the_evidence_of_claims_is_checked_too(self, site: Path) -> None:
        evidence = [{"page": "02_consumption.html", "anchor": anchor} for anchor in ("fig-a", "x")]
        claims = {"a-share": {"evidence": evidence}}
        (site / "claims.json").write_text(json.dumps(claims))
        assert checklist.problems(site) == [
            "claim a-share leads to 02_consumption.html#x, but the page has no such anchor"
        ]


def test_the_books_own_checklist_can_be_read() -> None:
    lines = checklist.read_checklist(Project(REPOSITORY), {})
    assert [line.number for line in lines] == list(range(1, LINES + 1))
    pages = {f"{notebook.name}.html" for notebook in find_notebooks(Project(REPOSITORY))}
    pages |= {f"{path.stem}.html" for path in (REPOSITORY / "book").glob("*.md")}
    assert {line.page for line in lines} <= pages


def test_the_made_up_book_has_its_checklist(made_up_site: Path) -> None:
    lines = json.loads((made_up_site / "checklist.json").read_text())["lines"]
    assert len(lines) == LINES
    assert set(lines[0]) == {"number", "group", "line", "is_met", "page", "anchor", "reason"}
    page = (made_up_site / "checklist.html").read_text()
    assert f'<a href="{lines[0]["page"]}#{lines[0]["anchor"]}">{lines[0]["line"]}</a>' in page
    assert lines[0]["anchor"] in linkcheck.PageLinks.read(made_up_site / lines[0]["page"]).ids
