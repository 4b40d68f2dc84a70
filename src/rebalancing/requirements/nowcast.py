"""The nowcast of the household share: which bridges an economy's data allow, tried on past years.

Used by the chapter and by the rules that say beforehand whether it has this section. A bridge is
tried where its indicators reach the year in question; it enters the pool where it was scored on
enough past years, whatever its score. The list of bridges and the number of years were settled
after scores on the same years had been seen: scores of the pool are no clean test.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import nowcast as views
from rebalancing.data.views import select
from rebalancing.data.views.nowcast import OUTLOOK, SETS, Bridging
from rebalancing.models.forecast import bridge, diebold_mariano, past_cases
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEWEST = 4  # past years that a bridge is scored on before it counts
MOST = 15  # the last years that bridges are scored on
BANK = {
    "real": "NY.GDP.MKTP.KD.ZG",
    "deflator": "NY.GDP.DEFL.KD.ZG",
    "prices": "FP.CPI.TOTL.ZG",
    "people": "SP.POP.TOTL",
}
SPRING = "-04"  # the outlook whose growth of the year is taken for a year that is not over


# Indicators of the years ahead, and the errors in them if they are estimates.
Ahead = tuple[pd.DataFrame, "pd.Series[float] | None"]


@dataclass(frozen=True, eq=False)
class NowcastData:
    """What an economy has.

    Attributes:
        share: Household consumption, % of GDP, by year, without gaps at its end.
        indicators: Those of whole years, by year; columns may lack.
        outlooks: Indicators that are forecasts, by release.
        partial: What is known of a part of the second year; None if nothing is.
        by_release: The share by release of the accounts.
    """

    share: pd.Series[float]
    indicators: pd.DataFrame
    outlooks: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    partial: past_cases.ToDate | None = None
    by_release: Mapping[str, pd.Series[float]] = field(default_factory=dict)

    @property
    def change(self) -> pd.Series[float]:
        """The change of the share on the year before, in points."""
        return self.share.diff().dropna()

    @property
    def end(self) -> int:
        """The last year of the accounts."""
        return int(self.share.index[-1])

    def of(self, bridging: Bridging, release: str = "") -> pd.DataFrame:
        """Return a set's indicators by year, those that are forecasts of one outlook.

        Args:
            bridging: The set.
            release: Of the outlook; the newest if not given.
        """
        rest = self.indicators.reindex(columns=[c for c in bridging.columns if c not in OUTLOOK])
        outlook = self.outlooks.get(release or max(self.outlooks, default=""), pd.DataFrame())
        both = pd.concat([rest, outlook], axis=1).sort_index()
        return both.reindex(columns=list(bridging.columns)).astype(float)


@dataclass(frozen=True, eq=False)
class Attempt:
    """A bridge and how it has done.

    Attributes:
        bridging: Its indicators.
        fitted: The regression on all years.
        density: Of the change since the accounts' last year; None if the indicators end before.
        cases: Past years that it can be tried on.
        scores: By year, as `bridge.score`.
        held: The same with the share as its releases had it.
    """

    bridging: Bridging
    fitted: bridge.Bridge
    density: bridge.StudentDensity | None
    cases: Sequence[bridge.Case]
    scores: pd.DataFrame
    held: pd.DataFrame

    @property
    def counts(self) -> bool:
        """Whether it enters the pool."""
        return self.density is not None and len(self.scores) >= FEWEST


def first_year(material: NowcastData, level: float) -> list[Attempt]:
    """Return the bridges to the first year without accounts.

    Args:
        material: Of an economy.
        level: Of the intervals.
    """
    found = []
    for bridging in SETS:
        known = material.of(bridging)
        new = known.reindex([material.end + 1])
        ahead = None if new.isna().to_numpy().any() else (new, None)
        found += _attempt(material, bridging, _of_first(material, bridging), ahead, level)
    return found


def second_year(material: NowcastData, level: float) -> list[Attempt]:
    """Return the bridges to the year after that, which need not be over.

    Args:
        material: Of an economy.
        level: Of the intervals.
    """
    year, found = material.end + 2, []
    ahead: Ahead | None
    for bridging in SETS:
        known, partial = material.of(bridging), material.partial
        if set(bridging.columns) <= set(OUTLOOK):
            tried = _of_outlooks(material, bridging, (year - 1, year))
            new = known.reindex([year - 1, year])
            ahead = None if new.isna().to_numpy().any() else (new, None)
        elif partial is not None and set(bridging.columns) <= set(partial.growth_of):
            tried = past_cases.to_date_cases(material.change, known, partial)
            ahead = past_cases.two_years(known, partial, year)
        else:
            continue
        found += _attempt(material, bridging, tried, ahead, level)
    return found


def pooled(attempts: Sequence[Attempt], level: float) -> tuple[bridge.Pool, pd.DataFrame] | None:
    """Return the pool of the bridges that count, and its scores on past years.

    Args:
        attempts: Of one span.
        level: Of the intervals.

    Returns:
        None if no bridge counts, or they share no past year.
    """
    those = [one for one in attempts if one.counts]
    densities = tuple(one.density for one in those if one.density is not None)
    if not densities:
        return None
    scores = bridge.score_pool([one.cases for one in those], level)
    return (bridge.Pool(densities), scores) if len(scores) else None


def told_apart(scores: pd.DataFrame, steps: int) -> tuple[float, float]:
    """Return by how much a bridge's mean score differs from that of no change, and a p-value.

    The test is that of Diebold and Mariano. Where there are too few years for it the p-value is 1.

    Args:
        scores: As `bridge.score` returns them.
        steps: Years that each forecast spans.
    """
    losses = [scores[name].to_numpy(dtype=float) for name in ("crps", "crps_no_change")]
    difference = float(np.mean(losses[0] - losses[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)  # the text says how few years there are
        try:
            tested = diebold_mariano(losses[0], losses[1], horizon=steps, power=1)
        except ModelInputError:
            return difference, 1.0
    return difference, tested.p_value


def nothing_tried(tried: Sequence[set[int]], name: str) -> str:
    """Return why an economy has no nowcast, or nothing if it has one.

    Args:
        tried: Past years that each of the bridges to the first year without accounts is tried on.
        name: Its name in a sentence.
    """
    counting = [years for years in tried if len(years) >= FEWEST]
    if counting and set.intersection(*counting):
        return ""
    return f"no figure of {name} that reaches past its accounts can be tried on past years"


def reason(material: NowcastData | None, name: str) -> str:
    """Return why an economy has no nowcast, or nothing if it has one; nothing is estimated.

    Args:
        material: What it has; None if it has no share.
        name: Its name in a sentence.
    """
    if material is None:
        return nothing_tried([], name)
    outlooks = {release: _known(table) for release, table in material.outlooks.items()}
    years = [int(year) for year in material.change.index]
    return nothing_tried(years_tried(years, _known(material.indicators), outlooks), name)


def years_tried(
    years: Sequence[int],
    indicators: Mapping[str, set[int]],
    outlooks: Mapping[str, Mapping[str, set[int]]],
) -> list[set[int]]:
    """Return the past years that each bridge to the first year without accounts is tried on.

    The same as of the cases, without estimating or making them.

    Args:
        years: With a change of the share, in order, without gaps.
        indicators: Years in which each is known.
        outlooks: The same of those that are forecasts, by release.
    """
    found = []
    newest, ahead = max(outlooks, default=""), (years[-1] + 1 if years else 0)

    def known(bridging: Bridging, release: str) -> set[int]:
        both = {**indicators, **outlooks.get(release, {})}
        return set.intersection(*(both.get(name, set()) for name in bridging.columns))

    for bridging in SETS:
        if ahead not in known(bridging, newest):
            continue
        of = {
            year: past_cases.same_distance(newest, ahead, year) if bridging.is_forecast else newest
            for year in (years if bridging.is_forecast else years[-MOST:])
        }
        least = len(bridging.columns) + 1 + bridge.LEAST_DF
        tried = {
            year
            for year, release in of.items()
            if (not bridging.is_forecast or release in outlooks)
            and year in known(bridging, release)
            and len({y for y in known(bridging, release) if y < year} & set(years)) >= least
        }
        found.append(tried)
    return found


def _known(table: pd.DataFrame) -> dict[str, set[int]]:
    """Return the years in which each column is known."""
    return {str(name): {int(y) for y in table[name].dropna().index} for name in table.columns}


def growth_in_spring(table: pd.DataFrame) -> pd.Series[float]:
    """Return real growth of each year as the outlook of its spring forecast it, by year.

    Args:
        table: The outlooks of one economy, with ``NGDP_RPCH``.
    """
    rows = table[(table["series"] == "NGDP_RPCH") & table["release"].str.endswith(SPRING)]
    rows = rows[rows["release"].str[:4] == rows["year"].astype(str)]
    return rows.set_index("year")["value"].astype(float).sort_index()


def gather(
    values: Callable[[TableName, str], pd.Series[float]],
    accounts: tuple[pd.Series[float], pd.Series[float]],
    outlook: pd.DataFrame,
    by_release: Mapping[str, pd.Series[float]],
) -> NowcastData | None:
    """Return what an economy has for a nowcast; None if it has no share.

    Args:
        values: Returns a series of a table by period, of the release in use; may be empty.
        accounts: Household and final consumption, % of GDP, by year.
        outlook: Rows of the World Economic Outlooks that may be used, also of those held for
            growth alone.
        by_release: The share by year, by release of the accounts.
    """
    share = select.latest_run(accounts[0]) if accounts[0].notna().any() else accounts[0].dropna()
    if share.empty:
        return None
    bank = {name: views.by_year(values("world_bank", code)) for name, code in BANK.items()}
    sold = values("china_monthly", "RETAIL_YTD_YOY")
    spent = values("household_survey", "CONSUMPTION_PC_YTD")
    told = [values(table, "CONTRIB_CONS_YTD") for table in ("china_accounts", "press_figures")]
    parts = {
        views.RETAIL: views.at_month(sold, 12),
        views.SURVEY: views.survey(spent, bank["people"]),
        views.CONTRIBUTION: views.contribution(
            *(views.at_quarter(told[0].combine_first(told[1]), 4), accounts[1], bank["real"])
        ),
    }
    year = int(share.index[-1]) + 2
    months = [int(each[5:7]) for each in sold.index if each.startswith(f"{year}-")]
    partial = None
    if months:
        month = max(months)
        to_date = {
            views.RETAIL: views.at_month(sold, month),
            views.SURVEY: views.survey(spent, bank["people"], month // 3),
        }
        costs = {code: values("china_monthly", code) for code in ("PPI_YOY", "CPI_YOY")}
        partial = past_cases.ToDate(
            pd.DataFrame(to_date),
            pd.DataFrame({code: views.mean_to(one, month) for code, one in costs.items()}),
            bank["deflator"],
            growth_in_spring(outlook),
        )
    known = {name: series for name, series in parts.items() if len(series)}
    return NowcastData(
        share, indicators_of(bank, known), views.outlooks(outlook), partial, by_release
    )


def _of_first(material: NowcastData, bridging: Bridging) -> list[bridge.Case]:
    """Return the cases of the first year without accounts."""
    if bridging.is_forecast:
        return _of_outlooks(material, bridging, (material.end + 1, material.end + 1))
    years = material.change.index[-MOST:].to_list()
    return past_cases.cases(material.change, material.of(bridging), years)


def _of_outlooks(
    material: NowcastData, bridging: Bridging, span: tuple[int, int]
) -> list[bridge.Case]:
    """Return the cases of a set with what the outlook of the same distance said."""
    wanted = [name for name in bridging.columns if name in OUTLOOK]
    releases = {
        release: table[wanted]
        for release, table in material.outlooks.items()
        if set(wanted) <= set(table)
    }
    if not releases:
        return []
    rest = material.indicators.reindex(columns=[c for c in bridging.columns if c not in OUTLOOK])
    found = past_cases.outlook_cases(material.change, rest, releases, span)
    columns = list(bridging.columns)
    return [one._replace(known=one.known[columns], new=one.new[columns]) for one in found]


def _attempt(
    material: NowcastData,
    bridging: Bridging,
    tried: list[bridge.Case],
    ahead: Ahead | None,
    level: float,
) -> list[Attempt]:
    """Return the attempt, or none where there are too few years to estimate from."""
    try:
        fitted = bridge.fit(material.change, material.of(bridging))
    except ModelInputError:
        return []
    density = None if ahead is None else fitted.predict(*ahead)
    held = past_cases.as_held(tried, material.by_release)
    scores, with_held = (bridge.score(cases, level) for cases in (tried, held))
    return [Attempt(bridging, fitted, density, tried, scores, with_held)]


def indicators_of(
    bank: Mapping[str, pd.Series[float]], parts: Mapping[str, pd.Series[float]]
) -> pd.DataFrame:
    """Return the indicators of whole years.

    Args:
        bank: ``real`` growth of GDP, its ``deflator`` and consumer ``prices``, percent, by year.
        parts: Growth at current prices, percent, by name of the indicator (`views.RETAIL`,
            `views.SURVEY`); `views.CONTRIBUTION` is taken as it is. Those not held may lack.
    """
    product = views.nominal(bank["real"], bank["deflator"])
    found = {views.PRICES: bank["prices"] - bank["deflator"]}
    for name, series in parts.items():
        found[name] = series if name == views.CONTRIBUTION else series - product
    return pd.DataFrame(found).dropna(how="all").sort_index()
