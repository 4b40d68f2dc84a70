"""Other people's texts in messages and tables, shortened where they are long.

Whoever shows a text that somebody else wrote shortens it here; a cut is marked by an ellipsis.
"""

from __future__ import annotations

SHOWN, MOST_QUOTED = 80, 300  # characters of a value, and of a sentence


def shown(value: object) -> str:
    """Return a value as a message has it: as Python writes it, cut where it is long."""
    return cut(repr(value))


def cut(text: str, most: int = SHOWN) -> str:
    """Return a text as it is, its beginning where it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def one_line(text: str, most: int = MOST_QUOTED) -> str:
    """Return a text in one line, printable and cut.

    Args:
        text: Any text; signs that steer a terminal or turn its writing become blanks.
        most: Characters to keep.
    """
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * most])
    return cut(" ".join(printable.split()), most)
