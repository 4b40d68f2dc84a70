from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from rebalancing.project import Project
from rebalancing.report import palette
from rebalancing.upkeep import gallery

from .conftest import Probe

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PAGES = (
    "404.html",
    "index.html",
    "01_clean.html",
    "02_consumption.html",
    "07_exports.html",
    "17_published.html",
    "changes.html",
    "checklist.html",
    "citation.html",
    "corrections.html",
    "data-and-definitions.html",
    "exhibits.html",
    "explore.html",
    "forecast-log.html",
    "glossary.html",
    "library.html",
    "limitations.html",
    "methods.html",
    "parameters.html",
    "references.html",
    "reproduce.html",
    "search.html",
    "updates.html",
)


@pytest.fixture(scope="module")
def axe(site: Path) -> Iterator[str]:
    """The address, in the site, of the script that looks for what shuts readers out."""
    copy = site / "axe.min.js"
    with as_file(files("axe_core_python") / copy.name) as script:
        shutil.copyfile(script, copy)
    yield copy.name
    copy.unlink()


def test_the_pages_looked_at_are_all_there_are(site: Path) -> None:
    assert {path.name for path in site.glob("*.html")} == set(PAGES)


def test_no_page_is_wider_than_a_phone(probe: Probe) -> None:
    script = """
    const wide = [...document.querySelectorAll("main *")].filter((element) =>
      element.getBoundingClientRect().right > 361 &&
      !element.closest(".table-scroll, pre, svg, .math, [popover]"));
    return [document.documentElement.scrollWidth, wide.map((element) => element.outerHTML)]"""
    found = dict(zip(PAGES, probe(*PAGES, script, width=360), strict=True))
    assert found == {page: [360, []] for page in PAGES}


@pytest.mark.parametrize("width", [1440, 360])
def test_the_button_that_copies_code_covers_none(probe: Probe, width: int) -> None:
    script = """
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    await pause(200);
    return [...document.querySelectorAll(".highlight")].map((box) => {
      const own = box.querySelector(".copy").getBoundingClientRect();
      const code = document.createRange();
      code.selectNodeContents(box.querySelector("pre"));
      return [...code.getClientRects()].some((line) => line.width > 1 && line.right > own.left &&
        line.left < own.right && line.bottom > own.top + 1 && line.top < own.bottom - 1);
    })"""
    covered = probe("reproduce.html", script, width=width)
    assert len(covered) > 1
    assert not any(covered)


AXE = """
    const script = document.createElement("script");
    script.src = "NAME";
    await new Promise((loaded) => { script.onload = loaded; document.head.append(script); });
    const found = [], passed = [];
    const run = async (options) => {
      const said = await window.axe.run(document, { iframes: false, ...options });
      passed.push(said.passes.length);
      for (const rule of said.violations) {
        found.push([rule.id, rule.help, rule.nodes.map((node) => node.html)]);
      }
    };"""
# What scrolls becomes a stop for the keyboard when it is drawn, which frames further down are not.
DRAWN = "scrollable-region-focusable"


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_shuts_readers_out(probe: Probe, axe: str, width: int) -> None:
    script = f"""{AXE.replace("NAME", axe)}
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    document.documentElement.dataset.theme = "light";
    await run({{ rules: {{ "{DRAWN}": {{ enabled: false }} }} }});
    document.documentElement.dataset.theme = "dark";
    await run({{ runOnly: ["color-contrast"] }});  // all else is the same
    return [found, passed]"""
    for page, (found, passed) in zip(PAGES, probe(*PAGES, script, width=width), strict=True):
        assert found == [], page
        assert passed[0] > 15, page
        assert passed[1] == 1, page


def test_what_scrolls_is_a_stop_for_the_keyboard(probe: Probe, axe: str) -> None:
    script = f'{AXE.replace("NAME", axe)} await run({{ runOnly: ["{DRAWN}"] }}); return found'
    assert probe("reproduce.html", script, width=360) == []


def test_every_colour_of_a_figure_follows_the_page(site: Path) -> None:
    bodies = [*site.glob("figures/*/*-wide.svg"), *site.glob("figures/*/*-narrow.svg")]
    assert bodies
    known = {light for light, _ in palette.COLOURS.values()}
    for path in bodies:
        svg = path.read_text()
        assert set(re.findall(r"(?:fill|stroke): *(#[0-9a-fA-F]{3,8})", svg)) == set()
        assert set(re.findall(r"var\(--[\w-]+, (#\w+)\)", svg)) <= known
        for attributes in re.findall(r"<text\b([^>]*)>", svg):
            assert "fill: var(--" in attributes, (path.name, attributes)


