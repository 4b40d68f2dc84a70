from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from rebalancing.report.charts import bars as charts_bars
from rebalancing.report.charts import style

PALETTE = {"households": style.ECONOMY, "trade": style.PEERS[0], "residual": style.CONTEXT}


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def parts() -> pd.DataFrame:
    data = pd.DataFrame(
        {"households": [3.0, 2.0, -1.0], "trade": [1.0, -2.0, -0.5], "residual": [-0.5, 0.25, 0.0]},
        index=[2018, 2019, 2020],
    )
    return data.assign(GDP=data.sum(axis=1))


def draw(data: pd.DataFrame, **options: Any) -> Any:
    options = {"total": "GDP", "palette": PALETTE, "narrow": False} | options
    return charts_bars.stacked(Figure((7.2, 4.1)), data, **options)


def boxes(axes: Any) -> list[tuple[float, float, float]]:
    """Return the centre, lower and upper end of every bar."""
    return [
        (bar.get_x() + bar.get_width() / 2, *sorted((bar.get_y(), bar.get_y() + bar.get_height())))
        for bar in axes.patches
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_parts_are_stacked_away_from_zero_and_diamonds_are_the_total(narrow: bool) -> None:
    data = parts()
    axes = draw(data, narrow=narrow)
    by_year: dict[int, list[tuple[float, float]]] = {}
    for centre, low, high in boxes(axes):
        by_year.setdefault(round(centre), []).append((low, high))
    for year, bars in by_year.items():
        row = data.loc[year, list(PALETTE)]
        assert max(high for _, high in bars) == pytest.approx(row[row > 0].sum())
        assert min(low for low, _ in bars) == pytest.approx(row[row < 0].sum())
        assert sum(high - low for low, high in bars) == pytest.approx(row.abs().sum())
    dots = next(line for line in axes.lines if line.get_marker() == "D")
    np.testing.assert_allclose(dots.get_ydata(), data["GDP"])


def test_parts_are_named_in_their_colours_and_the_grey_one_legibly() -> None:
    axes = draw(parts())
    labels = {a.get_text(): a.get_color() for a in axes.texts if isinstance(a, Annotation)}
    assert labels == {
        "households": style.ECONOMY,
        "trade": style.PEERS[0],
        "residual": style.MUTED,
        "◆ GDP": style.INK,
    }
    assert axes.get_legend() is None


def test_words_on_the_axis_are_shortened_on_a_phone() -> None:
    data = parts().set_axis(["2006–2010", "2011–2015", "2016–2020"])
    for narrow, expected in ((False, "2006–2010"), (True, "’06–\n’10")):
        axes = draw(data, narrow=narrow)
        assert next(t.get_text() for t in axes.get_xticklabels()) == expected


def test_pairs_stand_side_by_side_with_their_numbers() -> None:
    data = pd.DataFrame(
        {"Value": [10.0, -2.5], "Volume": [8.0, np.nan]}, index=["2011–2015", "2016–2020"]
    )
    palette = {"Value": style.PEERS[0], "Volume": style.ECONOMY}
    axes = charts_bars.pairs(Figure((7.2, 4.1)), data, palette=palette, narrow=False)
    heights = [bar.get_height() for bar in axes.patches if np.isfinite(bar.get_height())]
    assert sorted(heights) == [-2.5, 8, 10]
    lefts = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(lefts))
    said = [text.get_text() for text in axes.texts]
    assert said == ["10.0", "−2.5", "8.0", "Value", "Volume"]
    assert {to_hex(bar.get_facecolor()) for bar in axes.patches} == set(palette.values())
