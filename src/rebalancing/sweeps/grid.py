"""The file that says what a sweep runs: chapters, and values of the study's parameters.

::

    chapters: [2, 6, 14]             # or all
    grid:
      economy: [CHN, JPN, KOR]       # or all
      smoothing: [6.25, 100]
    keep: results                    # or all: figures, tables and executed notebooks too

Every combination of the values is a *point* of the grid: a study as study.yml has it, with these
values put over it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rebalancing.errors import InputError
from rebalancing.parameters import value_of
from rebalancing.quoting import shown
from rebalancing.reading import read_yaml
from rebalancing.study import Study, unknown_name

Keep = Literal["results", "all"]
RESULTS: Final = "results"
ALL: Final = "all"
MOST_POINTS = 100_000
_KEYS = ("chapters", "grid", "keep")


class GridError(InputError):
    """A grid that cannot be run as it is written."""


@dataclass(frozen=True)
class Grid:
    """What a sweep is asked to run.

    Attributes:
        file: The file's name, for messages.
        name: The file's name without extension, and that of the sweep.
        chapters: What chapters are called or how their names begin; none for all of them.
        axes: The values of each parameter that the grid names, in order.
        keep: ``results``, or ``all`` for figures, tables and executed notebooks too.
    """

    file: str
    name: str
    chapters: tuple[str, ...]
    axes: Mapping[str, Sequence[Any]]
    keep: Keep = RESULTS

    @property
    def is_of_all_economies(self) -> bool:
        """Whether it asks for every economy that has data."""
        return self.axes.get("economy") == [ALL]

    def in_words(self, points: int) -> str:
        """Return how large the grid is: ``3 values of economy × 2 of smoothing = 6 points``."""
        sizes = [f"{len(values)} of {name}" for name, values in self.axes.items()]
        if self.is_of_all_economies:
            sizes = [f"all of {name}" if name == "economy" else size
                     for name, size in zip(self.axes, sizes, strict=True)]  # fmt: skip
        return f"{' × '.join(sizes)} = {points} point{'s' if points != 1 else ''}"


def combinations(axes: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield every combination of the parameters' values, the last parameter changing fastest."""
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def read_grid(path: Path) -> Grid:
    """Return what a file asks for.

    Raises:
        GridError: There is no such file, it is damaged, or it asks for nothing that can be run.
    """
    name = path.name
    try:
        content = read_yaml(path, name, GridError)
    except FileNotFoundError:
        raise GridError(f"{path}: there is no such file; docs/sweeps.md has an example") from None
    if not isinstance(content, dict):
        raise GridError(f"{name}: must hold `chapters` and `grid`; docs/sweeps.md has an example")
    for key in content:
        if key not in _KEYS:
            raise GridError(f"{name}: {shown(key)} is unknown; allowed: {', '.join(_KEYS)}")
    stem = path.stem  # all of it: my.v1.yml and my.v2.yml are two sweeps
    if not re.fullmatch(r"\w[\w.-]{0,79}", stem) or stem == "runs":
        raise GridError(f"{name}: results go into a folder of its name; call it {_example(stem)}")
    keep = content.get("keep", RESULTS)
    if keep not in (RESULTS, ALL):
        raise GridError(f"{name}: keep: {shown(keep)} is not allowed; use {RESULTS} or {ALL}")
    return Grid(name, stem, _chapters(name, content), _axes(name, content), keep)


def _example(stem: str) -> str:
    return f"{re.sub(r'[^0-9A-Za-z_.-]', '', stem)[:40].lstrip('-.') or 'grid'}-1.yml"


def _chapters(name: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    asked = content.get("chapters")
    if asked == ALL:
        return ()
    if isinstance(asked, int) and not isinstance(asked, bool):
        asked = [asked]
    if isinstance(asked, str):
        asked = re.split(r"[\s,]+", asked.strip())
    if not isinstance(asked, list) or not asked:
        raise GridError(f"{name}: chapters: name some, such as [2, 6, 11], or write {ALL}")
    for chapter in asked:
        if not isinstance(chapter, str | int) or isinstance(chapter, bool) or chapter == "":
            raise GridError(f"{name}: chapters: {shown(chapter)} is no chapter; use its number")
    found = [f"{each:02d}" if isinstance(each, int) else each for each in asked]
    return tuple(dict.fromkeys(found))


def _axes(name: str, content: Mapping[str, Any]) -> dict[str, list[Any]]:
    axes = content.get("grid")
    if axes and not isinstance(axes, dict):
        raise GridError(
            f"{name}: grid: {shown(axes)} names no parameter; name each with its values, such as "
            "economy: [CHN, JPN]"
        )
    if not axes:
        raise GridError(f"{name}: the grid is empty; name values, such as economy: [CHN, JPN]")
    found: dict[str, list[Any]] = {}
    for parameter, values in axes.items():
        if parameter not in Study.model_fields:
            raise GridError(f"{name}: grid: {unknown_name(str(parameter))}")
        if parameter == "economy" and values in (ALL, [ALL]):
            values = [ALL]
        if not isinstance(values, list):
            raise GridError(
                f"{name}: grid: {parameter}: {shown(values)} is no list; write "
                f"[{'value' if values is None else values}]"
            )
        if not values:
            raise GridError(f"{name}: grid: {parameter} has no values, so that there is no point")
        seen: set[str] = set()
        for value in values:
            same = json.dumps(value_of(parameter, value), default=str, sort_keys=True)
            if same in seen:
                raise GridError(f"{name}: grid: {parameter}: {shown(value)} stands twice")
            seen.add(same)
        found[parameter] = values
    size = 1
    for values in found.values():
        size *= len(values)
    if size > MOST_POINTS:
        raise GridError(f"{name}: the grid has {size:,} points; {MOST_POINTS:,} is the most")
    return found
