"""Figures that answer, in a browser: what is read, switched, shared and shown as a table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from browser import Browser

from rebalancing.report.text import number

from .conftest import Probe

pytestmark = [pytest.mark.slow, pytest.mark.browser]

WORLD = "02_consumption/world"
PAGES = ("02_consumption.html", "07_exports.html")
# Steps through all places of each figure from the keyboard, and says what was read.
READ = """
  const found = {};
  for (const figure of document.querySelectorAll("[data-values]:not([data-rows])")) {
    const reader = figure.querySelector(".figure-reader"), said = [];
    const press = async (key) => {
      reader.dispatchEvent(new window.KeyboardEvent("keydown", { key, cancelable: true }));
      await pause(20);
    };
    figure.scrollIntoView();
    await pause(300);
    reader.focus();
    for (const key of ["Home", ...Array(70).fill("ArrowRight")]) {
      await press(key);
      if (!said.includes(reader.ariaValueText)) said.push(reader.ariaValueText);
    }
    await press("Escape");
    const isClosed = figure.querySelector(".figure-readout").hidden;
    found[figure.dataset.values] = [said, reader.tabIndex, isClosed];
  }
  return [found, window.location.search];"""
SWITCH = """
  const figure = document.getElementById("fig-history");
  const drawing = () => figure.querySelector(".figure-wide").innerHTML;
  const hidden = () => figure.querySelectorAll(".figure-wide [hidden]").length;
  const buttons = [...figure.querySelectorAll(".figure-series button")];
  const before = drawing(), said = [hidden()];
  buttons[1].click();
  said.push(hidden() > 1, buttons[1].ariaPressed, window.location.search, window.location.hash);
  buttons[1].click();
  said.push(drawing() === before, window.location.search);
  for (const button of buttons) button.click();
  const allOn = buttons.every((button) => button.ariaPressed === "true");
  return [...said, drawing() === before, allOn];"""
TABLE = """
  const figure = document.querySelector("[data-values]");
  const button = figure.querySelector(".as-table");
  button.click();
  await pause(500);
  const table = figure.querySelector(".figure-table table");
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const heads = [...table.querySelectorAll("th")].every((head) => head.scope);
  button.click();
  return [rows, heads, table.closest("[role=region]").ariaLabel, button.ariaExpanded,
          figure.querySelector(".figure-table").hidden];"""


def rows(site: Path, reference: str) -> list[dict[str, str]]:
    with (site / "figures" / f"{reference}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_the_keyboard_reads_is_what_the_csv_holds(probe: Probe, site: Path) -> None:
    said: list[Any] = probe(*PAGES, READ)
    found = {name: read for page, _ in said for name, read in page.items()}
    assert [search for _, search in said] == ["", ""]  # Escape clears the address as well
    assert {tuple(rest) for _, *rest in found.values()} == {(0, True)}
    history = rows(site, "02_consumption/history")
    names = {"CHN": "China", "USA": "United States", "JPN": "Japan"}
    read = found["02_consumption/history"][0]
    assert len(read) == len(history)
    for line, row in zip(read, history, strict=True):
        year, _, values = line.partition(": ")
        assert year == row[""]
        given = dict(part.rsplit(" ", 1) for part in values.split("; "))
        for code, name in names.items():
            shown = f"{number(float(row[code]), 1)}%" if row[code] else "–"
            assert given.get(name, "–") == shown
        known = [float(value.rstrip("%")) for value in given.values() if value != "–"]
        assert known == sorted(known, reverse=True)
    months = found["07_exports/paths"][0]
    assert months[0] == "January 2024, % of GDP: Exports −1.2"
    assert months[-1] == "December 2025, % of GDP: Exports 3.0"
    assert len(months) == 24


def test_with_all_series_on_or_all_off_the_drawing_is_as_it_was(probe: Probe) -> None:
    none, *said = probe("02_consumption.html", SWITCH)
    assert none == 0
    is_hidden, pressed, search, anchor, is_restored, left, *all_off = said
    assert (is_hidden, pressed) == (True, "false")
    assert search.startswith("?off=")
    assert anchor == "#fig-history"
    assert (is_restored, left) == (True, "")
    assert all_off == [True, True]


def test_a_figure_is_shown_as_a_table(probe: Probe, site: Path) -> None:
    table, has_scopes, label, expanded, hidden = probe("02_consumption.html", TABLE)
    history = rows(site, "02_consumption/history")
    assert table[0][:2] == ["Year", "China"]
    assert len(table) == 1 + len(history)
    newest = history[-1]
    assert table[1][:2] == [newest[""], number(float(newest["CHN"]), 1)]
    assert has_scopes
    assert "% of GDP" in label
    assert (expanded, hidden) == ("false", True)


WITHOUT_SERIES = """
  await pause(200);
  const figure = document.getElementById("fig-world");
  const button = figure.querySelector(".as-table");
  const figures = [...document.querySelectorAll(".report-figure")];
  const every = figures.every((each) => each.querySelector(".as-table"));
  button.click();
  await pause(500);
  const rows = [...figure.querySelectorAll(".figure-table tr")];
  return [every, rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
          rows.filter((row) => row.className).map((row) => row.cells[0].textContent),
          figure.querySelector(".figure-reader"), window.location.search, window.location.hash];"""
SWITCHED = """
  const figure = document.getElementById("fig-history");
  const heads = () => [...figure.querySelector(".figure-table tr").cells]
    .map((head) => head.textContent);
  const buttons = [...figure.querySelectorAll(".figure-series button")];
  const found = [];
  const copied = async () => {
    let address = "";
    Object.defineProperty(window.navigator, "clipboard",
      { configurable: true, value: { writeText: async (text) => { address = text; } } });
    figure.querySelector(".copy-view").click();
    await pause(50);
    return new URL(address).search + new URL(address).hash;
  };
  found.push(await copied());
  figure.querySelector(".as-table").click();
  await pause(500);
  found.push(heads(), await copied());
  buttons[1].click();
  await pause(100);
  found.push(heads(), await copied());
  figure.querySelector(".as-table").click();
  buttons[1].click();
  await pause(100);
  found.push(await copied());
  return found;"""


def test_a_figure_without_series_is_shown_as_a_table_too(probe: Probe, site: Path) -> None:
    every, table, own, reader, search, anchor = probe("02_consumption.html", WITHOUT_SERIES)
    assert every
    assert table[0] == ["Economy", "Value"]
    held = sorted((float(row["share"]) for row in rows(site, WORLD)), reverse=True)
    assert [value for _, value in table[1:]] == [number(value, 1) for value in held]
    assert own == ["China"]
    assert reader is None  # nothing to move along
    assert (search, anchor) == ("?as=table", "#fig-world")


def test_the_table_has_the_series_that_are_on_and_the_link_leads_to_it(probe: Probe) -> None:
    plain, heads, link, fewer, both, again = probe("02_consumption.html", SWITCHED)
    assert plain == "#fig-history"
    assert link == "?as=table#fig-history"
    assert fewer == [head for head in heads if head != heads[2]]
    assert both.startswith("?as=table&off=")
    assert again == plain


def test_a_tap_reads_and_a_drag_goes_on(probe: Probe) -> None:
    script = """
    const figure = document.getElementById("fig-history");
    const reader = figure.querySelector(".figure-reader");
    figure.scrollIntoView();
    await pause(600);
    reader.setPointerCapture = () => {};
    reader.hasPointerCapture = () => true;
    const edge = reader.getBoundingClientRect(), read = [];
    for (const [kind, part] of [["pointerdown", 0.3], ["pointermove", 0.5], ["pointerup", 0.5]]) {
      const at = { clientX: edge.left + part * edge.width, clientY: edge.top + 60 };
      reader.dispatchEvent(new window.PointerEvent(kind, { pointerType: "touch", ...at }));
      await pause(50);
      read.push(figure.querySelector(".readout-head").textContent);
    }
    return [read, document.querySelector("[aria-live]").textContent, window.location.search]"""
    (first, second, last), said, search = probe("02_consumption.html", script, width=360)
    assert int(first) < int(second)
    assert last == second
    assert said.startswith(f"{last}: ")
    assert search == f"?at={last}"


def test_a_shared_view_opens_from_a_file(browser: Browser, site: Path) -> None:
    year = rows(site, "02_consumption/history")[-3][""]
    page = (site / "02_consumption.html").as_uri()
    is_shown = 'document.querySelector("#fig-history .figure-table th")'
    shown = browser.show(f"{page}?as=table&at={year}&off=USA#fig-history", is_shown)
    figure = shown.html.partition('id="fig-history"')[2].partition("</figure>")[0]
    assert f'<p class="readout-head">{year}</p>' in figure
    assert 'aria-pressed="false" data-key="USA"' in figure
    assert ">United States</span>" not in figure
    assert '<th scope="col" class="number">China</th>' in figure
    assert shown.log == []
