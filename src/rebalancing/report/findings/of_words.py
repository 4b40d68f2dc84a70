"""Findings that a model, a test or a ledger has decided: its word, with the rule said here."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing.report.findings.finding import Finding, FindingError, decided
from rebalancing.report.findings.of_numbers import either


def one_of(word: str, words: Sequence[str], rule: str) -> Finding:
    """Return a word that was decided elsewhere, by a rule that is said here.

    Args:
        word: What was decided.
        words: All that it could have been, two or more.
        rule: How it was decided, in words.

    Raises:
        FindingError: It is none of the words.
    """
    if word not in words:
        raise FindingError(f"{word!r} is none of {', '.join(words)}; declare it with the others")
    return decided(rule, tuple(words), *((word == each, each) for each in words))


def start(word: str) -> Finding:
    """Return whether a span begins at a low or a high (`rebalancing.data.views.windows`)."""
    words = ("low", "high", "neither")
    return one_of(word, words, "whether the first year has the lowest or highest value near it")


def path(ways: Sequence[str], *, are_named: bool) -> Finding:
    """Return whether a share fell, recovered and was flat between the years named for it.

    Args:
        ways: What `change` says of each leg of its path, in order.
        are_named: Whether the legs run between those years (`windows.are_named`).
    """
    recovered = are_named and list(ways) == ["falling", "rising", "flat"]
    rule = "whether it fell, rose and was flat between the named years"
    return either(recovered, rule, words=("recovered", "another"))


def unit_roots(reading: str) -> Finding:
    """Return what unit-root tests say together (`rebalancing.models.unitroot.integration`)."""
    return one_of(
        reading,
        ("unit root", "stationary", "neither null rejected", "both nulls rejected", "tests differ"),
        "whether ADF, DF-GLS and Phillips–Perron reject a unit root, and KPSS stationarity",
    )


def related(found: bool) -> Finding:
    """Return whether a bounds test finds a relation in the long run."""
    rule = "whether F, and t where it has bounds, reject that there is none"
    return either(found, rule, words=("found", "not found"))


def growth_weights(method: str) -> Finding:
    """Return how contributions to growth are weighted (`decomposition.growth_contributions`)."""
    return one_of(
        method,
        ("additive", "annual overlap"),
        "by the shares of the year before where every part has a growth rate, else not at all",
    )


def leader(name: str, names: Sequence[str], measure: str) -> Finding:
    """Return which of several comes first by a measure.

    Args:
        name: The one that does.
        names: All of them.
        measure: By what, in words: ``the lowest CRPS``.
    """
    return one_of(name, names, f"the one with {measure}")


def news_or_noise(verdict: str) -> Finding:
    """Return which regression of revisions is not rejected (`revisions.panel.rationality`)."""
    return one_of(
        verdict,
        ("news", "noise", "neither", "undecided"),
        "which slope of one is not rejected, none or both",
    )


def outcome(word: str, words: Sequence[str]) -> Finding:
    """Return what a number says of a claim under one reading.

    Args:
        word: What it says.
        words: All that it could.
    """
    return one_of(word, words, "by the rule of the ledger for one reading")


def borne_out(word: str, words: Sequence[str]) -> Finding:
    """Return what a claim is true of: what was said, another quantity, or nothing.

    Args:
        word: Which of them.
        words: All of them.
    """
    return one_of(word, words, "the first reading whose rule holds, what was said before others")


def verdict(word: str, words: Sequence[str]) -> Finding:
    """Return the verdict on a claim.

    Args:
        word: The verdict.
        words: All verdicts there are.
    """
    return one_of(word, words, "by the rule of the ledger for its reading")
