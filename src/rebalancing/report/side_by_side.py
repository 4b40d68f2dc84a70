"""Two editions side by side: parameters, data releases and results."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from rebalancing.report import changes
from rebalancing.report.changes import PER_CENT, POINTS, Differences
from rebalancing.report.text import number

Rows = list[tuple[str, str, str]]


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two editions, ready for JSON.

    Args:
        first: The content of one edition's results.json.
        second: The content of the other's.
    """
    heads = first["edition"], second["edition"]
    releases = [
        {publisher: entry["release"] for publisher, entry in head["releases"].items()}
        for head in heads
    ]
    differences: Differences = changes.compare(first, second)
    return {
        "editions": [head["name"] for head in heads],
        "parameters": _differing(*(head["parameters"] for head in heads)),
        "releases": _differing(*releases),
        "results": [move.to_dict() for move in differences.moved],
        "same": differences.same,
        "unseen": differences.unseen,
        "only_first": list(differences.gone),
        "only_second": list(differences.new),
    }


def text(content: Mapping[str, Any], most: int = 40) -> str:
    """Return the comparison for a terminal: the largest moves first, at most so many."""
    first, second = content["editions"]
    lines = [f"{first}  against  {second}", ""]
    for title, rows in _blocks(content, most):
        lines += [title, *(f"  {a}: {b} | {c}" for a, b, c in rows), ""]
    return "\n".join(lines)


def page(content: Mapping[str, Any]) -> str:
    """Return the comparison as a page of its own that loads nothing."""
    first, second = (html.escape(name) for name in content["editions"])
    tables = "".join(
        f"<h2>{html.escape(title)}</h2><table><thead><tr><th></th><th>{first}</th>"
        f"<th>{second}</th></tr></thead><tbody>{_rows(rows)}</tbody></table>"
        for title, rows in _blocks(content, len(content["results"]))
    )
    return document(f"{first} and {second}", tables)


def document(title: str, content: str) -> str:
    """Return a small page: its title, already HTML, and what stands below it."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{content}</main></body></html>\n"
    )


_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0}"
    "main{max-width:64rem;margin:0 auto;padding:1.5rem}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;"
    "border-bottom:1px solid #8884}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}"
    "main{overflow-x:auto}"
)


def _blocks(content: Mapping[str, Any], most: int) -> list[tuple[str, Rows]]:
    shown = content["results"][:most]
    moved = [
        (
            f"{move['definition']} ({move['key']}; {_size(move)})",
            f"{move['text_before']} ({move['period_before']})",
            f"{move['text_after']} ({move['period_after']})",
        )
        for move in shown
    ]
    same = content["same"] + content["unseen"]
    title = f"Results that differ: {len(content['results'])}, the same as printed: {same}"
    if len(shown) < len(content["results"]):
        title += f"; the {len(shown)} largest"
    only = [(key, "recorded", "–") for key in content["only_first"][:most]]
    only += [(key, "–", "recorded") for key in content["only_second"][:most]]
    return [
        ("Parameters that differ", content["parameters"] or [("none", "", "")]),
        ("Data releases that differ", content["releases"] or [("none", "", "")]),
        (title, moved),
        (f"In one only: {len(content['only_first']) + len(content['only_second'])}", only),
    ]


def _size(move: Mapping[str, Any]) -> str:
    if move["measure"] == changes.WORDS:
        return "other words or unit"
    unit = {POINTS: " points", PER_CENT: "%"}.get(move["measure"], "")
    return f"{number(move['size'], 2)}{unit}"


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> Rows:
    names = dict.fromkeys([*first, *second])
    pairs = ((name, first.get(name, "–"), second.get(name, "–")) for name in names)
    return [(name, _plain(a), _plain(b)) for name, a, b in pairs if a != b]


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={entry}" for key, entry in value.items()) or "latest of each"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rows(rows: Sequence[tuple[str, str, str]]) -> str:
    return "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
