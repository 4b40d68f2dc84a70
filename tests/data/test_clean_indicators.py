"""The tables of indicators: from small raw frames, and from the releases in data/raw."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data import tables
from rebalancing.data.tables import clean_indicators as clean
from rebalancing.data.tables import outlook, schemas
from rebalancing.data.tables.clean import read_raw
from rebalancing.data.tables.schemas import TableError
from rebalancing.data.views import describe, growth, input_output, vintages
from rebalancing.project import Project


def raw(*rows: tuple[str, str, str, float], release: str = "2024-10", unit: str = "percent"):
    """Return a raw frame from economy, series, period and value."""
    table = [(release, economy, None, *rest, unit) for economy, *rest in rows]
    columns = ["release", "economy", "partner", "series", "period", "value", "unit"]
    return pd.DataFrame(table, columns=columns).astype({"value": float})


@pytest.fixture(scope="module")
def io(this_project: Project) -> pd.DataFrame:
    return clean.input_output(
        read_raw(this_project, "nbs-io", "aggregates"),
        read_raw(this_project, "oecd-io", "aggregates"),
        clean.sector_names(this_project, {"nbs-io": "NBS", "oecd-io": "OECD"}),
    )


@pytest.fixture(scope="module")
def china(this_project: Project) -> pd.DataFrame:
    return clean.china_accounts(
        {name: read_raw(this_project, "nbs", name) for name in clean.ACCOUNTS_DATASETS}
    )


class TestOutlookTable:
    def test_each_series_has_the_first_forecast_year_of_its_release(self) -> None:
        figures = pd.concat(
            [
                raw(("CHN", "NGDP_RPCH", "2024", 4.8), ("G001", "NGDP_RPCH", "2024", 3.2)),
                raw(("CHN", "NGDP_RPCH", "2024", 5.0), release="2025-04"),
            ]
        ).assign(unit="percent change")
        start = pd.concat(
            [
                raw(("CHN", "NGDP_RPCH", "2024", 2024.0)),
                raw(("CHN", "NGDP_RPCH", "2025", 2025.0), release="2025-04"),
            ]
        )
        table = schemas.check_table(
            "world_economic_outlook", clean.world_economic_outlook(figures, start)
        )
        found = table.set_index(["release", "economy"])["first_forecast_year"]
        assert found["2024-10", "CHN"] == 2024
        assert found["2025-04", "CHN"] == 2025
        assert found["2024-10", "G001"] is pd.NA

    def test_two_starts_of_one_series_are_refused(self) -> None:
        figures = raw(("CHN", "LP", "2024", 1.0))
        start = raw(("CHN", "LP", "2024", 2024.0), ("CHN", "LP", "2025", 2025.0))
        with pytest.raises(pd.errors.MergeError):
            clean.world_economic_outlook(figures, start)


class TestChina:
    def test_frequency_is_told_by_the_period(self) -> None:
        table = clean.china_accounts(
            {"a": raw(("CHN", "A", "2024", 1)), "b": raw(("CHN", "B", "2024-Q1", 2)),
             "c": raw(("CHN", "C", "2024-03", 3))}
        )  # fmt: skip
        assert table["frequency"].tolist() == ["annual", "quarterly", "monthly"]
        schemas.check_table("china_accounts", table)

    def test_a_period_of_another_frequency_breaks_the_schema(self) -> None:
        table = clean.china_accounts({"a": raw(("CHN", "A", "2024", 1))})
        with pytest.raises(TableError, match="a period of the frequency"):
            schemas.check_table("china_accounts", table.assign(frequency="monthly"))

    def test_the_census_is_in_the_newest_vintage_only(self, china: pd.DataFrame) -> None:
        gdp = china.query("series == 'GDP_YTD' and period == '2023-Q4'")
        trillions = (gdp.set_index("release")["value"] / 1e4).round(2).to_dict()
        assert trillions.pop("2025-03-20") == 129.43
        assert set(trillions.values()) == {126.06}

    def test_contributions_in_points_add_up_to_growth(self, china: pd.DataFrame) -> None:
        table = growth.demand_contributions(vintages.as_of(china))
        parts = table.drop(columns="growth_pct").sum(axis=1)
        assert (parts - table["growth_pct"]).abs().max() < 0.01
        assert table.loc["2020-Q4"].round(2).tolist() == [2.3, -0.16, 1.87, 0.58]

    def test_contributions_of_several_vintages_are_refused(self, china: pd.DataFrame) -> None:
        with pytest.raises(growth.GrowthError, match=r"several releases.*as_of"):
            growth.demand_contributions(china)
        with pytest.raises(growth.GrowthError, match="no CONTRIB_CONS_YTD, CONTRIB_GCF_YTD"):
            growth.demand_contributions(china[china["series"] == "GDP_REAL_YTD_YOY"])


class TestInputOutput:
    def test_sectors_are_told_from_totals_and_named(self, io: pd.DataFrame) -> None:
        assert len(schemas.check_table("input_output", io)) == len(io)
        rows = io.query(
            "source == 'OECD' and series == 'VALU' and year == 2018 and economy == 'JPN'"
        )
        assert rows["sector"].isna().sum() == 1
        assert rows["sector"].nunique() == 45
        names = rows.set_index("sector")["sector_name"]
        assert names["34"] == "Telecommunications"

    def test_value_added_in_exports_is_what_was_computed_from_the_full_tables(
        self, io: pd.DataFrame
    ) -> None:
        table = input_output.value_added_in_exports(io, "CHN").round(2)
        assert table["pct_value_added"].to_dict() == {2017: 15.55, 2018: 14.84, 2020: 14.59}
        assert table["pct_domestic_exports"].round(1).tolist() == [79.0, 78.8, 80.5]
        assert (table["pct_exports"] < table["pct_domestic_exports"]).all()

    @pytest.mark.parametrize("series", ["DVAX_EXPORT", "DVAX_ORIGIN"])
    def test_sectors_sum_to_the_total(self, io: pd.DataFrame, series: str) -> None:
        for year in (2017, 2018, 2020):
            sectors = input_output.by_sector(io, series, year, "CHN")
            total = io.query("series == 'DVAX' and year == @year")["value"].item()
            assert sectors["value"].sum() == pytest.approx(total)
            assert sectors["share_pct"].sum() == pytest.approx(100)
            assert sectors["value"].is_monotonic_decreasing

    def test_household_shares_of_the_bureaus_tables(self, io: pd.DataFrame) -> None:
        shares = input_output.final_demand(io, "NBS", "CHN")["household_pct_gdp"].round(1).tolist()
        assert shares == [43.1, 38.2, 36.3, 35.9, 37.0, 39.1, 38.9, 37.7, 37.8]

    @pytest.mark.parametrize("economy", ["CHN", "JPN"])
    def test_the_oecds_final_demand_is_gdp(self, io: pd.DataFrame, economy: str) -> None:
        shares = input_output.final_demand(io, "OECD", economy)
        assert input_output.residual(shares).to_numpy() == pytest.approx(0, abs=1e-3)

    def test_the_residual_is_what_the_parts_leave(self) -> None:
        parts = {"household_pct_gdp": 40.0, "exports_pct_gdp": 70.0, "imports_pct_gdp": 12.0}
        shares = pd.DataFrame(parts, index=[2020])
        assert input_output.residual(shares).to_dict() == {2020: 2.0}

    def test_what_there_is_not_is_an_error(self, io: pd.DataFrame) -> None:
        with pytest.raises(input_output.InputOutputError, match="no DVAX_EXPORT by sector of CHN"):
            input_output.by_sector(io, "DVAX_EXPORT", 2012, "CHN")
        with pytest.raises(input_output.InputOutputError, match="UN is no source; allowed: NBS"):
            input_output.final_demand(io, "UN", "CHN")
        with pytest.raises(input_output.InputOutputError, match="no input-output table of KOR"):
            input_output.final_demand(io, "OECD", "KOR")
        with pytest.raises(input_output.InputOutputError, match="no DVAX"):
            input_output.value_added_in_exports(io[io["series"] == "VA"], "CHN")


def test_products_have_billions_and_their_flags() -> None:
    exports = raw(("CHN", "EXP_MA", "2018", 2000.0), ("REU", "EXP_MA", "1995", 3.0))
    flags = raw(("REU", "EXP_MA", "1995", 1.0))
    table = schemas.check_table("product_exports", clean.product_exports(exports, flags))
    assert table["usd_bn"].tolist() == [2.0, 0.003]
    assert table["flag"].fillna("").tolist() == ["", "estimate"]


def test_published_exports_steel_and_exchange_rates(this_project: Project) -> None:
    exports, flags = (read_raw(this_project, "wto", name) for name in ("exports", "flags"))
    products = schemas.check_table("product_exports", clean.product_exports(exports, flags))
    assert (products["economy"].nunique(), products["year"].nunique()) == (203, 7)
    assert products["flag"].value_counts().to_dict() == {"estimate": 900, "break in series": 6}
    steel = read_raw(this_project, "worldsteel", "production")
    solar = read_raw(this_project, "cpia-solar", "solar")
    industry = schemas.check_table("industry", clean.industry([steel, solar]))
    assert set(industry["series"]) == {
        *("STEEL_CRUDE", "PV_MODULE_PRODUCTION", "PV_MODULE_EXPORTS", "PV_INSTALLATION")
    }
    reer = clean.real_exchange_rate(read_raw(this_project, "bis-reer", "reer"))
    schemas.check_table("real_exchange_rate", reer)
    base = reer[reer["month"].dt.year == 2020].groupby("economy")["value"].mean()
    assert base.round(2).to_dict() == {"CHN": 100.0, "JPN": 100.0, "KOR": 100.0}


@pytest.mark.slow
def test_forecasts_of_chinas_growth_as_released(this_project: Project) -> None:
    series = ["NGDP_RPCH"]
    table = clean.world_economic_outlook(
        read_raw(this_project, "imf-weo", "weo", series),
        read_raw(this_project, "imf-weo", "forecast-start", series),
    )
    assert set(table["series"]) == set(series)
    found = outlook.forecasts(table, "NGDP_RPCH", "CHN").set_index(["release", "year"])
    for_2019 = found.loc[("2019-10", 2019)]
    assert for_2019["forecast"] == pytest.approx(6.139)
    assert for_2019["first_outcome"] == pytest.approx(6.110)
    assert for_2019["first_outcome_release"] == "2020-04"
    assert for_2019["outcome"] == pytest.approx(6.065)
    assert for_2019["outcome_release"] == "2025-10"
    assert found.loc[("2024-10", 2024), "forecast"] == pytest.approx(4.824)


def test_what_is_held_is_said_with_title_unit_and_span(this_project: Project) -> None:
    monthly = clean.china_monthly([read_raw(this_project, "nbs-monthly", "monthly")])
    schemas.check_table("china_monthly", monthly)
    titles = describe.series_titles(this_project, ["nbs-monthly", "nbs-io"])
    assert titles["OUTPUT"] == "Output"
    held = describe.held(monthly, titles).set_index("Code", append=True)
    row = held.xs("PPI_YOY", level="Code").iloc[0]
    assert row.tolist() == ["per cent", "2006-01", "2026-07", 1, 1]
    assert all(" " in title for title in held.index.get_level_values("Series"))


def test_a_missing_table_names_the_notebook_that_makes_it(tmp_path) -> None:
    with pytest.raises(tables.DataError, match=r"industry.parquet does not exist.*01_indicators"):
        tables.read_processed(Project(tmp_path), "industry")
