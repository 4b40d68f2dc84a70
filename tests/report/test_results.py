from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rebalancing.report.results import Result, ResultError, Results, merge
from rebalancing.report.text import UnitError

FIELDS = ["key", "value", "unit", "period", "definition", "release", "chapter", "cell", "text"]
EDITION = {"name": "CHN", "parameters": {"economy": "CHN"}}


def record(results: Results, key: str, value: Any = 39.93, **changes: Any) -> Result:
    meaning = {"unit": "% of GDP", "period": 2024, "definition": "A share", "release": "ama 2024"}
    return results.record(key, value, **(meaning | changes))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class TestRecord:
    def test_writes_the_chapters_part_at_once(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "02_consumption", lambda: "shares")
        result = record(results, "share.latest", definition="  Household\n consumption ")
        assert str(result) == "39.9%"
        assert f"{result} of GDP" == "39.9% of GDP"
        part = read(tmp_path / "results" / "02_consumption.json")
        assert part == {
            "chapter": "02_consumption",
            "left_out": {},
            "results": [
                {
                    "key": "share.latest",
                    "value": 39.93,
                    "unit": "% of GDP",
                    "period": "2024",
                    "definition": "Household consumption",
                    "release": "ama 2024",
                    "chapter": "02_consumption",
                    "cell": "shares",
                    "text": "39.9%",
                }
            ],
        }

    def test_can_be_looked_up_again(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "a")
        assert record(results, "x") is results["x"]
        with pytest.raises(ResultError, match="a has not recorded y"):
            results["y"]

    def test_again_in_the_same_chapter_replaces(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "a")
        record(results, "x", 1.0)
        record(results, "x", 2.0)
        assert [result["value"] for result in read(results.path)["results"]] == [2.0]

    def test_is_sorted_whatever_the_order(self, tmp_path: Path) -> None:
        for folder, keys in (
            ("one", ["b", "a.b", "a", "a.USA"]),
            ("two", ["a.USA", "a", "a.b", "b"]),
        ):
            results = Results(tmp_path / folder, "a")
            for key in keys:
                record(results, key)
        part = read(tmp_path / "one" / "results" / "a.json")
        assert [result["key"] for result in part["results"]] == ["a", "a.USA", "a.b", "b"]
        paths = [tmp_path / folder / "results" / "a.json" for folder in ("one", "two")]
        assert paths[0].read_bytes() == paths[1].read_bytes()

    @pytest.mark.parametrize(
        ("value", "kind"), [(np.float64(2.5), float), (np.int64(3), int), (np.float32(0.5), float)]
    )
    def test_keeps_plain_numbers(self, tmp_path: Path, value: Any, kind: type) -> None:
        results = Results(tmp_path, "a")
        assert type(record(results, "x", value).value) is kind
        assert read(results.path)["results"][0]["value"] == value

    def test_keeps_all_digits(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "a")
        record(results, "x", 1 / 3)
        assert read(results.path)["results"][0]["value"] == 1 / 3

    def test_of_nothing_published_says_so(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "a")
        assert str(record(results, "x", None)) == "not published"
        assert read(results.path)["results"][0]["value"] is None

    @pytest.mark.parametrize("value", [math.nan, math.inf, np.float64("nan"), np.float64("-inf")])
    def test_refuses_what_is_not_finite_and_keeps_the_rest(
        self, tmp_path: Path, value: float
    ) -> None:
        results = Results(tmp_path, "a")
        record(results, "x", 1.0)
        before = results.path.read_bytes()
        with pytest.raises(UnitError):
            record(results, "y", value)
        record(results, "x", 1.0)
        assert results.path.read_bytes() == before

    def test_refuses_an_unknown_unit(self, tmp_path: Path) -> None:
        results = Results(tmp_path, "a")
        with pytest.raises(UnitError, match="'furlongs'"):
            record(results, "x", unit="furlongs")
        assert not results.path.exists()

    @pytest.mark.parametrize("key", ["", "Share", "share latest", "1.share", "a..b", "a.", "a-b"])
    def test_refuses_a_key_of_another_form(self, tmp_path: Path, key: str) -> None:
        with pytest.raises(ResultError, match="lower-case words joined by dots"):
            record(Results(tmp_path, "a"), key)

    @pytest.mark.parametrize(
        "key", ["a", "share.peer.USA.latest", "share.peer.EU27.latest", "a1.b_2"]
    )
    def test_takes_keys_with_codes(self, tmp_path: Path, key: str) -> None:
        assert record(Results(tmp_path, "a"), key).key == key

    def test_tells_of_each_change(self, tmp_path: Path) -> None:
        told: list[int] = []
        results = Results(tmp_path, "a", after_change=lambda: told.append(1))
        record(results, "x")
        results.leave_out("partners", "none")
        assert len(told) == 2


