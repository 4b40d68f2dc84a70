"""Pages of numbers for all economies: from what a sweep has recorded, with ranks and failures."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rebalancing.errors import DamagedFileError
from rebalancing.project import Project
from rebalancing.sweeps import grid, table, whole
from rebalancing.sweeps.runs import SweepFailedError
from rebalancing.upkeep import atlas, cli, gallery

SHARE, GAP, GONE = (
    "consumption.share.latest",
    "benchmark.consumption.gap",
    "exports.share_gdp.latest",
)
COUNT = 60
CODES = ["CHN", *(f"X{number:02}" for number in range(1, COUNT))]
REPOSITORY = Path(__file__).resolve().parents[2]


def result(code: str, key: str, value: float | None, **changed: str) -> dict[str, Any]:
    row = {
        "point": code, "economy": code, "key": key, "value": value, "words": None,
        "text": "–" if value is None else f"{value:g}%", "unit": "%", "period": "2024",
        "definition": f"What {key} is", "release": "Accounts, data to 2024; Bank", "chapter": "02",
        "run": "address",
    }  # fmt: skip
    return {**row, **changed}


def swept(project: Project, rows: list[dict[str, Any]], failures: str = "") -> None:
    """Write what a sweep leaves."""
    folder = project.build / "sweeps" / "atlas"
    folder.mkdir(parents=True, exist_ok=True)
    table.write_parquet(folder / "results.parquet", rows, ["economy"])
    (folder / "failures.csv").write_text(f"economy,chapter,reason,log\n{failures}")


@pytest.fixture
def built(project: Project) -> Project:
    """A project with one site, and with sixty economies in a sweep: the n-th has a share of n."""
    site = project.build / "CHN" / "site"
    (site / "_static").mkdir(parents=True)
    (site / "index.html").write_text("<html></html>")
    (site / "explore.html").write_text("<html></html>")
    rows = [result(code, SHARE, number) for number, code in enumerate(CODES[1:], 1)]
    points = {"unit": "percentage points", "text": "−25.0 points"}
    gap = result("CHN", GAP, -25.0, **points)
    rows += [result("CHN", SHARE, COUNT), gap, result("CHN", GONE, None)]
    rows += [result("CHN", f"{GAP}.lower", -41.5), result("CHN", f"{GAP}.upper", -8.5)]
    swept(project, rows, "TUV,07_exports,no <figures>,tuv.log\nESH,,too few years,\n")
    return project


def page(folder: Path, code: str) -> str:
    return html.unescape(" ".join((folder / "atlas" / f"{code}.html").read_text().split()))


def test_a_page_says_value_interval_period_and_rank(built: Project) -> None:
    gallery.write_gallery(built)
    said = page(built.build, "CHN")
    assert "<h1>China in numbers</h1>" in said
    cells = '<td class="number">{}</td> <td>2024</td><td class="number">{}</td>'
    row = f'<th scope="row" title="What {{}} is">[^<]+</th> {cells}'
    assert re.search(row.format(re.escape(SHARE), "60%", "1 of 60"), said)
    assert re.search(
        row.format(re.escape(GAP), "−25.0 points<br><small>−41.5 to −8.5 points</small>", "–"), said
    )
    assert GONE not in said  # it has no value
    assert "Accounts, data to 2024; Bank." in said


def test_ranks_are_among_economies_with_figures_for_the_same_period(built: Project) -> None:
    rows = [result(code, SHARE, 5.0 if n in (3, 4) else -n) for n, code in enumerate(CODES)]
    rows[0]["period"] = "2019"
    swept(built, rows)
    found = atlas.read_profiles(built)
    assert found
    ranks = {p.code: p.parts["Household consumption"][0]["rank"] for p in found.profiles}
    assert ranks[CODES[0]] == ""  # its figure is of another year
    assert ranks[CODES[3]] == ranks[CODES[4]] == "1 of 59"
    assert ranks[CODES[1]] == "3 of 59"
    assert ranks[CODES[-1]] == "59 of 59"


def test_what_failed_is_listed_with_its_reason(built: Project) -> None:
    gallery.write_gallery(built)
    said = (built.build / "atlas" / "index.html").read_text()
    assert said.count('<li><a href="') == COUNT + 1  # and the way up
    assert '<th scope="row">TUV</th><td>07_exports</td><td>no &lt;figures&gt;</td>' in said
    assert re.search(r"<td>all</td><td>too few years</td>", said)


@pytest.mark.parametrize("is_published", [False, True])
def test_pages_lead_to_sites_and_sites_to_pages(built: Project, *, is_published: bool) -> None:
    top = built.build / "public" if is_published else built.build
    if is_published:
        gallery.publish(built, ["CHN"], top)
    else:
        gallery.write_gallery(built)
    site = top / "CHN" if is_published else top / "CHN" / "site"
    for place in ("CHN", "index"):
        links = re.findall(r'href="([^"#]+)', (top / "atlas" / f"{place}.html").read_text())
        led = [link for link in links if link.endswith(".html")]
        assert [link for link in led if not (top / "atlas" / link).is_file()] == []
        assert any(link.endswith("explore.html") for link in led)
    said = re.search(r"reportProfiles = (.*);", (site / "editions.js").read_text())
    assert said
    profiles = json.loads(said[1])
    assert len(profiles["economies"]) == COUNT
    for code in profiles["economies"]:
        assert (site / f"{profiles['root']}{code}.html").is_file()
    assert 'href="atlas/index.html"' in (top / "index.html").read_text()


def test_where_no_sweep_ran_there_is_no_page(built: Project) -> None:
    (built.build / "sweeps" / "atlas" / "failures.csv").unlink()
    gallery.write_gallery(built)
    assert not (built.build / "atlas").exists()
    assert "atlas/" not in (built.build / "index.html").read_text()


def test_a_damaged_table_is_named(built: Project) -> None:
    (built.build / "sweeps" / "atlas" / "results.parquet").write_bytes(b"no table")
    with pytest.raises(DamagedFileError, match=r"results\.parquet .*run again: make atlas"):
        atlas.read_profiles(built)


@pytest.mark.parametrize(("failed", "status"), [(0, 0), (2, 1)])
def test_the_command_makes_the_pages_whatever_failed(
    built: Project, monkeypatch: pytest.MonkeyPatch, failed: int, status: int
) -> None:
    def run_sweep(project: Project, asked: grid.Grid, **_: object) -> None:
        assert asked.is_of_all_economies
        raise SweepFailedError("2 of 900 runs failed", failed)

    monkeypatch.setattr(whole, "run_sweep", run_sweep)
    monkeypatch.chdir(built.root)
    done = CliRunner().invoke(cli.COMMANDS["atlas"], [])
    assert (done.exit_code != 0) == bool(status)
    assert "2 of 900 runs failed" in (str(done.exception) if status else done.output)
    assert (built.build / "atlas" / "CHN.html").is_file()


def test_the_atlas_runs_chapters_of_this_project() -> None:
    asked = grid.read_grid(REPOSITORY / "book" / atlas.GRID)
    names = [path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb")]
    assert all(any(n.startswith(chapter) for n in names) for chapter in asked.chapters)


def test_each_key_that_is_shown_is_recorded_for_the_study() -> None:
    kept = json.loads((REPOSITORY / "editions" / "CHN" / "results.json").read_text())
    recorded = {row["key"]: row for row in kept["results"]}
    with (REPOSITORY / "book" / atlas.SHOWN).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows if row["key"] not in recorded] == []
    chapters = {recorded[row["key"]]["chapter"][:2] for row in rows}
    assert chapters == set(grid.read_grid(REPOSITORY / "book" / atlas.GRID).chapters)
