"""An executed notebook as text: the same for the same inputs, whatever the machine.

Left out are times and durations, the version of Python; replaced are folders of this machine,
process numbers and memory addresses. What a cell prints is joined, as it arrives in parts of any
size, and stands as a terminal would leave it.
"""

from __future__ import annotations

import json
import re
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import rebalancing

Json = dict[str, Any]
Folders = list[tuple[str, str]]
_VARIES = (
    (re.compile(r"ipykernel_\d+[/\\]\d+\.py"), "<cell>"),
    (re.compile(r"\bat 0x[0-9a-f]+"), "at 0x…"),
)
_ERROR = ("traceback", "evalue")


def as_text(notebook: Json) -> str:
    """Return an executed notebook as text, without what varies between runs and machines."""
    notebook["metadata"].pop("papermill", None)
    notebook["metadata"].get("language_info", {}).pop("version", None)
    folders = _folders()
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"].pop("papermill", None)
        tags = cell["metadata"].get("tags", ())
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        if "papermill-error-cell-tag" in tags:
            cell["id"] = f"error-{number}"
        if "outputs" in cell:
            cell["outputs"] = [_steady_output(out, folders) for out in _joined(cell["outputs"])]
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _joined(outputs: list[Json]) -> list[Json]:
    """Return outputs with one stream of each name, stdout before a stderr that it follows."""
    found: list[Json] = []
    parts: dict[str, list[str]] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            found.append(output)
            continue
        if output["name"] not in parts:
            found.append({**output})
        parts.setdefault(output["name"], []).extend(_lines(output["text"]))
    for first, second in zip(range(len(found)), range(1, len(found)), strict=False):
        if [found[at].get("name") for at in (first, second)] == ["stderr", "stdout"]:
            found[first], found[second] = found[second], found[first]
    for output in found:
        if output["output_type"] == "stream":
            output["text"] = _left("".join(parts[output["name"]]))
    return found


def _lines(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text


def _left(text: str) -> str:
    """Return what a terminal would show: without what carriage returns and backspaces hide."""
    if "\r" not in text and "\b" not in text:
        return text
    lines = []
    for line in text.split("\n"):
        shown: list[str] = []
        for sign in line.removesuffix("\r").rpartition("\r")[2]:
            if sign != "\b":
                shown.append(sign)
            elif shown:
                shown.pop()
        lines.append("".join(shown))
    return "\n".join(lines)


def _steady_output(output: Json, folders: Folders) -> Json:
    """Return an output whose texts are the same on every machine."""
    data = output.get("data", {})
    texts = {key: _steady(data[key], folders) for key in data if key.startswith("text/")}
    own = ("text", *_ERROR) if output["output_type"] in ("stream", "error") else ()
    steady = {key: _steady(output[key], folders) for key in own if key in output}
    return {**output, **steady, **({"data": {**data, **texts}} if data else {})}


def _steady(text: Any, folders: Folders) -> Any:
    """Return a text, or its lines, without what is of this machine or this run."""
    if isinstance(text, list):
        return [_steady(line, folders) for line in text]
    for folder, name in folders:
        text = text.replace(folder, name)
    for pattern, replacement in _VARIES:
        text = pattern.sub(replacement, text)
    return text


def _folders() -> Folders:
    """Return folders of this machine, inner ones first, with what stands for each."""
    paths, home = sysconfig.get_paths(), str(Path.home())
    return [
        # The temporary folder holds the files that stand for cells.
        (f"{tempfile.gettempdir()}/ipykernel_", "ipykernel_"),
        (f"{paths['purelib']}/", ""),
        (f"{Path(rebalancing.__file__).parents[1]}/", ""),
        (f"{paths['stdlib']}/", ""),
        *([(f"{home}/", "~/")] if len(home) > 1 else []),
    ]
