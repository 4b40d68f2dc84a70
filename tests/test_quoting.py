from __future__ import annotations

from rebalancing.quoting import SHOWN, cut, one_line, shown


def test_a_long_value_is_cut() -> None:
    assert shown("x") == "'x'"
    assert len(shown("x" * 1_000_000)) == SHOWN
    assert shown("\udcff\n") == r"'\udcff\n'"


def test_what_is_not_too_long_stays_as_it_is() -> None:
    assert cut("a  b\n", 5) == "a  b\n"
    assert cut("a  b\nc", 5) == "a  b…"


def test_a_line_has_no_signs_that_steer_a_terminal() -> None:
    assert one_line("\x1b[31mred\n\n\u202eback ") == "[31mred back"
    assert one_line("word " * 1000, 9) == "word wor…"
    assert one_line("a " + " " * 5 + "b", 3) == "a b"
