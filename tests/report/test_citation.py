from __future__ import annotations

from pathlib import Path

import cffconvert
import pytest

from rebalancing.report import citation

REPOSITORY = Path(__file__).parents[2]
CFF = """\
cff-version: 1.2.0
title: "China's economic rebalancing"
authors:
  - name: The Report authors
  - family-names: Li
    given-names: Wei
version: 0.1.0
"""


def read(folder: Path, text: str) -> citation.Citation:
    path = folder / "CITATION.cff"
    path.write_text(text)
    return citation.read(path, year="2026")


def test_the_line_of_a_reference_list(tmp_path: Path) -> None:
    found = read(tmp_path, CFF)
    assert found.apa == (
        "The Report authors & Li, Wei. (2026). *China's economic rebalancing* (Version 0.1.0)."
    )


def test_bibtex_keeps_groups_and_capitals_whole(tmp_path: Path) -> None:
    lines = read(tmp_path, CFF).bibtex.splitlines()
    assert lines[0] == "@misc{china-2026,"
    assert "  author  = {{The Report authors} and {Li, Wei}}," in lines
    assert "  title   = {{China's economic rebalancing}}," in lines
    assert not any("url" in line for line in lines)


def test_a_release_date_and_an_address_are_used(tmp_path: Path) -> None:
    found = read(tmp_path, f"{CFF}date-released: 2025-11-30\nurl: https://example.org/report\n")
    assert found.year == "2025"
    assert found.apa.endswith("(Version 0.1.0). https://example.org/report")
    assert "  url     = {https://example.org/report}," in found.bibtex


@pytest.mark.parametrize(
    "text",
    [
        *("title: only\n", "- a list\n", "title: [unclosed\n", "", "5\n"),
        f"{CFF}date-released: 2025-02-30\n",
        f"{CFF}date-released: '2025-02-30'\n",
        f"{CFF}date-released: 5\n",
        f"{CFF}title: twice\n",
        f"{CFF}url: [https://example.org]\n",
        "title: [a]\nversion: 0.1.0\nauthors: [{name: A}]\n",
        "title: a\nversion: 0.10\nauthors: [{name: A}]\n",
        "title: a\nversion: 0.1.0\nauthors: []\n",
        "title: a\nversion: 0.1.0\nauthors: [5]\n",
        "title: a\nversion: 0.1.0\nauthors: [{family-names: A}]\n",
    ],
)
def test_a_file_that_does_not_say_enough_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(citation.CitationError, match=r"CITATION\.cff cannot be used"):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(citation.CitationError, match="is missing"):
        citation.read(tmp_path / "CITATION.cff", year="2026")


def test_the_project_s_own_citation_is_valid() -> None:
    cffconvert.Citation((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")).validate()
