"""Claims on consumption: its shares, twenty years of rebalancing, what a deal could do."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rebalancing.claims.ledger import Claim, ClaimReading, Role
from rebalancing.claims.material import POINTS, SHARE, Material, latest, number, recorded
from rebalancing.claims.rules import About, Above, Below, Rule
from rebalancing.claims.source import ARTICLE, LITERATURE, SUBJECT
from rebalancing.models.accounting import shares

YEAR = 365.25  # days
LONG = 10  # years; what has been argued for more was argued for long
HOUSEHOLDS = "Household consumption (with NPISH), current prices, UN"


def share_china(material: Material) -> Claim:
    """Return the claim on consumption in China."""
    return Claim(
        "share-china",
        "Consumer spending is less than 40% of China’s economy",
        "the report",
        _consumption(material, "CHN", Below(40)),
        ("02_consumption#fig-share-history",),
    )


def share_us(material: Material) -> Claim:
    """Return the claim on consumption in the United States."""
    return Claim(
        "share-us",
        "In the United States it is close to 70%",
        "the report",
        _consumption(material, "USA", About(70)),
        ("02_consumption#fig-share-history",),
    )


def share_japan(material: Material) -> Claim:
    """Return the claim on consumption in Japan."""
    return Claim(
        "share-japan",
        "In Japan it is about 54%",
        "the report",
        _consumption(material, "JPN", About(54)),
        ("02_consumption#fig-share-history",),
    )


def _consumption(material: Material, economy: str, rule: Rule) -> tuple[ClaimReading, ...]:
    """Return the definitions of consumer spending, as a share of an economy's GDP."""
    un, un_then = material.sources["unsd-ama"], material.source_then
    wdi, pwt = material.sources["worldbank-wdi"], material.sources["pwt"]
    penn = material.penn[material.penn["economy"] == economy].set_index("year")["value"]
    margin = material.revision(economy, "household_pct_gdp")
    readings = [
        latest(HOUSEHOLDS, material.share(economy, "household_pct_gdp"), un, rule, "said", margin)
    ]
    world_bank = material.indicator(economy, "NE.CON.PRVT.ZS")
    then = material.as_published_then(economy, "household_pct_gdp")
    of_then = "Household consumption as published when the report appeared, UN"
    readings.append(latest(of_then, then, un_then, rule, "other", margin).named("then"))
    tried: list[tuple[str, pd.Series[float], str, Role]] = [
        ("Household consumption, current prices, World Bank", world_bank, wdi, "other"),
        (
            "Household consumption at purchasing power parity, Penn World Table",
            100 * penn,
            pwt,
            "other",
        ),
        (
            "Final consumption, which adds government’s, UN",
            material.share(economy, "final_consumption_pct_gdp"),
            un,
            "other",
        ),
    ]
    readings += [
        latest(words, series, source, rule, role, margin) for words, series, source, role in tried
    ]
    return (*readings[:-1], readings[-1].named("final"))


def rebalancing(material: Material) -> Claim:
    """Return the claim that rebalancing has been tried for twenty years.

    It is about an aim, which policy documents date. What came of it is another question.
    """
    first = material.first_milestone
    un, span = material.sources["unsd-ama"], f"{first.year}–{material.year}"
    parts: list[tuple[str, str, str, Below | Above]] = [
        ("consumption", "household_pct_gdp", "household consumption in GDP has risen", Above(0)),
        ("investment", "capital_formation_pct_gdp", "investment in GDP has fallen", Below(0)),
        ("exports", "exports_pct_gdp", "exports in GDP have fallen", Below(0)),
    ]

    def outcome(name: str, column: str, words: str, rule: Rule) -> ClaimReading:
        change = shares.change_between(material.share(SUBJECT, column), first.year, material.year)
        margin = material.revision(SUBJECT, column)
        what = f"As an outcome: {words} since {first.year}"
        reading = ClaimReading(what, change, POINTS, span, un, rule, "other", margin)
        return reading.named(name)

    def drift(key: str, words: str, rule: Below | Above) -> ClaimReading:
        """Return the average change, with the interval that holds where a share wanders."""
        key = f"trends.{key}.drift.since_{first.year}"
        found = material.recorded
        return recorded(
            found.get(key),
            f"Average change since {first.year}: {words} ({material.level:.0%} interval that "
            "allows for a unit root)",
            replace(rule, is_estimate=True),
            "beside",
            **{bound: number(found.get(f"{key}.{bound}")) for bound in ("lower", "upper")},
        )

    aim = ClaimReading(
        "As an aim: whole years from the first policy milestone to the report",
        float(int((ARTICLE - first).days / YEAR)),
        "years",
        f"{first.year}–{ARTICLE.year}",
        "Lardy (2006), Institute for International Economics",
        About(20),
    )
    return Claim(
        "rebalancing-20-years",
        "China’s leaders have tried for 20 years to move from exports and investment "
        "to consumption",
        "the report",
        (
            aim,
            *(outcome(*part) for part in parts),
            *(drift(key, words, rule) for key, _, words, rule in parts),
        ),
        ("03_claims#fig-claim-since-2004", "09_trends#fig-average-changes"),
    )


def economists_argue(material: Material) -> Claim:
    """Return the claim on what economists argue, which the works cited decide and no data."""
    first = min(LITERATURE.values())
    reading = ClaimReading(
        "Years from the earliest of the works cited to the report",
        float(ARTICLE.year - first),
        "years",
        f"{first}–{ARTICLE.year}",
        "Literature cited in the text",
        Above(LONG),
    )
    return Claim(
        "economists-argue",
        "Economists have long argued that China must become more consumer-driven",
        "the report",
        (reading,),
        ("03_claims#claim-economists-argue",),
    )


def deal_not_enough(material: Material) -> Claim:
    """Return the claim with its arithmetic: the whole surplus consumed, GDP as it is."""
    un = material.sources["unsd-ama"]
    household = material.share(SUBJECT, "household_pct_gdp")
    surplus = material.share(SUBJECT, "net_exports_pct_gdp")
    peak, _ = shares.extremum(surplus, "maximum")
    low, _ = shares.extremum(surplus.loc[int(str(peak)) :].head(6), "minimum")
    median = float(material.across("household_pct_gdp").median())
    reversal = f"{peak}–{low}"
    return Claim(
        "deal-not-enough",
        "A trade deal would not by itself rebalance the economy",
        "the report",
        (
            ClaimReading(
                "Household consumption if it took up all net exports, GDP unchanged (arithmetic)",
                float(household[material.year] + surplus[material.year]),
                SHARE,
                str(material.year),
                un,
                Below(median),
                margin=material.revision(SUBJECT, "household_pct_gdp"),
            ),
            ClaimReading(
                "Net exports in GDP, change from their peak to the low of the next five years",
                shares.change_between(surplus, peak, low),
                POINTS,
                reversal,
                un,
                Below(0),
                "beside",
            ).named("surplus"),
            ClaimReading(
                "Household consumption in GDP over the same years, change",
                shares.change_between(household, peak, low),
                POINTS,
                reversal,
                un,
                Below(0),
                "beside",
            ).named("households"),
        ),
        ("07_exports#fig-trade-balance", "02_consumption#fig-share-history"),
        is_judgement=True,
    )
