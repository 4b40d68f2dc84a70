"""Findings whose word a model, a test or a ledger decides: declared alike there and here."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from rebalancing.claims.ledger import VERDICTS
from rebalancing.models import forecast
from rebalancing.models.accounting import decomposition
from rebalancing.models.unitroot import integration
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import findings

NOTEBOOKS = {notebook.name: notebook for notebook in find_notebooks(Project.find())}
# Texts that are no word of a set: quotations, titles, margins and cautions.
FREE_TEXT = {"cautions", "claim", "definition", "margin", "maximum.economy", "largest.economy"}
FREE_TEXT |= {"world.other.name", "top"}  # an economy, a quarter


def test_models_say_no_word_that_is_not_declared() -> None:
    readings = (
        *(integration.UNIT_ROOT, integration.STATIONARY, integration.NEITHER),
        *(integration.BOTH, integration.DIFFER),
    )
    assert findings.unit_roots(readings[0]).words == readings
    volumes = pd.DataFrame({"c": [1.0, 2.0], "i": [1.0, 1.5]})
    methods = (
        decomposition.growth_contributions(volumes).method,
        decomposition.growth_contributions(volumes, current=volumes).method,
    )
    assert findings.growth_weights("additive").words == methods
    assert findings.verdict("true", VERDICTS).words == VERDICTS


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (findings.related(True), "found"),
        (findings.related(False), "not found"),
        (findings.skill(-0.1, 0.01), "better"),
        (findings.skill(0.1, 0.01), "worse"),
        (findings.skill(-0.1, 0.2), "undecided"),
        (findings.score(40.0), "lower"),
        (findings.score(-12.0), "higher"),
        (findings.score(2.1), "alike"),
        (findings.tails([91.0, 94.0], 95.0), "short"),
        (findings.tails([91.0, 94.8], 95.0), "enough"),
        (findings.leader("drift", ["mean", "drift"], "the lowest CRPS"), "drift"),
        (findings.news_or_noise("noise"), "noise"),
    ],
)
def test_the_word_is_the_one_that_was_decided(found: findings.Finding, word: str) -> None:
    assert found.word == word
    assert found.word in found.words
    assert all(each in found.rule for each in found.words)


@pytest.mark.parametrize(
    "decide",
    [
        lambda: findings.unit_roots("perhaps"),
        lambda: findings.growth_weights("chained"),
        lambda: findings.verdict("perhaps", VERDICTS),
        lambda: findings.leader("ETS", ["mean", "drift"], "the lowest CRPS"),
        lambda: findings.news_or_noise(""),
    ],
)
def test_a_word_that_was_not_declared_is_refused(decide) -> None:
    with pytest.raises(findings.FindingError, match="declare it with the others"):
        decide()


def test_only_free_text_is_recorded_as_words() -> None:
    named = re.compile(r"\(\s*f?\"([\w.{}]+)\",[^()]*(?:\([^()]*\)[^()]*)*unit=\"words\"")
    keys = {
        key.rpartition("}.")[2]
        for notebook in NOTEBOOKS.values()
        for cell in notebook.code_cells
        if cell.computes
        for key in named.findall(cell.source)
    }
    assert keys
    assert {key for key in keys if not any(key.endswith(free) for free in FREE_TEXT)} == set()


@pytest.mark.parametrize(
    ("subject", "others"), [("mcs.forecaster", [forecast.COMBINATION]), ("pools.place", [])]
)
def test_a_text_that_lists_forecasters_knows_every_one(subject: str, others: list[str]) -> None:
    (text,) = (
        cell.source
        for cell in NOTEBOOKS["12_forecasts"].code_cells
        if f'word("forecasts.{subject}." ~' in cell.source
    )
    (listed,) = re.findall(r"set forecasters = \[(.*?)\]", text)
    assert listed.replace('"', "").split(", ") == [*forecast.FORECASTERS, *others]
