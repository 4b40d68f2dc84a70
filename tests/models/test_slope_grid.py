from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models import specification
from rebalancing.models.specification import slope_grid
from rebalancing.models.validate import ModelInputError

NAMES = ("release", "compared")
RNG = np.random.default_rng(3)
YEARS = np.arange(1990, 2025)
OWN = pd.Series(40 + 0.2 * (YEARS - 1990) + RNG.normal(0, 0.3, 35), YEARS)
VERSIONS = {
    ("new", "own"): OWN,
    ("old", "own"): OWN.loc[:2019],
    ("new", "less median"): OWN - 60,
}


def grid(**changed):
    options = {"starts": [2004, 2005], "ends": ["last year", "year before", 2019]}
    return pd.DataFrame(slope_grid.grid(VERSIONS, NAMES, **{**options, **changed}))


def test_every_combination_is_there_once() -> None:
    specs = grid()
    assert not specs.duplicated().any()
    new = specs[(specs["release"] == "new") & (specs["compared"] == "own")]
    assert len(new) == 2 * 3 * 4  # starts, ends, trends


def test_what_makes_no_sense_for_a_version_is_left_out() -> None:
    specs = grid()
    negative = specs["compared"] == "less median"
    assert "log" not in set(specs.loc[negative, "trend"])
    # Of an old release that ends in 2019, the end 2019 is the last year.
    assert set(specs.loc[specs["release"] == "old", "end"]) == {"last year", "year before"}
    assert grid(starts=[2004, 2015])["start"].value_counts()[2015] < len(specs) / 2
    broken = grid(breaks=[None, 2008])
    assert set(broken.loc[broken["trend"] == "theil-sen", "shift"]) == {"none"}
    assert set(grid(breaks=[None, 2023])["shift"]) == {"none"}


def test_panels_of_other_questions_share_no_slope() -> None:
    """One slope in two panels would be an answer to two questions, and be counted twice."""
    methods = ("ols", "log", "theil-sen")
    options = {"starts": range(2002, 2007), "breaks": [None, 2008]}
    current = {name: series for name, series in VERSIONS.items() if series.index[-1] == 2024}
    ends = [slope_grid.LAST, slope_grid.BEFORE, 2019]
    main = slope_grid.grid(current, NAMES, ends=[slope_grid.LAST], trends=methods, **options)
    every = slope_grid.grid(VERSIONS, NAMES, ends=ends, trends=methods, **options)
    other_ends = slope_grid.without(every, main)
    walk = slope_grid.grid(current, NAMES, ends=ends[:1], trends=["difference"], **options)
    assert len(main) + len(other_ends) == len(every)
    slopes = [
        (
            spec["release"],
            spec["compared"],
            spec["start"],
            slope_grid.end_year(VERSIONS[spec["release"], spec["compared"]], spec["end"]),
            spec["trend"],
            spec["shift"],
        )
        for panel in (main, other_ends, walk)
        for spec in panel
    ]
    assert len(set(slopes)) == len(slopes)
    # Of the old release every slope ends early, and none is in the panel to the latest year.
    assert "old" not in {spec["release"] for spec in main}
    assert "old" in {spec["release"] for spec in other_ends}


def test_it_is_estimated_as_regime_slope_estimates_it() -> None:
    specs = grid(breaks=[None, 2008])
    data = slope_grid.version_table(VERSIONS)
    estimator = slope_grid.estimator(VERSIONS, NAMES, lags=3)
    curve = specification.run(specs.to_dict("records"), estimator, data)
    assert len(curve.estimates) == len(specs)
    assert curve.dropped.empty
    row = curve.estimates.query(
        "release == 'old' and trend == 'ols' and start == 2005 and end == 'year before' "
        "and shift == 'none'"
    ).iloc[0]
    alone = specification.regime_slope(
        pd.DataFrame(
            {"series": ["a"], "start": [2005], "end": [2018], "trend": ["ols"], "lags": [3]},
            dtype=object,
        ),
        OWN.rename("a").to_frame(),
    ).iloc[0]
    assert row["estimate"] == pytest.approx(alone["estimate"])
    assert row["std_error"] == pytest.approx(alone["std_error"])
    assert row["estimate"] == pytest.approx(np.polyfit(range(14), OWN.loc[2005:2018], 1)[0])


def test_less_a_constant_has_the_same_slope() -> None:
    curve = specification.run(
        grid(trends=["ols"]).to_dict("records"),
        slope_grid.estimator(VERSIONS, NAMES),
        slope_grid.version_table(VERSIONS),
    )
    new = curve.estimates[curve.estimates["release"] == "new"]
    by_version = new.groupby("compared")["estimate"].mean()
    assert by_version["own"] == pytest.approx(by_version["less median"])


def test_lags_widen_or_narrow_intervals_and_move_no_slope() -> None:
    few, by_rule = (
        specification.run(
            grid(trends=["ols"]).to_dict("records"),
            slope_grid.estimator(VERSIONS, NAMES, lags=lags),
            slope_grid.version_table(VERSIONS),
        ).estimates
        for lags in (1, None)
    )
    assert few["estimate"].equals(by_rule["estimate"])
    assert not few["std_error"].equals(by_rule["std_error"])


def test_bad_input_is_named() -> None:
    with pytest.raises(ModelInputError, match="names"):
        slope_grid.grid(VERSIONS, ("release",), starts=[2004], ends=["last year"])
    with pytest.raises(ModelInputError, match="versions"):
        grid(starts=[2020])
