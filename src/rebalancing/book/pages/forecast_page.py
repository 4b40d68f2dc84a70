"""The book's page "Forecasts and outcomes": the log of forecasts, scored by their outcomes.

The log grows when an edition is kept, after its chapters have run, so the page is no chapter: its
numbers, tables and figure are made when the book is put together, and are no recorded results. An
edition as of a day shows only what was known on that day.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing.book.pages import context, page_numbers
from rebalancing.data import releases as raw
from rebalancing.editions import forecast_scores as scores
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.report import text
from rebalancing.report.forecast_log import METHODS

PAGE, ANCHOR = "forecast-log", "how"
MAIN, NAIVE = "combination", "random walk"
# How readers know the methods of the log that have been the main one.
RULES = dict(zip(METHODS, ("all nine, equal weights", "past winners"), strict=True))
LEVEL = "80%"
_SIDES = ("lower", "median", "upper")
_BINS = {"1 year": 1, "2 years": 2, "3 years": 3, "4 or 5": 5, "6 to 10": 10, "over 10": 50}
_BEFORE, _AFTER = 8, 6  # years that the figure shows around the forecasts' starts, and the last one


@dataclass(frozen=True, eq=False)
class ForecastRecord:
    """The log of one economy, as of an edition's day.

    Attributes:
        label: The economy's name.
        as_of: The edition's day, or ``latest``.
        log: Its rows of the log.
        scored: Those whose outcome is known, with scores (`forecast_scores.score`).
        observed: The share by year, of the newest release.
        newest: That release.
    """

    label: str
    as_of: str
    log: pd.DataFrame
    scored: pd.DataFrame
    observed: pd.Series
    newest: raw.Release

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """The rows of the combinations whose outcome is not known."""
        is_own = self.log["forecaster"].isin(METHODS)
        rows: pd.DataFrame = self.log[is_own & (self.log["year"] > self.observed.index[-1])]
        return rows

    @cached_property
    def own(self) -> pd.DataFrame:
        """The scored rows of the combinations."""
        rows: pd.DataFrame = self.scored[self.scored["forecaster"].isin(METHODS)]
        return rows.reset_index(drop=True)

    @cached_property
    def naive(self) -> pd.DataFrame:
        """The naive forecaster's row for each row of `own`, in the same order."""
        same = ["economy", "measure", "release", "year"]
        rows = self.scored[self.scored["forecaster"] == NAIVE]
        return self.own[same].merge(rows, on=same, how="left", validate="many_to_one")


def read_record(project: Project, edition: Mapping[str, Any]) -> ForecastRecord | None:
    """Return the log of an edition's economy; None where it has no forecast of it.

    Args:
        project: Where log and data are.
        edition: What heads the edition's results.json.
    """
    log = scores.read_log(project, intervals=True)
    economy = edition["parameters"]["economy"]
    log = log[log["economy"] == economy]
    if log.empty:
        return None
    as_of = edition["parameters"].get("as_of", raw.LATEST)
    project = project.as_of(as_of)
    public = [f"{ACCOUNTS} {release.name}" for release in raw.releases(project, ACCOUNTS)]
    log = log[log["release"].isin(public)]
    if log.empty:
        return None
    outcomes = scores.outcomes(project)
    return ForecastRecord(
        label=context.economy_name(project, economy),
        as_of=as_of,
        log=log,
        scored=scores.score(log, outcomes),
        observed=outcomes[economy].dropna(),
        newest=raw.resolve(project, ACCOUNTS),
    )


def numbers(record: ForecastRecord | None) -> dict[str, Any]:
    """Return what the page's text says, ready to be printed; empty where there is no log."""
    if record is None:
        return {}
    own, naive, waiting = record.own, record.naive, record.waiting
    by_release = record.log.drop_duplicates("release")["made"]
    next_year = int(record.observed.index[-1]) + 1
    found: dict[str, Any] = {
        "scored": len(own),
        "waiting": len(waiting),
        "last_waiting": int(waiting["year"].max()) if len(waiting) else None,
        "next_year": next_year,
        "expected": next_year + 1,
        "newest": next_year - 1,
        "afterwards": int((by_release == scores.AFTERWARDS).sum()),
        "at_the_time": int((by_release == scores.AT_THE_TIME).sum()),
        "is_changed": bool(record.log["forecaster"].isin(METHODS[1:]).any()),
    }
    if own.empty:
        return found
    net, naive_net = (rows["error"] - rows["start_revised"] for rows in (own, naive))
    revised = own.drop_duplicates("release")["start_revised"]
    gain = 100 * (1 - own["crps"].mean() / naive["crps"].mean())
    return found | {
        "inside": int(own["inside"].sum()),
        "inside_share": text.percent(own["inside"].mean()),
        "releases": own["release"].nunique(),
        "years": own["year"].nunique(),
        "first_year": int(own["year"].min()),
        "last_year": int(own["year"].max()),
        "bias": _beside_medians(own["error"].mean()),
        "miss": _size(own["error"]),
        "naive_miss": _size(naive["error"]),
        "net_miss": _size(net),
        "naive_net_miss": _size(naive_net),
        "revised_least": text.number(revised.min(), 1),
        "revised_most": text.number(revised.max(), 1),
        "crps": text.number(own["crps"].mean(), 2),
        "naive_crps": text.number(naive["crps"].mean(), 2),
        "gain": f"{text.number(abs(gain), 0)}% {'better' if gain > 0 else 'worse'}",
    }


