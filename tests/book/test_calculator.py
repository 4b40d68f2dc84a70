"""The calculator's script gives the answers of the Python models, digit by digit."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebalancing.book.sphinx import calculator_form
from rebalancing.errors import ReportWarning

from .conftest import Probe

SHARES = {
    "household consumption": 39.926817,
    "government": 16.633263,
    "investment": 40.611163,
    "net exports": -2.900483,
}
QUESTIONS = [
    {"target": target, "years": years, "growth": growth, "falls": falls}
    for target, years, growth, falls in itertools.product(
        (30.0, 40.0, 47.5, 62.5, 95.0),
        (2, 7, 16, 40),
        (0.0, 4.5, 10.0),
        ("proportional", "government", "investment", "net exports"),
    )
]
SCRIPT = """
const form = document.querySelector("form.calculator");
const names = ["gap-log", "gap-points", "consumption", "government", "investment", "net-exports"];
return QUESTIONS.map((question) => {
  for (const [name, value] of Object.entries(question)) form.elements[name].value = value;
  form.dispatchEvent(new Event("input"));
  return Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
});
"""


@pytest.fixture
def page(site: Path) -> Iterator[str]:
    """A page with the calculator alone; the site is shared with other tests."""
    form = calculator_form.form(SHARES, target=50.0, years=16, growth=4.0)
    script = '<script src="_static/calculator.js"></script>'
    page = site / "calculator.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{form}{script}', encoding="utf-8")
    yield page.name
    page.unlink()


def test_the_address_asks_within_bounds_and_keeps_what_is_asked(page: str, probe: Probe) -> None:
    script = """
    const form = document.querySelector("form.calculator");
    const read = () => ["target", "years", "growth", "falls", "impossible"]
      .map((name) => form.elements[name].value);
    const asked = read();
    form.elements.target.value = 45;
    form.dispatchEvent(new window.Event("input"));
    const kept = new URLSearchParams(window.location.search);
    return [asked, read(), kept.get("target"), kept.get("other")]"""
    address = f"{page}?target=400&years=7&growth=much&falls=investment&other=1"
    asked, changed, kept, other = probe(address, script)
    assert asked == [
        "95",
        "7",
        "4",
        "investment",
        "This cannot be: investment would be below zero.",
    ]
    assert changed == ["45", "7", "4", "investment", ""]
    assert (kept, other) == ("45", "1")
    assert probe(f"{page}?falls=nobody", script)[0][3] == "proportional"


def test_script_and_models_agree_to_the_last_digit_shown(page: str, probe: Probe) -> None:
    said = probe(page, SCRIPT.replace("QUESTIONS", json.dumps(QUESTIONS)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReportWarning)
        expected = [calculator_form.answers(SHARES, **question) for question in QUESTIONS]
    assert len(said) == len(QUESTIONS) == 240
    assert said == expected
