"""What is read off a figure is what its CSV holds, where its drawing has it."""

from __future__ import annotations

import io
import json
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from rebalancing.report import charts, readout
from rebalancing.report.charts import (
    bars,
    comparison,
    curve,
    forecast,
    log,
    panels,
    scenarios,
    style,
    trends,
    vintages,
)
from rebalancing.report.charts.chart import Chart
from rebalancing.report.charts.series import columns
from rebalancing.report.text import number

YEARS = pd.Index(range(1995, 2015), name="year")
RISING = pd.Series(np.linspace(30, 44.44, 20) + np.sin(range(20)), YEARS)
BANDS = pd.DataFrame({"lower": RISING - 1, "median": RISING, "upper": RISING + 2}, YEARS)
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
NOT_ON_A_LINE = 0.02  # points; nobody sees a fiftieth


def two(index: pd.Index = YEARS) -> pd.DataFrame:
    """Two lines; one has a gap and begins late."""
    data = pd.DataFrame({"CHN": RISING.to_numpy(), "USA": RISING.to_numpy() + 9}, index)
    data.iloc[[0, 1, 7], 1] = np.nan
    return data


def trend() -> Chart:
    data = BANDS.rename(columns={"median": "trend"}).assign(observed=RISING + 0.3, other=RISING - 2)
    return charts.trend(data, measure="Share, %", level=0.8, other_label="Other")


def paths() -> Chart:
    parts = {name: pd.Series(RISING.to_numpy() + up, np.geomspace(900, 50_000, 20))
             for up, name in enumerate(comparison.BAND)}  # fmt: skip
    parts["CHN"] = pd.Series([40.0, 38, 39], [1000.0, 5000, 4000])
    data = pd.concat(parts, names=["path", "income"]).rename("share").reset_index()
    return comparison.paths_by_income(data, measure="Share", economy="CHN", others=[], names={})


def fan() -> Chart:
    ahead = BANDS.tail(5).set_axis(range(2015, 2020)).rename(
        columns={"lower": "lower_80", "upper": "upper_80"}
    )  # fmt: skip
    ahead = ahead.assign(benchmark_lower=28.0, benchmark_upper=50.0)
    drawn = {"levels": [0.8], "benchmark": ("random walk", 0.8), "targets": [50]}
    return forecast.fan(RISING, ahead, measure="Share, %", **drawn)


def small_charts() -> Chart:
    def panel(title: str, a_year: int) -> panels.Panel:
        at = [2025 + (step + 0.5) / a_year for step in range(2 * a_year)]
        return panels.Panel(title, "US$ billion", pd.Series(np.arange(2.0 * a_year), at), "x", 2)

    return panels.panels([panel("Months", 12), panel("Quarters", 4)], measure="New")


def held() -> pd.DataFrame:
    return pd.DataFrame({0.5: [52.0, 48, 51], 0.8: [81.0, 79, 83]}, pd.Index([1, 2, 3]))


MONTHS = pd.date_range("2014-01-01", periods=20, freq="MS", name="month")
KINDS: dict[str, Callable[[], Chart]] = {
    "lines": lambda: charts.lines(two(), measure="Share, %", economy="CHN"),
    "months": lambda: charts.lines(two(MONTHS), measure="Goods, US$ billion", suffix=""),
    "trend": trend,
    "gap": lambda: charts.gap(two().dropna(), measure="Shares, %", upper="CHN", lower="USA"),
    "predicted": lambda: comparison.predicted(
        BANDS.rename(columns={"median": "predicted"}).assign(actual=RISING),
        measure="Share, %", names=("China", "Predicted"), level=0.8,
    ),
    "paths": paths,
    "fan": fan,
    "coverage": lambda: forecast.coverage(
        held(), measure="Inside, %", before=held() - 2, dashed="before"
    ),
    "scores": lambda: forecast.relative_scores(
        pd.DataFrame({"ours": [-2.0, 1], "far": [3.0, 90]}, pd.Index([1, 2])),
        measure="Scores, %", emphasised="ours", coloured=["far"], benchmark="walk",
    ),
    "releases": lambda: vintages.releases(
        two().rename(columns={"CHN": "2014", "USA": "2024"}), measure="Share, %"
    ),
    "hair": lambda: vintages.hair(
        RISING, pd.DataFrame({"2010-04": RISING + 1, "2011-04": RISING - 1}),
        measure="Share, %", named={"2011-04": "2011"},
    ),
    "scenarios": lambda: scenarios.paths(
        RISING, pd.DataFrame({"1 a year": [45.0, 46]}, [2015, 2016]),
        measure="Share, %", rule="gaps",
    ),
    "filters": lambda: trends.filters(
        pd.DataFrame({"observed": RISING, "HP": RISING - 1}),
        pd.Series({"HP": 0.1}), since=2000, measure="Share, %",
    ),
    "regimes": lambda: trends.regimes(
        pd.DataFrame({"observed": RISING, "fitted": RISING - 1}),
        [(2004, 2003, 2005)], measure="Share, %", level=0.9,
    ),
    "by release": lambda: log.by_release(
        RISING, {"one": BANDS.head(5), "two": BANDS.tail(5)}, measure="Share, %", level="80%"
    ),
    "small charts": small_charts,
    "stacked": lambda: bars.stacked(
        two().dropna().assign(All=50.0), measure="Parts, %", total="All",
        palette={"CHN": style.ECONOMY, "USA": style.CONTEXT},
    ),
}  # fmt: skip


