"""A source ends on its own: no figure is cut because another source ends before it."""

from types import SimpleNamespace

import pandas as pd
import pytest

from rebalancing.data.views import select
from rebalancing.project import Project
from rebalancing.requirements.first import First
from rebalancing.study import Study


def test_without_a_named_year_no_year_is_too_late(own_project: Project) -> None:
    study = Study.load(own_project)
    assert study.end_year(2024) == 2024
    assert study.last > 2100
    assert Study.load(own_project, {"last_year": 2019}).last == 2019


@pytest.mark.parametrize(("last_year", "ends"), [("latest", 2025), (2023, 2023)])
def test_goods_exports_reach_beyond_the_accounts(last_year: object, ends: int) -> None:
    """The accounts end in 2024; the World Bank's figures in 2025."""
    years = range(2015, 2026)
    bank = pd.DataFrame(
        [
            ("2026-07-01", economy, series, year, 40.0, "u")
            for economy in ("CHN", "WLD")
            for series in (*("TX.VAL.MRCH.CD.WT", "TX.VAL.MANF.ZS.UN"),)
            for year in years
        ],
        columns=["release", "economy", "series", "year", "value", "unit"],
    )
    accounts = pd.DataFrame(
        [("2024", "CHN", year, 1.0) for year in years if year < 2025],
        columns=["release", "economy", "year", "value"],
    )
    study = Study.model_construct(first_year=2015, last_year=last_year, releases={})
    tables = SimpleNamespace(
        study=study,
        end=study.end_year(2024),
        release=lambda publisher: SimpleNamespace(
            name="2024" if publisher == "unsd-ama" else "2026-07-01"
        ),
        read=lambda name, **only: (
            accounts if name == "national_accounts" else bank[bank["series"].isin(only["series"])]
        ),
    )
    first = First(tables)
    merchandise, _, _ = first.goods
    assert select.latest(merchandise["CHN"])[0] == ends
