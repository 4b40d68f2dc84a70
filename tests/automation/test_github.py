"""What is proposed comes to GitHub once: here a bare repository, and a stand-in for gh."""

from __future__ import annotations

import hashlib
import json
import os
import re
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

    def hosted(self, **changed: Any) -> None:
        (self.gh.parent / "state.json").write_text(json.dumps(self.state | changed))

    def release(self, figures: bytes, day: str, reason: str | None = None) -> None:
        """Write a release as a fetch on a day does."""
        accepted = {"accepted": {"date": day, "reason": reason}} if reason else {}
        package = {"retrieved": {"date": day}, "resources": [{"hash": "x"}], **accepted}
        self.write("data/raw/imf-weo/2026-04/datapackage.json", json.dumps(package).encode())
        self.write("data/raw/imf-weo/2026-04/weo.parquet", figures)
        self.write("data/raw/SHA256SUMS", f"{day}\n".encode())
        head = {
            "edition": {"releases": {"imf-weo": {"release": "2026-04", "sha256": figures.hex()}}}
        }
        self.write("editions/CHN/results.json", json.dumps(head).encode())

    def commit_as_a_person(self, path: str, content: bytes) -> str:
        """Commit to the branch of the proposal from elsewhere, and return the commit."""
        elsewhere = self.root.parent / "elsewhere"
        if not elsewhere.exists():
            subprocess.check_call(["git", "clone", "-q", self.git("remote", "get-url", "origin"),
                                   str(elsewhere)])  # fmt: skip
        other = Clone(elsewhere, self.gh)
        other.git("fetch", "--quiet")
        other.git("checkout", "--quiet", "-B", "refresh", "origin/refresh")
        other.write(path, content)
        other.git("add", ".")
        other.git("-c", "user.name=Jane", "-c", "user.email=j@x", "commit", "-qm", "By hand")
        other.git("push", "--quiet", "origin", "refresh")
        return other.git("rev-parse", "HEAD")

    @property
    def tip(self) -> str:
        return self.git("ls-remote", "origin", "refs/heads/refresh").partition("\t")[0]

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
    made.write(".gitignore", b"/build/\n/data/raw/.*\n/data/.fetch/\n")
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
    assert re.fullmatch(r"What `changed`\.\n\n<!-- figures \w{64} -->\n", request["body"])
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
    clone.hosted(prs=[fork])
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


