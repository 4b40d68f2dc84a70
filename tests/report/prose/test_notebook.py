"""Prose cells in a notebook that stock papermill runs: what each shows when all have run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import papermill
import pytest
import tiny_chapter
from papermill.exceptions import PapermillExecutionError

from rebalancing.notebooks import FOLDER_VARIABLE
from rebalancing.project import Project
from rebalancing.report.prose.notebook import NOT_YET, PROVENANCE

pytestmark = pytest.mark.slow  # a kernel each

RECORD = (
    "from rebalancing.report import findings\n"
    'record = chapter.recorder("tiny", unit="% of GDP", period=2024, release="ama 2024")\n'
    'record("early", 12.34, "A share");'
)
LATER = (
    'record("share", 39.93, "A share")\n'
    'record.finding("way", findings.change(-2.0), "Where it goes");'
)
KEY_NUMBERS = """\
:::{standfirst}
It is {{ n("tiny.share") }} [@nobody2024].
:::

:::{key-numbers}
tiny.share | of GDP
:::

From {{ n("tiny.early") }}."""

Bundle = dict[str, Any]
Run = Callable[..., dict[str, list[Bundle]]]


def prose(identity: str, text: str, *tags: str, options: str = "") -> Any:
    return tiny_chapter.code(identity, f"%%prose {options}\n{text}", *tags)


@pytest.fixture
def run(own_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a chapter of the cells given and return what each cell shows, by its id."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)

    def run(*cells: Any, fails: bool = False) -> dict[str, list[Bundle]]:
        path = tiny_chapter.write(own_project, cells)
        out = tmp_path / "out.ipynb"
        options = {"cwd": str(own_project.root), "progress_bar": False}
        with pytest.raises(PapermillExecutionError) if fails else nullcontext():
            papermill.execute_notebook(str(path), str(out), **options)
        executed = json.loads(out.read_text())["cells"]
        return {
            cell["id"]: [output.get("data", output) for output in cell.get("outputs", [])]
            for cell in executed
        }

    return run


def words(bundles: list[Bundle]) -> list[str]:
    return ["".join(bundle["text/markdown"]) for bundle in bundles]


def keys(bundle: Bundle) -> list[str]:
    return [number["key"] for number in bundle[PROVENANCE]["numbers"]]


def test_text_shows_itself_with_the_records_of_its_numbers(run: Run) -> None:
    shown = run(
        prose("ahead", KEY_NUMBERS, options="ahead"),
        tiny_chapter.code("record", RECORD),
        prose("early", 'It is {{ n("tiny.early") }} in {{ period("tiny.early") }}.'),
        tiny_chapter.code("later", LATER),
        prose("plain", "It has no number."),
        prose("waits", 'It is {{ n("tiny.late") }}.', options="ahead"),
    )
    (early,) = shown["early"]
    assert words([early]) == ["It is 12.3% in 2024."]
    (number,) = early[PROVENANCE]["numbers"]
    assert (number["value"], number["release"], number["cell"]) == (12.34, "ama 2024", "record")
    assert words(shown["plain"]) == ["It has no number."]
    assert PROVENANCE not in shown["plain"][0]
    assert words(shown["waits"]) == [NOT_YET]
    # What stood ahead of its numbers is filled in, in front ends' own Markdown.
    assert words(shown["ahead"]) == [
        "It is 39.9% (nobody2024).",
        "- **39.9%** of GDP",
        "From 12.3%.",
    ]
    assert [keys(bundle) for bundle in shown["ahead"]] == [
        *(["tiny.share"], ["tiny.share"], ["tiny.early"]),
    ]
    assert "39.9%" in "".join(shown["ahead"][1]["text/html"])


def test_text_goes_with_its_section_and_appears_while_its_premise_holds(run: Run) -> None:
    shown = run(
        tiny_chapter.code("record", RECORD),
        prose("told", 'Of the section: {{ n("tiny.early") }}.', "needs-x"),
        prose("waits", 'Of it: {{ n("tiny.share") }}.', "needs-x", options="ahead"),
        tiny_chapter.code("decide", 'chapter.leave_out("x", "too short")'),
        prose("after", "More of the section.", "needs-x"),
        prose("why", '{% if "x" in left_out %}\nLeft out: {{ left_out["x"] }}.\n{% endif %}'),
        tiny_chapter.code("later", LATER),
        prose("rises", "It rises.", options='if="tiny.way=rising"'),
        prose("japan", "It is about Japan.", options='for="JPN"'),
        prose("else", "It does neither.", options="otherwise"),
        tiny_chapter.code("between", "1 + 1;"),
        prose("falls", "It falls.", options='if="tiny.way=falling" for="CHN"'),
        prose("or", "It does not.", options="otherwise"),
    )
    # A cell that has run keeps its outputs, but what they said is taken away.
    assert [*words(shown["told"]), *words(shown["waits"])] == ["", ""]
    assert words(shown["why"]) == ["Left out: too short."]
    assert words(shown["else"]) == ["It does neither."]
    assert words(shown["falls"]) == ["It falls."]
    assert [name for name in ("after", "rises", "japan", "or") if shown[name]] == []


WRONG = [
    ('{{ n("tiny.earl") }}', "", "no result 'tiny.earl' is recorded; nearest: tiny.early"),
    (":::{key-numbers}\ntiny.none | a\n:::", "", "no result 'tiny.none' is recorded"),
    ("{% if %}", "", "line 1: "),
    ("Words.", "soon", "%%prose does not know 'soon'; it knows ahead, otherwise"),
]


def test_text_that_cannot_be_shown_fails_and_names_the_cell(run: Run) -> None:
    """One kernel, which goes on after a failure where the cell says so."""
    cells = [
        prose(f"wrong-{number}", text, "raises-exception", options=options)
        for number, (text, options, _) in enumerate(WRONG)
    ]
    shown = run(tiny_chapter.code("record", RECORD), *cells, fails=True)
    for number, (_, _, said) in enumerate(WRONG):
        (error,) = shown[f"wrong-{number}"]
        assert error["ename"] == "ProseError"
        assert error["evalue"].startswith(f"notebooks/09_tiny.ipynb, cell wrong-{number}")
        assert said in error["evalue"]


def test_text_ahead_appears_once_what_it_presupposes_is_found(run: Run) -> None:
    falls = 'ahead for="{}" if="tiny.way={}"'
    shown = run(
        prose("rises", "It rises.", options=falls.format("CHN", "rising")),
        prose("falls", 'To {{ n("tiny.share") }}.', options=falls.format("CHN", "falling")),
        prose("short", 'It is {{ n("tiny.early") }}.', options="ahead otherwise"),
        tiny_chapter.code("record", RECORD),
        tiny_chapter.code("later", LATER),
    )
    assert words(shown["rises"]) == [""]
    assert words(shown["falls"]) == ["To 39.9%."]
    assert words(shown["short"]) == [""]
