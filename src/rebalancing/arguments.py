"""What may be an argument of a command at all; every command asks, so little is imported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

from rebalancing.errors import InputError
from rebalancing.quoting import shown

LONGEST = 1000  # characters of one argument; paths and reasons are shorter


class ArgumentError(InputError):
    """An argument of a command that nobody can have meant."""


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse arguments that are empty, endless or hold what nobody types.

    Raises:
        ArgumentError: One is, by the name of its option where it has one.
    """
    before = ""
    for argument in arguments:
        option, is_set, value = argument.partition("=")
        if not (is_set and option.startswith("--")):
            option, value = before if before.startswith("--") else "", argument
        where = f"{option}: " if re.fullmatch(r"--[\w-]{1,40}", option) else ""
        if len(value) > LONGEST:
            raise ArgumentError(
                f"{where}{shown(value)} has {len(value):,} characters; use at most {LONGEST:,}"
            )
        if not value.strip():
            raise ArgumentError(f"{where}{shown(value)} is empty; give a value, or leave it out")
        if any(category(character) in {"Cc", "Cs"} for character in value):
            raise ArgumentError(
                f"{where}{shown(value)} holds a character that cannot be printed; leave it out"
            )
        before = argument
