"""What documents and comments refer to is there: pages, headings, files, folders."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import recipes

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "editions/README.md", ".github/**/*.md")
    for path in ROOT.glob(pattern)
)
SETTINGS = sorted(
    path
    for pattern in ("*.yml", "*/*.yml", "src/**/*.yml", ".github/**/*.yml")
    for path in ROOT.glob(pattern)
    if path.relative_to(ROOT).parts[0] not in {"build", ".venv"}
)
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"(?<!`)`((?:[\w.-]+/)+[\w.-]*)`(?!`)")
# Comments need no backticks, and a dot may end their sentence.
COMMENT = re.compile(r"(?:^|\s)# (.*)$", re.MULTILINE)
BARE_PATH = re.compile(r"(?<![\w./:-])((?:[\w.-]+/)+[\w.-]*\w)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Made by commands; never in the repository.
MADE = ("build/", "results/", "data/processed/", "data/.fetch/", ".venv/")

every = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).name)


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every
def test_links_lead_to_pages_and_headings_that_are_there(path: Path) -> None:
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        page = path.parent / name if name else path
        assert page.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors(page), f"{path.name} links to {target}"


@every
def test_files_that_a_page_names_are_there(path: Path) -> None:
    """A path begins at the root or, where a room is meant, at the library."""
    made = {
        recipes.file_of(block)
        for recipe in recipes.RECIPES * (path.name == "CONTRIBUTING.md")
        for block in recipes.blocks(recipe)
        if block.language != "diff"
    }
    for named in PATH.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if named in made or named.startswith(MADE):
            continue
        places = (ROOT / named, ROOT / "src" / "rebalancing" / named, path.parent / named)
        assert any(place.exists() for place in places), f"{path.name} names {named}"


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_comment_names_are_there(path: Path) -> None:
    """A path begins at the root."""
    for comment in COMMENT.findall(path.read_text(encoding="utf-8")):
        for named in BARE_PATH.findall(comment):
            is_made = f"{named}/".startswith(MADE)
            assert is_made or (ROOT / named).exists(), f"{path.name} names {named}"


def test_the_architecture_says_what_every_module_beside_the_rooms_does() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| `(\w+)` \| \S", text, re.MULTILINE)
    modules = {path.stem for path in (ROOT / "src" / "rebalancing").glob("*.py")}
    assert modules - {"__init__"} <= {*said}


def test_the_readme_lays_out_every_folder() -> None:
    layout = (ROOT / "README.md").read_text().split("## How it is laid out")[1].split("```")[1]
    named = {line.partition("/")[0] for line in layout.splitlines() if "/" in line.split("  ")[0]}
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    folders = {path.partition("/")[0] for path in listed if "/" in path}
    assert named == {name for name in folders if not name.startswith(".")} | {"build"}
