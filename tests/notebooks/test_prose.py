from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rebalancing.notebooks import read_notebook
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.notebooks.prose import ProseCell, is_prose, parse, without_head
from rebalancing.notebooks.retold import computed_part, retell


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        ("%%prose\nWords.\n", ProseCell("Words.")),
        ("%%prose", ProseCell("")),
        ("\n%%prose ahead\n\nWords.", ProseCell("Words.", ahead=True)),
        ("%%prose otherwise\nWords.", ProseCell("Words.", otherwise=True)),
        (
            '%%prose if="a.b=flat" if=c=yes for="CHN" for=JPN\nWords.',
            ProseCell("Words.", premises=(("a.b", "flat"), ("c", "yes")), economies=("CHN", "JPN")),
        ),
        (
            '%%prose ahead for="CHN"\nif="a.b=flat"\nif="c=yes"\nWords.\nif so.',
            ProseCell(
                "Words.\nif so.",
                ahead=True,
                premises=(("a.b", "flat"), ("c", "yes")),
                economies=("CHN",),
            ),
        ),
    ],
)
def test_the_first_line_says_when_the_text_appears(source: str, cell: ProseCell) -> None:
    assert is_prose(source)
    assert parse(source) == cell


@pytest.mark.parametrize("head", ["%%prose", '%%prose for="CHN"\nif="a.b=flat"'])
def test_lines_of_the_text_stay_where_they_are(head: str) -> None:
    source = f"{head}\nWords.\n"
    bare = without_head(source).splitlines()
    assert bare.index("Words.") == source.splitlines().index("Words.")
    assert set(bare) == {"", "Words."}
    assert without_head("Words.") == "Words."


@pytest.mark.parametrize("source", ["prose", "x = 1\n%%prose", "%%proses\nx", "%%time\nx = 1"])
def test_other_cells_are_no_prose(source: str) -> None:
    assert not is_prose(source)
    with pytest.raises(ValueError, match="its first line is not %%prose"):
        parse(source)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("behind", "does not know 'behind'; it knows ahead, otherwise"),
        ('if="a.b"', "does not know 'if=a.b'"),
        ('if="a=b', "a quotation mark is not closed"),
        ("for=", "does not know 'for='"),
    ],
)
def test_a_first_line_that_nobody_knows_says_what_is_allowed(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(f"%%prose {options}\nWords.")


def cell(kind: str, name: str, source: str, *tags: str) -> dict[str, Any]:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "source": source, "metadata": {"tags": [*tags]}} | code


def content(*cells: dict[str, Any]) -> dict[str, Any]:
    first = cell("code", "parameters", "economy: str | None = None", "parameters")
    declared = {"title": "One", "reads": [], "writes": ["results/02_one.json"]}
    return {
        "cells": [first, *cells],
        "metadata": {"rebalancing": declared},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def digests(tmp_path: Path, *cells: dict[str, Any]) -> tuple[str, str]:
    path = tmp_path / "02_one.ipynb"
    path.write_text(json.dumps(content(*cells)))
    notebook = read_notebook(path)
    return notebook.code_digest, notebook.digest


def test_words_do_not_change_what_decides_on_running(tmp_path: Path) -> None:
    code, words = cell("code", "one", "x = 1"), cell("code", "words", "%%prose\nOld.")
    before = digests(tmp_path, code, words)
    for others in (
        [code, cell("code", "words", "%%prose\nNew.")],
        [code, words, cell("markdown", "more", "# More")],
        [code],
    ):
        after = digests(tmp_path, *others)
        assert after[0] == before[0]
        assert after[1] != before[1]
    assert digests(tmp_path, cell("code", "one", "x = 2"), words)[0] != before[0]
    assert digests(tmp_path, cell("code", "one", "x = 1", "needs-x"), words)[0] != before[0]


def test_a_prose_cell_is_stored_so_that_front_ends_hide_how_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "02_one.ipynb"
    path.write_text(json.dumps(content(cell("code", "words", "%%prose\nA.", "needs-x"))))
    stored = json.loads(read_notebook(path).cleared)["cells"][1]
    assert stored["metadata"] == {"jupyter": {"source_hidden": True}, "tags": ["prose", "needs-x"]}


def test_an_executed_notebook_is_told_the_text_of_today() -> None:
    stored = content(
        cell("markdown", "title", "# New title"),
        cell("code", "one", "x = 1"),
        cell("code", "words", "%%prose\nNew."),
    )
    ran = {**cell("code", "one", "x = 1"), "outputs": [{"output_type": "stream"}]}
    injected = cell("code", "injected-parameters", "economy = 'JPN'", "injected-parameters")
    old = [cell("markdown", "title", "# Old"), cell("code", "words", "%%prose\nOld.")]
    executed = {**content(injected, ran, *old), "metadata": {"kernelspec": {}}}
    told = retell(executed, stored, lambda words: [{"said": words["source"]}])
    assert told["metadata"] == {"kernelspec": {}}
    assert [found["id"] for found in told["cells"]] == [
        *("parameters", "injected-parameters", "title", "one", "words"),
    ]
    assert told["cells"][2]["source"] == "# New title"
    assert told["cells"][3] == ran
    assert told["cells"][4]["outputs"] == [{"said": "%%prose\nNew."}]
    before, after = (json.dumps(whole).encode() for whole in (executed, told))
    assert computed_part(before) == computed_part(after)


def test_code_that_has_not_run_cannot_be_told() -> None:
    stored = content(cell("code", "one", "x = 1"))
    with pytest.raises(BadNotebookError, match="its cell one has not run; run the notebook again"):
        retell(content(), stored, lambda _: [])