def test_a_page_loads_nothing_from_outside(probe: Probe) -> None:
    script = """
    return window.performance.getEntriesByType("resource").map((entry) => entry.name)
      .filter((name) => !name.startsWith(window.location.origin))"""
    assert probe("02_consumption.html", script) == []


def test_formulas_and_fonts_need_no_network(probe: Probe) -> None:
    script = """
    await document.fonts.ready;
    const loaded = [...document.fonts].filter((font) => font.status === "loaded");
    return [document.querySelectorAll("main math").length,
            [...new Set(loaded.map((font) => font.family.replaceAll('"', "")))]
              .filter((family) => family.startsWith("Source")).sort()]"""
    formulas, families = probe("02_consumption.html", script)
    assert formulas == 2
    assert families == ["Source Sans Pro", "Source Serif Pro"]


@pytest.mark.parametrize("dark", [False, True])
def test_pages_follow_the_system_and_then_the_reader(probe: Probe, dark: bool) -> None:
    script = """
    const before = document.documentElement.dataset.theme;
    const surface = () => window.getComputedStyle(document.body).backgroundColor;
    const first = surface();
    document.getElementById("mode").click();
    return [before, document.documentElement.dataset.theme, window.localStorage.theme,
            first !== surface()]"""
    before, after = ("dark", "light") if dark else ("light", "dark")
    assert probe("index.html", script, dark=dark) == [before, after, after, True]


def test_a_figure_shows_the_body_that_fits(probe: Probe) -> None:
    script = """
    const shown = (name) => document.querySelector(`#fig-history .figure-${name}`).offsetWidth > 0;
    return [shown("wide"), shown("narrow")]"""
    assert probe("02_consumption.html", script, width=1280) == [True, False]
    assert probe("02_consumption.html", script, width=360) == [False, True]


def test_figures_take_their_colours_from_the_page(probe: Probe) -> None:
    script = """
    const label = [...document.querySelectorAll("#fig-history .figure-wide text")]
      .find((text) => text.textContent.startsWith("China"));
    const colour = () => window.getComputedStyle(label).fill;
    const light = colour();
    document.documentElement.dataset.theme = "dark";
    return [light, colour()]"""
    light, dark = probe("02_consumption.html", script)
    assert light == "rgb(179, 32, 44)"
    assert dark == "rgb(255, 122, 115)"


def test_a_number_says_what_it_is_and_escape_closes_the_card(probe: Probe) -> None:
    script = """
    const number = document.querySelector(".standfirst a.result");
    const card = document.getElementById("hover-card");
    number.dispatchEvent(new window.FocusEvent("focus"));
    const open = [card.hidden, number.getAttribute("aria-describedby"), card.innerText,
                  card.querySelector("a").getAttribute("href") === number.href];
    document.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Escape" }));
    return [...open, card.hidden, number.hasAttribute("aria-describedby")]"""
    hidden, described, words, leads_on, closed, still = probe("02_consumption.html", script)
    assert (hidden, described, leads_on, closed, still) == (False, "hover-card", True, True, False)
    for part in ("What consumption.share.latest measures", "2024", "% of GDP", "Nobody, made-up"):
        assert part in words


def test_a_term_says_what_it_means_to_the_keyboard_and_to_a_touch(probe: Probe) -> None:
    script = """
    const term = document.querySelector("main a.term");
    const card = document.getElementById("hover-card");
    term.focus();
    term.dispatchEvent(new window.FocusEvent("focus"));
    const open = [card.hidden, term.getAttribute("aria-describedby"), card.innerText,
                  card.querySelector("a").getAttribute("href") === term.href];
    document.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Escape" }));
    const closed = card.hidden;
    const touch = new window.PointerEvent("click", { pointerType: "touch", cancelable: true });
    term.dispatchEvent(touch);
    return [...open, closed, touch.defaultPrevented, card.hidden, term.href]"""
    hidden, described, words, leads_on, closed, stays, gone, address = probe(
        "02_consumption.html", script
    )
    assert (hidden, described, leads_on, closed) == (False, "hover-card", True, True)
    assert (stays, gone) == (True, False)
    assert words.startswith("household consumption")
    assert "What households spend" in words
    assert address.endswith("glossary.html#term-household-consumption")


def test_a_card_stands_behind_its_link_so_that_a_tab_leads_into_it(probe: Probe) -> None:
    script = """
    const number = document.querySelector(".standfirst a.result");
    number.dispatchEvent(new window.FocusEvent("focus"));
    const links = [...document.querySelectorAll("a")].filter((link) => link.offsetWidth);
    return links[links.indexOf(number) + 1].textContent"""
    assert probe("02_consumption.html", script) == "How this was computed"


def test_code_can_be_copied(probe: Probe) -> None:
    script = """
    const boxes = [...document.querySelectorAll(".highlight")];
    return [boxes.length > 2, boxes.every((box) => box.querySelector("button.copy"))]"""
    assert probe("02_consumption.html", script) == [True, True]


