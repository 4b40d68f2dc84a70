"""What was forecast from which release, kept so that it can be scored when the outcomes arrive.

One file per edition, ``forecasts/<chapter>.json``, with an entry for each forecaster::

    {"economy": "CHN", "measure": "household consumption, % of GDP", "forecaster": "combination",
     "release": "unsd-ama 2024", "released": "2025-12-24", "last_year": 2024, "last_value": 39.93,
     "levels": [0.025, ...], "quantiles": {"2025": [38.6, ...], ...},
     "probabilities": [{"threshold": 45, "year": 2035, "probability": 0.21}, ...]}

A forecast was made when its release came out, not when the report was built: there is no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rebalancing.data.releases import Release
from rebalancing.files import write_json

if TYPE_CHECKING:
    from rebalancing.models.forecast import Density

LEVELS = (0.025, 0.05, *(round(0.1 * step, 1) for step in range(1, 10)), 0.25, 0.75, 0.95, 0.975)
_DECIMALS = 4
# What the log calls the combinations that were published, in order; the last is the one in use. A
# method that changes starts with rows of its own (docs/decisions/08-forecast-log.md).
METHODS = ("combination", "combination of past winners")


def entries(
    densities: Mapping[str, Density],
    observed: pd.Series,
    *,
    economy: str,
    measure: str,
    release: Release,
    thresholds: Sequence[float] = (),
    years: Sequence[int] = (),
) -> list[dict[str, Any]]:
    """Return an entry for each forecaster.

    Args:
        densities: By forecaster, of the same years.
        observed: What they rest on, by year.
        economy: Code of the economy.
        measure: What is forecast, with its unit.
        release: The release that they rest on.
        thresholds: Levels whose probability of being reached, in the year itself, is kept.
        years: The years of these probabilities.
    """
    # Models take seconds to import, and whoever reads the log needs none.
    from rebalancing.models.forecast import probability_of_reaching

    levels = sorted(LEVELS)
    return [
        {
            "economy": economy,
            "measure": measure,
            "forecaster": name,
            "release": f"{release.publisher} {release.name}",
            "released": release.date,
            "last_year": int(observed.index[-1]),
            "last_value": _rounded(observed.iloc[-1]),
            "levels": levels,
            "quantiles": {
                str(year): [_rounded(value) for value in row]
                for year, *row in density.quantiles(levels).itertuples()
            },
            "probabilities": [
                {
                    "threshold": threshold,
                    "year": year,
                    "probability": _rounded(probability_of_reaching(density, threshold, year)),
                }
                for threshold in thresholds
                for year in years
            ],
        }
        for name, density in densities.items()
    ]


def write_log(folder: Path, chapter: str, made: Sequence[Mapping[str, Any]]) -> Path:
    """Write the forecasts of a chapter, an empty list where it has none, and return the file.

    Args:
        folder: Of the edition.
        chapter: Its name, such as ``12_forecasts``.
        made: From `entries`.
    """
    return write_json(folder / "forecasts" / f"{chapter}.json", {"forecasts": list(made)})


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