def test_the_same_figures_fetched_on_another_day_are_nothing_new(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01", "It is right")
    clone.propose(pull_request=TEXT)
    first = clone.tip
    clone.release(b"figures", "2026-06-08", "It is right")
    clone.propose(pull_request=f"{TEXT}Now another publisher is out of reach.\n")
    assert clone.tip == first
    assert clone.state["started"] == [["test.yml", "refresh"]]
    (request,) = clone.state["prs"]
    assert "Now another publisher" in request["body"]
    clone.release(b"other figures", "2026-06-15", "It is right")
    clone.propose(pull_request=TEXT)
    assert clone.tip != first
    assert len(clone.state["started"]) == 2


def test_the_same_is_brought_up_to_a_base_that_it_cannot_be_merged_into(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    first = clone.tip
    for path, is_new in (("src/other.py", False), ("data/raw/SHA256SUMS", True)):
        clone.write(path, b"meanwhile\n")
        clone.git("add", path)
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        clone.git(*who, "commit", "--quiet", "--message", "Meanwhile", "--only", path)
        clone.release(b"figures", "2026-06-08")
        clone.propose(pull_request=TEXT)
        assert (clone.tip != first) == is_new, path
    assert clone.git("rev-list", "--count", "main..origin/refresh") == "1"


def test_what_was_closed_as_unwanted_waits_until_the_figures_differ(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    (request,) = clone.state["prs"]
    clone.hosted(prs=[request | {"state": "closed"}])
    clone.git("push", "--quiet", "origin", ":refresh")
    clone.release(b"figures", "2026-06-08")
    clone.write("editions/CHN/claims.json", b"{}")  # what the code makes of them does not matter
    clone.propose(pull_request=TEXT)
    assert clone.tip == ""
    assert [entry["state"] for entry in clone.state["prs"]] == ["closed"]
    assert len(clone.state["started"]) == 1
    clone.release(b"figures", "2026-06-15", "A reason")  # somebody wants it after all
    clone.propose(pull_request=TEXT)
    assert [entry["state"] for entry in clone.state["prs"]] == ["closed", "open"]
    clone.hosted(prs=[entry | {"state": "closed"} for entry in clone.state["prs"]])
    clone.release(b"other figures", "2026-06-22")
    clone.propose(pull_request=TEXT)
    assert [entry["state"] for entry in clone.state["prs"]] == ["closed", "closed", "open"]


def test_what_was_merged_may_be_proposed_again(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    (request,) = clone.state["prs"]
    clone.hosted(prs=[request | {"state": "merged", "mergedAt": "then", "headRefOid": clone.tip}])
    clone.propose(pull_request=TEXT)
    assert [entry["state"] for entry in clone.state["prs"]] == ["merged", "open"]


def test_commits_of_people_are_never_lost(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    theirs = clone.commit_as_a_person("notebooks/02.ipynb", b"a paragraph written anew")
    clone.release(b"figures", "2026-06-08")  # what they have built on
    clone.propose(pull_request=TEXT)
    assert (clone.tip, clone.state["prs"][0]["comments"]) == (theirs, [])
    for _ in range(2):  # the second run has nothing to add
        clone.release(b"other figures", "2026-06-15")
        clone.propose(pull_request="[severe] CHN: other\n\nOther.\n")
        assert clone.tip == theirs
        (request,) = clone.state["prs"]
        (comment,) = request["comments"]
        assert "> [severe] CHN: other" in comment["body"]
        assert "commits by Jane" in comment["body"]
        assert request["title"] == TEXT.split("\n")[0]  # as what the branch holds
    assert clone.state["started"] == [["test.yml", "refresh"]]


def test_commits_of_people_without_a_pull_request_are_left_and_told(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    theirs = clone.commit_as_a_person("notebooks/02.ipynb", b"anew")
    (request,) = clone.state["prs"]
    clone.hosted(prs=[request | {"state": "closed"}])
    clone.release(b"other figures", "2026-06-08")
    assert clone.tool("pack", "refresh").returncode == 0
    done = clone.tool("propose", "refresh")
    assert (done.returncode, clone.tip) == (1, theirs)
    assert "The branch refresh has commits by Jane and no open pull request" in done.stderr


def test_a_branch_that_was_squashed_into_main_is_written_anew(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    theirs = clone.commit_as_a_person("notebooks/02.ipynb", b"anew")
    (request,) = clone.state["prs"]
    clone.hosted(prs=[request | {"state": "merged", "mergedAt": "then", "headRefOid": theirs}])
    clone.release(b"other figures", "2026-06-08")
    clone.propose(pull_request=TEXT)
    assert clone.tip != theirs
    assert [entry["state"] for entry in clone.state["prs"]] == ["merged", "open"]


def with_answers(clone: Clone, content: bytes, stated: bytes) -> str:
    """Write a release whose descriptor names an archive, and the archive, and another's."""
    digest = hashlib.sha256(stated).hexdigest()
    name = f"imf-weo-2026-04-{digest[:12]}.zip"
    clone.release(b"figures", "2026-06-01")
    path = clone.root / "data/raw/imf-weo/2026-04/datapackage.json"
    package = json.loads(path.read_text())
    package["originals"] = {"name": name, "hash": f"sha256:{digest}"}
    path.write_text(json.dumps(package))
    clone.write(f"data/.fetch/originals/{name}", content)
    clone.write("data/.fetch/originals/other-2020-abc.zip", b"of another time")
    return name


def test_what_a_release_was_read_from_is_uploaded_once(clone: Clone) -> None:
    name = with_answers(clone, b"answers", b"answers")
    clone.propose(pull_request=TEXT)
    assert clone.state["assets"] == {"originals": [name]}
    tip = clone.tip
    # The same figures, in answers that have a clock in them.
    with_answers(clone, b"later answers", b"later answers")
    clone.propose(pull_request=TEXT)
    assert (clone.tip, clone.state["assets"]) == (tip, {"originals": [name]})
    changed = clone.git("diff", "--name-only", "main", "origin/refresh")
    assert ".zip" not in changed


def test_answers_that_are_not_what_the_descriptor_says_stop_the_proposal(clone: Clone) -> None:
    with_answers(clone, b"something else", b"answers")
    with pytest.raises(AssertionError, match="is not what its descriptor says"):
        clone.propose(pull_request=TEXT)
    assert (clone.tip, clone.state["prs"]) == ("", [])


WHY = "Small, and no finding changed.\n"


def merge(clone: Clone, setting: str = "true") -> subprocess.CompletedProcess[str]:
    return clone.tool("merge", "refresh", MERGES_ITSELF=setting)


def test_a_small_proposal_merges_itself_when_its_tests_pass(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT, may_merge=WHY)
    done = merge(clone)
    assert done.returncode == 0, done.stderr
    (request,) = clone.state["prs"]
    assert (request["state"], request["headRefOid"]) == ("merged", clone.tip)
    # What a token pushes to main starts nothing by itself.
    assert clone.state["started"][1:] == [["test.yml", "main"], ["publish.yml", "main"]]
    assert WHY.strip() in done.stdout


@pytest.mark.parametrize("setting", ["", "false", "yes"])
def test_nothing_merges_itself_where_that_is_not_set(clone: Clone, setting: str) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT, may_merge=WHY)
    assert merge(clone, setting).returncode == 0
    assert clone.state["prs"][0]["state"] == "open"


def test_what_is_not_small_waits_for_a_person(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT)
    assert merge(clone).returncode == 0
    assert clone.state["prs"][0]["state"] == "open"


def test_what_fails_its_tests_stays_open_and_is_told(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT, may_merge=WHY)
    clone.hosted(conclusion="failure")
    done = merge(clone)
    assert (done.returncode, clone.state["prs"][0]["state"]) == (1, "open")
    assert "ended with failure" in done.stderr


def test_what_people_have_committed_to_waits_for_them(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT, may_merge=WHY)
    clone.commit_as_a_person("notebooks/02.ipynb", b"anew")
    assert merge(clone).returncode == 0
    assert clone.state["prs"][0]["state"] == "open"


def test_what_merges_itself_is_tested_on_todays_main(clone: Clone) -> None:
    clone.release(b"figures", "2026-06-01")
    clone.propose(pull_request=TEXT, may_merge=WHY)
    first = clone.tip
    clone.write("src/other.py", b"meanwhile\n")
    clone.git("add", "src")
    clone.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "Meanwhile")
    assert merge(clone).returncode == 0
    assert clone.state["prs"][0]["state"] == "open"
    assert clone.tool("pack", "refresh").returncode == 0
    assert clone.tool("propose", "refresh", MERGES_ITSELF="true").returncode == 0
    assert clone.tip != first
    assert merge(clone).returncode == 0
    assert clone.state["prs"][0]["state"] == "merged"