# What the numbers of the page measure, for their cards; counts and years need none.
_MEASURED = {
    "inside_share": ("Outcomes inside the interval of their forecast", "% of forecasts"),
    "bias": ("Mean of outcomes less medians", "points of GDP"),
    "miss": ("Mean miss of the medians, without sign", "points of GDP"),
    "naive_miss": ("The same of a forecast of no change", "points of GDP"),
    "net_miss": ("Mean miss of the forecast change, without sign", "points of GDP"),
    "naive_net_miss": ("The same of a forecast of no change", "points of GDP"),
    "revised_least": ("Smallest revision of a figure that forecasts start from", "points of GDP"),
    "revised_most": ("Largest revision of a figure that forecasts start from", "points of GDP"),
    "crps": ("Mean score (CRPS) of the forecasts; less is better", "points of GDP"),
    "naive_crps": ("The same of a forecast of no change", "points of GDP"),
    "gain": ("Mean score (CRPS) beside that of a forecast of no change", "%"),
}


def cards(record: ForecastRecord | None) -> list[dict[str, Any]]:
    """Return what the cards of the page's numbers say."""
    said = numbers(record)
    if record is None or "miss" not in said:
        return []
    period = f"{said['first_year']}–{said['last_year']}"
    return [
        page_numbers.entry(
            f"{PAGE}.{name}",
            str(said[name]),
            f"{definition} (kept forecasts of the household share whose year has come)",
            unit=unit,
            period=period,
            release=record.newest.source,
            anchor=ANCHOR,
        )
        for name, (definition, unit) in _MEASURED.items()
    ]


def save_record(record: ForecastRecord, project: Project, extra: Path) -> None:
    """Write the page's tables and figure, and the log itself, where the book finds them.

    Args:
        record: From `read_record`.
        project: Where the log is.
        extra: The book's folder of downloads.
    """
    # Drawing is slow to import, and only this page draws while the book is put together.
    from rebalancing.report.book_tables import BookTables

    page_numbers.save(cards(record), extra)
    tables = BookTables(
        extra, PAGE, current_cell=lambda: ANCHOR, as_of=record.as_of, is_notebook=False
    )
    source = record.newest.source
    if len(record.scored):
        _save_figure(record, extra, source)
        tables.save(
            "scores-of-log",
            score_table(record),
            title=f"The {MAIN} and the {NAIVE}, by years ahead",
            release=source,
            decimals={"Forecasts": 0} | dict.fromkeys(_inside_columns(), 0),
            note="Errors are outcomes less medians, in points of GDP. The score (CRPS) is in "
            "points of GDP, and less is better.",
        )
        tables.save(
            "scored",
            scored_table(record),
            title=f"Every forecast of the {MAIN} whose year has come, % of GDP",
            release=source,
            folded=True,
            note="Start revised: by how much the figure has changed since that the forecast "
            "started from, in points of GDP.",
        )
    if len(record.waiting):
        tables.save(
            "waiting",
            waiting_table(record),
            title="Forecasts that wait for their year",
            release=source,
            folded=True,
        )
    shutil.copyfile(scores.path(project), extra / scores.NAME)


