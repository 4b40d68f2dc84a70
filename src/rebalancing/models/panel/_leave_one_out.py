"""How a cross-country benchmark fares when each economy is left out in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.panel._benchmark import Design, Prepared, intervals, prepare


@dataclass(frozen=True, eq=False, repr=False)
class LeaveOneOut:
    """A benchmark estimated without each of the other economies in turn.

    Attributes:
        design: What was regressed on what; the economy of interest was never estimated on.
        params: One row per economy left out; coefficients of x, in units of y per unit of x.
        errors: One row per economy left out and year, predicted by the rest: actual, predicted,
            se_parameters, se_total, lower, upper, gap (the prediction error), outside.
        coverage: Share of these observations inside their prediction intervals.
        coverage_se: Its standard error: the years of an economy count as one observation.
        level: The share that is meant to be inside.
        predicted: Years of the economy of interest by economy left out: its predicted value.
        moves: The same, less the prediction with all others. In units of y.
    """

    design: Design
    params: pd.DataFrame
    errors: pd.DataFrame
    coverage: float
    coverage_se: float
    level: float
    predicted: pd.DataFrame
    moves: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row per economy left out, the most influential first.

        Columns n (years), mean_error, rmse, coverage, largest_move (of the predicted value of the
        economy of interest, with its sign), and the coefficients without the economy.
        """
        by_economy = self.errors.groupby(level=0, sort=False)
        largest = self.moves.abs().idxmax().to_dict()
        table = pd.DataFrame(
            {
                "n": by_economy.size(),
                "mean_error": by_economy["gap"].mean(),
                "rmse": np.sqrt((self.errors["gap"] ** 2).groupby(level=0, sort=False).mean()),
                "coverage": 1 - by_economy["outside"].mean(),
                "largest_move": {name: self.moves[name][year] for name, year in largest.items()},
            }
        ).join(self.params)
        return table.sort_values("largest_move", key=np.abs, ascending=False)

    def __repr__(self) -> str:
        """Say what intervals covered and who moves the benchmark most."""
        first = self.to_frame().iloc[0]
        return (
            f"LeaveOneOut: {len(self.params)} economies left out in turn\n"
            f"  {100 * self.level:g}% prediction intervals covered {100 * self.coverage:.1f}% "
            f"(s.e. {100 * self.coverage_se:.1f}) of {len(self.errors)} observations\n"
            f"  the prediction for {self.design.economy} moves most without "
            f"{validate.label(first.name)}: by {first['largest_move']:.3g}"
        )


def leave_one_out(data: pd.DataFrame, design: Design, *, level: float = 0.95) -> LeaveOneOut:
    """Estimate a benchmark again without each other economy, and predict that economy.

    Every economy is predicted as `benchmark` predicts the economy of interest, by the rest, with
    an interval from the rest's own variances. The share inside says whether the intervals can be
    believed; it rests on as many observations as there are economies, since the errors of an
    economy's years go together. All other economies are treated alike: where economies form
    regions with common deviations, leave the region out instead.

    Args:
        data: As for `benchmark`.
        design: What is regressed on what; its economy of interest is never estimated on.
        level: Probability to cover.

    Raises:
        ModelInputError: Data or options that cannot be used as they are.
    """
    probability = validate.probability(level)
    prepared = prepare(data, design)
    model = prepared.model
    slopes = model.back[-len(prepared.names) :]
    fit = model.estimate()
    errors = _errors(prepared, design.year_column, probability)
    inside = 1 - errors["outside"].groupby(level=0, sort=False).mean()
    weights = errors.groupby(level=0, sort=False).size() / len(errors)
    coverage = float(np.dot(weights, inside))
    names = pd.Index(model.economies, name=design.economy_column)
    years = pd.Index(prepared.own[design.year_column], name=design.year_column)
    predicted = pd.DataFrame(prepared.own_rows @ fit.jackknife.T, years, names)
    return LeaveOneOut(
        design=design,
        params=pd.DataFrame(fit.jackknife @ slopes.T, names, prepared.names),
        errors=errors,
        coverage=coverage,
        coverage_se=float(np.sqrt(np.sum((weights * (inside - coverage)) ** 2))),
        level=probability,
        predicted=predicted,
        moves=predicted.sub(prepared.own_rows @ fit.coefficients, axis=0),
    )


def _errors(prepared: Prepared, year: str, level: float) -> pd.DataFrame:
    """Return every other economy predicted by the rest."""
    model = prepared.model
    predicted, parameters, total = np.empty((3, len(model.y)))
    for position in range(len(model.economies)):
        rows = model.owner == position
        found = model.estimate(position).predict(model.design[rows])
        predicted[rows], parameters[rows], total[rows] = found
    table = intervals(model.y, predicted, total, level, prepared.df - 1, se_parameters=parameters)
    names, years = model.economies.take(model.owner), prepared.others[year]
    return table.set_index(pd.MultiIndex.from_arrays([names, years], names=[names.name, year]))
