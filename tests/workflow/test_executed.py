from __future__ import annotations

import json
import sysconfig
from pathlib import Path
from typing import Any

import pytest

import rebalancing
from rebalancing.workflow.executed import as_text


def _shown(*outputs: dict[str, Any]) -> list[dict[str, Any]]:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": list(outputs)}
    text = as_text({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found: list[dict[str, Any]] = json.loads(text)["cells"][0]["outputs"]
    return found


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def test_what_is_printed_is_joined_however_it_arrived() -> None:
    parts = [
        _stream("stderr", "a war"),
        _stream("stdout", "one\n"),
        _stream("stderr", "ning\n"),
        _stream("stdout", "two\n"),
    ]
    assert _shown(*parts) == [_stream("stdout", "one\ntwo\n"), _stream("stderr", "a warning\n")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("10%\r50%\r100%\ndone\r\n", "100%\ndone\n"),
        ("one\b\b\btwo\n\b!", "two\n!"),
        ("x" * 5_000_000 + "\b" * 5_000_000, ""),
        ("x" * 5_000_000 + "ipykernel_", "x" * 5_000_000 + "ipykernel_"),
    ],
    ids=["returns", "backspaces", "many", "long"],
)
def test_a_stream_is_as_a_terminal_leaves_it(printed: str, shown: str) -> None:
    assert _shown(_stream("stdout", printed))[0]["text"] == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"{sysconfig.get_paths()['purelib']}/pandas/core.py:7: FutureWarning", "pandas/core.py:7"),
        (f"{Path(rebalancing.__file__).parent}/study.py:7: UserWarning", "rebalancing/study.py:7"),
        (f"{sysconfig.get_paths()['stdlib']}/json/decoder.py", "json/decoder.py"),
        (f"{Path.home()}/notes", "~/notes"),
        ("<object at 0x7f00>", "<object at 0x…>"),
    ],
)
def test_folders_and_addresses_of_this_machine_are_replaced(said: str, shown: str) -> None:
    data = {"text/plain": [said], "text/html": said, "image/png": said}
    result = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    error = {"output_type": "error", "ename": "E", "evalue": said, "traceback": [said]}
    stream, shown_result, shown_error = _shown(_stream("stderr", said), result, error)
    assert stream["text"].startswith(shown)
    assert shown_result["data"]["text/plain"][0].startswith(shown)
    assert shown_result["data"]["text/html"].startswith(shown)
    assert shown_result["data"]["image/png"] == said
    assert shown_error["evalue"].startswith(shown)
    assert shown_error["traceback"][0].startswith(shown)
