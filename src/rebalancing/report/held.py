"""Lists of what a table holds of each series, as the chapters on data show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rebalancing.data import releases
from rebalancing.data.views import describe
from rebalancing.report.chapter import Chapter

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Held:
    """What a chapter on data says of its tables.

    Attributes:
        chapter: The chapter.
    """

    chapter: Chapter

    def source(self, *publishers: str) -> str:
        """Return how a foot line names the newest releases of publishers."""
        newest = (self.chapter.source(publisher, releases.LATEST) for publisher in publishers)
        return "; ".join(newest)

    def save(
        self,
        name: str,
        table: pd.DataFrame,
        publishers: Sequence[str],
        *,
        title: str,
        note: str = "",
    ) -> None:
        """Save a folded table of what is held of each series of some publishers.

        Args:
            name: What the list is called.
            table: A processed table, with series, units and one of year, month and period.
            publishers: Whose descriptors say what the series mean.
            title: Of the list.
            note: What the foot line says besides its source.
        """
        titles = describe.series_titles(self.chapter.project, publishers)
        self.chapter.tables.save(
            name,
            describe.held(table, titles),
            title=title,
            release=self.source(*publishers),
            note=note,
            folded=True,
        )
