from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from rebalancing.claims.ledger import (
    MARKS,
    ROLES,
    Claim,
    ClaimReading,
    Role,
    as_text,
    interval_text,
    margin,
    tried_table,
    write_ledger,
)
from rebalancing.claims.rules import About, Above, Below, ClaimError, Outcome

FIELDS = {"claim", "said_by", "verdict", "value", "unit", "period", "lower", "upper", "tolerance"}
FIELDS |= {"true_of", "definition", "rule", "tried", "evidence"}


def reading(value: float | None, role: Role = "said", **changes: Any) -> ClaimReading:
    """Return a reading that a share is below 40."""
    made = ClaimReading(f"A share, {role}", value, "% of GDP", "2024", "UN", Below(40), role)
    return replace(made, **changes)


def claim(*readings: ClaimReading, **changes: Any) -> Claim:
    made = Claim(
        "a-share", "It is less than 40%", "the report", readings, ("02_consumption#fig-a",)
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("readings", "verdict", "true_of", "value"),
    [
        ([reading(39.0)], "true", "said", 39.0),
        ([reading(39.0), reading(38.0)], "true", "said", 39.0),
        ([reading(39.0), reading(41.0, "other")], "true", "said", 39.0),
        ([reading(39.96)], "open", None, 39.96),
        ([reading(41.0)], "false", None, 41.0),
        ([reading(41.0), reading(42.0)], "false", None, 41.0),
        ([reading(41.0), reading(39.0)], "open", "said", 41.0),
        ([reading(41.0), reading(None)], "false", None, 41.0),
        ([reading(None), reading(39.0)], "open", "said", 39.0),
        ([reading(None)], "open", None, None),
        ([reading(None), reading(39.0, "other")], "open", "other", None),
    ],
)
def test_the_verdict_follows_from_the_readings(
    readings: list[ClaimReading], verdict: str, true_of: str | None, value: float | None
) -> None:
    made = claim(*readings)
    assert made.verdict == verdict
    assert (made.true_of.role if made.true_of else None) == true_of
    assert made.reading.value == value


@pytest.mark.parametrize(("said", "verdict"), [(41.0, "false"), (None, "open")])
def test_another_quantity_does_not_make_a_claim_true(said: float | None, verdict: str) -> None:
    other = reading(39.0, "other", definition="Of value added")
    made = claim(reading(said), other)
    assert made.verdict == verdict
    assert made.true_of == other
    assert made.to_json()["true_of"] == "Of value added"


def test_what_is_only_shown_decides_nothing() -> None:
    made = claim(reading(41.0), reading(39.0, "beside"))
    assert (made.verdict, made.true_of) == ("false", None)


@pytest.mark.parametrize("value", [None, 39.0, 41.0])
def test_a_judgement_stays_one_whatever_the_figures_say(value: float | None) -> None:
    made = claim(reading(value), is_judgement=True)
    assert (made.verdict, made.true_of, made.reading.value) == ("judgement", None, value)


def test_every_outcome_has_a_sign_of_its_own_and_every_role_a_name() -> None:
    assert set(MARKS) == set(get_args(Outcome))
    assert len(set(MARKS.values())) == len(MARKS)
    assert set(ROLES) == set(get_args(Role))


def test_an_interval_is_symmetric_unless_its_ends_are_given() -> None:
    assert reading(39.0, margin=1.0).interval == (38.0, 40.0)
    assert reading(39.0, lower=38.5, upper=42.0).interval == (38.5, 42.0)
    assert reading(None).interval is None


@pytest.mark.parametrize(("margin", "is_firm"), [(0.5, True), (1.5, False)])
def test_a_verdict_is_firm_where_both_ends_of_the_interval_say_the_same(
    margin: float, is_firm: bool
) -> None:
    assert reading(39.0, margin=margin).is_firm == is_firm


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
        made = claim(reading(39.9, margin=0.5), reading(None, "other", rule=Above(0)))
        content = json.loads(write_ledger(tmp_path / "claims.json", [made]).read_text())
        assert list(content) == ["a-share"]
        entry = content["a-share"]
        assert set(entry) == FIELDS
        assert (entry["verdict"], entry["value"], entry["tolerance"]) == ("true", 39.9, 0.05)
        assert (entry["lower"], entry["upper"]) == (39.4, 40.4)
        assert entry["evidence"] == [{"page": "02_consumption.html", "anchor": "fig-a"}]
        assert [tried["outcome"] for tried in entry["tried"]] == ["holds", "no figures"]
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
    table = tried_table(claim(reading(37.0, margin=1.5), reading(None, "other", period="–")))
    assert table.index.name == "Definition"
    said, other = (table.loc[f"A share, {role}"].to_dict() for role in ("said", "other"))
    assert said == {
        "Number": "37.0%",
        "Year": "2024",
        "Interval": "35.5% to 38.5%",
        "Holds if": "below 40",
        "What it is": "as said",
        "Outcome": "✓ holds",
    }
    assert (other["What it is"], other["Outcome"]) == ("another quantity", "∅ no figures")
    assert [other[column] for column in ("Number", "Year", "Interval")] == ["–", "–", "–"]
