"""A project of one's own on the real releases, for tests that must not touch this one."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import held
import pytest
from hypothesis import HealthCheck, settings

from rebalancing.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
# How fast this machine is, and how busy, is nothing that a test is about.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


def pytest_configure() -> None:
    """Give each process that runs tests one thread: with as many as cores they only wait."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))


@pytest.fixture
def own_project(tmp_path: Path) -> Project:
    """A project with the real study.yml, notebooks and held releases, and nothing made of them."""
    project = Project(tmp_path / "project")
    shutil.copytree(REPOSITORY / "notebooks", project.notebooks, ignore=_not_notebooks)
    shutil.copyfile(REPOSITORY / "study.yml", project.study_file)
    held.link(project)
    return project


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where web fonts are kept between tests, and between processes that run them."""
    return tmp_path_factory.getbasetemp().parent / "rebalancing-fonts"


@pytest.fixture(scope="session")
def assembled_once(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Path:
    """A project whose edition CHN has run, with its book; copied, never changed."""
    import made_up_edition  # drawing is slow to import

    from rebalancing.book import assembly

    project = made_up_edition.fill(tmp_path_factory.mktemp("assembled"), fonts)
    assembly.assemble(project, project.build / "CHN")
    return project.root


@pytest.fixture
def project(assembled_once: Path, tmp_path: Path) -> Project:
    """A project whose edition CHN has run, with its book but no site."""
    shutil.copytree(assembled_once, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def made_up_site(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Path:
    """The site of the made-up edition, built once; not to be changed."""
    import made_up_edition  # drawing and building are slow to import

    return made_up_edition.build(tmp_path_factory.mktemp("built"), fonts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many malformed inputs were tried, by kind, and what went wrong with them."""
    table: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "malformed" and report.when == "call":
                    kind, cases, wrong = json.loads(value)
                    table.setdefault(kind, Counter()).update({"cases": cases, **wrong})
    columns = ("cases", "traceback", "hang", "wrong exit", "wrong words", "lost data")
    if table and terminalreporter.config.getoption("markexpr") == "faults":
        terminalreporter.write_line("".join(f"{name:>14}" for name in ("malformed", *columns)))
        for kind, counts in sorted(table.items()):
            cells = "".join(f"{counts[column]:>14}" for column in columns)
            terminalreporter.write_line(f"{kind:<28}{cells}")


def _not_notebooks(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".ipynb")}
