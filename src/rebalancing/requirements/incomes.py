"""What the sections of the chapter on income and saving need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import households, select
from rebalancing.requirements.first import StudyTablesLike

SAVING = ("NY.GNS.ICTR.ZS", "NE.GDI.TOTL.ZS")  # national saving, investment
AGES = ("SP.POP.65UP.TO.ZS", "SP.POP.0014.TO.ZS")  # old people, children
SPENT, EARNED = "CONSUMPTION_PC_YTD", "INCOME_PC_YTD"
HOMES, DEBT, CONFIDENCE = "HPI_REAL", "LEV_HOUSEHOLD", "CONSUMER_CONFIDENCE"
SAVING_YEARS = 10  # of national saving that are worth a figure
FLOW_YEARS = 3  # of a flow of funds, for one of them to lie between two others
SURVEY_QUARTERS = 8  # of spending over income
AGE_YEARS = 20  # between the two years whose ages are compared
LABOUR_FROM = 2000
CONSTANT_SHARE = 1e-6  # standard deviation of a labour share that was assumed, not measured
QUARTERS, MONTHS = 8, 24  # of house prices and debt, and of confidence, to say what changed


def until(table: pd.DataFrame, series: str, first: int, last: int) -> pd.Series:
    """Return one series of a table by period, within the years of a sample.

    Args:
        table: Rows of one economy with ``series``, ``period`` (2026-Q2, 2026-07) and ``value``.
        series: The series.
        first: First year that may be used.
        last: Last year.
    """
    years = table["period"].str[:4].astype(int)
    rows = table[(table["series"] == series) & years.between(first, last)]
    return rows.set_index("period")["value"].sort_index().dropna()


def spent_of_income(survey: pd.DataFrame, first: int, last: int) -> pd.Series:
    """Return what households spend of their income by quarter; none without a survey.

    Args:
        survey: Rows of ``household_survey`` of one economy.
        first: First year that may be used.
        last: Last year.
    """
    if not {SPENT, EARNED} <= set(survey["series"]):
        return pd.Series(dtype=float)
    ratio = households.consumption_of_income(survey)
    years = ratio.index.str[:4].astype(int)
    return ratio[(years >= first) & (years <= last)]


def funds(years: Sequence[int], name: str) -> str:
    """Return why it cannot be said who earns and who saves.

    Args:
        years: Those of the flow of funds.
        name: The economy, as a sentence has it.
    """
    if len(years) >= FLOW_YEARS:
        return ""
    return f"no accounts of the income of households in {name} are held for these years"


def survey(ratio: pd.Series, name: str) -> str:
    """Return why the household survey cannot be shown.

    Args:
        ratio: Spending over income by quarter.
        name: The economy, as a sentence has it.
    """
    if len(ratio) >= SURVEY_QUARTERS and ratio.index.str.endswith("Q4").sum() > 1:
        return ""
    return f"no household survey of {name} is held for these years"


def saving(saved: pd.DataFrame, name: str) -> str:
    """Return why saving and investment cannot be shown.

    Args:
        saved: National saving and investment by year, where both are known.
        name: The economy, as a sentence has it.
    """
    if len(saved) >= SAVING_YEARS:
        return ""
    return f"fewer than ten years of national saving are published for {name}"


def labour(share: pd.Series, name: str) -> str:
    """Return why the labour share cannot be shown: unknown, or the same every year by assumption.

    Args:
        share: The labour share by year, as a ratio.
        name: The economy, as a sentence has it.
    """
    if len(share) >= 2 and np.std(share) >= CONSTANT_SHARE:
        return ""
    return f"no measured labour share is held for {name} in these years"


def ages(known: pd.DataFrame, name: str) -> str:
    """Return why the age of the population cannot be compared over time.

    Args:
        known: Shares of old people and of children by year, where both are known.
        name: The economy, as a sentence has it.
    """
    if len(known) and known.index[-1] - AGE_YEARS in known.index:
        return ""
    return f"the ages of the people of {name} are not held for two years {AGE_YEARS} years apart"


def homes(prices: pd.Series, name: str) -> str:
    """Return why house prices cannot be shown.

    Args:
        prices: By quarter.
        name: The economy, as a sentence has it.
    """
    if len(prices) >= QUARTERS:
        return ""
    return f"no house prices of {name} are held for these years"


def debt(owed: pd.Series, name: str) -> str:
    """Return why the debt of households cannot be shown.

    Args:
        owed: In per cent of GDP, by quarter.
        name: The economy, as a sentence has it.
    """
    if len(owed) >= QUARTERS:
        return ""
    return f"no figures on the debt of households in {name} are held for these years"


def confidence(index: pd.Series, name: str) -> str:
    """Return why the confidence of consumers cannot be shown.

    Args:
        index: By month.
        name: The economy, as a sentence has it.
    """
    if len(index) >= MONTHS:
        return ""
    return f"no index of consumer confidence in {name} is held for these years"


@dataclass(frozen=True)
class IncomeFigures:
    """What the rules read, of all economies."""

    tables: StudyTablesLike

    @cached_property
    def flows(self) -> select.ByEconomy:
        """The flow of funds."""
        return select.ByEconomy(self.tables.chosen("flow_of_funds"))

    @cached_property
    def bank(self) -> select.ByEconomy:
        """Saving, investment and ages of the sample, by economy and year."""
        codes = [*SAVING, *AGES]
        rows = self.tables.chosen("world_bank", series=codes)
        study = self.tables.study
        rows = rows[rows["year"].between(study.first_year, study.last)]
        wide = rows.pivot(index=["economy", "year"], columns="series", values="value")
        return select.ByEconomy(wide.reindex(columns=codes).reset_index())

    @cached_property
    def surveys(self) -> select.ByEconomy:
        """Income and spending of households."""
        return select.ByEconomy(self.tables.chosen("household_survey", series=[SPENT, EARNED]))

    @cached_property
    def labour(self) -> select.ByEconomy:
        """Labour shares."""
        rows = self.tables.chosen("penn_world_table", series=["labsh"])
        return select.ByEconomy(rows[rows["year"] >= LABOUR_FROM])

    @cached_property
    def homes(self) -> select.ByEconomy:
        """House prices."""
        return self._series("house_prices", HOMES)

    @cached_property
    def debts(self) -> select.ByEconomy:
        """What households owe."""
        return self._series("leverage", DEBT)

    @cached_property
    def moods(self) -> select.ByEconomy:
        """The confidence of consumers."""
        return self._series("labour_confidence", CONFIDENCE)

    def _series(self, table: TableName, code: str) -> select.ByEconomy:
        return select.ByEconomy(self.tables.chosen(table, series=[code]))


def left_out(own: IncomeFigures, code: str, name: str) -> dict[str, str]:
    """Return the reasons of the sections of the chapter on income and saving."""
    first, last = own.tables.study.first_year, own.tables.study.last
    flows = own.flows.of(code)["year"]
    bank = own.bank.of(code).set_index("year")
    pay = own.labour.of(code).set_index("year")["value"]
    pay = pay[pay.index.isin(own.tables.own(code, first).index)]
    ratio = spent_of_income(own.surveys.of(code), first, last)
    return {
        "income-funds": funds(sorted({*flows[flows.between(first, last)]}), name),
        "income-survey": survey(ratio, name),
        "income-saving": saving(bank[[*SAVING]].dropna(), name),
        "income-labour": labour(pay, name),
        "income-ages": ages(bank[[*AGES]].dropna(), name),
        "income-homes": homes(until(own.homes.of(code), HOMES, first, last), name),
        "income-debt": debt(until(own.debts.of(code), DEBT, first, last), name),
        "income-confidence": confidence(until(own.moods.of(code), CONFIDENCE, first, last), name),
    }
