"""What changed since the edition that was kept: the data, the estimates, the words.

`make` writes ``build/<edition>/changes.json``; `editions.keep` puts it beside the results that it
leads to, from where the book's page and later builds read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rebalancing import editions
from rebalancing.book.pages.newest import in_words
from rebalancing.book.texts import sections
from rebalancing.data import releases as raw
from rebalancing.data.compare import thresholds
from rebalancing.data.releases import calendar
from rebalancing.editions import changes
from rebalancing.errors import InputError
from rebalancing.files import write_json
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.study import Study
from rebalancing.upkeep import steps

MOST_ROWS = 5
_SHOWN = ("Largest revisions, watched economies", "Breaks in coverage", "Added and removed")
_NONE = "none"


class NothingKeptError(InputError):
    """There is nothing to compare with."""


def make(
    project: Project, study: Study, before: Path | None = None, *, jobs: int | None = None
) -> dict[str, Any]:
    """Compare a built edition with what was kept of it, write changes.json and return it.

    Where nothing is kept of it yet, changes.json says so: it is the first.

    Args:
        project: The project; the study's edition has been built, and the caller holds its lock.
        study: Today's.
        before: The folder that holds the earlier results; the one in ``editions`` when not given.
        jobs: How many notebooks run at once where steps have to be built.

    Raises:
        NothingKeptError: The folder of the earlier results holds none.
        UnknownEditionError: Today's edition has not been built.
        BuildFailedError: A step could not be built.
    """
    name = study.edition(project)
    place, kept = editions.find_edition(project, name), before or editions.folder(project, name)
    new = stored.read_results(place)
    if not stored.is_there(kept / "results.json"):
        if before is not None:
            raise NothingKeptError(
                f"{before} holds no results.json to compare {name} with; give the folder of an "
                "edition that was kept or built"
            )
        content = first(new)
        write_json(place / editions.CHANGES, content)
        return content
    old = stored.read_results(kept)
    differences = changes.compare_results(old, new)
    parts = steps.parts(project, study, old, jobs=jobs)
    content = {
        "edition": name,
        "digest": editions.digest(new),
        "before": editions.head(old),
        "after": editions.head(new),
        "data": _data(project, study, old["edition"], new["edition"]),
        "moved": [{**m.to_dict(), "parts": _parts(m, parts)} for m in differences.moved],
        "front": editions.front_keys(place),
        "unseen": differences.unseen,
        "same": differences.same,
        "new": list(differences.new),
        "gone": list(differences.gone),
        "sentences": changes.sentences(editions.sentences(kept), editions.sentences(place)),
        "verdicts": changes.verdicts(editions.claims(kept), editions.claims(place)),
        "findings": changes.findings(old, new),
        "sections": _sections(project, old, new),
    }
    write_json(place / editions.CHANGES, content)
    return content


def first(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of changes.json of an edition of which none is kept yet."""
    lists = ("data", "moved", "front", "new", "gone", "sentences", "verdicts", "findings")
    return {
        "edition": recorded["edition"]["name"],
        "digest": editions.digest(recorded),
        "before": None,
        "after": editions.head(recorded),
        "unseen": 0,
        "same": 0,
        "sections": {"lost": [], "gained": []},
        **{name: [] for name in lists},
    }


def _parts(move: changes.Move, parts: Mapping[str, Mapping[str, float]]) -> dict[str, float] | None:
    """Return the parts of a move in its measure; None where it has none."""
    if move.measure == changes.WORDS or move.key not in parts:
        return None
    of_unit = 1.0
    if move.measure == changes.PER_CENT and isinstance(move.before, int | float):
        of_unit = 100 / abs(move.before) if move.before else 0.0
    return {name: of_unit * part for name, part in parts[move.key].items()}


def _data(
    project: Project, study: Study, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what each new release changed."""
    found = []
    for publisher, now in new["releases"].items():
        then = old["releases"].get(publisher)
        if then is None or then["release"] == now["release"]:
            continue
        entry = {"publisher": publisher, "old": then["release"], "new": now["release"]}
        entry |= {"newest_before": None, "newest_now": None}
        held = {release.name: release for release in raw.releases(project, publisher)}
        entry["source"] = held[now["release"]].common_title
        if then["release"] not in held:
            entry |= {"severity": _NONE, "reasons": ["the old release is no longer held"]}
            found.append({**entry, "sections": []})
            continue
        pair = held[then["release"]], held[now["release"]]
        entry |= {"newest_before": newest(pair[0]), "newest_now": newest(pair[1])}
        found.append({**entry, **_compared(project, study, *pair)})
    return found


def newest(release: raw.Release) -> str:
    """Return the newest year, quarter and month of a release in words, as far as it has each."""
    by_kind: dict[str, str] = {}
    for resource in release.resources.values():
        for series in resource["series"]:
            kind = calendar.kind(series["last"])
            by_kind[kind] = max(series["last"], by_kind.get(kind, ""))
    return ", ".join(in_words(by_kind[kind]) for kind in sorted(by_kind, reverse=True))


def _sections(
    project: Project, old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the sections that the edition lost and gained, in words; none where unknown."""
    if "left_out" not in old:
        return {"lost": [], "gained": []}
    before, after = old["left_out"], new["left_out"]
    lost = {name: reason for name, reason in after.items() if name not in before}
    gained = [name for name in before if name not in after]
    return {
        "lost": [f"{_section(project, name)} ({reason})" for name, reason in lost.items()],
        "gained": [_section(project, name) for name in gained],
    }


def _section(project: Project, name: str) -> str:
    """Return the title of a section's chapter and its heading."""
    chapter, heading = sections.read_headings(project).get(name, ("", name))
    titles = {notebook.name: notebook.title for notebook in find_notebooks(project)}
    return ": ".join(filter(None, (titles.get(chapter, chapter), heading or "the whole chapter")))


def _compared(project: Project, study: Study, old: raw.Release, new: raw.Release) -> dict[str, Any]:
    """Return the severity, the reasons and the tables of the economies of interest."""
    from rebalancing.data.compare.comparison import compare_releases
    from rebalancing.data.compare.judge import judge
    from rebalancing.data.compare.sections import sections as tables_of

    comparison = compare_releases(old, new)
    judgement = judge(comparison, thresholds.read_thresholds(project))
    tables = tables_of(comparison, [study.economy], MOST_ROWS)
    return {
        "title": comparison.title,
        "severity": judgement.severity,
        "reasons": list(judgement.reasons),
        "sections": [
            {"heading": s.heading, "columns": list(s.columns), "rows": [list(r) for r in s.rows]}
            for s in tables
            if s.heading in _SHOWN
        ],
    }
