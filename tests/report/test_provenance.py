from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import rebalancing
from rebalancing.data import releases
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import provenance
from rebalancing.study import Study
from rebalancing.workflow.places import LOCK
from rebalancing.workflow.tasks import BOOK_SOURCES


def git(project: Project, *arguments: str) -> str:
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (
            ("NAME", "A"),
            ("EMAIL", "a@example.org"),
            ("DATE", "2026-01-02T12:00Z"),
        )
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=project.root,
        env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def committed(own_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(own_project.root.parent))
    git(own_project, "init", "-q")
    (own_project.root / ".gitignore").write_text("data/\n")
    git(own_project, "add", ".")
    git(own_project, "commit", "-q", "-m", "first")
    return own_project


def test_code_is_the_commit_with_its_day(committed: Project) -> None:
    assert provenance.code(committed) == {
        "version": rebalancing.__version__,
        "commit": git(committed, "rev-parse", "HEAD"),
        "committed": "2026-01-02",
        "changed": False,
    }


def _runs(path: Path) -> None:
    content = json.loads(path.read_text())
    content["cells"][1] |= {"execution_count": 7}
    content["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    path.write_text(json.dumps(content))


def _says_more(path: Path) -> None:
    content = json.loads(path.read_text())
    content["cells"][0]["source"] += "x"
    path.write_text(json.dumps(content))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "change", "changed"),
    [
        ("study.yml", lambda path: path.write_text(path.read_text() + "# a change\n"), True),
        ("study.yml", Path.unlink, True),
        ("study.yml", lambda path: path.rename(path.with_name("notes.yml")), True),
        ("notebooks/02_consumption.ipynb", _says_more, True),
        ("notebooks/02_consumption.ipynb", _runs, False),
        ("notebooks/20_new.ipynb", lambda path: path.write_text("{}"), True),
        ("notebooks/20_begun.ipynb", Path.touch, False),
        ("notebooks/.ipynb_checkpoints/a-checkpoint.ipynb", Path.touch, False),
        ("notebooks/Untitled1.ipynb", Path.touch, False),
        ("notebooks/02_consumption-Copy1.ipynb", Path.touch, False),
        ("book/new.md", Path.touch, True),
        ("editions/CHN/results.json", Path.touch, True),
        ("README.md", Path.touch, False),
        ("build/CHN/results.json", Path.touch, False),
    ],
)
def test_what_the_report_is_made_from_is_as_committed_or_changed(
    committed: Project, name: str, change: Callable[[Path], object], changed: bool
) -> None:
    path = committed.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    change(path)
    assert provenance.code(committed)["changed"] is changed


def test_whatever_a_task_depends_on_is_a_source() -> None:
    project = Project.find(Path(__file__))
    sources = [project.root / source for source in provenance.SOURCES]
    needed = [LOCK, *BOOK_SOURCES, *(r for n in find_notebooks(project) for r in n.reads)]
    for place in needed:
        path = project.root / place
        is_made = path.is_relative_to(project.processed) or not path.exists()
        assert is_made or any(path.is_relative_to(source) for source in sources), place


@pytest.mark.parametrize("path", [None, ""])
def test_outside_a_repository_or_without_git_there_is_no_commit(
    own_project: Project, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(own_project.root.parent))
    if path is not None:
        monkeypatch.setenv("PATH", path)
    code = provenance.code(own_project)
    assert (code["commit"], code["committed"], code["changed"]) == (None, None, False)
    assert code["version"] == rebalancing.__version__


def test_a_copy_inside_another_repository_has_no_commit(own_project: Project) -> None:
    outer = Project(own_project.root.parent)
    git(outer, "init", "-q")
    git(outer, "add", "project/study.yml")
    git(outer, "commit", "-q", "-m", "another project")
    code = provenance.code(own_project)
    assert (code["commit"], code["committed"], code["changed"]) == (None, None, False)


def test_before_the_first_commit_there_is_none(
    own_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    git(own_project, "init", "-q")
    assert provenance.code(own_project)["commit"] is None
    assert capsys.readouterr().err == ""


def test_the_variables_of_a_hook_and_settings_of_the_user_do_not_matter(
    committed: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = provenance.code(committed)
    git(Project(tmp_path), "init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / "index"))
    settings = tmp_path / "settings"
    settings.write_text("[log]\nshowSignature = true\n[status]\nshowUntrackedFiles = no\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert provenance.code(committed) == before


def test_a_clone_of_another_owner_has_its_commit(
    committed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = provenance.code(committed)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert provenance.code(committed) == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["worktree", "submodule", "shallow"])
def test_other_kinds_of_clones_have_their_commit(
    committed: Project, tmp_path: Path, kind: str
) -> None:
    other = Project(tmp_path / "other")
    if kind == "worktree":
        git(committed, "worktree", "add", "-q", str(other.root))
    elif kind == "shallow":
        git(committed, "clone", "-q", "--depth", "1", f"file://{committed.root}", str(other.root))
    else:
        outer = Project(tmp_path / "outer")
        outer.root.mkdir()
        git(outer, "init", "-q")
        added = ("submodule", "--quiet", "add", str(committed.root), "inner")
        git(outer, "-c", "protocol.file.allow=always", *added)
        other = Project(outer.root / "inner")
    assert provenance.code(other) == provenance.code(committed)


def test_why_git_does_not_tell_the_commit_is_one_line(
    committed: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = committed.root / ".git" / "HEAD"
    good = head.read_text()
    head.write_text("damaged")
    assert provenance.code(committed)["commit"] is None
    head.write_text(good)
    monkeypatch.setenv("PATH", "")
    assert provenance.code(committed)["commit"] is None
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("The report will name no commit: fatal: ")
    assert second == "The report will name no commit: git cannot be run: No such file or directory"


def test_releases_are_those_in_use_with_their_digests(own_project: Project) -> None:
    study = Study.load(own_project, {"releases": {"unsd-ama": "2023"}})
    used = provenance.releases(own_project, study)
    assert set(used) == set(releases.publishers(own_project))
    assert used["unsd-ama"]["release"] == "2023"
    newest = releases.resolve(own_project, "worldbank-wdi")
    assert used["worldbank-wdi"] == {
        "release": newest.name, "date": newest.date, "sha256": newest.sha256,
    }  # fmt: skip
    assert all(len(release["sha256"]) == 64 for release in used.values())


def test_an_edition_says_what_it_was_made_from(own_project: Project) -> None:
    study = Study.load(own_project, {"economy": "JPN", "last_year": 2019})
    edition = provenance.edition(own_project, study)
    assert list(edition) == ["name", "parameters", "releases", "without", "code"]
    assert edition["name"] == "JPN-last_year-2019"
    assert edition["parameters"] == study.parameters()
    assert edition["parameters"]["seed"] == study.seed


@pytest.mark.slow
def test_nothing_depends_on_where_the_project_is(own_project: Project, tmp_path: Path) -> None:
    before = provenance.edition(own_project, Study.load(own_project))
    moved = Project(tmp_path / "moved")
    own_project.root.rename(moved.root)
    assert provenance.edition(moved, Study.load(moved)) == before
