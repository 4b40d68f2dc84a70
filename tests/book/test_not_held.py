"""The page of limitations says "not held" only of what no release holds.

``not_held.csv`` says, for each limitation of the data, how the catalogue would name what is
missing: a pattern that no code or title of a series may match. A limitation of another kind says
why it has none. So a release that brings what the page says is missing fails a test.
"""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from held import REPOSITORY

ROWS = {
    row["limit"]: row
    for row in csv.DictReader(Path(__file__).with_name("not_held.csv").open(encoding="utf-8"))
}
PAGE = (REPOSITORY / "book" / "limitations.md").read_text(encoding="utf-8")
DATA = PAGE.partition("## What the data do not say")[2].partition("\n## ")[0]
SAYS_SO = re.compile(
    r"\bnot held\b|\bno release that is held\b|\bnot (?:in|among) the(?:se)? releases\b"
)


@cache
def catalogue() -> tuple[str, ...]:
    """Return publisher, code and title of each series that a release describes."""
    found = set()
    for path in (REPOSITORY / "data" / "raw").glob("*/*/datapackage.json"):
        for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]:
            for series in resource["series"]:
                found.add(f"{path.parts[-3]} {series['code']} {series['title']}")
    return tuple(sorted(found))


def matching(pattern: str) -> list[str]:
    return [held for held in catalogue() if re.search(pattern, held, re.IGNORECASE)]


def limits() -> dict[str, str]:
    """Return what the page says under each limitation of the data, by its anchor's name."""
    parts = re.split(r"^\(limit-([\w-]+)\)=$", DATA, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_limitation_says_how_the_catalogue_would_name_what_is_missing() -> None:
    assert set(limits()) == set(ROWS)
    for name, row in ROWS.items():
        assert bool(row["pattern"]) != bool(row["why"]), name
        assert bool(row["missing"]) == bool(row["pattern"]), name


@pytest.mark.parametrize("limit", [name for name, row in ROWS.items() if row["pattern"]])
def test_what_is_not_held_is_in_no_release(limit: str) -> None:
    assert SAYS_SO.search(limits()[limit])
    assert not matching(ROWS[limit]["pattern"])


def test_only_limitations_with_a_pattern_say_that_something_is_not_held() -> None:
    says_so = {name for name, text in limits().items() if SAYS_SO.search(text)}
    assert says_so <= {name for name, row in ROWS.items() if row["pattern"]}


@pytest.mark.parametrize(
    "held",
    [
        r"worldbank-wdi BX\.GSR\.TRAN\.ZS ",  # services by kind
        r"worldbank-wdi TX\.UVI\.MRCH\.XD\.WD ",  # unit values of goods
        r"worldbank-wdi SI\.POV\.GINI ",
        r"nbs-press INCOME_PC_QUINTILE1 ",
        r"nbs-capacity CU_STEEL ",
        r"oecd-io NPISH ",
        r"gacc-bulletin EXPQ_STEEL ",  # quantities by product
    ],
)
def test_what_the_page_says_is_held_is(held: str) -> None:
    assert matching(held)


def test_the_united_nations_have_no_taiwan_and_others_do() -> None:
    def economies(publisher: str) -> set[str]:
        paths = (REPOSITORY / "data" / "raw" / publisher).glob("*/*.parquet")
        tables = [pq.read_table(path, columns=["economy"]) for path in paths]
        return {code for table in tables for code in table["economy"].unique().to_pylist()}

    assert "TWN" not in economies("unsd-ama")
    assert "TWN" in economies("pwt")
