from __future__ import annotations

import pytest

from rebalancing.arguments import ArgumentError, check_arguments
from rebalancing.options import as_typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("2019", 2019), ("-1", -1), ("0.9", 0.9), (".5", 0.5), ("1e3", 1000.0)),
        # What Python reads as a number, and few people mean as one, stays text and is refused.
        *((text, text) for text in ("٢٠١٩", "1_0", " 5", "nan", "inf", "0x10", "²", "1" * 5000)),
        *((text, text) for text in ("latest", "CHN", "2024-07-01")),
    ],
)
def test_a_number_is_what_is_written_in_plain_digits(text: str, value: object) -> None:
    (found,) = as_typed({"field": text}).values()
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--economy", ""], "--economy: '' is empty"),
        (["report", "--economy="], "--economy: '' is empty"),
        (["compare", "CHN", "  "], "'  ' is empty"),
        (["data", "show", "x" * 10_000], "has 10,000 characters; use at most 1,000"),
        (["report", f"--peers={'x' * 10_000}"], "--peers: 'xxx"),
        (["x" * 10_000], "has 10,000 characters"),
        (["keep", "--as-of", "2024\n"], r"--as-of: '2024\n' holds a character"),
        (["data", "show", "a\x00b"], "holds a character that cannot be printed"),
        (["gallery", "\udcff"], r"'\udcff' holds a character that cannot be printed"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_named(arguments: list[str], said: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_arguments(arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_names_and_paths_in_any_script_are_allowed() -> None:
    check_arguments(["compare", "CHN", "/home/it's 100% #1 研究/a\u00a0b", "--json", "x=y", "--"])
