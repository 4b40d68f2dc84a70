"""A paragraph whose premise has fallen is told to whoever keeps the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rebalancing.book import fallen
from rebalancing.book.fallen import Fallen
from rebalancing.notebooks import Notebook, read_notebook

RESULTS = {"share.direction": {"value": "rising"}, "share.place": {"value": "low"}}


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    sources = {
        "parameters": "economy: str | None = None",
        "flat": '%%prose if="share.direction=flat" for="CHN"\nThe share is flat.',
        "low": '%%prose if="share.place=low" for="CHN"\nThe share is low.',
        "other": '%%prose if="share.direction=flat" for="JPN"\nThe share is flat.',
        "gone": '%%prose if="share.gone=yes" for="CHN"\nWhat was left out.',
        "any": '%%prose if="share.direction=flat"\nFor any economy.',
        "short": "%%prose otherwise\nShort.",
    }
    cells = [
        {"cell_type": "code", "id": name, "source": source, "outputs": [], "execution_count": None,
         "metadata": {"tags": ["parameters"] if name == "parameters" else []}}
        for name, source in sources.items()
    ]  # fmt: skip
    declared = {"title": "Shares", "reads": [], "writes": ["results/02_shares.json"]}
    whole = {"cells": cells, "metadata": {"rebalancing": declared}}
    path = tmp_path / "02_shares.ipynb"
    path.write_text(json.dumps({**whole, "nbformat": 4, "nbformat_minor": 5}))
    return read_notebook(path)


def test_paragraphs_of_the_economy_whose_premises_do_not_hold_are_found(notebook: Notebook) -> None:
    found = fallen.find([notebook], RESULTS, "CHN")
    assert list(map(str, found)) == [
        "notebooks/02_shares.ipynb, cell flat: share.direction is rising, no longer flat",
        "notebooks/02_shares.ipynb, cell gone: share.gone is not recorded, no longer yes",
    ]
    assert found[0].text == "The share is flat."
    assert fallen.find([notebook], {"share.direction": {"value": "flat"}}, "JPN") == []


def test_they_are_kept_and_read_again(notebook: Notebook, tmp_path: Path) -> None:
    assert fallen.read(tmp_path) == []
    found = fallen.find([notebook], RESULTS, "CHN")
    fallen.write(tmp_path, found)
    assert fallen.read(tmp_path) == found


def test_a_page_shows_the_old_text_and_what_was_found() -> None:
    one = Fallen("notebooks/02_shares.ipynb, cell flat", "It is **flat**.", "a.b", "flat", "rising")
    section = fallen.as_markdown([one])
    assert section.startswith("## A paragraph no longer holds\n")
    assert "`a.b` was `flat`, and is now `rising`" in section
    assert "```text\nIt is **flat**.\n```" in section
    assert fallen.as_markdown([one, one]).startswith("## Paragraphs that no longer hold\n")
    assert fallen.as_markdown([]) == ""
