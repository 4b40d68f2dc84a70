"""What the source of a book is made of, rendered for one edition: pages, chapters, outputs, theme.

A whole book (`rebalancing.book.assembly`) takes all of them, a preview
(`rebalancing.book.preview`) those of one page.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rebalancing.answers import Ask, anew
from rebalancing.book import assets, chapters
from rebalancing.book.pages import context, library
from rebalancing.book.texts import titles
from rebalancing.book.texts.told import Told, Watched
from rebalancing.errors import RebalancingError
from rebalancing.files import json_text, sha256, write_atomic
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.reading import parse_yaml, read_text
from rebalancing.report.prose import Prose, Recorded
from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.results import SHARED

CONFIGURATION, CONTENTS = "_config.yml", "_toc.yml"
EXTRA = "_extra"  # what readers download
NEIGHBOURS = "editions.js"  # in a site: which other editions are published beside it
# Hidden files and what Python compiles are no part of a book: the workflow does not look at them.
UNSEEN = shutil.ignore_patterns(".*", "__pycache__")


class BookError(RebalancingError):
    """A book that cannot be put together."""


@dataclass(frozen=True)
class Parts:
    """The parts of an edition's book.

    Attributes:
        project: Where pages, theme and stored notebooks are.
        edition_folder: ``build/<edition>``, with executed notebooks, figures and tables.
        recorded: The content of results.json.
        prose: Renders the text of pages.
        teller: Renders the text of chapters.
        told: Remembers what texts were told to be; all are told anew where there is none.
    """

    project: Project
    edition_folder: Path
    recorded: Mapping[str, Any]
    prose: Prose
    teller: chapters.Teller
    told: Told | None = None

    @classmethod
    def of(
        cls,
        project: Project,
        edition_folder: Path,
        recorded: dict[str, Any],
        more: Mapping[str, Any],
        ask: Ask = anew,
    ) -> Parts:
        """Return the parts of an edition.

        Args:
            project: As above.
            edition_folder: As above.
            recorded: As above.
            more: Names that templates may use beside those of `context.make`.
            ask: Whom to ask what a template is compiled to, and what a text was told to be.
        """
        results = Watched({result["key"]: result for result in recorded["results"]})
        lookups = Recorded(results)
        names = {**context.make(project, recorded), **more}
        names["library"] = lambda: ask("library", library.reference)
        bibliography = Bibliography(project.book / "references.bib")
        prose = Prose(lookups, names, ask)
        teller = chapters.Teller(prose, recorded, bibliography, results)
        there = {n.name: n for n in find_notebooks(project) if n.name not in names["without"]}
        listed = [
            {**chapter, "title": teller.title(there[chapter["name"]])}
            for chapter in names["chapters"]
            if chapter["name"] in there
        ]
        prose = Prose(lookups, {**names, "chapters": listed}, ask)
        told = Told(results, {**names, "chapters": [names["chapters"], listed]}, ask)
        return cls(project, edition_folder, recorded, prose, teller, told)

    @property
    def homes(self) -> tuple[Path, Path]:
        """The folders of what notebooks made: for all editions, and for this one."""
        return self.project.build / SHARED, self.edition_folder

    @property
    def without(self) -> list[str]:
        """The names of the chapters that the edition goes without."""
        return context.without(self.project, self.recorded)

    def page(self, name: str) -> str:
        """Return a page of book/, rendered.

        Raises:
            BookError: It is no text.
            ProseError: It names a result or value that does not exist.
        """
        where = f"book/{name}.md"
        text = read_text(self.project.root / where, where, BookError)
        # The words that say when a part appears ask for the economy of the study.
        templates = f"{text} study"
        return str(self._told([where, text], templates, lambda: self.prose.page(text, where)))

    def settings(self, name: str) -> str:
        """Return a file of book/ that configures it, rendered; contents with chapters' labels.

        Raises:
            BookError: It does not hold values by name.
            ProseError: It names a value that does not exist.
        """
        where = f"book/{name}"
        text = read_text(self.project.root / where, where, BookError)
        rendered = self.prose.configure(text, where)
        content = parse_yaml(rendered, where, BookError)
        if not isinstance(content, dict):
            raise BookError(f"{where}: must hold one `name: value` per line")
        if name != CONTENTS:
            return rendered
        labels = {notebook.name: notebook.heading for notebook in find_notebooks(self.project)}
        return yaml.safe_dump(titles.labelled(content, labels), sort_keys=False)

    def chapter(self, notebook: Notebook) -> str | None:
        """Return a chapter as a page, in JSON, or None if it has not run for the edition.

        The text of its executed notebook is brought up to date.
        """
        executed = self.executed(notebook)
        if executed is None:
            return None
        before, title = sha256(executed), self.teller.title(notebook)
        works = self.teller.bibliography.path
        cited = sha256(works) if works.is_file() else ""
        sources = (cell.source for cell in notebook.cells if not cell.computes)
        templates = "\n".join(["study", *sources])

        def tell() -> list[str]:
            page = self.teller.page(notebook, executed)
            return [json_text(page), sha256(executed)]

        question = [notebook.cleared, before, title, cited, self.recorded["left_out"]]
        page, after = self._told(question, templates, tell)
        if after != before:  # its text is of another day
            page, _ = tell()
        return str(page)

    def _told(self, question: object, template: str, tell: Callable[[], Any]) -> Any:
        return self.told.text(question, template, tell) if self.told else tell()

    def executed(self, notebook: Notebook) -> Path | None:
        """Return a chapter's notebook as it ran for the edition, or None if it has not."""
        places = [home / "notebooks" / notebook.path.name for home in self.homes]
        return next((path for path in reversed(places) if path.is_file()), None)

    def outputs(self) -> Iterator[tuple[str, Path]]:
        """Yield the folders with figures and tables of chapters, by their place in `EXTRA`."""
        for kind in ("figures", "tables"):
            for home in self.homes:
                for chapter in sorted((home / kind).glob("*")):
                    if chapter.is_dir() and chapter.name not in self.without:
                        yield f"{kind}/{chapter.name}", chapter


def write_if_changed(path: Path, content: str) -> None:
    """Write a file if its content has changed, so Sphinx need not read it again."""
    if not path.is_file() or path.read_text(encoding="utf-8") != content:
        write_atomic(path, content, durable=False)


def put_theme(project: Project, folder: Path) -> None:
    """Put theme and fonts into the source of a book, in place of those that are there."""
    target = folder / "_theme"
    shutil.rmtree(target, ignore_errors=True)
    if (project.book / "_theme").is_dir():
        shutil.copytree(project.book / "_theme", target, ignore=UNSEEN)
    assets.install(folder / assets.STATIC, project.build / SHARED / "fonts")
