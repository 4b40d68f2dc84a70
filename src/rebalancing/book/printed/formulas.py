"""Formulas: MathML, as the pages have it, in the notation of Typst."""

from __future__ import annotations

from rebalancing.book.printed.notation import quoted
from rebalancing.book.printed.pages import Element
from rebalancing.errors import RebalancingError


class FormulaError(RebalancingError):
    """An element of MathML that the printed book does not know."""


# Signs above a letter, which Typst knows as accents.
_ACCENTS = {
    **dict.fromkeys("^ˆ", "hat"),
    **dict.fromkeys("¯‾ˉ", "macron"),
    **dict.fromkeys("~˜", "tilde"),
}


def typst(element: Element) -> str:
    """Return an element of a formula in Typst's notation, without the signs around a formula.

    Raises:
        FormulaError: There is no translation.
    """
    parts = element.elements
    match element.tag:
        case "math" | "mrow" | "mstyle" | "semantics":
            return " ".join(map(typst, parts))
        case "mi" | "mn":
            said = element.words
            is_letter = len(said) == 1 and element.attributes.get("mathvariant") != "normal"
            return said if is_letter and said.isalpha() else quoted(said)
        case "mo":
            return f"class({_kind(element)}, {quoted(element.words)})"
        case "mtext":
            return quoted(element.words)
        case "mspace":
            return "space"
        case "msub" | "munder":
            return f"attach({_of(parts[0])}, b: {_of(parts[1])})"
        case "msup":
            return f"attach({_of(parts[0])}, t: {_of(parts[1])})"
        case "msubsup" | "munderover":
            return f"attach({_of(parts[0])}, b: {_of(parts[1])}, t: {_of(parts[2])})"
        case "mover":
            return f"accent({_of(parts[0])}, {_accent(parts[1])})"
        case "mfrac":
            return f"frac({_of(parts[0])}, {_of(parts[1])})"
        case "msqrt":
            return f"sqrt({' '.join(map(typst, parts))})"
    raise FormulaError(f"the printed book has no translation of <{element.tag}>")


def _of(element: Element) -> str:
    """Return an element as one argument; a comma in it would begin another."""
    return f"#${typst(element)}$"


def _kind(element: Element) -> str:
    """Return how much room Typst gives a sign."""
    sign = element.words
    if sign in "([{":
        return '"opening"'
    if sign in ")]}":
        return '"closing"'
    if sign in ",;":
        return '"punctuation"'
    if sign in "+−-±×·⋅∕/":
        return '"binary"'
    if sign in "∑∏∫":
        return '"large"'
    return '"relation"' if sign in "=<>≤≥≈∼~→∈≠" else '"normal"'


def _accent(element: Element) -> str:
    sign = element.words
    if sign not in _ACCENTS:
        raise FormulaError(f"the printed book has no accent {sign!r}")
    return _ACCENTS[sign]
