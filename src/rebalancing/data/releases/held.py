"""Read releases of official figures from data/raw.

``data/raw/<publisher>/<release>/`` holds datapackage.json (`descriptor`) and one Parquet file per
dataset (`schema`); copies of releases are none (`folders`). Listing reads descriptors only.
"latest" is the newest release by date; for a dataset, the newest that has it.

A project as of a day (`Project.as_of`) has no later releases: what is listed, resolved and loaded
here is what was public on that day.

`vintages` picks a release for each series; `verify` checks that files are intact.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebalancing import files
from rebalancing.data.releases import descriptor, folders, schema
from rebalancing.data.releases.descriptor import FILE
from rebalancing.data.releases.descriptor import DescriptorError as DescriptorError
from rebalancing.errors import InputError
from rebalancing.project import Project
from rebalancing.publishers import BY_SERIES
from rebalancing.quoting import SHOWN, cut

if TYPE_CHECKING:
    import pandas as pd

LATEST = "latest"
_NAME = re.compile(r"\w[\w.-]{,99}", re.ASCII)  # of a publisher
_CODES = re.compile(r"(?<=\()[A-Z][A-Z0-9_]+(?:, [A-Z][A-Z0-9_]+)*: ")  # "(M1_YOY, NEW_LOANS: "
# China's input-output tables are dated by the year that they describe, because the day of
# publication is not recorded; they have come out within three years of its end.
YEARS_TO_PUBLISH = {"nbs-io": 3}


class UnknownPublisherError(InputError):
    """A publisher that is not in data/raw."""


class UnknownReleaseError(InputError):
    """A release that the publisher does not have."""


class NothingPublishedError(UnknownReleaseError):
    """A publisher that had no public release on the day asked for."""


class UnknownDatasetError(InputError):
    """A dataset that the release does not have."""


@dataclass(frozen=True)
class Release:
    """One release of a publisher.

    ``date`` is the ISO day, month or year by which it was public; the descriptor says on what
    grounds.
    """

    publisher: str
    name: str
    date: str
    folder: Path
    descriptor: dict[str, Any] = field(repr=False, compare=False)

    @classmethod
    def read(cls, folder: Path) -> Release:
        """Return the release in a folder.

        Raises:
            DescriptorError: datapackage.json is missing or damaged.
        """
        content = descriptor.read_descriptor(folder / FILE)
        return cls(folder.parent.name, folder.name, content["released"]["date"], folder, content)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The description of each dataset, by its name."""
        return {entry["name"]: entry for entry in self.descriptor["resources"]}

    def file(self, dataset: str) -> Path:
        """Return the file of a dataset, once its bytes are known to be those that were imported.

        Raises:
            SchemaError: The file is missing or damaged.
        """
        entry = self.resources[dataset]
        path: Path = self.folder / entry["path"]
        if not path.is_file():
            raise schema.damaged(path, "it is missing")
        if f"sha256:{files.sha256(path)}" != entry["hash"]:
            raise schema.damaged(path, "it is not as it was imported")
        return path

    @property
    def sha256(self) -> str:
        """Digest over the names and digests of the data files."""
        lines = (f"{entry['hash']}  {entry['path']}\n" for entry in self.resources.values())
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()

    @property
    def public(self) -> str:
        """The day on which it was surely public: the last of its year or month, if no day is known.

        Where the date is only the year that the figures describe (`YEARS_TO_PUBLISH`), the years
        are added that publishing takes.
        """
        year = str(int(self.date[:4]) + YEARS_TO_PUBLISH.get(self.publisher, 0))
        months = self.date[4:] or "-12"
        return f"{year}{months}" if len(months) == 6 else f"{year}{months}-31"

    @property
    def source(self) -> str:
        """How a foot line, which begins with "Source:", names it: its citation, without a stop.

        It says of what is transcribed or estimated that it is, and of whom each release holds only
        what changed; it leaves out codes of series.
        """
        cited = _CODES.sub("in part: ", self.citation.rstrip(".").removeprefix("Source: "))
        more = self.origin or ("each series as last updated" * (self.publisher in BY_SERIES))
        return f"{cited} ({more})" if more else cited

    @property
    def origin(self) -> str:
        """What a foot line says of figures that were transcribed or estimated; else nothing."""
        return str(self.descriptor.get("origin", {}).get("foot", ""))

    @property
    def label(self) -> str:
        """What a text calls it, as in its citation: its name, or words if it is a revision."""
        return str(self.descriptor["released"].get("label", self.name))

    @property
    def last_year(self) -> int:
        """The last year of which any dataset has figures."""
        return max(
            int(series["last"][:4])
            for entry in self.resources.values()
            for series in entry["series"]
        )

    @property
    def title(self) -> str:
        """What the release is called in full."""
        return str(self.descriptor["title"])

    @property
    def common_title(self) -> str:
        """What every release of the publisher is called: the title without the release's name.

        Descriptors have the two only as one (`descriptor.package`), and are never changed.
        """
        return self.title.removesuffix(f", {self.name}")

    @property
    def licence(self) -> str:
        """The terms of use, in words."""
        return str(self.descriptor["licenses"][0]["title"])

    @property
    def citation(self) -> str:
        """How to cite the release."""
        return str(self.descriptor["citation"])


