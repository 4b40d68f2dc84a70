"""Changes are measured from the years that the whole book has, or say why from another.

The first year can decide the answer. What the kept edition recorded as a change over years begins
with a year of the list or of the sample, or runs ahead from the last year; else its definition says
where it begins and why.
"""

from __future__ import annotations

import re

from held import REPOSITORY

from rebalancing.data.views import particulars
from rebalancing.report.stored import read_results

# Other chapters are about spans that are not chosen: of rises elsewhere, forecasts and releases.
CHAPTERS = ("02", "03", "04", "05", "06", "07", "08", "09", "10", "14")
UNITS = ("percentage points", "percentage points a year", "% a year", "log points a year")
CHANGE = re.compile(r"\b[Cc]hange\b|\bgrowth\b|\b[Gg]ap\b")
SAYS_WHY = re.compile(
    r"first year held|all years held|the years that both|years after|years in which|same years"
    r"|\b(last|latest|in) (\d|two|three|four|five|ten) years|on the year before|another year"
    r"|two years after|from the year|their peak|differ most|\bregime\b| after: |whole sample"
)
SPAN = re.compile(r"(\d{4})–(\d{4})")


def measured() -> list[dict[str, str]]:
    """Return the changes over years that the kept edition recorded."""
    return [
        result
        for result in read_results(REPOSITORY / "editions" / "CHN")["results"]
        if result["chapter"][:2] in CHAPTERS
        and SPAN.fullmatch(str(result["period"]))
        and (
            result["unit"] in UNITS
            or (
                result["unit"] in ("US$ billion", "% of growth")
                and CHANGE.search(result["definition"])
            )
        )
    ]


def unexplained(results: list[dict[str, str]], allowed: set[int]) -> list[str]:
    """Return the keys of changes that begin in another year and do not say why."""
    found = []
    for result in results:
        first = int(str(result["period"])[:4])
        if first not in allowed and not SAYS_WHY.search(result["definition"]):
            found.append(f"{result['key']}: {result['period']}, {result['definition']}")
    return found


def test_a_change_begins_in_a_year_of_the_book_or_says_why_not() -> None:
    kept = read_results(REPOSITORY / "editions" / "CHN")
    ends = {int(r["period"]) for r in kept["results"] if r["key"] == "consumption.share.latest"}
    sample = {kept["edition"]["parameters"]["first_year"]}
    results = measured()
    assert len(results) > 100
    assert unexplained(results, {*particulars.windows("CHN"), *sample, *ends}) == []


def test_a_year_of_its_own_is_found() -> None:
    one = {"key": "a", "period": "2005–2024", "definition": "Change of the share"}
    assert unexplained([one], {2004}) == ["a: 2005–2024, Change of the share"]
    assert unexplained([one | {"definition": "Change, all years held"}], {2004}) == []
    assert unexplained([one | {"period": "2004–2024"}], {2004}) == []


def test_from_a_low_or_a_high_another_year_is_given_as_well() -> None:
    """A leg of the path that begins at a turn has the change from before or after it, too."""
    results = {r["key"]: r for r in read_results(REPOSITORY / "editions" / "CHN")["results"]}
    turned = [
        key.removesuffix(".start")
        for key, result in results.items()
        if re.fullmatch(r"consumption\.path\.\d{4}\.start", key) and result["value"] != "neither"
    ]
    assert turned
    for key in turned:
        assert {f"{key}.earlier", f"{key}.later"} & results.keys(), key
    assert {"surplus.saving.gap.elsewhere", "scenarios.gap.since_elsewhere"} <= results.keys()
    assert "incomes.split.smallest.since.total" in results
