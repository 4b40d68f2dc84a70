"""Charts of one economy against all others: beside a prediction, at its income, in a spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from rebalancing.report.charts import style
from rebalancing.report.charts.axes import frame, label_ends
from rebalancing.report.charts.chart import (
    NOT_FROM_ZERO,
    Chart,
    Rows,
    course,
    in_sentence,
    starts_above_zero,
    with_span,
)
from rebalancing.report.charts.series import Series, mark
from rebalancing.report.text import MINUS, capitalise, join, number

QUANTILES = {"q10": 0.1, "q25": 0.25, "median": 0.5, "q75": 0.75, "q90": 0.9}
_QUANTILES_IN_WORDS = {
    name: "Median" if name == "median" else f"{100 * part:.0f}th percentile"
    for name, part in QUANTILES.items()
}
BAND = {"lower tenth": 0.1, "all economies": 0.5, "upper tenth": 0.9}
_DOLLARS = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def predicted(
    data: pd.DataFrame,
    *,
    measure: str,
    names: tuple[str, str],
    level: float,
    suffix: str = "%",
) -> Chart:
    """Return a chart of what was observed beside what was predicted, with its interval.

    Args:
        data: Columns ``actual``, ``predicted``, ``lower`` and ``upper``, by year.
        measure: What is measured and in which unit, for the subtitle.
        names: What the observed and the predicted line are called.
        level: Probability that the interval is meant to cover.
        suffix: What follows the numbers of the axis.
    """
    palette = {"actual": style.ECONOMY, "predicted": style.PEERS[0]}

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        blue = palette["predicted"]
        axes.fill_between(
            data.index, data["lower"], data["upper"],
            color=blue, alpha=0.14, linewidth=0, gid=mark("predicted"),
        )  # fmt: skip
        marker = "o" if len(data) == 1 else ""
        for column, width in (("predicted", 1.4), ("actual", 2.2)):
            look: dict[str, Any] = {
                "color": palette[column],
                "linewidth": width,
                "gid": mark(column),
            }
            axes.plot(data.index, data[column], marker=marker, **look)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        ends = {column: float(data[column].iloc[-1]) for column in palette}
        said = dict(zip(palette, names, strict=True))
        label_ends(axes, ends, said, palette, emphasised="actual")
        return axes

    actual, expected = (course(data[column], suffix=suffix) for column in palette)
    end = data.iloc[-1]
    return Chart(
        draw,
        data,
        subtitle=with_span(f"{measure}; {level:.0%} prediction interval", data.index),
        alt=f"Two lines of {in_sentence(measure)}, the second with its {level:.0%} interval. "
        f"{names[0]}: {actual}. {names[1]}: {expected}, interval {number(end['lower'], 1)} to "
        f"{number(end['upper'], 1)}{suffix}.",
        note=starts_above_zero(data),
        series=[
            Series("actual", names[0], data["actual"]),
            Series("predicted", names[1], data["predicted"], (data["lower"], data["upper"])),
        ],
        suffix=suffix,
    )


def paths_by_income(
    data: pd.DataFrame,
    *,
    measure: str,
    economy: str,
    others: Sequence[str],
    names: Mapping[str, str],
    peers: Sequence[str] = (),
    suffix: str = "%",
) -> Chart:
    """Return a chart of a share against income per head, a path per economy, over all's spread.

    Args:
        data: Columns ``path``, ``income`` (dollars) and ``share``, in the order of each path; the
            paths are economies' codes and the three of `BAND`.
        measure: What is measured, in which unit and by which income, for the subtitle.
        economy: The path to draw last and accented.
        others: The other economies' paths, those of them that are known.
        names: What the labels of economies say.
        peers: Economies that keep the colours they have elsewhere.
        suffix: What follows the numbers of the axis.
    """
    path = {name: part.set_index("income")["share"] for name, part in data.groupby("path")}
    drawn = [*(code for code in others if code in path), economy]
    palette = style.colours(economy, others, peers) | {"all": style.MUTED}
    low, middle, high = (path[name] for name in BAND)
    said = {**names, "all": list(BAND)[1]}

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        axes.set_xscale("log")
        pale: dict[str, Any] = {"color": style.CONTEXT, "alpha": 0.4, "linewidth": 0}
        axes.fill_between(low.index, low, high, gid=mark("all"), **pale)
        axes.plot(middle.index, middle, color=style.MUTED, linewidth=1.0, gid=mark("all"))
        for code in drawn:
            own, width = path[code], 2.2 if code == economy else 1.4
            look: dict[str, Any] = {"color": palette[code], "gid": mark(code)}
            axes.plot(own.index, own, linewidth=width, **look)
            axes.plot(own.index[-1:], own.iloc[-1:], "o", markersize=4.5, **look)
        frame(axes, suffix=suffix, zero=False, narrow=narrow)
        incomes = pd.concat([*(path[code] for code in drawn), middle]).index
        _set_incomes(axes, float(incomes.min()), float(incomes.max()), narrow=narrow)
        # A path that ends far from the right edge carries its name where it ends.
        limit = np.exp(np.quantile(np.log(axes.get_xlim()), 0.78))
        right = [code for code in drawn if path[code].index[-1] > limit]
        for code in [code for code in drawn if code not in right]:
            look = {"color": palette[code], "gid": mark(code)}
            _name_end(axes, said.get(code, code), path[code], look, bold=code == economy)
        ends = {code: float(path[code].iloc[-1]) for code in right}
        ends["all"] = float(middle.iloc[-1])
        label_ends(axes, ends, said, palette, emphasised=economy, numbers=False)
        return axes

    places = [f"{names.get(code, code)} at {_end(path[code], suffix)}" for code in reversed(drawn)]
    return Chart(
        draw,
        data,
        subtitle=measure,
        alt=f"Paths of {in_sentence(measure)}, one per economy, over a band of all economies. "
        f"They end: {join(places)}. The median of all goes from {_end(middle[:1], suffix)} to "
        f"{_end(middle, suffix)}.",
        note="The band leaves out the lowest and the highest tenth of economies at each income; "
        "the line in it is the median. Income is on a logarithmic scale."
        + (f" {NOT_FROM_ZERO}" if data["share"].min() > 0 else ""),
        series=[
            *(Series(code, names.get(code, code), path[code]) for code in reversed(drawn)),
            Series("all", capitalise(said["all"]), middle, (low, high)),
        ],
        suffix=suffix,
        places={place: f"${number(place, 0)}" for place in data["income"]},
        across="Income",
    )


def _end(path: pd.Series, suffix: str) -> str:
    """Return where a path ends, in words: ``39.2% and $12,345``."""
    return f"{number(path.iloc[-1], 1)}{suffix} and ${number(path.index[-1], 0)}"


def _set_incomes(axes: Axes, lowest: float, highest: float, *, narrow: bool) -> None:
    """Set the axis of incomes: round dollars, few of them on a phone."""
    axes.set_xlim(lowest * 0.95, highest * 1.05)
    shown = _DOLLARS[1::2] if narrow else _DOLLARS
    axes.set_xticks([tick for tick in shown if lowest <= tick <= highest])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"${value:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())


def _name_end(
    axes: Axes, name: str, path: pd.Series, look: Mapping[str, Any], *, bold: bool
) -> None:
    """Write a path's name where it ends."""
    axes.annotate(
        name,
        (path.index[-1], path.iloc[-1]),
        xytext=(6, -2),
        textcoords="offset points",
        weight="semibold" if bold else "normal",
        va="top",
        **look,
    )


