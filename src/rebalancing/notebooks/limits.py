"""How long a notebook may run, and how much it may say, before its run is ended.

A notebook's metadata may set either; a run that goes wrong should end, and a sound one should not::

    "rebalancing": {..., "limits": {"seconds": 7200, "megabytes": 50}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

_HIGHEST = 1_000_000  # eleven days, or a terabyte


@dataclass(frozen=True)
class Limits:
    """What a run may come to.

    Attributes:
        seconds: From the first cell's start to the last cell's end.
        megabytes: Everything that the cells print, show and return, in millions of bytes.
    """

    seconds: float = 3600
    megabytes: float = 20

    @classmethod
    def read(cls, declared: Any) -> Limits:
        """Return the limits that a notebook's metadata sets.

        Raises:
            ValueError: They are not limits; the message says what is allowed.
        """
        names = [field.name for field in fields(cls)]
        if not isinstance(declared, Mapping) or not declared.keys() <= set(names):
            raise ValueError(f"has `limits` {declared!r}; allowed are {' and '.join(names)}")
        for name, value in declared.items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (is_number and 0 < value <= _HIGHEST):
                raise ValueError(
                    f"has a limit of {value!r} {name}; use a number above 0, at most {_HIGHEST:,}"
                )
        return cls(**declared)
