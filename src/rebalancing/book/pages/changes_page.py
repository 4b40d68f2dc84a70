"""The body of the book's page "What changed".

Each time the book is put together, the kept results are compared with today's. So the page always
describes changes that led to the results in the book. There are three cases:

- today's results are kept, and so is how they came about (`what_changed`): the page shows it all;
- only today's results are kept: the page says that nothing has changed, and lists their releases;
- other results are kept: the page shows what moved, without splitting it into data and code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rebalancing import editions
from rebalancing.book.texts import fallen
from rebalancing.book.texts.fallen import Fallen
from rebalancing.data import releases as raw
from rebalancing.editions import changes, changes_text, in_short
from rebalancing.editions.tables import markdown_table
from rebalancing.project import Project
from rebalancing.report import stored


def body(project: Project, recorded: Mapping[str, Any], gone: Sequence[Fallen] = ()) -> Markup:
    """Return the body of the page in Markdown; empty where no edition of the name is kept.

    Args:
        project: Where editions are kept and built.
        recorded: The content of results.json, today's.
        gone: Paragraphs whose premises no longer hold.
    """
    since = _body(project, recorded)
    return Markup("\n".join(filter(None, (since, fallen.as_markdown(gone)))))


def _body(project: Project, recorded: Mapping[str, Any]) -> str:
    name = recorded["edition"]["name"]
    kept = editions.folder(project, name)
    if not stored.is_there(kept / "results.json"):
        return ""
    if stored.is_there(kept / editions.CHANGES):
        content = stored.read_stored(kept / editions.CHANGES, stored.Digest)
        if content["digest"] == editions.digest(recorded):
            changed = stored.read_stored(kept / editions.CHANGES, stored.Changes)
            return changes_text.body(changed, in_short.with_card)
    return _since(project, kept, recorded)


def _since(project: Project, kept: Path, recorded: Mapping[str, Any]) -> str:
    """Return how today's results differ from those that are kept, which were not rebuilt."""
    old = stored.read_results(kept)
    differences = changes.compare_results(old, recorded)
    judged = changes.verdicts(
        editions.claims(kept), editions.claims(project.build / recorded["edition"]["name"])
    )
    count = len(differences.moved) + differences.same + differences.unseen
    if not (differences.moved or differences.new or differences.gone or judged):
        unseen = differences.unseen
        parts = [
            "Nothing has changed since the edition that is kept. "
            f"All {count:,} of its results read the same today"
            + (f"; {unseen:,} of them moved by less than is printed" if unseen else "")
            + ". It was built from these releases:",
            _releases(project, old["edition"]["releases"]),
        ]
        return "\n\n".join(parts) + "\n"
    content = {
        "moved": [{**move.to_dict(), "parts": None} for move in differences.moved],
        "front": editions.front_keys(kept),
    }
    most = in_short.numbered(in_short.moved_most(content, in_short.with_card))
    return (
        "\n\n".join(
            [
                f"Of {count:,} results that the edition kept and this one both have, "
                f"{len(differences.moved):,} read differently now; {differences.unseen:,} more "
                f"moved by less than is printed; {len(differences.new):,} are new and "
                f"{len(differences.gone):,} are gone. They have been compared by value only: how "
                "much is due to data and how much to code has not been found out "
                "(`rebalancing changes` does that).",
                *(["What moved most:", most] if most else []),
                "## Data",
                _replaced(old["edition"]["releases"], recorded["edition"]["releases"]),
                *changes_text.moved(content),
                *changes_text.verdicts(judged),
            ]
        )
        + "\n"
    )


def _releases(project: Project, releases: Mapping[str, Mapping[str, str]]) -> str:
    """Return releases by their titles, or by their names where they are not held."""
    held = {
        (release.publisher, release.name): release.title
        for publisher in raw.publishers(project)
        for release in raw.releases(project, publisher)
    }
    rows = [
        (held.get((who, use["release"]), f"{who} {use['release']}"), use["date"])
        for who, use in releases.items()
    ]
    return markdown_table(["Release", "Date"], rows)


def _replaced(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> str:
    """Return the releases that have changed."""
    rows = [
        (who, *(each[who]["release"] if who in each else "–" for each in (before, after)))
        for who in dict.fromkeys([*before, *after])
        if before.get(who) != after.get(who)
    ]
    same = "The releases are the same."
    return markdown_table(["Publisher", "Before", "Now"], rows) if rows else same
