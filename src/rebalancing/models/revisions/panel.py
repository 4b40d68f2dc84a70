"""Revisions over many economies: how far figures move, and whether that could be foreseen.

`models.revisions` looks at one series in all its releases; here one figure of every economy is set
against what a later release says of the same year.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from scipy.stats import t as t_distribution

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEW_ECONOMIES = 20
RevisionVerdict = Literal["news", "noise", "neither", "undecided"]


def next_release(
    frame: pd.DataFrame, column: str, releases: Sequence[str], *, age: int = 0
) -> pd.DataFrame:
    """Return a figure of each release beside the next release's figure for the same year.

    The years are those that end ``age`` years before the last one of the earlier release, which is
    taken for each economy on its own: the newest figures are the ones most often revised.

    Args:
        frame: Columns release, economy, year and ``column``; each once.
        column: The figures.
        releases: Names of releases in order; each is set against the one after it.
        age: Years between the last year of the earlier release and the year that is compared.

    Returns:
        Columns economy, year, earlier, later (names of releases), before, after, revision.

    Raises:
        ModelInputError: Columns that are not there, fewer than two releases, a figure that
            occurs twice, or no figure in two releases.
    """
    lacking = [name for name in ("release", "economy", "year", column) if name not in frame]
    if lacking:
        raise ModelInputError(f"frame: no column {lacking[0]!r}; pass releases by economy and year")
    if len(releases) < 2:
        raise ModelInputError("releases: pass two at least, the older first")
    known = frame[frame[column].notna()]
    if known.duplicated(["release", "economy", "year"]).any():
        raise ModelInputError("frame: a year of an economy occurs twice in a release; choose one")
    pairs = []
    for earlier, later in pairwise(releases):
        old, new = (known[known["release"] == name] for name in (earlier, later))
        last = old.groupby("economy")["year"].transform("max")
        chosen = old[old["year"] == last - age]
        both = chosen.merge(new, on=["economy", "year"], suffixes=("_old", "_new"))
        pairs.append(
            pd.DataFrame(
                {
                    "economy": both["economy"],
                    "year": both["year"],
                    "earlier": earlier,
                    "later": later,
                    "before": both[f"{column}_old"],
                    "after": both[f"{column}_new"],
                }
            )
        )
    result = pd.concat(pairs, ignore_index=True)
    if result.empty:
        raise ModelInputError("frame: no figure is in two releases that follow one another")
    return result.assign(revision=result["after"] - result["before"])


@dataclass(frozen=True, eq=False, repr=False)
class Spread:
    """How far figures were revised, in their unit.

    Attributes:
        n: Number of revisions.
        median: Of the revisions, signed.
        median_absolute: Half of the figures moved by less.
        within: This part of the figures, ``level``, moved by no more.
        lower: Lower end of the interval that holds ``level`` of the signed revisions.
        upper: Upper end.
        level: The part that ``within`` and the interval hold.
    """

    n: int
    median: float
    median_absolute: float
    within: float
    lower: float
    upper: float
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return the attributes in one row."""
        return pd.DataFrame([vars(self)])

    def __repr__(self) -> str:
        """Say how far half and most figures moved."""
        return (
            f"Spread: {self.n} revisions, median absolute {self.median_absolute:.4g}, "
            f"{self.level:.0%} within {self.within:.4g} "
            f"({self.lower:.4g} to {self.upper:.4g} signed)"
        )


def spread(revision: pd.Series[float], level: float = 0.8) -> Spread:
    """Return quantiles of revisions, which outliers do not move.

    Args:
        revision: Signed revisions.
        level: The part of the revisions to hold, between 0 and 1.

    Raises:
        ModelInputError: Missing or infinite revisions, fewer than two, or another level.
    """
    values, part = validate.sample(revision, "revision"), validate.probability(level)
    if len(values) < 2:
        raise ModelInputError("revision: one figure has no spread; pass two at least")
    lower, median, upper = np.quantile(values, [(1 - part) / 2, 0.5, (1 + part) / 2])
    half, most = np.quantile(np.abs(values), [0.5, part])
    return Spread(
        n=len(values),
        median=float(median),
        median_absolute=float(half),
        within=float(most),
        lower=float(lower),
        upper=float(upper),
        level=part,
    )


