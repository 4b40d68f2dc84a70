"""An edition with made-up figures, written by the library itself, on the project's own pages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import made_up_tables
import numpy as np
import pandas as pd
import web_fonts
import yaml
from described import described

from rebalancing.book import assembly, site
from rebalancing.project import Project
from rebalancing.report import charts
from rebalancing.report.book_tables import BookTables, SavedTable
from rebalancing.report.charts import panels
from rebalancing.report.figures import Figures, SavedFigure
from rebalancing.report.results import Results, merge

REPOSITORY = Path(__file__).resolve().parents[1]
NAMES = {"CHN": "China", "USA": "United States", "JPN": "Japan", "DEU": "Germany", "IND": "India"}
SOURCE = "Nobody, made-up national accounts, 2024"
PARAMETERS: dict[str, Any] = {
    "economy": "CHN",
    "peers": ["USA", "JPN"],
    "first_year": 1970,
    "last_year": "latest",
    "releases": {},
    "as_of": "latest",
    "confidence_level": 0.8,
    "horizon": 16,
    "intra_eu_share": 0.6,
    "seed": 1,
    "smoothing": 6.25,
    "trimming": 0.15,
    "unit_root_lags": "auto",
    "unit_root_criterion": "aic",
    "hac_lags": "auto",
    "ardl_lags": 2,
    "slope_draws": 1999,
    "break_draws": 199,
    "curve_draws": 499,
    "averaging_window": 5,
    "gdp_growth": 4.0,
}
EDITION: dict[str, Any] = {
    "name": "CHN",
    "parameters": PARAMETERS,
    "releases": {
        publisher: {"release": release, "date": "2025-12", "sha256": "0" * 64}
        for publisher, release in made_up_tables.NEWEST.items()
    },
    "code": {
        "version": "0.1.0",
        "commit": "0123456789abcdef",
        "committed": "2026-01-02",
        "changed": False,
    },
}
INDEX = """\
# {{ possessive(economy) }} economic rebalancing

:::{standfirst}
Households in {{ economy_in_text }} spend {{ n("consumption.share.latest") }} of what the economy
produces, {{ n("consumption.gap", magnitude=True) }} less than in the median economy.
:::

:::{key-numbers}
consumption.share.latest | of GDP is household consumption, {{ period("consumption.share.latest") }}
consumption.gap | to the median of {{ n("consumption.count") }} economies
consumption.share.minimum | was the low, in {{ period("consumption.share.minimum") }}
exports.net | are net exports
:::

## The answer

