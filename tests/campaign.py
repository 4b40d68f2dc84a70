"""What only the long campaign runs: further cases of a test, and simulations with many draws."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest


def only(kept: Any, cases: Iterable[Any]) -> list[Any]:
    """Return the cases, all but one marked for `make faults`."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if case == kept else pytest.mark.faults,
        )
        for case in cases
    ]


def draws(few: int, many: int) -> list[Any]:
    """Return the numbers of draws of a simulation, the greater one marked for `make faults`."""
    return [few, pytest.param(many, marks=pytest.mark.faults)]


def by_chance(share: float, draws: int) -> float:
    """Return how far from a share that of so many draws is once in a thousand times."""
    return 3.25 * math.sqrt(share * (1 - share) / draws)
