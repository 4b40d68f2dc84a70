"""No table loses a number at an edge: measured in a browser, on all pages, at three widths."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Probe
from .test_pages import PAGES

pytestmark = [pytest.mark.slow, pytest.mark.browser]

MEASURE = """
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  for (const table of document.querySelectorAll(".many-rows")) table.classList.add("whole");
  await drawn(window);
  const wrong = [], counted = { tables: 0, scrolling: 0, stacked: 0 };
  const note = (table, what, cell) => wrong.push(
    [table.closest("figure")?.id ?? table.className, what, cell?.textContent.trim() ?? ""]);
  const box = (cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return range.getBoundingClientRect();
  };
  for (const table of document.querySelectorAll("main table")) {
    counted.tables += 1;
    const frame = table.closest(".table-scroll");
    const edge = frame.getBoundingClientRect();
    const scrolls = frame.scrollWidth > frame.clientWidth + 1;
    const stacks = window.getComputedStyle(table).display === "block";
    const columns = table.rows[0].cells.length;
    counted.scrolling += scrolls;
    counted.stacked += stacks;
    if (edge.right > document.documentElement.clientWidth + 1) note(table, "box beyond the window");
    if (scrolls && WIDTH < 640 && columns <= 6) note(table, "few columns, and it scrolls");
    if (scrolls && !frame.previousElementSibling?.matches(".scroll-sign:not([hidden])")) {
      note(table, "no sign that it scrolls");
    }
    if (!stacks) {
      for (const head of table.tHead.rows[0].cells) {
        const line = parseFloat(window.getComputedStyle(head).lineHeight);
        if (box(head).height > 2.5 * line) note(table, "a head of more than two lines", head);
      }
    }
    for (const left of [0, 60, 137, 10000]) {
      frame.scrollLeft = left;
      frame.dispatchEvent(new window.Event("scroll"));  // nothing is drawn, so none comes by itself
      const from = table.rows[0].cells[0].getBoundingClientRect().right;
      for (const row of table.rows) {
        for (const cell of row.cells) {
          const words = box(cell), own = cell.getBoundingClientRect();
          if (!words.width) continue;
          if (words.right > own.right + 2) note(table, "beyond its cell", cell);
          if (!scrolls || !cell.cellIndex || cell.classList.contains("cut")) continue;
          const fits = own.width <= edge.right - from;
          const isOver = words.left < from - 1 && words.right > from;
          if (fits && (words.right > edge.right + 1 || isOver)) {
            note(table, `cut when scrolled to ${left}`, cell);
          }
        }
      }
      if (!scrolls) break;
    }
  }
  return [wrong, counted];"""


@pytest.mark.parametrize("width", [1440, 768, 360])
def test_no_cell_is_cut_and_what_scrolls_says_so(probe: Probe, width: int) -> None:
    script = MEASURE.replace("WIDTH", str(width))
    said: list[Any] = probe(*PAGES, script, width=width)
    found = {page: wrong for page, (wrong, _) in zip(PAGES, said, strict=True) if wrong}
    assert found == {}
    total = {kind: sum(counted[kind] for _, counted in said) for kind in said[0][1]}
    assert total["tables"] >= 20
    assert total["scrolling"] > 0  # of nine columns
    assert (total["stacked"] > 0) == (width == 360)


def test_a_column_that_was_cut_is_shown_when_it_is_seen_whole(probe: Probe) -> None:
    script = """
    const box = document.querySelector("#tab-many .table-scroll");
    const last = box.querySelector("td:last-child");
    await drawn(window);
    const before = last.classList.contains("cut");
    box.scrollLeft = 10000;
    box.dispatchEvent(new window.Event("scroll"));
    return [before, last.classList.contains("cut"), box.previousElementSibling.textContent]"""
    assert probe("07_exports.html", script, width=360) == [True, False, "← scroll back"]


@pytest.mark.parametrize("width", [1440, 360])
def test_a_phone_shows_the_first_of_many_rows_until_it_is_asked_for_all(
    probe: Probe, width: int
) -> None:
    script = """
    const table = document.querySelector("#tab-many table");
    const seen = () => [...table.tBodies[0].rows].filter((row) => row.offsetHeight).length;
    const button = table.parentElement.nextElementSibling;
    const before = [seen(), button.offsetHeight > 24, button.textContent];
    button.click();
    return [before, seen(), document.activeElement === table.parentElement, button.isConnected]"""
    is_phone = width == 360
    assert probe("07_exports.html", script, width=width) == [
        [8 if is_phone else 15, is_phone, "Show all 15 rows"],
        *(15, True, False),
    ]
