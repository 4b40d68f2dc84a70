"""What numbers say, in a word: the word, what else it could have been, and the rule."""

from __future__ import annotations

import math
from dataclasses import dataclass


class FindingError(ValueError):
    """A number from which nothing can be found."""


@dataclass(frozen=True)
class Finding:
    """What numbers say, in a word.

    Attributes:
        word: One of ``words``.
        words: All that it could have been.
        rule: How it was decided, in words.
    """

    word: str
    words: tuple[str, ...]
    rule: str

    def __str__(self) -> str:
        return self.word


def decided(rule: str, words: tuple[str, ...], *cases: tuple[bool, str]) -> Finding:
    """Return the word of the first case that holds; the last word where none does.

    Raises:
        FindingError: A word is yes or no, which says nothing without the question: a premise is
            read by itself, as in ``benchmark.consumption.interval=outside``.
    """
    if {"yes", "no"} & set(words):
        raise FindingError(f"{', '.join(words)}: say what was found, such as 'outside', 'inside'")
    word = next((word for holds, word in cases if holds), words[-1])
    return Finding(word, words, f"{', '.join(words[:-1])} or {words[-1]}: {rule}")


def finite(*values: float) -> None:
    """Raise FindingError unless all values are finite."""
    if not all(math.isfinite(value) for value in values):
        raise FindingError(f"nothing can be found from {values}; record only what is known")
