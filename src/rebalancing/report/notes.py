"""Notes that go with data or a method wherever they are shown.

A figure or table is saved with those that it needs: ``note=[notes.FREIGHT, membership]``. What is
said of a kind of chart whatever it shows is in the chart. A note with numbers or names is a
function of them, so that a chapter gives data and no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from rebalancing.report.text import join, number, spelled

_FIGURES = re.compile(r"\d[\d.,]*\d|\d")

# The accounts
RESIDUAL = "The residual is GDP less the sum of the items, as published; it is not spread."
RESIDUAL_KEPT = "The accounting residual of the first year is kept and not drawn."
OVERLAP = "Exports include their imported parts; the shares do not add up to a whole."
VOLUMES = "The newest release with volumes in national currency."
CONSTANT_PRICES = "The level at constant prices depends on its base."
OFFICIAL_PARTS = (
    "Published shares of growth times published growth. "
    "Final consumption includes that of government."
)
BANK_PARTS = (
    "The World Bank's parts are its volumes, weighted by shares of GDP in the year before; "
    "its net exports are what they leave of growth."
)
SELF_EMPLOYED = (
    "One table per year, each with the definitions of its time. Between 2004 and 2008 the income "
    "of the self-employed counted as profit, before as pay, later in part."
)
PROCESSING = "The tables do not tell processing trade apart."
SAVING_BALANCE = (
    "Saving and investment come from the accounts, the current account from the balance of "
    "payments. The discrepancy is what they leave open."
)
CORPORATE_SAVING = "Saving of corporations is what they keep after taxes, interest and dividends."
THREE_PARTS = "The three add up to the change."
LATER_CENSUS = "The last year is partly a break: it rests on a later economic census."

# Trade
FREIGHT = "Imports include freight and insurance, exports do not."
BALANCES = (
    "Customs: goods, imports with freight and insurance. Net exports: goods and services. "
    "Current account: with income from abroad and transfers as well."
)
HONG_KONG = "Goods that pass through Hong Kong count as exports to it."
UNION = "The European Union’s exports include those between its members."
VIETNAM = "Vietnam is in ASEAN, too."
BY_ORIGIN = "American customs count by origin."
YEAR_BEFORE = "The year before is what the published change implies."
IN_YUAN = "In yuan."
IN_DOLLARS = "Bulletins are in yuan, turned into dollars at the rate that all exports imply."
HALVED = "Where customs publish January and February as one sum, each month has half of it."
COMBINED = "January and February combined."
GOODS_AND_SERVICES = "Goods and services."
PRODUCTS = (
    "Products overlap: mechanical and electrical and high-tech products contain others. "
    "Unit value is value over quantity and moves with quality, too."
)
TARIFFS = (
    "A research estimate, not an official figure. Rates are weighted by the imports of 2024; "
    "where trade has moved away they overstate what is paid."
)

# Other data
HOUSE_PRICES = "One series an economy, chosen by the publisher; what they cover differs."
PENN_TABLE = (
    "The Penn World Table has shares at international prices, and it has Taiwan, whose exports "
    "by kind are in no release that is held."
)
HOLIDAYS = "January and February are missing from retail sales and output."

# Methods
LOG_MEANS = (
    "Split by logarithmic means, whose parts add up to the change exactly; "
    "it does not say what caused what."
)
VARIANCES = "Intervals take the estimated variances as known."
CHOSEN_BY_LOOKING = "A low or high is that of household consumption, chosen by looking."
LOW_TO_HIGH = "Between the lowest and the highest year of consumption."
AVERAGES_END = "Averages end in the year shown."
UNIT_ROOT = "Intervals allow for a unit root. Spans overlap."
BY_ALL_OTHERS = "Each economy is predicted by all others."
VARIANCE_SHARES = (
    "From a regression of all slopes on all choices. What choices do together, and what two of "
    "them share, belongs to none; the parts need not sum to the whole."
)
# What cautions of a benchmark call regressors (`panel.Design`).
REGRESSORS = {
    "log_income": "Income",
    "old": "The share of old people",
    "young": "The share of children",
    "urban": "The share in cities",
}


def once(cautions: Iterable[str]) -> list[str]:
    """Return cautions of several estimates without those that repeat one.

    Cautions that differ in their numbers alone are one, and the first is kept.
    """
    kinds: dict[str, str] = {}
    for caution in cautions:
        kinds.setdefault(_FIGURES.sub("", caution), caution)
    return list(kinds.values())


def shares_then(shares: pd.Series) -> str:
    """Return the shares of GDP of one year, which the series is named by."""
    listed = ", ".join(f"{str(name).lower()} {number(share, 1)}%" for name, share in shares.items())
    return f"In {shares.name}: {listed}."


def between_averages(means: Mapping[int, pd.Series], years: int) -> str:
    """Return between which averages of shares of GDP changes are, by the last year of each."""
    (first, before), (last, after) = means.items()
    moved = [
        f"from {number(share, 1)} to {number(later, 1)}% of GDP ({str(name).lower()})"
        for (name, share), later in zip(before.items(), after, strict=True)
    ]
    return (
        f"Changes are between the averages of the {spelled(years)} years to {first} and to {last}, "
        f"{join(moved)}."
    )


def no_change(years: int) -> str:
    """Return how wide the interval of no change is."""
    return f"No change: as wide as the yearly changes of the last {years} years."


def without_imports(economies: Sequence[str]) -> str:
    """Return whose imports by kind are not held, by possessives; nothing if all are."""
    return f"{join([*economies])} imports by kind are not held." if economies else ""


def assumed_inside(share: float) -> str:
    """Return what is assumed of trade inside the European Union, as the part of a sentence."""
    return f"assuming that {share:.0%} of the EU’s manufactured exports stay inside"


def without_union(share: float, *, has_members: bool = False) -> str:
    """Return what is taken off for trade inside the European Union, of members where there are."""
    members = "; members' own sales inside are taken off too" if has_members else ""
    return f"Without trade inside the EU: {assumed_inside(share)}{members}."


def bulletins_from(year: int) -> str:
    """Return from when on figures are those of the bulletins of customs."""
    return f"From {year} on: monthly bulletins."


def volumes_of_the_fund(projected: Iterable[int]) -> str:
    """Return whose volumes of exports are shown, and which years of them are projected."""
    years = ", ".join(map(str, projected))
    return f"Volume: the International Monetary Fund{f', {years} as projected' if years else ''}."


def market_shares(change: str) -> str:
    """Return how the change of exports that is given was split by constant market shares."""
    return f"Current prices, average of the weights of both years. The parts add up to {change}."


def averaged(years: int) -> str:
    """Return over how many years household consumption is averaged."""
    return f"Household consumption as averages of {spelled(years)} years."


def of_others(economies: int, left_out: str) -> str:
    """Return how many economies a prediction was estimated on, without the one it is for."""
    return f"{economies} other economies, {left_out} left out of the estimation."


def international_prices(first: int, last: int) -> str:
    """Return from which to which year figures at international prices are."""
    return f"International prices, {first}–{last}."


def calibrated(origins: str) -> str:
    """Return from which origins, as in ``1999–2023``, calibrated forecasts are scored."""
    return f"Origins {origins}, all forecasters calibrated by what was known at each."


def compared_revisions(revisions: pd.Series, peers: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the revisions of the economies to compare with, of those that have any."""
    told = [f"{names[code]} {number(revisions[code], 2)}" for code in peers if code in revisions]
    return f"Economies to compare with: {', '.join(told) or 'none has a figure in both'}."
