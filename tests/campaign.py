"""Cases of one test that only the long campaign runs, because one of them shows most."""

from __future__ import annotations

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
