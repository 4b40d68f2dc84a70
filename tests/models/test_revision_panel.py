from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.revisions import panel
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning


def releases() -> pd.DataFrame:
    figures = {
        "2022": {"CHN": {2021: 38.0, 2022: 37.0}, "USA": {2021: 67.0}},
        "2023": {"CHN": {2021: 38.5, 2022: 37.5, 2023: 39.0}, "USA": {2021: 67.5, 2022: 68.0}},
        "2024": {"CHN": {2022: 37.8, 2023: 39.5}, "USA": {2021: 67.4, 2022: 67.9}},
    }
    return pd.DataFrame(
        [
            {"release": release, "economy": economy, "year": year, "share": value}
            for release, economies in figures.items()
            for economy, years in economies.items()
            for year, value in years.items()
        ]
    )


class TestNextRelease:
    def test_the_last_year_of_each_release_is_set_against_the_next_one(self) -> None:
        found = panel.next_release(releases(), "share", ["2022", "2023", "2024"])
        rows = found.set_index(["economy", "earlier"])["revision"].round(6).to_dict()
        assert rows == {
            ("CHN", "2022"): 0.5,
            ("USA", "2022"): 0.5,
            ("CHN", "2023"): 0.5,
            ("USA", "2023"): -0.1,
        }
        assert found.set_index(["economy", "earlier"]).loc[("USA", "2022"), "year"] == 2021

    def test_older_years_by_age(self) -> None:
        found = panel.next_release(releases(), "share", ["2022", "2023", "2024"], age=1)
        assert sorted(zip(found["economy"], found["year"], strict=True)) == [
            ("CHN", 2021),
            ("CHN", 2022),
            ("USA", 2021),
        ]

    def test_what_cannot_be_used_is_named(self) -> None:
        table = releases()
        with pytest.raises(ModelInputError, match="no column 'gdp'"):
            panel.next_release(table, "gdp", ["2022", "2023"])
        with pytest.raises(ModelInputError, match="two at least"):
            panel.next_release(table, "share", ["2022"])
        with pytest.raises(ModelInputError, match="occurs twice"):
            panel.next_release(pd.concat([table, table]), "share", ["2022", "2023"])
        with pytest.raises(ModelInputError, match="no figure is in two"):
            panel.next_release(table, "share", ["2022", "2023"], age=9)


class TestSpread:
    def test_quantiles_of_a_known_set(self) -> None:
        spread = panel.spread(pd.Series([-2.0, -1.0, 0.0, 1.0, 4.0]))
        assert (spread.n, spread.median, spread.median_absolute) == (5, 0, 1)
        assert spread.within == pytest.approx(np.quantile([0, 1, 1, 2, 4], 0.8))
        assert (spread.lower, spread.upper) == pytest.approx((-1.6, 2.8))
        assert "80% within" in repr(spread)

    @settings(max_examples=30)
    @given(st.lists(st.floats(-100, 100), min_size=2, max_size=40), st.floats(0.5, 0.95))
    def test_order_and_mirror(self, values: list[float], level: float) -> None:
        spread, mirror = (
            panel.spread(pd.Series(values), level),
            panel.spread(-pd.Series(values), level),
        )
        assert spread.lower <= spread.median <= spread.upper
        assert 0 <= spread.median_absolute <= spread.within
        assert mirror.within == pytest.approx(spread.within)
        assert mirror.lower == pytest.approx(-spread.upper, abs=1e-9)

    def test_what_cannot_be_used_is_named(self) -> None:
        with pytest.raises(ModelInputError, match="level"):
            panel.spread(pd.Series([1.0, 2.0]), 80)
        with pytest.raises(ModelInputError, match="two at least"):
            panel.spread(pd.Series([1.0]))
        with pytest.raises(ModelInputError, match="revision"):
            panel.spread(pd.Series([1.0, np.nan]))


def simulated(kind: str, economies: int = 150, years: int = 6) -> pd.DataFrame:
    """Return growth in which revisions are news or noise, with shocks common to a year."""
    draw = np.random.default_rng(7)
    labels = pd.MultiIndex.from_product(
        [[f"E{i}" for i in range(economies)], range(2018, 2018 + years)], names=["economy", "year"]
    )
    common = np.tile(draw.standard_normal(years) * 3, economies)
    base = 3 + common + 2 * draw.standard_normal(len(labels))
    other = (
        base + draw.standard_normal(len(labels)) + np.tile(draw.normal(0.3, 0.3, years), economies)
    )
    named = ("preliminary", "final") if kind == "news" else ("final", "preliminary")
    return pd.DataFrame(dict(zip(named, (base, other), strict=True)), index=labels).reset_index()


class TestRationality:
    @pytest.mark.parametrize("kind", ["news", "noise"])
    def test_tells_news_from_noise(self, kind: str) -> None:
        result = panel.rationality(simulated(kind))
        assert result.verdict() == kind
        assert result.table.loc[kind, "slope"] == pytest.approx(1, abs=0.06)
        assert result.table.drop(kind)["slope"].item() == pytest.approx(0.8, abs=0.05)
        assert (result.n, result.economies, len(result.by_year)) == (900, 150, 6)
        assert kind in repr(result)

    def test_slopes_are_those_within_years(self) -> None:
        figures = simulated("news")
        means = figures.groupby("year")[["preliminary", "final"]].transform("mean")
        x, y = (figures[c] - means[c] for c in ("preliminary", "final"))
        result = panel.rationality(figures)
        assert result.table.loc["news", "slope"] == pytest.approx(float(x @ y / (x @ x)))

    @pytest.mark.slow
    def test_the_mean_revision_is_given_by_year(self) -> None:
        figures = simulated("news")
        figures["final"] += figures["year"].map({2020: 5.0}).fillna(0)
        first, second = panel.rationality(simulated("news")), panel.rationality(figures)
        moved = second.by_year["mean"] - first.by_year["mean"]
        assert moved.round(9).to_dict() == {y: 5.0 if y == 2020 else 0 for y in range(2018, 2024)}
        assert second.table.loc["news", "slope"] == pytest.approx(first.table.loc["news", "slope"])

    def test_few_economies_are_a_caution(self) -> None:
        with pytest.warns(SmallSampleWarning, match="10 economies"):
            result = panel.rationality(simulated("news", economies=10))
        assert "10 economies" in result.cautions[0]

    def test_what_cannot_be_used_is_named(self) -> None:
        figures = simulated("news", economies=30)
        with pytest.raises(ModelInputError, match="no column 'final'"):
            panel.rationality(figures.drop(columns="final"))
        with pytest.raises(ModelInputError, match="twice"):
            panel.rationality(pd.concat([figures, figures]))
        with pytest.raises(ModelInputError, match="figures, final"):
            panel.rationality(figures.assign(final=np.nan))
        with pytest.raises(ModelInputError, match="2 economies"):
            panel.rationality(simulated("news", economies=2))
