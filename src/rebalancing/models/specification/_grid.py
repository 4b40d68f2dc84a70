"""Grids of choices, written out as one row per specification."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from rebalancing.models.validate import ModelInputError

SpecGrid = Mapping[str, Sequence[Hashable]] | Sequence[Mapping[str, Hashable]]
# What an estimator and a curve add to the choices.
RESERVED = {"estimate", "std_error", "n", "df", "lower", "upper", "significant", "reason"}


def expand(spec_grid: SpecGrid) -> pd.DataFrame:
    """Return all specifications, one row each and one column per dimension, as objects.

    Raises:
        ModelInputError: Not a grid, an empty one, or a specification twice.
    """
    specs = _product(spec_grid) if isinstance(spec_grid, Mapping) else _listed(spec_grid)
    table = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in specs.items()})
    reserved = RESERVED & set(table.columns)
    if reserved:
        raise ModelInputError(
            f"spec_grid: {sorted(reserved)[0]!r} is a column of the result; rename the dimension"
        )
    if not all(isinstance(choice, Hashable) for column in specs.values() for choice in column):
        raise ModelInputError("spec_grid: a choice is a list or dict; use numbers, strings or None")
    twice = table.duplicated()
    if twice.any():
        choices = table[twice].iloc[0].to_dict()
        raise ModelInputError(
            f"spec_grid: {choices} occurs twice and would count twice; list each choice once"
        )
    return table


def _product(grid: Mapping[str, Sequence[Hashable]]) -> dict[str, list[Hashable]]:
    if not grid:
        raise ModelInputError("spec_grid: no dimensions; name at least one with its choices")
    for name, choices in grid.items():
        if isinstance(choices, str) or not isinstance(choices, Sequence | pd.Index | range):
            raise ModelInputError(
                f"spec_grid: {name!r} needs a list of choices; pass [{choices!r}]"
            )
        if len(choices) == 0:
            raise ModelInputError(f"spec_grid: {name!r} has no choices; list at least one")
    rows = list(itertools.product(*grid.values()))
    return {name: [row[i] for row in rows] for i, name in enumerate(grid)}


def _listed(specs: Sequence[Mapping[str, Hashable]]) -> dict[str, list[Hashable]]:
    if not isinstance(specs, Sequence) or not all(isinstance(spec, Mapping) for spec in specs):
        raise ModelInputError(
            "spec_grid: pass a dict of lists, all combinations of which are taken, or a list of "
            "dicts, one per specification"
        )
    if not specs or not specs[0]:
        raise ModelInputError("spec_grid: no specifications; list at least one")
    names = list(specs[0])
    for position, spec in enumerate(specs):
        if set(spec) != set(names):
            raise ModelInputError(
                f"spec_grid: specification {position} has choices for {sorted(spec)}, the first "
                f"one for {sorted(names)}; give all the same dimensions"
            )
    return {name: [spec[name] for spec in specs] for name in names}
