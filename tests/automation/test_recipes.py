"""The recipes of CONTRIBUTING.md, followed literally, do what they promise."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import recipes

from rebalancing.book.texts import gate
from rebalancing.data import releases
from rebalancing.data.tables import clean, write_processed
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.report.prose.notebook import PROVENANCE
from rebalancing.report.results import Result
from rebalancing.report.text import unbroken

# Summed with the copy's own code, from the newest release alone.
SUM_GROUPS = """
from rebalancing.data.tables import clean, write_processed
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS

project = Project.find()
raw = clean.read_raw(project, ACCOUNTS, "current-usd")
accounts = clean.national_accounts({"current-usd": raw[raw["release"] == raw["release"].max()]})
accounts = accounts[accounts["item"].isin(["GDP", "HFCE"])]
for name, table in {
    "national_accounts": accounts,
    "groups": clean.group_members(accounts),
    "economies": clean.economies(accounts),
}.items():
    write_processed(project, name, table)
"""
# Of the one area, since comparing all takes long.
COMPARE = """
import shutil
from pathlib import Path
from rebalancing import oracles

folder = Path("build/published")
folder.mkdir()
shutil.copy(oracles.FOLDER / "regression.csv", folder)
rows = oracles.compare_with_published(folder).set_index("quantity")
print(*rows.loc["Durbin-Watson", ["published", "agrees"]])
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return recipes.copy(tmp_path / "copy")


def write_tables(project: Project) -> None:
    """Write the tables that the chapter reads, as notebooks/01_clean.ipynb does."""
    accounts = clean.read_raw(project, ACCOUNTS, "current-usd")
    accounts = clean.national_accounts({"current-usd": accounts})
    write_processed(project, "economies", clean.economies(accounts))
    write_processed(project, "expenditure_shares", clean.expenditure_shares(accounts))


@pytest.mark.slow
def test_a_chapter_is_planned_and_runs_and_its_text_finds_its_number(tmp_path: Path) -> None:
    project = recipes.copy(tmp_path / "copy", code=False)
    write_tables(project)
    said = recipes.follow(project, "A chapter")
    assert "CHN/18_saving" in said[-1]
    stored = nbformat.read(project.notebooks / "18_saving.ipynb", 4)
    assert all(not cell.outputs for cell in stored.cells if cell.cell_type == "code")
    executed = nbformat.read(project.build / "18_saving.ipynb", 4)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")

    (part,) = project.build.rglob("results/18_saving.json")
    (result,) = (Result(**entry) for entry in json.loads(part.read_text())["results"])
    assert 0 < result.value < 100
    text = executed.cells[-1]
    assert f'n("{result.key}")' in text.source
    (shown,) = (output.data for output in text.outputs)
    words = f"In {result.period} saving was {unbroken(result.text)}\nof the GDP of Japan."
    assert shown["text/markdown"] == words
    assert shown[PROVENANCE] == {"numbers": [asdict(result)]}
    assert [p for p in gate.problems(project) if "18_saving" in p.where] == []


@pytest.mark.slow
def test_a_group_is_in_the_tables_and_may_be_a_peer(project: Project) -> None:
    said = recipes.follow(project, "A group of economies")
    assert "02_consumption" in said[-1]
    recipes.run(project, sys.executable, "-c", SUM_GROUPS)
    tables = {path.stem: pd.read_parquet(path) for path in project.processed.glob("*.parquet")}
    groups, accounts = tables["groups"], tables["national_accounts"]
    members = set(groups.loc[groups["group"] == "NOR5", "economy"])
    assert members == {"DNK", "FIN", "ISL", "NOR", "SWE"}
    gdp = accounts[accounts["item"] == "GDP"].set_index(["year", "economy"])["value"].unstack()
    total = gdp["NOR5"].dropna()
    assert total.index.min() == 1970
    pd.testing.assert_series_equal(total, gdp[sorted(members)].sum(axis=1), check_names=False)
    economies = tables["economies"].set_index("economy")
    assert economies.loc["NOR5", "in_text"] == "the Nordic countries"
    assert economies.loc["NOR5", "note"].startswith("Sum of the five")


@pytest.mark.slow
def test_a_publisher_is_imported_verified_and_shown(project: Project) -> None:
    before = releases.publishers(project)
    _, imported, verified, shown, _ = recipes.follow(project, "A publisher")
    assert "rice-board 2025-03-01\n1 new releases" in imported
    assert "are as they were imported" in verified
    for part in ("World Rice Board", "Rice harvested", "million tonnes", "CHN China"):
        assert part in shown
    assert set(releases.publishers(project)) - set(before) == {"rice-board"}
    figures = releases.load(project, "rice-board", "harvests")
    assert figures["value"].tolist() == [206.6]


@pytest.mark.slow
def test_a_model_keeps_to_its_room_and_its_published_result_is_compared(project: Project) -> None:
    (tested,) = recipes.follow(project, "A model")
    assert " passed" in tested
    compared = recipes.run(project, sys.executable, "-c", COMPARE)
    assert compared.strip() == "2.559 True"


@pytest.mark.slow
def test_recipes_go_together_and_their_code_is_clean(project: Project) -> None:
    for recipe in recipes.RECIPES:
        recipes.write(project, recipe)
    changed = ("src", "tests/data", "build")
    recipes.run(project, sys.executable, "-m", "ruff", "check", *changed)
    recipes.run(project, sys.executable, "-m", "ruff", "format", "--check", *changed)


def test_a_change_that_does_not_fit_its_file_is_noticed() -> None:
    assert recipes.changed("a\nb\nc\n", " b\n+x\n-c\n") == "a\nb\nx\n"
    with pytest.raises(AssertionError, match="not once in the file"):
        recipes.changed("a\nb\n", " b\n+x\n c\n")
    with pytest.raises(AssertionError, match="not once in the file"):
        recipes.changed("a\na\n", " a\n+x\n")
