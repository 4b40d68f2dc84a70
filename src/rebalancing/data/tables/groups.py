"""Groups of economies: who belongs to which, and when.

``groups.yml`` beside this module is the one place where groups are defined; it says how. What else
there is to know of a group follows from it: its name in the list of economies, its sum in the
accounts (`rebalancing.data.tables.totals`), whether a study may have it as a peer::

    members("EU_V", 2019)        the United Kingdom among them
    members("EU_V", "2020-02")   no longer
    members("EU27")              today's 27 members, as in every period

A member of a period is who belongs to the group on the period's last day.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rebalancing.data.releases import shipped_tables
from rebalancing.errors import DataError
from rebalancing.reading import UnreadableError, first_problem, read_yaml

LIST = Path(__file__).with_name("groups.yml")
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

Codes = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: tuple(value.split()) if isinstance(value, str) else value),
]


class GroupError(DataError):
    """A group that does not exist, or a period that is none."""


class Membership(BaseModel):
    """Economies that belong to a group from a day to a day; always where none is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    economies: Codes = Field(min_length=1)
    since: date = Field(date.min, alias="from")
    until: date = Field(date.max, alias="to")

    def covers(self, day: date) -> bool:
        """Return whether they belong to the group on a day."""
        return self.since <= day <= self.until

    def overlaps(self, other: Membership) -> bool:
        """Return whether there is a day that both cover."""
        return self.since <= other.until and other.since <= self.until

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year on whose last day they belong to the group."""
        ends_with_year = (self.until.month, self.until.day) == (12, 31)
        return self.since.year, self.until.year - (0 if ends_with_year else 1)


class Group(BaseModel):
    """A group of economies; groups.yml says what its fields mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,7}$")
    name: str = Field(min_length=1)
    in_text: str = Field(min_length=1)
    source: str = Field(min_length=10)
    members: tuple[Membership, ...] | Literal["every economy"]
    least_share: float | None = Field(None, gt=0, le=1)
    note: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Who ever belonged to it; nobody where it is made of every economy."""
        listed = () if isinstance(self.members, str) else self.members
        return tuple(sorted({code for membership in listed for code in membership.economies}))


class _List(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[Group, ...]


@cache
def groups() -> dict[str, Group]:
    """Return the groups by code, in the order of the file.

    Raises:
        ShippedTableError: groups.yml is missing or malformed; the message names the place.
    """
    try:
        found = _List.model_validate(read_yaml(LIST, shipped_tables.name(LIST))).groups
    except FileNotFoundError:
        raise shipped_tables.wrong(LIST, "is missing") from None
    except UnreadableError as error:
        raise shipped_tables.unreadable(LIST, error) from None
    except ValidationError as error:
        raise shipped_tables.wrong(LIST, first_problem(error)) from None
    by_code: dict[str, Group] = {}
    for group in found:
        if problem := _problem(group, by_code):
            raise shipped_tables.wrong(LIST, f"{group.code}: {problem}")
        by_code[group.code] = group
    return by_code


def summed() -> dict[str, float]:
    """Return the groups that are sums of the accounts: the least share of GDP that each needs."""
    return {code: g.least_share for code, g in groups().items() if g.least_share is not None}


def members(group: str, period: int | str | None = None) -> tuple[str, ...]:
    """Return the codes of a group's members, sorted.

    Args:
        group: Its code.
        period: A year, month or day (2019, "2020-01", "2020-01-31"), at whose end they belong to
            it; None for those who belong to it for good.

    Raises:
        GroupError: There is no such group, the world is meant, or the period is none.
    """
    known = groups()
    if group not in known:
        raise GroupError(f"{group} is no group of economies; use one of {', '.join(known)}")
    listed = known[group].members
    if isinstance(listed, str):
        raise GroupError(f"{group} is made of {listed}, of which groups.yml has no list")
    day = date.max if period is None else _last_day(str(period))
    return tuple(sorted(code for m in listed if m.covers(day) for code in m.economies))


def _last_day(period: str) -> date:
    """Return the last day of a year, month or day."""
    match = _PERIOD.fullmatch(period)
    try:
        year, month, day = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
        month = month or 12
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise GroupError(
            f"{period!r} is no period; use a year, a month or a day, such as 2019 or 2020-01"
        ) from None


def _problem(group: Group, before: dict[str, Any]) -> str:
    """Return what is wrong with a group beyond its fields, if anything is."""
    if group.code in before:
        return "is listed twice"
    listed = () if isinstance(group.members, str) else group.members
    spans: dict[str, list[Membership]] = {}
    for membership in listed:
        if membership.since > membership.until:
            return f"ends on {membership.until}, before it begins on {membership.since}"
        for code in membership.economies:
            if any(membership.overlaps(one) for one in spans.get(code, [])):
                return f"{code} belongs to it twice at once"
            spans.setdefault(code, []).append(membership)
    return ""
