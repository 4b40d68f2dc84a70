"""The steps of the refresh workflow, from a publisher's new release to the pull request.

The newest World Bank vintage is held back from a small project on real releases, served by a
stand-in, and what the workflow would run is run.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from faults.standins import WEB_PAGE, Reply, StandIn, WorldBank

from rebalancing.data import checksums, releases, vintages
from rebalancing.data.fetch import worldbank
from rebalancing.project import Project

from .stand_in_gh import install

ROOT = Path(__file__).parents[2]
REAL = Project(ROOT)
# The vintage before the newest had other series; the one with the chapter's is older.
NEWEST, HELD = "2026-06-06", ("2024-05-08", "2026-05-01")
SERIES = "NV.IND.MANF.ZS"
FILES = (
    *("Makefile", "study.yml", "requirements.lock", "pyproject.toml", ".gitignore"),
    *("CITATION.cff", "LICENSE", "tools/github.py", "tools/environment.py"),
    *("data/corrections.yml", "data/thresholds.yml"),
)
CHAPTER = "02_manufacturing"
TABLES_CODE = """\
from rebalancing.data import clean
from rebalancing.data.tables import write
from rebalancing.report.chapter import open_chapter

chapter = open_chapter("01_clean", globals())
accounts = clean.read_raw(chapter.project, clean.ACCOUNTS, "current-usd")
accounts = clean.national_accounts({"current-usd": accounts})
write(chapter.project, "economies", clean.economies(accounts))
world_bank = clean.world_bank(
    clean.read_raw(chapter.project, "worldbank-wdi", "all-economies"),
    clean.read_raw(chapter.project, "worldbank-wdi", "countries"),
)
write(chapter.project, "world_bank", world_bank)"""
CHAPTER_CODE = f"""\
from rebalancing.data import vintages
from rebalancing.report.chapter import open_chapter

chapter = open_chapter("{CHAPTER}", globals())
name = chapter.release("worldbank-wdi").name
table = chapter.read("world_bank", only={{"series": ["{SERIES}"]}})
table = vintages.as_of(table, name).sort_values("year")
share = table[table["economy"] == chapter.study.economy].set_index("year")["value"]
chapter.results.record(
    "manufacturing.share",
    share.iloc[-1],
    unit="% of GDP",
    period=int(share.index[-1]),
    definition="Value added of manufacturing",
    release=chapter.source("worldbank-wdi"),
)"""
PARAMETERS = """\
economy: str = None  # the economy of interest
releases: dict = None  # data release per publisher
as_of: str = None  # the day, or latest"""
KEPT = {"index", "changes", "citation"}
INDEX = """\
# {{ economy }}

## The answer

Manufacturing is {{ n("manufacturing.share") }} of GDP.
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("refresh-workflow")]


def notebook(title: str, parameters: str, code: str, **declared: list[str]) -> dict[str, Any]:
    """Return a notebook of two cells of code that declares what it reads and writes."""
    new = nbformat.v4
    cells = [
        new.new_markdown_cell(f"# {title}", id="title"),
        new.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"),
        new.new_code_cell(code, id="code"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "rebalancing": {"title": title, **declared}}
    return new.new_notebook(cells=cells, metadata=metadata)


def fill(project: Project) -> None:
    """Write the copy: real data without the newest vintage, two notebooks, a book of few pages."""
    for name in FILES:
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, project.root / name)
    accounts = releases.resolve(REAL, "unsd-ama").folder
    shutil.copytree(accounts, project.raw / "unsd-ama" / accounts.name)
    for name in HELD:
        place = Path("worldbank-wdi", name)
        shutil.copytree(REAL.raw / place, project.raw / place)
    checksums.update(project, [path.parent for path in project.raw.glob("*/*/datapackage.json")])
    tables = [f"data/processed/{name}.parquet" for name in ("economies", "world_bank")]
    raw = ["data/raw/unsd-ama", "data/raw/worldbank-wdi"]
    clean = notebook("Tables", "# none", TABLES_CODE, reads=raw, writes=tables)
    reads, writes = [*tables, raw[1]], [f"results/{CHAPTER}.json"]
    chapter = notebook("Manufacturing", PARAMETERS, CHAPTER_CODE, reads=reads, writes=writes)
    project.notebooks.mkdir()
    nbformat.write(clean, project.notebooks / "01_clean.ipynb")
    nbformat.write(chapter, project.notebooks / f"{CHAPTER}.ipynb")
    shutil.copytree(ROOT / "book", project.book)
    (project.book / "index.md").write_text(INDEX)
    others = [path for path in sorted(project.book.glob("*.md")) if path.stem not in KEPT]
    for path in others:
        path.write_text(f"# {path.stem}\n")
    pages = ["changes", "citation", CHAPTER, *(path.stem for path in others)]
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": name} for name in pages]}
    (project.book / "_toc.yml").write_text(yaml.safe_dump(toc))
    checklist = project.book / "checklist.csv"
    with checklist.open(newline="") as stream:
        lines = [
            {**line, "target": "index#the-answer", "needs": "", "reason": ""}
            for line in csv.DictReader(stream)
        ]
    with checklist.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def service() -> WorldBank:
    """Return a service with the newest vintage's economies: all values valid when it came out."""
    newest = releases.load(REAL, "worldbank-wdi", "all-economies", NEWEST)
    every = releases.load_all(
        REAL,
        "worldbank-wdi",
        "all-economies",
        economies=sorted(newest["economy"].unique()),
        series=worldbank.SERIES,
    )
    names = {
        entry["code"]: entry["title"]
        for release in releases.releases(REAL, "worldbank-wdi")
        for entry in release.resources.get("all-economies", {"series": []})["series"]
    }
    return WorldBank(vintages.as_of(every), names, NEWEST, rows_per_page=worldbank.PER_PAGE)


