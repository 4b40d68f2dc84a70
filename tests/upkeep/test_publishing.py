"""What is published is built only where something that it is made from has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rebalancing import unchanged
from rebalancing.book.pages.citation import SITE_VARIABLE
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.upkeep import gallery, publishing

ROOT = Path(__file__).parents[2]
Publish = Callable[..., list[str]]


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, Publish]:
    """A project, and what publishes editions of it and returns the economies that it built."""
    project = Project(tmp_path)
    for name, text in (("study.yml", "economy: CHN"), ("README.md", "Read"), ("src/a.py", "a = 1"),
                       ("data/raw/p/2024/x.parquet", "figures"), ("book/index.md", "# A"),
                       ("docs/upkeep.md", "words"), ("tests/test_a.py", "")):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    listed: list[list[str]] = []
    monkeypatch.setattr(
        gallery, "publish", lambda _, names, folder: listed.append(names) or folder / "index.html"
    )

    class Made:
        def __init__(self, economy: str, **values: object) -> None:
            self.values = {"economy": economy, **values}

        def edition(self, _: Project) -> str:
            return str(self.values["economy"])

        def parameters(self) -> dict[str, object]:
            return self.values

    def publish(*economies: str, **values: object) -> list[str]:
        built = []

        def build(study: Study) -> None:
            name = study.edition(project)
            built.append(name)
            site = project.build / name / "site" / "index.html"
            site.parent.mkdir(parents=True, exist_ok=True)
            site.touch()

        studies = [Made(economy, **values) for economy in economies]
        publishing.publish(project, studies, project.build / "public", build, lambda _: None)
        assert listed[-1] == list(economies)
        return built

    return project, publish


def test_only_what_has_changed_is_built(publish: tuple[Project, Publish]) -> None:
    project, published = publish
    assert published("CHN", "JPN") == ["CHN", "JPN"]
    assert published("CHN", "JPN") == []
    assert published("CHN", "KOR") == ["KOR"]
    assert published("CHN", horizon=10) == ["CHN"]
    (project.build / "JPN" / "site" / "index.html").unlink()
    assert published("JPN", "KOR") == ["JPN"]


def test_another_address_builds_all(
    publish: tuple[Project, Publish], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page names it."""
    _, published = publish
    published("CHN", "JPN")
    monkeypatch.setenv(SITE_VARIABLE, "https://someone.example/report")
    assert published("CHN", "JPN") == ["CHN", "JPN"]
    assert published("CHN", "JPN") == []


DOCUMENTS = ["README.md", "docs/upkeep.md", "tests/test_a.py", "docs/new.md"]
SOURCES = ["src/a.py", "data/raw/p/2024/x.parquet", "book/index.md", "study.yml", "book/new.md"]


@pytest.mark.parametrize(
    ("name", "built"),
    [*((name, []) for name in DOCUMENTS), *((name, ["CHN", "JPN"]) for name in SOURCES)],
)
def test_a_change_builds_all_that_is_made_from_the_file(
    publish: tuple[Project, Publish], name: str, built: list[str]
) -> None:
    project, published = publish
    published("CHN", "JPN")
    (project.root / name).write_text("other words")
    assert published("CHN", "JPN") == built


def test_times_of_files_do_not_matter(publish: tuple[Project, Publish]) -> None:
    """A fresh clone has the same bytes, written today."""
    project, published = publish
    published("CHN")
    path = project.root / "src" / "a.py"
    text = path.read_text()
    path.unlink()
    path.write_text(text)
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "a.pyc").touch()
    assert published("CHN") == []


def test_a_build_that_fails_counts_as_none(publish: tuple[Project, Publish]) -> None:
    project, published = publish
    published("CHN")
    (project.root / "src" / "a.py").write_text("a = 2")

    def fail(_: Study) -> None:
        raise RuntimeError

    study = type("S", (), {"edition": lambda *_: "CHN", "parameters": lambda _: {"economy": "CHN"}})
    with pytest.raises(RuntimeError):
        publishing.publish(project, [study()], project.build / "public", fail)
    assert published("CHN") == ["CHN"]


def test_whatever_the_report_is_made_from_counts() -> None:
    """Tools and the environment make nothing; the lock stands for the packages."""
    others = {"tools", ".venv/fingerprint", "pyproject.toml"}
    assert {*publishing.SOURCES} == {*unchanged.SOURCES} - others