def drawn(chart: Chart, *, narrow: bool) -> Figure:
    with style.house_style("test"):
        figure = Figure(figsize=(3.6, 3.7) if narrow else (7.2, 4.1))
        chart.draw(figure, narrow=narrow)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    readout.number_marks(figure, chart)
    return figure


def read(chart: Chart) -> tuple[dict[str, Any], dict[str, ElementTree.Element]]:
    """Return what a page is given to read off a chart, and its two drawings."""
    figures = {kind: drawn(chart, narrow=kind == "narrow") for kind in ("wide", "narrow")}
    found = json.loads(json.dumps(readout.readout(chart, figures["wide"], figures["narrow"])))
    drawings = {}
    for kind, figure in figures.items():
        buffer = io.StringIO()
        with style.house_style("test"):
            figure.savefig(buffer, format="svg")
        drawings[kind] = ElementTree.fromstring(readout.with_series(buffer.getvalue()))
    return found, drawings


def numbers(text: str) -> list[float]:
    return [float(part) if part else math.nan for part in text.split(",")]


def place(panel: dict[str, Any], axis: str, value: float) -> float:
    """Return where the script of the page sees a value."""
    scale = math.log if axis in panel.get("log", []) else float
    low, high = map(scale, panel[axis])
    left, top, right, bottom = panel["box"]
    part = (scale(value) - low) / (high - low)
    return left + part * (right - left) if axis == "x" else bottom - part * (bottom - top)


