"""The data of figures carry names of economies, what is measured and who published it."""

from __future__ import annotations

import csv
from pathlib import Path

from rebalancing.book.pages import named_data

NAMES = {"CHN": "China", "USA": "United States"}
PASSPORT = {"subtitle": "Consumption, % of GDP", "release": "Nobody, accounts"}


def test_codes_of_columns_and_of_rows_become_names() -> None:
    assert named_data.named("year,CHN,trend\n2024,39.9,\n", PASSPORT, NAMES).splitlines() == [
        "year,China,trend,measure,source",
        '2024,39.9,,"Consumption, % of GDP","Nobody, accounts"',
    ]
    rows = named_data.named(",gap\nUSA,1\nothers,2\n", PASSPORT, NAMES).splitlines()
    assert [row.split(",")[0] for row in rows] == ["what", "United States", "others"]


def test_each_figure_of_a_site_has_them_beside_its_own_data(made_up_site: Path) -> None:
    own = sorted(made_up_site.glob("figures/*/*.png"))
    assert own
    for path in own:
        with path.with_suffix(".csv").open() as stream:
            drawn = list(csv.reader(stream))
        with path.with_name(f"{path.stem}{named_data.SUFFIX}").open() as stream:
            named = list(csv.reader(stream))
        assert [row[1:-2] for row in named[1:]] == [row[1:] for row in drawn[1:]]
        assert all(row[-1].startswith("Nobody") for row in named[1:])
