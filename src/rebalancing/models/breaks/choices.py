"""How tests for breaks depend on choices that nobody can make for sure."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rebalancing.models import validate
from rebalancing.models.breaks._regression import Covariance
from rebalancing.models.breaks.multiple import SIGNIFICANCE, bai_perron
from rebalancing.models.breaks.resampling import number_by_ud_max
from rebalancing.models.warnings import IntegratedSeriesWarning, SmallSampleWarning

TRIMS = (0.10, 0.15, 0.20)
# In words, and for `breaks.bai_perron`.
ERRORS: dict[str, Covariance] = {
    "HAC, prewhitened": "hac",
    "HAC": "hac unwhitened",
    "robust to variances": "robust",
    "equal variances": "homoskedastic",
}
SHORTEST = 4


@dataclass(frozen=True, eq=False, repr=False)
class BreakChoices:
    """Tests for breaks in a mean under several choices.

    Attributes:
        table: One row per choice: trim (part of the sample), errors (words), shortest
            (observations of the shortest regime), sup_f (of one break), sup_f_critical, ud_max,
            ud_max_critical (5%), sequential, by_ud_max, bic, lwz (numbers of breaks by each rule),
            first_break (label of the best single break).
        left_out: Trims for which regimes would be too short.
    """

    table: pd.DataFrame
    left_out: tuple[float, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per choice."""
        return self.table

    def __repr__(self) -> str:
        """Say how many breaks the choices find."""
        counts = self.table["sequential"].value_counts().sort_index()
        found = ", ".join(f"{number} breaks in {count}" for number, count in counts.items())
        return f"BreakChoices: {len(self.table)} choices; sequential tests find {found}"


def breaks_by_choice(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray,
) -> BreakChoices:
    """Test for breaks in a mean with several shortest regimes and variances of the errors.

    The tests are those of `breaks.bai_perron`, with its assumptions. Choices under which a regime
    could have fewer than four observations are left out.

    Args:
        y: By time, without gaps; at least 20 observations, in any unit.

    Raises:
        ModelInputError: Data that cannot be used.
    """
    data = validate.time_series(y, at_least=20)
    usable = [trim for trim in TRIMS if int(trim * len(data) + 1e-9) >= SHORTEST]
    rows = [_row(data, trim, words) for trim in usable for words in ERRORS]
    left_out = tuple(trim for trim in TRIMS if trim not in usable)
    return BreakChoices(pd.DataFrame(rows), left_out)


def _row(data: pd.Series[float], trim: float, words: str) -> dict[str, Any]:
    """Return the results under one choice."""
    with warnings.catch_warnings():  # the same warnings for every choice
        warnings.simplefilter("ignore", SmallSampleWarning)
        warnings.simplefilter("ignore", IntegratedSeriesWarning)
        found = bai_perron(data, trim=trim, covariance=ERRORS[words])
    limits = found.critical_values[SIGNIFICANCE]
    return {
        "trim": trim,
        "errors": words,
        "shortest": int(trim * len(data) + 1e-9),
        "sup_f": float(found.sup_f[1]),
        "sup_f_critical": float(limits.loc[("sup_f", 1)]),
        "ud_max": found.ud_max,
        "ud_max_critical": float(limits.loc[("ud_max", 0)]),
        "sequential": found.n_breaks,
        "by_ud_max": number_by_ud_max(found),
        "bic": int(found.bic.to_numpy().argmin()),
        "lwz": int(found.lwz.to_numpy().argmin()),
        "first_break": data.index[found.partitions[1][0] - 1],
    }
