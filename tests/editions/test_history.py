from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rebalancing.book.pages import history_figure
from rebalancing.editions import history

FRONT = ["share", "gap", "count", "word"]


def edition(share: float, **releases: str) -> dict[str, Any]:
    fields = {"definition": "What households buy, % of GDP", "period": "2024"}
    values = (
        ("share", share, "% of GDP"),
        ("gap", -2.0, "percentage points"),
        ("count", 5, "count"),
        ("word", "rising", "finding"),
        ("other", 1.0, "% of GDP"),
    )
    return {
        "edition": {
            "releases": {
                who: {"release": name, "date": f"{name}-01"} for who, name in releases.items()
            }
        },
        "results": [
            {"key": key, "value": value, "unit": unit, **fields} for key, value, unit in values
        ],
    }


def kept(*found: dict[str, Any]) -> list[history.HistoryRow]:
    rows: list[history.HistoryRow] = []
    before = None
    for each in found:
        rows = history.after(rows, each, FRONT, before)
        before = each
    return rows


def test_each_set_of_releases_adds_the_numbers_of_the_front_page() -> None:
    rows = kept(edition(39.0, un="2024", wb="2025"), edition(40.0, un="2024", wb="2026"))
    assert [(r["edition"], r["key"], r["value"]) for r in rows] == [
        ("1", "share", "39.0"), ("1", "gap", "-2.0"), ("2", "share", "40.0"), ("2", "gap", "-2.0"),
    ]  # fmt: skip
    assert [(r["because"], r["released"]) for r in rows[::2]] == [
        ("the first kept", "2025-01"),
        ("wb 2026", "2026-01"),
    ]


def test_other_code_on_the_same_releases_takes_the_place() -> None:
    rows = kept(edition(39.0, un="2024"), edition(40.0, un="2025"), edition(41.0, un="2025"))
    shares = [(r["edition"], r["value"], r["because"]) for r in rows if r["key"] == "share"]
    assert shares == [("1", "39.0", "the first kept"), ("2", "41.0", "un 2025")]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = kept(edition(39.0, un="2024"), edition(40.0, un="2025"))
    (tmp_path / history.NAME).write_text(history.text(rows))
    assert history.read_history(tmp_path) == rows
    assert history.read_history(tmp_path / "elsewhere") == []


def test_numbers_that_only_one_edition_has_are_not_drawn() -> None:
    rows = kept(edition(39.0, un="2024"), edition(40.0, un="2025"))
    rows = [row for row in rows if (row["edition"], row["key"]) != ("1", "gap")]
    ((row, course),) = history_figure.courses(rows)
    assert (row["key"], course) == ("share", {1: 39.0, 2: 40.0})
    assert history_figure.courses(rows[:1]) == []


@pytest.mark.slow
def test_the_figure_has_a_chart_for_each_number(tmp_path: Path) -> None:
    rows = kept(edition(39.0, un="2024"), edition(40.0, un="2025"))
    history_figure.save(rows, "latest", tmp_path)
    (data,) = tmp_path.rglob("numbers-by-edition.csv")
    lines = data.read_text().splitlines()
    assert lines[0].startswith("edition,")
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2"]
    assert [entry["because"] for entry in history_figure.releases(rows)] == [
        "the first kept",
        "un 2025",
    ]