def outlines(drawing: ElementTree.Element, number_of: int) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of all that is drawn for a series, in points."""
    paths = {path.get("id"): path for path in drawing.iter(f"{SVG}path")}

    def corners(path: ElementTree.Element, x: float = 0, y: float = 0) -> list[tuple[float, float]]:
        found = re.findall(r"[ML] ?(-?[\d.e-]+) (-?[\d.e-]+)", path.get("d", ""))
        return [(float(across) + x, float(down) + y) for across, down in found]

    for group in drawing.iter(f"{SVG}g"):
        if str(number_of) not in group.get("data-series", "").split():
            continue
        for path in group.iter(f"{SVG}path"):
            yield corners(path)
        for use in group.iter(f"{SVG}use"):
            x, y = float(use.get("x", 0)), float(use.get("y", 0))
            yield [(x, y)]
            yield corners(paths[use.get(LINK, "")[1:]], x, y)


def distance(point: tuple[float, float], corners: list[tuple[float, float]]) -> float:
    """Return how far a point is from a line through corners."""
    if not corners:
        return math.inf
    ends = np.array(corners)
    starts, steps = ends[:-1], np.diff(ends, axis=0)
    if len(ends) == 1:
        starts, steps = ends, np.zeros((1, 2))
    lengths = (steps**2).sum(axis=1)
    along = ((np.array(point) - starts) * steps).sum(axis=1) / np.where(lengths, lengths, 1)
    nearest = starts + np.clip(along, 0, 1)[:, None] * steps
    return float(np.hypot(*(np.array(point) - nearest).T).min())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_goes_through_each_value(kind: str) -> None:
    found, drawings = read(KINDS[kind]())
    tried = 0
    for layout, drawing in drawings.items():
        for number_of, series in enumerate(found["series"]):
            lines = [*outlines(drawing, number_of)]
            panel = next(each for each in found[layout] if number_of in each["series"])
            at = numbers(series.get("at", found.get("at")))
            for part in ("values", "low", "high"):
                values = numbers(series.get(part, ""))
                for x, y in zip(at, values, strict=False):
                    if not panel["y"][0] <= y <= panel["y"][1] or series["kind"] == "bar":
                        continue  # beyond the axis, unknown, or stacked on others
                    point = place(panel, "x", x), place(panel, "y", y)
                    assert min(distance(point, line) for line in lines) < NOT_ON_A_LINE, (part, x)
                    tried += 1
    assert tried >= 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_what_the_csv_holds(kind: str) -> None:
    chart = KINDS[kind]()
    found, _ = read(chart)
    held_by_csv = {f"{value:.6g}" for value in chart.data.select_dtypes("number").to_numpy().flat}
    shown = {
        decimals: {number(float(value), decimals) for value in held_by_csv if value != "nan"}
        for decimals in range(3)
    }
    for series in found["series"]:
        for part in ("values", "low", "high"):
            values = [value for value in numbers(series.get(part, "")) if not math.isnan(value)]
            assert part != "values" or values or "low" in series
            for value in values:
                assert number(value, series["decimals"]) in shown[series["decimals"]], part


def test_a_gap_and_a_late_beginning_have_no_value() -> None:
    found, _ = read(KINDS["lines"]())
    values = found["series"][1]["values"].split(",")
    assert [values[at] for at in (0, 1, 7)] == ["", "", ""]
    assert all(value for at, value in enumerate(values) if at not in (0, 1, 7))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "said"),
    [("lines", "number"), ("months", "day"), ("coverage", [f"{n} years ahead" for n in (1, 2, 3)])],
)
def test_places_are_called_what_readers_call_them(kind: str, said: object) -> None:
    given = read(KINDS[kind]())[0]["said"]
    assert given == ([word.replace("1 years", "1 year") for word in said]
                     if isinstance(said, list) else said)  # fmt: skip


@pytest.mark.slow
def test_small_charts_have_places_units_and_decimals_of_their_own() -> None:
    months, quarters = read(small_charts())[0]["series"]
    assert (months["said"], quarters["said"]) == ("month", "quarter")
    assert (months["unit"], months["decimals"]) == ("US$ billion", 2)
    assert len(months["at"].split(",")) == 3 * len(quarters["at"].split(","))


def test_what_a_chart_is_about_is_told_from_the_rest() -> None:
    series = {each["key"]: each for each in read(trend())[0]["series"]}
    assert [series[key]["kind"] for key in ("observed", "trend", "other")] == [
        *("dots", "line", "dashed")
    ]
    assert [key for key, each in series.items() if each.get("main")] == ["trend"]
    assert series["other"]["colour"] == "peer-1"


def test_a_series_that_is_named_and_not_drawn_is_an_error() -> None:
    data = two()
    chart = Chart(
        KINDS["lines"]().draw, data, "s", "a", series=columns(data.assign(KOR=1.0))
    )  # fmt: skip
    with pytest.raises(readout.UndrawnError, match="'KOR' and does not draw it"):
        drawn(chart, narrow=False)


def test_two_series_cannot_have_one_key() -> None:
    chart = KINDS["lines"]()
    twice = replace(chart, series=[*chart.series, *chart.series])
    with pytest.raises(readout.UndrawnError, match="two series with the key 'CHN'"):
        drawn(twice, narrow=False)


def as_a_script_rounds(value: float, decimals: int) -> str:
    """Return what toFixed gives: of two that are as near, the one away from zero."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return number(float(rounded), decimals)


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_stored_digits_show_as_the_value_does(decimals: int) -> None:
    values = [0.25, 0.35, -0.25, 2.5, 0.125, 39.949, 39.95, 1234.5, 0.0, -0.04, 1e-9, 99.9999]
    for value in [*values, *np.random.default_rng(1).normal(0, 50, 300)]:
        text = readout.stored(float(value), decimals)
        assert as_a_script_rounds(float(text), decimals) == number(float(value), decimals), value
        assert float(text) == pytest.approx(value, abs=0.006 * 10**-decimals)
        assert len(text) <= 14
    assert readout.stored(math.nan, decimals) == ""


@pytest.mark.parametrize(
    ("subtitle", "unit"),
    [
        ("Trade to America, US$ billion a month, as both count it", "US$ billion a month"),
        ("House prices, 2010 = 100, June 2005–December 2025", "2010 = 100"),
        ("Contributions, percentage points, 2005–2020", "percentage points"),
        ("Household consumption, % of GDP, 1970–2024", ""),
    ],
)
def test_the_unit_is_in_the_subtitle(subtitle: str, unit: str) -> None:
    assert readout.unit_of(subtitle) == unit


