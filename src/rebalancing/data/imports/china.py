"""Publishers of figures for China: their terms, and their compiled files."""

from __future__ import annotations

from rebalancing.data.releases.sources import (
    Dated,
    Licence,
    Origin,
    Publisher,
    Source,
    fixed,
    labelled,
    with_source_named,
)

BUREAU = "National Bureau of Statistics of China"
OF_NBS = with_source_named(f"the {BUREAU}")
CUSTOMS = "General Administration of Customs of the People's Republic of China"
EXPORT_DAY = labelled(
    "Day on which the dated export was published, not the agency's own day of release."
)
MACROPAGE = (
    "Eastmoney Choice data service",
    "AFAN-LIFE (macropage), which republished the dated exports under CC BY 4.0",
)
CHINA_TERMS = (
    "The compiler of the dated exports, AFAN-LIFE (macropage), asks to be named (CC BY 4.0)."
)


def _table_year(label: str) -> Dated:
    return Dated(
        label,
        label,
        "The year that the table describes. The day of publication, some years later, is not "
        "recorded.",
    )


CHINESE = (
    Publisher(
        id="gacc-customs",
        name=CUSTOMS,
        title="China's merchandise trade by month",
        address="http://www.customs.gov.cn",
        licence=with_source_named("the General Administration of Customs of China", CHINA_TERMS),
        citation="General Administration of Customs of China, vintage {date}.",
        sources=(
            Source(
                "partners",
                "customs/{release}/partners.parquet",
                "Exports and imports by partner, monthly",
                EXPORT_DAY,
            ),
            Source(
                "totals",
                "customs/{release}/totals.parquet",
                "Exports, imports and balance, monthly",
                EXPORT_DAY,
            ),
        ),
        notes=(
            "A table is in a release only where a digit differs from the release before.",
            "2024-03-19 is rounded: exports, imports and the balance to 1 million US dollars.",
            "Totals of the running year are revised with almost every release, partners are not: "
            "they do not add up with later totals.",
            "January and February move with the New Year holiday.",
            "The European Union (EU27) is understood to be its members of the time: 15, 25 from "
            "2004, 27 from 2007, 28 from 2013, 27 without the United Kingdom from 2020.",
            "Exports to Hong Kong include goods re-exported to third places. MAC has "
            "no exports for 2017-06.",
            "BAL_USD_YOY is a growth rate of a balance that changes sign.",
        ),
        through=MACROPAGE,
    ),
    Publisher(
        id="nbs",
        name=BUREAU,
        title="China's national accounts, retail sales and prices",
        address="https://data.stats.gov.cn",
        licence=with_source_named(f"the {BUREAU}", CHINA_TERMS),
        citation=f"{BUREAU}, vintage {{date}}.",
        sources=tuple(
            Source(dataset, f"nbs/{{release}}/{dataset}.parquet", title, EXPORT_DAY)
            for dataset, title in {
                "gdp_quarterly": "GDP and value added by industry, quarterly",
                "contributions": "Contributions to real growth",
                "expenditure_annual": "GDP by expenditure, annual",
                "retail": "Retail sales, monthly",
                "prices": "Consumer and producer prices, monthly",
            }.items()
        ),
        notes=(
            "A table is in a release only where a digit differs from the release before.",
            "2025-03-20 carries the fifth economic census unevenly: GDP_Q, GDP_YTD, VA2_YTD, "
            "VA3_YTD and GDP_CONST_YTD from 2020-Q3, VA1_YTD from 2023; VA1_Q to VA3_Q, the real "
            "growth rates and expenditure_annual are not revised.",
            "VA1_Q to VA3_Q differ from VA1_YTD to VA3_YTD by up to 6.5% over a year: use the "
            "latter for industry shares.",
            "GDP_CONST_YTD changes its base year in 2011, 2016 and 2021: no growth "
            "across these years.",
            "Retail sales have no January and February from 2012. Before 1978 the components of "
            "expenditure_annual do not sum to the total.",
        ),
        through=MACROPAGE,
    ),
    Publisher(
        id="nbs-monthly",
        name="National Bureau of Statistics of China; People's Bank of China",
        title="Monthly indicators of China",
        address="https://data.stats.gov.cn",
        licence=with_source_named("the National Bureau of Statistics or the People's Bank"),
        citation="National Bureau of Statistics of China (M1_YOY, M2_YOY, NEW_LOANS: People's Bank "
        "of China), state of {date}.",
        sources=(
            Source(
                "monthly",
                "monthly/{release}.parquet",
                "Growth rates, purchasing managers' indices and new loans, monthly",
                labelled("Day of the newest retrieval; values were retrieved from June 2026."),
            ),
        ),
        notes=(
            "RETAIL_YOY has no January and February from 2012. IP_YOY has no January; February is "
            "February alone to 2012, January and February together in 2013 and 2014, absent after.",
            "M1_YOY has a new definition from 2025-01. Later revisions of growth "
            "rates are mostly not carried back.",
        ),
        through=("AKShare",),
    ),
    Publisher(
        id="nbs-io",
        name=BUREAU,
        title="Aggregates of China's input-output tables",
        address="https://data.stats.gov.cn",
        licence=with_source_named(
            f"the {BUREAU}",
            "The tables were digitised in an R package under the GPL (version 3 or later); only "
            "aggregates computed from them are stored.",
        ),
        citation="National Bureau of Statistics of China, input-output table {release}; digitised "
        "by Xiao, Yan and Zhang (2022), Physica A 607, 128200, doi:10.1016/j.physa.2022.128200.",
        sources=(
            Source(
                "aggregates",
                "io/nbs-{release}.parquet",
                "Final demand, value added, output and domestic value added in exports",
                _table_year,
            ),
        ),
        notes=(
            "10 thousand yuan at current producers' prices; sums of the table with most sectors.",
            "DVAX, for 2017, 2018 and 2020: domestic value added in exports, v (I - Ad)^-1 e, with "
            "v value added per unit of output, Ad domestic input coefficients and e EXPORTS_DOM. "
            "By the sector where it arises (DVAX_ORIGIN_S) or that exports (DVAX_EXPORT_S).",
            "Codes of sectors belong to one table: three digits for detailed tables, two digits "
            "for those with 41 or 42 sectors.",
            "Imports include goods for processing; without separate processing trade DVAX is "
            "overstated.",
        ),
        sectors="nbs",
    ),
    Publisher(
        id="cpia-solar",
        name="China Photovoltaic Industry Association; National Energy Administration of China",
        title="China's solar modules and installations",
        address="http://www.chinapv.org.cn",
        licence=Licence(
            "not-stated",
            "No licence stated; cite the publisher",
            note="Compiled by hand from publications that quote these bodies.",
        ),
        citation="China Photovoltaic Industry Association (production; exports, 2023 from the "
        "China Chamber of Commerce for Import and Export of Machinery and Electronic Products) and "
        "National Energy Administration of China (installations).",
        sources=(
            Source(
                "solar",
                "sector/solar.parquet",
                "Production, exports and installations, annual",
                fixed("2025", "2025", "Year of compilation; no day is recorded."),
            ),
        ),
        notes=(
            "Modules are measured in direct current, installations possibly in alternating current "
            ": do not subtract to the last gigawatt.",
        ),
        origin=Origin("transcribed", "transcribed from publications that quote them"),
    ),
)