def score_table(record: ForecastRecord) -> pd.DataFrame:
    """Return number, mean error, coverage and mean score of both forecasters, by years ahead."""
    upper = list(_BINS.values())
    bins = pd.cut(record.own["ahead"], [0, *upper], labels=list(_BINS)).astype(str)
    rows = {}
    for label in [*_BINS, "all"]:
        is_here = (bins == label) | (label == "all")
        if not is_here.any():
            continue
        both = {MAIN: record.own[is_here], NAIVE: record.naive[is_here]}
        rows[label] = {
            "Forecasts": len(both[MAIN]),
            **{f"Mean error: {name}": each["error"].mean() for name, each in both.items()},
            **{
                column: 100 * each["inside"].mean()
                for column, each in zip(_inside_columns(), both.values(), strict=True)
            },
            **{f"CRPS: {name}": each["crps"].mean() for name, each in both.items()},
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.astype({"Forecasts": int}).rename_axis("Ahead")


def scored_table(record: ForecastRecord) -> pd.DataFrame:
    """Return the main forecaster's scored forecasts, one in a row."""
    own = record.own
    return pd.DataFrame(
        {
            "Year": own["year"].to_list(),
            "Median": own["median"].to_list(),
            f"{LEVEL} interval": [
                f"{lower:.1f}–{upper:.1f}"
                for lower, upper in zip(own["lower"], own["upper"], strict=True)
            ],
            "Outcome": own["outcome"].to_list(),
            "Error": own["error"].to_list(),
            "Inside": ["yes" if inside else "no" for inside in own["inside"]],
            "Start revised": own["start_revised"].to_list(),
            "Combination": own["forecaster"].map(RULES).to_list(),
            "Made": own["made"].to_list(),
        },
        index=pd.Index([f"to {year}" for year in own["last_year"]], name="Accounts"),
    )


def waiting_table(record: ForecastRecord) -> pd.DataFrame:
    """Return, by release, the years still to come and the forecast for the next of them."""
    rows = {}
    for (last_year, method), group in record.waiting.groupby(["last_year", "forecaster"]):
        first, last = int(group["year"].min()), int(group["year"].max())
        lower, median, upper = (
            float(group.loc[group["year"] == first, f"q{level:g}"].iloc[0])
            for level in scores.LIMITS
        )
        rows[_named(f"to {last_year}", str(method))] = {
            "Years": f"{first}–{last}" if first < last else str(first),
            f"Median for {first}, % of GDP": median,
            f"{LEVEL} interval": f"{lower:.1f}–{upper:.1f}",
            "Made": group["made"].iloc[0],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Accounts")


def _save_figure(record: ForecastRecord, extra: Path, source: str) -> None:
    from rebalancing.report.charts import log as charts_log
    from rebalancing.report.figures import Figures

    own = record.log[record.log["forecaster"].isin(METHODS)]
    last = int(record.observed.index[-1])
    observed = record.observed.loc[int(own["last_year"].min()) - _BEFORE :]
    bands = {
        _named(f"from accounts to {year}", str(method)): _bands(group, last + _AFTER)
        for (year, method), group in own.groupby(["last_year", "forecaster"])
    }
    scored = record.own
    Figures(extra, PAGE, lambda: ANCHOR, record.as_of, is_notebook=False).save(
        "by-release",
        charts_log.by_release(
            observed,
            bands,
            measure=f"{record.label}: household consumption, % of GDP",
            level=LEVEL,
        ),
        title=f"{int(scored['inside'].sum())} of {len(scored)} outcomes lie inside the {LEVEL} "
        "interval of their forecast",
        release=source,
    )


def _bands(group: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return the interval and the median of a forecast by year, from the figure it starts at."""
    columns = {f"q{level:g}": name for level, name in zip(scores.LIMITS, _SIDES, strict=True)}
    start = pd.DataFrame(
        dict.fromkeys(_SIDES, group["last_value"].iloc[0]), index=[int(group["last_year"].iloc[0])]
    )
    ahead = group.set_index("year")[list(columns)].rename(columns=columns)
    return pd.concat([start, ahead.loc[:last]]).rename_axis("year")


def _named(accounts: str, method: str) -> str:
    """Return what forecasts from a release are called, with the method if it is not the first."""
    return accounts if method == METHODS[0] else f"{accounts}, {RULES[method]}"


def _inside_columns() -> list[str]:
    return [f"Inside the {LEVEL} interval, %: {name}" for name in (MAIN, NAIVE)]


def _beside_medians(error: float) -> str:
    """Return where outcomes were, in words that `the medians` can follow.

    Args:
        error: Mean of outcomes less medians, in points of GDP.
    """
    size = text.number(abs(error), 1)
    if size == text.number(0, 1):
        return "level with"
    return f"{size} points {'above' if error > 0 else 'below'}"


def _size(errors: pd.Series) -> str:
    return text.number(errors.abs().mean(), 1)
