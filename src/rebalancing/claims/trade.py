"""Claims on exports: their share of the world, reliance on them, and Japan in the 1980s."""

from __future__ import annotations

import pandas as pd

from rebalancing.claims.ledger import Claim, ClaimReading, Role
from rebalancing.claims.material import (
    EXPORTED,
    LARGEST,
    LATELY,
    POINTS,
    SHARE,
    Compared,
    Material,
    absent,
    latest,
    number,
    recorded,
)
from rebalancing.claims.rules import Above, Below, Nearly, Rule, Undecided
from rebalancing.claims.source import SUBJECT
from rebalancing.models.accounting import shares

UPPER = 2 / 3  # what is more than in this part of economies counts as much
NET = "net_exports_pct_gdp"
THIRD = 100 / 3  # per cent of growth; what is more counts as much


def export_share(material: Material) -> Claim:
    """Return the claim on the share of the world’s manufactured exports."""
    rule = Nearly(30)
    found = material.recorded
    none, every = (
        found.get(f"manufacturing.export_share_ex_intra_eu.{end}") for end in ("lower", "upper")
    )
    ends = {"lower": number(none), "upper": number(every)}
    tried: list[tuple[str, str, Role, dict[str, float | None]]] = [
        ("manufacturing.export_share.latest", "Manufactured exports, all trade", "said", {}),
        (
            "manufacturing.export_share_ex_intra_eu.latest",
            "Manufactured exports, without trade inside the EU (an assumed part of it)",
            "said",
            ends,
        ),
        (
            "manufacturing.export_share_ex_intra_eu.upper",
            "The same if the EU exported nothing outside itself, a bound that nobody means",
            "beside",
            {},
        ),
        (
            "manufacturing.value_added_share.latest",
            "Manufacturing value added, current dollars, UN",
            "other",
            {},
        ),
        (
            "manufacturing.value_added_share.wdi.latest",
            "Manufacturing value added, current dollars, World Bank",
            "other",
            {},
        ),
        ("exports.merchandise.world_share.latest", "All goods exported", "beside", {}),
    ]
    return Claim(
        "export-share",
        "China’s share of global manufacturing exports is nearly 30%",
        "the US Treasury secretary",
        tuple(
            recorded(found.get(key), words, rule, role, **bounds)
            for key, words, role, bounds in tried
        ),
        ("07_exports#fig-world-shares", "07_exports#tab-world-shares"),
    )


# Readings that chapter 10 records: name, key, words, rule, role.
_OF_DRIVERS: tuple[tuple[str, str, str, Rule, Role], ...] = (
    (
        "growth_latest",
        "drivers.official.net_exports.latest",
        "Net exports’ contribution to real growth, more than a third, latest year",
        Above(THIRD),
        "beside",
    ),
    (
        "growth",
        "drivers.official.net_exports.five_years",
        "Net exports’ contribution to real growth, more than a third, latest five years",
        Above(THIRD),
        "said",
    ),
    (
        "value_added",
        "drivers.value_added.share",
        "Domestic value added in exports, part of all value added (processing trade not apart)",
        Undecided("decides nothing: of China alone, with nothing to compare it with"),
        "beside",
    ),
)


def export_reliance(material: Material) -> Claim:
    """Return the claim that China relies on exports, "heavily" being the upper third."""
    recorded_by_drivers = (
        recorded(material.recorded.get(key), words, rule, role).named(name)
        for name, key, words, rule, role in _OF_DRIVERS
    )
    return Claim(
        "export-reliance",
        "China relies heavily on exports",
        "the report",
        (*_in_the_upper_third(material), *recorded_by_drivers),
        (
            "07_exports#fig-exports-gdp",
            "07_exports#fig-trade-balance",
            "10_drivers#fig-official",
            "10_drivers#tab-value-added",
        ),
    )


def _in_the_upper_third(material: Material) -> list[ClaimReading]:
    """Return readings of whether shares in GDP are in the upper third of economies."""

    def compared(
        words: str, column: str, role: Role, trade: Compared, among: pd.Index | None = None
    ) -> ClaimReading:
        values = trade.table[column]
        others = values.drop(SUBJECT)
        others = others if among is None else others[others.index.isin(among)]
        return ClaimReading(
            words,
            float(values[SUBJECT]),
            SHARE,
            str(trade.year),
            trade.source,
            Above(float(others.quantile(UPPER))),
            role,
            material.revision(SUBJECT, column),
        )

    newest, accounts, large = material.newest_trade, material.of_accounts, material.largest()
    every, few = "the upper third of all economies", f"of the {LARGEST} largest economies"
    columns = (("exports", "Exports", "exports_pct_gdp"), ("net", "Net exports", NET))
    readings = [
        reading
        for name, what, column in columns
        for reading in (
            compared(f"{what} in GDP, in {every}", column, "said", newest).named(name),
            compared(f"{what} in GDP, in the upper third {few}", column, "said", newest, large),
        )
    ]
    if newest is not accounts:
        readings += [
            compared(f"{what} in GDP by the UN, in {every}", column, "beside", accounts)
            for _, what, column in columns
        ]
    return readings


