from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models import revisions
from rebalancing.models._validate import ModelInputError
from rebalancing.models.warnings import IntegratedSeriesWarning, SmallSampleWarning

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


def pair(seed: int, kind: str, n: int = 300):
    """Simulate preliminary and final growth whose revisions are news or noise."""
    rng = np.random.default_rng(seed)
    years = pd.RangeIndex(1700, 1700 + n)
    base = pd.Series(3 + rng.normal(0, 2, n), years)
    error = rng.normal(0, 1, n)
    other = rng.normal(0, 1, n)
    return {
        "news": (base, base + error),
        "noise": (base + error, base),
        "neither": (base + error, base + other),
    }[kind]


def test_triangle_passes_over_gaps() -> None:
    result = revisions.triangle(vintages().sample(frac=1, random_state=0))
    assert list(result.figures) == ["to 2002", "to 2003", "to 2004"]
    assert result.first.to_dict() == {2000: 10, 2001: 11, 2002: 12, 2003: 13, 2004: 14}
    assert result.latest.to_dict() == {2000: 10.5, 2001: 11.6, 2002: 12.1, 2003: 13.5, 2004: 14}
    assert result.first_release[2003] == "to 2003"
    # 2001 is not in the second release: its revision is from the first to the third.
    assert result.revisions.loc[2001, "to 2004"] == pytest.approx(0.6)
    assert np.isnan(result.revisions.loc[2001, "to 2003"])
    assert result.by_maturity().loc[2001].tolist()[:2] == [11.0, 11.6]
    assert result.revisions_by_maturity().loc[2002].tolist() == pytest.approx([0.2, -0.1])
    assert result.total_revision.to_dict() == pytest.approx(
        {2000: 0.5, 2001: 0.6, 2002: 0.1, 2003: 0.5}
    )
    # 2002 is the newest year of the oldest release, 2000 and 2001 were known before.
    assert result.already_known.tolist() == [True, True, False, False, False]
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


def test_order_of_releases_can_be_given() -> None:
    renamed = vintages().replace({"to 2002": "first", "to 2003": "final", "to 2004": "census"})
    order = ["first", "final", "census"]
    result = revisions.triangle(renamed, order=order)
    assert list(result.figures) == order
    assert result.latest[2002] == 12.1
    with pytest.raises(ModelInputError, match="order: not the releases"):
        revisions.triangle(renamed, order=order[:2])


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
    only = revisions.statistics(revisions.triangle(vintages()), only_first_published=True)
    assert only.table.loc[("total", "first to latest"), "n"] == 2
    assert "noise to signal" in repr(result)
    assert result.to_frame().equals(result.table)


def test_few_revisions_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="4 revisions are few"):
        result = revisions.statistics(revisions.triangle(vintages()))
    assert len(result.cautions) == 1


def test_bias_test_is_newey_west() -> None:
    first, last = pair(3, "news", 80)
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


@few
@given(seed=seeds, scale=st.sampled_from([1e-4, 7.0, 1e6]))
def test_tests_do_not_depend_on_the_unit(seed, scale) -> None:
    first, last = pair(seed, "neither", 60)
    plain = revisions.mincer_zarnowitz(first, last)
    scaled = revisions.mincer_zarnowitz(first * scale, last * scale)
    assert scaled.slope == pytest.approx(plain.slope)
    assert scaled.intercept == pytest.approx(plain.intercept * scale)
    assert scaled.p_value == pytest.approx(plain.p_value, rel=1e-6)
    # The same hypothesis, put as a revision that cannot be foreseen.
    news = revisions.news_or_noise(first, last).news
    assert news.f_stat == pytest.approx(plain.f_stat, rel=1e-8)
    assert news.slope == pytest.approx(plain.slope - 1)


def test_mincer_zarnowitz_without_lags_is_the_robust_regression() -> None:
    first, last = pair(1, "noise", 50)
    result = revisions.mincer_zarnowitz(first.to_numpy(), last.to_numpy(), lags=0)
    fit = sm.OLS(last.to_numpy(), sm.add_constant(first.to_numpy())).fit(cov_type="HC1")
    np.testing.assert_allclose([result.intercept, result.slope], fit.params)
    np.testing.assert_allclose([result.intercept_se, result.slope_se], fit.bse)
    gap = fit.params - [0, 1]
    wald = gap @ np.linalg.solve(fit.cov_params(), gap) / 2
    assert result.f_stat == pytest.approx(wald)
    assert result.to_frame().shape == (1, 10)
    assert "intercept 0 and slope 1" in repr(result)


