from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from described import RESOURCE, SERIES, described

from rebalancing.data.releases import descriptor
from rebalancing.data.releases.descriptor import DescriptorError

SERIES_OF_2024 = {**SERIES, "first": "1970", "last": "2024"}


def read(tmp_path: Path, content: Any) -> dict[str, Any]:
    path = tmp_path / descriptor.FILE
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return descriptor.read_descriptor(path)


def without(key: str) -> dict[str, Any]:
    content = described("2024")
    del content[key]
    return content


def of_resource(**values: Any) -> dict[str, Any]:
    return described("2024", resources=[{**RESOURCE, **values}])


def of_series(**values: Any) -> dict[str, Any]:
    return of_resource(series=[{**SERIES_OF_2024, **values}])


@pytest.mark.parametrize("date", ["2024", "2024-10", "2024-10-19"])
def test_what_is_as_it_must_be_is_returned_whole(tmp_path: Path, date: str) -> None:
    content = described(date, more=[1])
    assert read(tmp_path, content) == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"released": {"date": "2024"}}, "Field required"),
        ("[]", "should be a valid dictionary"),
        ("null", "should be a valid dictionary"),
        ("{", "not valid JSON"),
        ("", "not valid JSON"),
        *((without(key), f"{key}: Field required") for key in described("2024")),
        (described("2024-02-30"), "released.date: '2024-02-30'"),
        (described("٢٠٢٤"), "released.date: '٢٠٢٤'"),
        (described("0000"), "released.date: '0000'"),
        (described("2024", released={"date": 2024, "basis": "x"}), "released.date: 2024"),
        (described("2024", released="2024"), "released: '2024'"),
        (described("2024", licenses=[]), "licenses: []"),
        (described("2024", contributors=[None]), "contributors.0: None"),
        (described("2024", notes="a note"), "notes: 'a note'"),
        (described("2024", resources=[]), "resources: []"),
        (described("2024", resources=[RESOURCE, RESOURCE]), "the same name"),
        (of_resource(path="/etc/x.parquet"), "resources.0.path: '/etc/x.parquet'"),
        (of_resource(path="../x.parquet"), "resources.0.path: '../x.parquet'"),
        (of_resource(hash="sha256:0"), "resources.0.hash: 'sha256:0'"),
        (of_resource(bytes="5"), "resources.0.bytes: '5'"),
        (of_resource(rows=-1), "resources.0.rows: -1"),
        (of_resource(economies=[5]), "resources.0.economies.0: 5"),
        (of_series(last=2024), "resources.0.series.0.last: 2024"),
        (of_series(first="19"), "resources.0.series.0.first: '19'"),
        (of_series(title=""), "resources.0.series.0.title: ''"),
        (of_resource(series={"code": "x"}), "resources.0.series: {'code': 'x'}"),
    ],
)
def test_anything_else_is_one_line_with_the_file_and_the_remedy(
    tmp_path: Path, content: Any, said: str
) -> None:
    with pytest.raises(DescriptorError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{tmp_path / descriptor.FILE} is missing or damaged (")
    assert said in message
    assert message.endswith(f"restore it with git checkout HEAD -- {tmp_path / descriptor.FILE}")


def test_a_missing_one_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(DescriptorError, match="is missing or damaged"):
            descriptor.read_descriptor(path)