class TestMerge:
    def test_joins_chapters_and_shared_ones_sorted(self, tmp_path: Path) -> None:
        record(Results(tmp_path / "CHN", "02_consumption"), "consumption.share")
        record(Results(tmp_path / "CHN", "07_exports"), "balance")
        record(Results(tmp_path / "shared", "01_clean"), "data.count", 7, unit="count")
        record(Results(tmp_path / "JPN", "02_consumption"), "of.another.edition")
        path = merge(tmp_path / "CHN", EDITION)
        assert path == tmp_path / "CHN" / "results.json"
        content = read(path)
        assert list(content) == ["edition", "left_out", "results"]
        assert content["edition"] == EDITION
        assert [(result["key"], result["chapter"]) for result in content["results"]] == [
            ("balance", "07_exports"),
            ("consumption.share", "02_consumption"),
            ("data.count", "01_clean"),
        ]
        assert all(list(result) == FIELDS for result in content["results"])

    def test_gives_the_same_bytes_whatever_ran_first(self, tmp_path: Path) -> None:
        for folder, order in (("one", ["a", "b"]), ("two", ["b", "a"])):
            for chapter in order:
                results = Results(tmp_path / folder / "CHN", chapter)
                record(results, f"{chapter}.x")
                results.leave_out(f"{chapter}_section", "no data")
        paths = [merge(tmp_path / folder / "CHN", EDITION) for folder in ("one", "two")]
        assert paths[0].read_bytes() == paths[1].read_bytes()
        merge(paths[0].parent, EDITION)
        assert paths[0].read_bytes() == paths[1].read_bytes()

    def test_refuses_a_key_of_two_chapters_and_keeps_the_last_good_file(
        self, tmp_path: Path
    ) -> None:
        record(Results(tmp_path / "CHN", "02_consumption"), "share")
        path = merge(tmp_path / "CHN", EDITION)
        before = path.read_bytes()
        record(Results(tmp_path / "CHN", "07_exports"), "share")
        with pytest.raises(ResultError) as caught:
            merge(tmp_path / "CHN", EDITION)
        message = str(caught.value)
        assert "share is recorded by 02_consumption and by 07_exports" in message
        assert path.read_bytes() == before

    def test_refuses_a_key_of_a_chapter_and_a_shared_one(self, tmp_path: Path) -> None:
        record(Results(tmp_path / "shared", "01_clean"), "share")
        record(Results(tmp_path / "CHN", "02_consumption"), "share")
        with pytest.raises(ResultError, match="01_clean and by 02_consumption"):
            merge(tmp_path / "CHN", EDITION)

    def test_of_nothing_is_an_edition_without_results(self, tmp_path: Path) -> None:
        content = read(merge(tmp_path / "build" / "CHN", EDITION))
        assert content == {"edition": EDITION, "left_out": {}, "results": []}

    def test_says_what_was_left_out(self, tmp_path: Path) -> None:
        results = Results(tmp_path / "CHN", "07_exports")
        results.leave_out("partners", "no customs figures are held")
        content = read(merge(tmp_path / "CHN", EDITION))
        assert content["left_out"] == {"partners": "no customs figures are held"}