def spreads(data: pd.DataFrame, *, measure: str, own: str = "", suffix: str = "") -> Chart:
    """Return a chart of one row per entry: the median, the middle half, the middle four fifths.

    Args:
        data: The columns of `QUANTILES`, in the order to show from the top; optionally ``own``,
            the economy of interest's value.
        measure: What is measured and in which unit, for the subtitle.
        own: What the economy of interest's values are called.
        suffix: What follows the numbers of the axis.
    """
    has_own = "own" in data and data["own"].notna().any()

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        rows = np.arange(len(data))[::-1]
        blue = style.PEERS[0]
        axes.hlines(rows, data["q10"], data["q90"], color=blue, linewidth=1.2)
        axes.hlines(rows, data["q25"], data["q75"], color=blue, linewidth=7, alpha=0.35)
        axes.plot(data["median"], rows, "o", color=blue, markersize=6)
        if has_own:
            _mark_own(axes, data["own"], rows, own)
        for row, median in zip(rows, data["median"], strict=True):
            axes.annotate(
                number(median, 1),
                (median, row),
                xytext=(0, -7),
                textcoords="offset points",
                color=blue,
                ha="center",
                va="top",
            )
        axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
        axes.grid(visible=False)
        axes.grid(visible=True, axis="x")
        axes.xaxis.set_major_locator(MaxNLocator(4 if narrow else 8, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:g}{suffix}".replace("-", MINUS))
        )
        axes.set_ylim(-0.6, len(data) - 0.2)
        _name_rows(axes, rows, [str(name) for name in data.index], narrow=narrow)
        return axes

    def said(row: pd.Series) -> str:
        low, middle, high = (f"{number(row[name], 1)}{suffix}" for name in ("q10", "median", "q90"))
        its_own = f"; {own} {number(row['own'], 1)}{suffix}" if row.notna().get("own") else ""
        return f"median {middle}, middle four fifths {low} to {high}{its_own}"

    spread = [f"{name}: {said(row)}" for name, row in data.iterrows()]
    return Chart(
        draw,
        data,
        subtitle=measure,
        alt=f"A row for each spread: {in_sentence(measure)}. {'. '.join(spread)}.",
        note="Dot: median; bar: middle half; line: middle four fifths"
        + (f"; diamond: {own}." if has_own else "."),
        rows=Rows(data.rename(columns={**_QUANTILES_IN_WORDS, "own": own}).reset_index()),
    )


