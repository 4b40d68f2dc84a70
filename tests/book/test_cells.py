from __future__ import annotations

from typing import Any

import pytest

from rebalancing.book import cells
from rebalancing.notebooks.prose import parse

FIGURE = {"rebalancing": {"figure": "02_consumption/history"}}
TABLE = {"rebalancing": {"table": "02_consumption/levels"}}


def markdown(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "words", "source": source, "metadata": {"tags": [*tags]}}


def code(name: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": name, "source": f"{name} = 1\n", "outputs": [*outputs]}
    return {**cell, "metadata": {"tags": [*tags]}, "execution_count": 1}


def shown(metadata: dict[str, Any], kind: str = "display_data") -> dict[str, Any]:
    return {"output_type": kind, "data": {"image/png": "iVBO"}, "metadata": metadata}


def page(*notebook_cells: dict[str, Any], left_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    notebook = {"cells": [*notebook_cells], "metadata": {"papermill": {"duration": 1.0}}}
    made = cells.chapter_page(notebook, left_out, lambda cell: parse(cell["source"]).text.upper())
    assert made["metadata"] == {}
    found: list[dict[str, Any]] = made["cells"]
    return found


def prose(text: str, options: str = "", *tags: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "words", "source": f"%%prose {options}\n{text}"}
    return {**cell, "outputs": [], "metadata": {"tags": ["prose", *tags]}, "execution_count": 1}


def test_prose_is_told_and_empty_text_dropped() -> None:
    made = page(markdown("# A heading"), prose("about China"), prose(""), markdown(""))
    assert [(cell["cell_type"], cell["source"]) for cell in made] == [
        ("markdown", "# A heading"),
        ("markdown", "ABOUT CHINA"),
    ]


def test_the_lead_comes_before_the_code_that_sets_up() -> None:
    first, opened = code("parameters", tags=("parameters",)), code("open")
    made = page(
        markdown("# Title"), first, opened, prose("lead", "ahead"), prose("then"), code("a")
    )
    assert [cell["source"].split()[0] for cell in made] == ["#", "LEAD", "parameters", "THEN", "a"]


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
def test_a_figure_comes_before_all_the_code_that_led_to_it(kind: str) -> None:
    directive, fold = page(code("load"), code("draw", shown(FIGURE, kind)), code("tidy"))
    assert directive["source"] == "```{report-figure} 02_consumption/history\n```"
    assert fold["source"] == "load = 1\n\ndraw = 1\n\ntidy = 1"
    assert fold["metadata"][cells.ANCHORS] == ["cell-load", "cell-draw", "cell-tidy"]
    assert fold["metadata"]["tags"] == ["hide-input"]
    assert fold["outputs"] == []


def test_each_figure_has_its_own_fold() -> None:
    made = page(code("a", shown(FIGURE)), code("b"), code("c", shown(TABLE)))
    kinds = [cell["metadata"].get(cells.ANCHORS, cell["source"].split()[0]) for cell in made]
    assert kinds == [
        "```{report-figure}",
        ["cell-a"],
        "```{report-table}",
        ["cell-b", "cell-c"],
    ]


def test_what_the_text_places_is_not_shown_a_second_time() -> None:
    text = "See\n\n```{report-table} 02_consumption/levels\n```"
    made = page(code("a", shown(TABLE), shown(FIGURE)), code("b", shown(TABLE)), markdown(text))
    kinds = [cell["metadata"].get(cells.ANCHORS, cell["source"]) for cell in made]
    figure = "```{report-figure} 02_consumption/history\n```"
    assert kinds == [figure, ["cell-a", "cell-b"], text]


def test_text_between_code_keeps_the_folds_apart() -> None:
    made = page(code("a"), markdown("words"), code("b"))
    assert [cell["cell_type"] for cell in made] == ["code", "markdown", "code"]


def test_printed_and_returned_output_stays_in_the_notebook() -> None:
    stream = {"output_type": "stream", "name": "stderr", "text": "a warning"}
    result = {"output_type": "execute_result", "data": {"text/plain": "39.9%"}, "metadata": {}}
    shown_on_purpose = shown({})
    (fold,) = page(code("a", stream, result, shown_on_purpose))
    assert fold["outputs"] == [shown_on_purpose]


def test_cells_of_sections_left_out_are_gone_whatever_their_kind() -> None:
    tagged = (prose("a", "", "needs-partners"), code("b", tags=("needs-partners",)))
    kept = markdown("c", "needs-services")
    assert [cell["source"] for cell in page(*tagged, kept, left_out=("partners",))] == ["c"]
    assert len(page(*tagged, kept)) == 3


def test_setting_up_is_called_what_it_is_unless_it_shows_something() -> None:
    first, opened = code("parameters", tags=("parameters",)), code("open")
    (fold,) = page(first, code("injected", tags=("injected-parameters",)), opened)
    assert fold["metadata"]["mystnb"] == {"code_prompt_show": cells.SET_UP_LABEL}
    _, fold = page(first, code("draw", shown(FIGURE)))
    assert "mystnb" not in fold["metadata"]


def test_a_paragraph_stands_between_a_heading_and_its_figure() -> None:
    said = prose("what to look for\n\nand the rest")
    made = page(markdown("### Shares"), code("draw", shown(FIGURE)), said)
    assert [cell["source"] for cell in made] == [
        "### Shares\n\nWHAT TO LOOK FOR",
        "```{report-figure} 02_consumption/history\n```",
        "draw = 1",
        "AND THE REST",
    ]


@pytest.mark.parametrize(
    "after", ["### another heading", "- a list\n- of two", ":::{note}\nx\n:::"]
)
def test_no_other_block_is_moved_before_a_figure(after: str) -> None:
    made = page(markdown("### Shares"), code("draw", shown(FIGURE)), prose(after))
    assert made[0]["source"] == "### Shares"
    assert made[-1]["source"] == after.upper()


def test_text_stands_between_a_heading_and_the_code_behind_it() -> None:
    made = page(markdown("## We find"), code("a"), prose("### why\n\nwords"), code("b"))
    assert [cell["source"] for cell in made] == ["## We find", "### WHY\n\nWORDS", "a = 1\n\nb = 1"]
    assert made[-1]["metadata"][cells.ANCHORS] == ["cell-a", "cell-b"]
    made = page(markdown("## We find"), code("a"), markdown("### Why"), code("b"), prose("words"))
    told = ["## We find", "### Why", "WORDS", "a = 1\n\nb = 1"]
    assert [cell["source"] for cell in made] == told


def test_what_code_shows_beside_figures_stays_before_the_text() -> None:
    made = page(markdown("## We find"), code("a", shown({})), prose("words"))
    assert [cell["cell_type"] for cell in made] == ["markdown", "code", "markdown"]
