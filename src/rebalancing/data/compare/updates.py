"""Judge a release that is about to join data/raw, however it came: fetched or imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.releases import Release, descriptor
from rebalancing.errors import DataError
from rebalancing.project import Project

if TYPE_CHECKING:
    from rebalancing.data.compare.judge import Judgement


class StoppedError(DataError):
    """A release to be imported changes too much to be taken in without a reason."""


@dataclass(frozen=True)
class Judged:
    """How a new release compares with the newest one held."""

    old: str
    identical: bool
    judgement: Judgement

    @property
    def line(self) -> str:
        """The judgement in a part of a line."""
        severity, reasons = self.judgement.severity, self.judgement.reasons
        if not reasons:
            return f"changes since {self.old}: {severity}"
        more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        return f"changes since {self.old}: {severity}, {reasons[0]}{more}"


def judge_release(project: Project, staged: Path) -> Judged | None:
    """Return the judgement on a release that is not in data/raw yet; None if it is the first."""
    from rebalancing.data.compare import judge  # slow to import, and commands that compare are few
    from rebalancing.data.compare.comparison import compare_releases

    new = Release.read(staged)
    if new.publisher not in releases.publishers(project):
        return None
    comparison = compare_releases(releases.resolve(project, new.publisher), new)
    judgement = judge.judge(comparison, judge.read_thresholds(project))
    return Judged(comparison.old, comparison.identical, judgement)


def record(staged: Path, judgement: Judgement, reason: str, day: str) -> None:
    """Write into a release why, and on which day, it was accepted although it was stopped."""
    package: dict[str, Any] = Release.read(staged).descriptor
    package["accepted"] = {
        "date": day,
        "reason": reason.strip(),
        "severity": judgement.severity,
        "despite": list(judgement.reasons),
    }
    files.write_json(staged / descriptor.FILE, package)


def review(project: Project, accept: str | None) -> Callable[[Path], None]:
    """Return what looks at each release that an import brings, before it is put into place.

    A release is judged as an update where it is newer than all that are held of its publisher; an
    older one fills up history, and changes nothing that a study uses by default.

    Args:
        project: Where data/raw is.
        accept: Why a release is right that would be stopped.

    Raises:
        StoppedError: (what is returned) A release is stopped and there is no reason to accept it.
    """

    def look(staged: Path) -> None:
        new = Release.read(staged)
        if new.publisher not in releases.publishers(project):
            return
        if new.date <= releases.resolve(project, new.publisher).date:
            return
        judged = judge_release(project, staged)
        if judged is None or not judged.judgement.stops:
            return
        if accept is None:
            raise StoppedError(
                f"{new.publisher} {new.name} was not imported ({judged.line}); if it is right, "
                f"add it with: rebalancing data import FOLDER --publisher {new.publisher} "
                "--accept REASON"
            )
        record(staged, judged.judgement, accept, date.today().isoformat())

    return look
