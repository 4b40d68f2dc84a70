"""Answers that take a moment to find, and that somebody may remember.

Whoever can be asked the same twice takes an `Ask`: it gets the question, all that the answer
depends on beside our code, and a function that finds the answer. Here it is always found `anew`;
`rebalancing.book.kept` remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ask = Callable[[str, Callable[[], Any]], Any]


def anew(_: str, answer: Callable[[], Any]) -> Any:
    """Find an answer."""
    return answer()
