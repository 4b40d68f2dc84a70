import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from frictionless import Package, system

from rebalancing.data.releases import checksums, days
from rebalancing.data.releases.verify import DamagedDataError, require, verify
from rebalancing.project import Project

SUMS = "missing or damaged"
DATA = "data/raw/unsd-ama/2024/current-usd.parquet"
DESCRIPTOR = "data/raw/unsd-ama/2024/datapackage.json"


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def add(path: Path, name: str) -> None:
    path.write_text(f"{path.read_text()}{'0' * 64}  {name}\n")


def test_a_descriptor_that_was_bad_when_it_was_added_is_named(small_project: Project) -> None:
    path = small_project.root / DESCRIPTOR
    path.write_text('{"resources": [{"path": "/etc/passwd", "hash": "sha256:0"}]}')
    checksums.update(small_project, [path.parent])
    assert [(problem.path, problem.found) for problem in verify(small_project)] == [
        (DESCRIPTOR, "damaged when it was added (datapackage.json: title: Field required)")
    ]


def test_an_intact_project_has_no_problem(small_project: Project) -> None:
    assert verify(small_project) == []
    require(small_project)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "damage", "found"),
    [
        (DATA, Path.unlink, "missing"),
        (DATA, truncate, "truncated"),
        (DATA, flip_a_byte, "altered"),
        (DATA, lambda path: path.write_bytes(path.read_bytes() + b" "), "too long"),
        (DESCRIPTOR, Path.unlink, "missing"),
        (DESCRIPTOR, truncate, "altered"),
        (DESCRIPTOR, lambda path: path.write_text("{}"), "altered"),
        ("data/raw/SHA256SUMS", Path.unlink, "missing or damaged"),
        ("data/raw/SHA256SUMS", lambda path: path.write_text("x\n"), "missing or damaged"),
        ("data/raw/SHA256SUMS", lambda path: path.write_text(path.read_text() * 2), SUMS),
        ("data/raw/SHA256SUMS", lambda path: add(path, "/etc/x/datapackage.json"), SUMS),
        ("data/raw/SHA256SUMS", lambda path: add(path, "../../x/datapackage.json"), SUMS),
        ("data/raw/SHA256SUMS", lambda path: add(path, "x/../y/datapackage.json"), SUMS),
        ("data/raw/SHA256SUMS", lambda path: add(path, "pwt/10.01/other.json"), SUMS),
        ("data/raw/SHA256SUMS", lambda path: path.write_bytes(b"\xff\xfe0"), SUMS),
    ],
)
def test_damage_is_found_and_the_remedy_named(
    small_project: Project, name: str, damage: Callable[[Path], None], found: str
) -> None:
    damage(small_project.root / name)
    problems = verify(small_project)
    assert [(problem.path, problem.found.split(" (")[0]) for problem in problems] == [(name, found)]
    with pytest.raises(DamagedDataError) as caught:
        require(small_project)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{name}: {found}")
    assert "expected" in message
    assert message.endswith(f"git checkout HEAD -- {name}")


@pytest.mark.parametrize(
    ("release", "date", "found"),
    [
        ("2024", "2062-01-01", "dated 2062-01-01, which is still to come"),
        ("2024", "9999-99-99", "(datapackage.json: released.date: '9999-99-99'"),
        ("2024", "2024-02-30", "(datapackage.json: released.date: '2024-02-30'"),
        ("2024", "2062", "dated 2062, which is still to come"),
        ("2024", "2027-01", "dated 2027-01, which is still to come"),
        ("2024", "soon", "(datapackage.json: released.date: 'soon'"),
        ("2024-02-30", "2024-12", "dated 2024-02-30, which is not in the calendar"),
        ("2024-revised-2062-01-01", "2024-12", "dated 2024-revised-2062-01-01, which is still"),
        ("2062", "2024-12", "dated 2062, which is still to come"),
        ("\u0662\u0660\u0662\u0664", "2024-12", "which is not in plain letters and digits"),
        ("2024", "2026-11-16", ""),
        ("2024", "2026-12", ""),
    ],
)
def test_a_release_of_a_day_that_has_not_come_is_named(
    small_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    release: str,
    date: str,
    found: str,
) -> None:
    monkeypatch.setattr(days, "today", lambda: datetime.date(2026, 11, 15))
    folder = (small_project.root / DESCRIPTOR).parent
    folder = folder.rename(folder.with_name(release))
    descriptor = json.loads((folder / "datapackage.json").read_text())
    descriptor["released"]["date"] = date
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    listed = checksums.read_checksums(small_project)
    checksums.file(small_project).write_text(
        "".join(f"{sha}  {path}\n" for path, sha in listed.items() if "/2024/" not in path)
    )
    checksums.update(small_project, [folder])
    problems = [str(problem) for problem in verify(small_project)]
    assert len(problems) == bool(found)
    assert all(found in problem and "remove the folder" in problem for problem in problems)


def test_expected_size_and_digest_are_stated(small_project: Project) -> None:
    path = small_project.root / DATA
    size = path.stat().st_size
    truncate(path)
    (problem,) = verify(small_project)
    assert f"expected {size:,} bytes with sha256 " in str(problem)


def test_a_release_that_is_gone_is_missed(small_project: Project) -> None:
    shutil.rmtree(small_project.raw / "pwt")
    with pytest.raises(DamagedDataError, match=r"data/raw/pwt/10\.01/datapackage\.json: missing"):
        require(small_project)


def test_foreign_files_are_found(small_project: Project) -> None:
    (small_project.raw / "unsd-ama" / "2024" / "mine.parquet").touch()
    shutil.copytree(small_project.raw / "pwt" / "10.01", small_project.raw / "pwt" / "11.0")
    assert [(problem.path, problem.found) for problem in verify(small_project)] == [
        ("data/raw/pwt/11.0/datapackage.json", "not in SHA256SUMS"),
        ("data/raw/unsd-ama/2024/mine.parquet", "in no descriptor"),
    ]


def test_other_publishers_do_not_count(small_project: Project) -> None:
    truncate(small_project.root / DATA)
    require(small_project, ["pwt", "nbs"])
    with pytest.raises(DamagedDataError, match="current-usd"):
        require(small_project, ["pwt", "unsd-ama"])


def test_further_problems_are_counted(small_project: Project) -> None:
    for path in sorted(small_project.raw.glob("unsd-ama/*/current-usd.parquet")):
        truncate(path)
    with pytest.raises(DamagedDataError, match="and 1 more: rebalancing data verify"):
        require(small_project)


def test_the_data_of_this_project_are_intact(this_project: Project) -> None:
    assert verify(this_project) == []


def test_the_descriptors_of_this_project_are_valid(this_project: Project) -> None:
    paths = sorted(this_project.raw.glob("*/*/datapackage.json"))
    assert len(paths) >= 76
    with system.use_context(standards="v1"):
        for path in paths:
            assert list(Package.metadata_validate(json.loads(path.read_text()))) == []


def test_the_data_of_this_project_stay_small(this_project: Project) -> None:
    files = [path for path in this_project.raw.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 40e6
