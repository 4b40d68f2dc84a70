"""A page for every economy with data: what the core chapters find for it, and where it ranks.

`book/atlas.yml` is the sweep that runs them, `book/atlas.csv` names the results that are shown.
From what the sweep has recorded come ``atlas/<economy>.html`` and a list of all economies, with
those that could not be done and why; the book's page for exploring data links to them. They stand
beside the list of editions (`rebalancing.upkeep.gallery`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.book.pages import context
from rebalancing.errors import DamagedFileError
from rebalancing.files import write_atomic
from rebalancing.project import Project
from rebalancing.reading import read_table
from rebalancing.report import text
from rebalancing.upkeep.kept_pages import TEMPLATES

FOLDER = "atlas"
GRID, SHOWN = "atlas.yml", "atlas.csv"
_COLUMNS = ("part", "key", "what")
_FAILURES = ("economy", "chapter", "reason", "log")
_FEWEST_RANKED = 50  # a rank among few economies would mislead
_BOUNDS = (".lower", ".upper")

AtlasRow = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """What is said of one economy.

    Attributes:
        code: Of the economy.
        name: As a label has it.
        parts: The results that are shown, by heading: each with ``what``, ``definition``,
            ``text``, ``interval``, ``period`` and ``rank``.
        sources: The releases that they rest on.
    """

    code: str
    name: str
    parts: Mapping[str, Sequence[AtlasRow]]
    sources: Sequence[str]


@dataclass(frozen=True)
class Atlas:
    """All profiles, by name, and what failed.

    Attributes:
        profiles: Those of economies for which anything was recorded.
        failures: ``name``, ``chapter`` (none if the data allow no study), and ``reason``.
    """

    profiles: Sequence[Profile]
    failures: Sequence[AtlasRow]


def read_profiles(project: Project) -> Atlas | None:
    """Return the atlas that the last sweep made; None where there was none.

    Raises:
        DamagedFileError: What the sweep wrote cannot be read.
    """
    folder = project.build / "sweeps" / Path(GRID).stem
    if not (folder / "failures.csv").is_file():
        return None
    shown = read_table(project.book / SHOWN, f"book/{SHOWN}", _COLUMNS)
    found = _recorded(folder / "results.parquet", [row["key"] for row in shown])
    ranks = _ranks(found)
    names = context.economy_names(project)
    profiles = [
        Profile(code, names.get(code, code), *_parts(code, shown, found, ranks))
        for code in {code for code, _ in found}
    ]
    failed = read_table(folder / "failures.csv", "failures.csv", _FAILURES)
    failures = [{**row, "name": names.get(row["economy"], row["economy"])} for row in failed]
    return Atlas(
        sorted(profiles, key=lambda profile: profile.name),
        sorted(failures, key=lambda row: (row["name"], row["chapter"])),
    )


def _recorded(path: Path, keys: Sequence[str]) -> dict[tuple[str, str], AtlasRow]:
    """Return results by economy and key: those that are shown, and the ends of their intervals."""
    from pyarrow import ArrowException, parquet

    wanted = [f"{key}{bound}" for key in keys for bound in ("", *_BOUNDS)]
    columns = ["economy", "key", "value", "text", "unit", "period", "definition", "release"]
    try:
        table = parquet.read_table(path, columns=columns, filters=[("key", "in", wanted)])
    except (ArrowException, OSError) as error:
        raise DamagedFileError(
            f"{path} cannot be read ({type(error).__name__}); run again: make atlas"
        ) from None
    return {(row["economy"], row["key"]): row for row in table.to_pylist()}


def _ranks(found: Mapping[tuple[str, str], AtlasRow]) -> dict[tuple[str, str], str]:
    """Return the place of each value among those of the same period, the largest first.

    Economies whose figures end earlier than most have none.
    """
    values: dict[tuple[str, str], list[float]] = {}
    for (_, key), row in found.items():
        if row["value"] is not None:
            values.setdefault((key, row["period"]), []).append(-row["value"])
    for each in values.values():
        each.sort()
    ranks = {}
    for (code, key), row in found.items():
        others = values.get((key, row["period"]), [])
        if row["value"] is not None and len(others) >= _FEWEST_RANKED:
            larger = bisect_right(others, -row["value"] - 1e-12)
            ranks[code, key] = f"{larger + 1} of {len(others)}"
    return ranks


def _parts(
    code: str,
    shown: Sequence[Mapping[str, str]],
    found: Mapping[tuple[str, str], AtlasRow],
    ranks: Mapping[tuple[str, str], str],
) -> tuple[dict[str, list[AtlasRow]], list[str]]:
    """Return the results of an economy that are shown, by heading, and what they rest on."""
    parts: dict[str, list[AtlasRow]] = {}
    sources: dict[str, None] = {}
    for entry in shown:
        row = found.get((code, entry["key"]))
        if row is None or row["value"] is None:
            continue
        ends = [found.get((code, f"{entry['key']}{bound}")) for bound in _BOUNDS]
        lower, upper = (end["value"] if end else None for end in ends)
        interval = ""
        if lower is not None and upper is not None:
            interval = text.between(lower, upper, row["unit"])
        parts.setdefault(entry["part"], []).append(
            {
                "what": entry["what"],
                "definition": row["definition"],
                "text": row["text"],
                "interval": interval,
                "period": row["period"],
                "rank": ranks.get((code, entry["key"]), ""),
            }
        )
        sources |= dict.fromkeys(row["release"].split("; "))
    return parts, list(sources)


def write_profiles(
    atlas: Atlas,
    editions: Mapping[str, str],
    folder: Path,
    root: str,
    styles: Sequence[str],
) -> None:
    """Write the profiles and the list of them.

    Args:
        atlas: What they say.
        editions: What the editions that have a site are called, by name.
        folder: Where the list of editions is; the pages are in ``atlas/`` in it.
        root: Where the site of an edition is, from that folder: ``{name}/``.
        styles: Names of the styles, of the first edition that has a site.
    """
    sites = {name: f"../{root.format(name=name)}" for name in editions}
    first = next(iter(sites.values()), "")
    common = {"static": f"{first}_static/" if sites else "", "styles": styles if sites else ()}
    page = TEMPLATES.get_template("profile.html")
    for profile in atlas.profiles:
        own = {name: title for name, title in editions.items()
               if name.partition("-")[0] == profile.code}  # fmt: skip
        said = page.render(profile=profile, explore=first, own=own, sites=sites, **common)
        write_atomic(folder / FOLDER / f"{profile.code}.html", f"{said}\n", durable=False)
    listed = TEMPLATES.get_template("atlas.html")
    said = listed.render(atlas=atlas, explore=first, **common)
    write_atomic(folder / FOLDER / "index.html", f"{said}\n")
