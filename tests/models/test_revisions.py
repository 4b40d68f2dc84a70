from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models import revisions
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

few = settings(max_examples=10)
seeds = st.integers(0, 10_000)
small = pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")


def vintages() -> pd.DataFrame:
    """Three releases; the second lacks 2001, the third lacks 2000."""
    rows = [
        ("to 2002", 2000, 10.0),
        ("to 2002", 2001, 11.0),
        ("to 2002", 2002, 12.0),
        ("to 2003", 2000, 10.5),
        ("to 2003", 2002, 12.2),
        ("to 2003", 2003, 13.0),
        ("to 2004", 2001, 11.6),
        ("to 2004", 2002, 12.1),
        ("to 2004", 2003, 13.5),
        ("to 2004", 2004, 14.0),
    ]
    return pd.DataFrame(rows, columns=["release", "year", "value"])


def test_triangle_passes_over_gaps() -> None:
    result = revisions.triangle(vintages().sample(frac=1, random_state=0))
    assert list(result.figures) == ["to 2002", "to 2003", "to 2004"]
    assert result.first.to_dict() == {2000: 10, 2001: 11, 2002: 12, 2003: 13, 2004: 14}
    assert result.latest.to_dict() == {2000: 10.5, 2001: 11.6, 2002: 12.1, 2003: 13.5, 2004: 14}
    # 2001 is not in the second release: its revision is from the first to the third.
    assert result.revisions.loc[2001, "to 2004"] == pytest.approx(0.6)
    assert np.isnan(result.revisions.loc[2001, "to 2003"])
    assert result.revisions_by_maturity().loc[2002].tolist() == pytest.approx([0.2, -0.1])
    assert result.total_revision.to_dict() == pytest.approx(
        {2000: 0.5, 2001: 0.6, 2002: 0.1, 2003: 0.5}
    )
    assert result.apart.to_dict() == pytest.approx({2000: 0.5, 2001: 0.6, 2002: 0.2, 2003: 0.5})
    assert "3 releases, to 2002 to to 2004" in repr(result)
    assert list(result.to_frame())[-3:] == ["first", "latest", "revision"]


@few
@given(seed=seeds, missing=st.floats(0, 0.6))
def test_revisions_add_up_and_scale(seed, missing) -> None:
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([[2020, 2021, 2022, 2023], range(1990, 2020)])
    frame = pd.DataFrame({"value": rng.normal(size=len(index))}, index).rename_axis(
        ["release", "period"]
    )
    frame = frame[rng.uniform(size=len(frame)) >= missing].reset_index()
    result = revisions.triangle(frame)
    total = result.revisions.sum(axis=1)
    np.testing.assert_allclose(result.first + total, result.latest, atol=1e-12)
    packed = result.revisions_by_maturity().sum(axis=1)
    np.testing.assert_allclose(packed, total, atol=1e-12)
    moved = revisions.triangle(frame.assign(value=100 * frame["value"] + 5))
    np.testing.assert_allclose(moved.revisions, 100 * result.revisions, atol=1e-9)
    # A gap written as an empty row is the same as no row.
    full = result.figures.melt(ignore_index=False, var_name="release").reset_index()
    pd.testing.assert_frame_equal(revisions.triangle(full).figures, result.figures)


@small
def test_statistics_by_hand() -> None:
    result = revisions.statistics(revisions.triangle(vintages()), lags=0)
    row = result.table.loc[("total", "first to latest")]
    x = np.array([0.5, 0.6, 0.1, 0.5])
    assert row["n"] == 4
    assert row["mean"] == pytest.approx(x.mean())
    assert row["mean_abs"] == pytest.approx(x.mean())
    assert row["std"] == pytest.approx(x.std(ddof=1))
    assert row["rmse"] == pytest.approx(np.sqrt((x**2).mean()))
    assert row["robust_std"] == pytest.approx(0.05 / 0.6744897501960817)
    assert row["pct_positive"] == 100
    # Without lags the corrected Newey-West variance is the usual one.
    assert row["t_stat"] == pytest.approx(x.mean() / (x.std(ddof=1) / 2))
    latest = np.array([10.5, 11.6, 12.1, 13.5])
    assert row["noise_to_signal"] == pytest.approx(x.std(ddof=1) / latest.std(ddof=1))
    release = result.table.loc[("release", "to 2002 to to 2003")]
    assert (release["n"], release["mean"]) == (2, pytest.approx(0.35))
    assert result.table.loc[("maturity", "revision 2"), "n"] == 1
    assert "noise to signal" in repr(result)
    assert result.to_frame().equals(result.table)


def test_few_revisions_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="4 revisions are few"):
        result = revisions.statistics(revisions.triangle(vintages()))
    assert len(result.cautions) == 1


def test_bias_test_is_newey_west() -> None:
    rng = np.random.default_rng(3)
    first = pd.Series(3 + rng.normal(0, 2, 80), pd.RangeIndex(1700, 1780))
    last = first + rng.normal(0, 1, 80)
    frame = pd.concat(
        [
            x.rename("value").rename_axis("year").reset_index().assign(release=name)
            for name, x in (("a", first), ("b", last + 1))
        ]
    )
    row = revisions.statistics(revisions.triangle(frame)).table.loc[("total", "first to latest")]
    x = (last + 1 - first).to_numpy()
    fit = sm.OLS(x, np.ones(80)).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
    assert row["lags"] == 3
    assert row["t_stat"] == pytest.approx(fit.tvalues[0] * np.sqrt(79 / 80))
    assert row["p_value"] < 1e-6


def test_bad_input_gets_one_clear_message() -> None:
    frame = vintages()
    apart = frame.iloc[[0, 1, 5]]
    cases = [
        (lambda: revisions.triangle(frame.drop(columns="value")), "vintages: no column 'value'"),
        (lambda: revisions.triangle(pd.concat([frame, frame])), "vintages: 2000 occurs more than"),
        (lambda: revisions.triangle(frame[:3]), "vintages: one release only"),
        (lambda: revisions.triangle(frame.assign(value=np.nan)), "vintages: no values"),
        (lambda: revisions.triangle(frame.assign(value="a")), "vintages: value is not numeric"),
        (lambda: revisions.triangle(frame.replace(11.6, np.inf)), "infinite value"),
        (lambda: revisions.triangle(frame.assign(year=np.nan)), "a release or period is missing"),
        (lambda: revisions.triangle([1]), "vintages: pass a DataFrame"),
        (lambda: revisions.statistics(revisions.triangle(apart)), "revised: no period in two"),
        (lambda: revisions.statistics(revisions.triangle(frame), lags=-1), "lags: -1"),
    ]
    for make, message in cases:
        with pytest.raises(ModelInputError, match=message):
            make()
