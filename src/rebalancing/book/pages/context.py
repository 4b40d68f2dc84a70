"""What the templates of the book's pages may use, besides recorded numbers.

=====================  =========================================================================
``edition``            head of results.json: ``name``, ``parameters``, ``releases``, ``code``
``study``              the values of the edition's parameters, ``study.last_year``
``economy``            name of the economy of interest
``economy_in_text``    the same as a sentence has it: ``the United States``
``as_of``              the day whose knowledge the edition has: ``1 July 2024``, or nothing
``chapters``           those of the contents, in their order, without those on data: ``name``,
                       ``title``, ``summary``
``library()``          the public functions of the library (`rebalancing.book.pages.library`)
``without``            names of chapters that the edition goes without
``changes``            what changed since the edition kept before, in Markdown, or nothing
                       (`rebalancing.book.pages.changes_page`)
``history``            the editions kept so far, each with the releases that led to it
                       (`rebalancing.book.pages.history_figure`)
``forecasts``          the log of forecasts in numbers (`rebalancing.book.pages.forecast_page`)
``left_out``           reason by section that the edition goes without
``remarks``            what holds for this economy only, in Markdown by name
                       (`rebalancing.report.remarks`)
``sections``           the same to list: ``name``, a link where it has a chapter, and ``reason``
``parameters``         of the study: ``name``, ``value``, ``description`` (in Markdown)
``sources``            data releases used: ``title``, ``date``, ``licence``, ``citation``, ...
``kept``               series that are fetched and not used (`rebalancing.data.releases.kept`)
``definitions``        what was recorded: by release, the unit of each definition
``newest``             the newest figures of each release, and when the next are expected
                       (`rebalancing.book.pages.newest`)
``figures_to``         for the front page: ``month``, ``year``, ``next_month``, ``next_year``
``corrections``        what earlier editions said that was wrong
                       (`rebalancing.book.pages.corrections`)
``speed``              how fast the report is made, as measured (`rebalancing.book.pages.speed`)
``citation``           how to cite the report: ``apa``, ``bibtex``
``checklist``          where the book meets each line of its checklist (`Line`)
``year``               of publication: the commit's, or that of the newest data
=====================  =========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyarrow.parquet as pq
from markupsafe import Markup

from rebalancing.book.pages import checklist, citation, corrections, newest, speed
from rebalancing.book.texts import sections
from rebalancing.data import releases as raw
from rebalancing.data.releases import kept
from rebalancing.errors import UnknownEconomyError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import remarks, text
from rebalancing.study import Study


def make(project: Project, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names that templates may use, without those of single pages.

    Args:
        project: Where data and CITATION.cff are.
        recorded: The content of results.json.
    """
    edition = recorded["edition"]
    name, in_text = _economy(project, edition["parameters"]["economy"])
    year = publication_year(edition)
    figures = newest.find(project, edition["releases"])
    return {
        "edition": edition,
        "study": edition["parameters"],
        "economy": name,
        "economy_in_text": in_text,
        "as_of": _as_of(edition["parameters"]),
        "chapters": list_chapters(project, without(project, recorded)),
        "without": without(project, recorded),
        "left_out": recorded["left_out"],
        "remarks": remarks.read_remarks(project).get(edition["parameters"]["economy"], {}),
        "sections": sections.left_out(project, recorded["left_out"]),
        "parameters": _parameters(edition["parameters"]),
        "sources": _sources(project, edition["releases"], recorded["results"]),
        "kept": kept.kept(),
        "definitions": _definitions(recorded["results"]),
        "checklist": checklist.read_checklist(project, recorded["left_out"]),
        "newest": newest.table(figures),
        "figures_to": newest.head(figures, edition["parameters"]["economy"]),
        "corrections": corrections.read_corrections(project, edition["parameters"]["economy"]),
        "speed": speed.read_speed(project),
        "citation": citation.read_citation(project.root / "CITATION.cff", year=year),
        "year": year,
    }


