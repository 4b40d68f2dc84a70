"""One way to record: what the numbers of a cell have in common is said once.

A chapter makes a recorder for its subject, and others from it where something differs::

    record = chapter.recorder("consumption", unit="% of GDP", release=source)
    record("share.latest", 39.9, "Household consumption, current prices", period=2024)

    of_slope = record.using(unit="percentage points a year", period=2024)
    of_slope.interval("hp.slope", (0.05, -0.2, 0.3), "Slope of the trend", level=0.95)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rebalancing.report.findings import Finding
from rebalancing.report.results import Result, ResultError, Results
from rebalancing.report.text import BOUNDS, FINDING


@dataclass(frozen=True)
class Recorder:
    """Records numbers of one subject.

    Attributes:
        results: Where they go.
        subject: What their keys begin with, such as ``consumption``; may be empty.
        unit: Their unit, unless said otherwise.
        period: Their year or span, unless said otherwise.
        release: The release that they rest on, unless said otherwise.
    """

    results: Results
    subject: str = ""
    unit: str = ""
    period: str | int = ""
    release: str = ""

    def using(
        self, *, unit: str = "", period: str | int = "", release: str = "", subject: str = ""
    ) -> Recorder:
        """Return a recorder with another unit, period or release, or for a part of the subject.

        Args:
            unit: Takes the place of this one's unit.
            period: Takes the place of this one's period.
            release: Takes the place of this one's release.
            subject: Follows this one's subject: ``hp`` makes ``consumption`` ``consumption.hp``.
        """
        return replace(
            self,
            subject=".".join(filter(None, (self.subject, subject))),
            unit=unit or self.unit,
            period=period or self.period,
            release=release or self.release,
        )

    def __call__(
        self,
        key: str,
        value: float | str | None,
        definition: str,
        *,
        unit: str = "",
        period: str | int = "",
        release: str = "",
    ) -> Result:
        """Record one number and return it.

        Args:
            key: Follows the subject: ``share.latest`` makes ``consumption.share.latest``.
            value: A finite number, unrounded; None where the publisher has no figure.
            definition: What is measured, in words.
            unit: A unit of `rebalancing.report.text`; the recorder's if not given.
            period: The year or span that the number is about; the recorder's if not given.
            release: The release that it rests on; the recorder's if not given.

        Raises:
            ResultError: Unit, period or release is given neither here nor by the recorder, or the
                key is not of the right form.
            UnitError: The unit is unknown or the value not finite.
        """
        whole = ".".join(filter(None, (self.subject, key)))
        said = {
            "unit": unit or self.unit,
            "period": str(period) or str(self.period),
            "release": release or self.release,
        }
        for name, words in said.items():
            if not words:
                raise ResultError(f"{whole}: say its {name}, here or where its recorder is made")
        return self.results.record(whole, value, definition=definition, **said)

    def finding(
        self,
        key: str,
        found: Finding,
        definition: str,
        *,
        period: str | int = "",
        release: str = "",
    ) -> Result:
        """Record what numbers say, and return it.

        Args:
            key: As for a number.
            found: The word, and how it was decided.
            definition: What it is about, in words; the rule is added.
            period: As for one number.
            release: As for one number.

        Raises:
            ResultError: As for one number.
        """
        what = f"{definition} ({found.rule})"
        return self(key, found.word, what, unit=FINDING, period=period, release=release)

    def interval(
        self,
        key: str,
        values: Sequence[float],
        definition: str,
        *,
        level: float,
        unit: str = "",
        period: str | int = "",
        release: str = "",
    ) -> Result:
        """Record an estimate with its interval and return the estimate.

        Args:
            key: That of the estimate; ``.lower`` and ``.upper`` follow it for the bounds.
            values: The estimate, the lower and the upper bound.
            definition: What is estimated, in words; the interval's level is added.
            level: Probability that the interval is meant to cover, between 0 and 1.
            unit: As for one number.
            period: As for one number.
            release: As for one number.

        Raises:
            ResultError: As for one number.
            ValueError: The values are not three.
        """
        record = self.using(unit=unit, period=period, release=release)
        recorded = [
            record(f"{key}{bound}", value, f"{definition}, {level:.0%} interval")
            for bound, value in zip(BOUNDS, values, strict=True)
        ]
        return recorded[0]

    def each(
        self,
        key: str,
        values: Mapping[str, float],
        definition: str,
        *,
        unit: str = "",
        period: str | int = "",
        release: str = "",
    ) -> dict[str, Result]:
        """Record several measures of one thing, such as quantiles, and return them by name.

        Args:
            key: What their keys share; the measure's name follows: ``share.2035.median``.
            values: The measures by name.
            definition: What is measured, in words; the measure's name is added.
            unit: As for one number.
            period: As for one number.
            release: As for one number.

        Raises:
            ResultError: As for one number.
        """
        record = self.using(unit=unit, period=period, release=release)
        return {
            name: record(
                ".".join(filter(None, (key, name))),
                value,
                f"{definition}, {name.replace('_', ' ').replace('.', ' ')}",
            )
            for name, value in values.items()
        }
