"""A heading that says how many points follow is followed by so many."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from held import REPOSITORY

WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
HEADING = re.compile(rf"^#+ (?=.*\b({'|'.join(WORDS)}) (\w+))", re.IGNORECASE)
POINT = re.compile(r"^(\d+)\. |^: ", re.MULTILINE)
COUNTED = {"points", "sentences", "mistakes", "ideas"}  # nouns of what a list below has


def counted() -> Iterator[tuple[str, str, int, str]]:
    """Yield each page, a heading of it that counts, how many, and what stands below it."""
    for page in sorted((REPOSITORY / "book").glob("*.md")):
        for part in re.split(r"^(?=#+ )", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
            heading, _, below = part.partition("\n")
            found = HEADING.match(heading)
            if found and found[2].lower() in COUNTED:
                yield page.name, heading, WORDS.index(found[1].lower()) + 2, below


def points(below: str) -> int:
    """Return how many points a list has; texts for the same number are one point."""
    found = [match[1] or f"term {place}" for place, match in enumerate(POINT.finditer(below))]
    return len(set(found))


def sentences(below: str) -> int:
    """Return how many sentences the points of a list have at most."""
    items = re.split(r"^\d+\. ", below, flags=re.MULTILINE)[1:]
    return max(len(re.findall(r"[.!?](?=\s|\*|$)", item.strip())) for item in items)


CASES = [pytest.param(*case, id=f"{case[0]}: {case[1]}") for case in counted()]


def test_pages_have_headings_that_count() -> None:
    assert {case.values[0] for case in CASES} >= {"limitations.md"}


@pytest.mark.parametrize(("page", "heading", "count", "below"), CASES)
def test_as_many_points_follow_as_the_heading_says(
    page: str, heading: str, count: int, below: str
) -> None:
    assert points(below) == count
    if "sentences" in heading:
        assert sentences(below) == 1


@pytest.mark.parametrize(
    ("below", "count", "most"),
    [
        ("1. One.\n2. Two.\n", 2, 1),
        ("1. One. And more.\n%%prose otherwise\n1. Another.\n2. Two.\n", 2, 2),
    ],
)
def test_points_and_sentences_are_counted(below: str, count: int, most: int) -> None:
    assert (points(below), sentences(below)) == (count, most)
