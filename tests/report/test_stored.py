"""Damaged files that the report has written: one error that names the file and the remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rebalancing import editions
from rebalancing.book.pages import changes_page
from rebalancing.editions import forecast_scores as scores
from rebalancing.errors import DamagedFileError, UnknownEconomyError
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import results, stored
from rebalancing.upkeep import gallery

GARBAGE = {
    "empty": b"",
    "zeros": bytes(200),
    "cut": b'{"edition": {"name": "CHN", "para',
    "null": b"null",
    "list": b"[]",
    "no keys": b"{}",
    "number": b"7",
    "no text": b"\xff\xfe{}",
    "deep": b"[" * 100_000,
    "not a number": b'{"results": NaN}',
    "types": b'{"edition": "CHN", "results": {}, "sentences": 7, "front": [], "digest": null}',
    "inside": b'{"edition": {"name": null}, "results": [null], "a": {"claim": 1, "verdict": []}}',
}
Use = Callable[[Project], object]


def of_page(project: Project) -> object:
    return changes_page.body(project, stored.read_results(project.build / "CHN"))


USES: list[tuple[str, Use]] = [
    ("build/CHN/results.json", lambda project: editions.keep(project, "CHN")),
    ("build/CHN/results.json", gallery.write_gallery),
    ("build/CHN/claims.json", lambda project: editions.keep(project, "CHN")),
    ("build/CHN/changes.json", lambda project: editions.keep(project, "CHN")),
    ("build/CHN/forecasts/07.json", lambda project: scores.append(project, project.build / "CHN")),
    (
        "build/CHN/results/02_consumption.json",
        lambda project: results.merge(project.build / "CHN", {}),
    ),
    ("editions/CHN/results.json", of_page),
    ("editions/CHN/changes.json", of_page),
    ("editions/CHN/claims.json", lambda project: editions.claims(project.root / "editions/CHN")),
    (
        "editions/CHN/sentences.json",
        lambda project: editions.front_keys(project.root / "editions/CHN"),
    ),
]


@pytest.fixture
def kept(project: Project) -> Project:
    """A project whose edition CHN is built and kept."""
    site = project.build / "CHN" / "site"
    site.mkdir()
    (site / "index.html").touch()
    editions.keep(project, "CHN")
    return project


@pytest.mark.parametrize(("name", "use"), USES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(USES)])
def test_a_damaged_file_is_named_with_its_remedy_and_nothing_is_lost(
    kept: Project, name: str, use: Use
) -> None:
    path, others = kept.root / name, [*(kept.root / "editions").rglob("*.*")]
    path.parent.mkdir(exist_ok=True)
    before = {other: other.read_bytes() for other in others if other != path}
    for content in GARBAGE.values():
        if name.endswith("claims.json") and content == b"{}":
            continue  # an edition without claims
        path.write_bytes(content)
        with pytest.raises(DamagedFileError) as caught:
            use(kept)
        said = str(caught.value)
        assert said.startswith(f"{path} is damaged; ")
        assert any(
            remedy in said
            for remedy in ("make report", "make changes", f"git checkout HEAD -- {name}")
        )
        assert path.read_bytes() == content
        assert {other: other.read_bytes() for other in before} == before


def test_what_is_read_keeps_all_its_keys(tmp_path: Path) -> None:
    content = {"target": "lock", "said": "No.", "more": [1, None]}
    assert (
        stored.read_stored(write_json(tmp_path / "a.json", content), stored.StoredAttempt)
        == content
    )


@pytest.mark.parametrize("value", [None, 1, 1.5, "words"])
def test_values_of_results(tmp_path: Path, value: object) -> None:
    one = {"key": "a", "value": value, "chapter": "02"}
    path = write_json(tmp_path / "a.json", one)
    assert stored.read_stored(path, stored.StoredValue) == one
    for wrong in (True, [], {}):
        write_json(path, {**one, "value": wrong})
        with pytest.raises(DamagedFileError):
            stored.read_stored(path, stored.StoredValue)


def test_an_economy_that_is_none_is_named(kept: Project) -> None:
    path = kept.build / "CHN" / "results.json"
    content = json.loads(path.read_text())
    content["edition"]["parameters"]["economy"] = "XXX"
    write_json(path, content)
    with pytest.raises(UnknownEconomyError, match="XXX"):
        gallery.write_gallery(kept)


@pytest.mark.parametrize("name", ["CHN (1)", "CHN - Copy", "CHN-copy"])
def test_a_copy_of_an_edition_is_not_listed(kept: Project, name: str) -> None:
    (kept.build / "CHN").rename(kept.build / name)
    assert editions.built(kept) == []
    (kept.build / name).rename(kept.build / "CHN")
    assert editions.built(kept) == ["CHN"]


ROW = {
    "economy": "CHN",
    "measure": "share",
    "forecaster": "walk",
    "release": "unsd-ama 2023",
    "released": "2024",
    "last_year": "2023",
    "last_value": "39.5",
    "made": "at the time",
    "year": "2024",
    "q0.1": "38.5",
    "q0.5": "39.5",
    "q0.9": "40.5",
}
HEADING = ",".join(ROW)
LINE = ",".join(ROW.values())


def with_(**changed: str) -> str:
    return f"{HEADING}\n{','.join({**ROW, **changed}.values())}\n"


def log(project: Project, content: str | bytes) -> Path:
    path = scores.path(project)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_sound_log_is_read(tmp_path: Path, start: str, end: str) -> None:
    project = Project(tmp_path)
    log(project, f"{start}{HEADING}{end}{LINE}{end}")
    (row,) = scores.read_log(project, intervals=True).to_dict("records")
    assert {name: str(value) for name, value in row.items()} == ROW


@pytest.mark.parametrize(
    "content",
    [
        *(
            "",
            "\n",
            "\0" * 300,
            HEADING,
            b"\xff\xfe",
            f"{HEADING}\n{LINE}",
            f"{HEADING}\n{LINE[:-9]}",
        ),
        *(f'{HEADING}\n"{LINE}\n', f"{HEADING}\n{LINE},1\n", f"{HEADING}\n{LINE},1\n{LINE},1\n"),
        *(f"{HEADING}\n{LINE}\n{LINE}\n", f"{HEADING}\n{LINE}\n,,,,,,,,,,,\n", f"{LINE}\n"),
        *(with_(**{name: ""}) for name in ROW if not name.startswith("q")),
        *(with_(**{name: "x"}) for name in ("last_year", "year", "last_value", "made", "q0.1")),
        *(with_(year="2024.5"), with_(**{"q0.1": "inf"}), with_(last_value="1e999")),
        *(with_().replace(name, "other", 1) for name in ROW),
        with_().replace(",", ";"),
    ],
)
def test_a_damaged_log_is_named_with_its_remedy(tmp_path: Path, content: str | bytes) -> None:
    project = Project(tmp_path)
    path = log(project, content)
    with pytest.raises(DamagedFileError) as caught:
        scores.read_log(project)
    assert str(caught.value) == (
        f"{path} is damaged; restore it with: git checkout HEAD -- editions/forecast-log.csv"
    )


def test_a_folder_in_place_of_the_log_is_no_empty_log(tmp_path: Path) -> None:
    (tmp_path / "editions" / "forecast-log.csv").mkdir(parents=True)
    with pytest.raises(DamagedFileError, match=r"git checkout HEAD -- editions/forecast-log\.csv"):
        scores.read_log(Project(tmp_path))


def test_intervals_that_a_page_needs_are_asked_for(tmp_path: Path) -> None:
    project = Project(tmp_path)
    log(project, with_(**{"q0.9": ""}))
    assert len(scores.read_log(project)) == 1
    with pytest.raises(DamagedFileError):
        scores.read_log(project, intervals=True)


@pytest.mark.parametrize(
    ("step", "name", "remedy"),
    [
        ("refresh", "refresh.json", "make refresh"),
        ("links", "links.json", "make links"),
        ("environment", "before/results.json", "make remember"),
        ("environment", "before/requirements.lock", "make remember"),
        ("environment", "refused/requirements.json", "make lock"),
        ("refresh", "attempt.json", "make attempt"),
    ],
)
def test_what_an_earlier_step_wrote_damaged(
    own_project: Project, monkeypatch: pytest.MonkeyPatch, step: str, name: str, remedy: str
) -> None:
    from rebalancing.upkeep.cli_proposals import proposal

    build, sound = own_project.build, {"of_all": True, "outcomes": []}
    edition: dict[str, Any] = {"name": "CHN", "parameters": {}, "releases": {}}
    write_json(build / "refresh.json", sound)
    write_json(build / "before" / "results.json", {"edition": edition, "results": []})
    (build / "refused").mkdir()
    for lock in ("before", "refused"):
        (build / lock / "requirements.lock").write_text("numpy==1\n")
    monkeypatch.chdir(own_project.root)
    for content in (b"", bytes(9), b"null", b'{"target": 1, "of_all": 2}', b"\xff"):
        (build / name).write_bytes(content)
        with pytest.raises(DamagedFileError) as caught:
            proposal.main([step], standalone_mode=False)
        assert str(caught.value) == f"{build / name} is damaged; make it anew with: {remedy}"
