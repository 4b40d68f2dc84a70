"""A page for each edition that is kept, from ``editions/`` alone, and a feed of them.

An edition's site takes minutes to build; what it found is kept in a few kilobytes. The pages stand
in ``kept/`` beside the list of editions and say the answer, the numbers of the front page and the
verdicts. The feed (Atom) has an entry for each set of releases that an edition was kept on; as an
entry needs an address that stays, there is none without the address of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rebalancing import editions
from rebalancing.book.pages import context
from rebalancing.editions import history
from rebalancing.files import write_atomic
from rebalancing.project import Project
from rebalancing.report import stored, text

FOLDER, FEED = "kept", "feed.xml"
SENTENCES = 5  # of the front page, that are its answer
# The list of editions and the pages of those that are kept, which share their head.
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")

KeptEdition = dict[str, Any]


def names(project: Project) -> list[str]:
    """Return the names of the editions that are kept, in alphabetical order."""
    found = (project.root / editions.FOLDER).glob("[!.]*/results.json")
    return sorted(path.parent.name for path in found)


def read_kept(project: Project, name: str) -> KeptEdition:
    """Return what is said of a kept edition.

    Raises:
        DamagedFileError: A file of it cannot be read.
        UnknownEconomyError: Its economy is in no list.
    """
    place = editions.folder(project, name)
    recorded = stored.read_results(place, stored.StoredResults)
    edition = recorded["edition"]
    results = {result["key"]: result for result in recorded["results"]}
    shown = [results[key] for key in editions.front_keys(place) if key in results]
    rows = history.read_history(place)
    told = text.apostrophes(" ".join(editions.sentences(place)))
    return {
        "name": name,
        "code": edition["parameters"]["economy"],
        "economy": context.economy_name(project, edition["parameters"]["economy"]),
        "answer": _END.split(told)[:SENTENCES] if told else [],
        "numbers": [r for r in shown if history.is_headline(r)],
        "verdicts": list(editions.claims(place).values()),
        "releases": {who: use["release"] for who, use in edition["releases"].items()},
        "newest": max((use["date"] for use in edition["releases"].values()), default=""),
        "history": [dict(entry) for entry in _sets(rows)],
    }


def _sets(rows: Sequence[history.HistoryRow]) -> Iterator[dict[str, str]]:
    """Yield each set of releases that an edition was kept on, the newest first."""
    found = {row["edition"]: row for row in rows}
    for number, row in reversed(found.items()):
        yield {"number": number, "released": row["released"], "because": row["because"]}


def write_kept(
    listed: Sequence[KeptEdition],
    titles: dict[str, str],
    folder: Path,
    root: str,
    styles: Sequence[str],
) -> None:
    """Write the pages of kept editions.

    Args:
        listed: What `read` returns of each.
        titles: What each is called, by name; those that have a site are in ``root``.
        folder: Where the list of editions is; the pages are in ``kept/`` in it.
        root: Where the site of an edition is, from that folder: ``{name}/``.
        styles: Names of the styles, of the first edition that has a site.
    """
    template = TEMPLATES.get_template("kept.html")
    sites = {name: f"../{root.format(name=name)}" for name in titles}
    static = f"{next(iter(sites.values()))}_static/" if sites else ""
    for kept in listed:
        page = template.render(
            kept=kept,
            title=titles.get(kept["name"], kept["name"]),
            site=sites.get(kept["name"], ""),
            static=static,
            styles=styles if static else (),
        )
        write_atomic(folder / FOLDER / f"{kept['name']}.html", f"{page}\n")


def feed(listed: Sequence[KeptEdition], site: str, title: str, author: str) -> str:
    """Return the feed of kept editions, the newest first.

    Args:
        listed: What `read` returns of each.
        site: The address of the list of editions, with a slash at its end.
        title: Of the report.
        author: Of the report.
    """
    entries = [(entry, kept) for kept in listed for entry in kept["history"]]
    entries.sort(key=lambda pair: (pair[0]["released"], pair[1]["name"]), reverse=True)
    newest = _moment(entries[0][0]["released"]) if entries else _moment("")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title>",
        f"<id>{escape(site)}</id>",
        f'<link href="{escape(site)}" /><link rel="self" href="{escape(site)}{FEED}" />',
        f"<updated>{newest}</updated>",
        f"<author><name>{escape(author)}</name></author>",
    ]
    for entry, kept in entries:
        address = escape(f"{site}{FOLDER}/{kept['name']}.html")
        said = " ".join(kept["answer"]) if entry is kept["history"][0] else entry["because"]
        lines += [
            "<entry>",
            f"<title>{escape(kept['economy'])}: {escape(entry['because'])}</title>",
            f"<id>{address}#{entry['number']}</id>",
            f'<link href="{address}" />',
            f"<updated>{_moment(entry['released'])}</updated>",
            f"<summary>{escape(said)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _moment(day: str) -> str:
    """Return a day, month or year as the moment at its beginning."""
    year, month, date = (*(day or "1970").split("-"), "01", "01")[:3]
    return f"{year}-{month}-{date}T00:00:00Z"
