"""Whether a series looks integrated: unit-root tests in levels and in changes, read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from rebalancing.models import validate
from rebalancing.models.unitroot.result import Terms
from rebalancing.models.unitroot.univariate import (
    FEWEST_OBSERVATIONS,
    LagChoice,
    battery,
)

# What is tested, and the deterministic terms of the tests.
FORMS: dict[str, Terms] = {"level": "c", "level, with trend": "ct", "change": "c"}
UNIT_ROOT, STATIONARY = "unit root", "stationary"
NEITHER, BOTH, DIFFER = "neither null rejected", "both nulls rejected", "tests differ"
# Zivot-Andrews has another null, without a break, and too large a size in short samples.
_READ = ("ADF", "DF-GLS", "Phillips-Perron")


@dataclass(frozen=True, eq=False, repr=False)
class Integration:
    """Unit-root tests of a series and of its changes.

    Attributes:
        tests: One row per form of `FORMS` and test, with the columns of `unitroot.battery`.
        readings: What the tests of each form say together; see `reading`.
        n: Number of observations of the level.
        cautions: The warnings given, each once.
    """

    tests: pd.DataFrame
    readings: dict[str, str]
    n: int
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per form and test."""
        return self.tests

    def __repr__(self) -> str:
        """Say what each form is read as."""
        read = "\n".join(f"  {form}: {words}" for form, words in self.readings.items())
        return f"Integration: {self.n} observations\n{read}"


def integration(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray, *, lags: LagChoice | None = None
) -> Integration:
    """Run the battery of unit-root tests on a level, with and without trend, and on its changes.

    The tests and their sources are those of `unitroot`. Rejections at 5% go by the critical values
    for the sample's size. With some fifty observations the tests decide little: "neither null
    rejected" is the usual reading of a persistent series, and no evidence for either side.

    Args:
        y: Observations in order, evenly spaced, at least 11, in any unit.
        lags: How lagged changes are chosen, as for `unitroot.battery`.

    Raises:
        ModelInputError: A series that cannot be used as it is.

    Warns:
        SmallSampleWarning: As `unitroot.battery` does.
    """
    data = validate.time_series(y, at_least=FEWEST_OBSERVATIONS + 1)
    of_form = {
        form: battery(data.diff().iloc[1:] if form == "change" else data, trend=trend, lags=lags)
        for form, trend in FORMS.items()
    }
    cautions = [text for tests in of_form.values() for text in tests.attrs["cautions"]]
    return Integration(
        tests=pd.concat({form: tests.assign() for form, tests in of_form.items()}, names=["form"]),
        readings={form: reading(tests) for form, tests in of_form.items()},
        n=len(data),
        cautions=tuple(dict.fromkeys(cautions)),
    )


def reading(tests: pd.DataFrame) -> str:
    """Return what tests with both null hypotheses allow to say together.

    Args:
        tests: What `unitroot.battery` returns. Zivot-Andrews is left aside: its null has no break,
            and in short samples it rejects too often.

    Returns:
        "unit root": no test rejects the unit root, and KPSS rejects stationarity. "stationary": all
        reject the unit root, and KPSS does not reject stationarity. "neither null rejected": the
        data fit either. "both nulls rejected": they fit neither, as with breaks or long memory.
        "tests differ": some tests reject the unit root and some do not.
    """
    rejects = tests["rejects"]
    rejected, kpss = [bool(rejects[test]) for test in _READ], bool(rejects["KPSS"])
    if any(rejected) and not all(rejected):
        return DIFFER
    if all(rejected):
        return BOTH if kpss else STATIONARY
    return UNIT_ROOT if kpss else NEITHER
