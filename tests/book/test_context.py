from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_up_edition import EDITION, SOURCE

from rebalancing.book.pages import context
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.study import Study


@pytest.fixture
def recorded(project: Project) -> dict[str, Any]:
    return stored.read_results(project.build / "CHN")


def test_an_edition_that_has_not_run_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(stored.NoResultsError, match=r"run the notebooks first \(make report\)"):
        stored.read_results(tmp_path)


def test_every_parameter_is_explained_with_its_value(
    project: Project, recorded: dict[str, Any]
) -> None:
    parameters = context.make(project, recorded)["parameters"]
    assert [entry["name"] for entry in parameters] == list(Study.model_fields)
    assert all(entry["description"] for entry in parameters)
    values = {entry["name"]: entry["value"] for entry in parameters}
    assert values["peers"] == "USA, JPN"
    assert values["releases"] == "latest of each"


def test_only_releases_that_results_rest_on_are_sources(
    project: Project, recorded: dict[str, Any]
) -> None:
    sources = context.make(project, recorded)["sources"]
    assert sources
    for source in sources:
        assert source["citation"] == f"{SOURCE}."
        assert source["series"] == {"HFCE": "Household consumption"}
    assert context.make(project, {**recorded, "results": []})["sources"] == []


def test_definitions_are_listed_once_for_each_release(
    project: Project, recorded: dict[str, Any]
) -> None:
    first = recorded["results"][0]
    others = [{**first, "key": "again"}, {**first, "key": "other", "release": "another"}]
    made = context.make(project, {**recorded, "results": [first, *others]})
    expected = {first["definition"]: first["unit"]}
    assert made["definitions"] == {"another": expected, SOURCE: expected}


def test_the_economy_has_its_name_and_its_name_in_a_sentence(
    project: Project, recorded: dict[str, Any]
) -> None:
    parameters = {**EDITION["parameters"], "economy": "USA"}
    made = context.make(project, {**recorded, "edition": {**EDITION, "parameters": parameters}})
    assert (made["economy"], made["economy_in_text"]) == ("United States", "the United States")


def test_the_year_is_the_commits_or_else_that_of_the_newest_data() -> None:
    assert context.publication_year(EDITION) == "2026"
    outside = {**EDITION, "code": {**EDITION["code"], "committed": None}}
    assert context.publication_year(outside) == "2025"
