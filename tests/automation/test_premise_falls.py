"""A release changes, and with it a finding that a paragraph presupposes.

The report still builds, with the short sentence in the paragraph's place, and whoever keeps it is
told which paragraph to write anew: by the build, by the page What changed and by the proposal.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from rebalancing.cli import cli
from rebalancing.data.releases import checksums
from rebalancing.notebooks import chapters

from .runner import CHAPTER, NEWEST, REAL, Runner

pytestmark = pytest.mark.slow
# Of the sample's newest year, China's manufacturing is more than a quarter of GDP by the vintage
# that the edition before had, and less by the newest.
FINDING = """
from rebalancing.report import findings

rule = "whether it is more than a quarter"
found = findings.either(share.iloc[-1] > 25, rule, words=("more than a quarter", "less"))
record.finding("part", found, "Manufacturing in GDP", period=int(share.index[-1]))"""
OLD = "China makes more than a quarter of its GDP in factories."
PARAGRAPH = f"""\
%%prose if="manufacturing.part=more than a quarter" for="CHN"
{OLD}"""
OTHERWISE = """\
%%prose otherwise
Factories make {{ n("manufacturing.share") }} of GDP."""
INDEX = f"""\
# {{{{ economy }}}}

## The answer

{PARAGRAPH}
{OTHERWISE}
%%prose
This is so in {{{{ period("manufacturing.share") }}}}.
"""
REWRITE = "this paragraph no longer holds; rewrite it"


def say(runner: Runner, *command: str) -> str:
    """Run a command in this process, which has loaded what it needs; return what it printed."""
    with contextlib.chdir(runner.project.root):
        done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    return done.output


def write(runner: Runner) -> None:
    """Give the chapter and the front page a paragraph with a premise."""
    path = runner.project.notebooks / f"{CHAPTER}.ipynb"
    chapter = nbformat.read(path, 4)
    code, _ = chapter.cells[-2:]
    code.source += FINDING
    chapter.cells += [
        nbformat.v4.new_code_cell(source, id=name)
        for name, source in (("paragraph", PARAGRAPH), ("otherwise", OTHERWISE))
    ]
    nbformat.write(chapter, path)
    chapters.clear(runner.project)
    (runner.project.book / "index.md").write_text(INDEX)


def take_in(runner: Runner) -> None:
    """Take in the newest release, as a refresh does that nobody had to look at."""
    place = Path("worldbank-wdi", NEWEST)
    target = runner.project.raw / place
    shutil.copytree(REAL.raw / place, target)
    checksums.update(runner.project, [target])
    outcome = {"publisher": place.parent.name, "state": "new", "release": NEWEST,
               "text": f"{place.parent}: {NEWEST} was added", "trouble": None,
               "judgement": None}  # fmt: skip
    refreshed = {"of_all": True, "outcomes": [outcome]}
    (runner.project.build / "refresh.json").write_text(json.dumps(refreshed))


def read(runner: Runner, page: str) -> str:
    """Return the words of a page of the site."""
    markup = (runner.project.build / "CHN" / "site" / page).read_text(encoding="utf-8")
    body = re.sub(r"<(script|head)\b.*?</\1>", "", markup, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_report_builds_and_says_which_paragraph_no_longer_holds(runner: Runner) -> None:
    write(runner)
    assert REWRITE not in say(runner, "report")
    say(runner, "keep")
    for page in ("index.html", f"{CHAPTER}.html"):
        assert OLD in read(runner, page)
        assert "Factories make" not in read(runner, page)

    take_in(runner)
    said = say(runner, "report")
    for page in ("index.html", f"{CHAPTER}.html"):
        assert OLD not in read(runner, page)
        assert "Factories make" in read(runner, page)
    assert "This is so in 2024." in read(runner, "index.html")

    changed = read(runner, "changes.html")
    say(runner, "changes")
    say(runner, "keep")
    say(runner, "proposal", "refresh")
    proposal = (runner.project.build / "proposal" / "pull-request.md").read_text()
    for told in (said, changed, proposal):
        assert REWRITE in told
        assert OLD in told
        for where in ("book/index.md, line 5", f"notebooks/{CHAPTER}.ipynb, cell paragraph"):
            assert where in told.replace("\\", "")
        assert re.search(
            "manufacturing.part`? *was `?more than a quarter`? *, and is now `?less", told
        )