@dataclass(frozen=True, eq=False, repr=False)
class PanelRationality:
    """Whether revisions of many economies could be foreseen within a year.

    Attributes:
        table: Rows "news" (final on preliminary) and "noise" (preliminary on final); columns
            slope, slope_se, t_stat and p_value, both of a slope of one.
        by_year: By year: n, mean and median revision, in the unit of the figures.
        n: Observations.
        economies: Number of economies.
        cautions: The warnings given, in words.
    """

    table: pd.DataFrame
    by_year: pd.DataFrame
    n: int
    economies: int
    cautions: tuple[str, ...]

    def verdict(self, level: float = 0.05) -> RevisionVerdict:
        """Return which slope of one is not rejected; "undecided" if it may be either."""
        is_news, is_noise = self.table.loc[["news", "noise"], "p_value"] >= level
        if is_news and is_noise:
            return "undecided"
        return "news" if is_news else "noise" if is_noise else "neither"

    def to_frame(self) -> pd.DataFrame:
        """Return the two regressions."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say what both regressions find."""
        lines = [
            f"  {name}: slope {row['slope']:.3f} ({row['slope_se']:.3f}), p-value "
            f"{row['p_value']:.3g} of a slope of one"
            for name, row in self.table.iterrows()
        ]
        head = f"PanelRationality: {self.n} figures of {self.economies} economies"
        return "\n".join([f"{head}, {len(self.by_year)} years: {self.verdict()}", *lines])


def rationality(figures: pd.DataFrame) -> PanelRationality:
    """Regress final on preliminary figures of many economies, and the other way round.

    Mincer and Zarnowitz (1969); Mankiw and Shapiro (1986), Survey of Current Business 66. If
    revisions are news, what came later could not be foreseen: final is preliminary plus something
    unrelated to it, a slope of one. If they are noise, preliminary is final plus something
    unrelated to that. Both can be rejected.

    Each year has an effect of its own, because economies are revised together (a pandemic year, a
    change of definitions): the slopes compare economies within a year, and the mean revision of a
    year, which such an effect takes up, is given apart. Standard errors are clustered by economy;
    they assume that what is left is unrelated between economies. Few years say little about other
    years. Use growth rates, not levels or shares.

    Args:
        figures: Columns economy, year, preliminary and final; each economy and year once.

    Raises:
        ModelInputError: Missing or infinite values, a pair twice, or fewer than 3 economies.

    Warns:
        SmallSampleWarning: Fewer than 20 economies.
    """
    lacking = [c for c in ("economy", "year", "preliminary", "final") if c not in figures]
    if lacking:
        raise ModelInputError(f"figures: no column {lacking[0]!r}; pass economy, year and both")
    if figures.duplicated(["economy", "year"]).any():
        raise ModelInputError("figures: an economy's year occurs twice; pass each once")
    for column in ("preliminary", "final"):
        validate.sample(figures[column], f"figures, {column}")
    panel = figures.set_index(["economy", "year"])[["preliminary", "final"]].sort_index()
    economies = int(panel.index.get_level_values("economy").nunique())
    if economies < 3:
        raise ModelInputError(f"figures: {economies} economies; errors clustered by economy need 3")
    cautions: tuple[str, ...] = ()
    if economies < FEW_ECONOMIES:
        text = (
            f"{economies} economies are few for errors clustered by economy ({FEW_ECONOMIES} or "
            "more are better): the tests reject too often."
        )
        warnings.warn(text, SmallSampleWarning, stacklevel=2)
        cautions = (text,)
    rows = {
        "news": _slope(panel, "final", "preliminary", economies),
        "noise": _slope(panel, "preliminary", "final", economies),
    }
    revision = (panel["final"] - panel["preliminary"]).groupby(level="year")
    return PanelRationality(
        table=pd.DataFrame.from_dict(rows, orient="index"),
        by_year=revision.agg(["count", "mean", "median"]).rename(columns={"count": "n"}),
        n=len(panel),
        economies=economies,
        cautions=cautions,
    )


def _slope(panel: pd.DataFrame, left: str, right: str, economies: int) -> dict[str, float]:
    """Return one slope within years, and the test that it is one."""
    fitted = PanelOLS(panel[left], panel[[right]], time_effects=True).fit(
        cov_type="clustered", cluster_entity=True
    )
    slope, error = float(fitted.params.iloc[0]), float(fitted.std_errors.iloc[0])
    t_stat = (slope - 1) / error
    return {
        "slope": slope,
        "slope_se": error,
        "t_stat": t_stat,
        "p_value": float(2 * t_distribution.sf(abs(t_stat), economies - 1)),
    }
