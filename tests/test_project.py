from __future__ import annotations

from pathlib import Path

import pytest

from rebalancing.errors import BusyError, InputError, OtherCodeError, ProjectNotFoundError
from rebalancing.project import Project


def a_project(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "study.yml").touch()
    return root.resolve()


def test_the_nearest_parent_with_a_study_is_the_project(tmp_path: Path) -> None:
    a_project(tmp_path)
    inner = a_project(tmp_path / "a" / "inner")
    deep = inner / "notebooks" / "drafts"
    deep.mkdir(parents=True)
    assert Project.find(deep).root == inner
    assert Project.find(inner).root == inner
    assert Project.find(tmp_path / "a").root == tmp_path.resolve()


def test_the_current_folder_is_where_the_search_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = a_project(tmp_path / "here")
    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    assert Project.find().root == root


def test_a_folder_called_study_yml_is_no_project(tmp_path: Path) -> None:
    outer = a_project(tmp_path)
    (tmp_path / "inner" / "study.yml").mkdir(parents=True)
    assert Project.find(tmp_path / "inner").root == outer


def test_no_project_is_one_line_that_says_where_was_looked(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFoundError) as caught:
        Project.find(tmp_path)
    message = str(caught.value)
    assert str(tmp_path.resolve()) in message
    assert "study.yml" in message
    assert "\n" not in message
    assert isinstance(caught.value, InputError)


def test_a_copy_with_code_of_its_own_does_not_run_that_of_another(tmp_path: Path) -> None:
    root = a_project(tmp_path / "copy")
    own = root / "src" / "rebalancing"
    own.mkdir(parents=True)
    assert Project.find(root).root == root  # nothing that could run instead
    (own / "project.py").touch()
    with pytest.raises(OtherCodeError, match=r"copy has code of its own, .* run make env"):
        Project.find(root / "src")


def test_every_folder_is_below_the_root(tmp_path: Path) -> None:
    project = Project(tmp_path)
    folders = [
        project.study_file,
        project.raw,
        project.processed,
        project.notebooks,
        project.book,
        project.build,
    ]
    names = [folder.relative_to(tmp_path).as_posix() for folder in folders]
    assert names == ["study.yml", "data/raw", "data/processed", "notebooks", "book", "build"]


def test_whoever_writes_is_alone_and_others_are_told_what_is_running(tmp_path: Path) -> None:
    project = Project(a_project(tmp_path))
    with project.alone("build"):
        for other in ("keep", "build"):
            with pytest.raises(BusyError, match="Another build is running"), project.alone(other):
                pass
    with project.alone("keep"):
        pass


def test_a_clone_without_its_study_says_how_to_restore_it(tmp_path: Path) -> None:
    (tmp_path / "src" / "rebalancing").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(ProjectNotFoundError, match=r"git checkout HEAD -- study\.yml"):
        Project.find(tmp_path / "notebooks")
