"""A project so small that a command on it takes milliseconds, with a file of every kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
from workflow.small_project import notebook

from rebalancing.data.releases import checksums, descriptor, schema
from rebalancing.data.releases.sources import Dated, Licence, Publisher
from rebalancing.files import write_json
from rebalancing.project import Project

from .small import figures, years

REPOSITORY = Path(__file__).parents[2]
TITLES = {
    "GDP": "Gross domestic product",
    "HFCE": "Household consumption",
    "EXP": "Exports",
    "IMP": "Imports",
}
RELEASES = {
    "unsd-ama": {"2023": "2024-12", "2024": "2025-12"},
    "pwt": {"10.01": "2023-01-23"},
}
STUDY = """economy: CHN
peers: [USA, JPN]
first_year: 1990
last_year: latest
releases: {}
as_of: latest
confidence_level: 0.8
horizon: 16
intra_eu_share: 0.6
seed: 20041205
smoothing: 6.25
trimming: 0.15
unit_root_lags: auto
unit_root_criterion: aic
hac_lags: auto
ardl_lags: 2
slope_draws: 1999
break_draws: 199
curve_draws: 499
averaging_window: 5
gdp_growth: 4.0
"""
LOCK = """lock-version = "1"

[[task]]
id = "CHN/02_first"
state = "0"

[task.depends_on]
"CHN/02_first.ipynb" = "0"

[task.produces]
"results/02_first.json" = "0"
"""
CONTENTS = """# The order of the book.
format: jb-book
root: index
parts:
  - caption: Chapters
    chapters:
      - file: 02_first
  - caption: Background
    chapters:
      - file: 01_clean
        title: The data
      - file: methods
"""
JOURNAL = '{"id": "shared/01_clean", "state": "0", "depends_on": {}, "produces": {"a": "0"}}\n'
FORECAST = {
    "economy": "CHN",
    "measure": "household share",
    "forecaster": "walk",
    "release": "unsd-ama 2024",
    "released": "2025-12",
    "last_year": 2024,
    "last_value": 39.0,
    "levels": [0.1, 0.5, 0.9],
    "quantiles": {"2025": [38.0, 39.0, 40.0]},
}
KEPT_ROWS = 12  # of results and of the forecast log


def build(root: Path) -> Project:
    """Write the project and return it."""
    project = Project(root)
    root.mkdir()
    project.study_file.write_text(STUDY)
    for name in ("CITATION.cff", "LICENSE", "CHANGELOG.md"):
        shutil.copyfile(REPOSITORY / name, root / name)
    (root / "requirements.lock").write_text("numpy==1\n")
    for publisher, names in RELEASES.items():
        for name, date in names.items():
            _release(project, publisher, name, date)
    checksums.update(project, [path.parent for path in project.raw.glob("*/*/datapackage.json")])
    for name in ("thresholds.yml", "corrections.yml"):
        shutil.copyfile(REPOSITORY / "data" / name, root / "data" / name)
    _book(project)
    _notebooks(project)
    _editions(project)
    state = project.build / ".workflow"
    state.mkdir()
    (state / "pytask.lock").write_text(LOCK)
    (state / "pytask.lock.journal").write_text(JOURNAL)
    return project


def _release(project: Project, publisher: str, name: str, date: str) -> None:
    folder = project.raw / publisher / name
    folder.mkdir(parents=True)
    last = 2024 if name == "10.01" else int(name)
    rows = figures(["CHN", "JPN", "USA"], list(TITLES), years(1985, last)).assign(unit="US dollars")
    path = folder / "current-usd.parquet"
    frame = schema.conform(rows, name)
    schema.write_figures(frame, path)
    resource = descriptor.resource(path, "current-usd", "Current prices", frame, TITLES)
    whose = Publisher(
        publisher,
        "Somebody",
        "Accounts",
        "https://example.org",
        Licence("free", "Free to use"),
        "Somebody, Accounts {release}.",
        (),
        notes=("Made up.",),
    )
    write_json(
        folder / descriptor.FILE,
        descriptor.package(whose, Dated(name, date, "Made up."), [resource]),
    )


def _book(project: Project) -> None:
    project.book.mkdir()
    for name in ("checklist.csv", "sections.csv", "_config.yml"):
        shutil.copyfile(REPOSITORY / "book" / name, project.book / name)
    (project.book / "_toc.yml").write_text(CONTENTS)
    (project.book / "index.md").write_text("# A book\n")
    (project.book / "methods.md").write_text("# Methods\n")


def _notebooks(project: Project) -> None:
    project.notebooks.mkdir()
    chapters = {
        "01_clean": ("# none", ["data/raw/unsd-ama"], ["data/processed/economies.parquet"]),
        "02_first": ("economy: str | None = None", ["data/raw/pwt"], ["results/02_first.json"]),
    }
    for name, (parameters, reads, writes) in chapters.items():
        cells = ('key = "a.b"', '%%prose if="a.b=flat"\nIt was {{ n("a.b") }}.')
        content = notebook(*cells, reads=reads, writes=writes, parameters=parameters)
        (project.notebooks / f"{name}.ipynb").write_text(json.dumps(content, indent=1))


def _editions(project: Project) -> None:
    """Write what is kept of an edition, and the edition itself as if it had been built."""
    kept = REPOSITORY / "editions"
    results = json.loads((kept / "CHN" / "results.json").read_text(encoding="utf-8"))
    results["results"] = results["results"][:KEPT_ROWS]
    folder = project.root / "editions" / "CHN"
    write_json(folder / "results.json", results)
    for name in ("claims.json", "sentences.json"):
        shutil.copyfile(kept / "CHN" / name, folder / name)
    lines = (kept / "forecast-log.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (project.root / "editions" / "forecast-log.csv").write_text("".join(lines[:KEPT_ROWS]))
    for name in ("CHN", "JPN"):
        built = project.build / name
        write_json(built / "results.json", {**results, "left_out": {}})
        for place in ("site/index.html", "book/index.md"):
            (built / place).parent.mkdir()
            (built / place).write_text("A book\n")
    # So that what is kept of it is put beside what the log of forecasts holds.
    write_json(project.build / "CHN" / "forecasts" / "07.json", {"forecasts": [FORECAST]})
    project.processed.mkdir()
    economies = {"economy": ["CHN", "JPN", "USA"], "name": ["China", "Japan", "United States"]}
    economies["in_text"] = economies["name"]
    pd.DataFrame(economies).to_parquet(project.processed / "economies.parquet")
