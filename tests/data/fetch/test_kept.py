"""What is fetched is used by a chapter, or listed with the reason why it is kept."""

import ast
import csv
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest

import rebalancing
from rebalancing.data import releases
from rebalancing.data.fetch import (
    bis,
    comtrade,
    imf,
    imts,
    nbs,
    oecd,
    services,
    unsd,
    worldbank,
)
from rebalancing.data.fetch.services import SERVICES
from rebalancing.data.releases import kept, shipped_tables
from rebalancing.project import Project

WITH_TITLES = {"unsd-ama": unsd, "bis-reer": bis, "comtrade": comtrade, "imf-imts": imts}
# Rooms that fetch, store, tidy and compare whatever there is: to be named there is no use.
PASSES_ON = ("data/fetch", "data/imports", "data/compare", "data/releases", "data/tables")
# Tables of one series, which need not be named.
OF_ONE_SERIES = {"bis-reer": {"REER_BROAD"}}
# Codes that chapters name, of releases compiled by hand, with the reason why no service is asked.
NOT_FETCHED = {
    "nbs": {
        "CPI_MOM": "Fetched with the levels of china-levels; the vintages compiled by hand stay.",
        "GCF": "Named as the UN's investment; of the Bureau no chapter reads it.",
    },
    "nbs-survey": {
        "CONSUMPTION_PC_YTD": "Nobody has found its identifier in the Bureau's database.",
        "CONSUMPTION_PC_YTD_REAL_YOY": "The same.",
    },
}


def fetched() -> dict[str, set[str]]:
    """Return the series that are asked for, by publisher."""
    found = {name: set(module.TITLES) for name, module in WITH_TITLES.items()}
    found |= {"worldbank-wdi": set(worldbank.SERIES), "imf-weo": set(imf.SERIES)}
    found |= {"oecd-qna": {*oecd.GROWTH.values(), *oecd.EXPENDITURE.values()}}
    with Path(nbs.__file__).with_suffix(".csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["publisher"], set()).add(row["series"])
    return found


def sources(project: Project) -> Iterator[str]:
    """Yield the code that makes chapters: what they import, and their own."""
    package = Path(rebalancing.__file__).parent
    for path in package.rglob("*.py"):
        if not path.relative_to(package).as_posix().startswith(PASSES_ON):
            yield path.read_text(encoding="utf-8")
    for path in project.notebooks.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and not cell.source.startswith("%%"):
                yield cell.source


@cache
def named(root: Path) -> set[str]:
    """Return the texts that stand in the code as such."""
    nodes = itertools.chain.from_iterable(
        ast.walk(ast.parse(text)) for text in sources(Project(root))
    )
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def read_by_chapters(project: Project) -> set[str]:
    """Return the publishers whose folders a notebook says that it reads."""
    text = "".join(path.read_text(encoding="utf-8") for path in project.notebooks.glob("*.ipynb"))
    return set(re.findall(r'"data/raw/([\w-]+)"', text))


def listed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in kept.kept():
        found.setdefault(entry.publisher, []).extend(entry.series)
    return found


def test_every_service_says_what_it_asks_for() -> None:
    assert set(fetched()) == {service.publisher.id for service in SERVICES}


@pytest.mark.slow
@pytest.mark.parametrize("publisher", sorted(fetched()))
def test_what_is_fetched_is_used_or_listed_and_not_both(
    publisher: str, this_project: Project
) -> None:
    asked, names = fetched()[publisher], listed().get(publisher, [])
    assert len(names) == len(set(names))
    used = asked & (named(this_project.root) | OF_ONE_SERIES.get(publisher, set()))
    if publisher not in read_by_chapters(this_project):
        used = set()
    assert asked - used == set(names)


def held(project: Project, publisher: str) -> set[str]:
    """Return the series that any release of a publisher has."""
    if not (project.raw / publisher).is_dir():
        return set()
    return {
        entry["code"]
        for release in releases.releases(project, publisher)
        for resource in release.resources.values()
        for entry in resource["series"]
    }


@pytest.mark.parametrize("publisher", sorted(fetched()))
def test_what_chapters_use_of_a_publisher_is_fetched(publisher: str, this_project: Project) -> None:
    """Or it is known why it is not; what no longer holds is taken off the list."""
    used = held(this_project, publisher) & named(this_project.root)
    assert used - fetched()[publisher] == set(NOT_FETCHED.get(publisher, {}))


def test_who_is_read_is_fetched_or_imported_by_hand(this_project: Project) -> None:
    read = read_by_chapters(this_project)
    by_hand = set(services.by_hand())
    assert not by_hand & set(fetched())
    assert read <= by_hand | set(fetched())


def test_a_row_without_a_reason_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept.LIST.with_name("kept-of-a-test.csv")
    monkeypatch.setattr(kept, "LIST", path)
    text = "publisher,name,series,reason\nbis-reer,BIS,REER_BROAD,\n"
    monkeypatch.setattr(
        shipped_tables, "read_table", lambda *_: list(csv.DictReader(text.splitlines()))
    )
    with pytest.raises(shipped_tables.ShippedTableError, match=r"kept-of-a-test.csv: bis-reer"):
        kept.kept()
