"""Made-up errors in a publisher's figures, and what the judgement of new releases says of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import newer
import numpy as np
import pandas as pd

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.compare import comparison, judge
from rebalancing.data.releases import Release, descriptor, schema
from rebalancing.project import Project

ROW = ["economy", "partner", "series"]
FETCHED = ("worldbank-wdi", "unsd-ama", "bis-reer", "imf-weo", "comtrade", "gacc-customs")
FEWEST = 15  # values of a series in which an error is made
YUAN, PER_CENT = 7.1, 0.01
Errors = dict[str, Callable[["Making"], pd.Series]]


@dataclass(frozen=True)
class Error:
    """An error: what it is, whose figures it is in, in which series, of which publisher."""

    name: str
    whose: str
    publisher: str
    where: str

    def __str__(self) -> str:
        return f"{self.name}, {self.whose}, {self.publisher}, {self.where}"


@dataclass(frozen=True, eq=False)
class Making:
    """What an error is made from: the figures, the rows concerned, and older figures."""

    figures: pd.DataFrame
    concerned: pd.Series
    older: pd.DataFrame
    random: np.random.Generator

    @property
    def value(self) -> pd.Series:
        return self.figures["value"]

    def times(self, factor: float) -> pd.Series:
        return self.value.where(~self.concerned, self.value * factor)

    def put(self, values: pd.Series) -> pd.Series:
        """Return all values, with others in rows concerned; what is missing stays as it is."""
        changed = self.value.copy()
        changed.loc[values.dropna().index] = values.dropna()
        return changed

    def looked_up(self, keys: pd.DataFrame, figures: pd.DataFrame) -> pd.Series:
        """Return the values that some figures have under the keys of rows."""
        names = [*ROW, "period"]
        found = keys[names].merge(figures[[*names, "value"]], how="left", on=names)["value"]
        return found.set_axis(keys.index)


def _one_economy(making: Making) -> pd.Series:
    """Give an economy the figures of another."""
    return _exchanged(making, "economy")


def _swapped(making: Making) -> pd.Series:
    """Give a series the figures of another."""
    return _exchanged(making, "series")


def _exchanged(making: Making, column: str) -> pd.Series:
    """Give each row concerned the figures of the next economy or series that is as long."""
    figures = making.figures
    labels = sorted(figures[column].unique())
    after = dict(zip(labels, labels[1:] + labels[:1], strict=True))
    keys = [*ROW, "period"]
    wanted = figures.loc[making.concerned, keys]
    wanted[column] = wanted[column].map(after)
    return making.put(making.looked_up(wanted, figures[figures[column].isin(wanted[column])]))


def _one_year(making: Making) -> pd.Series:
    """Let a decimal point slip in one of the ten periods before the last two of each row."""
    own = making.figures[making.concerned]
    order = own.groupby(ROW, dropna=False)["period"].rank(ascending=False)
    chosen = 3 + int(making.random.integers(10))
    return making.put(own["value"].where(order != chosen, own["value"] * 10))


def _shifted(making: Making) -> pd.Series:
    """Move the figures by one period."""
    ordered = making.figures[making.concerned].sort_values([*ROW, "period"])
    moved = ordered.groupby(ROW, dropna=False)["value"].shift(1).fillna(ordered["value"])
    return making.put(moved)


def _unit(making: Making) -> pd.Series:
    own = making.figures[making.concerned]
    is_rate = own["unit"].str.contains("%|per cent", regex=True)
    return making.put(own["value"] * np.where(is_rate, PER_CENT, YUAN))


def _stale(making: Making) -> pd.Series:
    """Put the figures of the release before in place; without any, those of the period before."""
    own = making.figures[making.concerned]
    found = making.looked_up(own[[*ROW, "period"]], making.older)
    others = (found.notna() & (found != own["value"])).sum()
    # The made-up revisions alone differ where the publisher revised nothing: that is no error.
    if others <= newer.REVISED * len(own[ROW].drop_duplicates()):
        return _shifted(making)
    return making.put(found)


ERRORS: Errors = {
    "sign": lambda making: making.times(-1),
    "× 0.5": lambda making: making.times(0.5),
    "× 2": lambda making: making.times(2),
    "× 10": lambda making: making.times(10),
    "× 1,000": lambda making: making.times(1000),
    "−20%": lambda making: making.times(0.8),
    "one economy": _one_economy,
    "one year": _one_year,
    "shifted years": _shifted,
    "swapped series": _swapped,
    "another unit": _unit,
    "a stale copy": _stale,
}


@dataclass(frozen=True, eq=False)
class Successor:
    """A made-up release after a publisher's newest one, read once for all errors in it.

    Attributes:
        history: The releases held.
        new: The successor.
        figures: Its largest dataset.
        older: The figures of an older release.
        every: All its datasets beside what was held, the largest last.
        line: The row of the largest in which each figure is.
        column: The same for the column.
    """

    history: Sequence[Release]
    new: Release
    figures: pd.DataFrame
    older: pd.DataFrame
    every: Sequence[Any]  # as `comparison.align_datasets` gives them
    line: np.ndarray
    column: np.ndarray

    @classmethod
    def of(cls, project: Project, publisher: str, folder: Path) -> Successor:
        """Make the successor of a publisher's newest release."""
        old = releases.resolve(project, publisher)
        dataset = max(old.resources, key=lambda each: old.resources[each]["rows"])
        figures = newer.newer(pd.read_parquet(old.file(dataset))).reset_index(drop=True)
        new = write(old, {dataset: figures}, folder)
        figures["partner"] = figures["partner"].fillna("")
        history = comparison.up_to(old)
        every = comparison.align_datasets(history, new)
        every.sort(key=lambda aligned: aligned.dataset == dataset)
        rows = pd.MultiIndex.from_frame(every[-1].rows[ROW])
        line = rows.get_indexer(pd.MultiIndex.from_frame(figures[ROW]))
        column = pd.Index(every[-1].periods).get_indexer(figures["period"])
        return cls(history, new, figures, _older(project, old, dataset), every, line, column)

    def judged(self, values: pd.Series, thresholds: judge.Thresholds) -> judge.Judgement:
        """Return the judgement on the successor with other values."""
        *others, whole = self.every
        changed = whole.values.copy()
        changed[-1, self.line, self.column] = values
        every = sorted([*others, replace(whole, values=changed)], key=lambda each: each.dataset)
        return judge.judge(comparison.compare_aligned(self.history, self.new, every), thresholds)


