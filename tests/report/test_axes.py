from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.report import axes

SLACK = 1e-6

labels = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.floats(-100, 100, allow_nan=False),
    min_size=1,
    max_size=8,
)


class TestSpread:
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
