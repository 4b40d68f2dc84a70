from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from held import REPOSITORY
from pybtex.database import parse_file

from rebalancing.claims import china, source
from rebalancing.claims.ledger import Claim, ClaimReading
from rebalancing.claims.material import Material
from rebalancing.report.results import Result

IDS = [
    "share-china",
    "share-us",
    "share-japan",
    "export-share",
    "rebalancing-20-years",
    "export-reliance",
    "overcapacity",
    "price-wars",
    "overseas-push",
    "japan-1980s",
    "economists-argue",
    "deal-not-enough",
]
PUBLISHERS = ["unsd-ama", "worldbank-wdi", "pwt", "gacc-customs", "nbs-monthly"]
PUBLISHERS += ["cpia-solar", "worldsteel", "nbs-capacity"]
YEARS = np.arange(1970, 2025)
COLUMNS = ("household_pct_gdp", "final_consumption_pct_gdp", "capital_formation_pct_gdp")
COLUMNS += ("exports_pct_gdp", "net_exports_pct_gdp", "manufacturing_pct_gdp")
LEVELS = {  # constant over time, but for a wave; gdp, then the columns
    "CHN": (18, 39.0, 56, 41, 20, 3, 26),
    "USA": (29, 68, 82, 21, 11, -3, 11),
    "JPN": (4, 54.2, 75, 26, 14, 0, 20),
    "DEU": (5, 52, 74, 21, 42, 4, 19),
    "LUX": (1, 33, 50, 18, 190, 30, 5),
    "NPL": (1, 85, 92, 30, 8, -25, 5),
}


def accounts() -> pd.DataFrame:
    """Return made-up shares of GDP, one release."""
    rows = []
    for economy, (gdp, *levels) in LEVELS.items():
        table = pd.DataFrame({"economy": economy, "year": YEARS, "gdp": float(gdp)})
        for column, level in zip(COLUMNS, levels, strict=True):
            table[column] = level + 0.05 * np.sin(YEARS)
        rows.append(table)
    return pd.concat(rows, ignore_index=True).assign(release="2024", currency="USD")


def changed(material: Material, economy: str, column: str, by: Any) -> Material:
    """Return the material after a data update: other values in both releases, by year or all."""
    by_year = pd.Series(by, YEARS)
    tables = []
    for table in (material.accounts, material.releases):
        new = table.copy()
        rows = new["economy"] == economy
        new.loc[rows, column] += new.loc[rows, "year"].map(by_year)
        tables.append(new)
    return replace(material, accounts=tables[0], releases=tables[1])


def result(key: str, value: float | None) -> Result:
    unit = "% of world manufactured exports"
    return Result(key, value, unit, "2024", "A share", "WB", "07_exports", "cell", f"{value}%")


def monthly(rate: float) -> pd.DataFrame:
    months = pd.date_range("2023-01-01", "2025-12-01", freq="MS")
    return pd.DataFrame({"series": "PPI_YOY", "month": months, "value": rate})


def in_use(levels: dict[str, float]) -> pd.DataFrame:
    """Return use of capacity that was 78 in 2017, and is at a level in 2025, by series."""
    rows = [
        (series, f"{year}-Q{quarter}", value)
        for series, level in levels.items()
        for year, value in ((2017, 78.0), (2025, level))
        for quarter in (1, 2, 3, 4)
    ]
    return pd.DataFrame(rows, columns=["series", "period", "value"]).assign(frequency="quarterly")


@pytest.fixture
def material() -> Material:
    shares = accounts()
    older = shares.assign(release="2023")
    older = older[older["year"] < 2024].copy()
    older.loc[older["economy"] == "CHN", "household_pct_gdp"] -= 0.4
    rows = [
        ("CHN", "NE.CON.PRVT.ZS", 38.5),
        ("USA", "NE.CON.PRVT.ZS", 68.0),
        ("JPN", "NE.CON.PRVT.ZS", 54.0),
        ("CHN", "NY.GDP.DEFL.KD.ZG", -0.7),
        ("CHN", "FP.CPI.TOTL.ZG", 0.2),
    ]
    manufacturing = {
        "manufacturing.export_share.latest": 19.1,
        "manufacturing.export_share_ex_intra_eu.latest": 23.7,
        "manufacturing.export_share_ex_intra_eu.lower": 19.1,
        "manufacturing.export_share_ex_intra_eu.upper": 28.2,
        "manufacturing.value_added_share.latest": 28.5,
    }
    return Material(
        accounts=shares,
        releases=pd.concat([older, shares], ignore_index=True),
        release_then="2023",
        source_then="UN, data to 2023",
        single=list(LEVELS),
        world_bank=pd.DataFrame(rows, columns=["economy", "series", "value"]).assign(year=2023),
        penn=pd.DataFrame({"economy": ["CHN"], "year": [2019], "value": [0.38]}),
        monthly=monthly(-2.7),
        industry=pd.DataFrame(
            {
                "economy": ["CHN", "JPN", "CHN", "CHN"],
                "series": [
                    "STEEL_CRUDE",
                    "STEEL_CRUDE",
                    "PV_MODULE_PRODUCTION",
                    "PV_MODULE_EXPORTS",
                ],
                "year": 2018,
                "value": [60.0, 40.0, 10.0, 4.0],
            }
        ),
        capacity=in_use({}),
        recorded={key: result(key, value) for key, value in manufacturing.items()},
        sources=dict.fromkeys(PUBLISHERS, "S"),
        level=0.8,
        last_year=2024,
    )