@dataclass
class Runner:
    """Runs a workflow's steps in a clone, as a runner does, in this test's environment."""

    project: Project
    gh: Path

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.check_output(command, cwd=self.project.root, text=True).strip()

    def make(self, target: str) -> None:
        done = self._run(f"make {target}", {})
        assert done.returncode == 0, done.stdout + done.stderr

    def job(self, name: str, inputs: dict[str, str], services: dict[str, str]) -> list[str]:
        """Run the steps of a job of refresh.yml; return the make targets that ran."""
        workflow = yaml.safe_load((ROOT / ".github/workflows/refresh.yml").read_text())
        output = self.project.root.parent / "output"
        output.write_text("")
        ran = []
        for step in workflow["jobs"][name]["steps"]:
            if "run" not in step or not self._wanted(step.get("if"), output.read_text()):
                continue
            given = {key: self._value(value, inputs) for key, value in step.get("env", {}).items()}
            done = self._run(step["run"], {**services, **given, "GITHUB_OUTPUT": str(output)})
            assert done.returncode == 0 or step.get("continue-on-error"), done.stdout + done.stderr
            ran.append(step["run"].split()[1])
        return ran

    def _wanted(self, condition: str | None, outputs: str) -> bool:
        assert condition in {None, "steps.data.outputs.news == 'true'"}
        return condition is None or "news=true" in outputs.splitlines()

    def _value(self, expression: str, inputs: dict[str, str]) -> str:
        known = {f"${{{{ inputs.{name} }}}}": value for name, value in inputs.items()}
        return {**known, "${{ github.token }}": "a-token"}.get(expression, "")

    def _run(self, command: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        path = f"{self.gh.parent}{os.pathsep}{os.environ['PATH']}"
        env = {**kept, "PATH": path, "PYTHONPATH": str(ROOT / "src"), **given}
        return subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.project.root,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def hosted(self) -> dict[str, Any]:
        return json.loads((self.gh.parent / "state.json").read_text())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A clone whose edition has been kept; make uses the environment of this test."""
    made = Runner(Project(tmp_path / "clone"), install(tmp_path / "bin"))
    fill(made.project)
    make = made.gh.with_name("make")
    real, bin_ = shutil.which("make"), Path(sys.executable).parent
    make.write_text(
        f'#!/bin/sh\nexec "{real}" -o env BIN="{bin_}" PYTHON="{sys.executable}" "$@"\n'
    )
    make.chmod(0o755)
    made.make("report")
    made.make("keep")
    subprocess.check_call(["git", "init", "--quiet", "--bare", str(tmp_path / "origin.git")])
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "The edition before")
    return made


@pytest.fixture
def services() -> Iterator[dict[str, str]]:
    """The World Bank's service has a new vintage; the others are out of order."""
    web_page = Reply(WEB_PAGE, "text/html")
    with StandIn(service(), "/v2") as bank, StandIn(lambda _: web_page) as others:
        broken = {f"REBALANCING_{name}_URL": others.url for name in ("UNSD", "BIS", "IMF")}
        yield {"REBALANCING_WORLDBANK_URL": bank.url, **broken}


def test_from_a_new_release_to_the_pull_request(runner: Runner, services: dict[str, str]) -> None:
    # The vintage before held single series, so this one stops; nothing is built.
    assert runner.job("prepare", {}, services) == ["refresh", "news", "proposal"]
    runner.job("propose", {}, {})
    assert runner.hosted["prs"] == []
    (issue,) = runner.hosted["issues"]
    for part in ("worldbank-wdi stopped", "unsd-ama changed its format", "imf-weo changed its"):
        assert part in issue["title"]
    assert "(severe from" in issue["body"]
    assert runner.git("status", "--porcelain") == ""

    # A maintainer looks, and accepts it.
    accepted = {"publisher": "worldbank-wdi", "accept": "All series in one vintage; $(false) it is"}
    ran = runner.job("prepare", accepted, services)
    assert ran == ["refresh", "news", "report", "changes", "keep", "proposal"]
    runner.job("propose", {}, {})
    (request,) = runner.hosted["prs"]
    assert request["title"] == f"[severe] CHN: worldbank-wdi {NEWEST}"
    assert f"### worldbank-wdi: {NEWEST} in place of {HELD[-1]} (severe)" in request["body"]
    assert "Value added of manufacturing (`manufacturing.share`)" in request["body"]
    assert "## Sentences of the front page" in request["body"]
    # The other publishers were not asked again.
    assert [entry["state"] for entry in runner.hosted["issues"]] == ["open"]
    assert runner.hosted["started"] == [["test.yml", "refresh"]]

    # The branch holds the release with the reason, and the results for the next edition.
    changed = runner.git("diff", "--name-only", "main", "origin/refresh").splitlines()
    assert {path.split("/")[0] for path in changed} == {"data", "editions"}
    assert "editions/CHN/changes.json" in changed
    package = json.loads(
        runner.git("show", f"origin/refresh:data/raw/worldbank-wdi/{NEWEST}/datapackage.json")
    )
    assert package["accepted"]["reason"] == accepted["accept"]
    kept = json.loads(runner.git("show", "origin/refresh:editions/CHN/results.json"))
    assert kept["edition"]["releases"]["worldbank-wdi"]["release"] == NEWEST
