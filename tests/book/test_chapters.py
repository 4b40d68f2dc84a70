"""The text of chapters is told anew, in pages and in executed notebooks, and nothing runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rebalancing.book.chapters import ChapterTextError, Teller
from rebalancing.book.pages import context
from rebalancing.notebooks import read_notebook
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.report.prose import Prose, ProseError, Recorded
from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.prose.notebook import PROVENANCE

NAME = "02_consumption.ipynb"
WAY = {
    "key": "consumption.way",
    "value": "falling",
    "unit": "finding",
    "period": "2024",
    "definition": "Where the share goes",
    "release": "Nobody",
    "chapter": "02_consumption",
    "cell": "shares",
    "text": "falling",
}

Json = dict[str, Any]


def executed(project: Project) -> Path:
    return project.build / "CHN" / "notebooks" / NAME


def told(project: Project) -> Json:
    """Return the page of the chapter, with a finding among what was recorded."""
    recorded = stored.read_results(project.build / "CHN")
    recorded["results"] = [*recorded["results"], WAY]
    results = {result["key"]: result for result in recorded["results"]}
    prose = Prose(Recorded(results), context.make(project, recorded))
    teller = Teller(prose, recorded, Bibliography(project.book / "references.bib"), results)
    return teller.page(read_notebook(project.notebooks / NAME), executed(project))


def change(project: Project, *cells: Json) -> None:
    """Put cells in the place of the stored ones with their ids, or after all of them."""
    path = project.notebooks / NAME
    notebook = json.loads(path.read_text())
    new = {cell["id"]: cell for cell in cells}
    kept = [new.pop(cell["id"], cell) for cell in notebook["cells"]]
    path.write_text(json.dumps({**notebook, "cells": [*kept, *new.values()]}))


def code(identity: str, source: str) -> Json:
    cell = {"cell_type": "code", "id": identity, "source": source, "metadata": {}}
    return {**cell, "outputs": [], "execution_count": None}


def words(page: Json) -> str:
    return "\n".join(
        "".join(cell["source"]) for cell in page["cells"] if cell["cell_type"] == "markdown"
    )


def shown(project: Project, identity: str) -> list[Json]:
    """Return what a cell of the executed notebook shows, by media type."""
    cells = json.loads(executed(project).read_text())["cells"]
    (cell,) = (cell for cell in cells if cell["id"] == identity)
    return [output["data"] for output in cell["outputs"]]


def test_an_executed_notebook_is_brought_up_to_date_and_only_then_written(
    project: Project,
) -> None:
    told(project)
    before = executed(project).stat().st_mtime_ns
    figure = shown(project, "history")
    assert figure
    told(project)
    assert executed(project).stat().st_mtime_ns == before

    text = "%%prose ahead\nOf GDP it is {{ n('consumption.share.latest') }} [@sna2008]."
    title = {"cell_type": "markdown", "id": "text-0", "source": "# New title", "metadata": {}}
    change(project, title, code("prose-3", text))
    page = words(told(project))
    assert page.startswith(
        "# New title\nOf GDP it is {result}`consumption.share.latest` {cite:p}`sna2008`."
    )
    (words_,) = shown(project, "prose-3")
    assert words_["text/markdown"].startswith("Of GDP it is 39.9% (")
    assert [number["key"] for number in words_[PROVENANCE]["numbers"]] == [
        "consumption.share.latest"
    ]
    assert shown(project, "history") == figure
    assert "# New title" in executed(project).read_text()


def test_text_without_its_premise_is_in_neither_page_nor_notebook(project: Project) -> None:
    change(
        project,
        code("rises", '%%prose if="consumption.way=rising"\nIt rises.'),
        code("japan", '%%prose for="JPN"\nIt is about Japan.'),
        code("else", "%%prose otherwise\nIt does neither."),
        {"cell_type": "markdown", "id": "between", "source": "## Then", "metadata": {}},
        code("falls", '%%prose if="consumption.way=falling" for="CHN"\nIt falls.'),
        code("or", "%%prose otherwise\nIt does not fall."),
    )
    page = words(told(project))
    assert page.endswith("It does neither.\n## Then\nIt falls.")
    for absent in ("rises", "Japan", "does not fall"):
        assert absent not in page
    for absent in ("rises", "japan", "or"):
        assert shown(project, absent) == []
    assert shown(project, "else") == [{"text/markdown": "It does neither."}]
    assert shown(project, "falls") == [{"text/markdown": "It falls."}]


def test_text_of_a_section_that_is_left_out_is_not_told(project: Project) -> None:
    cell = code("of-partners", "%%prose\nTo {{ n('exports.partners') }}.")
    tagged = {"tags": ["needs-partners"]}
    heading = {"cell_type": "markdown", "id": "partners", "source": "### To whom"}
    change(project, {**heading, "metadata": tagged}, {**cell, "metadata": tagged})
    page = words(told(project))
    assert "To " not in page.splitlines()[-1]
    assert shown(project, "of-partners") == []
    assert "To whom" not in page + executed(project).read_text()


def test_a_title_that_the_text_brings_heads_the_page(project: Project) -> None:
    found = ":::{title}\nHouseholds buy {{ n('consumption.share.latest') }}\n:::\n\nMore."
    change(project, code("found", f'%%prose if="consumption.way=falling" for="CHN"\n{found}'))
    page = words(told(project))
    assert page.startswith("# Households buy 39.9%\n")
    assert page.endswith("\nMore.")
    assert ":::{title}" not in page
    (shown_,) = shown(project, "found")
    assert shown_["text/markdown"] == "**Households buy 39.9%**\n\nMore."


def test_the_label_heads_the_page_where_the_title_does_not_hold(project: Project) -> None:
    change(project, code("found", '%%prose if="consumption.way=rising"\n:::{title}\nIt rises\n:::'))
    assert words(told(project)).startswith("# Household consumption")


@pytest.mark.parametrize(
    ("cell", "error", "said"),
    [
        (code("a", "%%prose soon\nWords."), ChapterTextError, "cell a: %%prose does not know"),
        (code("a", "%%prose\n{{ n('x.y') }}"), ProseError, "cell a: no result 'x.y' is recorded"),
        (
            code("a", "%%prose\n:::{key-numbers}\nx.y | a\n:::"),
            ChapterTextError,
            "cell a: no result",
        ),
        (code("a", "x = 1"), ChapterTextError, "cell a has not run; run the notebook again"),
    ],
)
def test_what_cannot_be_told_is_named_and_leaves_the_notebook(
    project: Project, cell: Json, error: type[Exception], said: str
) -> None:
    before = executed(project).read_bytes()
    change(project, cell)
    with pytest.raises(error) as caught:
        told(project)
    assert re.match(rf"notebooks/{re.escape(NAME)}(: its|,) {said}", str(caught.value))
    assert executed(project).read_bytes() == before
