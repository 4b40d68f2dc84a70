"""A small project on real releases, and a runner of the workflows' jobs in a clone of it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import held
import nbformat
import web_fonts
import yaml

from rebalancing import build
from rebalancing.data import releases
from rebalancing.data.releases import checksums
from rebalancing.notebooks import chapters
from rebalancing.project import Project
from rebalancing.study import Study

ROOT = Path(__file__).parents[2]
REAL = held.project()
# The vintage before the newest had other series; the one with the chapter's is older.
NEWEST, HELD = "2026-06-06", ("2024-05-08", "2026-05-01")
SERIES = "NV.IND.MANF.ZS"
FILES = (
    *("Makefile", "study.yml", "requirements.lock", "pyproject.toml", ".gitignore"),
    "task_report.py",
    *("CITATION.cff", "LICENSE", "environment.yml", "requirements.json"),
    *(f"tools/{name}.py" for name in ("attempt", "clean", "environment", "github", "proposed")),
    *("tools/kernel/kernel.json", "data/corrections.yml", "data/thresholds.yml"),
)
CHAPTER = "02_manufacturing"
TABLES_CODE = """\
from rebalancing.data.tables import clean
from rebalancing.data.tables import write_processed
from rebalancing.publishers import ACCOUNTS
from rebalancing.report.chapter import open_chapter

chapter = open_chapter()
accounts = clean.read_raw(chapter.project, ACCOUNTS, "current-usd")
accounts = clean.national_accounts({"current-usd": accounts})
write_processed(chapter.project, "economies", clean.economies(accounts))
world_bank = clean.world_bank(
    clean.read_raw(chapter.project, "worldbank-wdi", "all-economies"),
    clean.read_raw(chapter.project, "worldbank-wdi", "countries"),
)
write_processed(chapter.project, "world_bank", world_bank)"""
CHAPTER_CODE = f"""\
from rebalancing.data.views import vintages
from rebalancing.report.chapter import open_chapter

chapter = open_chapter()
name = chapter.release("worldbank-wdi").name
table = chapter.read("world_bank", only={{"series": ["{SERIES}"]}})
table = vintages.as_of(table, name).sort_values("year")
share = table[table["economy"] == chapter.study.economy].set_index("year")["value"]
record = chapter.recorder("manufacturing", unit="% of GDP", release=chapter.source("worldbank-wdi"))
record("share", share.iloc[-1], "Value added of manufacturing", period=int(share.index[-1]))"""
PARAMETERS = """\
economy: str | None = None  # the economy of interest
releases: dict | None = None  # data release per publisher
as_of: str | None = None  # the day, or latest"""
CHAPTER_TEXT = """\
%%prose
Manufacturing is {{ n("manufacturing.share") }} of GDP."""
KEPT = {"index", "changes", "citation"}
INDEX = """\
# {{ economy }}

## The answer

Manufacturing is {{ n("manufacturing.share") }} of GDP.
"""


def notebook(title: str, parameters: str, *code: str, **declared: list[str]) -> dict[str, Any]:
    """Return a notebook of a title and cells of code that declares what it reads and writes."""
    new = nbformat.v4
    cells = [
        new.new_markdown_cell(f"# {title}", id="title"),
        new.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"),
        *(new.new_code_cell(source, id=f"code-{number}") for number, source in enumerate(code)),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "rebalancing": {"title": title, **declared}}
    return new.new_notebook(cells=cells, metadata=metadata)


def fill(project: Project, fonts: Path) -> None:
    """Write the copy: real data without the newest vintage, two notebooks, a book of few pages.

    ``fonts`` keeps web fonts between tests.
    """
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
    chapter = notebook(
        "Manufacturing", PARAMETERS, CHAPTER_CODE, CHAPTER_TEXT, reads=reads, writes=writes
    )
    project.notebooks.mkdir()
    nbformat.write(clean, project.notebooks / "01_clean.ipynb")
    nbformat.write(chapter, project.notebooks / f"{CHAPTER}.ipynb")
    chapters.clear(project)
    shutil.copytree(ROOT / "book", project.book)
    (project.book / "index.md").write_text(INDEX)
    others = [path for path in sorted(project.book.glob("*.md")) if path.stem not in KEPT]
    for path in others:
        path.write_text(f"# {path.stem}\n")
    pages = ["changes", "citation", CHAPTER, *(path.stem for path in others)]
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": name} for name in pages]}
    (project.book / "_toc.yml").write_text(yaml.safe_dump(toc))
    web_fonts.link(project, fonts)
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


@dataclass
class Runner:
    """Runs a workflow's steps in a clone, as a runner does, in this test's environment."""

    project: Project
    gh: Path

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.check_output(command, cwd=self.project.root, text=True).strip()

    def run_notebooks(self) -> None:
        """Run them and merge what they record, without the book."""
        study = Study.load(self.project)
        names = [notebook.name for notebook in chapters.find_notebooks(self.project)]
        build.update(self.project, study, only=names)
        steps = build.report_steps(self.project, study)
        steps.merge(self.project.build / study.edition(self.project))

    def make(self, target: str) -> None:
        done = self._run(f"make {target}", {})
        assert done.returncode == 0, done.stdout + done.stderr

    def job(
        self,
        workflow: str,
        name: str,
        inputs: dict[str, str] | None = None,
        services: dict[str, str] | None = None,
    ) -> tuple[list[str], str]:
        """Run a job's steps to the first that fails; return them, and what that one said."""
        content = yaml.safe_load((ROOT / ".github/workflows" / f"{workflow}.yml").read_text())
        output = self.project.root.parent / "output"
        output.write_text("")
        ran: list[str] = []
        outcomes: dict[str, str] = {}
        for step in content["jobs"][name]["steps"]:
            if "run" not in step or not self._wanted(step.get("if"), output, outcomes):
                continue
            values = step.get("env", {}).items()
            given = {key: self._value(value, inputs or {}) for key, value in values}
            given |= {**(services or {}), "GITHUB_OUTPUT": str(output)}
            done = self._run(step["run"], given)
            ran.append(step["run"].removeprefix("make ").split(" >>")[0])
            outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
            if done.returncode and not step.get("continue-on-error"):
                return ran, done.stdout + done.stderr
        return ran, ""

    def _wanted(self, condition: str | None, output: Path, outcomes: dict[str, str]) -> bool:
        """Return whether a step runs: ``steps.<id>.(outputs.<name>|outcome) == '<value>'``."""
        if condition is None:
            return True
        match = re.fullmatch(r"steps\.(\w+)\.(?:outputs\.(\w+)|outcome) == '(\w+)'", condition)
        assert match, condition
        if match[2]:
            return f"{match[2]}={match[3]}" in output.read_text().splitlines()
        return outcomes[match[1]] == match[3]

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
