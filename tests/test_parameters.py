"""Parameters: declared alike everywhere, refused in one line, and felt by the methods they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rebalancing.errors import StudyError
from rebalancing.models import trend, unitroot
from rebalancing.models.breaks import bai_perron, resampling
from rebalancing.models.longrun import bartlett_lags
from rebalancing.models.trend import filters
from rebalancing.models.trend.directions import directions
from rebalancing.models.validate import ModelInputError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.parameters import ALLOWED, Parameters, declaration
from rebalancing.project import Project
from rebalancing.report import text
from rebalancing.study import Study

PROJECT = Project.find()
NOTEBOOKS = find_notebooks(PROJECT)
FIELDS = list(Parameters.model_fields)
METHODS = FIELDS[FIELDS.index("smoothing") :]

YEARS = pd.RangeIndex(1985, 2025)
NOISE = np.random.default_rng(11).normal(size=len(YEARS))
WALK = pd.Series(40 + NOISE.cumsum(), YEARS)
# Changes that go together over the years, so that lags matter.
SLOW = pd.Series(np.convolve(NOISE, np.ones(5) / 5, mode="same"), YEARS)


def test_every_parameter_says_what_is_allowed() -> None:
    assert list(ALLOWED) == FIELDS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_notebooks_declare_parameters_as_their_definition_does(notebook: Any) -> None:
    cell = next(cell for cell in notebook.code_cells if "parameters" in cell.tags)
    lines = [line.partition("  #")[0] for line in cell.source.splitlines()]
    assert [line for line in lines if " = " in line] == list(map(declaration, notebook.parameters))


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_one_home_and_only_chapters_that_use_it_declare_it(name: str) -> None:
    users = [n for n in NOTEBOOKS if any(f"study.{name}" in c.source for c in n.code_cells)]
    assert users
    assert users == [n for n in NOTEBOOKS if name in n.parameters]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("smoothing", 0.5, "from 1 to 100000"),
        ("smoothing", float("nan"), "from 1 to 100000"),
        ("smoothing", "6,25", "from 1 to 100000"),
        ("trimming", 0.05, "from 0.1 to 0.25"),
        ("trimming", 15, "from 0.1 to 0.25"),
        ("unit_root_lags", -1, "'auto' or a whole number"),
        ("unit_root_lags", 13, "'auto' or a whole number"),
        ("unit_root_criterion", "hqic", "'aic' or 'bic'"),
        ("hac_lags", 2.5, "'auto' or a whole number"),
        ("hac_lags", "automatic", "'auto' or a whole number"),
        ("ardl_lags", 0, "from 1 to 4"),
        ("ardl_lags", True, "from 1 to 4"),
        ("slope_draws", 50, "from 99"),
        ("break_draws", 98, "from 99"),
        ("curve_draws", 100_001, "to 100000"),
        ("averaging_window", 0, "from 1 to 15"),
        ("gdp_growth", 15.5, "from -5 to 15"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(name: str, value: object, allowed: str) -> None:
    with pytest.raises(StudyError) as caught:
        Study.load(PROJECT, {name: value})
    message = str(caught.value)
    assert caught.value.parameter == name
    assert message.startswith(f"{name}: ")
    assert message.count(" is not allowed; use ") == 1
    assert allowed in message
    assert "\n" not in message


def test_a_value_that_differs_names_the_edition_in_plain_digits() -> None:
    study = Study.load(PROJECT, {"smoothing": 100, "hac_lags": 3})
    assert study.edition(PROJECT) == "CHN-smoothing-100-hac_lags-3"
    assert text.parameter(study.smoothing) == "100"
    assert text.parameter(Study.load(PROJECT).smoothing) == "6.25"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [("auto", "the usual lags"), (0, "no lags"), (1, "1 lag"), (3, "3 lags")],
)
def test_lags_are_said_in_words(chosen: int | str, words: str) -> None:
    assert text.lags(chosen) == words


def test_more_smoothing_bends_the_trend_less() -> None:
    bends = [
        float(trend.hp(WALK, smoothing=smoothing).level.diff().diff().abs().sum())
        for smoothing in (1.0, 6.25, 100.0)
    ]
    assert bends == sorted(bends, reverse=True)
    usual = trend.HP_SMOOTHING["annual"]
    pd.testing.assert_frame_equal(
        trend.hp(WALK).to_frame(), trend.hp(WALK, smoothing=usual).to_frame()
    )
    with pytest.raises(ModelInputError, match="smoothing: 0 is not above zero"):
        trend.hp(WALK, smoothing=0)


def test_filters_are_compared_and_described_with_the_smoothing_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The others, whose estimates take long, are not what this is about.
    monkeypatch.setattr(filters, "local_linear_trend", lambda data, **_: trend.hp(data))
    found = filters.compare_filters(WALK, smoothing=400.0)
    pd.testing.assert_series_equal(
        found.levels[filters.HP], trend.hp(WALK, smoothing=400.0).level, check_names=False
    )
    assert filters.describe(400.0)[filters.HP].startswith("smoothing 400,")


@pytest.mark.filterwarnings("ignore")
def test_resampled_tests_for_breaks_have_the_trimming_of_the_tests_themselves() -> None:
    tests = resampling.resample(SLOW, trim=0.25, draws=99).tests
    found = bai_perron(SLOW, trim=0.25)
    row, limits = tests.loc["supF(1)"], found.critical_values[0.05]
    assert row["statistic"] == pytest.approx(float(found.sup_f[1]))
    assert row["critical_value"] == pytest.approx(limits.loc[("sup_f", 1)])
    assert tests.loc["UDmax", "statistic"] == pytest.approx(found.ud_max)
    usual = bai_perron(SLOW).critical_values[0.05]
    assert limits.loc[("sup_f", 1)] != usual.loc[("sup_f", 1)]


@pytest.mark.filterwarnings("ignore")
def test_lags_of_standard_errors_widen_intervals_where_years_go_together() -> None:
    def width(lags: Any) -> tuple[float, float]:
        row = directions(SLOW.cumsum(), lags=lags, replications=99).table.loc[1]
        return row["upper"] - row["lower"], row["slope_upper"] - row["slope_lower"]

    none, usual, four = width(0), width("auto"), width(4)
    assert usual == width(3)
    assert none[0] < usual[0] < four[0]
    assert none[1] < usual[1] < four[1]


def test_lags_are_never_more_than_half_of_the_observations() -> None:
    assert [bartlett_lags(n, 12) for n in (6, 40)] == [3, 12]
    with pytest.raises(ModelInputError, match=r"lags: 1\.5 is not a whole number"):
        bartlett_lags(40, 1.5)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore")
def test_bootstrap_draws_change_the_bootstrap_and_nothing_else() -> None:
    few, many = (directions(WALK, replications=draws).table for draws in (99, 1999))
    drawn = ["bootstrap_lower", "bootstrap_upper"]
    pd.testing.assert_frame_equal(few.drop(columns=drawn), many.drop(columns=drawn))
    assert (few[drawn] != many[drawn]).all(axis=None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("test", ["ADF", "DF-GLS", "Zivot-Andrews"])
def test_unit_root_tests_choose_among_the_lags_asked_for(test: str) -> None:
    changes = np.random.default_rng(3).normal(size=60)
    for year in range(2, 60):
        changes[year] -= 0.7 * changes[year - 2]
    y = pd.Series(changes.cumsum())
    usual = unitroot.battery(y)
    none = unitroot.battery(y, lags=unitroot.LagChoice(most=0))
    assert usual.at[test, "lags"] > 0
    assert none.at[test, "lags"] == 0
    same = ["Phillips-Perron", "KPSS"]
    pd.testing.assert_frame_equal(usual.loc[same], none.loc[same])


@pytest.mark.filterwarnings("ignore")
def test_the_bayesian_criterion_chooses_fewer_lags() -> None:
    def lags(criterion: Any) -> int:
        choice = unitroot.LagChoice(criterion=criterion)
        walks = (np.random.default_rng(seed).normal(size=60).cumsum() for seed in range(12))
        return sum(unitroot.adf(walk, lags=choice).lags for walk in walks)

    assert lags("bic") < lags("aic")


@pytest.mark.parametrize("choice", [{"most": -1}, {"most": "many"}, {"criterion": "hqic"}])
def test_a_choice_of_lags_that_there_is_not_is_refused(choice: dict[str, Any]) -> None:
    make: Callable[..., Any] = unitroot.LagChoice
    with pytest.raises(ModelInputError):
        make(**choice)
