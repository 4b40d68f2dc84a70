"""The editions that have been built: a page that lists them, and what lets readers switch.

``build/index.html`` and ``build/editions.json`` list them; of those that are kept in ``editions/``
there is a page each (`kept_pages`). The ``editions.js`` of each site is what the pages' feet read
to lead to the same page of another edition; a script, because pages opened as files may load no
JSON. A site that was built since the list was written has one that names none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing import editions
from rebalancing.book.pages import citation, context
from rebalancing.book.parts import NEIGHBOURS
from rebalancing.files import write_atomic, write_json
from rebalancing.project import Project
from rebalancing.report import stored, text
from rebalancing.study import Study
from rebalancing.upkeep import atlas, kept_pages
from rebalancing.upkeep.publication import published

HEADLINE = "consumption.share.latest"
STYLES = ("fonts", "colours", "layout", "text", "exhibits")

GalleryEntry = dict[str, Any]


@dataclass(frozen=True)
class _Listing:
    """What the list leads to: editions with a site, those that are kept, pages of economies."""

    listed: list[GalleryEntry]
    kept: list[kept_pages.KeptEdition]
    profiled: atlas.Atlas | None

    @classmethod
    def of(cls, project: Project, names: Sequence[str] | None = None) -> _Listing:
        kept = [kept_pages.read_kept(project, name) for name in kept_pages.names(project)]
        return cls(entries(project, names), kept, atlas.read_profiles(project))


def entries(project: Project, names: Sequence[str] | None = None) -> list[GalleryEntry]:
    """Return what the list says of editions, the study's own first, then by title.

    Args:
        project: Where they were built.
        names: Which of them; all when not given.

    Raises:
        UnknownEditionError: One has not been built.
    """
    usual = Study.of_file(project).parameters()
    chosen = editions.built(project) if names is None else names
    found = [_entry(project, editions.find_built(project, name).name, usual) for name in chosen]
    return sorted(found, key=lambda entry: (entry["name"] != usual["economy"], entry["title"]))


def write_gallery(project: Project) -> Path:
    """Write the list of the built editions, and into their sites where the others are.

    Returns:
        The page, which leads to the sites where they were built.
    """
    shown = _Listing.of(project)
    said = _selector(project, shown, top="../../", root="{name}/site/")
    for entry in shown.listed:
        site = project.build / entry["name"] / "site"
        if site.is_dir():
            write_atomic(site / NEIGHBOURS, said)
    return _write(project, shown, project.build, "{name}/site/")


def publish(project: Project, names: list[str], folder: Path) -> Path:
    """Copy the sites of some editions into a folder, each below its name, with list and selector.

    Args:
        project: Where the editions were built.
        names: The editions to publish.
        folder: Where to; an earlier publication there is replaced as a whole.

    Raises:
        UnknownEditionError: One has not been built, or there is none to publish.
        OutputError: The folder must not be replaced.
        PublishError: The system refused to write; the earlier publication stays.
    """
    if not names:
        raise editions.UnknownEditionError("no edition has been built; run: make report")
    shown = _Listing.of(project, list(dict.fromkeys(names)))
    said = _selector(project, shown, top="../", root="{name}/")
    with published(project, folder) as new:
        for entry in shown.listed:
            site = shutil.copytree(project.build / entry["name"] / "site", new / entry["name"])
            write_atomic(site / NEIGHBOURS, said)
        _write(project, shown, new, "{name}/")
    return folder / "index.html"


def _write(project: Project, shown: _Listing, folder: Path, root: str) -> Path:
    """Write list, pages of kept editions and of economies, and feed; return the list's page."""
    titles = {entry["name"]: entry["title"] for entry in shown.listed}
    write_json(folder / "editions.json", {"editions": shown.listed})
    kept_pages.write_kept(shown.kept, titles, folder, root, STYLES)
    if shown.profiled:
        atlas.write_profiles(shown.profiled, titles, folder, root, STYLES)
    has_feed = _write_feed(project, shown.kept, folder)
    page = _page(shown, root, has_feed=has_feed)
    return write_atomic(folder / "index.html", page)


