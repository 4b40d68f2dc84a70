"""Two editions side by side: parameters, data releases and results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rebalancing import headed_tables
from rebalancing.editions import changes
from rebalancing.headed_tables import Section
from rebalancing.report.text import parameter

MOST = 40
MOST_KEYS = 12
_FIGURES = (2, 3, 4)


def compare_editions(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    names: Sequence[str],
    front: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what differs between two editions, ready for JSON.

    Args:
        first: The content of one edition's results.json.
        second: The content of the other's.
        names: What the two are called; both may be of one edition.
        front: Keys of the results that are shown first, those of the front page.
    """
    heads = first["edition"], second["edition"]
    releases = [
        {publisher: entry["release"] for publisher, entry in head["releases"].items()}
        for head in heads
    ]
    differences = changes.compare_results(first, second)
    return {
        "editions": list(names),
        "parameters": _differing(*(head["parameters"] for head in heads)),
        "releases": _differing(*releases),
        "results": [move.to_dict() for move in differences.moved],
        "front": list(front),
        "same": differences.same,
        "unseen": differences.unseen,
        "only_first": list(differences.gone),
        "only_second": list(differences.new),
    }


def show(content: Mapping[str, Any]) -> None:
    """Print the comparison: the front page, then the largest differences."""
    headed_tables.show(list(_printed(content)), f"{_title(content)}\n{_headline(content)}")


def text(content: Mapping[str, Any]) -> str:
    """Return what `show` prints where there is no terminal."""
    return headed_tables.text(list(_printed(content)), f"{_title(content)}\n{_headline(content)}")


def side_by_side_page(content: Mapping[str, Any]) -> str:
    """Return the comparison as a page of its own that loads nothing: every result, by chapter."""
    front, others = _parted(content)
    by_chapter = groupby(sorted(others, key=lambda m: m["chapter"]), lambda m: m["chapter"])
    tables = [*_heads(content), _results("On the front page", front, content)]
    tables += [_results(chapter, list(moves), content) for chapter, moves in by_chapter]
    tables.append(_only(content, len(content["only_first"]) + len(content["only_second"])))
    return headed_tables.page(_title(content), list(_filled(tables)), headline=_headline(content))


def _printed(content: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the sections to be printed."""
    front, others = _parted(content)
    shown = others[:MOST]
    heading = f"Elsewhere, the {len(shown)} largest" if len(shown) < len(others) else "Elsewhere"
    tables = [*_heads(content), _results("On the front page", front, content)]
    tables += [_results(heading, shown, content), _only(content, MOST_KEYS)]
    yield from _filled(tables)


def _title(content: Mapping[str, Any]) -> str:
    return " and ".join(content["editions"])


def _headline(content: Mapping[str, Any]) -> str:
    moved, same = len(content["results"]), content["same"] + content["unseen"]
    return (
        f"Of {moved + same:,} results that both have, {moved:,} read differently and {same:,} are "
        f"the same as printed."
    )


def _parted(content: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the results that differ: those of the front page in its order, and the others."""
    order = {key: place for place, key in enumerate(content["front"])}
    front = [move for move in content["results"] if move["key"] in order]
    others = [move for move in content["results"] if move["key"] not in order]
    return sorted(front, key=lambda move: order[move["key"]]), others


def _heads(content: Mapping[str, Any]) -> Iterator[Section]:
    """Yield what was chosen and what was read, as far as it differs."""
    for heading, rows in (
        ("Parameters", content["parameters"]),
        ("Data releases", content["releases"]),
    ):
        if rows:
            yield Section(heading, "", ("", *content["editions"]), tuple(map(tuple, rows)))
        else:
            yield Section(heading, "The same.", (), ())


def _results(heading: str, moves: Sequence[Mapping[str, Any]], content: Any) -> Section:
    rows = tuple(
        (
            move["definition"],
            move["key"],
            f"{move['text_before']} ({move['period_before']})",
            f"{move['text_after']} ({move['period_after']})",
            changes.with_unit(move),
        )
        for move in moves
    )
    columns = ("What", "Key", *content["editions"], "Difference")
    return Section(heading, "", columns, rows, _FIGURES, is_folded=True)


def _only(content: Mapping[str, Any], most: int) -> Section:
    """Return which results only one of the two has."""
    rows = []
    for edition, keys in zip(
        content["editions"], (content["only_first"], content["only_second"]), strict=True
    ):
        more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
        if keys:
            rows.append((edition, f"{len(keys):,}", ", ".join(keys[:most]) + more))
    return Section("In one of the two only", "", ("", "Results", "Which"), tuple(rows), (1,))


def _filled(tables: Sequence[Section]) -> Iterator[Section]:
    return (table for table in tables if table.rows or table.note)


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    names = dict.fromkeys([*first, *second])
    pairs = ((name, first.get(name, "–"), second.get(name, "–")) for name in names)
    return [(name, parameter(a), parameter(b)) for name, a, b in pairs if a != b]
