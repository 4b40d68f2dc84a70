"""The head of what is told of a change, for a reader of one screen: words, and no key of a result.

What was released and how far it goes, what moved most, which paragraphs, verdicts, findings and
sections are others now. All the rest is counted here and told in full elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rebalancing.editions.changes import NONE, PER_CENT, POINTS, WORDS, size_of
from rebalancing.editions.tables import markdown_table
from rebalancing.report.markdown import plain

WayOfShowing = Callable[[Mapping[str, Any]], str]  # how a number of today is written

MOST_MOVED, MOST_NAMED = 3, 5
_AFTER = {POINTS: " points", PER_CENT: "%"}
_LONGEST = 160  # signs of a definition or a reason


def releases(data: Sequence[Mapping[str, Any]]) -> str:
    """Return what was released, with the newest year, quarter and month before and now."""
    if not data:
        return "The releases are the same."
    columns = ["Source", "Release", "In place of", "Newest before", "Newest now", "Judged"]
    rows = [
        (
            entry["source"],
            entry["new"],
            entry["old"],
            entry["newest_before"] or "–",
            entry["newest_now"] or "–",
            entry["severity"],
        )
        for entry in data
    ]
    return markdown_table(columns, rows)


def in_words(move: Mapping[str, Any]) -> str:
    """Return today's number as words, for a reader outside the book."""
    return plain(move["text_after"])


def with_card(move: Mapping[str, Any]) -> str:
    """Return today's number as the book shows it, with the card of the result."""
    if set("`<>|\\") & set(f"{move['text_after']}{move['key']}"):
        return in_words(move)
    return f"{{result}}`{move['text_after']} <{move['key']}>`"


def moved_most(content: Mapping[str, Any], shown: WayOfShowing = in_words) -> list[str]:
    """Return the numbers that moved most, each as a sentence: those of the front page first.

    What is measured in points comes before what is measured in per cent of itself; statistics and
    counts are left out.
    """
    front = {key: place for place, key in enumerate(content["front"])}
    ranked = sorted(
        [move for move in content["moved"] if move["measure"] in _AFTER],
        key=lambda move: (
            move["key"] not in front,
            move["measure"] != POINTS,
            -abs(move["size"]),
            move["key"],
        ),
    )
    seen: dict[str, Mapping[str, Any]] = {}
    for move in ranked:
        seen.setdefault(f"{move['definition']} {move['period_after']}", move)
    return [_sentence(move, shown) for move in list(seen.values())[:MOST_MOVED]]


def _sentence(move: Mapping[str, Any], shown: WayOfShowing) -> str:
    before, now = move["period_before"], move["period_after"]
    then = move["text_before"] if before == now else f"{move['text_before']} ({before})"
    size = size_of(move, abs(move["size"]))
    way = "up" if move["size"] > 0 else "down" if move["size"] < 0 else "unchanged"
    by = f"{way} {size}{_AFTER[move['measure']]}" if move["size"] else way
    words = _cut(move["definition"])
    return f"{plain(words)}: **{shown(move)}** in {now}, was {plain(then)} ({by})"


def lines(
    content: Mapping[str, Any],
    accepted: Mapping[str, str] | None = None,
    fallen: Sequence[str] = (),
    shown: WayOfShowing = in_words,
) -> list[str]:
    """Return the parts of the head, in Markdown.

    Args:
        content: Of changes.json, of an edition that another was kept of.
        accepted: Why a release was accepted that had been stopped, by publisher.
        fallen: Paragraphs whose premises no longer hold, each in a line of Markdown.
        shown: How a number of today is written.
    """
    found = [releases(content["data"])]
    found += [
        f"**Accepted by hand**, {plain(who)}: {plain(why)}" for who, why in (accepted or {}).items()
    ]
    most = moved_most(content, shown)
    if most:
        found.append("**What moved most**")
        found.append(numbered(most))
    else:
        found.append("No number that is measured in points or in per cent reads differently.")
    found += _listed("Paragraphs that no longer hold", fallen)
    found += _listed("Verdicts that changed", [_other(v, "claim") for v in content["verdicts"]])
    found += _listed("Findings that changed", _findings(content["findings"]))
    for name, words in (("lost", "Sections lost"), ("gained", "Sections gained")):
        found += _listed(words, [plain(each) for each in content["sections"][name]])
    return [*found, counts(content)]


def numbered(entries: Sequence[str]) -> str:
    """Return a numbered list in Markdown."""
    return "\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, 1))


def counts(content: Mapping[str, Any]) -> str:
    """Return how many results moved, and what is the same, in a sentence."""
    moved, same = len(content["moved"]), content["same"] + content["unseen"]
    words = sum(move["measure"] == WORDS for move in content["moved"])
    same_words = [key for key in ("verdicts", "findings") if not content[key]]
    rest = f" All {' and '.join(same_words)} are as they were." if same_words else ""
    in_words = f" ({words:,} of them words)" if words else ""
    return (
        f"Of {moved + same:,} results that both editions have, {moved:,} read differently now"
        f"{in_words}; {content['unseen']:,} more moved by less than is printed; "
        f"{len(content['new']):,} are new and {len(content['gone']):,} are gone.{rest}"
    )


def _findings(changed: Sequence[Mapping[str, str]]) -> list[str]:
    """Return findings in words, without the rule by which each was found; new ones last."""
    ordered = sorted(changed, key=lambda each: NONE in (each["before"], each["after"]))
    return [
        _other({**each, "definition": each["definition"].partition(" (")[0]}, "definition")
        for each in ordered
    ]


def _listed(heading: str, entries: Sequence[str]) -> list[str]:
    """Return a heading with the first entries; how many more there are."""
    if not entries:
        return []
    more = len(entries) - MOST_NAMED
    named = [f"- {entry}" for entry in entries[:MOST_NAMED]]
    named += [f"- and {more:,} more"] if more > 0 else []
    return [f"**{heading}** ({len(entries):,})", "\n".join(named)]


def _other(pair: Mapping[str, str], name: str) -> str:
    before = "new" if pair["before"] == NONE else f"was {plain(pair['before'])}"
    now = "gone" if pair["after"] == NONE else plain(pair["after"])
    return f"{plain(_cut(pair[name]))}: {now}, {before}"


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rpartition(' ')[0]} …"
