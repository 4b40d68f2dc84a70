"""Publishers of figures for many economies: their terms, and their compiled files."""

from __future__ import annotations

import re

import pandas as pd

from rebalancing.data.releases.sources import (
    CC_BY,
    Dated,
    Licence,
    Publisher,
    Source,
    fixed,
    labelled,
    with_source_named,
)

# The chapters on consumption, trade, saving, prices, finance, population and work draw on these.
COUNTRY_SERIES = (
    *("NE.", "NY.", "NV.", "TX.", "TM.", "TT.", "TG.", "BX.", "BM.", "BN.", "BG.", "FP.", "PX."),
    *("PA.", "FR.", "FS.", "FM.", "FI.", "FD.", "CM.", "GC.", "SP.", "SL.", "SI.", "GB.XPD"),
    *("SE.XPD", "SH.XPD", "MS.MIL.XPND"),
)
FORECASTS_MONTH = labelled("Month of the release.")


def _year_after(label: str) -> Dated:
    if not re.fullmatch("[0-9]{4}", label):
        raise ValueError(f"{label} is not a year")
    return Dated(
        label,
        f"{int(label) + 1}-12",
        "Approximate and unverified: the database is understood to be released once a year, around "
        "December, with data to the year before. The name is the last year of data.",
    )


def _world_bank_update(label: str) -> Dated:
    """Date a vintage of the World Development Indicators by how its label is written."""
    if label == "2025H2":
        return Dated(
            "2025-12-16",
            "2025-12-16",
            "Inferred: the copy has figures for 2024 and differs from the vintages of 2025-12-17 "
            "and later; the day before those is the latest that it can be.",
        )
    if seen := re.fullmatch(r"by-(.+)", label):
        return Dated(
            seen[1],
            seen[1],
            "The copy states no date and existed on that day; the update may be earlier.",
        )
    if label == "2026-06-06":
        return Dated(label, label, "Day of retrieval; the update may be earlier.")
    return Dated(label, label, "The publisher's date of last update.")


