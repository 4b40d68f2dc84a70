from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from rebalancing.report.charts import axes, style

SLACK = 1e-6

labels = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.floats(-100, 100, allow_nan=False),
    min_size=1,
    max_size=8,
)


class TestSpread:
    @pytest.mark.slow
    @given(labels, st.floats(0, 30), st.floats(-100, 0), st.floats(1, 300))
    def test_keeps_order_and_gap_and_limits(
        self, values: dict[str, float], gap: float, low: float, room: float
    ) -> None:
        high = low + room
        placed = axes.spread(values, gap, low, high)
        assert placed.keys() == values.keys()
        order = sorted(values, key=lambda label: values[label])
        for below, above in itertools.pairwise(order):
            assert placed[above] - placed[below] >= gap - SLACK
        if gap * (len(values) - 1) <= high - low:
            assert min(placed.values()) >= low - SLACK
            assert max(placed.values()) <= high + SLACK

    @given(labels, st.floats(0.1, 10))
    def test_leaves_alone_what_does_not_overlap(self, values: dict[str, float], gap: float) -> None:
        ordered = sorted(values.values())
        if all(above - below >= gap for below, above in itertools.pairwise(ordered)):
            assert axes.spread(values, gap, -100, 100) == pytest.approx(values, abs=SLACK)

    @given(labels, st.floats(0.1, 10))
    def test_moves_no_more_than_it_must(self, values: dict[str, float], gap: float) -> None:
        """No label is further off than all labels stacked around it would put it."""
        placed = axes.spread(values, gap, -1000, 1000)
        for label, value in values.items():
            assert abs(placed[label] - value) <= gap * (len(values) - 1) + SLACK

    def test_puts_two_of_a_kind_evenly_around_their_value(self) -> None:
        assert axes.spread({"a": 5, "b": 5}, 2, 0, 10) == {"a": 4, "b": 6}

    def test_a_pair_at_the_limit_moves_its_neighbour(self) -> None:
        placed = axes.spread({"a": 0.0, "b": 0.0, "c": 1.6}, 1, 0, 10)
        assert placed == pytest.approx({"a": 0, "b": 1, "c": 2})

    def test_where_there_is_no_room_the_gap_wins(self) -> None:
        placed = axes.spread({"a": 1, "b": 2, "c": 3}, 5, 0, 4)
        assert placed == pytest.approx({"a": -3, "b": 2, "c": 7})

    def test_nothing_is_nothing(self) -> None:
        assert axes.spread({}, 1, 0, 1) == {}


flags = st.lists(
    st.tuples(st.integers(0, 40), st.floats(3, 15)),
    min_size=1,
    max_size=7,
    unique_by=lambda f: f[0],
).map(lambda drawn: [axes.Flag(float(at), width, True) for at, width in sorted(drawn)])


def span(flag: axes.Flag, side: axes.Side) -> tuple[float, float]:
    left = flag.place - flag.width * {"center": 0.5, "left": 0.0, "right": 1.0}[side]
    return left, left + flag.width


class TestArrange:
    @given(flags)
    def test_no_name_covers_another(self, given_flags: list[axes.Flag]) -> None:
        spots = list(zip(given_flags, axes.arrange(given_flags, -20, 60), strict=True))
        for (one, (row, side)), (other, (other_row, other_side)) in itertools.combinations(
            spots, 2
        ):
            (begin, end), (other_begin, other_end) = span(one, side), span(other, other_side)
            assert row != other_row or end <= other_begin or other_end <= begin

    def test_two_neighbours_turn_away_from_each_other(self) -> None:
        near = [axes.Flag(10, 8, True), axes.Flag(11, 8, True)]
        assert axes.arrange(near, 0, 30) == [(0, "right"), (0, "left")]

    def test_no_line_crosses_the_name_below_it(self) -> None:
        near = [axes.Flag(place, 10, True) for place in (10, 12, 14)]
        spots = axes.arrange(near, 0, 30)
        for (lower, (row, side)), (upper, (above, _)) in itertools.permutations(
            zip(near, spots, strict=True), 2
        ):
            begin, end = span(lower, side)
            assert above <= row or not begin < upper.place < end

    def test_names_of_one_place_stand_on_each_other(self) -> None:
        stack = [axes.Flag(10, 8, True), axes.Flag(10, 8, False)]
        assert axes.arrange(stack, 9, 11) == [(0, "center"), (1, "center")]

    def test_nothing_takes_no_row(self) -> None:
        assert axes.arrange([], 0, 1) == []


def test_dates_are_few_on_a_phone() -> None:
    with style.house_style("test", size=9.5):
        figure = Figure((3.6, 3.7))
        months = pd.date_range("2014-01", "2025-06", freq="MS")
        inside = figure.subplots()
        inside.plot(months, range(len(months)))
        axes.frame(inside, suffix="", zero=True, narrow=True)
        figure.draw_without_rendering()
        boxes = [label.get_window_extent() for label in inside.get_xticklabels()]
        assert 3 <= len(boxes) <= 6
        assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
        assert {len(label.get_text()) for label in inside.get_xticklabels()} == {4}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [17, 28, 35])
def test_two_to_three_years_of_months_have_a_step_that_fits_a_phone(count: int) -> None:
    with style.house_style("test", size=9.5):
        figure = Figure((3.6, 3.7))
        inside = figure.subplots()
        inside.plot(pd.date_range("2024-01", periods=count, freq="MS"), range(count))
        axes.frame(inside, suffix="", zero=True, narrow=True)
        figure.draw_without_rendering()
        boxes = [label.get_window_extent() for label in inside.get_xticklabels()]
        assert 2 <= len(boxes) <= 6
        assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
