"""What economies and series are called in a comparison of releases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from rebalancing.data.tables import economies

NAMED = 4  # of a list; the rest are counted


class Names:
    """Names of economies and series, the watched economies first."""

    def __init__(self, titles: Mapping[str, str], watched: Collection[str]) -> None:
        listed = economies.catalogue()
        self._economies = dict(zip(listed["economy"], listed["name"], strict=True))
        self._titles = titles
        self._watched = watched

    def economy(self, code: str, partner: str = "") -> str:
        """Return an economy's name, and its partner's where there is one."""
        name = self._economies.get(code, code)
        other = self._economies.get(partner, partner)
        return f"{name}, {other}" if other else name

    def series(self, code: str) -> str:
        """Return the plain meaning of a series."""
        return self._titles.get(code, code)

    def row(self, row: Mapping[Any, Any]) -> str:
        """Return economy and series of a row, or the economy alone where it has no series."""
        name = self.economy(row["economy"], row.get("partner", ""))
        return f"{name}, {self.series(row['series'])}" if "series" in row else name

    def first(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the rows of watched economies first."""
        own = table["economy"].isin(self._watched)
        return pd.concat([table[own], table[~own]])

    def several(self, codes: Iterable[str], call: Callable[[str], str]) -> str:
        """Name some codes, the watched first, and count the others."""
        ordered = sorted(set(codes), key=lambda code: (code not in self._watched, code))
        return self.some(map(call, ordered))

    def some(self, names: Iterable[str]) -> str:
        """Return the first of some names, and how many more there are."""
        listed = list(names)
        more = len(listed) - NAMED
        return "; ".join([*listed[:NAMED], f"and {more:,} more"] if more > 0 else listed)
