"""Services with something newer than what is held, faults for them, and what a refresh must do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from rebalancing.data.fetch.refresh import RefreshOutcome
from rebalancing.project import Project

from .small import (
    Refresher,
    bank_for_settlements,
    bureau,
    comtrade,
    monetary_fund,
    quarterly_accounts,
    trade,
    united_nations,
    world_bank,
)
from .standins import Fault, Reply

HELD = {
    "WORLDBANK": lambda: world_bank("2026-05-01"),
    "UNSD": united_nations,
    "BIS": bank_for_settlements,
    "IMF": monetary_fund,
    "COMTRADE": comtrade,
    "NBS-MONTHLY": bureau,
    "IMTS": trade,
    "OECD": quarterly_accounts,
}
ALL = pytest.mark.parametrize("service", list(HELD))


def newer(service: str) -> object:
    """Return a service with a release after the held one."""
    if service == "WORLDBANK":
        return world_bank("2026-06-01", 2024)
    if service == "UNSD":
        return replace(united_nations(2024), modified="Thu, 17 Dec 2026 09:00:00 GMT")
    if service == "BIS":
        return replace(bank_for_settlements(12), modified="Fri, 20 Jun 2025 09:00:00 GMT")
    if service == "COMTRADE":
        return comtrade(2024)
    if service == "NBS-MONTHLY":
        return bureau("2026-08")
    if service == "IMTS":
        return trade("2026-06")
    if service == "OECD":
        return quarterly_accounts("2026-Q3")
    return monetary_fund("2026-04-14T13:00:00Z", 0.01)


Faulty = Callable[[str, Fault], Refresher]
# The figures of each newer release, which are fetched once without a fault.
_undisturbed: dict[str, dict[str, bytes]] = {}


def fails(refresher: Refresher, *parts: str, **options: object) -> str:
    """Refresh; assert that it fails in one line with these parts and leaves data/raw alone."""
    before = refresher.contents()
    outcome = refresher(**options)
    assert outcome.state == "failed", outcome.text
    assert outcome.text.startswith(f"{outcome.publisher}: ")
    assert "\n" not in outcome.text
    for part in parts:
        assert part in outcome.text
    assert refresher.contents() == before
    return outcome.text


def succeeds(refresher: Refresher) -> None:
    """Refresh; assert that a release is new, with the figures of a service without a fault."""
    outcome = refresher()
    assert outcome.state == "new", outcome.text
    if refresher.service not in _undisturbed:
        refresher.standin.fault = lambda request, good: good
        elsewhere = Project(refresher.project.root / "undisturbed")
        made = Refresher(elsewhere, refresher.service, refresher.standin)()
        _undisturbed[refresher.service] = figures(elsewhere, made)
    assert figures(refresher.project, outcome) == _undisturbed[refresher.service]


def figures(project: Project, outcome: RefreshOutcome) -> dict[str, bytes]:
    """Return the files of figures of a stored release."""
    folder = project.raw / outcome.publisher / str(outcome.release)
    found = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    assert found
    return found


def always(reply: Reply) -> Fault:
    return lambda request, good: reply


def edited(edit: Callable[[bytes], bytes]) -> Fault:
    return lambda request, good: replace(good, body=edit(good.body))


def in_rows(edit: Callable[[dict], None]) -> Fault:
    """Edit every row of the World Bank's answers."""

    def change(body: bytes) -> bytes:
        about, rows = json.loads(body)
        for row in rows:
            edit(row)
        return json.dumps([about, rows]).encode()

    return edited(change)


def once(reply: Reply) -> Fault:
    """Give another reply to the first request only."""
    return lambda request, good: reply if request.number == 0 else good
