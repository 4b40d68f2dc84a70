"""How the benchmark of stability tells results apart, without running chapters."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[1] / "benchmarks" / "stability.py"


@pytest.fixture(scope="module")
def stability() -> Any:
    spec = importlib.util.spec_from_file_location("stability", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recorded(value: object, text: str) -> dict[str, Any]:
    return {"a.b": {"value": value, "text": text}}


def test_a_difference_is_told_by_its_size_and_in_digits(stability: Any) -> None:
    (found,) = stability.differences(recorded(2.0, "2.0%"), recorded(2.001, "2.0%"))
    key, size, part, seen = found
    assert (key, seen) == ("a.b", False)
    assert size == pytest.approx(0.001 / 2.001)
    assert part == pytest.approx(0.01)


def test_other_words_are_seen_and_the_same_is_nothing(stability: Any) -> None:
    words = stability.differences(recorded("rising", "rising"), recorded("falling", "falling"))
    assert [one[3] for one in words] == [True]
    assert list(stability.differences(recorded(1.5, "1.5"), recorded(1.5, "1.5"))) == []


def test_a_row_counts_what_differs(stability: Any) -> None:
    row = stability.compared("Zen", recorded(2.0, "2.0%"), recorded(2.001, "2.0%"))
    assert row == ("Zen", "1", "1", "0", "5.0e-04", "1.0e-02")


def test_results_of_one_of_the_two_only_end_it(stability: Any) -> None:
    with pytest.raises(SystemExit, match=r"in one of the two only: a\.b"):
        list(stability.differences(recorded(1, "1"), {}))


@pytest.mark.parametrize(("text", "number"), [("1,234", 0), ("12.35%", 2), ("−0.5 points", 1)])
def test_decimals_of_what_is_printed(stability: Any, text: str, number: int) -> None:
    assert stability.decimals(text) == number
