"""Two levels and their difference, in one paragraph, fit each other as they are printed.

Of three numbers looked up in a paragraph, one may be the difference or the sum of the other two.
Where rounding would hide that, the text shows one more digit (``finer=True``).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from held import REPOSITORY

from rebalancing.report import text
from rebalancing.report.stored import read_results

LOOKUP = re.compile(r'\{\{\s*(?:n|by_sign)\(\s*"([\w.]+)"(.*?)\)\s*\}\}', re.DOTALL)
NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")
Results = Mapping[str, Mapping[str, Any]]


def paragraphs() -> Iterator[tuple[str, str]]:
    """Return the paragraphs of pages and prose cells, with where they stand."""
    for page in sorted((REPOSITORY / "book").glob("*.md")):
        for part in re.split(r"\n\s*\n", page.read_text("utf-8")):
            yield page.name, part
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            if source.startswith("%%prose"):
                for part in re.split(r"\n\s*\n", source):
                    yield f"{path.name}, {cell['id']}", part


def printed(result: Mapping[str, Any], *, finer: bool) -> float | None:
    """Return a number as it is printed, with its sign; None where it has no digits."""
    value, unit = float(result["value"]), str(result["unit"])
    if unit != "percentage points" and not unit.startswith("% of "):
        return None
    form = text.finer if finer else text.form
    found = NUMBER.search(form(abs(value), unit))
    return None if found is None else float(found[0].replace(",", "")) * (1 if value >= 0 else -1)


def clashes(paragraph: str, results: Results) -> list[str]:
    """Return the numbers of a paragraph that do not add up as printed, though they do."""
    shown: dict[str, float] = {}
    for key, rest in LOOKUP.findall(paragraph):
        if key in results and isinstance(results[key]["value"], (int, float)):
            value = printed(results[key], finer="finer=True" in rest)
            if value is not None:
                shown[key] = value
    found = []
    for first, second, third in itertools.combinations(shown, 3):
        for one, other, difference in (
            (first, second, third),
            (first, third, second),
            (second, third, first),
        ):
            exact = [float(results[key]["value"]) for key in (one, other, difference)]
            if results[difference]["unit"] != "percentage points" or not exact[2]:
                continue
            apart = abs(exact[1] - exact[0]) - abs(exact[2])
            as_printed = abs(shown[other] - shown[one]) - abs(shown[difference])
            if abs(apart) < 1e-9 and abs(as_printed) > 1e-6:
                found.append(
                    f"{one} {shown[one]}, {other} {shown[other]}, {difference} {shown[difference]}"
                )
    return found


def test_levels_and_their_difference_fit_as_printed() -> None:
    kept = read_results(REPOSITORY / "editions" / "CHN")["results"]
    results = {str(result["key"]): result for result in kept}
    found = [f"{where}: {what}" for where, part in paragraphs() for what in clashes(part, results)]
    assert found == []


def test_a_difference_that_rounding_hides_is_found() -> None:
    made = {"a": 39.13, "b": 39.57}
    results: dict[str, dict[str, Any]] = {
        key: {"value": value, "unit": "% of GDP"} for key, value in made.items()
    }
    results["c"] = {"value": 39.57 - 39.13, "unit": "percentage points"}
    said = '{{ n("a") }} became {{ n("b") }}: {{ by_sign("c", "up by {}", "down by {}", "none") }}.'
    assert clashes(said, results) == ["a 39.1, b 39.6, c 0.4"]
    fine = said.replace('")', '", finer=True)')
    assert clashes(fine, results) == []