def _wto_flags(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn the WTO's flags into values: 1 for an estimate, 2 for a break in the series."""
    return pd.DataFrame(
        {
            "economy": frame["economy"],
            "partner": "WLD",
            "series": frame["series"],
            "period": frame["period"],
            "value": frame["flag"].map({"Estimate": 1.0, "Break in series": 2.0}),
            "unit": "flag: 1 = estimate, 2 = break in series",
        }
    )


INTERNATIONAL = (
    Publisher(
        id="unsd-ama",
        name="United Nations Statistics Division",
        title="National Accounts Main Aggregates Database",
        address="https://unstats.un.org/unsd/snaama",
        licence=with_source_named(
            "the United Nations Statistics Division",
            "Understood as: free of charge; may be copied and redistributed when cited.",
        ),
        citation="United Nations Statistics Division, National Accounts Main Aggregates Database, "
        "data to {release}.",
        sources=(
            Source(
                "current-usd",
                "unsd-ama/current-usd/{release}.parquet",
                "Current prices, US dollars",
                _year_after,
            ),
            Source(
                "current-ncu",
                "unsd-ama/current-ncu/{release}.parquet",
                "Current prices, national currency",
                _year_after,
            ),
            Source(
                "constant-2015-usd",
                "unsd-ama/constant-2015-usd/{release}.parquet",
                "Constant prices of 2015, US dollars",
                _year_after,
            ),
            Source(
                "constant-2015-ncu",
                "unsd-ama/constant-2015-ncu/{release}.parquet",
                "Constant prices of 2015, national currency",
                _year_after,
            ),
        ),
        notes=(
            "Whole US dollars or whole units of national currency, from 1970.",
            "Expenditure items need not sum to GDP, nor FCE to HFCE plus GFCE.",
            "Former economies (SUN, CSK, YUG, ETF, SDF, YAR, YMD, ANT) overlap with their "
            "successors for some years: never sum over all economies. TZA is mainland Tanzania, "
            "EAZ Zanzibar; XKX is not part of SRB.",
            "The release to 2024 contains the revision of China's GDP by the census of December "
            "2024, the earlier ones do not. Never join releases.",
            "Industries follow ISIC Rev. 3; manufacturing leaves out publishing and recycling. For "
            "China and the United States VA_TOTAL refers to GDP.",
            "US dollars are at the publisher's conversion rates, for some economies and years "
            "adjusted for prices. Constant-price components are not additive where the source "
            "chains them. Many values of small economies are estimates of the publisher.",
        ),
        family="unsd-ama",
    ),
    Publisher(
        id="worldbank-wdi",
        name="World Bank",
        title="World Development Indicators",
        address="https://databank.worldbank.org/source/world-development-indicators",
        licence=Licence(
            CC_BY.name,
            CC_BY.title,
            CC_BY.path,
            "Some series come from third parties with terms of their own.",
        ),
        citation="World Bank, World Development Indicators, vintage {date}, CC BY 4.0.",
        sources=(
            Source(
                "all-economies",
                "wdi/{release}/*.parquet",
                "Selected series, all economies and groups",
                labelled(
                    "Day of the copy in which these figures first appear; the update is of that "
                    "day or earlier."
                ),
            ),
            Source(
                "all-economies",
                "wdi-extra/{release}/*.parquet",
                "Selected series, all economies and groups unless the list of economies is short",
                _world_bank_update,
            ),
            Source(
                "countries",
                "wdi-country/{release}/*.parquet",
                "Many series of single economies",
                _world_bank_update,
                prefixes=COUNTRY_SERIES,
            ),
        ),
        notes=(
            "A release holds the series that changed; the figures valid on a day are, series by "
            "series, in the newest release not after it. Two series of different releases may not "
            "belong together.",
            "Releases before 2025 do not contain China's census revision of December 2024.",
            "NE.CON.PRVT.* is households and non-profit institutions serving them; NE.CON.PETC.ZS "
            "(2013) also contains the statistical discrepancy.",
            "Base years differ between releases; the unit of each row is right.",
            "Groups such as WLD are the publisher's estimates with gap filling. FP.CPI.TOTL.ZG of "
            "2026-05-01 has no groups.",
            "NV.IND.MANF.CD of 2023-04-26 has ten significant digits, the world totals of "
            "2025-12-16 five decimals.",
            "Withdrawn codes of 2013 are replaced: ADO AND, IMY IMN, KSV XKX, ROM ROU, TMP TLS, "
            "WBG PSE, ZAR COD.",
        ),
        family="wdi",
    ),
    Publisher(
        id="imf-weo",
        name="International Monetary Fund",
        title="World Economic Outlook Database",
        address="https://www.imf.org/en/Publications/WEO",
        licence=with_source_named(
            "the International Monetary Fund",
            "Understood as: the Fund's copyright and usage terms; use and sharing with attribution "
            "and without alteration.",
        ),
        citation="International Monetary Fund, World Economic Outlook Database, {date}.",
        sources=(
            Source(
                "weo",
                "weo/{release}.parquet",
                "Estimates and forecasts by economy and group",
                FORECASTS_MONTH,
            ),
            Source(
                "forecast-start",
                "weo-forecast-start/{release}.parquet",
                "First year that the release does not call actual",
                FORECASTS_MONTH,
            ),
        ),
        notes=(
            "Figures after the last actual year are estimates and forecasts of the Fund's staff.",
            "forecast-start exists where the release states a last actual year, so not for groups. "
            "A fiscal year counts as its second calendar year, except for India, Iran and Lesotho.",
            "2019-10 has no NGDPD, PPPGDP, PPPPC and LP and 2020-04 no PPPGDP; what else is "
            "missing there are values of 1,000 or more. 2020-04 was a shortened release.",
            "Groups change their members between releases; G511 (ASEAN-5 to 2022-10) and G510 "
            "(from 2023-04) differ. Purchasing power parities can be compared within a "
            "release only.",
        ),
        family="weo",
    ),
    Publisher(
        id="pwt",
        name="Groningen Growth and Development Centre, University of Groningen",
        title="Penn World Table",
        address="https://www.ggdc.net/pwt",
        licence=CC_BY,
        citation="Feenstra, Robert C., Robert Inklaar and Marcel P. Timmer (2015), The Next "
        "Generation of the Penn World Table, American Economic Review 105(10), 3150-3182; version "
        "{release}.",
        sources=(
            Source(
                "pwt",
                "pwt/10.01.parquet",
                "Penn World Table",
                fixed("10.01", "2023-01", "Month of version 10.01, unverified."),
            ),
        ),
        notes=(
            "Shares are at purchasing power parities and differ from those at national prices. The "
            "six csh_* sum to 1.",
            "For China the authors replace official growth of earlier decades by lower "
            "estimates. Nothing after 2019.",
        ),
        family="pwt",
    ),
    Publisher(
        id="bis-reer",
        name="Bank for International Settlements",
        title="Real broad effective exchange rates",
        address="https://www.bis.org/statistics/eer.htm",
        licence=with_source_named("the Bank for International Settlements"),
        citation="Bank for International Settlements, Real Broad Effective Exchange Rate, "
        "retrieved from FRED, Federal Reserve Bank of St. Louis, {date}.",
        sources=(
            Source(
                "reer",
                "bis-reer/{release}.parquet",
                "Broad indices, monthly",
                labelled("Day of the copy, which runs to 2024-09."),
            ),
        ),
        notes=("A rise is a real appreciation. Weights and history are revised.",),
        through=("FRED, Federal Reserve Bank of St. Louis (RBCNBIS, RBJPBIS, RBKRBIS)",),
    ),
    Publisher(
        id="wto",
        name="World Trade Organization",
        title="Merchandise exports by product group",
        address="https://stats.wto.org",
        licence=with_source_named("the World Trade Organization"),
        citation="World Trade Organization, WTO Stats, download of {date}.",
        sources=(
            Source(
                "exports",
                "wto/{release}.parquet",
                "Merchandise exports to the world by product group",
                labelled("Day of the download."),
            ),
            Source(
                "flags",
                "wto/{release}-flags.csv",
                "Which of the exports are estimates or mark a break",
                labelled("Day of the download."),
                convert=_wto_flags,
            ),
        ),
        notes=(
            "Only 1990, 1995, 2000, 2005, 2010, 2015 and 2018. Product groups (SITC Rev. 3) "
            "overlap. Neither total merchandise exports nor the European Union as a group are "
            "in it.",
            "Former reporters: ANT, BLX (Belgium-Luxembourg), CSK, DDR, DEW (Federal Republic of "
            "Germany before 1991), ETF, SCG, YUG.",
        ),
    ),
    Publisher(
        id="comtrade",
        name="United Nations Statistics Division",
        title="UN Comtrade: China's trade as China and as its partners report it",
        address="https://comtradeplus.un.org",
        licence=with_source_named(
            "UN Comtrade", "Redistribution in bulk is restricted; this is a small extract."
        ),
        citation="United Nations Statistics Division, UN Comtrade, retrieved {date}.",
        sources=(
            Source(
                "trade",
                "comtrade/{release}.parquet",
                "Exports and imports, own and mirror figures, annual",
                labelled("Day of retrieval."),
            ),
        ),
        notes=(
            "Fewer partners report the latest years, so mirror sums understate them; missing are "
            "among others RUS from 2022, VNM and ARE in 2024.",
            "Partner CHN in EXP_MIRROR is China's imports of goods of Chinese origin and part of "
            "the sum. TWN stands for Other Asia, nes.",
            "Imports are valued cif, exports fob.",
        ),
    ),
    Publisher(
        id="oecd-io",
        name="Organisation for Economic Co-operation and Development",
        title="Input-Output Tables, 2021 edition",
        address="http://oe.cd/i-o",
        licence=Licence(
            CC_BY.name,
            CC_BY.title,
            CC_BY.path,
            "Reuse with attribution; that it is CC BY 4.0 since 2024 is unverified.",
        ),
        citation="OECD (2021), OECD Input-Output Tables, 2021 edition, http://oe.cd/i-o.",
        sources=(
            Source(
                "aggregates",
                "io/oecd-*.parquet",
                "Final demand, value added and output by industry, annual",
                fixed("2021", "2021", "Year of the edition."),
            ),
        ),
        notes=(
            "Million US dollars at current prices. Totals at purchasers' prices, industries (S01 "
            "to S45), value added and output at basic prices. GDP is VALU plus TXS.",
            "Domestic and imported inputs are not split. Estimates differ from those of the "
            "national tables.",
        ),
        sectors="oecd",
    ),
    Publisher(
        id="worldsteel",
        name="World Steel Association",
        title="Crude steel production",
        address="https://worldsteel.org",
        licence=with_source_named(
            "the World Steel Association",
            'The acknowledgement "Source: World Steel Association" is asked for at each use.',
        ),
        citation="Source: World Steel Association (steel data viewer; yearbook 2019 for four small "
        "producers).",
        sources=(
            Source(
                "production",
                "sector/steel.parquet",
                "Crude steel production, annual",
                fixed("2019", "2020", "State of about 2019 to 2020; no day is recorded."),
            ),
        ),
        notes=(
            "No world total; small producers listed only as others are missing. YUG is former "
            "Yugoslavia. China's figures were later revised.",
        ),
    ),
)
