"""The page Explore: its data are the processed tables', and a browser shows and shares them."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import made_up_tables
import pandas as pd
import pytest

from rebalancing.book.pages import explore, explored, measures
from rebalancing.data.tables import read_processed
from rebalancing.project import Project

from .conftest import Probe

FOLDER = Path("build/CHN/book/_extra") / explored.FOLDER
WAIT = """
const page = document.getElementById("explore"), form = page.querySelector("form");
const shown = (name) => until(() => page.dataset.shown === name);
const read = () => page.querySelector(".explore-readout").textContent;
const choose = async (name, value) => {
  form.elements[name].value = value;
  form.elements[name].dispatchEvent(new window.Event("change", { bubbles: true }));
  await pause(300);
};
const press = async (key) => {
  page.querySelector(".explore-chart").dispatchEvent(new window.KeyboardEvent("keydown", { key }));
};
await shown("household-2024");
"""


def values_of(path: Path) -> dict[str, Any]:
    """Return what a script of values registers."""
    found = re.fullmatch(r"window\.reportExplore\.data\[(.+?)\] = (.+);\n", path.read_text())
    assert found, path
    assert json.loads(found[1]) == path.stem
    return dict(json.loads(found[2]))


def by_year(content: dict[str, Any]) -> dict[tuple[str, int], float]:
    return {
        (code, first + place): value
        for code, (first, values) in content["values"].items()
        for place, value in enumerate(values)
        if value is not None
    }


@pytest.mark.parametrize("release", ["2023", "2024"])
def test_files_hold_what_the_table_holds(project: Project, release: str) -> None:
    table = read_processed(project, "expenditure_shares", {"release": [release]})
    expected = {
        (row.economy, row.year): explore.short(row.household_pct_gdp, 1)
        for row in table.itertuples()
    }
    for row in table.itertuples():  # what readers see is the same
        assert f"{expected[row.economy, row.year]:.1f}" == f"{row.household_pct_gdp:.1f}"
    folder = project.root / FOLDER
    assert by_year(values_of(folder / f"household-{release}.js")) == expected
    with (folder / f"household-{release}.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    about = {"economy", "code", "measure", "unit", "source", "projected from"}
    said = {
        (row["code"], int(year)): float(value)
        for row in rows
        for year, value in row.items()
        if year not in about and value
    }
    assert said == expected
    assert rows[0]["economy"] == "China"
    assert {row["unit"] for row in rows} == {"% of GDP"}


def test_a_gap_is_no_value(project: Project) -> None:
    content = values_of(project.root / FOLDER / "household-2024.js")
    assert not {("JPN", year) for year in made_up_tables.GAP} & set(by_year(content))
    first, values = content["values"]["JPN"]
    assert values[made_up_tables.GAP[0] - first] is None


def test_projections_are_known_as_such(project: Project) -> None:
    content = values_of(project.root / FOLDER / "growth-2025-10.js")
    # Where the publisher does not say, what is of the release's year was not known to it.
    assert content["projected"] == dict.fromkeys(("CHN", "DEU", "IND", "JPN"), 2025) | {"USA": 2026}


def test_the_catalogue_says_what_is_held(project: Project) -> None:
    catalogue = json.loads((project.root / FOLDER / explored.CATALOGUE).read_text())
    held = {m["key"]: [r["release"] for r in m["releases"]] for m in catalogue["measures"]}
    years = ["2024", "2023"]
    assert held == {"household": years, "net-exports": years, "growth": ["2025-10"]}
    growth = catalogue["measures"][-1]["releases"][0]
    assert (growth["first"], growth["last"], growth["known"]) == (2000, 2030, 2024)
    files = {path.name for path in (project.root / FOLDER).iterdir()}
    stems = {f"{key}-{release}" for key, names in held.items() for release in names}
    scripts = {f"{stem}.{suffix}" for stem in stems for suffix in ("js", "csv")}
    assert files == {explored.CATALOGUE, "index.js", *scripts}


def test_an_edition_shows_no_release_after_its_own(project: Project, tmp_path: Path) -> None:
    recorded = json.loads((project.build / "CHN" / "results.json").read_text())
    recorded["edition"]["releases"] = {"unsd-ama": {"release": "2023"}}
    explore.write_explored(project, recorded["edition"], tmp_path / "explored")
    assert {path.stem for path in (tmp_path / "explored").glob("*.csv")} == {
        "household-2023",
        "net-exports-2023",
    }


@pytest.mark.parametrize(
    ("value", "digits", "kept"),
    [
        *[(45.548, 1, 45.548), (45.5521, 1, 45.5521), (45.56, 1, 45.56), (45.5449, 1, 45.54)],
        *[(-0.4999, 0, -0.4999), (1234.46, 0, 1234.46), (1234.44, 0, 1234.4)],
    ],
)
def test_rounding_twice_is_rounding_once(value: float, digits: int, kept: float) -> None:
    assert explore.short(value, digits) == kept
    assert f"{kept:.{digits}f}" == f"{value:.{digits}f}"


def test_each_measure_is_found_by_its_key() -> None:
    keys = [measure.key for measure in measures.MEASURES]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z-]+", key) for key in keys)


def test_the_gap_of_growth_is_that_of_volumes() -> None:
    spent, produced = [100.0, 110.0, 121.0], [200.0, 210.0, 252.0]
    rows = pd.DataFrame(
        [
            ("1", "constant 2015 USD", "CHN", 2000 + n + (n == 2), item, value)
            for item, values in (("HFCE", spent), ("GDP", produced))
            for n, value in enumerate(values)
        ],
        columns=["release", "prices", "economy", "year", "item", "value"],
    )
    measure = next(m for m in measures.MEASURES if m.key == "growth-gap")
    table = measures.table_of(measure, rows, "1")
    # The third value is of two years later: it has no growth on the year before.
    assert table[["year", "value"]].to_numpy().tolist() == [[2001, pytest.approx(5.0)]]


def test_a_view_is_light(site: Path) -> None:
    static = [site / "_static" / name for name in ("explore.js", "explore-draw.js", "explore.css")]
    data = [site / "explore" / "index.js", site / "explore" / "household-2024.js"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in [*static, *data]) < 100_000


@pytest.mark.browser
def test_choosing_changes_the_address_and_what_is_read(site: Path, probe: Probe) -> None:
    script = (
        WAIT
        + """
    const first = [window.location.hash, page.querySelectorAll(".explore-chart path").length > 0];
    const said = [];
    await press("Home"); said.push(read());
    await press("ArrowRight"); said.push(read());
    await press("End"); said.push(read());
    form.elements.add.value = "india";
    form.elements.add.dispatchEvent(new window.Event("input", { bubbles: true }));
    await pause(300);
    const chips = [...page.querySelectorAll(".explore-chosen button")].map((b) => b.textContent);
    await choose("from", "1980");
    await choose("release", "2023"); await shown("household-2023");
    form.querySelector('[value="multiples"]').click(); await pause(300);
    const slider = page.querySelector(".explore-chart");
    return { first, said, chips, hash: window.location.hash, to: form.elements.to.value,
             years: [slider.ariaValueMin, slider.ariaValueMax] };"""
    )
    found = probe("explore.html", script)
    assert found["first"] == ["", True]
    data = by_year(values_of(site / "explore" / "household-2024.js"))
    for year, said in zip((1970, 1971, 2024), found["said"], strict=True):
        values = {
            name: f"{data[code, year]:.1f}"
            for code, name in (("CHN", "China"), ("USA", "United States"), ("JPN", "Japan"))
        }
        assert said == " · ".join([str(year), *(f"{n} {v}" for n, v in values.items())])
    assert found["chips"] == ["China", "United States", "Japan", "India"]
    assert found["hash"] == "#m=household&r=2023&e=CHN,USA,JPN,IND&y=1980-2023&v=multiples"
    assert found["years"] == ["1980", "2023"]


@pytest.mark.browser
def test_a_shared_address_shows_its_view(site: Path, probe: Probe) -> None:
    wait = WAIT.replace("household-2024", "growth-2025-10")
    script = (
        wait
        + """
    await press("End");
    return [read(), [...page.querySelectorAll(".explore-chosen button")].map((b) => b.textContent),
            form.elements.from.value, form.elements.to.value, form.elements.measure.value,
            page.querySelectorAll("path[stroke-dasharray]").length,
            page.querySelector(".figure-source").textContent.includes("Dashed: projected")]"""
    )
    address = "explore.html#m=growth&r=2025-10&e=IND,NONE,USA&y=2010-2027&v=chart"
    said, chips, first, last, measure, dashed, is_told = probe(address, script)
    data = by_year(values_of(site / "explore" / "growth-2025-10.js"))
    values = [f"{data[code, 2027]:.1f}" for code in ("IND", "USA")]
    assert said == (f"2027 · India {values[0]} (projected) · United States {values[1]} (projected)")
    assert (chips, first, last) == (["India", "United States"], "2010", "2027")
    assert (measure, dashed, is_told) == ("growth", 2, True)


@pytest.mark.browser
def test_a_list_ranks_finds_and_marks(site: Path, probe: Probe) -> None:
    script = (
        WAIT
        + """
    const rows = () => [...page.querySelectorAll(".explore-list tbody tr")].map((row) =>
      [...row.cells].map((cell) => cell.textContent).join("|") + (row.className ? "*" : ""));
    const all = rows();
    form.elements.find.value = "uni";
    form.elements.find.dispatchEvent(new window.Event("input", { bubbles: true }));
    return [all, rows(), page.querySelector(".figure-title").textContent]"""
    )
    address = "explore.html#m=household&r=2024&e=CHN&at=1991&v=list"
    rows, found, title = probe(address, script)
    data = by_year(values_of(site / "explore" / "household-2024.js"))
    names = {"CHN": "China", "USA": "United States", "DEU": "Germany", "IND": "India"}
    ranked = sorted(names, key=lambda code: -data[code, 1991])  # Japan has no value then
    assert rows == [
        f"{place}|{names[code]}||{data[code, 1991]:.1f}{'*' * (code == 'CHN')}"
        for place, code in enumerate(ranked, 1)
    ]
    assert found == [row for row in rows if "United" in row]
    assert title.startswith(f"Household consumption: China {data['CHN', 1991]:.1f}% of GDP in 1991")


@pytest.mark.browser
def test_values_that_scroll_show_whole_columns(probe: Probe) -> None:
    """The table comes after the page, and its box is the one that scrolls."""
    script = (
        WAIT
        + """
    page.querySelector(".explore-values").open = true;
    await until(() => page.querySelector(".explore-values table"));
    await pause(300);
    const box = page.querySelector(".explore-values .table-scroll");
    box.style.width = "150px";
    box.scrollLeft = 30;
    box.dispatchEvent(new window.Event("scroll"));  // nothing is drawn, so none comes by itself
    const [first, ...others] = box.querySelector("thead tr").cells;
    const edge = first.getBoundingClientRect().right;
    const under = others.filter((head) => head.getBoundingClientRect().left < edge - 1);
    return [under.length, under.every((head) => head.classList.contains("cut"))]"""
    )
    count, are_cut = probe("explore.html#m=household&e=CHN,USA,DEU,IND&v=chart", script, width=360)
    assert count >= 1
    assert are_cut


@pytest.mark.browser
def test_views_can_be_taken_away(probe: Probe) -> None:
    script = (
        WAIT
        + """
    const saved = [];
    window.URL.createObjectURL = (blob) => { saved.push(blob); return "#"; };
    for (const name of ["csv", "svg", "png"]) page.querySelector(`button[name="${name}"]`).click();
    // A picture takes real time, and the clock of the page stands while something is asked for.
    for (let n = 0; n < 500 && saved.length < 3; n += 1) await (await fetch(location.href)).text();
    const svg = await saved[1].text();
    const drawn = new window.DOMParser().parseFromString(svg, "image/svg+xml");
    const words = [...drawn.querySelectorAll("text")].map((text) => text.textContent).join(" ");
    return [await saved[0].text(), drawn.querySelector("parsererror") === null,
            svg.includes("var("), words, saved[2].type]"""
    )
    table, is_whole, has_variables, words, kind = probe("explore.html", script)
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["economy"] for row in rows} == {"China", "United States", "Japan"}
    assert len(rows) == 3 * 55 - len(made_up_tables.GAP)
    assert (rows[0]["unit"], rows[0]["release"], rows[0]["projected"]) == ("% of GDP", "2024", "no")
    assert (is_whole, has_variables, kind) == (True, False, "image/png")
    assert "Household consumption: China" in words
    assert "Source:" in words
