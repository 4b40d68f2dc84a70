"""Figures in data/raw against values that were taken from the sources before the import.

Each test reads data/raw only. Shares are in per cent, and every value is to the digits given.
"""

import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.views.vintages import as_of
from rebalancing.project import Project

UN = "unsd-ama"
WDI = "worldbank-wdi"
DATASET = {"2022": "current-ncu"}


class Reader:
    """One value at a time, from data/raw."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def value(
        self, publisher: str, dataset: str, release: str, economy: str, series: str, period: str
    ) -> float:
        frame = releases.load(
            self.project, publisher, dataset, release, economies=[economy], series=[series]
        )
        (value,) = frame.loc[frame["period"] == period, "value"]
        return float(value)

    def share(self, release: str, economy: str, item: str, year: int) -> float:
        dataset = DATASET.get(release, "current-usd")
        part, whole = (
            self.value(UN, dataset, release, economy, series, str(year)) for series in (item, "GDP")
        )
        return 100 * part / whole


@pytest.fixture(scope="module")
def read(this_project: Project) -> Reader:
    return Reader(this_project)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "economy", "item", "year", "expected"),
    [
        *(
            ("2024", "CHN", "HFCE", 2019 + n, share)
            for n, share in enumerate([39.35, 38.17, 38.37, 37.78, 39.57, 39.93])
        ),
        *(
            ("2023", "CHN", "HFCE", 2019 + n, share)
            for n, share in enumerate([39.25, 38.20, 38.11, 37.39, 39.13])
        ),
        ("2022", "CHN", "HFCE", 2022, 37.01),
        ("2017", "CHN", "HFCE", 2017, 38.39),
        ("2023", "CHN", "HFCE", 2017, 38.54),
        ("2024", "CHN", "HFCE", 2017, 38.95),
        ("2014", "CHN", "HFCE", 2014, 37.91),
        ("2017", "CHN", "HFCE", 2014, 37.66),
        ("2024", "CHN", "HFCE", 2014, 36.99),
        ("2024", "USA", "HFCE", 2024, 67.91),
        ("2024", "JPN", "HFCE", 2024, 54.44),
        ("2024", "KOR", "HFCE", 2024, 48.49),
        ("2024", "DEU", "HFCE", 2024, 52.73),
        ("2024", "IND", "HFCE", 2024, 61.38),
        ("2024", "CHN", "EXP", 2024, 20.50),
        ("2024", "CHN", "IMP", 2024, 17.60),
        ("2024", "CHN", "GCF", 2024, 40.61),
        ("2024", "CHN", "GFCE", 2024, 16.63),
        ("2024", "CHN", "VA_MANF", 2024, 25.00),
    ],
)
def test_shares_in_the_un_accounts(
    read: Reader, release: str, economy: str, item: str, year: int, expected: float
) -> None:
    assert round(read.share(release, economy, item, year), 2) == expected


@pytest.mark.parametrize(
    ("publisher", "dataset", "release", "economy", "series", "period", "scale", "expected"),
    [
        (UN, "current-usd", "2023", "CHN", "GDP", "2023", 1e9, 17795),
        (UN, "current-usd", "2024", "CHN", "GDP", "2023", 1e9, 18270),
        (UN, "current-ncu", "2022", "CHN", "GDP", "2022", 1e9, 121020.72),
        (WDI, "all-economies", "2025-12-17", "CHN", "NY.GDP.MKTP.CD", "2023", 1e9, 18270),
        (WDI, "countries", "2022-09-16", "CHN", "NE.CON.PRVT.ZS", "2020", 1, 38.20),
        (WDI, "countries", "2024-05-08", "CHN", "NE.CON.PRVT.ZS", "2020", 1, 38.20),
        (WDI, "countries", "2024-05-08", "CHN", "NE.CON.PRVT.ZS", "2022", 1, 37.01),
        (WDI, "all-economies", "2018-08-01", "CHN", "NE.EXP.GNFS.ZS", "2016", 1, 19.64),
        (WDI, "all-economies", "2026-04-01", "CHN", "NE.EXP.GNFS.ZS", "2024", 1, 20.02),
        (WDI, "all-economies", "2026-04-01", "WLD", "NE.EXP.GNFS.ZS", "2024", 1, 29.11),
        ("imf-weo", "weo", "2019-10", "CHN", "NGDP_RPCH", "2019", 1, 6.139),
        ("imf-weo", "weo", "2020-10", "CHN", "NGDP_RPCH", "2020", 1, 1.851),
        ("imf-weo", "weo", "2024-10", "CHN", "NGDP_RPCH", "2024", 1, 4.824),
        ("imf-weo", "weo", "2025-10", "CHN", "NGDP_RPCH", "2024", 1, 5.003),
        ("imf-weo", "weo", "2025-10", "CHN", "NID_NGDP", "2024", 1, 40.607),
        ("imf-weo", "weo", "2025-10", "CHN", "NGSD_NGDP", "2024", 1, 42.868),
        ("imf-weo", "weo", "2025-10", "CHN", "BCA_NGDPD", "2024", 1, 2.261),
        ("pwt", "pwt", "10.01", "CHN", "csh_c", "2019", 1, 0.3875),
        ("pwt", "pwt", "10.01", "USA", "csh_c", "2019", 1, 0.7032),
        ("nbs", "gdp_quarterly", "2024-03-19", "CHN", "GDP_YTD", "2023-Q4", 1e4, 126.06),
        ("nbs", "gdp_quarterly", "2024-05-31", "CHN", "GDP_YTD", "2023-Q4", 1e4, 126.06),
        ("nbs", "gdp_quarterly", "2024-08-09", "CHN", "GDP_YTD", "2023-Q4", 1e4, 126.06),
        ("nbs", "gdp_quarterly", "2024-11-19", "CHN", "GDP_YTD", "2023-Q4", 1e4, 126.06),
        ("nbs", "gdp_quarterly", "2025-03-20", "CHN", "GDP_YTD", "2023-Q4", 1e4, 129.43),
        *(
            ("gacc-customs", "totals", release, "CHN", "EXP_USD", "2024-01", 1e6, exports)
            for release, exports in {
                "2024-03-19": 307.74,
                "2024-05-31": 307.48,
                "2024-06-09": 307.48,
                "2024-08-09": 306.70,
                "2024-10-07": 306.51,
                "2024-10-19": 306.48,
                "2024-11-19": 306.48,
                "2024-12-20": 306.47,
                "2025-03-20": 306.36,
            }.items()
        ),
        ("comtrade", "trade", "2026-03-03", "CHN", "EXP", "2024", 1e9, 3576.5),
    ],
)
def test_single_values(
    read: Reader,
    publisher: str,
    dataset: str,
    release: str,
    economy: str,
    series: str,
    period: str,
    scale: float,
    expected: float,
) -> None:
    value = read.value(publisher, dataset, release, economy, series, period) / scale
    digits = len(str(expected).partition(".")[2])
    assert round(value, digits) == expected


def test_share_of_world_manufacturing(read: Reader) -> None:
    china, world = (
        read.value(WDI, "all-economies", "2025-12-16", economy, "NV.IND.MANF.CD", "2024")
        for economy in ("CHN", "WLD")
    )
    assert round(100 * china / world, 2) == 27.71


@pytest.mark.parametrize(("economy", "first"), [("CHN", 2025), ("IND", 2025), ("PAK", 2026)])
def test_first_forecast_year(this_project: Project, economy: str, first: int) -> None:
    frame = releases.load(
        this_project,
        "imf-weo",
        "forecast-start",
        "2025-10",
        economies=[economy],
        series=["NGDP_RPCH"],
    )
    assert frame["value"].tolist() == [first]
    assert frame["period"].tolist() == [str(first)]


def table(project: Project, publisher: str, release: str) -> pd.DataFrame:
    """Return an input-output release: one column per series, one row per economy and year."""
    frame = releases.load(project, publisher, "aggregates", release)
    return frame.pivot_table(index=["economy", "period"], columns="series", values="value")


@pytest.mark.parametrize(
    ("year", "share"),
    [
        ("2002", 43.1),
        ("2005", 38.2),
        ("2007", 36.3),
        ("2010", 35.9),
        ("2012", 37.0),
        ("2015", 39.1),
        ("2017", 38.9),
        ("2018", 37.7),
        ("2020", 37.8),
    ],
)
def test_input_output_tables_of_china(this_project: Project, year: str, share: float) -> None:
    row = table(this_project, "nbs-io", year).iloc[0]
    assert round(100 * row["HHC"] / row["VA"], 1) == share
    demand = row["HHC"] + row["GOVC"] + row["GCF"] + row["EXPORTS"] - row["IMPORTS"]
    assert round((demand + row.get("ERR", 0)) / row["VA"], 4) == 1


@pytest.mark.parametrize(
    ("year", "of_value_added", "of_exports"),
    [("2017", 15.55, 79.0), ("2018", 14.84, 78.8), ("2020", 14.59, 80.5)],
)
def test_domestic_value_added_in_exports(
    this_project: Project, year: str, of_value_added: float, of_exports: float
) -> None:
    row = table(this_project, "nbs-io", year).iloc[0]
    assert round(100 * row["DVAX"] / row["VA"], 2) == of_value_added
    assert round(100 * row["DVAX"] / row["EXPORTS_DOM"], 1) == of_exports


def test_both_sides_of_gdp_agree_in_the_oecd_tables(this_project: Project) -> None:
    rows = table(this_project, "oecd-io", "2021")
    uses = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "CONS_ABR", "CONS_NONRES", "EXPO"]
    spending = rows[uses].sum(axis=1) - rows["IMPO"]
    assert len(rows) == 48
    assert (spending / (rows["VALU"] + rows["TXS"]) - 1).abs().max() < 1e-6


def test_exports_of_2024_in_customs_sum_to_those_of_comtrade(this_project: Project) -> None:
    totals = releases.load(this_project, "gacc-customs", "totals", series=["EXP_USD"])
    exports = totals[totals["period"].str.startswith("2024-")]
    assert len(exports) == 12
    assert round(exports["value"].sum() / 1e6, 1) == 3577.2


def test_effective_exchange_rates_average_100_in_their_base_year(this_project: Project) -> None:
    frame = releases.load(this_project, "bis-reer", "reer")
    base = frame[frame["period"].str.startswith("2020-")]
    assert base.groupby("economy")["value"].mean().round(2).to_dict() == {
        "CHN": 100.0,
        "JPN": 100.0,
        "KOR": 100.0,
    }


def test_what_was_known_of_2022_changed_with_the_releases(this_project: Project) -> None:
    frame = releases.load_all(
        this_project, UN, "current-usd", economies=["CHN"], series=["HFCE", "GDP"]
    )
    known = as_of(frame, "2023").query("period == '2022'").set_index("series")["value"]
    assert round(100 * known["HFCE"] / known["GDP"], 2) == 37.39
    known = as_of(frame).query("period == '2022'").set_index("series")["value"]
    assert round(100 * known["HFCE"] / known["GDP"], 2) == 37.78


def test_every_current_release_has_220_economies(this_project: Project) -> None:
    for release in releases.releases(this_project, UN):
        for name, resource in release.resources.items():
            # The constant national-currency file leaves out the eight former economies.
            expected = 212 if name == "constant-2015-ncu" else 220
            assert len(resource["economies"]) == expected
            assert len(resource["series"]) == 17


def test_wto_flags(this_project: Project) -> None:
    flags = releases.load(this_project, "wto", "flags")
    assert flags["value"].value_counts().to_dict() == {1.0: 900, 2.0: 6}
    exports = releases.load(this_project, "wto", "exports")
    keys = ["economy", "partner", "series", "period"]
    assert len(flags.merge(exports, on=keys)) == 906
