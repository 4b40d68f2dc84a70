"""Publishers of figures on income, saving, work, debt and homes: their terms and compiled files."""

from __future__ import annotations

import pandas as pd

from rebalancing.data.imports.china import BUREAU, OF_NBS
from rebalancing.data.releases.sources import (
    ESTIMATE,
    Licence,
    Origin,
    Publisher,
    Source,
    fixed,
    labelled,
    with_source_named,
)

NO_LICENCE = Licence("not-stated", "No licence stated; cite the publisher")
YEARBOOK = fixed("2020", "2020", "State of the publisher's database in late 2020; no day is known.")
FUNDS = "FOF_"
COMPUTED_SHARE = "HHC_SHARE"


def _without_computed(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the one series that the compiler computed from two others."""
    return frame[frame["series"] != COMPUTED_SHARE]


HOUSEHOLDS = (
    Publisher(
        id="nbs-annual",
        name=BUREAU,
        title="China's annual accounts, flow of funds, trade and public spending",
        address="https://data.stats.gov.cn",
        licence=OF_NBS,
        citation=f"{BUREAU}, annual data, state of {{release}}.",
        sources=(
            Source(
                "flow_of_funds",
                "nbs/2020-annual/flow_of_funds.parquet",
                "Flow of funds, physical transactions, by sector",
                YEARBOOK,
                prefixes=(FUNDS,),
            ),
            Source(
                "expenditure",
                "nbs/2020-annual/gdp_expenditure.parquet",
                "GDP by expenditure and contributions to growth",
                YEARBOOK,
                convert=_without_computed,
            ),
            Source(
                "industries",
                "nbs/2020-annual/gdp_industry.parquet",
                "Value added by industry",
                YEARBOOK,
            ),
            Source(
                "trade",
                "nbs/2020-annual/trade_sitc.parquet",
                "Exports and imports of goods by section of the SITC",
                YEARBOOK,
            ),
            Source(
                "spending",
                "nbs/2020-annual/fiscal_spending.parquet",
                "General budget expenditure by function",
                YEARBOOK,
            ),
        ),
        notes=(
            "The flow of funds is not one vintage: 2018 rests on the fourth economic census, 2004 "
            "to 2017 on earlier levels, so that the step from 2017 to 2018 is partly a break. "
            "Final consumption is missing in 2018; 1992 to 1999 and 2019 on are not held.",
            "Detail of wages and benefits begins in different years.",
            "GDP by expenditure is the vintage before the economic census of December 2024. From "
            "2020 on use the United Nations' accounts, which are another vintage.",
            "MANUF is sections 5 to 9 of the SITC, as the publisher defines manufactures.",
            "Spending of the social insurance funds is in FISC_EXP_SOCIAL only as far as the "
            "budget subsidises them (unverified).",
        ),
    ),
    Publisher(
        id="nbs-survey",
        name=BUREAU,
        title="China's household survey: income and consumption per head",
        address="https://www.stats.gov.cn",
        licence=OF_NBS,
        citation=f"{BUREAU}, household survey, to the release of {{date}}.",
        sources=(
            Source(
                "survey",
                "nbs/{release}/household_survey.parquet",
                "Income and consumption per head since 1 January, by quarter",
                labelled("Day of the newest publication; each quarter is as first published."),
            ),
        ),
        notes=(
            "To 2023-Q3 from the publisher's database, after that transcribed from its releases; "
            "2025-Q1, and consumption in 2024-Q1, were not found. 2026-Q2 has national figures "
            "only.",
            "Levels are since 1 January, so that the fourth quarter is the year. Growth of "
            "components is nominal. Growth in 2013 is left out, because the survey was new.",
            "Income and consumption of the survey are below those of the national accounts and of "
            "the flow of funds.",
        ),
        origin=Origin("transcribed", "from 2023-Q4 transcribed from the publisher's releases"),
    ),
    Publisher(
        id="nbs-labour",
        name=BUREAU,
        title="China's unemployment, hours of work and consumer confidence",
        address="https://data.stats.gov.cn",
        licence=OF_NBS,
        citation=f"{BUREAU}, labour force survey and consumer confidence, state of {{date}}.",
        sources=(
            Source(
                "labour",
                "nbs/{release}/labour_confidence.parquet",
                "Urban surveyed unemployment, hours, consumer confidence, monthly",
                labelled("Day of the copy."),
            ),
        ),
        notes=(
            "UNEMP_16_24 and UNEMP_25_59 are of the old definition, which counts students, and end "
            "in 2023-06.",
            "Consumer confidence, expectation and satisfaction: 100 is neutral. A few months of "
            "2023 are missing.",
        ),
        through=("Eastmoney Choice data service (consumer confidence)",),
    ),
    Publisher(
        id="nifd-leverage",
        name="National Institution for Finance and Development, China",
        title="Debt of China's households, corporations and government",
        address="http://www.nifd.cn",
        licence=NO_LICENCE,
        citation="National Institution for Finance and Development, leverage ratios, state of "
        "{date}.",
        sources=(
            Source(
                "leverage",
                "nifd/{release}/leverage.parquet",
                "Debt in per cent of GDP, by sector",
                labelled("Day of the copy."),
            ),
        ),
        notes=(
            "Estimates of a research institute of the Chinese Academy of Social Sciences.",
            "Mostly the fourth quarter only to 2012, every quarter after. Sectors sum to the "
            "total.",
        ),
        through=("Eastmoney Choice data service",),
        origin=ESTIMATE,
    ),
    Publisher(
        id="bis-house-prices",
        name="Bank for International Settlements",
        title="Selected residential property prices",
        address="https://www.bis.org/statistics/pp_selected.htm",
        licence=with_source_named("the Bank for International Settlements"),
        citation="Bank for International Settlements, selected residential property prices, "
        "retrieved {date}.",
        sources=(
            Source(
                "prices",
                "bis-house-prices/{release}/house_prices.parquet",
                "House prices, nominal and deflated by consumer prices, quarterly",
                labelled("Day of the retrieval."),
            ),
        ),
        notes=(
            "One series per economy, chosen by the publisher; what they cover differs (all "
            "dwellings or existing ones, the country or its large cities).",
        ),
    ),
)
