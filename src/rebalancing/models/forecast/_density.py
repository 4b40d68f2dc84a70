"""Forecast densities: normal, and mixtures of densities.

A density holds the marginal distribution of each horizon and, in its covariance, how horizons move
together. Horizons count periods from 1; labels continue those of the sample.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError

SHOWN_LEVELS = (0.5, 0.8, 0.95)


class Density(ABC):
    """The distribution of future values, one row per horizon."""

    index: pd.Index
    cautions: tuple[str, ...]

    @property
    @abstractmethod
    def mean(self) -> pd.Series[float]:
        """Expected value by label, in units of y."""

    @property
    @abstractmethod
    def std(self) -> pd.Series[float]:
        """Standard deviation by label, in units of y."""

    @abstractmethod
    def paths(self, draws: int = 10_000, seed: int = 0) -> FloatArray:
        """Return joint draws of all horizons, draws by horizon."""

    @abstractmethod
    def rescaled(self, factors: FloatArray, centre: FloatArray | None = None) -> Density:
        """Return the density stretched about a centre, its mean by default, by horizon."""

    @abstractmethod
    def _below(self, x: FloatArray) -> FloatArray:
        """Return the probability of at most x, which broadcasts against horizons on axis 0."""

    @abstractmethod
    def _at_least(self, x: FloatArray) -> FloatArray:
        """Return the probability of at least x by horizon."""

    @abstractmethod
    def _quantiles(self, levels: FloatArray) -> FloatArray:
        """Return horizons by levels."""

    @property
    def horizon(self) -> int:
        """Number of periods ahead."""
        return len(self.index)

    def quantiles(self, levels: Sequence[float]) -> pd.DataFrame:
        """Return quantiles in units of y, labels by level.

        Raises:
            ModelInputError: No level, or one that is not between 0 and 1.
        """
        checked = [validate.probability(level, "levels") for level in levels]
        if not checked:
            raise ModelInputError("levels: none given; pass for example [0.1, 0.5, 0.9]")
        columns = pd.Index(checked, name="level")
        return pd.DataFrame(self._quantiles(np.array(checked)), self.index, columns)

    @property
    def median(self) -> pd.Series[float]:
        """The value that is exceeded with a probability of one half, by label, in units of y."""
        return pd.Series(self._quantiles(np.array([0.5]))[:, 0], self.index)

    def interval(self, level: float) -> pd.DataFrame:
        """Return the central interval that is to cover each value, columns lower and upper.

        Args:
            level: Probability to cover, such as 0.8.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        tail = (1 - validate.probability(level)) / 2
        bounds = self._quantiles(np.array([tail, 1 - tail]))
        return pd.DataFrame(bounds, self.index, ["lower", "upper"])

    def cdf(self, h: int, x: float) -> float:
        """Return the probability of at most ``x`` at ``h`` periods ahead.

        Raises:
            ModelInputError: A horizon outside the density, or an x that is not finite.
        """
        position = self._position(h)
        value = np.full((self.horizon, 1), validate.number(x, "x"))
        return float(self._below(value)[position, 0])

    def at_least(self, h: int, x: float) -> float:
        """Return the probability of ``x`` or more at ``h`` periods ahead.

        Raises:
            ModelInputError: A horizon outside the density, or an x that is not finite.
        """
        position = self._position(h)
        value = np.full((self.horizon, 1), validate.number(x, "x"))
        return float(self._at_least(value)[position, 0])

    def to_frame(self, levels: Sequence[float] = SHOWN_LEVELS) -> pd.DataFrame:
        """Return one row per label: mean, std and the bounds of central intervals."""
        table = pd.DataFrame({"mean": self.mean, "std": self.std})
        for level in levels:
            bounds = self.interval(level)
            table[f"lower_{100 * level:g}"] = bounds["lower"]
            table[f"upper_{100 * level:g}"] = bounds["upper"]
        return table

    def __repr__(self) -> str:
        """Say which periods are forecast and what is expected at the end."""
        lower, upper = self.interval(0.8).iloc[-1]
        return (
            f"{type(self).__name__}: {self.horizon} periods, {validate.span(self.index)}\n"
            f"  at the end: mean {self.mean.iloc[-1]:.6g}, 80% interval {lower:.6g} to {upper:.6g}"
        )

    def _position(self, h: int) -> int:
        if isinstance(h, bool) or int(h) != h or not 1 <= h <= self.horizon:
            raise ModelInputError(
                f"h: {h!r} is not a horizon of this density; pass 1 to {self.horizon}"
            )
        return int(h) - 1

    def _factors(self, factors: FloatArray) -> FloatArray:
        values = np.broadcast_to(np.asarray(factors, dtype=float), (self.horizon,))
        if not (np.isfinite(values) & (values > 0)).all():
            raise ModelInputError(
                "factors: must be positive and finite, one in all or one per horizon"
            )
        return values


