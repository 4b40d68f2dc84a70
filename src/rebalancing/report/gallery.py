"""The editions that have been built: a page that lists them, and what lets readers switch.

``build/index.html`` and ``build/editions.json`` list them. ``editions.js`` beside each site is what
the pages' selector reads; a script, because pages opened as files may load no JSON. Without it the
pages show no selector.
"""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path
from typing import Any

from rebalancing.files import write_atomic, write_json
from rebalancing.project import Project
from rebalancing.report import context, editions, side_by_side, text

HEADLINE = "consumption.share.latest"


def entries(project: Project) -> list[dict[str, Any]]:
    """Return what the list says of each built edition, by name."""
    return [_entry(project, name) for name in editions.built(project)]


def write(project: Project) -> Path:
    """Write the list of the built editions, and the selector of each; return the page."""
    listed = entries(project)
    write_json(project.build / "editions.json", {"editions": listed})
    for entry in listed:
        _write_selector(project.build / entry["name"], listed, "../{name}/site/index.html")
    page = _page(listed, "{name}/site/index.html")
    return write_atomic(project.build / "index.html", page)


def publish(project: Project, names: list[str], folder: Path) -> Path:
    """Copy the sites of some editions into a folder, each below its name, with list and selector.

    Args:
        project: Where the editions were built.
        names: The editions to publish.
        folder: Where to; what lies there under the same names is replaced.

    Raises:
        UnknownEditionError: One has not been built.
    """
    listed = [_entry(project, editions.find(project, name).name) for name in names]
    for entry in listed:
        target = folder / entry["name"]
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(project.build / entry["name"] / "site", target)
    write_json(folder / "editions.json", {"editions": listed})
    _write_selector(folder, listed, "{name}/index.html")
    return write_atomic(folder / "index.html", _page(listed, "{name}/index.html"))


def _entry(project: Project, name: str) -> dict[str, Any]:
    recorded = context.read_results(project.build / name)
    head = recorded["edition"]
    headline = next((r for r in recorded["results"] if r["key"] == HEADLINE), None)
    as_of = head["parameters"].get("as_of", "latest")
    return {
        "name": name,
        "economy": context.economy_name(project, head["parameters"]["economy"]),
        "as_of": "" if as_of == "latest" else text.day(as_of),
        "releases": {who: use["release"] for who, use in head["releases"].items()},
        "headline": f"{headline['text']} of GDP, {headline['period']}" if headline else "",
    }


def _title(entry: dict[str, Any]) -> str:
    """Return how the selector names an edition: the economy, and what sets it apart."""
    apart = entry["name"].partition("-")[2]
    return f"{entry['economy']}, {apart.replace('-', ' ')}" if apart else str(entry["economy"])


def _write_selector(folder: Path, listed: list[dict[str, Any]], address: str) -> None:
    shown = [
        {"name": e["name"], "title": _title(e), "href": address.format(name=e["name"])}
        for e in listed
    ]
    written = json.dumps(shown, ensure_ascii=False, indent=1)
    write_atomic(folder / "editions.js", f"window.reportEditions = {written};\n")


def _page(listed: list[dict[str, Any]], address: str) -> str:
    rows = "".join(
        f'<tr><td><a href="{html.escape(address.format(name=e["name"]))}">'
        f"{html.escape(e['economy'])}</a></td><td>{html.escape(e['name'])}</td>"
        f"<td>{html.escape(e['as_of'] or 'latest')}</td><td>{html.escape(e['headline'])}</td>"
        f"<td>{html.escape(', '.join(f'{who} {name}' for who, name in e['releases'].items()))}</td>"
        "</tr>"
        for e in listed
    )
    heads = ("Economy", "Edition", "As of", "Households consume", "Data releases")
    head = "".join(f"<th>{words}</th>" for words in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return side_by_side.document("Editions of the report", table)
