from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rebalancing.outputs import OutputError
from rebalancing.project import Project
from rebalancing.upkeep import publication
from rebalancing.upkeep.publication import MARK, PublishError, check_folder, published


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with kept and built editions, below a home folder, with releases linked to."""
    home = tmp_path / "home"
    project = Project(home / "project")
    for name in ("build/CHN/site/index.html", "editions/CHN/results.json", "src/a.py", "study.yml"):
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
    for folder in ("releases/nbs", "empty", "home/other/notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "home" / "other" / "study.yml").touch()
    (project.root / "data").mkdir()
    (project.root / "data" / "raw").symlink_to(tmp_path / "releases")
    (tmp_path / "to-editions").symlink_to(project.root / "editions")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(project.root)
    return project


def state(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def publish(project: Project, folder: str | Path, content: str = "new") -> None:
    with published(project, Path(folder)) as new:
        (new / "CHN").mkdir()
        (new / "CHN" / "index.html").write_text(content)


@pytest.mark.parametrize(
    "folder",
    [
        *("build", "build/CHN", "build/CHN/site", "build/new", "build/public/CHN", "build/shared"),
        *("editions", "editions/CHN", "editions/new", "data/raw", "data/raw/new", "src", "src/new"),
        *(".", "", "..", "../..", "../../..", "/", "~", "notebooks", "tests", ".git", "new"),
        *("study.yml", "../other", "../other/new", "../other/notebooks", "new/below"),
        *("../../releases", "../../releases/nbs", "../../to-editions", "../../to-editions/new"),
        *("build/../editions", "../../home"),
    ],
)
def test_nothing_of_a_project_is_published_over(own: Project, tmp_path: Path, folder: str) -> None:
    before = state(tmp_path)
    with pytest.raises(OutputError, match="name build/public, or a folder outside of"):
        publish(own, Path(folder).expanduser())
    assert state(tmp_path) == before


@pytest.mark.parametrize(
    "folder", ["build/public", "../public", "../../empty", "../../new/folder", "../../to-empty"]
)
def test_what_was_published_is_replaced_as_a_whole(
    own: Project, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "to-empty").symlink_to("empty")
    publish(own, folder, "earlier")
    (Path(folder) / "CHN" / "index.html").write_text("changed by hand")
    publish(own, folder)
    assert {path: text for path, text in state(Path(folder)).items() if path != MARK} == {
        "CHN/index.html": "new"
    }
    assert (tmp_path / "to-empty").is_symlink()
    assert not list(Path(folder).resolve().parent.glob(".*"))


@pytest.mark.parametrize("other", ["CNAME", "CHN/notes.txt", ".hidden", "CHN/link"])
def test_files_of_others_stay(own: Project, tmp_path: Path, other: str) -> None:
    folder = tmp_path / "out"
    publish(own, folder)
    if other.endswith("link"):
        (folder / other).symlink_to(tmp_path)
    else:
        (folder / other).write_text("mine")
    before = state(folder)
    with pytest.raises(OutputError, match=f"holds {other}, which was not published to it"):
        publish(own, folder)
    assert state(folder) == before


@pytest.mark.parametrize("mark", ["", "a file of that name\nmine.txt\n", None])
def test_a_folder_without_a_true_mark_is_not_replaced(
    own: Project, tmp_path: Path, mark: str | None
) -> None:
    (tmp_path / "empty" / "mine.txt").write_text("mine")
    if mark is not None:
        (tmp_path / "empty" / MARK).write_text(mark)
    with pytest.raises(OutputError, match="was not published to it"):
        publish(own, tmp_path / "empty")


def test_nothing_is_published_inside_a_publication(own: Project, tmp_path: Path) -> None:
    publish(own, tmp_path / "out")
    with pytest.raises(OutputError, match="lies in what was published"):
        publish(own, tmp_path / "out" / "new")


def test_what_lay_in_the_projects_own_place_before_marks_is_replaced(own: Project) -> None:
    (own.build / "public").mkdir()
    (own.build / "public" / "old.html").touch()
    publish(own, "build/public")
    assert set(state(own.build / "public")) == {MARK, "CHN/index.html"}


@pytest.mark.parametrize("step", ["copying", "first rename", "second rename"])
def test_a_failure_leaves_the_former_publication_whole(
    own: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "out"
    publish(own, folder, "former")
    before, rename = state(folder), Path.rename

    def fail(self: Path, target: Path) -> Path:
        if (self.name == "new") == (step == "second rename") and self.name != "old":
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    def copy() -> None:
        with published(own, folder) as new:
            (new / "half").touch()
            if step == "copying":
                raise shutil.Error([("a", "b", "No space left on device")])

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(PublishError, match=r"\((No space|Device or).*is there still$"):
        copy()
    assert state(folder) == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("folder", ["build/public", "../out"])
def test_a_publication_that_was_killed_between_its_renames_is_put_right(
    own: Project, folder: str
) -> None:
    publish(own, folder, "former")
    place = Path(folder).resolve()
    former = state(place)
    half = place.with_name(f".{place.name}.abcd_123")
    (half / "new").mkdir(parents=True)
    place.rename(half / "old")

    def fail() -> None:
        with published(own, Path(folder)):
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        fail()
    assert state(place) == former
    publish(own, folder)
    assert state(place)["CHN/index.html"] == "new"
    assert [path.name for path in place.parent.glob(".*")] == []


def test_what_only_looks_like_a_killed_publication_stays(own: Project) -> None:
    mine = own.root.parent / ".out.thesis_1"
    mine.mkdir()
    (mine / "old").write_text("mine")
    (mine / "notes").write_text("mine")
    publish(own, "../out")
    assert state(mine) == {"old": "mine", "notes": "mine"}


def test_what_comes_while_sites_are_copied_stays(own: Project, tmp_path: Path) -> None:
    def copy() -> None:
        with published(own, tmp_path / "empty"):
            (tmp_path / "empty" / "mine.txt").touch()

    with pytest.raises(OutputError, match=r"holds mine\.txt"):
        copy()
    assert state(tmp_path / "empty") == {"mine.txt": ""}


def test_a_build_that_lies_elsewhere_is_the_projects_too(own: Project, tmp_path: Path) -> None:
    shutil.move(own.build, tmp_path / "scratch")
    own.build.symlink_to(tmp_path / "scratch")
    for name in ("scratch", "scratch/CHN", "scratch/new"):
        with pytest.raises(OutputError):
            check_folder(own, tmp_path / name)
    assert check_folder(own, own.build / "public") == tmp_path / "scratch" / "public"
    assert publication.check_folder(own, tmp_path / "scratch" / "public")
