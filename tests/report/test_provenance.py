from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import rebalancing
from rebalancing.data import releases
from rebalancing.project import Project
from rebalancing.report import provenance
from rebalancing.study import Study


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
    git(own_project, "add", "study.yml")
    git(own_project, "commit", "-q", "-m", "first")
    return own_project


def test_code_is_the_commit_with_its_day(committed: Project) -> None:
    assert provenance.code(committed) == {
        "version": rebalancing.__version__,
        "commit": git(committed, "rev-parse", "HEAD"),
        "committed": "2026-01-02",
        "changed": False,
    }


def test_a_change_since_the_commit_is_told_and_a_new_file_is_none(committed: Project) -> None:
    (committed.root / "notes.txt").write_text("x")
    assert provenance.code(committed)["changed"] is False
    committed.study_file.write_text(committed.study_file.read_text() + "# a change\n")
    assert provenance.code(committed)["changed"] is True


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


def test_nothing_depends_on_where_the_project_is(own_project: Project, tmp_path: Path) -> None:
    before = provenance.edition(own_project, Study.load(own_project))
    moved = Project(tmp_path / "moved")
    own_project.root.rename(moved.root)
    assert provenance.edition(moved, Study.load(moved)) == before
