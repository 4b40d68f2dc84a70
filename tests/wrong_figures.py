"""Made-up errors in a publisher's figures, and what the judgement of new releases says of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import newer
import numpy as np
import pandas as pd

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.compare import judge
from rebalancing.data.compare.comparison import compare_releases
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


def _one_economy(making: Making) -> pd.Series:
    """Give an economy the figures of another."""
    return _exchanged(making, "economy")


def _swapped(making: Making) -> pd.Series:
    """Give a series the figures of another."""
    return _exchanged(making, "series")


def _exchanged(making: Making, column: str) -> pd.Series:
    """Give each row concerned the figures of the next economy or series that is as long."""
    figures = making.figures
    keys = [name for name in (*ROW, "period") if name != column]
    labels = sorted(figures[column].unique())
    after = dict(zip(labels, labels[1:] + labels[:1], strict=True))
    other = figures.assign(**{column: figures[column].map({v: k for k, v in after.items()})})
    taken = figures[[*keys, column]].merge(
        other[[*keys, column, "value"]], how="left", on=[*keys, column]
    )
    found = taken["value"].set_axis(figures.index)
    return making.value.where(~(making.concerned & found.notna()), found)


def _one_year(making: Making) -> pd.Series:
    """Let a decimal point slip in one of the ten periods before the last two of each row."""
    order = making.figures.groupby(ROW, dropna=False)["period"].rank(ascending=False)
    chosen = 3 + int(making.random.integers(10))
    return making.value.where(~(making.concerned & (order == chosen)), making.value * 10)


def _shifted(making: Making) -> pd.Series:
    """Move the figures by one period."""
    ordered = making.figures.sort_values([*ROW, "period"])
    moved = ordered.groupby(ROW, dropna=False)["value"].shift(1).fillna(ordered["value"])
    return making.value.where(~making.concerned, moved.reindex(making.figures.index))


def _unit(making: Making) -> pd.Series:
    is_rate = making.figures["unit"].str.contains("%|per cent", regex=True)
    return making.times(1.0).where(
        ~making.concerned, making.value * np.where(is_rate, PER_CENT, YUAN)
    )


def _stale(making: Making) -> pd.Series:
    """Put the oldest figures held in place of the newest; without any, the year before's."""
    keys = [*ROW, "period"]
    found = making.figures[keys].merge(making.older[[*keys, "value"]], how="left", on=keys)["value"]
    found = found.set_axis(making.figures.index)
    if not (found.notna() & (found != making.value) & making.concerned).any():
        return _shifted(making)
    return making.value.where(~(making.concerned & found.notna()), found)


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


def judged(project: Project, number: int, seed: int) -> Iterator[tuple[Error, judge.Judgement]]:
    """Yield so many errors, each kind as often, and the judgement on each."""
    thresholds = judge.read_thresholds(project)
    random = np.random.default_rng(seed)
    cases = [
        (name, whose, extent)
        for extent in ("one", "all")
        for whose in ("watched", "others")
        for name in ERRORS
    ]
    for count in range(number):
        name, whose, extent = cases[count % len(cases)]
        for publisher in random.permutation(FETCHED):
            old = releases.resolve(project, publisher)
            own = thresholds.of(publisher).watched
            with tempfile.TemporaryDirectory() as folder:
                made = _wrong(project, old, (name, whose, extent), own, random, Path(folder))
                if made is None:  # this publisher has none such: customs has China only
                    continue
                new, where = made
                judgement = judge.judge(compare_releases(old, new), thresholds)
            yield Error(name, whose, publisher, where), judgement
            break


def _wrong(
    project: Project,
    old: Release,
    case: tuple[str, str, str],
    watched: Sequence[str],
    random: np.random.Generator,
    folder: Path,
) -> tuple[Release, str] | None:
    """Write a successor of a release with an error in it, and say where it is."""
    name, whose, extent = case
    dataset = max(old.resources, key=lambda each: old.resources[each]["rows"])
    figures = newer.newer(pd.read_parquet(old.file(dataset))).reset_index(drop=True)
    figures["partner"] = figures["partner"].fillna("")
    own = figures["economy"].isin(watched)
    long = figures.groupby(ROW)["value"].transform("size") >= FEWEST
    choice = figures[(own if whose == "watched" else ~own) & long & (figures["value"] != 0)]
    if choice.empty:
        return None
    where = f"all of {whose}"
    concerned = figures.index.isin(choice.index)
    if extent == "one":
        rows = choice[ROW].drop_duplicates()
        one = rows.iloc[int(random.integers(len(rows)))]
        concerned &= (figures[ROW] == one).all(axis=1)
        where = " ".join(one)
    older = _older(project, old, dataset)
    making = Making(figures, pd.Series(concerned, index=figures.index), older, random)
    values = ERRORS[name](making)
    if values.equals(figures["value"]):  # a dataset of one series has none to swap
        return None
    wrong = figures.assign(value=values, partner=figures["partner"].replace("", None))
    return write(old, {dataset: wrong}, folder), where


def _older(project: Project, old: Release, dataset: str) -> pd.DataFrame:
    every = releases.releases(project, old.publisher)
    having = [one for one in every if dataset in one.resources and one.name != old.name]
    if not having:
        return pd.read_parquet(old.file(dataset)).iloc[:0].assign(partner="")
    held = pd.read_parquet(having[-1].file(dataset))
    return held.assign(partner=held["partner"].fillna(""))


def filled(history: Sequence[Release], new: Release, folder: Path) -> Release:
    """Write a release with all that was held of its datasets, and what it has of it in its place.

    Of a series of an economy that it has, nothing is filled up.
    """
    frames = {}
    for dataset in {name for release in (*history, new) for name in release.resources}:
        held = [each for each in (*history, new) if dataset in each.resources]
        parts = [
            pd.read_parquet(each.file(dataset)).assign(number=n) for n, each in enumerate(held)
        ]
        whole = pd.concat(parts, ignore_index=True)
        newest = whole.groupby(ROW, dropna=False)["number"].transform("max")
        frames[dataset] = whole[whole["number"] == newest].drop(columns="number")
    return write(new, frames, folder, history)


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
        schema.write_figures(frame, path)
        resources.append(descriptor.resource(path, dataset, heads[dataset], frame, titles))
    package: dict[str, Any] = {**like.descriptor, "resources": resources}
    files.write_json(home / descriptor.FILE, package)
    return Release.read(home)