def test_every_page_says_where_it_is_and_what_is_on_it(probe: Probe) -> None:
    script = """
    const place = [...document.querySelectorAll(".place li")].map((item) => item.textContent);
    const contents = document.querySelector(".contents-fold");
    contents.open = true;
    return [place, contents.querySelectorAll("a").length > 2, contents.offsetWidth > 0]"""
    assert probe("02_consumption.html", script, width=360) == [["Summary", "Findings"], True, True]
    assert probe("02_consumption.html", script, width=1440)[2] is False


def test_links_to_a_section_called_chapters_lead_to_it(probe: Probe) -> None:
    script = """return document.getElementById("chapters").tagName"""
    assert probe("index.html", script) == "SECTION"


def test_the_drawing_for_a_phone_is_loaded_where_it_is_shown(probe: Probe) -> None:
    script = """
    await pause(500);
    const place = document.querySelector("#fig-history .figure-narrow");
    place.scrollIntoView();
    await pause(500);
    return [place.querySelectorAll("svg").length, window.reportDrawings !== undefined]"""
    assert probe("02_consumption.html", script, width=360) == [1, True]
    assert probe("02_consumption.html", script, width=1280) == [0, False]


def test_text_breaks_no_line_anew_when_the_fonts_come(probe: Probe) -> None:
    script = """
    await document.fonts.ready;
    return [document.documentElement.classList.contains("waits"),
            window.performance.getEntriesByType("layout-shift").length]"""
    assert probe("02_consumption.html", script) == [False, 0]


def test_a_page_is_light(site: Path, probe: Probe) -> None:
    script = """return window.performance.getEntriesByType("resource").map((entry) =>
      [new URL(entry.name).pathname.slice(1), entry.decodedBodySize])"""
    for page, loaded in zip(PAGES, probe(*PAGES, script), strict=True):
        weight = (site / page).stat().st_size + sum(size for _, size in loaded)
        print(f"{page}: {weight / 1000:.0f} KB, {len(loaded)} requests")
        assert weight < (350_000 if page == "index.html" else 700_000), page
        assert all((site / name).is_file() for name, _ in loaded), page  # so nothing is missing


def test_searching_finds_numbers_and_phrases_in_few_kilobytes(probe: Probe, site: Path) -> None:
    script = """
    await until(() => document.querySelector("#search-results ul"));
    const files = window.performance.getEntriesByType("resource");
    const size = files.filter((file) => file.name.includes("/search/"))
      .reduce((sum, file) => sum + file.decodedBodySize, 0);
    const found = [...document.querySelectorAll("#search-results .context")];
    return [found.map((line) => line.textContent), size]"""
    for query, sentence in {
        "39.9": "39.9%",
        "%22larger+share+of+GDP%22": "In most economies households spend a larger share of GDP",
    }.items():
        found, size = probe(f"search.html?q={query}", script)
        assert any(sentence in words for words in found), (query, found)
        assert 0 < size < 200_000
    assert probe("search.html?q=%22share+larger%22", script)[0] == []


@pytest.mark.parametrize("typed", ["huseholds", "househoolds", "housheolds", "hoxseholds"])
def test_searching_forgives_a_letter(probe: Probe, typed: str) -> None:
    script = """
    await until(() => document.querySelector("#search-results ul"));
    return [document.getElementById("search-progress").textContent,
            document.querySelectorAll("#search-results mark").length]"""
    said, marks = probe(f"search.html?q={typed}", script)
    assert said.startswith(f"Nothing is said of “{typed}”, but of “households”. ")
    assert marks > 0


@pytest.mark.parametrize("width", [360, 1280])
def test_the_card_stays_inside_the_window(probe: Probe, width: int) -> None:
    script = """
    const outside = [];
    for (const link of document.querySelectorAll("main a.result, main a.term")) {
      link.dispatchEvent(new window.PointerEvent("pointerenter", { pointerType: "mouse" }));
      const { left, right } = document.getElementById("hover-card").getBoundingClientRect();
      if (left < 0 || right > window.innerWidth) outside.push([left, right]);
    }
    return outside"""
    pages = ("index.html", "02_consumption.html", "limitations.html")
    assert probe(*pages, script, width=width) == [[], [], []]


def test_long_tables_sort_numbers_from_the_largest_with_gaps_last(probe: Probe) -> None:
    script = """
    const table = document.querySelector("#tab-levels table");
    const button = table.querySelectorAll("thead button")[2];
    const column = () => [...table.tBodies[0].rows].map((row) => row.cells[2].textContent);
    button.click();
    const falling = column();
    button.click();
    return [falling, column(), button.parentElement.getAttribute("aria-sort")]"""
    falling, rising, order = probe("02_consumption.html", script)
    assert falling[:2] == ["9.0", "7.8"]
    assert falling[-2:] == ["−4.0", "–"]
    assert rising[0] == "−4.0"
    assert rising[-1] == "–"
    assert order == "ascending"


