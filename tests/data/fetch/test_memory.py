import json

import pytest

from rebalancing.data.fetch import memory
from rebalancing.data.fetch.answers import Validators
from rebalancing.project import Project

SEEN = {"file/2": Validators(etag='"a"'), "file/6": Validators()}
AT = "https://unstats.un.org/unsd/amaapi/api"


def test_only_paths_with_validators_are_kept(empty_project: Project) -> None:
    memory.keep(empty_project, "unsd-ama", AT, "2024", SEEN)
    assert memory.recall(empty_project, "unsd-ama", AT, ("2023", "2024")) == {
        "file/2": Validators(etag='"a"')
    }


def test_they_do_not_count_at_another_address_or_without_the_release(
    empty_project: Project,
) -> None:
    memory.keep(empty_project, "unsd-ama", AT, "2024", SEEN)
    assert memory.recall(empty_project, "unsd-ama", "http://127.0.0.1:1", ("2024",)) == {}
    assert memory.recall(empty_project, "unsd-ama", AT, ("2023",)) == {}
    assert memory.recall(empty_project, "bis-reer", AT, ("2024",)) == {}


def test_publishers_do_not_overwrite_each_other(empty_project: Project) -> None:
    memory.keep(empty_project, "unsd-ama", AT, "2024", SEEN)
    memory.keep(empty_project, "bis-reer", AT, "2025-03-20", SEEN)
    assert memory.recall(empty_project, "unsd-ama", AT, ("2024",)) != {}


def test_a_damaged_file_is_as_good_as_none(empty_project: Project) -> None:
    memory.keep(empty_project, "unsd-ama", AT, "2024", SEEN)
    path = memory.file(empty_project)
    whole = json.loads(path.read_text())
    for damaged in ("", "[]", json.dumps({"unsd-ama": {**whole["unsd-ama"], "paths": 3}})):
        path.write_text(damaged)
        assert memory.recall(empty_project, "unsd-ama", AT, ("2024",)) == {}


def test_where_it_cannot_be_written_nothing_is_remembered(
    empty_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(memory.files, "write_json", denied)
    memory.keep(empty_project, "unsd-ama", AT, "2024", SEEN)
    assert memory.recall(empty_project, "unsd-ama", AT, ("2024",)) == {}
