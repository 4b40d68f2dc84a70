from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from rebalancing.claims.ledger import (
    MARKS,
    Claim,
    ClaimReading,
    Role,
    as_text,
    interval_text,
    margin,
    tried_table,
    write_ledger,
)
from rebalancing.claims.rules import About, Above, Below, ClaimError, Verdict

FIELDS = {"claim", "said_by", "verdict", "value", "unit", "period", "lower", "upper", "tolerance"}
FIELDS |= {"definition", "rule", "tried", "evidence"}


def reading(value: float | None, role: Role = "literal", **changes: Any) -> ClaimReading:
    """Return a reading that a share is below 40."""
    made = ClaimReading(f"A {role} share", value, "% of GDP", "2024", "UN", Below(40), role)
    return replace(made, **changes)


def claim(*readings: ClaimReading, **changes: Any) -> Claim:
    made = Claim(
        "a-share", "It is less than 40%", "the report", readings, ("02_consumption#fig-a",)
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("readings", "verdict", "value"),
    [
        ([reading(39.0)], "holds", 39.0),
        ([reading(39.96)], "holds as defined", 39.96),
        ([reading(41.0), reading(39.0, "fair")], "holds as defined", 39.0),
        ([reading(None), reading(39.0, "fair")], "holds as defined", 39.0),
        ([reading(39.0), reading(41.0)], "does not hold", 41.0),
        ([reading(39.0), reading(39.96)], "holds as defined", 39.96),
        ([reading(39.0), reading(41.0), reading(39.5, "fair")], "holds as defined", 39.5),
        ([reading(41.0), reading(42.0, "fair")], "does not hold", 41.0),
        ([reading(None), reading(42.0, "fair")], "does not hold", 42.0),
        ([reading(41.0), reading(39.0, "beside")], "does not hold", 41.0),
        ([reading(None), reading(39.0, "beside")], "no official data", None),
        ([reading(39.0), reading(None)], "no official data", 39.0),
        ([reading(None)], "no official data", None),
    ],
)
def test_the_verdict_follows_from_the_readings(
    readings: list[ClaimReading], verdict: str, value: float | None
) -> None:
    made = claim(*readings)
    assert made.verdict == verdict
    if verdict != "no official data":
        assert made.reading.value == value


def test_a_judgement_stays_one_whatever_the_figures_say() -> None:
    for value in (None, 39.0, 41.0):
        made = claim(reading(value, "fair"), is_judgement=True)
        assert made.verdict == "judgement"
        assert made.reading.value == value


def test_every_verdict_has_a_sign_of_its_own() -> None:
    assert set(MARKS) == set(get_args(Verdict))
    assert len(set(MARKS.values())) == len(MARKS)


def test_an_interval_is_symmetric_unless_its_ends_are_given() -> None:
    assert reading(39.0, margin=1.0).interval == (38.0, 40.0)
    assert reading(39.0, lower=38.5, upper=42.0).interval == (38.5, 42.0)
    assert reading(None).interval is None


def test_the_tolerance_is_the_rules_or_the_margin() -> None:
    estimate = Below(40, is_estimate=True)
    assert reading(39.0, rule=estimate, margin=1.0).tolerance == 1.0
    assert reading(39.0, rule=estimate).tolerance is None
    assert reading(39.0, margin=1.0).tolerance == 0.05
    assert reading(39.0, rule=About(40), margin=1.0).tolerance == 2.5


def test_texts_of_the_table() -> None:
    given = reading(39.93, margin=1.2)
    assert (as_text(given), interval_text(given), margin(given)) == (
        "39.9%",
        "38.7% to 41.1%",
        "38.7% to 41.1%",
    )
    assert margin(reading(39.0, rule=About(40))) == "± 2.5"
    assert margin(reading(39.0)) == "± 0.05"
    assert (as_text(reading(None)), interval_text(reading(39.0)), margin(reading(None))) == (
        "–",
        "–",
        "–",
    )


class TestWrite:
    def test_the_file(self, tmp_path: Path) -> None:
        made = claim(reading(39.9, margin=0.5), reading(None, "fair", rule=Above(0)))
        content = json.loads(write_ledger(tmp_path / "claims.json", [made]).read_text())
        assert list(content) == ["a-share"]
        entry = content["a-share"]
        assert set(entry) == FIELDS
        assert (entry["verdict"], entry["value"], entry["tolerance"]) == ("holds", 39.9, 0.05)
        assert (entry["lower"], entry["upper"]) == (39.4, 40.4)
        assert entry["evidence"] == [{"page": "02_consumption.html", "anchor": "fig-a"}]
        assert [tried["verdict"] for tried in entry["tried"]] == ["holds", "no official data"]
        assert entry["tried"][1]["lower"] is None

    def test_an_edition_without_claims_has_none(self, tmp_path: Path) -> None:
        assert json.loads(write_ledger(tmp_path / "claims.json", []).read_text()) == {}

    @pytest.mark.parametrize(
        ("claims", "message"),
        [
            ([claim()], "a-share has no readings"),
            ([claim(reading(39.0)), claim(reading(39.0))], "two claims have one id: a-share"),
        ],
    )
    def test_what_is_refused(self, tmp_path: Path, claims: list[Claim], message: str) -> None:
        with pytest.raises(ClaimError, match=message):
            write_ledger(tmp_path / "claims.json", claims)
        assert not (tmp_path / "claims.json").exists()


def test_the_table_has_every_reading_in_words() -> None:
    table = tried_table(claim(reading(37.0, margin=1.5), reading(None, "fair", period="–")))
    assert table.index.name == "Definition"
    literal, fair = (table.loc[f"A {role} share"].to_dict() for role in ("literal", "fair"))
    assert literal == {
        "Number": "37.0%",
        "Year": "2024",
        "Interval": "35.5% to 38.5%",
        "Holds if": "below 40",
        "Verdict": "✓ holds",
    }
    assert fair["Verdict"] == "∅ no official data"
    assert [fair[column] for column in ("Number", "Year", "Interval")] == ["–", "–", "–"]
