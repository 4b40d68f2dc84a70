"""Several processes make the book that one makes, and say of it what one says."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.errors import SphinxParallelError

from rebalancing import children
from rebalancing.book import site
from rebalancing.book.sphinx import forks
from rebalancing.project import Project

Built = Callable[[int], str]


@pytest.fixture
def built(project: Project, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Build the book in so many processes from nothing, and return the log."""

    def build(processes: int) -> str:
        monkeypatch.setattr(children, "cores", lambda: processes)
        edition = project.build / "CHN"
        shutil.rmtree(edition / site.KEPT, ignore_errors=True)
        try:
            site.build(project, edition)
        finally:
            log = (edition / "log" / "book.log").read_text(encoding="utf-8")
        return log

    return build


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def say(project: Project, words: dict[str, str]) -> None:
    """Add words to pages of the book."""
    for name, more in words.items():
        with (project.build / "CHN" / "book" / f"{name}.md").open("a", encoding="utf-8") as page:
            page.write(f"\n\n{more}\n")


@pytest.mark.slow
def test_three_processes_make_what_one_makes(project: Project, built: Built) -> None:
    edition = project.build / "CHN"
    log = built(1)
    alone = digests(edition / "site")
    assert built(3) == log
    assert digests(edition / "site") == alone
    # and leave what one builds on
    say(project, {"parameters": "One more sentence."})
    site.build(project, edition)
    after = digests(edition / "site")
    assert "1 changed, 0 removed" in (edition / "log" / "book.log").read_text(encoding="utf-8")
    built(1)
    assert digests(edition / "site") == after != alone


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (
            {
                "parameters": "[Nowhere](#fig-none), {unknown}`role`",
                "limitations": "{result}`no.such.key`",
                "glossary": "$$\\nocommand$$",
            },
            ["no.such.key", "fig-none", "unknown", "nocommand"],
        ),
        (
            dict.fromkeys(("limitations", "methods", "updates"), "(twice)=\n## A heading"),
            ["duplicate label twice, other instance in", "duplicate label twice"],
        ),
    ],
    ids=["on its page", "on two pages"],
)
def test_what_is_wrong_is_said_as_by_one_process(
    project: Project, built: Built, words: dict[str, str], wrong: list[str]
) -> None:
    say(project, words)
    messages = []
    for processes in (1, 3):
        with pytest.raises(site.SiteError) as raised:
            built(processes)
        messages.append(str(raised.value))
    log = (project.build / "CHN" / "log" / "book.log").read_text(encoding="utf-8")
    assert messages[0] == messages[1]
    assert not [said for said in wrong if said not in log]


def test_pages_are_done_at_once() -> None:
    together = multiprocessing.get_context("fork").Barrier(3)
    shares = forks.shared_out(["a", "b", "c"], 3, lambda _: together.wait(60), lambda: "learnt")
    assert sorted(page for share in shares for page in share.said) == ["a", "b", "c"]
    assert [share.learnt for share in shares] == ["learnt"] * 3


def test_an_error_ends_all_processes() -> None:
    here, never = os.getpid(), multiprocessing.get_context("fork").Event()

    def fail(page: str) -> None:
        if os.getpid() == here:
            raise KeyError(page)
        never.wait(600)

    with pytest.raises(KeyError):
        forks.shared_out(["a", "b", "c"], 3, fail, lambda: None)
    for process in multiprocessing.active_children():
        process.join(60)
    assert not multiprocessing.active_children()


def test_an_error_of_another_process_is_not_lost() -> None:
    here = os.getpid()

    def fail(page: str) -> None:
        if os.getpid() != here:
            raise KeyError(page)
        for process in multiprocessing.active_children():
            process.join(60)

    with pytest.raises(SphinxParallelError, match="KeyError"):
        forks.shared_out(["a", "b"], 2, fail, lambda: None)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([("a label", "")], [("another", "")], False),
        ([("a label", "")], [("a label", "")], True),
        ([("image.png", "here/image.png")], [("image.png", "there/image.png")], True),
        ([("image.png", "here/image.png")], [("image.png", "here/image.png")], False),
    ],
)
def test_a_name_that_two_have_given_is_noticed(
    first: list[tuple[str, str]], second: list[tuple[str, str]], expected: bool
) -> None:
    assert forks.is_double([first, [], second]) is expected
