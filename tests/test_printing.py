from __future__ import annotations

import re

import pytest

from rebalancing import headed_tables, printing
from rebalancing.headed_tables import Section

LONG = "Household final consumption expenditure at constant prices, by purpose, and so on " * 2


def test_what_is_too_long_is_wrapped_and_not_cut() -> None:
    rows = [(f"{LONG} one", "1"), (f"{LONG} two", "2")]
    said = printing.plain(printing.table(("What", "Value"), rows, right=(1,)))
    assert max(map(len, said.splitlines())) <= printing.WIDTH
    assert "one" in said
    assert "two" in said
    assert " ".join(said.split()).count("and so on") == 4


def test_a_word_without_an_end_is_folded() -> None:
    said = printing.plain(printing.table(("", ""), [("x" * 300, "y" * 300)]))
    assert max(map(len, said.splitlines())) <= printing.WIDTH
    assert (said.count("x"), said.count("y")) == (300, 300)


@pytest.mark.parametrize("figure", ["12.7% (January to July 2026)", "12.7% (January to July)"])
def test_a_key_breaks_after_a_dot_and_nowhere_else(
    figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    keys = ["robustness.recent.other_ends.share_positive", "claims.export_share_ex_intra_eu.tried"]
    rows = tuple((LONG, key, figure, figure, "−10.75 points") for key in keys)
    columns = ("What", "Key", "Before", "After", "Change")
    said = headed_tables.text([Section("", "", columns, rows, (2, 3, 4), is_folded=True)])
    lines = said.splitlines()
    assert max(map(len, lines)) <= printing.WIDTH
    assert not any(key in said for key in keys), "they should be too long for their column"
    for part in ".".join(keys).split("."):
        assert re.search(rf"\b{part}\b", said), f"{part} is broken"


def test_words_make_room_for_figures() -> None:
    rows = [(LONG, "1,234.5 (2013–2024)", "+12.34 points")]
    said = printing.plain(printing.table(("What", "Before", "Change"), rows, right=(1, 2)))
    assert said.splitlines()[1].endswith("1,234.5 (2013–2024)  +12.34 points")


def test_words_are_no_markup_and_steer_no_terminal() -> None:
    said = printing.plain(printing.table(("",), [("[bold]50%[/] of\x1b[31m it",)]))
    assert said == "[bold]50%[/] of [31m it\n"


@pytest.mark.parametrize("name", ["FORCE_COLOR", "CLICOLOR_FORCE"])
def test_what_is_kept_has_no_colours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("COLUMNS", "40")
    section = Section("Heading", "A note.", ("a",), (("b" * 60,),))
    assert headed_tables.text([section]) == f"Heading\nA note.\n  a\n  {'b' * 60}\n"


def test_a_note_that_was_just_said_is_not_said_again() -> None:
    sections = [Section(heading, "A note.", (), ()) for heading in ("One", "Two")]
    assert headed_tables.text(sections, "Head") == "Head\n\nOne\nA note.\n\nTwo\n"


def test_a_folded_table_has_its_second_column_below_the_first() -> None:
    section = Section("", "", ("What", "Key", "Value"), (("a", "k.1", "1"),), (2,), is_folded=True)
    lines = headed_tables.text([section]).splitlines()
    assert [line.split() for line in lines[1:]] == [["What", "Value"], ["a", "1"], ["k.1"]]