def _mark_own(axes: Axes, values: pd.Series, rows: np.ndarray, name: str) -> None:
    """Mark the economy of interest's values, with its name over the first."""
    axes.plot(values, rows, "D", color=style.ECONOMY, markersize=6)
    first = int(np.flatnonzero(values.notna())[0])
    axes.annotate(
        name,
        (float(values.iloc[first]), float(rows[first])),
        xytext=(0, 8),
        textcoords="offset points",
        color=style.ECONOMY,
        weight="semibold",
        ha="center",
        va="bottom",
    )


def _name_rows(axes: Axes, rows: np.ndarray, names: Sequence[str], *, narrow: bool) -> None:
    """Write the names of the rows beside them, or above them on a phone."""
    if not narrow:
        axes.set_yticks(rows, names, color=style.INK)
        return
    axes.set_yticks([])
    for row, name in zip(rows, names, strict=True):
        axes.annotate(
            name,
            (0, row + 0.18),
            xycoords=axes.get_yaxis_transform(),
            color=style.INK,
            va="bottom",
        )


def rises(
    data: pd.DataFrame,
    *,
    measure: str,
    palette: Mapping[str, str],
    names: Mapping[str, str],
    most: float = np.inf,
) -> Chart:
    """Return a chart of one dot per rise of a share: how long it took, and how far it went.

    Args:
        data: Columns ``start``, ``end``, ``years``, ``start_share`` (%), ``change`` (points of GDP)
            and ``group``, one row per rise, by economy.
        measure: What the dots are, for the subtitle.
        palette: A colour for each group, in the order to draw.
        names: What economies are called, for the table.
        most: Where the axis of changes ends; dots beyond it are drawn there.
    """

    def draw(figure: FigureBase, *, narrow: bool) -> Axes:
        axes = figure.subplots()
        size = 12 if narrow else 22
        for name, colour in palette.items():
            part = data[data["group"] == name]
            height = part["change"].clip(upper=most)
            axes.scatter(
                part["years"], height, s=size, color=colour, alpha=0.75, linewidth=0, label=name
            )
        frame(axes, suffix="", zero=True, narrow=narrow)
        axes.set_xlim(0, float(data["years"].max()) * 1.04)
        legend = axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1.01),
            ncols=2,
            handletextpad=0.1,
            columnspacing=1.2,
            borderaxespad=0,
        )
        for words, colour in zip(legend.get_texts(), palette.values(), strict=True):
            words.set_color(style.MUTED if colour == style.CONTEXT else colour)
        axes.set_xlabel("years from lowest to highest")
        axes.set_ylabel("points of GDP" if narrow else "rise, points of GDP")
        return axes

    def said(part: pd.DataFrame) -> str:
        years, points = part["years"].median(), part["change"].median()
        middle = f"{years:g} years and {number(points, 1)} points"
        return f"1, {middle}" if len(part) == 1 else f"{len(part)}, median {middle}"

    groups = [f"{name}: {said(data[data['group'] == name])}" for name in palette]
    beyond = int((data["change"] > most).sum())
    dots = "1 rise of more than {} is" if beyond == 1 else f"{beyond} rises of more than {{}} are"
    above = f"{dots.format(f'{most:g} points')} drawn at the top." if beyond else ""
    return Chart(
        draw,
        data,
        subtitle=measure,
        alt=f"Dots by length and size of each rise. All: {said(data)}; {'; '.join(groups)}.",
        note=f"Rises at an end of the data may be longer. {above}".strip(),
        rows=Rows(_listed(data, names)),
    )


def _listed(data: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the rises with their economies' names, the largest first."""
    heads = {
        "start": "From",
        "end": "To",
        "years": "Years",
        "start_share": "Share at start, %",
        "change": "Rise, points of GDP",
        "group": "Group",
    }
    ordered = data.sort_values("change", ascending=False, kind="stable")
    economies = [names.get(str(code), str(code)) for code in ordered.index]
    listed = ordered[list(heads)].rename(columns=heads)
    return listed.reset_index(drop=True).assign(Economy=economies)[["Economy", *heads.values()]]
