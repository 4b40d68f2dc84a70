"""Who has raised a low share: an economy that a source lacks is not thereby no precedent."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.models.comparison import episodes

DESCRIBED = pd.DataFrame(
    [
        ("OIL", 30.0, 5e7, 2.0),
        ("MAKER", 42.0, 5e7, 80.0),
        ("HIGH", 60.0, 5e7, 80.0),
        ("SMALL", 42.0, 5e5, 80.0),
        ("TWN", 41.0, 2e7, float("nan")),
        ("UNKNOWN", 41.0, 2e7, float("nan")),
    ],
    columns=["economy", "start_share", "people", "manufactures"],
)


@pytest.mark.parametrize(
    ("unlisted", "expected"), [((), ["MAKER"]), (("TWN", "OIL"), ["MAKER", "TWN"])]
)
def test_an_economy_whose_exports_nobody_publishes_is_not_left_out(
    unlisted: tuple[str, ...], expected: list[str]
) -> None:
    found = episodes.precedents(DESCRIBED, below=45, people=1e7, manufactures=50, unlisted=unlisted)
    assert list(found["economy"]) == expected
