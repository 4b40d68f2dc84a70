from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report.charts import log, style
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart

OBSERVED = pd.Series([50.0, 49.0, 48.0, 47.5], index=range(2020, 2024))


def bands(start: int, value: float) -> pd.DataFrame:
    """Return a forecast of three years that widens by one point a year."""
    wider = range(4)
    return pd.DataFrame(
        {
            "lower": [value - step for step in wider],
            "median": value,
            "upper": [value + step for step in wider],
        },
        index=range(start, start + 4),
    )


def chart(forecasts: dict[str, pd.DataFrame], observed: pd.Series = OBSERVED) -> Chart:
    return log.by_release(observed, forecasts, measure="Consumption, % of GDP", level="80%")


@pytest.mark.parametrize(("narrow", "rows"), [(False, 2), (True, 3)])
def test_a_panel_for_each_release(narrow: bool, rows: int) -> None:
    forecasts = {str(name): bands(2021, 48.5) for name in range(5)}
    with style.house_style("test"):
        panels = chart(forecasts).draw(Figure(), narrow=narrow)
    assert [axes.get_title("left") for axes in panels] == list(forecasts)
    assert len({round(axes.get_position().y0, 3) for axes in panels}) == rows


def test_a_panel_has_the_forecast_from_its_start_and_the_newest_figures() -> None:
    with style.house_style("test"):
        (axes,) = chart({"to 2021": bands(2021, 48.5)}).draw(Figure(), narrow=False)
    median, start, newest = axes.lines
    assert (list(start.get_xdata()), list(start.get_ydata())) == ([2021], [48.5])
    assert list(median.get_xdata()) == [2021, 2022, 2023, 2024]
    assert list(newest.get_ydata()) == OBSERVED.tolist()


def test_each_forecast_of_the_latest_year_is_said_beside_the_outcome() -> None:
    made = chart({"from accounts to 2021": bands(2021, 48.5), "to 2022": bands(2022, 48.2)})
    assert made.subtitle == (
        "Consumption, % of GDP; a panel for each release, with median and 80% interval, 2020–2025"
    )
    assert made.alt == (
        "Small charts, one for each release that was forecast from. The newest release, in all of "
        "them: 50.0% in 2020, 47.5% in 2023. Forecasts from accounts to 2021, for 2023: 48.5%, 80% "
        "interval 46.5 to 50.5%; to 2022, for 2023: 48.2%, 80% interval 47.2 to 49.2%."
    )
    assert made.note == (
        "Dashed: median forecast from the figure known then (dot). Full line: the newest release. "
        f"{NOT_FROM_ZERO}"
    )
    assert made.data.loc[2023, "to 2022, upper"] == 49.2


def test_a_forecast_that_ends_earlier_or_begins_later_is_said_for_its_own_year() -> None:
    early, late = bands(2017, 50.0), bands(2023, 47.0)
    alt = chart({"to 2017": early, "to 2023": late}).alt
    assert "to 2017, for 2020: 50.0%, 80% interval 47.0 to 53.0%" in alt
    assert "to 2023, for 2024: 47.0%, 80% interval 46.0 to 48.0%" in alt