def judged(
    project: Project, number: int, seed: int, publishers: Sequence[str] = FETCHED
) -> Iterator[tuple[Error, judge.Judgement]]:
    """Yield so many errors, each kind as often, and the judgement on each."""
    thresholds = judge.read_thresholds(project)
    random = np.random.default_rng(seed)
    cases = [
        (name, whose, extent)
        for extent in ("one", "all")
        for whose in ("watched", "others")
        for name in ERRORS
    ]
    with tempfile.TemporaryDirectory() as folder:
        successors = {one: Successor.of(project, one, Path(folder) / one) for one in publishers}
        for count in range(number):
            name, whose, extent = cases[count % len(cases)]
            for publisher in random.permutation(publishers):
                own = thresholds.of(publisher).watched
                made = _wrong(successors[publisher], (name, whose, extent), own, random)
                if made is None:  # this publisher has none such: customs has China only
                    continue
                values, where = made
                judgement = successors[publisher].judged(values, thresholds)
                yield Error(name, whose, publisher, where), judgement
                break


def _wrong(
    successor: Successor,
    case: tuple[str, str, str],
    watched: Sequence[str],
    random: np.random.Generator,
) -> tuple[pd.Series, str] | None:
    """Return a successor's values with an error in them, and say where it is."""
    name, whose, extent = case
    figures = successor.figures
    own = figures["economy"].isin(watched).to_numpy()
    long = np.bincount(successor.line)[successor.line] >= FEWEST
    concerned = (own if whose == "watched" else ~own) & long
    concerned &= (figures["value"] != 0).to_numpy()
    if not concerned.any():
        return None
    where = f"all of {whose}"
    if extent == "one":
        lines = np.unique(successor.line[concerned])
        chosen = lines[int(random.integers(len(lines)))]
        concerned &= successor.line == chosen
        where = " ".join(figures.loc[concerned, ROW].iloc[0])
    making = Making(figures, pd.Series(concerned, index=figures.index), successor.older, random)
    values = ERRORS[name](making)
    if values.equals(figures["value"]):  # a dataset of one series has none to swap
        return None
    return values, where


def _older(project: Project, old: Release, dataset: str) -> pd.DataFrame:
    every = releases.releases(project, old.publisher)
    having = [one for one in every if dataset in one.resources and one.name != old.name]
    if not having:
        return pd.read_parquet(old.file(dataset)).iloc[:0].assign(partner="")
    held = pd.read_parquet(having[-1].file(dataset))
    return held.assign(partner=held["partner"].fillna(""))


def filled(every: Sequence[Release], folder: Path) -> Iterator[tuple[Release, Release]]:
    """Yield each release but the first, after the one before it, filled up with what was held.

    Of a series of an economy that it has, nothing is filled up.
    """
    held: dict[str, pd.DataFrame] = {}
    for number, new in enumerate(every):
        for dataset in new.resources:
            fresh = pd.read_parquet(new.file(dataset))
            held[dataset] = _replaced(held[dataset], fresh) if dataset in held else fresh
        if number:
            yield every[number - 1], write(new, held, folder / new.name, every[:number])


def _replaced(held: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Return what was held, with the series of an economy that are fresh in their place."""
    known = pd.MultiIndex.from_frame(fresh[ROW].fillna("").drop_duplicates())
    other = ~pd.MultiIndex.from_frame(held[ROW].fillna("")).isin(known)
    return pd.concat([held[other], fresh], ignore_index=True)


def write(
    like: Release,
    frames: dict[str, pd.DataFrame],
    folder: Path,
    others: Sequence[Release] = (),
) -> Release:
    """Write a release like another, with other figures."""
    home = folder / like.publisher / "a-successor"
    home.mkdir(parents=True)
    resources = []
    titles: dict[str, str] = {}
    heads: dict[str, str] = {}
    for release in (*others, like):
        for name, resource in release.resources.items():
            heads[name] = resource["title"]
            titles |= {entry["code"]: entry["title"] for entry in resource["series"]}
    for dataset in set(like.resources) | set(frames):
        frame = frames.get(dataset)
        if frame is None:
            frame = pd.read_parquet(like.file(dataset))
        frame = schema.conform(frame, dataset)
        path = home / f"{dataset}.parquet"
        newer.write_fast(frame, path)
        resources.append(descriptor.resource(path, dataset, heads[dataset], frame, titles))
    package: dict[str, Any] = {**like.descriptor, "resources": resources}
    files.write_json(home / descriptor.FILE, package)
    return Release.read(home)