def _write_feed(project: Project, kept: list[kept_pages.KeptEdition], folder: Path) -> bool:
    """Write the feed if it is known where the editions are published; return whether it is."""
    file = project.root / "CITATION.cff"
    cited = citation.read_citation(file, year="") if file.is_file() else None
    if cited is None or not cited.site:
        return False
    authors = " and ".join(cited.authors)
    said = kept_pages.feed(kept, cited.site, cited.title, authors)
    write_atomic(folder / kept_pages.FEED, said)
    return True


def _entry(project: Project, name: str, usual: Mapping[str, Any]) -> GalleryEntry:
    recorded = stored.read_results(project.build / name)
    parameters = recorded["edition"]["parameters"]
    headline = next((r for r in recorded["results"] if r["key"] == HEADLINE), None)
    economy = context.economy_name(project, parameters["economy"])
    releases = recorded["edition"]["releases"]
    return {
        "name": name,
        "title": ", ".join([economy, *_apart(parameters, usual)]),
        "economy": economy,
        "headline": headline["text"] if headline else "",
        "year": headline["period"] if headline else "",
        "releases": {who: use["release"] for who, use in releases.items()},
    }


def _apart(parameters: Mapping[str, Any], usual: Mapping[str, Any]) -> list[str]:
    """Return in words what sets an edition apart from those with the parameters of study.yml."""
    found = []
    for name, value in parameters.items():
        if name == "economy" or value == usual.get(name):
            continue
        match name, value:
            case ("as_of" | "last_year", "latest"):
                found.append("with the latest data" if name == "as_of" else "to the latest year")
            case ("as_of", _):
                found.append(f"as of {text.day(value)}")
            case ("first_year" | "last_year", _):
                found.append(f"{'from' if name == 'first_year' else 'to'} {value}")
            case ("releases", _):
                chosen = [f"{who} {release}" for who, release in value.items()]
                found.append(f"on {text.join(chosen)}" if chosen else "on the latest releases")
            case ("peers", _):
                found.append(f"beside {text.join(value)}")
            case _:
                found.append(f"{name.replace('_', ' ')} {value}")
    return found


def _selector(project: Project, shown: _Listing, *, top: str, root: str) -> str:
    """Return the script that names the editions, where each is and which pages it has.

    Args:
        project: Where they were built.
        shown: Them, and what has a page of its own beside the list.
        top: Address of the folder of the list, from a site.
        root: Address of a site, from that folder, with ``{name}`` for its name.
    """
    told = [
        {
            "economy": one["code"],
            "title": one["economy"],
            "address": f"{top}{kept_pages.FOLDER}/{one['name']}.html",
        }
        for one in shown.kept
    ]
    sites = [
        {
            "name": entry["name"],
            "title": entry["title"],
            "root": top + root.format(name=entry["name"]),
            "pages": sorted(
                path.stem for path in (project.build / entry["name"] / "site").glob("*.html")
            ),
        }
        for entry in shown.listed
    ]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in sites)
    return (
        f'window.reportEditions = [\n{lines}\n];\nwindow.reportEditionsList = "{top}index.html";\n'
        f"window.reportEditionsKept = {json.dumps(told, ensure_ascii=False)};\n"
        f"window.reportProfiles = {json.dumps(_profiles(shown.profiled, top))};\n"
    )


def _profiles(profiled: atlas.Atlas | None, top: str) -> dict[str, Any]:
    """Return where the pages of economies are, and for which there is one."""
    codes = [profile.code for profile in profiled.profiles] if profiled else []
    return {"root": f"{top}{atlas.FOLDER}/", "economies": codes}


def _page(shown: _Listing, root: str, *, has_feed: bool) -> str:
    """Return the list as a page that wears the styles of the first edition."""
    roots = [root.format(name=entry["name"]) for entry in shown.listed]
    pairs = zip(shown.listed, roots, strict=True)
    said = kept_pages.TEMPLATES.get_template("gallery.html").render(
        listed=[{**entry, "href": f"{at}index.html"} for entry, at in pairs],
        kept=shown.kept,
        profiles=len(shown.profiled.profiles) if shown.profiled else 0,
        static=f"{roots[0]}_static/" if roots else "",
        styles=STYLES if roots else (),
        feed=kept_pages.FEED if has_feed else "",
    )
    return f"{said}\n"