def publishers(project: Project) -> list[str]:
    """Return the publishers that have a release in data/raw, in alphabetical order."""
    found = folders.of_releases(project)
    if project.until is not None:
        is_known = _is_known(project)
        named = (folder for folder in found if _is_name(folder.parent.name))
        found = [folder for folder in named if is_known(Release.read(folder))]
    return sorted({folder.parent.name for folder in found})


def releases(project: Project, publisher: str) -> list[Release]:
    """Return the releases of a publisher, oldest first.

    Raises:
        UnknownPublisherError: There is no such publisher.
        NothingPublishedError: None of its releases was public on the day of the project.
        DescriptorError: A descriptor is damaged.
    """
    found = _every(project, publisher)
    if not found:
        known = publishers(project)
        raise UnknownPublisherError(
            f"{cut(publisher)} is not a publisher in {project.raw}{_near(publisher, known)}; "
            f"allowed: {', '.join(known) or 'none (rebalancing data import FOLDER brings them)'}"
        )
    is_known = _is_known(project)
    public = [release for release in found if is_known(release)]
    if not public:
        raise NothingPublishedError(
            f"no release of {publisher} that is held was public on {project.until}; the first is "
            f"{found[0].name}, public by {found[0].public}"
        )
    return public


def unknown(project: Project, publisher: str) -> set[str]:
    """Return the names of a publisher's releases that were not yet public."""
    is_known = _is_known(project)
    return {release.name for release in _every(project, publisher) if not is_known(release)}


def resolve(project: Project, publisher: str, name: str = LATEST) -> Release:
    """Return a release by name, or the newest.

    Raises:
        UnknownPublisherError: There is no such publisher.
        UnknownReleaseError: The publisher has no such release; the message lists those it has.
    """
    return _pick(releases(project, publisher), publisher, name)


