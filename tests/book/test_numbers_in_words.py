"""Choices of a method do not stand in texts as words either: they are looked up and spelled.

"Five years ahead" beside the result of horizon 5 says which number it is; its key holds it. A text
with "the last ten years" or "every third year" and no such key would stay as it is when the code
chooses otherwise. What is not a choice of ours stands in ``in_words.csv``, with the reason.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import without_head
from rebalancing.project import Project

REPOSITORY = Project(Path(__file__).parents[2])
NOT_OURS = Path(__file__).with_name("in_words.csv")
NAMES = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
COUNTS = {
    **{name: number for number, name in enumerate(NAMES, start=1) if number > 1},
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
}
_COUNT = rf"(?P<count>{'|'.join(COUNTS)})"
_IN_WORDS = re.compile(
    rf"\b(?:(?:last |next )?{_COUNT}[ -](?:\w+ )?(?:years?|months?|quarters?|lags?|points?|"
    r"methods?|models?|forecasters?|figures|indicators)"
    r"|(?:upper|lower|middle|more than a|higher by a) (?:half|third|quarter|fifth|tenth)s?"
    r"|every (?:second|third|fourth|fifth|tenth)"
    rf"|(?:one|{'|'.join(COUNTS)}) (?:\w+ )?(?:in|of) (?:{'|'.join(COUNTS)})"
    r"|(?:two|three|four) (?:thirds|fifths|quarters|tenths))\b",
    re.IGNORECASE,
)
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{(?:claim|stated)\}`[^`]*`", re.DOTALL)
_CHANGE_OUR_MIND = re.compile(r":::\{change-our-mind\}.*?^:::", re.DOTALL | re.MULTILINE)


def found_in(text: str) -> set[str]:
    """Return the numbers in words of a text that none of its keys holds."""
    text = _CHANGE_OUR_MIND.sub("", text)
    keys = set(re.findall(r'"([\w.]+\.[\w.]+)"|^([\w.]+\.[\w.]+) \|', text, re.MULTILINE))
    parts = {part for pair in keys for key in pair for part in re.split(r"[._]", key)}
    return {
        match[0].lower()
        for match in _IN_WORDS.finditer(_TAGS.sub(" ", text))
        if not parts & {word := (match["count"] or "").lower(), str(COUNTS.get(word))}
    }


def in_texts() -> set[tuple[str, str]]:
    """Return all of them, each with its page or chapter."""
    pages = [
        (path.name, part)
        for path in REPOSITORY.book.glob("*.md")
        for part in path.read_text(encoding="utf-8").split("\n\n")
    ]
    cells = [
        (notebook.path.name, without_head(cell.source))
        for notebook in find_notebooks(REPOSITORY)
        for cell in notebook.cells
        if not cell.computes
    ]
    return {(name, words) for name, text in [*pages, *cells] for words in found_in(text)}


def test_a_number_in_words_is_looked_up_or_no_choice_of_ours() -> None:
    with NOT_OURS.open(encoding="utf-8") as file:
        allowed = {(row["where"], row["words"]) for row in csv.DictReader(file)}
    assert in_texts() == allowed


def test_what_a_key_says_may_be_said_again() -> None:
    assert found_in('Ten years ahead {{ n("forecasts.gain.10") }} of all.') == set()
    assert found_in('Ten years ahead {{ n("forecasts.gain.5") }} of all.') == {"ten years"}
    assert found_in("We look at every third year.") == {"every third"}
    assert found_in("{claim}`for two decades`, two fifths of them") == {"two fifths"}
