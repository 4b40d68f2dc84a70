from __future__ import annotations

import html
import json
import re

import pytest

from rebalancing.book.sphinx import calculator_form
from rebalancing.models.accounting import arithmetic

SHARES = {
    "household consumption": 39.926817,
    "government": 16.633263,
    "investment": 40.611163,
    "net exports": 2.900483,
}


def answers(**changed: object) -> dict[str, str]:
    question = {"target": 50.0, "years": 16, "growth": 4.0, "falls": "investment", **changed}
    return calculator_form.answers(SHARES, **question)


def test_answers_are_those_of_the_models() -> None:
    shown = answers()
    gap = arithmetic.growth_gap(SHARES["household consumption"], 50, 16)
    assert shown["gap-log"] == f"{gap:.2f}"
    assert float(shown["gap-points"]) > gap  # growth compounds
    assert float(shown["consumption"].rstrip("%")) == pytest.approx(
        4 + float(shown["gap-points"]), abs=0.011
    )


def test_whoever_gives_way_gives_what_consumption_takes() -> None:
    taken = 50 - SHARES["household consumption"]
    for item in ("government", "investment", "net exports"):
        shown = answers(falls=item)
        end = SHARES[item] - taken
        sign = "−" if end < 0 else ""
        assert shown[item.replace(" ", "-")] == f"{sign}{abs(end):.1f}%"


def test_the_page_has_the_first_answer_without_a_script() -> None:
    page = calculator_form.form(SHARES, target=50.0, years=16, growth=2.3)
    shown = answers(target=50.0, years=16, growth=2.3, falls="proportional")
    for name, text in shown.items():
        assert f'<output name="{name}">{text}</output>' in page
    (stored,) = re.findall(r'data-shares="([^"]*)"', page)
    assert json.loads(html.unescape(stored)) == SHARES
    for name, value in (("target", "50"), ("years", "16"), ("growth", "2.3")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page)


def test_without_a_script_the_controls_say_that_they_change_nothing() -> None:
    page = calculator_form.form(SHARES, target=50.0, years=16, growth=2.3)
    assert '<fieldset class="controls" disabled>' in page
    assert "<noscript><p>The controls need JavaScript." in page
