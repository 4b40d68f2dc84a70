from __future__ import annotations

import campaign
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels.panel import PanelOLS
from scipy.stats import t as student
from statsmodels.datasets import grunfeld

from rebalancing.models import panel
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import ExtrapolationWarning, SmallSampleWarning

few = settings(max_examples=6)
cautious = pytest.mark.filterwarnings(
    "ignore::rebalancing.models.warnings.SmallSampleWarning",
    "ignore::rebalancing.models.warnings.ExtrapolationWarning",
)
COVARIANCES = ["clustered", "driscoll-kraay", "robust", "homoskedastic"]
EFFECTS = ["entity", "two-way"]


def economies(seed=0, n=50, years=12, *, persistent=0.8, slope=-2.0) -> pd.DataFrame:
    """Simulate y around a line in two regressors, with a lasting component of each economy."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"E{i:03d}" for i in range(n)], range(2000, 2000 + years)], names=["economy", "year"]
    )
    own = np.repeat(rng.normal(size=(n, 3)), years, axis=0)
    noise = rng.normal(size=(n * years, 3))
    x = 9 + own[:, 0] + 0.3 * noise[:, 0]
    z = own[:, 1] + 0.5 * noise[:, 1]
    error = np.sqrt(persistent) * own[:, 2] + np.sqrt(1 - persistent) * noise[:, 2]
    frame = pd.DataFrame({"y": 60 + slope * x + 0.5 * z + 3 * error, "x": x, "z": z}, index)
    return frame.reset_index()


def fit(data, x=("x", "z"), **options) -> panel.FixedEffects:
    return panel.fixed_effects(data, "y", list(x), entity="economy", time="year", **options)


def benchmark(data, x, economy, *, level=0.95, **options) -> panel.Benchmark:
    return panel.benchmark(data, panel.Design("y", x, economy, **options), level=level)


def leave_one_out(data, x, economy, *, level=0.95, **options) -> panel.LeaveOneOut:
    return panel.leave_one_out(data, panel.Design("y", x, economy, **options), level=level)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_reordering_and_rescaling_do_what_they_should(effects, covariance) -> None:
    data = economies(1)
    options = {"effects": effects, "covariance": covariance}
    plain = fit(data, **options)
    shuffled = fit(data.sample(frac=1, random_state=3), ("z", "x"), **options)
    pd.testing.assert_series_equal(shuffled.params[["x", "z"]], plain.params)
    pd.testing.assert_series_equal(shuffled.bse[["x", "z"]], plain.bse)
    scaled = fit(data.assign(y=7 * data["y"], x=data["x"] / 1e9), **options)
    np.testing.assert_allclose(scaled.params / plain.params, [7e9, 7])
    np.testing.assert_allclose(scaled.bse / plain.bse, [7e9, 7])
    assert scaled.r_squared_within == pytest.approx(plain.r_squared_within)
    assert scaled.residual_sd == pytest.approx(7 * plain.residual_sd)


@pytest.mark.slow
@cautious
@few
@given(seed=st.integers(0, 10_000), effects=st.sampled_from(EFFECTS))
def test_constants_of_entities_and_years_leave_slopes_alone(seed, effects) -> None:
    data = economies(2)
    rng = np.random.default_rng(seed)
    moved = data["y"] + data["economy"].map(dict.fromkeys(data["economy"], 0.0)).add(
        100 * rng.normal(size=50)[data["economy"].factorize()[0]]
    )
    if effects == "two-way":
        moved += 100 * rng.normal(size=12)[data["year"].factorize()[0]]
    plain, shifted = fit(data, effects=effects), fit(data.assign(y=moved), effects=effects)
    np.testing.assert_allclose(shifted.params, plain.params, atol=1e-9)
    np.testing.assert_allclose(shifted.bse, plain.bse, atol=1e-9)


@cautious
@pytest.mark.parametrize("effects", EFFECTS)
def test_slopes_are_those_with_a_dummy_for_every_effect(effects) -> None:
    data = economies(4, n=9, years=7).drop(index=[3, 20, 21])
    dummies = [pd.get_dummies(data["economy"], dtype=float)]
    if effects == "two-way":
        dummies.append(pd.get_dummies(data["year"], drop_first=True, dtype=float))
    design = pd.concat([data[["x", "z"]], *dummies], axis=1)
    expected = sm.OLS(data["y"], design.rename(columns=str)).fit()
    ours = fit(data, effects=effects, covariance="homoskedastic")
    np.testing.assert_allclose(ours.params, expected.params[:2])
    np.testing.assert_allclose(ours.bse, expected.bse[:2])
    assert ours.df_resid == ours.df == expected.df_resid
    assert ours.residual_sd == pytest.approx(np.sqrt(expected.scale))
    without = sm.OLS(data["y"], design.drop(columns=["x", "z"]).rename(columns=str)).fit()
    assert ours.r_squared_within == pytest.approx(1 - expected.ssr / without.ssr)
    np.testing.assert_allclose(ours.intervals(0.9), expected.conf_int(0.1)[:2])


@cautious
@pytest.mark.parametrize("effects", EFFECTS)
def test_driscoll_kraay_by_hand_and_its_factor(effects) -> None:
    data = economies(5, n=15, years=20)
    ours = fit(data, effects=effects, covariance="driscoll-kraay", bandwidth=3)
    wide = {name: data.pivot(index="year", columns="economy", values=name) for name in "yxz"}
    for name, table in wide.items():
        within = table - table.mean()
        if effects == "two-way":
            within = within.sub(within.mean(axis=1), axis=0)
        wide[name] = within.to_numpy()
    x = np.stack([wide["x"], wide["z"]], axis=-1)
    residual = wide["y"] - x @ ours.params.to_numpy()
    scores = np.einsum("tik,ti->tk", x, residual)
    middle = scores.T @ scores
    for lag in (1, 2, 3):
        product = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / 4) * (product + product.T)
    bread = np.linalg.inv(np.einsum("tik,til->kl", x, x))
    plain = bread @ middle @ bread  # R's vcovSCC(type = "HC0", maxlag = 3)
    effects_estimated = 15 if effects == "entity" else 15 + 20 - 1
    factor = 300 / (300 - 2 - effects_estimated)
    assert ours.small_sample_factor == pytest.approx(factor)
    np.testing.assert_allclose(ours.cov, factor * plain)
    assert (ours.df, ours.bandwidth) == (19, 3)


@pytest.mark.slow
@cautious
def test_standard_errors_are_those_of_linearmodels() -> None:
    data = economies(6)
    indexed = data.set_index(["economy", "year"])
    model = PanelOLS(indexed["y"], sm.add_constant(indexed[["x", "z"]]), entity_effects=True)
    clustered = model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)
    np.testing.assert_allclose(fit(data).bse, clustered.std_errors[["x", "z"]])
    kernel = model.fit(cov_type="kernel", kernel="bartlett", bandwidth=2)
    ours = fit(data, covariance="driscoll-kraay", bandwidth=2)
    np.testing.assert_allclose(ours.bse, kernel.std_errors[["x", "z"]])
    robust = model.fit(cov_type="robust")
    np.testing.assert_allclose(fit(data, covariance="robust").bse, robust.std_errors[["x", "z"]])


@cautious
def test_effects_of_unlinked_parts_are_counted_once_each() -> None:
    data = economies(7, n=8, years=10)
    first = data["economy"].isin(["E000", "E001", "E002", "E003"])
    apart = data[first == (data["year"] < 2005)]
    assert fit(apart, effects="two-way").df_resid == len(apart) - 2 - (8 + 10 - 2)


@pytest.mark.slow
@cautious
def test_periods_are_needed_only_for_what_uses_them() -> None:
    data = economies(8)
    plain = panel.fixed_effects(data, "y", "x", entity="economy")
    pd.testing.assert_series_equal(plain.params, fit(data, ["x"]).params)
    assert (plain.n_entities, plain.n_periods, plain.nobs) == (50, 12, 600)
    dated = data.assign(year=pd.PeriodIndex(data["year"].astype(str), freq="Y"))
    moved = fit(dated, covariance="driscoll-kraay")
    pd.testing.assert_series_equal(moved.bse, fit(data, covariance="driscoll-kraay").bse)
    for options in ({"effects": "two-way"}, {"covariance": "driscoll-kraay"}):
        with pytest.raises(ModelInputError, match=r"^time: .* needs the periods"):
            panel.fixed_effects(data, "y", "x", entity="economy", **options)


def test_few_entities_and_few_periods_are_named() -> None:
    data = grunfeld.load_pandas().data
    options = {"entity": "firm", "time": "year"}
    with pytest.warns(SmallSampleWarning, match="11 entities are few"):
        result = panel.fixed_effects(data, "invest", ["value", "capital"], **options)
    assert result.cautions[0].startswith("11 entities")
    with pytest.warns(SmallSampleWarning, match="20 periods are few"):
        panel.fixed_effects(data, "invest", "value", covariance="driscoll-kraay", **options)
    assert "11 entities in 20 periods" in repr(result)
    assert list(result.to_frame()) == [
        "estimate", "std_error", "t_stat", "p_value", "lower", "upper",
    ]  # fmt: skip
    assert result.to_frame().loc["value", "p_value"] == pytest.approx(
        2 * student.sf(result.params["value"] / result.bse["value"], 10)
    )


def changed(column, value, row=5) -> pd.DataFrame:
    data = economies(0, n=12)
    data[column] = data[column].astype(object)
    data.loc[row, column] = value
    return data


PANEL_FAULTS = [
    (economies(0, n=12).to_numpy(), {}, "data: pass a DataFrame"),
    (economies(0, n=12).drop(columns="x"), {}, "data: no column 'x'"),
    (economies(0, n=12).iloc[:0], {}, "data: no rows"),
    (changed("x", np.nan), {}, r"x is missing in 1 of 144 rows, the first E000, 2005"),
    (changed("y", np.inf), {}, "y is infinite for E000, 2005"),
    (changed("z", "much"), {}, "z is not numeric"),
    (changed("economy", None), {}, "economy or period is missing"),
    (changed("year", 2004), {}, "E000, 2004 occurs more than once"),
    (economies(0, n=12), {"x": []}, "x: no regressor"),
    (economies(0, n=12), {"x": ["x", "x"]}, "x: a column is named twice"),
    (economies(0, n=12), {"x": ["x", "y"]}, "x: 'y' is the dependent variable"),
]


@pytest.mark.parametrize(("data", "options", "message"), PANEL_FAULTS)
def test_bad_panels_get_one_clear_message_everywhere(data, options, message) -> None:
    chosen = {"x": ["x", "z"]} | options
    calls = (
        lambda: fit(data, **chosen),
        lambda: benchmark(data, chosen["x"], "E000"),
        lambda: leave_one_out(data, chosen["x"], "E000"),
    )
    for call in calls:
        with pytest.raises(ModelInputError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (economies(), {"effects": "both"}, r"^effects: 'both' is not allowed"),
        (economies(), {"covariance": "hac"}, r"^covariance: 'hac' is not allowed"),
        (economies(), {"bandwidth": 2}, r"^bandwidth: 'clustered' errors have none"),
        (economies(), {"covariance": "driscoll-kraay", "bandwidth": 12}, "from 0 to 11"),
        (economies(), {"covariance": "driscoll-kraay", "bandwidth": 1.5}, "not a whole number"),
        (economies().query("year != 2004"), {"covariance": "driscoll-kraay"}, r"^time: no period"),
        (economies(n=1), {}, "one economy only"),
        (economies().iloc[:25], {}, "E002 has one row"),
        (economies().assign(x=1.0), {}, r"^x: 'x' never changes within an entity"),
        (economies().assign(y=lambda d: d["economy"].str[1:].astype(float)), {}, r"^y: 'y' never"),
        (
            economies().assign(z=lambda d: 2 * d["x"] + 1),
            {},
            r"^x: 'z' follows from the regressors",
        ),
        (
            economies().assign(z=lambda d: d["year"]),
            {"effects": "two-way"},
            r"^x: 'z' never changes .* but with the year",
        ),
        (economies(years=2, n=2), {}, "4 rows are too few for 2 slopes and 2 effects"),
    ],
)
def test_what_fixed_effects_cannot_use_is_named(data, options, message) -> None:
    with pytest.raises(ModelInputError, match=message) as caught:
        fit(data, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_levels_outside_0_to_1_are_refused(level) -> None:
    data = economies()
    with pytest.raises(ModelInputError, match=r"^level:"):
        fit(data).intervals(level)
    with pytest.raises(ModelInputError, match=r"^level:"):
        benchmark(data, "x", "E000", level=level)


def design(data, year_effects, columns=("x", "z")) -> np.ndarray:
    years = pd.get_dummies(data["year"], dtype=float).to_numpy()
    return np.column_stack([years if year_effects else np.ones(len(data)), data[list(columns)]])


@cautious
@pytest.mark.parametrize("year_effects", [True, False])
def test_benchmark_is_the_regression_without_the_economy(year_effects) -> None:
    data = economies(11, n=20).drop(index=[30, 31, 100])  # unbalanced
    ours = benchmark(data, ["x", "z"], "E007", year_effects=year_effects)
    others, own = data[data["economy"] != "E007"], data[data["economy"] == "E007"]
    model = sm.OLS(others["y"].to_numpy(), design(others, year_effects)).fit()
    np.testing.assert_allclose(ours.params, model.params[-2:])
    predicted = design(own, year_effects) @ model.params
    np.testing.assert_allclose(ours.table["predicted"], predicted)
    np.testing.assert_allclose(ours.table["gap"], own["y"] - predicted)

    names = others["economy"].unique()
    without, products = [], []
    for name in names:
        rest = others[others["economy"] != name]
        left = others[others["economy"] == name]
        again = sm.OLS(rest["y"].to_numpy(), design(rest, year_effects)).fit()
        without.append(again.params - model.params)
        years = sorted(data["year"].unique())
        rows = design(left, False)[:, 1:]
        dummies = (
            (left["year"].to_numpy()[:, None] == years).astype(float)
            if year_effects
            else np.ones((len(left), 1))
        )
        rows = np.column_stack([dummies, rows])
        products += list((left["y"] - rows @ model.params) * (left["y"] - rows @ again.params))
    spread = np.array(without)
    cov = (len(names) - 1) / len(names) * spread.T @ spread
    np.testing.assert_allclose(ours.bse, np.sqrt(np.diag(cov))[-2:])
    assert ours.error_sd == pytest.approx(np.sqrt(np.mean(products)))
    rows = design(own, year_effects)
    total = np.sqrt(np.mean(products) + np.einsum("ij,jk,ik->i", rows, cov, rows))
    np.testing.assert_allclose(ours.table["se_total"], total)
    half = student.ppf(0.9, 19 - 2 - 1) * total
    np.testing.assert_allclose(ours.intervals(0.8)["upper"], predicted + half)
    assert ours.df == 16


@cautious
def test_leave_one_out_is_the_benchmark_of_the_rest() -> None:
    data = economies(12, n=18)
    ours = leave_one_out(data, ["x", "z"], "E003", level=0.8)
    rest = data[data["economy"] != "E003"]
    for name in ("E000", "E009"):
        again = benchmark(rest, ["x", "z"], name, level=0.8)
        found = ours.errors.loc[name]
        pd.testing.assert_frame_equal(found, again.table)
        np.testing.assert_allclose(ours.params.loc[name], again.params)
        moved = benchmark(data[data["economy"] != name], ["x", "z"], "E003", level=0.8)
        np.testing.assert_allclose(ours.predicted[name], moved.table["predicted"])
    everyone = benchmark(data, ["x", "z"], "E003", level=0.8)
    np.testing.assert_allclose(
        ours.moves["E009"], ours.predicted["E009"] - everyone.table["predicted"]
    )
    assert ours.coverage == pytest.approx(1 - ours.errors["outside"].mean())


@cautious
def test_an_unusual_economy_is_found_and_moves_the_benchmark_most() -> None:
    data = economies(13, n=40)
    strange = data["economy"] == "E021"
    data.loc[strange, "y"] += 40
    data.loc[strange, "x"] += 2
    result = leave_one_out(data, ["x", "z"], "E000")
    table = result.to_frame()
    assert table.index[0] == "E021"
    assert table.loc["E021", "coverage"] == 0
    assert table.loc["E021", "mean_error"] > 30
    assert "moves most without E021" in repr(result)


@cautious
def test_only_the_economy_of_interest_is_left_out_of_its_benchmark() -> None:
    data = economies(14)
    own = data["economy"] == "E010"
    plain = benchmark(data, ["x", "z"], "E010")
    moved = benchmark(data.assign(y=data["y"] + 50 * own), ["x", "z"], "E010")
    pd.testing.assert_series_equal(moved.params, plain.params)
    pd.testing.assert_series_equal(moved.table["predicted"], plain.table["predicted"])
    np.testing.assert_allclose(moved.table["gap"], plain.table["gap"] + 50)
    assert moved.table["outside"].all()


@cautious
def test_averages_and_lags_are_of_consecutive_years() -> None:
    data = economies(15)
    averaged = benchmark(data, "x", "E001", window=3, lag=2)
    by_hand = data.sort_values(["economy", "year"])
    group = by_hand.groupby("economy")
    rolled = group[["y", "x"]].rolling(3).mean().reset_index(level=0, drop=True)
    by_hand = by_hand.assign(y=rolled["y"], x=rolled["x"].groupby(by_hand["economy"]).shift(2))
    expected = benchmark(by_hand.dropna(), "x", "E001")
    pd.testing.assert_frame_equal(averaged.table, expected.table)
    assert averaged.table.index[0] == 2004
    gap = data[~((data["economy"] == "E001") & (data["year"] == 2006))]
    years = benchmark(gap, "x", "E001", window=2).table.index
    assert list(years) == [2001, 2002, 2003, 2004, 2005, 2008, 2009, 2010, 2011]


@pytest.mark.slow
@cautious
def test_persistence_is_measured() -> None:
    for persistent in (0.0, 0.5, 0.9):
        data = economies(16, n=300, years=8, persistent=persistent)
        result = benchmark(data, ["x", "z"], "E000")
        assert result.persistent_share == pytest.approx(persistent, abs=0.07)
        assert result.error_sd == pytest.approx(3, rel=0.1)


def test_extrapolation_and_few_economies_are_named() -> None:
    data = economies(17, n=20)
    data.loc[data["economy"] == "E004", "x"] += 20
    with (
        pytest.warns(SmallSampleWarning, match="19 economies are few"),
        pytest.warns(ExtrapolationWarning, match="x of E004 lies outside .* in 12 of 12 years"),
    ):
        result = benchmark(data, "x", "E004")
    assert len(result.cautions) == 2
    assert result.beyond == ("x",)
    assert "19 other economies" in repr(result)


@cautious
def test_cautions_call_regressors_by_their_labels() -> None:
    data = economies(17)
    assert benchmark(data, "x", "E004").beyond == ()
    data.loc[data["economy"] == "E004", "x"] += 20
    with pytest.warns(ExtrapolationWarning, match="^Income lies outside the range of the other"):
        result = benchmark(data, "x", "E004", labels={"x": "Income"})
    assert result.cautions[0].startswith("Income lies")


@cautious
def test_with_a_year_each_nothing_is_said_of_how_errors_last() -> None:
    data = economies(14)
    result = benchmark(data[data["year"] == data["year"].max()], ["x", "z"], "E010")
    assert np.isnan(result.persistent_share)
    assert "with one year each" in repr(result)
    assert "nan" not in repr(result)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (economies(), {"economy": "China"}, r"^economy: 'China' is not in column 'economy'"),
        (economies(), {"lag": -1}, r"^lag: -1 is not"),
        (economies(), {"window": 0}, r"^window: 0 is not"),
        (economies(), {"window": 2.5}, r"^window: 2.5 is not"),
        (economies(), {"window": 13}, "has no 13 years in a row"),
        (economies().assign(year=lambda d: d["year"] + 0.5), {}, "does not hold whole years"),
        (economies(n=5), {}, "2000 has 4 other economies, too few"),
        (economies(n=7), {"year_effects": False}, "6 other economies are too few"),
        (economies().assign(y=1.0), {}, r"^y: 'y' is the same"),
        (economies().assign(z=lambda d: 3 * d["x"] - 1), {}, r"^x: 'z' follows from"),
        (economies().assign(z=lambda d: d["year"] - 2000), {}, r"'z' follows from .* year effects"),
        (
            economies().assign(z=lambda d: 1.0 * (d["economy"] == "E002")),
            {},
            "without E002 a coefficient cannot be estimated",
        ),
    ],
)
def test_what_a_benchmark_cannot_use_is_named(data, options, message) -> None:
    for function in (benchmark, leave_one_out):
        with pytest.raises(ModelInputError, match=message) as caught:
            function(data, ["x", "z"], **({"economy": "E000"} | options))
        assert "\n" not in str(caught.value)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("draws", campaign.draws(90, 300))
@pytest.mark.parametrize(
    ("n", "persistent"), campaign.only((60, 0.9), [(25, 0.9), (60, 0.5), (60, 0.9)])
)
def test_prediction_intervals_cover_a_new_economy(n, persistent, draws) -> None:
    inside, claimed = [], []
    for seed in range(draws):
        data = economies(seed, n=n, persistent=persistent)
        result = benchmark(data, ["x", "z"], "E000", level=0.9)
        inside.append(1 - result.table["outside"].mean())
        if seed % 30 == 0:
            claimed.append(leave_one_out(data, ["x", "z"], "E000", level=0.9).coverage)
    assert 0.86 < np.mean(inside) < 0.94
    assert 0.86 < np.mean(claimed) < 0.94


@pytest.mark.faults
@cautious
def test_clustered_intervals_cover_under_autocorrelation() -> None:
    covered = {"clustered": 0, "homoskedastic": 0}
    for seed in range(150):
        rng = np.random.default_rng(seed)
        data = economies(seed, n=50, years=20)
        walks = rng.normal(size=(2, 50, 20)).cumsum(axis=2)
        data["x"], data["y"] = walks[0].ravel(), 0.5 * walks[0].ravel() + walks[1].ravel()
        for name in covered:
            low, high = fit(data, ["x"], covariance=name).intervals(0.95).loc["x"]
            covered[name] += low < 0.5 < high
    assert covered["clustered"] / 150 > 0.91
    assert covered["homoskedastic"] / 150 < 0.75
