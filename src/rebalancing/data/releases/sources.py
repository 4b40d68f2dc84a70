"""What is declared about a publisher: its terms, and which compiled files make a release.

The declarations are in `rebalancing.data.imports`, one `Publisher` per folder of data/raw.

A publisher's `Source` says which files of a compiled folder make one dataset::

    Source("current-usd", "unsd-ama/current-usd/{release}.parquet", "Current prices, US dollars")

where ``{release}`` stands for the label that `Source.dated` turns into the release's name, its
date, and what that date rests on. Sources with the same release name make one release together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rebalancing.data.releases import days

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dated:
    """The name of a release, the day, month or year by which it was public, and the grounds.

    ``label`` is what a text calls it, where that is not the name.

    Raises:
        ValueError: The date, or one in the name, is not an ISO date, does not exist or is to come.
    """

    name: str
    date: str
    basis: str
    label: str | None = None

    def __post_init__(self) -> None:
        for text, wrong in ((self.date, days.wrong), (self.name, days.wrong_in_name)):
            if how := wrong(text):
                raise ValueError(f"{text} is {how}")


@dataclass(frozen=True)
class Licence:
    """Terms of use: an SPDX identifier or a plain name, with a note where it needs one."""

    name: str
    title: str
    path: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Source:
    """Which files of a compiled folder make a dataset, and how their labels are dated."""

    dataset: str
    pattern: str
    title: str
    dated: Callable[[str], Dated]
    prefixes: tuple[str, ...] | None = None
    convert: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame


@dataclass(frozen=True)
class Origin:
    """How figures came about that are not simply what an office published, in its own files.

    ``kind`` is *transcribed* (a person copied them from a publication) or *estimate* (research,
    not official statistics); ``foot`` says so in every foot line.
    """

    kind: Literal["transcribed", "estimate"]
    foot: str


ESTIMATE = Origin("estimate", "estimate, not official")


@dataclass(frozen=True)
class Publisher:
    """What is the same for all releases of a publisher.

    ``citation`` may contain ``{release}`` and ``{date}``; ``family`` is the publisher's name in the
    compiled list of series, None where series.csv beside this module has the titles; ``sectors``
    is the name of its input-output tables in the compiled list of sectors.
    """

    id: str
    name: str
    title: str
    address: str
    licence: Licence
    citation: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    family: str | None = None
    sectors: str | None = None
    origin: Origin | None = None


CC_BY = Licence(
    "CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"
)


def with_source_named(publisher: str, note: str = "") -> Licence:
    """Return the terms of a publisher that is understood to allow reuse when it is named."""
    unverified = "Not a standard open licence; taken from general knowledge, unverified."
    return Licence(
        "reuse-with-source-named",
        f"Reuse allowed when {publisher} is named as the source",
        note=f"{unverified} {note}".strip(),
    )


def labelled(basis: str) -> Callable[[str], Dated]:
    """Return a rule for labels that are dates themselves."""
    return lambda label: Dated(label, label, basis)


def fixed(name: str, date: str, basis: str) -> Callable[[str], Dated]:
    """Return the rule of a source that has one release only."""
    return lambda _: Dated(name, date, basis)
