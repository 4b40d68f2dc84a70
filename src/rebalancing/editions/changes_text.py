"""What changed, in Markdown: the body of the book's page and the text of a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from markupsafe import Markup

from rebalancing.data.compare.thresholds import Severity
from rebalancing.editions import in_short
from rebalancing.editions.changes import DIFFERENCE, PER_CENT, POINTS, WORDS, size_of, with_unit
from rebalancing.editions.tables import fold, markdown_table
from rebalancing.report.markdown import code, plain

_RANKS: tuple[Severity, ...] = get_args(Severity)
MOST = 12
# Whoever brings the text to a host puts a link to the built pages here, where it knows one.
BUILT = "<!-- built pages -->"
_COLUMNS = ("Before", "Now", "Change")
_UNITS = {POINTS: "points", PER_CENT: "per cent of the old value", DIFFERENCE: "their own unit"}
_PARTS = {"code": "Code", "revised": "Revisions", "new": "New years"}


def pull_request(
    content: Mapping[str, Any],
    accepted: Mapping[str, str] | None = None,
    fallen: Sequence[str] = (),
    rest: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the title, a blank line and the text of a pull request, in Markdown.

    What a reader needs fits a screen; tables and counts of rows are below folds.

    Args:
        content: Of changes.json.
        accepted: Why a release was accepted that had been stopped, by publisher.
        fallen: Paragraphs whose premises no longer hold, each in a line of Markdown.
        rest: Titles and texts of further folds.
    """
    folds = [fold(title, text) for title, text in rest]
    if content["before"] is None:
        title = f"[not compared] {content['edition']}: the first that is kept"
        return "\n\n".join([title, body(content).rstrip(), BUILT, *folds]) + "\n"
    replaced = ", ".join(f"{e['publisher']} {e['new']}" for e in content["data"])
    title = f"[{_severity(content)}] {content['edition']}: {replaced or 'code and parameters'}"
    head = in_short.lines(content, accepted, fallen)
    whole = "\n\n".join(_whole(content))
    count = f"All that changed: {len(content['moved']):,} results, and the figures behind them"
    return "\n\n".join([title, *head, BUILT, fold(count, whole), *folds]) + "\n"


def body(content: Mapping[str, Any], shown: in_short.WayOfShowing = in_short.in_words) -> str:
    """Return what changed: in short, then the data, the estimates, the sentences, the verdicts.

    Args:
        content: Of changes.json.
        shown: How a number of today is written in a sentence.
    """
    if content["before"] is None:
        return (
            "No earlier edition was kept, so there is nothing that these results could be compared "
            "with. They are the first; the edition that follows will be compared with them.\n"
        )
    return "\n\n".join([*in_short.lines(content, shown=shown), *_whole(content)]) + "\n"


def _whole(content: Mapping[str, Any]) -> list[str]:
    return [
        *_data(content["data"]),
        *moved(content),
        *_keys(content),
        *_sentences(content["sentences"]),
        *verdicts(content["verdicts"]),
    ]


def _severity(content: Mapping[str, Any]) -> str:
    """Return the severity of the most severe change of data."""
    found: list[Severity] = [entry["severity"] for entry in content["data"]]
    return max(found, key=_RANKS.index, default=_RANKS[0])


def _data(releases: Sequence[Mapping[str, Any]]) -> list[str]:
    if not releases:
        return ["## Data\n\nThe releases are the same."]
    found = ["## Data"]
    for entry in releases:
        found.append(
            f"### {plain(entry['publisher'])}: {plain(entry['new'])} in place of "
            f"{plain(entry['old'])} ({entry['severity']})"
        )
        found += ["\n".join(f"- {plain(reason)}" for reason in entry["reasons"])]
        for section in entry["sections"]:
            found += [f"**{plain(section['heading'])}**"]
            found += [markdown_table(section["columns"], section["rows"])]
    return [part for part in found if part]


def moved(content: Mapping[str, Any]) -> list[str]:
    """Return the estimates that moved, those of the front page first; with parts if any has."""
    by_key = {move["key"]: move for move in content["moved"] if move["measure"] != WORDS}
    if not content["moved"]:
        return ["## Estimates\n\nNo estimate reads differently."]
    front = [by_key.pop(key) for key in content["front"] if key in by_key]
    numbers = list(by_key.values())
    parts = _PARTS if any(move["parts"] for move in content["moved"]) else {}
    found = ["## Estimates that moved"]
    if front:
        rows = [_row(move, parts, is_mixed=True) for move in front]
        found += ["On the front page:", markdown_table(["What", *_COLUMNS, *parts.values()], rows)]
    for measure in dict.fromkeys(move["measure"] for move in numbers):
        chosen = [move for move in numbers if move["measure"] == measure]
        unit = _UNITS[measure]
        columns = ["What", "Before", "Now", f"Change, {unit}", *parts.values()]
        rows = [_row(move, parts) for move in chosen[:MOST]]
        where = "Not on the front page, in" if front else "In"
        found += [f"{where} {unit}, the largest first:", markdown_table(columns, rows)]
        if len(chosen) > MOST:
            found.append(f"{len(chosen) - MOST:,} smaller ones are left out here.")
    if not parts:
        return found
    return [
        *found,
        "The parts add up to the change. *Code*: today's code and parameters on the old releases. "
        "*Revisions*: the new releases to the old last year. *New years*: what comes after it. "
        "Where the accounts have no new year, later figures of others count as revisions.",
    ]


def _row(
    move: Mapping[str, Any], parts: Mapping[str, str], *, is_mixed: bool = False
) -> tuple[str, ...]:
    return (
        Markup(f"{plain(move['definition'])} ({code(move['key'])})"),
        _value(move, "before"),
        _value(move, "after"),
        with_unit(move) if is_mixed else size_of(move, move["size"]),
        *(size_of(move, move["parts"][name]) if move["parts"] else "–" for name in parts),
    )


def _keys(content: Mapping[str, Any]) -> list[str]:
    found = []
    for name, words in (("new", "New results"), ("gone", "Results that are gone")):
        if content[name]:
            shown = ", ".join(map(code, content[name][:MOST]))
            more = f" and {len(content[name]) - MOST:,} more" if len(content[name]) > MOST else ""
            found.append(f"{words}: {shown}{more}.")
    return found


def _sentences(pairs: Sequence[Mapping[str, str]]) -> list[str]:
    if not pairs:
        return ["## Sentences\n\nThe front page says what it said."]
    rows = [(pair["before"] or "–", pair["after"] or "–") for pair in pairs]
    return ["## Sentences of the front page", markdown_table(["Before", "Now"], rows)]


def verdicts(changed: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the claims whose verdict changed."""
    if not changed:
        return ["## Verdicts\n\nEvery claim is judged as before."]
    rows = [(c["claim"], c["before"], c["after"]) for c in changed]
    return ["## Verdicts that changed", markdown_table(["Claim", "Before", "Now"], rows)]


def _value(move: Mapping[str, Any], when: str) -> str:
    """Return a value, with its year if the year has changed."""
    period = move[f"period_{when}"]
    is_moved = move["period_before"] != move["period_after"]
    return f"{move[f'text_{when}']} ({period})" if is_moved else str(move[f"text_{when}"])