def told(material: Material, name: str) -> Claim:
    """Return one claim of the ledger, without working the others out."""
    claim = china.CLAIMS[IDS.index(name)](material)
    assert claim.id == name
    return claim


def changed_exports(material: Material) -> Claim:
    """Return the claim on rebalancing where exports have fallen since 2004."""
    return told(changed(material, "CHN", "exports_pct_gdp", -(YEARS - 2004) / 5), IDS[4])


def found(claim: Claim, words: str) -> ClaimReading:
    return next(reading for reading in claim.readings if words in reading.definition)


@pytest.mark.filterwarnings("ignore::rebalancing.errors.ReportWarning")
class TestLedger:
    def test_all_claims_in_order(self, material: Material) -> None:
        claims = china.ledger(material)
        assert [claim.id for claim in claims] == IDS
        for claim in claims:
            definitions = [reading.definition for reading in claim.readings]
            assert len(set(definitions)) == len(definitions)

    def test_without_what_other_chapters_record_there_are_no_data(self, material: Material) -> None:
        assert told(replace(material, recorded={}), "export-share").verdict == "open"

    @pytest.mark.parametrize(("by", "verdict"), [(0.0, "true"), (0.8, "true"), (1.5, "false")])
    def test_a_release_with_another_share_changes_the_verdict(
        self, material: Material, by: float, verdict: str
    ) -> None:
        material = replace(material, world_bank=material.world_bank.iloc[:0])
        revised = changed(material, "CHN", "household_pct_gdp", by)
        assert told(revised, "share-china").verdict == verdict

    def test_the_margin_is_the_largest_revision(self, material: Material) -> None:
        assert told(material, "share-china").readings[0].margin == pytest.approx(0.4)
        assert told(material, "share-us").readings[0].margin == 0
        then = found(told(material, "share-china"), "when the report appeared")
        assert (then.period, then.release) == ("2023", "UN, data to 2023")

    @pytest.mark.slow
    def test_shares_of_others_are_about_them(self, material: Material) -> None:
        assert told(material, "share-us").verdict == "true"
        assert told(material, "share-japan").verdict == "true"
        material = replace(material, world_bank=material.world_bank.iloc[:0])
        assert told(changed(material, "USA", "household_pct_gdp", 5), "share-us").verdict == "false"

    def test_the_share_of_exports_is_false_and_true_of_value_added(
        self, material: Material
    ) -> None:
        claim = told(material, "export-share")
        assert claim.verdict == "false"
        assert claim.reading.value == 19.1
        assert claim.true_of is not None
        assert claim.true_of.definition.startswith("Manufacturing value added")
        bound = found(claim, "nobody means")
        assert (bound.outcome, bound.role) == ("holds", "beside")
        assert found(claim, "assumed part").interval == (19.1, 28.2)

    def test_a_share_of_exports_of_nearly_30_would_be_true(self, material: Material) -> None:
        values = {
            "manufacturing.export_share.latest": 29.0,
            "manufacturing.export_share_ex_intra_eu.latest": 30.2,
        }
        recorded = {key: result(key, value) for key, value in values.items()}
        assert told(replace(material, recorded=recorded), "export-share").verdict == "true"

    def test_rebalancing_is_an_aim_whatever_came_of_it(self, material: Material) -> None:
        claim = told(material, "rebalancing-20-years")
        assert claim.verdict == "true"
        assert claim.true_of is not None
        assert claim.true_of.definition.startswith("As an aim")
        moved = found(changed_exports(material), "As an outcome: exports")
        assert (moved.outcome, moved.role) == ("holds", "other")

    @pytest.mark.parametrize(
        ("upper", "outcome"), [(0.2, "fails"), (-0.1, "holds"), (None, "no figures")]
    )
    def test_average_changes_are_those_of_the_chapter_on_trends(
        self, material: Material, upper: float | None, outcome: str
    ) -> None:
        key = "trends.exports.drift.since_2004"
        values = {key: -0.5, f"{key}.lower": -1.2, f"{key}.upper": upper}
        drift = {name: result(name, value) for name, value in values.items() if upper}
        claim = told(replace(material, recorded={**material.recorded, **drift}), IDS[4])
        reading = found(claim, "Average change since 2004: exports")
        assert reading.outcome == outcome
        assert reading.interval == ((-1.2, upper) if upper else None)

    def test_whole_years_are_counted_from_the_first_milestone(self, material: Material) -> None:
        """From December 2004 to July 2025: the twenty-first year is not over."""
        aim = found(told(material, "rebalancing-20-years"), "As an aim")
        assert aim.value == 20

    def test_reliance_is_the_upper_third_and_open_where_measures_disagree(
        self, material: Material
    ) -> None:
        claim = told(material, "export-reliance")
        assert claim.readings[0].outcome == "fails"
        assert claim.verdict == "open"
        assert claim.true_of is not None
        assert claim.true_of.definition.startswith("Net exports")

    @pytest.mark.parametrize(("by", "growth", "verdict"), [(100, 40, "true"), (-20, 30.3, "false")])
    def test_reliance_where_all_measures_agree(
        self, material: Material, by: float, growth: float, verdict: str
    ) -> None:
        for column in ("exports_pct_gdp", "net_exports_pct_gdp"):
            material = changed(material, "CHN", column, by)
        keys = ("drivers.official.net_exports.five_years", "drivers.value_added.share")
        recorded = {key: result(key, growth) for key in keys}
        claim = told(replace(material, recorded=recorded), "export-reliance")
        assert claim.verdict == verdict
        assert found(claim, "Domestic value added").role == "beside"

    def test_reliance_is_judged_on_the_newest_year_of_its_source(self, material: Material) -> None:
        """The World Bank is a year ahead; Japan's newest year is the one before."""
        rows = [
            (economy, series, year, value)
            for economy, year, exports, imports in (
                ("CHN", 2019, 18.0, 17.0),
                ("CHN", 2024, 20.0, 17.0),
                ("CHN", 2025, 21.0, 16.5),
                ("JPN", 2024, 22.0, 23.0),
                ("NPL", 2023, 90.0, 10.0),
                ("DEU", 2025, 40.0, 37.0),
            )
            for series, value in (("NE.EXP.GNFS.ZS", exports), ("NE.IMP.GNFS.ZS", imports))
        ]
        bank = pd.DataFrame(rows, columns=["economy", "series", "year", "value"])
        later = replace(material, world_bank=bank, last_year=2025)
        claim = told(later, "export-reliance")
        said = [reading for reading in claim.readings if reading.role == "said"]
        assert {reading.period for reading in said[:4]} == {"2025"}
        net = next(reading for reading in claim.readings if reading.name == "net")
        assert (net.value, net.outcome) == (pytest.approx(4.5), "holds")
        assert set(later.newest_trade.table.index) == {"CHN", "JPN", "DEU"}
        accounts = found(claim, "Exports in GDP by the UN")
        assert (accounts.role, accounts.period) == ("beside", "2024")
        in_sample = told(replace(later, last_year=2024), "export-reliance")
        assert {reading.period for reading in in_sample.readings[:4]} == {"2024"}
        assert not any("by the UN" in reading.definition for reading in in_sample.readings)

    def test_output_is_no_capacity(self, material: Material) -> None:
        claim = told(material, "overcapacity")
        assert (claim.verdict, claim.true_of) == ("open", None)
        assert found(claim, "Crude steel").value == pytest.approx(60)
        assert found(claim, "Solar").value == pytest.approx(40)

    @pytest.mark.parametrize(
        ("steel", "vehicles", "verdict"),
        [(76, 70, "true"), (80, 70, "open"), (80, 79, "false"), (77.96, 70, "open")],
    )
    def test_capacity_is_judged_in_the_industries_named(
        self, material: Material, steel: float, vehicles: float, verdict: str
    ) -> None:
        others = {"CU_FOOD": 70.0, "CU_COAL": 70.0} if vehicles < 78 else {"CU_FOOD": 80.0}
        levels = {"CU_STEEL": steel, "CU_AUTO": vehicles, **others}
        claim = told(replace(material, capacity=in_use(levels)), "overcapacity")
        assert claim.verdict == verdict
        assert "03_claims#tab-capacity" in claim.evidence
        assert found(claim, "Ferrous metals").value == pytest.approx(steel - 78)

    def test_an_industry_that_is_not_published_leaves_the_claim_open(
        self, material: Material
    ) -> None:
        levels = {"CU_AUTO": 70.0, "CU_FOOD": 70.0}
        claim = told(replace(material, capacity=in_use(levels)), "overcapacity")
        assert claim.verdict == "open"
        assert found(claim, "Ferrous metals").outcome == "no figures"

    def test_without_figures_of_use_no_table_is_named(self, material: Material) -> None:
        assert "03_claims#tab-capacity" not in told(material, "overcapacity").evidence

    def test_names_of_readings_are_unique_in_a_claim(self, material: Material) -> None:
        for claim in china.ledger(material):
            names = [reading.name for reading in claim.readings if reading.name]
            assert len(set(names)) == len(names)

    @pytest.mark.parametrize(("rate", "verdict"), [(-2.7, "open"), (1.0, "false")])
    def test_prices_before_the_report(self, material: Material, rate: float, verdict: str) -> None:
        material = replace(material, monthly=monthly(rate), world_bank=material.world_bank.iloc[:0])
        claim = told(material, "price-wars")
        assert claim.verdict == verdict
        assert (claim.true_of is not None) == (rate < 0)
        before = found(claim, "to the report")
        assert before.period == "2024-08 to 2025-07"
        assert before.value == pytest.approx(rate)

    def test_months_that_end_before_the_report_are_not_those_of_the_report(
        self, material: Material
    ) -> None:
        earlier = material.monthly[material.monthly["month"] < "2025-06-01"]
        claim = told(replace(material, monthly=earlier), "price-wars")
        assert found(claim, "to the report").value is None
        assert found(claim, "to the latest").period == "2024-06 to 2025-05"

    def test_too_few_months_are_no_year(self, material: Material) -> None:
        short = replace(material, monthly=material.monthly.iloc[:5])
        assert found(told(short, "price-wars"), "to the report").value is None

    def test_partners_need_all_four(self, material: Material) -> None:
        keys = [
            f"exports.partner.{code}.share.{when}"
            for code in ("USA", "EU27", "JPN", "KOR")
            for when in ("latest", "ten_years_before")
        ]
        shares = {key: result(key, 10 if "latest" in key else 12) for key in keys}
        claim = told(replace(material, recorded={**material.recorded, **shares}), "overseas-push")
        assert found(claim, "other than the US").value == pytest.approx(8)
        assert "08_markets#fig-partners" in claim.evidence
        assert found(told(material, "overseas-push"), "other than the US").value is None

    def test_japan_before_and_after(self, material: Material) -> None:
        step = np.where((YEARS >= 1981) & (YEARS <= 1985), 3.0, 0.0)
        claim = told(changed(material, "JPN", "exports_pct_gdp", step), "japan-1980s")
        assert claim.reading.value == pytest.approx(3, abs=0.1)
        assert claim.verdict == "open"
        fallen = told(changed(material, "JPN", "exports_pct_gdp", -step), "japan-1980s")
        assert fallen.verdict == "false"

    @pytest.mark.parametrize(
        ("before", "after", "outcomes"),
        [(1.0, 1.5, ["holds", "holds"]), (1.5, 1.0, ["holds", "fails"]), (1, -1, ["fails"] * 2)],
    )
    def test_to_expand_abroad_is_to_invest_there(
        self, material: Material, before: float, after: float, outcomes: list[str]
    ) -> None:
        invested = pd.DataFrame(
            {
                "economy": "CHN",
                "series": "BM.KLT.DINV.WD.GD.ZS",
                "year": range(2018, 2025),
                "value": np.linspace(before, after, 7),
            }
        )
        claim = told(replace(material, world_bank=invested), "overseas-push")
        assert [reading.outcome for reading in claim.readings[:2]] == outcomes
        assert claim.verdict == ("false" if outcomes[0] == "fails" else "open")
        assert found(claim, "Exports in GDP").role == "other"

    def test_what_economists_argue_is_as_old_as_the_works_cited(self, material: Material) -> None:
        claim = told(material, "economists-argue")
        assert (claim.verdict, claim.reading.value) == ("true", 20)

    def test_a_deal_is_a_judgement_with_arithmetic(self, material: Material) -> None:
        claim = told(material, "deal-not-enough")
        assert claim.verdict == "judgement"
        row = material.accounts.query("economy == 'CHN' and year == 2024").iloc[0]
        expected = row["household_pct_gdp"] + row["net_exports_pct_gdp"]
        assert claim.reading.value == pytest.approx(expected)


def test_cited_works_are_of_the_years_stated() -> None:
    entries = parse_file(REPOSITORY / "book" / "references.bib").entries
    assert {key: int(entries[key].fields["year"]) for key in source.LITERATURE} == source.LITERATURE