def without(project: Project, recorded: Mapping[str, Any]) -> list[str]:
    """Return the names of the chapters that an edition goes without.

    They are those that are no part of it, and those that left themselves out whole.
    """
    gone = sections.whole_chapters(project, recorded["left_out"])
    return [*recorded["edition"].get("without", []), *gone]


def list_chapters(project: Project, gone: Collection[str] = ()) -> list[dict[str, str]]:
    """Return the chapters that the book's contents list, in this order, without those on data.

    Args:
        project: Whose contents.
        gone: Names of chapters that the edition goes without.
    """
    contents = project.book / "_toc.yml"
    if not contents.is_file():
        return []
    listed = re.findall(r"\bfile:\s*([\w-]+)", contents.read_text(encoding="utf-8"))
    known = {notebook.name: notebook for notebook in find_notebooks(project)}
    return [
        {"name": name, "title": known[name].heading, "summary": known[name].summary}
        for name in listed
        if name in known and not known[name].is_shared and name not in gone
    ]


def _as_of(parameters: Mapping[str, Any]) -> str:
    """Return the edition's day in words, or nothing when it has the latest releases."""
    as_of = parameters.get("as_of", raw.LATEST)
    return "" if as_of == raw.LATEST else text.day(as_of)


def publication_year(edition: Mapping[str, Any]) -> str:
    """Return the year of the commit, or outside a repository that of the newest data release."""
    committed = edition["code"]["committed"]
    dates = [release["date"] for release in edition["releases"].values()]
    return str(committed or max(dates))[:4]


def economy_name(project: Project, code: str) -> str:
    """Return an economy's name."""
    return _economy(project, code)[0]


def economy_names(project: Project) -> dict[str, str]:
    """Return the name of each economy by code, with typographic apostrophes."""
    rows = _economies(project, "economy", "name")
    return {row["economy"]: text.apostrophes(row["name"]) for row in rows}


def _economy(project: Project, code: str) -> tuple[str, str]:
    """Return an economy's name, alone and as a sentence has it."""
    for row in _economies(project, "economy", "name", "in_text"):
        if row["economy"] == code:
            return row["name"], row["in_text"]
    raise UnknownEconomyError(
        f"{code}, of which an edition's results.json is, is no economy; make it anew: make report"
    )


def _economies(project: Project, *columns: str) -> list[dict[str, Any]]:
    """Return the rows of the list of economies, without pandas, which Arrow's readers load."""
    with pq.ParquetFile(project.processed / "economies.parquet") as file:
        rows: list[dict[str, Any]] = file.read(columns=list(columns)).to_pylist()
    return rows


def _parameters(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each parameter with its value in this edition and what it means."""
    return [
        {
            "name": name,
            "value": text.parameter(values[name]),
            "description": Markup(field.description or ""),
        }
        for name, field in Study.model_fields.items()
    ]


def _sources(
    project: Project,
    releases: Mapping[str, Mapping[str, str]],
    results: Iterable[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return the data releases that a recorded result names, as their descriptors describe them."""
    named = {result["release"] for result in results}
    found = (raw.resolve(project, publisher, use["release"]) for publisher, use in releases.items())
    return [
        {
            "source": release.source,
            "title": text.apostrophes(release.title),
            "date": release.date,
            "basis": release.descriptor["released"]["basis"],
            "address": release.descriptor["homepage"],
            "licence": release.licence,
            "citation": release.citation,
            "origin": release.origin,
            "sha256": release.sha256,
            "series": _series(release),
            "notes": release.descriptor["notes"],
        }
        for release in found
        if any(release.source in name for name in named)
    ]


def _series(release: raw.Release) -> dict[str, str]:
    """Return the meaning of each series of a release, by its publisher's code."""
    described = (entry for resource in release.resources.values() for entry in resource["series"])
    return {entry["code"]: entry["title"] for entry in described}


def _definitions(results: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the unit of each definition that was recorded, by the release it rests on."""
    found: dict[str, dict[str, str]] = {}
    for result in sorted(results, key=lambda result: (result["release"], result["definition"])):
        found.setdefault(result["release"], {})[result["definition"]] = result["unit"]
    return found