def load(
    project: Project,
    publisher: str,
    dataset: str,
    release: str = LATEST,
    *,
    economies: Iterable[str] | None = None,
    series: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return a dataset of one release.

    Args:
        project: Where data/raw is.
        publisher: Whose figures.
        dataset: Which of them.
        release: A release's name, or "latest" for the newest release that has the dataset.
        economies: Only these economies; all when not given.
        series: Only these series; all when not given.

    Returns:
        economy, partner, series, period, value, unit; sorted.

    Raises:
        InputError: An unknown publisher, release or dataset.
        SchemaError: The file is missing or damaged.
    """
    every = releases(project, publisher)
    having = _having(every, publisher, dataset)
    chosen = _pick(having if release == LATEST else every, publisher, release)
    if dataset not in chosen.resources:
        raise UnknownDatasetError(
            f"{publisher} {chosen.name} has no dataset {dataset}; it has "
            f"{', '.join(chosen.resources)}, and {dataset} is in "
            f"{', '.join(entry.name for entry in having)}"
        )
    return _read(schema.read_figures, chosen, dataset, economies, series)


def load_all(
    project: Project,
    publisher: str,
    dataset: str,
    *,
    economies: Iterable[str] | None = None,
    series: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return a dataset of every release that has it, oldest first, side by side.

    Args:
        project: Where data/raw is.
        publisher: Whose figures.
        dataset: Which of them.
        economies: Only these economies; all when not given.
        series: Only these series; all when not given.

    Returns:
        release, economy, partner, series, period, value, unit; texts as categories, in order.

    Raises:
        InputError: An unknown publisher or dataset.
        SchemaError: A file is missing or damaged.
    """
    from rebalancing.data.releases.coded import constant, joined

    frames = []
    for release in _having(releases(project, publisher), publisher, dataset):
        frame = _read(schema.read_coded, release, dataset, economies, series)
        frame.insert(0, "release", constant(release.name, frame.index))
        frames.append(frame)
    return joined(frames)


def economies(project: Project, publisher: str, release: str = LATEST) -> set[str]:
    """Return the codes of the economies that a release has in any dataset."""
    chosen = resolve(project, publisher, release)
    return {code for entry in chosen.resources.values() for code in entry["economies"]}


def years(
    project: Project, publisher: str, release: str = LATEST, *, economy: str, series: Iterable[str]
) -> dict[str, list[int]]:
    """Return by series the years in which any dataset of a release has a value, in order."""
    chosen, wanted = resolve(project, publisher, release), tuple(series)
    found: dict[str, set[int]] = {code: set() for code in wanted}
    for entry in chosen.resources.values():
        file = chosen.file(entry["name"]).resolve()
        for code, year in _series_and_years(file, entry["hash"], economy, wanted):
            found[code].add(year)
    return {code: sorted(held) for code, held in found.items()}


@lru_cache(maxsize=256)  # a study asks for the same in every chapter, and may ask for its peers
def _series_and_years(
    file: Path, digest: str, economy: str, series: tuple[str, ...]
) -> frozenset[tuple[str, int]]:
    """Return the series and years of an economy in a file of that digest."""
    del digest  # it tells apart what was in the file at different times
    found = schema.series_and_periods(file, economy)
    return frozenset((code, int(period[:4])) for code, period in found if code in series)


def _every(project: Project, publisher: str) -> list[Release]:
    """Return all releases of a publisher, whenever they were public, oldest first."""
    if not _is_name(publisher):  # a path or a pattern, which would find something else
        return []
    found = [Release.read(folder) for folder in folders.of_releases(project, publisher)]
    return sorted(found, key=lambda release: (release.date, release.name))


def _is_name(publisher: str) -> bool:
    return len(publisher) <= SHOWN and _NAME.fullmatch(publisher) is not None


def _is_known(project: Project) -> Callable[[Release], bool]:
    """Return what tells whether a release was public on the day of the project."""
    day = project.until
    return lambda release: day is None or release.public <= day


def _pick(choice: list[Release], publisher: str, name: str) -> Release:
    if name == LATEST:
        return choice[-1]
    for release in choice:
        if release.name == name:
            return release
    names = [release.name for release in choice]
    raise UnknownReleaseError(
        f"{publisher} has no release {cut(name)}{_near(name, names)}; "
        f"allowed: {LATEST}, {', '.join(names)}"
    )


def _having(choice: list[Release], publisher: str, dataset: str) -> list[Release]:
    """Return the releases that have a dataset."""
    found = [release for release in choice if dataset in release.resources]
    if not found:
        known = sorted({name for release in choice for name in release.resources})
        raise UnknownDatasetError(
            f"{publisher} has no dataset {cut(dataset)}{_near(dataset, known)}; "
            f"allowed: {', '.join(known)}"
        )
    return found


def _read(
    reader: Callable[[Path, list[str] | None, list[str] | None], pd.DataFrame],
    release: Release,
    dataset: str,
    economies: Iterable[str] | None,
    series: Iterable[str] | None,
) -> pd.DataFrame:
    return reader(
        release.file(dataset),
        None if economies is None else list(economies),
        None if series is None else list(series),
    )


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name[:SHOWN], known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
