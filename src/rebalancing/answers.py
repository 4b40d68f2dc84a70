"""Answers that take a moment to find, and that somebody may remember.

Whoever can be asked the same twice takes an `Ask`: it gets the question, all that the answer
depends on beside our code, and a function that finds the answer. Where it depends on more that only
finding it shows, the answer names that, and a second function says whether it is still so. Here it
is always found `anew`; `rebalancing.book.kept` remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


def always(_: Any) -> bool:
    """Say that an answer holds."""
    return True


class Ask(Protocol):
    """Whom to ask."""

    def __call__(
        self, question: str, answer: Callable[[], Any], holds: Callable[[Any], bool] = always
    ) -> Any:
        """Return the answer to a question, found or remembered.

        Args:
            question: All that the answer depends on.
            answer: Finds it.
            holds: Says whether one that is remembered still holds.
        """


def anew(question: str, answer: Callable[[], Any], holds: Callable[[Any], bool] = always) -> Any:
    """Find an answer."""
    return answer()
