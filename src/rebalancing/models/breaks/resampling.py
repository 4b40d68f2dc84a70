"""Tests for breaks judged by resampling, for samples too short for their critical values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.breaks import _inputs as inputs
from rebalancing.models.breaks import critical_values as printed
from rebalancing.models.breaks import many_means as many
from rebalancing.models.breaks._result import Breaks
from rebalancing.models.breaks.multiple import MOST_BREAKS, SIGNIFICANCE, TRIM
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEWEST_BLOCKS = 8


@dataclass(frozen=True, eq=False, repr=False)
class ResampledTests:
    """Tests for breaks in a mean, with p-values from samples without breaks.

    Attributes:
        tests: Rows "supF(1)" and "UDmax"; columns statistic, critical_value (asymptotic, 5%),
            p_value (from the samples), size (share of samples without a break in which the
            statistic is beyond the critical value, from 0 to 1; it should be 0.05).
        draws: Number of samples.
        block_length: Neighbouring observations whose deviations get one common sign.
        seed: Of the random numbers.
        n: Number of observations.
        cautions: The warnings given, in words.
    """

    tests: pd.DataFrame
    draws: int
    block_length: int
    seed: int
    n: int
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per test."""
        return self.tests

    def __repr__(self) -> str:
        """Say what was tested, with which result."""
        rows = [
            f"  {name}: {row['statistic']:.2f} (5%: {row['critical_value']:.2f}), p "
            f"{row['p_value']:.3f}, size {row['size']:.2f}"
            for name, row in self.tests.iterrows()
        ]
        return "\n".join(
            [f"ResampledTests: {self.n} observations, {self.draws} samples, blocks of "
             f"{self.block_length}", *rows]
        )  # fmt: skip


def resample(
    y: pd.Series[float] | Sequence[float] | FloatArray,
    *,
    trim: float = TRIM,
    draws: int = 1999,
    block_length: int | None = None,
    seed: int = 0,
) -> ResampledTests:
    """Judge supF(1) and UDmax of `breaks.bai_perron` for a mean by samples that have no breaks.

    Deviations from the mean keep their size and place, and blocks of neighbours get a common random
    sign: the wild bootstrap (Hansen 2000, Journal of Econometrics 97, for tests of breaks; with
    dependence Shao 2010, Journal of the American Statistical Association 105). The p-value is the
    share of samples with as large a statistic, the observed sample included. In some fifty
    observations the asymptotic critical values of HAC tests reject far too often; the column
    ``size`` says how often. The null has one mean: do not use it for levels with a unit root.

    Args:
        y: By time, without gaps; at least 20 observations, in any unit.
        trim: Shortest regime as a part of the sample, as for `breaks.bai_perron`.
        draws: Samples, 99 or more.
        block_length: None: T^(1/3), rounded.
        seed: Of the random numbers.

    Raises:
        ModelInputError: Data or an option that cannot be used.

    Warns:
        SmallSampleWarning: Fewer than 8 blocks, which have few arrangements of signs.
    """
    data = validate.time_series(y, at_least=20)
    values = validate.sample(data)
    n = len(values)
    if draws < 99:
        raise ModelInputError(f"draws: {draws} are too few for a p-value; use 99 or more")
    block = round(n ** (1 / 3)) if block_length is None else block_length
    if not 1 <= block <= n // 2:
        raise ModelInputError(f"block_length: {block} is not from 1 to {n // 2}; pass one that is")
    most = inputs.most_breaks("sequential", MOST_BREAKS, trim, 1)
    shortest = int(trim * n + 1e-9)
    own = many.statistics(values[None], shortest, most)[0]
    generator = np.random.default_rng(seed)
    signs = generator.choice([-1.0, 1.0], (draws, -(-n // block))).repeat(block, axis=1)[:, :n]
    deviations = (values - values.mean()) * signs
    under_null = many.statistics(deviations, shortest, most)
    critical = printed.critical_values(1, trim, most)[SIGNIFICANCE]
    limits = np.array([critical.loc[("sup_f", 1)], critical.loc[("ud_max", 0)]])
    tests = pd.DataFrame(
        {
            "statistic": own,
            "critical_value": limits,
            "p_value": (1 + (under_null >= own).sum(axis=0)) / (draws + 1),
            "size": (under_null > limits).mean(axis=0),
        },
        index=pd.Index(["supF(1)", "UDmax"], name="test"),
    )
    return ResampledTests(tests, draws, block, seed, n, _cautions(n // block))


def number_by_ud_max(found: Breaks) -> int:
    """Return the number of breaks by the strategy for breaks that offset each other.

    Bai and Perron (2003), section 5: where UDmax says that there is any break, supF(1) is passed
    over, and the number is the first l from 1 with supF(l + 1 | l) not significant.

    Args:
        found: What `breaks.bai_perron` returns.
    """
    limits = found.critical_values[SIGNIFICANCE]
    if not found.ud_max > limits.loc[("ud_max", 0)]:
        return 0
    for number in found.sequential.index[1:]:
        if not found.sequential[number] > limits.loc[("sequential", number)]:
            return int(number) - 1
    return int(found.sequential.index[-1])


def _cautions(blocks: int) -> tuple[str, ...]:
    """Warn of few blocks, and return the warning in words."""
    if blocks >= FEWEST_BLOCKS:
        return ()
    text = f"{blocks} blocks have few arrangements of signs: p-values are rough."
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
