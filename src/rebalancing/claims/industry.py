"""Claims on industry: capacity beyond demand, and prices."""

from __future__ import annotations

import pandas as pd

from rebalancing.claims import capacity
from rebalancing.claims.ledger import Claim, ClaimReading, Role
from rebalancing.claims.material import POINTS, Material, absent, latest
from rebalancing.claims.rules import ROUNDING, Above, Below, Undecided
from rebalancing.claims.source import ARTICLE, SUBJECT

CAPACITY_TABLE = "03_claims#tab-capacity"
MOST = 50  # per cent of the industries held; more are "many industries"


def overcapacity(material: Material) -> Claim:
    """Return the claim on capacity: is less of it in use than usual, in the industries named?

    Published output is shown but decides nothing.
    """
    solar, steel = (material.sources[name] for name in ("cpia-solar", "worldsteel"))
    table = material.industry[material.industry["economy"] == SUBJECT]
    by_year = table.pivot(index="year", columns="series", values="value").sort_index()
    made, shipped = (f"PV_MODULE_{what}" for what in ("PRODUCTION", "EXPORTS"))
    photovoltaic = by_year.reindex(columns=[made, shipped]).dropna().loc[: material.last_year]
    abroad = 100 * photovoltaic[shipped] / photovoltaic[made]
    world = material.industry[material.industry["series"] == "STEEL_CRUDE"]
    output = world.pivot(index="year", columns="economy", values="value")
    of_world = 100 * output[SUBJECT] / output.drop(columns="WLD", errors="ignore").sum(axis=1)
    no_capacity = Undecided("decides nothing: output is not capacity")
    return Claim(
        "overcapacity",
        "Production capacity beyond what demand absorbs in many industries, "
        "steel and electric vehicles among them",
        "the United States and the European Union",
        (
            *_use_of_capacity(material),
            latest(
                "Solar modules exported, part of production (gigawatts), industry association",
                abroad,
                solar,
                no_capacity,
                "beside",
                unit="% of production",
            ),
            latest(
                "Crude steel, part of the world’s output (economies listed), industry association",
                of_world.loc[: material.last_year],
                steel,
                no_capacity,
                "beside",
                unit="% of world output",
            ).named("steel_output"),
        ),
        (
            *([] if capacity.against_usual(material.capacity).empty else [CAPACITY_TABLE]),
            "03_claims#fig-claim-prices",
        ),
    )


def _use_of_capacity(material: Material) -> list[ClaimReading]:
    """Return the readings of capacity in use, one for each part of what was said.

    The words say that capacity exceeds demand in many industries, steel and electric vehicles
    among them. A level of use that would be normal is not agreed, so less in use than before is
    what bears the words out: in most industries, and in the two named.
    """
    found = capacity.against_usual(material.capacity)
    first, last = capacity.USUAL
    many = f"Industries that use less of their capacity than in {first}–{last}, part of those held"
    each = {
        "steel": (capacity.STEEL, "Ferrous metals: use of capacity"),
        "vehicles": (capacity.VEHICLES, "Motor vehicles, electric or not: use of capacity"),
    }
    against = f"against the mean of {first}–{last}"
    if found.empty:
        return [
            absent(many, Above(MOST), "said").named("industries"),
            *(
                absent(f"{words}, {against}", Below(0), "said", unit=POINTS).named(name)
                for name, (_, words) in each.items()
            ),
        ]
    source, year = material.sources["nbs-capacity"], str(found.attrs["year"])
    part = 100 * capacity.fewer(found) / len(capacity.industries(found))
    unit = "% of industries"
    readings = [ClaimReading(many, part, unit, year, source, Above(MOST)).named("industries")]
    for name, (series, words) in each.items():
        words = f"{words}, {against}"
        readings.append(
            ClaimReading(
                words, float(found["difference"][series]), POINTS, year, source, Below(0)
            ).named(name)
            if series in found.index
            else absent(words, Below(0), "said", unit=POINTS).named(name)
        )
    return readings


def price_wars(material: Material) -> Claim:
    """Return the claim on prices."""
    nbs, wdi = material.sources["nbs-monthly"], material.sources["worldbank-wdi"]
    ppi = material.producer_prices
    before = until_the_report(ppi)
    newest = ppi.tail(12)

    def average(words: str, months: pd.Series[float], role: Role) -> ClaimReading:
        if len(months) < 12:
            return absent(words, Below(0), role, unit="%")
        span = f"{months.index[0]:%Y-%m} to {months.index[-1]:%Y-%m}"
        value = float(months.mean())
        return ClaimReading(words, value, "%", span, nbs, Below(0), role, ROUNDING)

    yearly = "Producer prices, change on a year before, mean of the twelve months to"
    return Claim(
        "price-wars",
        "Fierce price wars, with companies cutting prices in a race to the bottom",
        "Chinese state media, according to the report",
        (
            absent("Prices set by competing companies, by product", Below(0), "said", unit="%"),
            average(f"{yearly} the report", before, "said").named("before"),
            latest(
                "GDP deflator, change on a year before, World Bank",
                material.indicator(SUBJECT, "NY.GDP.DEFL.KD.ZG"),
                wdi,
                Below(0),
                "said",
                ROUNDING,
                unit="%",
            ).named("deflator"),
            average(f"{yearly} the latest", newest, "beside").named("newest"),
            latest(
                "Consumer prices, change on a year before, World Bank",
                material.indicator(SUBJECT, "FP.CPI.TOTL.ZG"),
                wdi,
                Below(0),
                "beside",
                ROUNDING,
                unit="%",
            ),
            absent("Export unit values, since the report", Below(0), "beside", unit="%"),
        ),
        ("03_claims#fig-claim-prices",),
    )


def until_the_report(months: pd.Series[float]) -> pd.Series[float]:
    """Return the twelve months to the one in which the report appeared, or those that exist."""
    end = pd.Timestamp(ARTICLE).replace(day=1)
    return months.loc[end - pd.DateOffset(months=11) : end]
