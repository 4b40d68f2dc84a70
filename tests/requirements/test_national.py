from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from described import described

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import chosen, growth
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.requirements import drivers, exports
from rebalancing.requirements import national as requirements

PARTNERS = ("WLD", "HKG", "GBR", "HRV", *exports.SHOWN)


BULLETIN = {
    "economy": "CHN",
    "partner": "WLD",
    "flow": "exports",
    "span": "year to date",
    "month": pd.Timestamp("2005-07-01"),
    "cny_bn": 1.0,
    "usd_bn": 0.1,
    "change_pct": 5.0,
}
YEARS = pd.to_datetime(["2004-07-01", "2005-07-01"])
TARIFF = {"added_pct": 10.0, "before_pct": 1.0, "weight_usd_bn": 5.0}
SINCE_THE_TARIFFS = {
    "us_census": pd.DataFrame(columns=["partner", "month", "imports_usd_bn"]).astype(
        {"month": "datetime64[ns]"}
    ),
    "tariffs": pd.DataFrame(
        [{"release": "2005-07-23", "partner": "CHN", "month": YEARS[1], **TARIFF}]
    ),
    "export_products": pd.DataFrame(
        {"economy": "CHN", "measure": "value", "span": "year to date", "month": YEARS}
    ),
}
TRADE = {
    *("partners", "mirror", "turn", "partners-now"),
    *("american", "american-own", "tariff", "products"),
}
WORLD_IMPORTS = {
    "release": "2024",
    "economy": "WLD",
    "series": drivers.IMPORTS,
    "year": 2010,
    "value": 1e12,
}
NEVER_HERE = {"american", "turn"}  # no American figures, and bulletins that follow on no file


def customs(years: range) -> pd.DataFrame:
    months = pd.date_range(f"{years[0]}-01", f"{years[-1]}-12", freq="MS")
    rows = [("2024", "CHN", partner, month, 1.0) for partner in PARTNERS for month in months]
    return pd.DataFrame(rows, columns=["release", "economy", "partner", "month", "exports_usd_bn"])


def tables(years: range, end: int) -> Any:
    """What the rules read, of a study from 1990 on: no accounts, one year of partners' reports."""
    reports = {"release": "2024", "economy": "CHN", "series": "EXP_MIRROR", "year": 2019}
    table = {"release": "2012", "economy": "CHN", "sector": None, "year": 2012, "value": 1.0}
    read = {
        "customs": customs(years),
        "china_accounts": pd.DataFrame(columns=["release", "economy", "series", "period"]),
        "mirror_trade": pd.DataFrame([reports | {"partner": p, "usd_bn": 1.0} for p in PARTNERS]),
        "partners": pd.DataFrame([BULLETIN]),
        **SINCE_THE_TARIFFS,
        "world_bank": pd.DataFrame([WORLD_IMPORTS]),
        "input_output": pd.DataFrame([table | {"series": "DVAX"}]),
    }
    return SimpleNamespace(
        study=SimpleNamespace(first_year=1990, last=end),
        end=end,
        read=lambda name, **only: read[name],
        chosen=lambda name, **only: read[name],
        has_release=lambda publisher: publisher != "nbs",
        release=lambda publisher: SimpleNamespace(name="2024"),
    )


def trade(years: range, end: int, code: str = "CHN") -> dict[str, str]:
    found = requirements.left_out(requirements.NationalFigures(tables(years, end)), code, "China")
    return {section: reason for section, reason in found.items() if reason and section in TRADE}


def of_partners(years: range, end: int) -> list[str]:
    return [section for section in trade(years, end) if section not in NEVER_HERE]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("years", "end", "sections"),
    [
        (range(2005, 2021), 2020, []),
        (range(2005, 2021), 2018, ["mirror"]),  # partners' reports begin in 2019
        (range(2015, 2021), 2020, ["partners", "mirror"]),
        (range(2005, 2021), 2010, ["partners", "mirror"]),
    ],
)
def test_trade_by_partner_needs_years_of_the_sample(
    years: range, end: int, sections: list[str]
) -> None:
    assert of_partners(years, end) == sections


@pytest.mark.slow
def test_american_figures_end_with_the_sample() -> None:
    """The tariff and the products of July 2005 are there for a sample that reaches it."""
    assert {"tariff", "products"} & trade(range(2005, 2021), 2020).keys() == set()
    early = trade(range(1990, 2005), 2004)
    assert "tariffs on goods of China" in early["tariff"]
    assert "of China by product" in early["products"]
    assert "imports from China" in early["american"]


def test_an_economy_without_sources_of_its_own_is_told_so() -> None:
    assert "no customs figures" in trade(range(2005, 2021), 2020, "JPN")["mirror"]
    own = requirements.NationalFigures(tables(range(2005, 2021), 2020))
    found = requirements.left_out(own, "JPN", "Japan")
    assert all("Japan" in reason for reason in found.values())


def test_one_input_output_table_tells_value_added_but_no_change() -> None:
    own = requirements.NationalFigures(tables(range(2005, 2021), 2020))
    assert list(own.totals["CHN"].index) == [2012]
    early = requirements.NationalFigures(tables(range(2005, 2021), 2011))
    assert early.totals == {}


def test_the_banks_volumes_are_of_a_release_that_has_all_of_the_economy_itself(
    tmp_path: Path,
) -> None:
    """The bank's newest release lacks a series for China, and has it for Japan."""
    held = {"CHN": {"2024": growth.BANK, "2026": growth.BANK[1:]}, "JPN": {"2026": growth.BANK}}
    bank = pd.DataFrame(
        [
            {"release": release, "economy": code, "series": series, "year": year, "value": 1.0}
            for code, releases in held.items()
            for release, all_series in releases.items()
            for series in all_series
            for year in (2015, 2016, 2017)
        ]
    )
    project = Project(tmp_path)
    for name in ("2024", "2026"):
        release = project.raw / "worldbank-wdi" / name / "datapackage.json"
        write_json(release, described(f"{name}-07"))

    def of_economy(
        name: TableName, *, economy: list[str], together: bool, series: list[str]
    ) -> Any:
        rows = bank[bank["economy"].isin(economy) & bank["series"].isin(series)]
        return chosen.rows(project, name, rows, together=together)

    own = requirements.NationalFigures(SimpleNamespace(chosen=of_economy))
    assert list(requirements.of_bank(own, "CHN").index) == [2016, 2017]
