"""Notes that are functions of numbers and names."""

from __future__ import annotations

import pandas as pd

from rebalancing.report import notes
from rebalancing.report.text import MINUS

SHARES = pd.DataFrame({"Consumption": [51.9, 50.75], "Exports": [13.6, 10.0]}, [1985, 1990])


def test_shares_are_told_by_year_and_by_average() -> None:
    assert notes.shares_then(SHARES.iloc[0]) == "In 1985: consumption 51.9%, exports 13.6%."
    means = {year: SHARES.loc[year] for year in (1985, 1990)}
    assert notes.between_averages(means, 5) == (
        "Changes are between the averages of the five years to 1985 and to 1990, from 51.9 to "
        "50.8% of GDP (consumption) and from 13.6 to 10.0% of GDP (exports)."
    )


def test_what_all_have_is_no_note() -> None:
    assert notes.without_imports([]) == ""
    assert notes.without_imports(["A's", "B's"]) == "A's and B's imports by kind are not held."


def test_projected_years_are_told_where_there_are_any() -> None:
    assert notes.volumes_of_the_fund([]) == "Volume: the International Monetary Fund."
    assert notes.volumes_of_the_fund(pd.Index([2025, 2026])) == (
        "Volume: the International Monetary Fund, 2025, 2026 as projected."
    )


def test_trade_inside_the_union_is_taken_off_its_members_where_they_are_shown() -> None:
    world = notes.without_union(0.6)
    assert world.startswith("Without trade inside the EU: assuming that 60% of the EU’s")
    assert notes.without_union(0.6, has_members=True) == (
        f"{world.removesuffix('.')}; members' own sales inside are taken off too."
    )


def test_revisions_are_told_of_those_that_have_any() -> None:
    revisions, names = pd.Series({"USA": -0.184, "DEU": 0.0}), {"USA": "America", "DEU": "Germany"}
    assert notes.compared_revisions(revisions, ["USA", "JPN", "DEU"], names) == (
        f"Economies to compare with: America {MINUS}0.18, Germany 0.00."
    )
    assert notes.compared_revisions(revisions, ["JPN"], names) == (
        "Economies to compare with: none has a figure in both."
    )


def test_a_caution_is_said_once() -> None:
    several = ["55 observations are few.", "Lags by BIC.", "1,054 observations are few."]
    assert notes.once(several) == ["55 observations are few.", "Lags by BIC."]
    assert notes.once([]) == []
