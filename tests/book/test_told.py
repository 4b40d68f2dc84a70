"""A text is told again where anything that it looked up has changed, and not otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rebalancing.book import kept
from rebalancing.book.texts.told import Told, Watched

TEXT = "{{ n('a') if has('b') else n('c') }} of {{ economy }}"
RESULTS = {"a": {"value": 1}, "b": {"value": 2}, "c": {"value": 3}}
NAMES = {"economy": "China", "year": 2024}


@pytest.mark.parametrize(
    ("results", "names", "told"),
    [
        ({}, {}, 0),
        ({"a": {"value": 4}}, {}, 1),
        ({"b": None}, {}, 1),  # and then it looks up another
        ({"c": {"value": 4}}, {}, 0),  # which it did not look up
        ({}, {"economy": "Japan"}, 1),
        ({}, {"year": 2025}, 0),
    ],
)
def test_what_a_text_looked_up_decides(
    tmp_path: Path, results: dict[str, Any], names: dict[str, Any], told: int
) -> None:
    count = []
    for more, other in (({}, {}), (results, names), (results, names)):
        watched = Watched({k: v for k, v in {**RESULTS, **more}.items() if v})

        def tell(watched: Watched = watched) -> Any:
            count.append(1)
            return watched["a" if "b" in watched else "c"]["value"]

        with kept.answers(tmp_path / "a") as ask:
            said = Told(watched, {**NAMES, **other}, ask).text("where", TEXT, tell)
        assert said == watched.results["a" if "b" in watched.results else "c"]["value"]
    assert len(count) == 1 + told