1. Households spend {{ n("consumption.share.latest") }} of GDP ([the history](#fig-history)).
2. That is low by any standard, and it has been so for a long time.
3. Exports are {{ n("exports.net") }} of GDP more than imports.
4. The trend of the share is not clearly moving.
5. A turn would show in the trend before it shows in a single year.

```{report-figure} 02_consumption/history
```

```{report-figure} 02_consumption/world
```

## Chapters

:::{container} cards
- [Household consumption](02_consumption.ipynb) How much households spend.
- [Exports](07_exports.ipynb) How much is sold abroad.
:::
"""


class Chapter:
    """Makes one executed notebook with what it saved."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.cells: list[dict[str, Any]] = []
        self.results = Results(folder, name, self.current)
        self.figures = Figures(folder, name, self.current, show=self.show)
        self.tables = BookTables(folder, name, "CHN", self.current, show=self.show)

    def current(self) -> str:
        """Return the id of the newest cell."""
        return str(self.cells[-1]["id"])

    def text(self, source: str, *tags: str) -> None:
        """Add a Markdown cell."""
        cell = {"cell_type": "markdown", "id": f"text-{len(self.cells)}", "source": source}
        self.cells.append({**cell, "metadata": {"tags": list(tags)}})

    def prose(self, source: str, *tags: str, options: str = "") -> None:
        """Add a prose cell that has run and shown nothing, as the book renders it anew."""
        first = f"%%prose {options}".rstrip()
        self.code(f"prose-{len(self.cells)}", f"{first}\n{source}", "prose", *tags)

    def code(self, name: str, source: str, *tags: str) -> None:
        """Add a code cell that has run."""
        cell = {"cell_type": "code", "id": name, "source": source, "execution_count": 1}
        self.cells.append({**cell, "metadata": {"tags": list(tags)}, "outputs": []})

    def show(self, saved: SavedFigure | SavedTable) -> None:
        """Let the newest cell show a figure or table, as a notebook does."""
        data, metadata = saved._repr_mimebundle_()
        output = {"output_type": "display_data", "data": {"text/plain": data["text/plain"]}}
        self.cells[-1]["outputs"].append({**output, "metadata": metadata})

    def record(self, key: str, value: float, unit: str = "% of GDP") -> None:
        """Record a number."""
        meaning = {"definition": f"What {key} measures, at current prices", "release": SOURCE}
        self.results.record(key, value, unit=unit, period=2024, **meaning)

    def save(self) -> None:
        """Write the notebook."""
        notebook = {
            "cells": self.cells,
            "metadata": {
                "kernelspec": {
                    "name": "rebalancing",
                    "display_name": "Python (rebalancing)",
                    "language": "python",
                },
                "language_info": {"name": "python", "pygments_lexer": "ipython3"},
                "rebalancing": {
                    "title": self.name,
                    "reads": [],
                    "writes": [f"results/{self.name}.json"],
                },
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.folder / "notebooks" / f"{self.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))


def history() -> pd.DataFrame:
    """Return made-up shares by year and economy."""
    years = np.arange(1970, 2025)
    draws = np.random.default_rng(1).normal(0, 0.8, (len(years), 3)).cumsum(axis=0)
    return pd.DataFrame(draws + np.array([45, 62, 55]), index=years, columns=["CHN", "USA", "JPN"])


def _open(chapter: Chapter, title: str) -> None:
    chapter.text(f"# {title}")
    chapter.code(
        "parameters", "economy: str | None = None  # the economy of interest", "parameters"
    )
    chapter.code("open", "chapter = open_chapter()")
    chapter.prose(
        ":::{standfirst}\nHouseholds spend "
        '{{ n("consumption.share.latest") }} of GDP. The share is low.\n:::',
        options="ahead",
    )


def _consumption(folder: Path) -> None:
    shares = history()
    chapter = Chapter(folder, "02_consumption")
    _open(chapter, "Household consumption")
    chapter.prose(
        "## What we find\n\nThe measure is {term}`household consumption` "
        "[@sna2008], written $c_t = \\mu_t + \\varepsilon_t$ with\n\n"
        "$$\\mu_t = \\mu_{t-1} + \\beta_{t-1} + \\eta_t .$$\n\n"
        "See [the distribution](#fig-world) and [the table](#tab-levels). Readers of accounts "
        "know {abbr}`NPISH (non-profit institutions serving households)`. The source says "
        "{claim}`nearly 40%`, and the filter has the setting {stated}`6.25`."
    )
    chapter.code(
        "shares", 'shares = chapter.read("expenditure_shares")  # one column each\nlow = 1.5'
    )
    chapter.record("consumption.share.latest", 39.93)
    chapter.record("consumption.share.minimum", 34.2)
    chapter.record("consumption.gap", -18.4, "percentage points")
    chapter.record("consumption.count", 5, "count")
    for rule in ("turns", "near", "elsewhere"):  # of the page on methods
        chapter.record(f"trends.rule.{rule}", 3, "years")
    chapter.code("history", 'figures.save("history", charts.lines(shares), title=title)')
    chapter.figures.save(
        "history",
        charts.lines(
            shares,
            measure="Household consumption, % of GDP at current prices",
            economy="CHN",
            names=NAMES,
            events=[(2001, "WTO entry")],
        ),
        title="China spends 39.9% of its GDP on household consumption",
        release=SOURCE,
    )
    chapter.prose(
        '### In {{ n("consumption.count") }} economies\n\nA number in a heading is plain.'
    )
    world = pd.Series(np.linspace(30, 80, 60), index=[f"X{i:02}" for i in range(60)], name="share")
    world = pd.concat([world, pd.Series({"CHN": 39.9, "USA": 68.0, "JPN": 55.0}, name="share")])
    chapter.code("world", 'figures.save("world", dots, title=title)\ntables.save("levels", table)')
    chapter.figures.save(
        "world",
        charts.distribution(
            world,
            measure="Household consumption, % of GDP, 2024",
            economy="CHN",
            others=["USA", "JPN"],
            names=NAMES,
        ),
        title="In most economies households spend a larger share of GDP",
        release=SOURCE,
        note="Some economies are made up.",
    )
    table = pd.DataFrame(
        {
            "Households, % of GDP": np.linspace(30, 75, 12),
            "Net exports, % of GDP": np.linspace(-4, 9, 12)[::-1],
            "First year": range(1970, 1982),
        },
        index=pd.Index(
            ["China", *(f"Economy {letter}" for letter in "ABCDEFGHIJK")], name="Economy"
        ),
    )
    table.iloc[3, 1] = float("nan")
    chapter.tables.save(
        "levels", table, title="Who buys what is produced", release=SOURCE, marked="China"
    )
    chapter.code("after", "assert low > 1")
    chapter.text("## What could be wrong\n\nAn old price basis, and much else.", "needs-services")
    chapter.prose(":::{change-our-mind}\nA census that doubles services.\n:::")
    chapter.save()


def _columns(count: int) -> pd.DataFrame:
    """Return a table of numbers whose heads are longer than they are."""
    names = [f"Exports to the neighbour {number}, % of GDP" for number in range(1, count)]
    values = np.linspace(0.88, 1234.56, 15 * len(names)).reshape(15, len(names))
    rows = pd.Index([f"Economy of the {number}th rank" for number in range(1, 16)], name="Economy")
    return pd.DataFrame(values, index=rows, columns=names)


def _names(count: int) -> pd.DataFrame:
    """Return a table of words."""
    said = "Household consumption at purchasing power parity, as it was published then"
    columns = {f"What is said of it in column {number}": [said] * 3 for number in range(1, count)}
    return pd.DataFrame(columns, index=pd.Index(["first", "second", "third"], name="Definition"))


def _panel(title: str, a_year: int) -> panels.Panel:
    """Return a small chart of months or quarters, drawn at their middle."""
    at = [2024 + (step + 0.5) / a_year for step in range(2 * a_year)]
    return panels.Panel(title, "% of GDP", pd.Series(np.linspace(-1.2, 3, len(at)), at), "3.0")


def _exports(folder: Path) -> None:
    chapter = Chapter(folder, "07_exports")
    _open(chapter, "Exports")
    chapter.prose("## What we find\n\nNet exports were {{ n('exports.net') }}.")
    chapter.code("net", "results.record('exports.net', net)")
    chapter.record("exports.net", 2.3)
    chapter.figures.save(
        "paths",
        panels.panels([_panel("Exports", 12), _panel("Imports", 4)], measure="Trade, % of GDP"),
        title="Exports rose, and so did imports",
        release=SOURCE,
    )
    chapter.prose("## To whom\n\nIt says {{ n('exports.partners') }}.", "needs-partners")
    chapter.code("partners", "record('exports.partners')", "needs-partners")
    for name, table in (("names", _names(4)), ("few", _columns(5)), ("many", _columns(9))):
        chapter.code(name, f'tables.save("{name}", {name})')
        chapter.tables.save(name, table, title=f"A table of {name}", release=SOURCE)
    chapter.prose('{% if "partners" in left_out %}Left out: {{ left_out["partners"] }}.{% endif %}')
    chapter.results.leave_out("partners", "no customs figures are held")
    chapter.save()


def _clean(folder: Path) -> None:
    chapter = Chapter(folder, "01_clean")
    chapter.text("# Data: from releases to tables")
    chapter.code("parameters", "# none", "parameters")
    chapter.code("missing", 'tables.save("missing", log)')
    log = pd.DataFrame({"Missing values": [2]}, index=pd.Index(["USA"], name="Economy"))
    chapter.tables.save("missing", log, title="What is missing", release=SOURCE)
    chapter.save()


def _checklist(path: Path) -> None:
    """Let every line of the checklist lead to a place that the made-up edition has."""
    lines = pd.read_csv(path, keep_default_na=False)
    lines = lines.assign(target="index#the-answer", needs="", reason="")
    lines.to_csv(path, index=False)


def _published(folder: Path) -> None:
    chapter = Chapter(folder, "17_published")
    chapter.text("# Our numbers against published ones")
    chapter.code("parameters", "# none", "parameters")
    chapter.save()


def fill(root: Path, fonts: Path) -> Project:
    """Write a project whose one edition, CHN, has run; ``fonts`` keeps web fonts between tests."""
    project = Project(root)
    shutil.copytree(REPOSITORY / "book", project.book)
    for name in ("CITATION.cff", "LICENSE", "study.yml"):
        shutil.copyfile(REPOSITORY / name, root / name)
    (project.book / "index.md").write_text(INDEX)
    _checklist(project.book / "checklist.csv")
    toc = yaml.safe_load((project.book / "_toc.yml").read_text())
    written = {
        "01_clean",
        "02_consumption",
        "07_exports",
        "17_published",
        *(path.stem for path in project.book.glob("*.md")),
    }
    for part in toc["parts"]:
        part["chapters"] = [page for page in part["chapters"] if page["file"] in written]
    toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
    (project.book / "_toc.yml").write_text(yaml.safe_dump(toc))
    for publisher, names in made_up_tables.RELEASES.items():
        for name in names:
            release = project.raw / publisher / name
            release.mkdir(parents=True)
            said = described("2025-12", citation=f"{SOURCE}.", notes=["Every value is made up."])
            (release / "datapackage.json").write_text(json.dumps(said))
    made_up_tables.write(project, NAMES)
    folder = project.build / "CHN"
    _clean(project.build / "shared")
    _published(project.build / "shared")
    web_fonts.link(project, fonts)
    _consumption(folder)
    _exports(folder)
    merge(folder, EDITION)
    project.notebooks.mkdir()
    for path in project.build.glob("*/notebooks/*.ipynb"):
        shutil.copyfile(path, project.notebooks / path.name)
    return project


def build(root: Path, fonts: Path) -> Path:
    """Write the project, build the site of its edition and return the site's folder."""
    project = fill(root, fonts)
    folder = project.build / "CHN"
    assembly.assemble(project, folder)
    return site.build(project, folder)
