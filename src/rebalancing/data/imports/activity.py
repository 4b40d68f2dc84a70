"""Publishers of figures on trade since the tariffs, output and growth: terms and compiled files."""

from __future__ import annotations

import pandas as pd

from rebalancing.data.imports.china import BUREAU, CUSTOMS, OF_NBS
from rebalancing.data.releases.sources import (
    CC_BY,
    ESTIMATE,
    Licence,
    Origin,
    Publisher,
    Source,
    fixed,
    labelled,
    with_source_named,
)

BULLETIN_MONTH = labelled("Month in which the newest bulletin came out.")
# These are held by nbs-monthly, a newer state of the same series.
ELSEWHERE = ["CPI_YOY", "NEW_LOANS", "PMI_MFG", "PPI_YOY", "RETAIL_YOY"]
EXACT = ["pl_gdpo", "pop", "rgdpe", "xr"]


def _not_held_elsewhere(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["series"].isin(ELSEWHERE)]


def _exact(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the series that the compilation has at full precision."""
    return frame[frame["series"].isin(EXACT)]


ACTIVITY = (
    Publisher(
        id="gacc-bulletin",
        name=CUSTOMS,
        title="China's trade by partner and key exports, Monthly Bulletin",
        address="http://www.customs.gov.cn",
        licence=with_source_named("the General Administration of Customs of China"),
        citation="General Administration of Customs of China, Monthly Bulletin of {date}.",
        sources=(
            Source(
                "partners",
                "gacc/{release}/partners.parquet",
                "Exports and imports by country (region), table 2, yuan, month and year to date",
                BULLETIN_MONTH,
            ),
            Source(
                "derived",
                "gacc/{release}/partners_derived.parquet",
                "Months as differences of the year to date",
                BULLETIN_MONTH,
            ),
            Source(
                "rate",
                "gacc/{release}/customs_rate.parquet",
                "Yuan per US dollar implied by the world flows in both currencies",
                BULLETIN_MONTH,
            ),
            Source(
                "products",
                "gacc/{release}/products.parquet",
                "Key exports by product: quantity and value, month and year to date",
                BULLETIN_MONTH,
            ),
        ),
        notes=(
            "Values rounded to 10 million yuan come from the first, express release (2025-02, "
            "2026-03); the others are of the bulletin.",
            "Months from differences of the year to date carry revisions of earlier months: where "
            "a month was published too, they differ by 0.2% (exports) and 0.5% (imports) on "
            "average, and by 5% at most.",
            "January and February 2025 are one value, the year to date of February. Few partners "
            "have figures before 2025.",
            "The year-on-year change is the publisher's, against a revised base: recomputed from "
            "levels it can differ by 0.3 points (HKG, BRI: 1).",
            "The implied rate is no published rate: good to 0.3% for exports, 1% for imports.",
            "ASEAN contains Timor-Leste from the bulletin of 2025-10 at the latest. Imports "
            "include goods of Chinese origin. Exports to HKG include goods sold on.",
            "Products overlap: MACHELEC and HITECH contain others. Periods held: 2024-12, 2025-07, "
            "2025-12 and 2026-07.",
        ),
        origin=Origin("transcribed", "transcribed from the publisher's bulletin"),
    ),
    Publisher(
        id="china-levels",
        name=f"{BUREAU}; General Administration of Customs, People's Bank and Ministry of Finance",
        title="Monthly levels of China: trade, retail sales, investment, revenue, credit",
        address="https://data.stats.gov.cn",
        licence=with_source_named("the body that publishes a series"),
        citation=f"{BUREAU} (trade: General Administration of Customs; credit: People's Bank of "
        "China; revenue: Ministry of Finance), state of {date}.",
        sources=(
            Source(
                "levels",
                "nbs/{release}/monthly.parquet",
                "Trade in US dollars, retail sales, investment, public revenue, credit, monthly",
                labelled("Day of the retrieval."),
                convert=_not_held_elsewhere,
            ),
        ),
        notes=(
            "Trade is in billions of US dollars to one decimal and not revised.",
            "FAI_YTD: no growth from the levels, because the publisher revises the base. Levels of "
            "retail sales of one year cannot be compared with those of the year before either "
            "(unverified).",
            "Retail sales have no January and February of their own.",
        ),
        through=("AKShare",),
    ),
    Publisher(
        id="nbs-capacity",
        name=BUREAU,
        title="Use of industrial capacity in China",
        address="https://www.stats.gov.cn",
        licence=OF_NBS,
        citation=f"{BUREAU}, use of industrial capacity, to the release of {{date}}.",
        sources=(
            Source(
                "capacity",
                "nbs/*/capacity_utilisation.parquet",
                "Use of capacity by industry, quarterly and annual",
                fixed("2026-01-19", "2026-01-19", "Day of the newest of the quarterly releases."),
            ),
        ),
        notes=(
            "From 2016-Q4, without 2017-Q3 and 2018-Q4; industries are incomplete in 2019-Q2, "
            "2019-Q4, 2020-Q2, 2021-Q1 and 2021-Q2.",
            "Values of 2016, 2016-Q4, 2017-Q1, 2017-Q2, 2018-Q3, 2019, 2019-Q4, 2021-Q1, 2022, "
            "parts of 2020, and CU_IND of 2024-Q2 to 2024-Q4 and 2024 are a later value less its "
            "published change; where a value was published too, the two agree within 0.1.",
        ),
        origin=Origin("transcribed", "transcribed from the publisher's quarterly releases"),
    ),
    Publisher(
        id="nbs-press",
        name=BUREAU,
        title="China in 2025: contributions to growth and the household survey",
        address="https://www.stats.gov.cn",
        licence=OF_NBS,
        citation=f"{BUREAU}, release of {{date}} and briefings of 2025.",
        sources=(
            Source(
                "press",
                "nbs/{release}/press.parquet",
                "Figures as released to the press",
                labelled("Day of the newest release."),
            ),
        ),
        notes=(
            "Copied from news reports of the releases. Q is a single quarter, YTD the year to "
            "date.",
            "Contributions are in per cent of real growth. Levels of the survey are below those of "
            "the national accounts.",
        ),
        origin=Origin("transcribed", "transcribed from reports of the publisher's releases"),
    ),
    Publisher(
        id="us-census",
        name="United States Census Bureau",
        title="Trade in goods of the United States with five partners",
        address="https://www.census.gov/foreign-trade/balance/index.html",
        licence=Licence(
            "public-domain", "Public domain", note="Taken from general knowledge, unverified."
        ),
        citation="United States Census Bureau, Trade in Goods with China, Germany, Japan, Korea "
        "and Taiwan, retrieved {date}.",
        sources=(
            Source(
                "trade",
                "us-census/{release}/balance.parquet",
                "Exports and imports of goods, monthly",
                labelled("Day of the newest retrieval."),
            ),
        ),
        notes=(
            "Million US dollars, not seasonally adjusted, from 2024-01 (and 2023-09). Imports are "
            "counted by origin, so that goods by way of Hong Kong count as China's.",
        ),
    ),
    Publisher(
        id="us-tariff",
        name="Trade War Tracker",
        title="Tariffs that the United States have added since January 2025",
        address="https://github.com/tradewartracker/trade-war-redux-2025",
        licence=Licence("MIT", "MIT licence", "https://opensource.org/license/mit"),
        citation="Trade War Tracker, trade-war-redux-2025, country by time, {date}.",
        sources=(
            Source(
                "tariff",
                "us-tariff/{release}/tariff.parquet",
                "Tariff added, rate before and weight, by partner",
                labelled("Day of the file."),
            ),
        ),
        notes=(
            "Weighted by the imports of 2024, in force at the end of the month; after July 2026 as "
            "announced on 2026-07-23. Fixed weights overstate what is paid where trade has moved.",
            "2025-02 is left out: China shows 20% there, where 10% applied (unverified).",
        ),
        origin=ESTIMATE,
    ),
    Publisher(
        id="imf-weo-growth",
        name="International Monetary Fund",
        title="World Economic Outlook, growth of China and two comparisons",
        address="https://www.imf.org/en/Publications/WEO",
        licence=with_source_named(
            "the International Monetary Fund",
            "Understood as: the Fund's copyright and usage terms; use and sharing with attribution "
            "and without alteration.",
        ),
        citation="International Monetary Fund, World Economic Outlook, {date}: real growth.",
        sources=(
            Source(
                "growth",
                "weo-growth/{release}/growth.parquet",
                "Real growth, one decimal: China, Canada and the advanced economies (G110)",
                labelled("Month of the release."),
            ),
        ),
        notes=(
            "A part of the release, so that it is kept apart from imf-weo: no other economies or "
            "series. Canada and the advanced economies from 2019.",
            "Figures of 2026 and later are forecasts. The first year that the Fund does not call "
            "actual is not known.",
        ),
        origin=Origin("transcribed", "transcribed from the publisher's pages"),
    ),
    Publisher(
        id="pwt-output",
        name="Groningen Growth and Development Centre, University of Groningen",
        title="Penn World Table 11.0: output, population, prices and exchange rates",
        address="https://www.ggdc.net/pwt",
        licence=CC_BY,
        citation="Feenstra, Robert C., Robert Inklaar and Marcel P. Timmer (2015), The Next "
        "Generation of the Penn World Table, American Economic Review 105(10), 3150-3182; version "
        "{release}.",
        sources=(
            Source(
                "output",
                "pwt/11.0.parquet",
                "Series at full precision",
                fixed("11.0", "2025", "Year of version 11.0; the day is not recorded."),
                convert=_exact,
            ),
        ),
        notes=(
            "Only series that the compilation has at full precision. Shares of expenditure are "
            "rounded to 0.01 there, amounts at national prices to a million, and labsh and hc to "
            "whole numbers: too coarse for levels, so they are left out. Take shares from version "
            "10.01 (pwt), and never join the two.",
            "Prices of 2021 (unverified).",
        ),
    ),
)
