from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from rebalancing.report.charts import style, vintages


@pytest.fixture(autouse=True)
def in_house_style() -> Any:
    with style.house_style("test"):
        yield


def shares() -> pd.DataFrame:
    data = pd.DataFrame({"2014": 38.0, "2020": 38.5, "2024": 39.0}, index=range(2000, 2025))
    data.loc[2015:, "2014"] = np.nan
    data.loc[2021:, "2020"] = np.nan
    return data


def draw(**options: Any) -> Any:
    return vintages.releases(Figure((7.2, 4.1)), shares(), **{"narrow": False} | options)


def test_each_release_is_a_line_of_its_own_and_none_is_joined() -> None:
    lines = [line for line in draw().lines if len(line.get_xdata()) > 2]
    assert [len(line.get_xdata()) for line in lines] == [15, 21, 25]
    assert all(len(set(line.get_ydata())) == 1 for line in lines)


def test_the_newest_is_accented_and_older_ones_are_fainter() -> None:
    *older, newest = [line for line in draw().lines if len(line.get_xdata()) > 2]
    assert to_hex(newest.get_color()) == style.ECONOMY
    assert newest.get_linewidth() > older[0].get_linewidth()
    assert [to_hex(line.get_color()) for line in older] == [style.MUTED] * 2
    assert older[0].get_alpha() < older[1].get_alpha() < newest.get_alpha()


def test_releases_are_named_and_the_newest_in_full_where_there_is_room() -> None:
    for narrow, newest in ((False, "Release to 2024"), (True, "2024")):
        said = {a.get_text() for a in draw(narrow=narrow).texts if isinstance(a, Annotation)}
        assert said == {"2014", "2020", newest}


@pytest.mark.parametrize("narrow", [False, True])
def test_older_releases_are_named_where_they_end_clear_of_lines_and_names(narrow: bool) -> None:
    years = np.arange(2000, 2025)
    path = 40 - 0.4 * np.abs(years - 2010) + 0.3 * np.sin(years)
    data = pd.DataFrame({str(end): path + 0.04 * (2024 - end) for end in (2014, 2022, 2023, 2024)})
    data.index = years
    for end in (2014, 2022, 2023):
        data.loc[end + 1 :, str(end)] = np.nan
    figure = Figure((3.6, 3.7) if narrow else (7.2, 4.1))
    axes = vintages.releases(figure, data, narrow=narrow)
    labels = {a.get_text(): a for a in axes.texts if isinstance(a, Annotation)}
    figure.draw_without_rendering()
    boxes = []
    for end in ("2014", "2022", "2023"):
        assert labels[end].xy == pytest.approx((int(end), data.loc[int(end), end]))
        box = labels[end].get_window_extent()
        assert not any(box.overlaps(other) for other in boxes)
        boxes.append(box)


def test_estimates_have_their_intervals_and_what_is_said_now() -> None:
    data = pd.DataFrame(
        {"value": [0.2, 0.4], "lower": [-0.1, 0.1], "upper": [0.5, 0.7], "now": [0.3, 0.4]},
        index=["2020", "2024"],
    )
    axes = vintages.estimates(Figure((7.2, 4.1)), data, narrow=False, labels=("At the time", "Now"))
    (spans,) = axes.collections
    ends = [sorted(segment[:, 1]) for segment in spans.get_segments()]
    np.testing.assert_allclose(ends, data[["lower", "upper"]])
    drawn = {
        line.get_marker(): line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 2
    }
    np.testing.assert_allclose(drawn["o"], data["value"])
    np.testing.assert_allclose(drawn["D"], data["now"])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2020", "2024"]
