"""The releases that the tests are about: a view of data/raw in which later ones do not exist.

What a test expects of "the newest release" holds for the newest of these. A release that a
publisher adds, or an older one that is imported later, changes no test.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from rebalancing.data.releases import checksums
from rebalancing.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
RELEASES = {
    "bis-house-prices": "2026-05-19",
    "bis-reer": "2024-10-28",
    "china-levels": "2026-08-21",
    "comtrade": "2026-03-03",
    "cpia-solar": "2025",
    "gacc-bulletin": "2026-08",
    "gacc-customs": (
        "2024-03-19 2024-05-31 2024-06-09 2024-08-09 2024-08-21 2024-10-07 2024-10-19 "
        "2024-11-19 2024-12-20 2025-03-20"
    ),
    "imf-weo": (
        "2019-10 2020-04 2020-10 2021-04 2021-10 2022-04 2022-10 2023-04 2023-10 2024-04 "
        "2024-10 2025-04 2025-10"
    ),
    "imf-weo-growth": "2026-04",
    "nbs": (
        "2024-03-19 2024-05-31 2024-06-21 2024-08-09 2024-08-21 2024-10-07 2024-10-19 "
        "2024-11-19 2024-12-20 2025-03-20"
    ),
    "nbs-annual": "2020",
    "nbs-capacity": "2026-01-19",
    "nbs-io": ("2002 2005 2007 2010 2012 2015 2017 2018 2020"),
    "nbs-labour": "2024-01-13",
    "nbs-monthly": "2026-08-22",
    "nbs-press": "2026-01-19",
    "nbs-survey": "2026-07-16",
    "nifd-leverage": "2024-01-13",
    "oecd-io": "2021",
    "pwt": "10.01",
    "pwt-output": "11.0",
    "unsd-ama": "2014 2017 2019 2020 2022 2023 2024",
    "us-census": "2026-06-17",
    "us-tariff": "2026-07-23",
    "worldbank-wdi": (
        "2013-12-21 2018-08-01 2018-10-18 2022-09-16 2023-04-26 2024-05-08 2024-06-28 "
        "2024-11-13 2025-03-24 2025-04-15 2025-10-07 2025-12-16 2025-12-17 2026-02-24 "
        "2026-03-04 2026-04-01 2026-04-08 2026-05-01 2026-06-06"
    ),
    "worldsteel": "2019",
    "wto": "2020-05-10",
}


def fill(root: Path) -> Project:
    """Write a project with the real study.yml and notebooks and these releases, and return it."""
    project = Project(root)
    others = shutil.ignore_patterns(".ipynb_checkpoints", "*.md", "*.py", "*.txt")
    shutil.copytree(REPOSITORY / "notebooks", project.notebooks, ignore=others)
    shutil.copyfile(REPOSITORY / "study.yml", project.study_file)
    link(project)
    return project


def link(project: Project) -> None:
    """Give a project these releases, as links to the repository's."""
    lines, folders = _listed()
    for publisher, names in folders.items():
        (project.raw / publisher).mkdir(parents=True)
        for name in names:
            (project.raw / publisher / name).symlink_to(REPOSITORY / "data/raw" / publisher / name)
    checksums.file(project).write_text(lines)


@cache
def _listed() -> tuple[str, dict[str, list[str]]]:
    """Return the lines of their checksums, and their names by publisher."""
    lines = []
    folders: dict[str, list[str]] = {}
    for path, digest in checksums.read_checksums(Project(REPOSITORY)).items():
        publisher, name, _ = path.split("/")
        if name in RELEASES.get(publisher, "").split():
            lines.append(f"{digest}  {path}\n")
            folders.setdefault(publisher, []).append(name)
    return "".join(lines), folders


@cache
def project() -> Project:
    """Return the repository with these releases only, to be read; it goes when the tests end."""
    root = Path(tempfile.mkdtemp(prefix="held-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for path in REPOSITORY.iterdir():
        if path.name not in ("data", "build", "src") and not path.name.startswith("."):
            (root / path.name).symlink_to(path)
    held = Project(root)
    (root / "data").mkdir()
    for path in (REPOSITORY / "data").glob("*.yml"):
        (root / "data" / path.name).symlink_to(path)
    link(held)
    return held