@dataclass(frozen=True, eq=False, repr=False)
class NormalDensity(Density):
    """Normal at each horizon and jointly.

    Attributes:
        centre: Mean by label, in units of y.
        covariance: Horizons by horizons, in units of y squared.
        cautions: The warnings given when it was made, in words.
    """

    centre: pd.Series[float]
    covariance: FloatArray
    cautions: tuple[str, ...] = ()

    @property
    def index(self) -> pd.Index:  # type: ignore[override]
        """Labels of the horizons."""
        return self.centre.index

    @property
    def mean(self) -> pd.Series[float]:
        """Expected value by label, in units of y."""
        return self.centre.rename("mean")

    @property
    def std(self) -> pd.Series[float]:
        """Standard deviation by label, in units of y."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), self.index, name="std")

    def paths(self, draws: int = 10_000, seed: int = 0) -> FloatArray:
        """Return joint draws of all horizons, draws by horizon."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0))
        shocks = np.random.default_rng(seed).standard_normal((draws, self.horizon))
        return np.asarray(self.centre.to_numpy() + shocks @ root.T)

    def rescaled(self, factors: FloatArray, centre: FloatArray | None = None) -> NormalDensity:
        """Return the density stretched about a centre, its mean by default, by horizon."""
        by = self._factors(factors)
        mean = self.centre
        if centre is not None:
            mean = pd.Series(centre + by * (mean.to_numpy() - centre), self.index)
        return NormalDensity(mean, self.covariance * np.outer(by, by), self.cautions)

    def _standard(self, x: FloatArray) -> FloatArray:
        spread = np.sqrt(np.diag(self.covariance))
        return np.asarray((x - self.centre.to_numpy()[:, None]) / spread[:, None])

    def _below(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(self._standard(x)))

    def _at_least(self, x: FloatArray) -> FloatArray:
        return np.asarray(ndtr(-self._standard(x)))

    def _quantiles(self, levels: FloatArray) -> FloatArray:
        return np.asarray(
            self.centre.to_numpy()[:, None] + np.outer(self.std.to_numpy(), ndtri(levels))
        )


@dataclass(frozen=True, eq=False, repr=False)
class MixtureDensity(Density):
    """A linear pool: one of several densities holds, with given probabilities.

    Attributes:
        parts: Densities with the same labels.
        weights: Their probabilities.
        cautions: Those of the parts, each once.
    """

    parts: tuple[Density, ...]
    weights: FloatArray
    cautions: tuple[str, ...] = ()

    @property
    def index(self) -> pd.Index:  # type: ignore[override]
        """Labels of the horizons."""
        return self.parts[0].index

    @property
    def mean(self) -> pd.Series[float]:
        """Expected value by label, in units of y."""
        return pd.Series(self.weights @ self._means, self.index, name="mean")

    @property
    def std(self) -> pd.Series[float]:
        """Standard deviation by label, in units of y: spread within and between the parts."""
        between = self._means - self.mean.to_numpy()
        return pd.Series(
            np.sqrt(self.weights @ (self._stds**2 + between**2)), self.index, name="std"
        )

    @property
    def _means(self) -> FloatArray:
        return np.stack([part.mean.to_numpy() for part in self.parts])

    @property
    def _stds(self) -> FloatArray:
        return np.stack([part.std.to_numpy() for part in self.parts])

    def paths(self, draws: int = 10_000, seed: int = 0) -> FloatArray:
        """Return joint draws of all horizons, draws by horizon."""
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(draws, self.weights)
        seeds = rng.integers(2**32, size=len(self.parts))
        drawn = [
            part.paths(int(count), int(own))
            for part, count, own in zip(self.parts, counts, seeds, strict=True)
        ]
        return rng.permutation(np.concatenate(drawn), axis=0)

    def rescaled(self, factors: FloatArray, centre: FloatArray | None = None) -> MixtureDensity:
        """Return the density stretched about a centre, its mean by default, by horizon."""
        about = np.asarray(self.mean, dtype=float) if centre is None else centre
        by = self._factors(factors)
        parts = tuple(part.rescaled(by, about) for part in self.parts)
        return MixtureDensity(parts, self.weights, self.cautions)

    def _below(self, x: FloatArray) -> FloatArray:
        each = np.stack([part._below(x) for part in self.parts])
        return np.asarray(np.tensordot(self.weights, each, axes=1))

    def _at_least(self, x: FloatArray) -> FloatArray:
        each = np.stack([part._at_least(x) for part in self.parts])
        return np.asarray(np.tensordot(self.weights, each, axes=1))

    def _quantiles(self, levels: FloatArray) -> FloatArray:
        """Bisect between the parts' quantiles, which enclose that of the mixture."""
        each = [part._quantiles(levels) for part in self.parts]
        lower, upper = np.min(each, axis=0), np.max(each, axis=0)
        for _ in range(80):
            middle = (lower + upper) / 2
            enough = self._below(middle) >= levels
            lower, upper = np.where(enough, lower, middle), np.where(enough, middle, upper)
        return np.asarray(upper)
