"""One small edition of another economy, built in a copy of the project from data to site."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import held
import pytest
import web_fonts

from rebalancing import cli, oracles
from rebalancing.project import Project
from rebalancing.report.passports import passports

ROOT = Path(__file__).parent.parent
COMPARED = ("arithmetic", "regression", "trend")  # areas of reference results that are quick
COPIED = ("notebooks", "book", "study.yml", "requirements.lock", "CITATION.cff", "LICENSE")
REQUEST = (
    *("--economy", "KOR", "--peers", "CHN,JPN", "--first-year", "1990", "--last-year", "2019"),
    # As few draws as are allowed: no test here is about what they find.
    *("--slope-draws", "99", "--break-draws", "99", "--curve-draws", "99"),
)

pytestmark = pytest.mark.slow


# Run as README prints them; the papermill line is about the same economy as the edition.
PRINTED = {
    ".venv/bin/papermill notebooks/02_consumption.ipynb out.ipynb -p economy KOR": "Executing",
    ".venv/bin/rebalancing forecast-log score": "unsd-ama",
}


def rebalancing(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rebalancing.cli", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        command, cwd=project, env=env, capture_output=True, text=True, check=False
    )


def compare_few(project: Path) -> None:
    """Let the appendix compare a few reference results; tests/oracles compares all."""
    few = project / "published"
    few.mkdir()
    for area in COMPARED:
        shutil.copy(oracles.FOLDER / f"{area}.csv", few)
    (few / "data").symlink_to(oracles.FOLDER / "data")
    notebook = project / "notebooks" / "17_published.ipynb"
    every, here = "(oracles.FOLDER)", "(chapter.project.root / 'published')"
    text = notebook.read_text()
    assert text.count(f"compare_with_published{every}") == 1
    notebook.write_text(text.replace(f"published{every}", f"published{here}"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Path:
    """Return a copy of the project whose edition for South Korea has been built."""
    copy = tmp_path_factory.mktemp("project")
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    (copy / "data").mkdir()
    shutil.copy(ROOT / "data" / "corrections.yml", copy / "data")
    held.link(Project(copy))
    web_fonts.link(Project(copy), fonts)
    compare_few(copy)
    done = rebalancing(copy, "report", *REQUEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "site/index.html" in done.stdout
    return copy


@pytest.fixture(scope="module")
def edition(project: Path) -> Path:
    (folder,) = (path for path in (project / "build").iterdir() if path.name.startswith("KOR"))
    return folder


@pytest.fixture(scope="module")
def recorded(edition: Path) -> dict[str, dict[str, object]]:
    content = json.loads((edition / "results.json").read_text())
    return {result["key"]: result for result in content["results"]}


def test_every_promised_result_is_recorded(recorded: dict[str, dict[str, object]]) -> None:
    promised = {
        "consumption.share.latest",
        "consumption.share.minimum",
        "consumption.share.world_percentile",
        "consumption.share.peer.CHN.latest",
        "consumption.share.peer.JPN.latest",
        "consumption.share.peer.EU27.latest",
        "consumption.share.peer.WLD.latest",
        "consumption.share.rest_of_world",
        "consumption.trend.slope",
        "consumption.trend.slope.lower",
        "consumption.trend.slope.upper",
        "exports.share_gdp.latest",
        "exports.net.share_gdp.latest",
        "exports.merchandise.world_share.latest",
        "manufacturing.export_share.latest",
        "manufacturing.export_share_ex_intra_eu.latest",
        "manufacturing.value_added_share.latest",
        "breaks.consumption.count",
        "trends.consumption.drift.whole",
        "trends.exports.slope.whole.lower",
        "trends.filters.rising",
        "unitroot.consumption.adf.p",
    }
    assert promised <= recorded.keys()
    fields = {"key", "value", "unit", "period", "definition", "release", "chapter", "text"}
    assert all(fields <= result.keys() for result in recorded.values())


def test_the_sample_ends_where_it_was_asked_to(recorded: dict[str, dict[str, object]]) -> None:
    assert recorded["consumption.share.latest"]["period"] == "2019"
    assert recorded["consumption.first_year"]["value"] == 1990


def test_results_name_parameters_and_releases(edition: Path) -> None:
    head = json.loads((edition / "results.json").read_text())["edition"]
    assert head["parameters"]["economy"] == "KOR"
    assert re.fullmatch(r"[0-9a-f]{64}", head["releases"]["unsd-ama"]["sha256"])


def test_nothing_about_china_is_said_of_another_economy(edition: Path) -> None:
    pages = {path.name: path.read_text() for path in (edition / "site").glob("0[27]_*.html")}
    assert len(pages) == 2
    for name, page in pages.items():
        text = re.sub(r"<(script|style|pre)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
        for phrase in ("WTO entry", "economic census", "In December of that year"):
            assert phrase not in text, f"{phrase!r} in {name}"


def test_a_section_without_data_says_so(edition: Path) -> None:
    page = (edition / "site" / "08_markets.html").read_text()
    assert "no customs figures by partner" in page
    assert "fig-partners" not in page


def test_claims_about_china_are_left_out_with_the_reason(edition: Path) -> None:
    assert json.loads((edition / "claims.json").read_text()) == {}
    reason = json.loads((edition / "results.json").read_text())["left_out"]["claims"]
    assert reason in (edition / "site" / "limitations.html").read_text()
    assert not (edition / "site" / "03_claims.html").exists()
    assert "03_claims" not in (edition / "site" / "index.html").read_text()
    assert (edition / "site" / "claims.json").read_text() == (edition / "claims.json").read_text()


def test_the_checklist_says_where_each_line_is_met(edition: Path) -> None:
    lines = json.loads((edition / "checklist.json").read_text())["lines"]
    assert [line["number"] for line in lines] == list(range(1, 47))
    for line in lines:
        page = (edition / "site" / line["page"]).read_text()
        assert f'id="{line["anchor"]}"' in page, line
        assert bool(line["reason"]) is not line["is_met"]
    assert not lines[10]["is_met"]  # the claims are about another economy


def test_every_figure_has_its_files(edition: Path) -> None:
    found = [path for home in edition.glob("figures/*") for path in passports(home)]
    assert len(found) >= 6
    for path in found:
        passport = json.loads(path.read_text())
        for kind in ("svg", "png", "csv", "wide", "narrow"):
            assert (path.parent / passport[kind]).stat().st_size > 100
        assert re.search(r"\d", passport["alt"]), f"{path.name}: alt text without a number"


def test_executed_notebooks_carry_no_error_and_no_warning(edition: Path) -> None:
    for path in edition.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            kinds = [
                output.get("name", output["output_type"]) for output in cell.get("outputs", [])
            ]
            assert "error" not in kinds
            assert "stderr" not in kinds, f"{path.name} {cell['id']} wrote to stderr"


def test_executed_notebooks_show_no_python(edition: Path) -> None:
    shown = [
        f"{path.name}, {cell['id']}: {output['data']['text/plain']}"
        for path in sorted((edition / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text())["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "execute_result" and set(output["data"]) == {"text/plain"}
    ]
    assert shown == []


@pytest.mark.parametrize(("kind", "anchor"), [("figure", "fig"), ("table", "tab")])
def test_each_figure_and_table_shows_once_in_its_notebook_and_once_on_its_page(
    edition: Path, kind: str, anchor: str
) -> None:
    shown = [
        reference
        for path in (edition / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
        for output in cell.get("outputs", ())
        if (reference := output.get("metadata", {}).get("rebalancing", {}).get(kind))
    ]
    found = [path for home in edition.glob(f"{kind}s/*") for path in passports(home)]
    saved = [f"{path.parent.name}/{path.stem}" for path in found]
    assert sorted(shown) == sorted(saved)
    for reference in saved:
        chapter, _, name = reference.partition("/")
        page = (edition / "site" / f"{chapter}.html").read_text()
        assert page.count(f'id="{anchor}-{name}"') == 1, reference


def test_a_second_run_does_nothing(project: Path, edition: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in edition.rglob("*") if path.is_file()}
    done = rebalancing(project, "report", *REQUEST)
    assert done.returncode == 0
    assert "Nothing to do" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_failing_notebook_leaves_the_last_good_site(project: Path, edition: Path) -> None:
    notebook = project / "notebooks" / "02_consumption.ipynb"
    good, site = notebook.read_text(), (edition / "site" / "index.html").read_bytes()
    content = json.loads(good)
    broken = next(cell for cell in content["cells"] if cell["id"] == "open")
    broken["source"] = "raise ValueError(f'the share is {140}% of GDP')"
    notebook.write_text(json.dumps(content))
    try:
        done = rebalancing(project, "report", *REQUEST)
    finally:
        notebook.write_text(good)
    assert done.returncode == 1
    for part in ("02_consumption", broken["id"], "the share is 140% of GDP"):
        assert part in done.stderr
    assert (edition / "site" / "index.html").read_bytes() == site
    assert list(edition.glob("failed/*.ipynb"))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--economy", "XXX", "XXX is not among"),
        ("--last-year", "1980", "a report needs 8"),
        ("--horizon", "soon", "whole number"),
        ("--releases", "unsd-ama=1999", "no release 1999"),
    ],
)
def test_a_wrong_parameter_is_one_line_and_writes_nothing(
    project: Path,
    option: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sorted(project.rglob("*"))
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["rebalancing", "report", *REQUEST, option, value])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize(("command", "said"), PRINTED.items())
def test_commands_that_need_all_tables_run_as_printed(
    project: Path, command: str, said: str
) -> None:
    shutil.copytree(ROOT / "editions", project / "editions", dirs_exist_ok=True)
    link = project / ".venv"
    link.symlink_to(sys.prefix)
    try:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        link.unlink()
        shutil.rmtree(project / "editions")
    assert done.returncode == 0, done.stderr
    assert said in done.stdout + done.stderr
