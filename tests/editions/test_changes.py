from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.editions import changes


def result(key: str, value: float | str, unit: str = "% of GDP", period: str = "2023") -> Any:
    text = f"{value:.1f}" if isinstance(value, float) else str(value)
    texts = {"definition": f"What {key} is", "chapter": "02", "text": text, "period": period}
    return {"key": key, "value": value, "unit": unit, **texts}


def edition(*results: Any) -> dict[str, Any]:
    return {"results": list(results)}


def test_moves_come_in_points_first_and_the_largest_first() -> None:
    before = edition(
        result("a", 10.0), result("b", 20.0), result("c", 100.0, "US$ billion"), result("d", "x")
    )
    after = edition(
        result("a", 11.0), result("b", 15.0), result("c", 150.0, "US$ billion"), result("d", "y")
    )
    found = changes.compare_results(before, after)
    assert [(move.key, move.size) for move in found.moved] == [
        ("b", -5.0),
        ("a", 1.0),
        ("c", 50.0),
        ("d", 0.0),
    ]


def test_what_is_less_than_printed_is_counted_apart() -> None:
    found = changes.compare_results(edition(result("a", 1.01)), edition(result("a", 1.02)))
    assert (len(found.moved), found.unseen, found.same) == (0, 1, 0)


def test_what_machines_round_differently_is_the_same() -> None:
    low, high = result("a", 1.25 - 1e-12), result("a", 1.25 + 1e-12)
    assert low["text"] != high["text"]
    found = changes.compare_results(edition(low), edition(high))
    assert (len(found.moved), found.unseen, found.same) == (0, 0, 1)


def test_a_new_year_alone_is_a_move() -> None:
    found = changes.compare_results(
        edition(result("a", 1.0)), edition(result("a", 1.0, period="2024"))
    )
    assert found.moved[0].period_after == "2024"


def test_new_and_gone_keys_are_listed() -> None:
    found = changes.compare_results(edition(result("a", 1.0)), edition(result("b", 1.0)))
    assert (found.new, found.gone) == (("b",), ("a",))


def test_p_values_are_told_as_differences() -> None:
    before, after = (edition(result("p", p, "p-value")) for p in (0.1, 0.4))
    move = changes.compare_results(before, after).moved[0]
    assert (move.measure, round(move.size, 9)) == (changes.DIFFERENCE, 0.3)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four."]), unique=True))
def test_a_page_has_no_differences_from_itself(sentences: list[str]) -> None:
    assert changes.sentences(sentences, sentences) == []


def test_sentences_are_paired_with_their_former_wording() -> None:
    pairs = changes.sentences(["It rose by 1.", "Same."], ["It fell by 2.", "Same.", "More."])
    assert pairs == [
        {"before": "It rose by 1.", "after": "It fell by 2."},
        {"before": "", "after": "More."},
    ]


def test_verdicts_that_changed() -> None:
    before = {"x": {"claim": "X", "verdict": "holds"}, "y": {"claim": "Y", "verdict": "holds"}}
    after = {"x": {"claim": "X", "verdict": "does not hold"}, "y": before["y"]}
    assert changes.verdicts(before, after) == [
        {"claim": "X", "before": "holds", "after": "does not hold"}
    ]
