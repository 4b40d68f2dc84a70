"""Reference results, computed again with this library.

A reference result is one that somebody else has: printed in the literature, or put out by another
program. What is neither, arithmetic of this report itself, is kept here too but counted apart
(`kind`). Each area has a table (``published/<area>.csv``, one row per number, as printed, with its
source) and a module here whose ``CASES`` say how this library computes it. The
tests and the book's appendix both take their comparison from `compare_with_published`.
"""

from __future__ import annotations

import importlib
import re
import warnings
from pathlib import Path

import pandas as pd

from rebalancing.errors import ReportWarning

COLUMNS = [
    "area", "case", "quantity", "published", "decimals", "ours", "difference", "agrees", "source",
    "kind",
]  # fmt: skip

LITERATURE, PROGRAM, OWN = "literature", "program", "own"
# How the name of a source begins that is no publication.
_PROGRAMS = ("R ", "GAUSS ", "gretl ", "statsmodels", "Numerical ", "Exact ")
_OWN = "Arithmetic: "
_PRINTED = re.compile(r"\w \(\d{4}\), |, certified values$")  # author and year, or certified

FOLDER = Path(__file__).with_name("published")

# The areas in full, so that what changes in one is known to concern the appendix.
MODULES = (
    "rebalancing.oracles.arithmetic",
    "rebalancing.oracles.breaks",
    "rebalancing.oracles.cointegration",
    "rebalancing.oracles.decomposition",
    "rebalancing.oracles.forecast",
    "rebalancing.oracles.panel",
    "rebalancing.oracles.regression",
    "rebalancing.oracles.revisions",
    "rebalancing.oracles.trend",
    "rebalancing.oracles.unitroot",
)


def kind(source: str) -> str:
    """Return whose a number is by its source: ``literature``, ``program`` or ``own``.

    Args:
        source: As the tables name it.

    Raises:
        ValueError: It names neither author and year, nor a known program, nor arithmetic.
    """
    if source.startswith(_OWN):
        return OWN
    if source.startswith(_PROGRAMS):
        return PROGRAM
    if _PRINTED.search(source):
        return LITERATURE
    raise ValueError(
        f"source {source!r}: name author and year, as in 'Baltagi (2008), ...', or a program of "
        f"_PROGRAMS in {__name__}"
    )


def published(folder: Path) -> pd.DataFrame:
    """Return every published number, one row each.

    Args:
        folder: Where the tables are, `FOLDER`.

    Returns:
        Columns area, case, quantity, value, decimals (as printed), source and cut (whether the
        source cut digits off where others round).
    """
    tables = [
        pd.read_csv(path, dtype={"value": str}).assign(area=path.stem)
        for path in sorted(folder.glob("*.csv"))
    ]
    together = pd.concat(tables, ignore_index=True)
    cut = together["cut"].notna() if "cut" in together else False
    return together.assign(value=together["value"].astype(float), cut=cut)


def computed(area: str, case: str, folder: Path) -> dict[str, float]:
    """Return what this library computes for a case, by quantity.

    Args:
        area: Module of this package.
        case: A key of its ``CASES``.
        folder: Where the tables are; reference data are in its folder ``data``.

    Raises:
        KeyError: The area has no such case.
    """
    module = importlib.import_module(f"{__name__}.{area}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReportWarning)  # the samples are the authors' own
        return dict(module.CASES[case](folder / "data"))


def about(area: str) -> str:
    """Return what an area is about, the first paragraph of its module, without the full stop."""
    module = importlib.import_module(f"{__name__}.{area}")
    return " ".join((module.__doc__ or area).split("\n\n")[0].split()).rstrip(".")


def agrees(ours: float, value: float, decimals: int, *, cut: bool = False) -> bool:
    """Return whether a number, rounded as the published one, is the same.

    Args:
        ours: What this library computes.
        value: What was printed.
        decimals: Decimals that were printed.
        cut: Whether the source cut digits off where others round.
    """
    unit = 10.0**-decimals
    if cut:
        return 0 <= (ours - value) * (1 if value >= 0 else -1) < unit
    return abs(ours - value) <= 0.5 * unit * (1 + 1e-6)


def compare_with_published(folder: Path) -> pd.DataFrame:
    """Return every number of the tables beside ours.

    Args:
        folder: Where the tables are, `FOLDER`.

    Returns:
        Columns `COLUMNS`; one row per number, in the order of the tables.
    """
    rows = []
    for (area, case), group in published(folder).groupby(["area", "case"], sort=False):
        ours = computed(str(area), str(case), folder)
        for row in group.to_dict("records"):
            own = ours[row["quantity"]]
            same = agrees(own, row["value"], int(row["decimals"]), cut=bool(row["cut"]))
            whose = kind(row["source"])
            rows.append(
                row | {"ours": own, "difference": own - row["value"], "agrees": same, "kind": whose}
            )
    return pd.DataFrame(rows).rename(columns={"value": "published"})[COLUMNS]