def overseas_push(material: Material) -> Claim:
    """Return the claim that companies expand abroad, where prices are higher.

    To expand abroad is to invest there. What is sold there is exports, which is another quantity.
    """
    un, wdi = material.sources["unsd-ama"], material.sources["worldbank-wdi"]
    exports, source = material.share(SUBJECT, "exports_pct_gdp"), un
    if (bank := material.indicator(SUBJECT, EXPORTED)).index.max() > material.year:
        exports, source = bank, wdi
    invested = material.indicator(SUBJECT, "BM.KLT.DINV.WD.GD.ZS")
    start, reason = material.recent_start(int(exports.index[-1]))
    elsewhere = _sold_elsewhere(material)
    return Claim(
        "overseas-push",
        "Companies expand abroad, where prices are higher",
        "the report",
        (
            latest(
                "Direct investment abroad in GDP, more than none, World Bank",
                invested,
                wdi,
                Above(0),
                "said",
            ).named("invested"),
            _since(
                "Direct investment abroad in GDP, change in five years", invested, wdi, "said"
            ).named("invested_change"),
            absent("Prices of the same goods abroad and at home", Above(0), "said"),
            _since(
                f"Exports in GDP, change since {start}, the year {reason}",
                exports,
                source,
                "other",
                start,
            ).named("exports"),
            elsewhere.named("elsewhere"),
        ),
        (
            "07_exports#fig-exports-gdp",
            *(["08_markets#fig-partners"] if elsewhere.value is not None else []),
        ),
    )


def _sold_elsewhere(material: Material) -> ClaimReading:
    """Return a reading of the change in the part of exports that goes to other markets."""
    found = material.recorded
    words = (
        "Exports to economies other than the US, EU, Japan and Korea, change in ten years, "
        "the EU with the same members in both"
    )
    left, periods = [], []
    for when in ("ten_years_before", "latest"):
        keys = [f"exports.partner.{code}.share.{when}" for code in ("USA", "EU27", "JPN", "KOR")]
        parts = [number(found.get(key)) for key in keys]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return absent(words, Above(0), "other", unit=POINTS)
        left.append(100 - sum(known))
        periods.append(str(found[keys[0]].period))
    customs, period = material.sources["gacc-customs"], "–".join(periods)
    return ClaimReading(words, left[1] - left[0], POINTS, period, customs, Above(0), "other")


def _since(
    words: str, series: pd.Series[float], release: str, role: Role, start: int | None = None
) -> ClaimReading:
    """Return a reading of the change since a year, or over the latest five years of a series."""
    if len(series) <= LATELY:
        return absent(words, Above(0), role, unit=POINTS)
    first, last = start or series.index[-1] - LATELY, series.index[-1]
    change = shares.change_between(series, first, last)
    return ClaimReading(words, change, POINTS, f"{first}–{last}", release, Above(0), role)


def japan_1980s(material: Material) -> Claim:
    """Return the claim on Japan: averages of five years before and after."""
    un = material.sources["unsd-ama"]
    exports = material.share("JPN", "exports_pct_gdp")
    consumption = material.share("JPN", "household_pct_gdp")
    american = material.share("USA", "manufacturing_pct_gdp")
    balance = material.share("USA", "net_exports_pct_gdp")

    def change(
        words: str, series: pd.Series[float], first: int, last: int, rule: Rule, role: Role
    ) -> ClaimReading:
        span = f"{first}–{first + 4} to {last}–{last + 4}"
        moved = series.loc[last : last + 4].mean() - series.loc[first : first + 4].mean()
        return ClaimReading(words, float(moved), POINTS, span, un, rule, role)

    return Claim(
        "japan-1980s",
        "In the 1980s the US pressed Japan to raise consumer spending, "
        "as Japan’s exports overwhelmed US manufacturing",
        "the report",
        (
            absent("Japan’s sales in the US against US output, by industry", Above(0), "said"),
            change(
                "Japan’s exports in GDP rose up to 1985", exports, 1976, 1981, Above(0), "said"
            ).named("exports"),
            change(
                "Manufacturing in US GDP fell over the 1980s",
                american,
                1976,
                1985,
                Below(0),
                "other",
            ).named("us_manufacturing"),
            ClaimReading(
                "US net exports in GDP, mean of the 1980s",
                float(balance.loc[1980:1989].mean()),
                SHARE,
                "1980–1989",
                un,
                Below(0),
                "other",
            ),
            change(
                "What followed: household consumption in Japan’s GDP after 1985",
                consumption,
                1981,
                1986,
                Above(0),
                "beside",
            ).named("consumption"),
        ),
        ("03_claims#fig-claim-japan",),
    )
