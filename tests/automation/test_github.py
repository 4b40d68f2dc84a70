"""What is proposed comes to GitHub once: here a bare repository, and a stand-in for gh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .stand_in_gh import install

pytestmark = pytest.mark.slow

TOOL = Path(__file__).parents[2] / "tools" / "github.py"


@dataclass
class Clone:
    """A clone whose origin is a bare repository beside it."""

    root: Path
    gh: Path

    def git(self, *arguments: str) -> str:
        return subprocess.check_output(["git", *arguments], cwd=self.root, text=True).strip()

    def tool(self, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.gh.parent}{os.pathsep}{os.environ['PATH']}"
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
        env = {**kept, "PATH": path, **given}
        command = [sys.executable, str(TOOL), *arguments]
        return subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )

    def propose(self, subject: str = "refresh", **texts: str) -> None:
        folder = self.root / "build" / "proposal"
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.md"):
            path.unlink()
        for name, text in ({"summary": "All is well.\n"} | texts).items():
            (folder / f"{name.replace('_', '-')}.md").write_text(text)
        for step in ("pack", "propose"):
            done = self.tool(step, subject)
            assert done.returncode == 0, done.stderr

    def write(self, path: str, content: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.gh.parent / "state.json").read_text())


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "clone", install(tmp_path / "bin"))
    bare = tmp_path / "origin.git"
    subprocess.check_call(["git", "init", "--quiet", "--bare", str(bare)])
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("remote", "add", "origin", str(bare))
    made.write(".gitignore", b"/build/\n/data/raw/.*\n")
    made.write("data/raw/SHA256SUMS", b"old\n")
    made.write("src/code.py", b"old\n")
    made.git("add", ".")
    made.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "First")
    made.git("push", "--quiet", "origin", "main")
    return made


TEXT = "[small] CHN: imf-weo 2026-04\n\nWhat `changed`.\n"


def test_a_pull_request_has_the_files_of_its_subject_only(clone: Clone) -> None:
    clone.write("data/raw/imf-weo/2026-04/weo.parquet", bytes(range(256)))
    clone.write("data/raw/SHA256SUMS", b"new\n")
    clone.write("data/raw/.refresh-x/half", b"not finished")
    clone.write("src/code.py", b"changed by a package that was installed\n")
    clone.propose(pull_request=TEXT)
    changed = clone.git("diff", "--name-only", "main", "origin/refresh").splitlines()
    assert changed == ["data/raw/SHA256SUMS", "data/raw/imf-weo/2026-04/weo.parquet"]
    stored = subprocess.check_output(
        ["git", "show", "origin/refresh:data/raw/imf-weo/2026-04/weo.parquet"], cwd=clone.root
    )
    assert stored == bytes(range(256))
    (request,) = clone.state["prs"]
    assert request["title"] == "[small] CHN: imf-weo 2026-04"
    assert request["body"] == "What `changed`.\n"
    assert (request["head"], request["base"]) == ("refresh", "main")
    assert clone.state["started"] == [["test.yml", "refresh"]]
    assert clone.git("log", "-1", "--format=%s %an", "origin/refresh") == (
        "[small] CHN: imf-weo 2026-04 github-actions[bot]"
    )
    assert clone.git("rev-parse", "--abbrev-ref", "HEAD") == "main"
    assert (clone.root / "data/raw/SHA256SUMS").read_bytes() == b"new\n"


@pytest.mark.parametrize(
    "left",
    [
        "editions/.forecast-log.csv.abcd1234",
        "editions/CHN (1)/results.json",
        "editions/forecast-log (Jane's conflicted copy 2026-01-01).csv",
        "data/raw/imf-weo/2026-04 - Copy/weo.parquet",
        "data/raw/imf-weo (1)/2026-04/weo.parquet",
        "data/raw/Thumbs.db",
        "data/raw/imf-weo/.DS_Store",
        "data/raw/imf-weo/2026-04/desktop.ini",
        "data/raw/imf-weo/2026-04/weo.parquet~",
    ],
)
def test_what_others_leave_is_not_proposed(clone: Clone, left: str) -> None:
    (clone.root / "build" / "proposal").mkdir(parents=True)
    clone.write(left, b"left")
    assert clone.tool("pack", "refresh").returncode == 0
    assert not (clone.root / "build" / "proposal" / "change.patch").exists()


def test_the_open_one_is_rewritten(clone: Clone) -> None:
    for title, content in (("First", b"1"), ("Second", b"2")):
        clone.write("editions/CHN/results.json", content)
        clone.propose(pull_request=f"{title}\n\nBody.\n")
    (request,) = clone.state["prs"]
    assert request["title"] == "Second"
    assert clone.git("rev-list", "--count", "main..origin/refresh") == "1"
    assert clone.git("show", "origin/refresh:editions/CHN/results.json") == "2"


def test_a_forks_branch_of_the_same_name_is_not_ours(clone: Clone) -> None:
    fork = {"number": 7, "title": "Theirs", "head": "refresh", "isCrossRepository": True}
    (clone.gh.parent / "state.json").write_text(
        json.dumps({"prs": [fork], "issues": [], "started": []})
    )
    clone.write("data/raw/SHA256SUMS", b"new\n")
    clone.propose(pull_request=TEXT)
    assert [request["title"] for request in clone.state["prs"]] == ["Theirs", TEXT.split("\n")[0]]


def test_a_patch_cannot_reach_other_files(clone: Clone) -> None:
    clone.write("src/code.py", b"worse\n")
    clone.write("data/raw/SHA256SUMS", b"new\n")
    patch = clone.git("diff") + "\n"
    clone.git("checkout", "--quiet", ".")
    folder = clone.root / "build" / "proposal"
    folder.mkdir(parents=True)
    (folder / "change.patch").write_text(patch)
    (folder / "summary.md").write_text("words\n")
    (folder / "pull-request.md").write_text(TEXT)
    assert clone.tool("propose", "refresh").returncode == 0
    assert clone.git("diff", "--name-only", "main", "origin/refresh") == "data/raw/SHA256SUMS"


def test_an_issue_is_opened_rewritten_and_closed(clone: Clone) -> None:
    clone.propose("links", issue="Links: 2\n\nTwo.\n")
    clone.propose("links", issue="Links: 1\n\nOne.\n")
    clone.propose("refresh", all_well="Nothing wrong.\n")  # another subject leaves it alone
    (issue,) = clone.state["issues"]
    assert (issue["title"], issue["body"], issue["label"]) == ("Links: 1", "One.\n", "links")
    assert issue["state"] == "open"
    clone.propose("links")  # not everything was looked at
    assert [entry["state"] for entry in clone.state["issues"]] == ["open"]
    clone.propose("links", all_well="Nothing wrong.\n")
    assert [entry["state"] for entry in clone.state["issues"]] == ["closed"]
    clone.propose("links", issue="Links: 3\n\nThree.\n")
    assert [entry["state"] for entry in clone.state["issues"]] == ["closed", "open"]
    assert clone.state["prs"] == []


def test_out_of_reach_fails_once_all_else_is_done(clone: Clone, tmp_path: Path) -> None:
    clone.propose(issue="Refresh: unsd-ama failed\n\nIt did.\n")
    clone.write("data/raw/SHA256SUMS", b"new\n")
    folder = clone.root / "build" / "proposal"
    (folder / "issue.md").unlink()
    (folder / "summary.md").write_text("- all of it\n")
    (folder / "pull-request.md").write_text(TEXT)
    (folder / "out-of-reach.md").write_text("bis-reer: answered 503, 100% of the time\n")
    assert clone.tool("pack", "refresh").returncode == 0
    page = tmp_path / "page.md"
    given = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    done = clone.tool("propose", "refresh", **given)
    assert done.returncode == 1
    assert done.stderr == "::error::bis-reer: answered 503, 100%25 of the time\n"
    assert page.read_text() == "- all of it\n"
    assert [request["title"] for request in clone.state["prs"]] == [TEXT.split("\n")[0]]
    # What another publisher's issue says is still so, as far as anybody knows.
    assert [entry["state"] for entry in clone.state["issues"]] == ["open"]
    elsewhere = clone.tool("propose", "refresh")
    assert elsewhere.stderr == "bis-reer: answered 503, 100% of the time\n"


@pytest.mark.parametrize("arguments", [[], ["propose"], ["propose", "other"], ["x", "refresh"]])
def test_asked_wrongly(clone: Clone, arguments: list[str]) -> None:
    done = clone.tool(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Usage: ")


def test_without_texts_nothing_is_closed(clone: Clone) -> None:
    done = clone.tool("propose", "links")
    assert done.returncode == 1
    assert "make proposal ABOUT=links" in done.stderr
