from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rebalancing.report.charts import panels, style


def panel(title: str, *values: float) -> panels.Panel:
    course = pd.Series(values, [2024 + place / 12 for place in range(len(values))])
    return panels.Panel(title, "% on a year before", course, f"{values[-1]:.1f} in July 2026")


SHOWN = [panel("Retail sales", 3.7, 0.6), panel("Producer prices", -1.0, 3.5), panel("Other", 1.0)]


def draw(*, narrow: bool = False) -> list[Axes]:
    with style.house_style("test"):
        drawn = panels.panels(SHOWN, measure="Newest months").draw(Figure(), narrow=narrow)
    assert isinstance(drawn, list)
    return drawn


@pytest.mark.parametrize(("narrow", "rows"), [(False, 1), (True, 2)])
def test_a_chart_for_each_series_that_ends_in_its_number(narrow: bool, rows: int) -> None:
    drawn = draw(narrow=narrow)
    assert [axes.get_title("left") for axes in drawn] == [
        "Retail sales",
        "Producer prices",
        "Other",
    ]
    assert len({round(axes.get_position().y0, 3) for axes in drawn}) == rows
    assert [axes.texts[-1].get_text() for axes in drawn] == ["0.6", "3.5", "1.0"]
    assert {axes.texts[0].get_text() for axes in drawn} == {"% on a year before"}


def test_zero_is_marked_only_where_a_series_crosses_it() -> None:
    assert [len(axes.lines) for axes in draw()] == [2, 3, 2]


def test_more_rows_make_the_figure_taller_not_the_charts_smaller() -> None:
    few, many = Figure(figsize=(7.2, 4.1)), Figure(figsize=(7.2, 4.1))
    with style.house_style("test"):
        panels.panels(SHOWN, measure="Newest").draw(few, narrow=False)
        panels.panels(SHOWN * 4, measure="Newest").draw(many, narrow=False)
    assert many.get_size_inches()[1] > 1.5 * few.get_size_inches()[1]


def test_each_newest_figure_is_said_in_words() -> None:
    made = panels.panels(SHOWN, measure="Newest months")
    assert made.alt.startswith(
        "Small line charts, one for each series. Newest figures: Retail sales"
    )
    assert "Producer prices, % on a year before: 3.5 in July 2026" in made.alt
    assert next(iter(made.data.columns)) == "Retail sales, % on a year before"
