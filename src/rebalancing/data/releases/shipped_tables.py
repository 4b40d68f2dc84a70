"""Tables of text that come with this package, which people edit as they do its code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rebalancing.errors import DataError
from rebalancing.reading import UnreadableError, read_table

# Where the paths that messages name begin.
SOURCE = Path(__file__).resolve().parents[3]


class ShippedTableError(DataError):
    """A table of the package that cannot be used."""


def read_shipped(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a table, by column.

    Args:
        path: The table, below the package.
        columns: The columns that it must have, in this order.

    Raises:
        ShippedTableError: It is missing or damaged; the message names the place.
    """
    try:
        return read_table(path, name(path), columns)
    except FileNotFoundError:
        raise ShippedTableError(
            f"{name(path)} is missing; restore it with: git checkout HEAD -- {name(path)}"
        ) from None
    except UnreadableError as error:
        raise unreadable(path, error) from None


def codes(path: Path, number: str) -> dict[int, str]:
    """Return the economies of a table by their numbers, which are in the column of that name.

    Raises:
        ShippedTableError: The table is missing or damaged.
    """
    found = {}
    for row in read_shipped(path, (number, "economy")):
        if not row[number].isdecimal():
            raise wrong(path, f"{row[number]!r} is no number of an economy")
        found[int(row[number])] = row["economy"]
    return found


def wrong(path: Path, said: str) -> ShippedTableError:
    """Return the error for a table of which something is wrong."""
    return _with_remedy(path, f"{name(path)}: {said}")


def unreadable(path: Path, error: UnreadableError) -> ShippedTableError:
    """Return the error for a table that cannot be read, which was read by its `name`."""
    return _with_remedy(path, str(error))


def _with_remedy(path: Path, said: str) -> ShippedTableError:
    remedy = f"correct it, or restore the file with: git checkout HEAD -- {name(path)}"
    return ShippedTableError(f"{said}; {remedy}")


def name(path: Path) -> str:
    """Return what messages call a table of the package: ``src/rebalancing/...``."""
    return f"src/{path.resolve().relative_to(SOURCE).as_posix()}"
