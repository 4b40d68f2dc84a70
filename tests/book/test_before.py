"""Mistakes in the text that are found before any notebook runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rebalancing.book.texts import before
from rebalancing.book.texts.before import TextError
from rebalancing.project import Project

RECORDING = """\
record = chapter.recorder("saving", unit="% of GDP")
record("share.latest", share, "Saving", period=year)
for code in peers:
    record(f"share.peer.{code}.latest", 1.0, "Saving", period=year)
record.interval("slope", (1, 0, 2), "Slope", level=0.8, period=year)
figures.save("saving-history", chart, title="", release="")
tables.save(f"saving-{kind}", table, title="", release="")
"""


def cell(kind: str, name: str, source: str, *tags: str) -> dict[str, object]:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "source": source, "metadata": {"tags": [*tags]}} | code


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "book" / "_toc.yml").write_text("root: index\nchapters:\n  - file: 18_saving\n")
    (tmp_path / "book" / "index.md").write_text("# Title\n")
    write(Project(tmp_path))
    return Project(tmp_path)


def write(project: Project, *cells: dict[str, object]) -> None:
    notebook = {
        "cells": [
            cell("markdown", "title", "# Saving"),
            cell("code", "parameters", "economy: str | None = None", "parameters"),
            cell("code", "record", RECORDING),
            *cells,
        ],
        "metadata": {
            "rebalancing": {"title": "Saving", "reads": [], "writes": ["results/18_saving.json"]}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (project.notebooks / "18_saving.ipynb").write_text(json.dumps(notebook))


def found(project: Project, *cells: dict[str, object], page: str = "") -> list[str]:
    write(project, *cells)
    (project.book / "index.md").write_text(f"# Title\n\n{page}\n")
    return list(before.problems(project))


@pytest.mark.parametrize(
    "text",
    [
        '{{ n("saving.share.latest") }} and {{ n("saving.slope.lower", bare=True) }}',
        '{{ by_sign("saving.share.peer.USA.latest") }}',
        "see [above](#fig-saving-history) and [below](#tab-saving-all)",
        ":::{key-numbers}\nsaving.share.latest | of GDP\n:::",
    ],
)
def test_what_may_be_recorded_and_saved_may_be_looked_up(project: Project, text: str) -> None:
    assert found(project, cell("code", "words", f"%%prose\n{text}"), page=text) == []


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('One.\n{{ n("saving.share.last") }}', 3, "saving.share.last"),
        ('{% if has("saving.peer") %}x{% endif %}', 2, "saving.peer"),
        ('{{ n("saving.shaer.latest") }}', 2, "saving.shaer.latest"),
        (":::{key-numbers}\nsaving.part | of GDP\n:::", 3, "saving.part"),
    ],
)
def test_a_key_that_nothing_records_is_named_with_its_line(
    project: Project, text: str, line: int, key: str
) -> None:
    (problem,) = found(project, cell("code", "words", f"%%prose\n{text}"))
    place = f"notebooks/18_saving.ipynb, cell words, line {line}"
    assert problem == f"{place}: nothing records '{key}'"


def test_a_key_of_a_former_report_is_known_and_the_nearest_is_named(project: Project) -> None:
    (project.book / "index.md").write_text('{{ n("old.key") }} {{ n("old.kez") }}')
    (problem,) = before.problems(project, {"old.key"})
    assert problem == "book/index.md, line 1: nothing records 'old.kez'; nearest: old.key"


@pytest.mark.parametrize("text", ["{{ economy }}", "a {term}`word`", ":::{note}\nx\n:::", "[@key]"])
def test_a_markdown_cell_that_would_show_its_source_is_named(project: Project, text: str) -> None:
    (problem,) = found(project, cell("markdown", "words", text))
    assert problem.startswith("notebooks/18_saving.ipynb, cell words: a Markdown cell shows ")
    assert problem.endswith("make it a code cell that begins with %%prose")


def test_a_first_line_that_nobody_knows_is_named(project: Project) -> None:
    (problem,) = found(project, cell("code", "words", '%%prose when="x=y"\nwords'))
    assert problem.startswith("notebooks/18_saving.ipynb, cell words: %%prose does not know 'when=")


def test_contents_that_name_no_page_are_named_before_anything_is_built(project: Project) -> None:
    (project.book / "_toc.yml").write_text("root: index\nchapters:\n  - file: 18_savings\n")
    with pytest.raises(TextError) as caught:
        before.check(project)
    assert str(caught.value) == (
        "book/_toc.yml, line 3: there is no page '18_savings'; nearest: 18_saving"
    )


def test_an_anchor_that_no_chapter_saves_is_named(project: Project) -> None:
    (problem,) = found(project, page="see [above](#fig-exports-history)")
    assert problem == "book/index.md, line 3: no chapter saves a figure 'exports-history'"


def test_links_lead_to_pages_that_there_are(project: Project) -> None:
    page = "[a](18_saving.ipynb#fig-saving-history), [b](index.md#x), [c](18_savings.ipynb#fig-no)"
    assert found(project, page=page) == [
        "book/index.md, line 3: there is no page '18_savings.ipynb'; nearest: 18_saving.ipynb",
        "book/index.md, line 3: no chapter saves a figure 'no'",
    ]


def test_a_word_that_no_finding_can_be_and_an_unknown_economy_are_named(project: Project) -> None:
    page = '%%prose if="saving.share.latest=loww" for="CHX"\nA.'
    assert found(project, page=page) == [
        "book/index.md, line 3: no code finds that saving.share.latest is 'loww'",
        "book/index.md, line 3: there is no economy 'CHX'",
    ]


def test_a_long_list_is_cut(project: Project) -> None:
    (project.book / "index.md").write_text("\n".join('{{ n("no.key") }}' for _ in range(7)))
    with pytest.raises(TextError, match=r"\.\.\. and 2 more"):
        before.check(project)


def test_what_is_presupposed_must_be_recorded_and_pages_have_first_lines_too(
    project: Project,
) -> None:
    page = '%%prose if="saving.share.latest=low" for="CHN"\nA.\n%%prose if="saving.way=up"\nB.'
    unknown = "nothing records 'saving.way'"
    assert found(project, page=page) == [f"book/index.md, line 5: {unknown}"]
    paragraph = cell("code", "p", '%%prose if="saving.way=up"\nA.')
    assert found(project, paragraph) == [f"notebooks/18_saving.ipynb, cell p, line 1: {unknown}"]
    (wrong,) = found(project, page="%%prose ever\nA.")
    assert wrong.startswith("book/index.md, line 3: %%prose does not know 'ever'")
