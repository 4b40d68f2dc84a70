from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.forecast import bridge
from rebalancing.requirements import now
from rebalancing.requirements import nowcast as requirements

YEARS = pd.Index(range(1995, 2025), name="year")
RNG = np.random.default_rng(5)
SAVING = pd.Series(RNG.normal(0, 1, 32), range(1995, 2027))
SHARE = (40 + (0.5 * SAVING.loc[:2024]).cumsum()).rename_axis("year")


def outlooks(*years: int) -> dict[str, pd.DataFrame]:
    return {f"{year}-10": SAVING.loc[: year + 1].to_frame("saving") for year in years}


def material(**given: object) -> requirements.NowcastData:
    known = {
        "share": SHARE,
        "indicators": pd.DataFrame({"prices": SAVING.loc[:2025]}),
        "outlooks": outlooks(*range(2018, 2026)),
    }
    return requirements.NowcastData(**{**known, **given})  # type: ignore[arg-type]


@pytest.mark.slow
def test_bridges_that_reach_the_year_are_pooled_with_equal_weights() -> None:
    attempts = requirements.first_year(material(), 0.8)
    assert [one.bridging.key for one in attempts] == ["prices", "saving"]
    assert all(one.counts for one in attempts)
    pool, scores = requirements.pooled(attempts, 0.8) or (None, None)
    assert pool is not None
    assert scores is not None
    assert list(scores.index) == list(range(2018, 2025))
    # Both indicators are the share's own change: the pool is all but certain of it.
    assert pool.mean == pytest.approx(0.5 * SAVING[2025], abs=1e-6)
    assert bridge.summarise(scores).crps < 0.01


@pytest.mark.slow
def test_a_forecast_is_tried_with_what_was_forecast_then() -> None:
    attempts = {
        one.bridging.key: one
        for one in requirements.first_year(material(outlooks=outlooks(2021, 2022, 2025)), 0.8)
    }
    assert list(attempts["saving"].scores.index) == [2021, 2022]
    assert not attempts["saving"].counts
    assert attempts["prices"].counts
    assert len(attempts["prices"].scores) == requirements.MOST


def test_two_years_ahead_the_outlook_of_the_year_before_is_used() -> None:
    (one,) = requirements.second_year(material(), 0.8)
    assert one.bridging.key == "saving"
    assert list(one.scores.index) == list(range(2019, 2025))  # from the outlooks of 2018 onwards
    assert one.density is not None
    assert one.density.mean == pytest.approx(0.5 * (SAVING[2025] + SAVING[2026]), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, True),
        ({"outlooks": {}}, True),
        ({"indicators": pd.DataFrame({"prices": SAVING.loc[:2024]})}, True),
        ({"indicators": pd.DataFrame({"prices": SAVING.loc[:2024]}), "outlooks": {}}, False),
        ({"share": SHARE.loc[2017:]}, False),
    ],
)
def test_what_is_foreseen_is_what_the_chapter_finds(given: dict[str, object], there: bool) -> None:
    made = material(**given)
    assert (requirements.reason(made, "Japan") == "") is there
    found = requirements.pooled(requirements.first_year(made, 0.8), 0.8)
    assert (found is not None) is there
    assert there or "of Japan that reaches past its accounts" in requirements.reason(made, "Japan")
    assert requirements.reason(None, "Japan")


def test_too_few_years_are_not_told_apart() -> None:
    scores = pd.DataFrame({"crps": [1.0, 2.0, 1.0], "crps_no_change": [2.0, 2.5, 2.0]})
    difference, p_value = requirements.told_apart(scores, 1)
    assert difference == pytest.approx(-2.5 / 3)
    assert p_value == 1.0
    many = pd.concat([scores] * 5, ignore_index=True)
    assert requirements.told_apart(many, 1)[1] < 0.01


def test_growth_in_spring_is_that_of_the_same_year() -> None:
    rows = pd.DataFrame(
        [
            ("2024-04", "NGDP_RPCH", 2023, 5.2),
            ("2024-04", "NGDP_RPCH", 2024, 4.6),
            ("2024-10", "NGDP_RPCH", 2024, 4.8),
            ("2026-04", "NGDP_RPCH", 2026, 4.4),
            ("2025-04", "NGSD_NGDP", 2025, 42.0),
        ],
        columns=["release", "series", "year", "value"],
    )
    assert requirements.growth_in_spring(rows).to_dict() == {2024: 4.6, 2026: 4.4}


def test_a_chapter_without_newer_figures_says_where_the_accounts_end() -> None:
    assert now.nothing_newer([], "Aruba", 2024).endswith("newer than its accounts, 2024")
    assert set(now.NOWCAST) <= set(now.wanted())