@pytest.mark.parametrize("kind", ["news", "noise", "neither"])
def test_simulated_news_and_noise_are_recognised(kind) -> None:
    verdicts = [revisions.news_or_noise(*pair(seed, kind)).verdict for seed in range(30)]
    assert verdicts.count(kind) >= 25


def test_the_verdict_is_in_words() -> None:
    first, last = pair(0, "news")
    result = revisions.news_or_noise(first, last + 5)
    assert result.verdict == "news"
    assert result.words.startswith("News: the first figures were efficient forecasts")
    assert result.mean_revision == pytest.approx(5, abs=0.3)
    # An average revision of 5 does contradict unbiasedness.
    assert result.news.p_value < 1e-6
    assert list(result.to_frame().index) == ["news", "noise"]
    assert "n = 300" in repr(result)


def test_tiny_revisions_cannot_be_decided_and_few_are_named() -> None:
    rng = np.random.default_rng(2)
    y = pd.Series(rng.normal(5, 3, 20), range(2000, 2020))
    with pytest.warns(SmallSampleWarning, match="20 observations are few"):
        result = revisions.news_or_noise(y, y + rng.normal(0, 0.01, 20))
    assert result.verdict == "undecided"
    assert "Cannot be decided" in result.words
    assert len(result.cautions) == 1


def test_levels_are_named_and_their_changes_are_not() -> None:
    first, last = pair(6, "news", 60)
    with pytest.warns(IntegratedSeriesWarning, match="move as slowly as levels"):
        result = revisions.mincer_zarnowitz(first.cumsum(), last.cumsum())
    assert "use changes or growth rates" in result.cautions[0]
    assert revisions.mincer_zarnowitz(first, last).cautions == ()


def test_series_are_matched_by_label() -> None:
    first, last = pair(4, "news", 60)
    whole = revisions.mincer_zarnowitz(first[5:], last[:-3])
    parts = revisions.mincer_zarnowitz(first[5:-3].sample(frac=1, random_state=1), last[5:-3])
    assert whole.n == parts.n == 52
    assert whole.f_stat == pytest.approx(parts.f_stat)
    gaps = first.mask(first.index % 7 == 0)
    assert revisions.mincer_zarnowitz(gaps, last).n == gaps.notna().sum()


@pytest.mark.slow
def test_tests_keep_their_size_in_large_samples() -> None:
    rejected = {"news": 0, "noise": 0}
    for seed in range(400):
        rejected["news"] += revisions.news_or_noise(*pair(seed, "news")).news.p_value < 0.05
        rejected["noise"] += (
            revisions.news_or_noise(*pair(seed, "noise")).noise.slope_p_value < 0.05
        )
    for count in rejected.values():
        assert 0.02 < count / 400 < 0.10


def test_bad_input_gets_one_clear_message() -> None:
    frame = vintages()
    first, last = pair(0, "news", 40)
    line = 2 * first + 1
    cases = [
        (lambda: revisions.triangle(frame.drop(columns="value")), "vintages: no column 'value'"),
        (lambda: revisions.triangle(pd.concat([frame, frame])), "vintages: 2000 occurs more than"),
        (lambda: revisions.triangle(frame[:3]), "vintages: one release only"),
        (lambda: revisions.triangle(frame.assign(value=np.nan)), "vintages: no values"),
        (lambda: revisions.triangle(frame.assign(value="a")), "vintages: value is not numeric"),
        (lambda: revisions.triangle(frame.replace(11.6, np.inf)), "infinite value"),
        (lambda: revisions.triangle(frame.assign(year=np.nan)), "a release or period is missing"),
        (lambda: revisions.triangle([1]), "vintages: pass a DataFrame"),
        (lambda: revisions.mincer_zarnowitz(first[:5], last), "preliminary: 5 periods in common"),
        (lambda: revisions.mincer_zarnowitz(first, first), "final: no revision at all"),
        (lambda: revisions.mincer_zarnowitz(first, line), "final: it follows exactly"),
        (lambda: revisions.mincer_zarnowitz(first * 0, last), "preliminary: every value"),
        (lambda: revisions.mincer_zarnowitz(first, last.to_numpy()), "final: pass two Series"),
        (
            lambda: revisions.mincer_zarnowitz(first.to_numpy(), last.to_numpy()[1:]),
            "final: not as long",
        ),
        (lambda: revisions.mincer_zarnowitz(first, last, lags=-1), "lags: -1"),
        (lambda: revisions.news_or_noise(first, last, level=5), "level: 5"),
        (lambda: revisions.mincer_zarnowitz(pd.concat([first, first]), last), "more than once"),
    ]
    for make, message in cases:
        with pytest.raises(ModelInputError, match=message):
            make()
