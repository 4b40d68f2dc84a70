"""What a service answered is kept as it came."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from rebalancing.data.fetch import originals
from rebalancing.data.fetch.answers import Answer, Validators
from rebalancing.data.fetch.originals import Originals


def answer(content: bytes, media_type: str = "application/json") -> Answer:
    return Answer(content, media_type, Validators())


def made() -> Originals:
    packed = Originals()
    packed.add("https://one.example/v2?page=1", None, answer(b"[1]"))
    packed.add("https://one.example/ask", b'{"what": 2}', answer(b"a,b\n", "text/csv"))
    return packed


def test_answers_are_kept_in_order_with_their_questions(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(made().packed())
    (first, one), (second, two) = originals.read_originals(path)
    assert (one, two) == (b"[1]", b"a,b\n")
    assert (first["name"], first["address"]) == ("0001.json", "https://one.example/v2?page=1")
    assert (second["name"], second["question"]) == ("0002.csv", '{"what": 2}')
    assert "question" not in first


def test_the_same_answers_are_the_same_bytes() -> None:
    packed = made()
    assert packed.packed() == packed.packed() == made().packed()
    other = made()
    other.add("https://one.example/v2?page=2", None, answer(b"[2]"))
    assert other.packed() != made().packed()


def test_the_descriptor_says_where_they_are_if_that_is_known() -> None:
    content = made().packed()
    place = {originals.VARIABLE: "https://host.example/originals/"}
    said = originals.described(content, "imf-weo", "2026-04", place)
    assert said["path"] == f"https://host.example/originals/{said['name']}"
    assert said["name"].startswith("imf-weo-2026-04-")
    assert said["bytes"] == len(content)
    assert "path" not in originals.described(content, "imf-weo", "2026-04", {})


def test_a_damaged_archive_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match="damaged"):
        originals.read_originals(path)
    entry = {"name": "0001.json", "hash": "sha256:0"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("0001.json", b"[1]")
        archive.writestr(originals.INDEX, json.dumps([entry]))
    with pytest.raises(ValueError, match=r"0001\.json is not what its index says"):
        originals.read_originals(path)
