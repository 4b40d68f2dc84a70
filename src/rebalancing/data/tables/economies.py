"""The codes and names of economies, and what to do with a code that publishers no longer use.

``economies.csv`` beside this module lists every code that the data may hold, but for the groups of
`rebalancing.data.tables.groups`, which are added::

    economy,name,in_text,kind,aliases
    NLD,Netherlands,the Netherlands,economy,
    ROU,Romania,Romania,economy,ROM

``kind`` is *economy*, *former economy* or *group*; ``in_text`` is the name as a sentence has it;
``aliases`` are codes, separated by blanks, that a publisher has used for the same economy. Codes
are ISO 3166-1 alpha-3 where there is one. Groups of a publisher keep the publisher's code, so
that EUU (the World Bank's European Union) and EU27 (the sum made here) stay apart. CHN is
mainland China; Hong Kong, Macao and Taiwan are economies of their own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from rebalancing.data.releases import shipped_tables
from rebalancing.data.tables import groups
from rebalancing.errors import UnknownEconomyError
from rebalancing.quoting import one_line

LIST = Path(__file__).with_name("economies.csv")
_COLUMNS = ["economy", "name", "in_text", "kind", "aliases"]


@cache
def listed() -> pd.DataFrame:
    """Return the known economies as `catalogue`; all callers share the table and change nothing.

    Raises:
        ShippedTableError: The list, or that of groups, is missing or damaged.
    """
    rows = shipped_tables.read_shipped(LIST, _COLUMNS)
    known = {row["economy"] for row in rows}
    for group in groups.groups().values():
        if group.code in known:
            raise shipped_tables.wrong(LIST, f"{group.code} is a group of {groups.LIST.name}, too")
        unknown = sorted(set(group.codes) - known)
        if unknown:
            said = f"{group.code}: {', '.join(unknown)} is in no line of {LIST.name}"
            raise shipped_tables.wrong(groups.LIST, said)
        names = {"name": group.name, "in_text": group.in_text}
        rows.append({"economy": group.code, **names, "kind": "group", "aliases": ""})
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="str")


def catalogue() -> pd.DataFrame:
    """Return the known economies: economy, name, in_text, kind, aliases, one row per code."""
    return listed().copy()


@cache
def codes(kind: str | None = None) -> frozenset[str]:
    """Return the known codes, of one kind or of all."""
    known = listed()
    return frozenset(known["economy"] if kind is None else known.query("kind == @kind")["economy"])


@cache
def _aliases() -> dict[str, str]:
    pairs = zip(listed()["economy"], listed()["aliases"], strict=True)
    return {alias: code for code, aliases in pairs for alias in aliases.split()}


def harmonise(frame: pd.DataFrame, source: str, column: str = "economy") -> pd.DataFrame:
    """Replace withdrawn codes and refuse unknown ones.

    Args:
        frame: Any table with a column of codes; nulls (no partner) are left alone.
        source: Where the table comes from, for the message.
        column: The column that holds the codes.

    Raises:
        UnknownEconomyError: A code is not in the list.
    """
    found = frame[column].dropna().unique()
    unknown = sorted(set(found) - codes() - set(_aliases()))
    if unknown:
        raise UnknownEconomyError(
            f"{source} has {column} {one_line(', '.join(unknown))}, which the list of economies "
            f"does not know; add a line to src/rebalancing/data/tables/{LIST.name}"
        )
    old = {alias: code for alias, code in _aliases().items() if alias in set(found)}
    return frame.assign(**{column: frame[column].astype("str").replace(old)}) if old else frame
