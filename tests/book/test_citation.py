from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from packaging.licenses import canonicalize_license_expression

import rebalancing
from rebalancing.book.pages import citation

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
# The keys of the format, and those of an author: a person's or a group's.
KEYS = {
    *("abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi"),
    *("identifiers", "keywords", "license", "license-url", "message", "preferred-citation"),
    *("references", "repository", "repository-artifact", "repository-code", "title", "type"),
    *("url", "version"),
}
NAMES = {
    *("address", "affiliation", "alias", "city", "country", "date-end", "date-start", "email"),
    *("family-names", "fax", "given-names", "location", "name", "name-particle", "name-suffix"),
    *("orcid", "post-code", "region", "tel", "website"),
}


def read(folder: Path, text: str) -> citation.Citation:
    path = folder / "CITATION.cff"
    path.write_text(text)
    return citation.read_citation(path, year="2026")


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


def test_who_publishes_says_where_unless_the_file_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(citation.SITE_VARIABLE, "https://someone.example/report")
    found = read(tmp_path, f"{CFF}repository-code: https://example.org/code\n")
    assert found.site == "https://someone.example/report/"
    assert found.address == "https://someone.example/report"
    assert read(tmp_path, f"{CFF}url: https://example.org/\n").site == "https://example.org/"
    monkeypatch.setenv(citation.SITE_VARIABLE, "")
    assert read(tmp_path, CFF).site == ""


@pytest.mark.parametrize("told", ["someone.example", "https://", "ftp://a.example", "https://a b"])
def test_a_site_without_an_address_is_refused(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(citation.SITE_VARIABLE, told)
    with pytest.raises(citation.CitationError, match="must be an address such as"):
        citation.told_site()


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
        citation.read_citation(tmp_path / "CITATION.cff", year="2026")


def test_the_project_s_own_citation_is_valid() -> None:
    """Of the Citation File Format 1.2.0, whose keys are those of KEYS and no others."""
    path = REPOSITORY / "CITATION.cff"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= content.keys() <= KEYS
    assert content["cff-version"] == "1.2.0"
    assert content["type"] in {"software", "dataset"}
    assert content["license"] == canonicalize_license_expression(content["license"])
    keywords = content["keywords"]
    assert all(isinstance(word, str) for word in [content["message"], *keywords])
    assert len(set(keywords)) == len(keywords)
    assert all(author.keys() <= NAMES for author in content["authors"])
    assert citation.read_citation(path, year="2026").version == rebalancing.__version__