def test_a_link_to_code_opens_its_fold(probe: Probe) -> None:
    script = """
    const fold = (id) => document.getElementById(id).closest(".cell").querySelector("details");
    const closed = fold("cell-world").open;
    window.location.hash = "cell-history";
    await pause(300);
    return [closed, fold("cell-history").open, fold("cell-world").open]"""
    assert probe("02_consumption.html", script) == [False, True, False]


def test_chapters_are_a_drawer_on_a_phone_and_a_column_on_a_desk(probe: Probe) -> None:
    script = """
    const chapters = document.getElementById("chapter-menu");
    const before = chapters.offsetWidth > 0;
    const button = document.querySelector(".menu-button");
    if (button.offsetWidth) button.click();
    return [before, chapters.offsetWidth > 0, chapters.querySelectorAll("a").length > 5]"""
    assert probe("02_consumption.html", script, width=360) == [False, True, True]
    assert probe("02_consumption.html", script, width=1280) == [True, True, True]


def test_searching_finds_the_words_of_a_figure(probe: Probe) -> None:
    script = """
    await until(() => document.querySelector("#search-results ul"));
    return [...document.querySelectorAll("#search-results li > a")].map((link) => link.innerText)"""
    assert "Household consumption" in probe("search.html?q=larger+share", script)


def test_pages_have_one_title_headings_in_order_and_named_controls(probe: Probe) -> None:
    script = """
    const headings = [...document.querySelectorAll("h1, h2, h3, h4")];
    const levels = headings.map(({ tagName }) => +tagName[1]);
    const name = (element) => element.getAttribute("aria-label") || element.textContent.trim();
    const controls = [...document.querySelectorAll("button, a[href], [role=img]")];
    return [levels.filter((level) => level === 1).length,
            levels.some((level, place) => place && level > levels[place - 1] + 1),
            controls.filter((control) => control.offsetWidth && !name(control))
              .map((control) => control.outerHTML),
            document.documentElement.lang]"""
    found = dict(zip(PAGES, probe(*PAGES, script), strict=True))
    assert found == {page: [1, False, [], "en-GB"] for page in PAGES}


def test_the_list_of_published_editions_keeps_to_the_policy(
    site: Path, made_up_site: Path, probe: Probe
) -> None:
    page = gallery.publish(Project(made_up_site.parents[2]), ["CHN"], site / "public")
    script = """
    const link = document.querySelector("main th a");
    return [link.textContent.split(",")[0], new URL(link.href).pathname,
            document.documentElement.dataset.theme,
            window.getComputedStyle(document.querySelector("h1")).fontFamily.includes("Source")]"""
    try:
        said = probe(page.relative_to(site).as_posix(), script)
    finally:
        shutil.rmtree(site / "public")
    assert said == ["China", "/public/CHN/index.html", "light", True]


def test_a_violation_of_the_policy_is_noticed(site: Path, probe: Probe) -> None:
    page = site / "hostile.html"
    page.write_text("<!DOCTYPE html><p onclick='document.title = 1'>words</p>")
    try:
        with pytest.raises(AssertionError, match="Content Security Policy"):
            probe(page.name, "return 1")
    finally:
        page.unlink()


def test_the_foot_leads_to_the_same_page_of_other_editions(probe: Probe, site: Path) -> None:
    listed = [
        {"name": "CHN", "title": "China", "root": "CHN/", "pages": ["changes", "01_clean"]},
        {"name": "IND", "title": "India <b>", "root": "IND/", "pages": ["changes"]},
    ]
    names = site / "editions.js"
    before = names.read_text()
    names.write_text(
        f"window.reportEditions = {json.dumps(listed)};\nwindow.reportEditionsList = 'list.html';\n"
    )
    script = """
    const place = document.getElementById("editions");
    return [place.hidden, place.textContent.trim(),
      [...place.querySelectorAll("a")].map((link) => new URL(link.href).pathname)]"""
    try:
        same = probe("changes.html", script)
        front = probe("01_clean.html", script)
        names.write_text(names.read_text().replace("list.html", "../list.html"))
        alone = probe("changes.html", script)  # served without those beside it
    finally:
        names.write_text(before)
    assert same[:2] == [False, "Editions. China (this one); India <b>; All editions"]
    assert same[2] == ["/IND/changes.html", "/list.html"]
    assert front[2] == ["/IND/index.html", "/list.html"]
    assert alone == [True, "Editions.", []]
    assert probe("changes.html", script)[0] is True
