"""A book that is built on what the build before has kept has the bytes of one built from nothing.

All changes are made one after another to one project, and the book is built on what was kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from campaign import only

from rebalancing.book import assembly, kept, site
from rebalancing.book.pieces import FOLDER as PIECES
from rebalancing.project import Project

Change = Callable[[Project], object]


def edition(project: Project) -> Path:
    return project.build / "CHN"


def built(project: Project) -> dict[str, str]:
    """Build the book and return the digests of its site."""
    assembly.assemble(project, edition(project))
    folder = site.build(project, edition(project))
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def from_nothing(project: Project) -> dict[str, str]:
    for name in (site.KEPT, PIECES):
        shutil.rmtree(edition(project) / name)
    return built(project)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change_results(project: Project, change: Callable[[dict[str, Any]], object]) -> None:
    path = edition(project) / "results.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    change(recorded)
    path.write_text(json.dumps(recorded), encoding="utf-8")


def a_sentence(project: Project) -> None:
    with (project.book / "parameters.md").open("a", encoding="utf-8") as page:
        page.write("\nOne more sentence.\n")


def a_number(project: Project) -> None:
    def change(recorded: dict[str, Any]) -> None:
        (one,) = (r for r in recorded["results"] if r["key"] == "consumption.share.latest")
        one |= {"value": 41.23, "text": "41.2%"}

    change_results(project, change)


def a_title(project: Project) -> None:
    replace(project.book / "glossary.md", "# Glossary", "# Words that need explaining")


def a_heading(project: Project) -> None:
    replace(project.book / "limitations.md", "\n## ", "\n## Above all: ")


def a_term(project: Project) -> None:
    replace(project.book / "glossary.md", "What households spend", "All that households spend")


def a_drawing(project: Project) -> None:
    (drawing,) = (edition(project) / "figures" / "02_consumption").glob("history-wide.svg")
    replace(drawing, "</svg>", "<g></g></svg>")


def what_a_figure_is_called(project: Project) -> None:
    passport = edition(project) / "figures" / "07_exports" / "paths.json"
    replace(passport, "Exports rose, and so did imports", "Exports fell, and so did imports")


def what_is_cited(project: Project) -> None:
    with (project.book / "parameters.md").open("a", encoding="utf-8") as page:
        page.write("\nThis is also said elsewhere [@hodrick1997].\n")


def the_commit(project: Project) -> None:
    change_results(
        project, lambda recorded: recorded["edition"]["code"].update(commit="f" * 40, changed=True)
    )


def an_entry_of_the_literature(project: Project) -> None:
    replace(project.book / "references.bib", "title = {", "title = {Again: ")


def the_theme(project: Project) -> None:
    replace(project.book / "_theme" / "report" / "layout.html", "Skip to the text", "To the text")


def a_page_less(project: Project) -> None:
    (project.book / "updates.md").unlink()
    replace(project.book / "_toc.yml", "  - file: updates\n", "")
    replace(project.book / "reproduce.md", "[How updates work](updates.md)", "A page that is gone")


# Of all pages first, so that nothing hides what the others leave as it was.
OF_ALL = [a_title, what_is_cited, an_entry_of_the_literature, the_theme, a_page_less]
OF_FEW = [a_term, the_commit, a_heading, what_a_figure_is_called, a_number, a_drawing, a_sentence]
TOGETHER = [OF_ALL, OF_FEW]


@pytest.mark.slow
@pytest.mark.parametrize("steps", only(TOGETHER, [TOGETHER, [[one] for one in OF_ALL + OF_FEW]]))
def test_whatever_changes_the_site_is_as_if_built_from_nothing(
    project: Project, steps: list[list[Change]]
) -> None:
    before = built(project)
    for changes in steps:
        for change in changes:
            change(project)
        after = built(project)
        assert after != before, changes
        before = from_nothing(project)
        differing = {name for name, digest in (after.items() ^ before.items())}
        assert not differing, f"{changes}: {sorted(differing)}"


def read_and_written(project: Project) -> tuple[int, set[str]]:
    """Return how many pages the last build read, and which it read or wrote."""
    log = (edition(project) / "log" / "book.log").read_text()
    found = re.search(r"0 added, (\d+) changed, 0 removed", log)
    assert found, log
    return int(found[1]), {line.split()[-1] for line in log.splitlines() if "%]" in line}


@pytest.mark.slow
def test_what_changes_costs_its_pages(project: Project) -> None:
    before = built(project)
    a_sentence(project)
    after = built(project)
    count, pages = read_and_written(project)
    assert count == 1
    assert pages <= {"index", "parameters"}  # the contents name the page
    pages = {name for name in after if name.endswith(".html") and after[name] != before[name]}
    assert pages == {"parameters.html"}
    # The title of a figure stands on its own page, and on those that list or mention it.
    what_a_figure_is_called(project)
    before, after = after, built(project)
    count, pages = read_and_written(project)
    assert count < len({path.stem for path in project.book.glob("*.md")})
    pages = {name for name in after if name.endswith(".html") and after[name] != before[name]}
    assert "07_exports.html" in pages
    # A commit is on every page, and has those made anew that say more of it than their foot.
    the_commit(project)
    before, after = after, built(project)
    count, pages = read_and_written(project)
    assert pages <= {"index", "citation", "reproduce"}
    pages = {name for name in after if name.endswith(".html") and after[name] != before[name]}
    assert {"07_exports.html", "parameters.html", "reproduce.html"} <= pages


@pytest.mark.slow
@pytest.mark.parametrize(
    "what",
    only(
        "kept/read/environment.pickle",
        ["kept/read/environment.pickle", "kept/html/index.html", "pieces/texts/answers"],
    ),
)
def test_what_was_kept_and_damaged_is_made_anew(project: Project, what: str) -> None:
    before = built(project)
    path = edition(project) / what
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert built(project) == before


def test_what_others_made_or_failed_to_make_is_not_used(tmp_path: Path) -> None:
    with kept.opened(tmp_path / "a", "we") as folder:
        (folder / "file").write_text("ours")
    with kept.opened(tmp_path / "a", "we") as folder:
        assert (folder / "file").read_text() == "ours"
    with kept.opened(tmp_path / "a", "they") as folder:
        assert not list(folder.iterdir())

    def fail() -> None:
        with kept.opened(tmp_path / "a", "they") as folder:
            (folder / "file").write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not (tmp_path / "a").exists()


def test_what_was_kept_before_an_error_is_put_back(tmp_path: Path) -> None:
    def fail(before: str) -> None:
        with kept.opened(tmp_path / "a", "we", is_put_back=True) as folder:
            assert "".join(path.read_text() for path in folder.iterdir()) == before
            (folder / "file").write_text("half")
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fail("")
        assert not list(tmp_path.iterdir())  # for there was nothing
    with kept.opened(tmp_path / "a", "we", is_put_back=True) as folder:
        (folder / "file").write_text("ours")
    for _ in range(2):
        with pytest.raises(KeyError):
            fail("ours")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.slow
def test_after_a_page_that_fails_the_others_are_not_made_anew(project: Project) -> None:
    before = built(project)
    page = project.book / "parameters.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}\n[Nowhere](limitations.md#no-such-heading)\n", encoding="utf-8")
    for _ in range(2):  # and it is not forgotten
        with pytest.raises(site.SiteError, match="no-such-heading"):
            built(project)
    page.write_text(text, encoding="utf-8")
    assert built(project) == before
    count, _ = read_and_written(project)
    assert count == 0


def test_an_answer_is_found_once(tmp_path: Path) -> None:
    found = []

    def answer() -> list[int]:
        found.append(1)
        return [1, 2]

    for _ in range(2):
        with kept.answers(tmp_path / "a") as ask:
            assert ask("how?", answer) == ask("how?", answer) == [1, 2]
    assert len(found) == 1
    with kept.answers(tmp_path / "a") as ask:
        ask("another question", answer)
    with kept.answers(tmp_path / "a") as ask:  # what nobody asks any more is forgotten
        ask("how?", answer)
    assert len(found) == 3
