"""Numbers of pages that are no chapters, which the book computes while it is put together.

They are no recorded results, but their cards say the same of them: what is measured, in which unit,
of which years, from which release, and where it is explained how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.files import write_json

NAME = "page-numbers.json"  # beside results.json


def entry(
    key: str, shown: str, definition: str, *, unit: str, period: str, release: str, anchor: str
) -> dict[str, Any]:
    """Return a number as its card needs it.

    Args:
        key: The page and the number's own name: ``forecast-log.miss``.
        shown: The number as the page has it.
        definition: What is measured, in words.
        unit: As the card says it.
        period: The years that it is about.
        release: The release that it rests on.
        anchor: Of the cell or section of the page that explains it.
    """
    page = key.partition(".")[0]
    about = {"definition": definition, "unit": unit, "period": period, "release": release}
    return {"key": key, "text": shown, "value": None, "chapter": page, "cell": anchor, **about}


def save(entries: Sequence[Mapping[str, Any]], extra: Path) -> None:
    """Write the numbers where the pages find them."""
    write_json(extra / NAME, list(entries), durable=False)