ECONOMIES = pd.Series({"CHN": 39.9, "USA": 68.0, "XYZ": -3.05}, name="share")
NAMES = {"CHN": "China", "USA": "United States"}
SLOPES = pd.DataFrame(
    {"estimate": [0.2, -0.14], "lower": [0.1, -0.2], "upper": [0.3, 0.0], "start": ["2004", "2007"]}
)
SPREAD = pd.DataFrame(
    dict(zip(comparison.QUANTILES, [[-30.0], [-20.0], [-10.0], [0.0], [2.0]], strict=True)),
    pd.Index(["Net exports"], name="item"),
)
RISES = pd.DataFrame(
    {"start": [1980], "end": [1989], "years": [9], "change": [20.0], "start_share": [50.0],
     "group": ["others"]}, ["USA"],
)  # fmt: skip
WITHOUT_SERIES: dict[str, tuple[Callable[[], Chart], list[str], list[list[str]]]] = {
    "distribution": (
        lambda: charts.distribution(
            ECONOMIES, measure="Share, %", economy="CHN", others=[], names=NAMES
        ),
        ["Economy", "Value"],
        [["United States", "68.0"], ["China", "39.9"], ["XYZ", "−3.0"]],
    ),
    "bars": (
        lambda: charts.ranked_bars(
            pd.Series({"Level": 12.34, "-5 years": np.nan}).rename_axis("choice"), measure="Part, %"
        ),
        ["Choice", "Value"],
        [["Level", "12.3"], ["−5 years", "–"]],
    ),
    "spreads": (
        lambda: comparison.spreads(SPREAD, measure="Changes, points"),
        [
            *("Item", "10th percentile", "25th percentile"),
            *("Median", "75th percentile", "90th percentile"),
        ],
        [["Net exports", "−30.0", "−20.0", "−10.0", "0.0", "2.0"]],
    ),
    "rises": (
        lambda: comparison.rises(
            RISES, measure="Rises", palette={"others": style.CONTEXT}, names=NAMES
        ),
        ["Economy", "From", "To", "Years", "Share at start, %", "Rise, points of GDP", "Group"],
        [["United States", "1980", "1989", "9", "50.0", "20.0", "others"]],
    ),
    "changes": (
        lambda: trends.average_changes(
            pd.DataFrame([["Households", "2004", 0.5, -0.1, 1.1]],
                         columns=["group", "span", "change", "lower", "upper"]),
            measure="Changes, points", level=0.8, heads=("Part", "Span"),
        ),
        ["Part", "Span", "Change", "80% interval"],
        [["Households", "2004", "0.50", "−0.10 to 1.10"]],
    ),
    "cut bars": (
        lambda: scenarios.shares_by_row(
            pd.DataFrame({"Households": [40.0], "Others": [60.0]}, pd.Index([2024], name="year")),
            measure="Parts, %",
        ),
        ["Year", "Households", "Others"],
        [["2024", "40.0", "60.0"]],
    ),
    "curve": (
        lambda: curve.curve(
            SLOPES, measure="Slopes, points", dimensions={"start": "First year"}, level=0.95
        ),
        ["Rank", "Estimate", "95% interval", "First year"],
        [["1", "−0.14", "−0.20 to 0.00", "2007"], ["2", "0.20", "0.10 to 0.30", "2004"]],
    ),
    "histograms": (
        lambda: forecast.pit_histograms(
            pd.DataFrame({"1 year": [40.0, 60]}, pd.Index(["0–50", "50–100"], name="class")),
            measure="Outcomes, %", outline=pd.DataFrame({"1 year": [50.0, 50]}, ["0–50", "50–100"]),
            outlined="before",
        ),
        ["Class", "1 year", "1 year, before"],
        [["0–50", "40.0", "50.0"], ["50–100", "60.0", "50.0"]],
    ),
}  # fmt: skip

TEXTS = {"Economy", "Choice", "Item", "Group", "Part", "Span", "Class", "First year"}
TEXTS |= {"80% interval", "95% interval"}


@pytest.mark.parametrize("kind", WITHOUT_SERIES)
def test_a_chart_without_series_is_told_as_rows(kind: str) -> None:
    make, heads, rows = WITHOUT_SERIES[kind]
    chart = make()
    found = readout.rows(chart)
    assert not chart.series
    assert (found["heads"], found["rows"]) == (heads, rows)
    assert found.get("own") == (1 if kind == "distribution" else None)
    words = [head for head, is_number in zip(heads, found["numeric"], strict=True) if not is_number]
    assert words == [head for head in heads if head in TEXTS]
