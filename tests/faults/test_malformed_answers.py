"""Malformed answers of publishers end in one line of outcome, and data/raw stays as it was."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from .misbehaviour import HELD, Faulty
from .mutations import ANY_BYTES, ANY_JSON, ANY_TEXT, NEVER_JSON, NEVER_TABLE, NEVER_TEXT
from .small import Refresher
from .standins import Reply, Request

pytestmark = pytest.mark.slow

CHARACTERS, SECONDS, SAMPLE, CASES, BLOCK = 1100, 3.0, 4, 80, 20
DAMAGE = {
    "WORLDBANK": {**NEVER_JSON, **ANY_JSON},
    "COMTRADE": {**NEVER_JSON, **ANY_JSON},
    "NBS-MONTHLY": {**NEVER_JSON, **ANY_JSON},
    "IMTS": {**NEVER_TABLE, **ANY_TEXT},
    "OECD": {**NEVER_TABLE, **ANY_TEXT},
    "BIS": {**NEVER_TABLE, **ANY_TEXT},
    "IMF": {**NEVER_TABLE, **ANY_TEXT},
    "UNSD": {**ANY_BYTES, **{name: NEVER_TEXT[name] for name in ("blank", "random bytes")}},
}


def trouble(refresher: Refresher, seed: int) -> str:
    """Refresh from a service with one malformed answer; return what is wrong with the end."""
    rng = random.Random(f"{refresher.service} {seed}")
    how = rng.choice(list(DAMAGE[refresher.service]))
    answer = rng.randrange(3)
    before = len(refresher.standin.asked)

    def fault(request: Request, good: Reply) -> Reply:
        if request.number - before != answer or not good.body:
            return good
        return replace(good, body=DAMAGE[refresher.service][how](rng, good.body))

    refresher.standin.fault = fault
    held = refresher.contents()
    start = time.process_time()
    try:
        outcome = refresher()
    except Exception as error:
        return f"traceback: {type(error).__name__}: {str(error)[:100]} ({how})"
    seconds = time.process_time() - start
    if outcome.state == "new":
        shutil.rmtree(refresher.project.raw / outcome.publisher / str(outcome.release))
        (refresher.project.raw / "SHA256SUMS").write_bytes(held["SHA256SUMS"])
    if refresher.contents() != held:
        return f"lost data ({how})"
    if "\n" in outcome.line or len(outcome.line) > CHARACTERS:
        return f"wrong words: {outcome.line[:200]!r} ({how})"
    return f"hang: {seconds:.1f} s ({how})" if seconds > SECONDS else ""


def _none(
    faulty: Faulty, service: str, seeds: range, record: Callable[[str, object], None]
) -> None:
    refresher = faulty(service, lambda request, good: good)
    found = {seed: said for seed in seeds if (said := trouble(refresher, seed))}
    counts = Counter(said.partition(":")[0] for said in found.values())
    record("malformed", json.dumps([f"answers of {service}", len(seeds), counts]))
    assert not found


@pytest.mark.parametrize("service", list(HELD))
def test_a_sample_ends_in_one_line(
    faulty: Faulty, service: str, record_property: Callable[[str, object], None]
) -> None:
    _none(faulty, service, range(SAMPLE), record_property)


@pytest.mark.faults
@pytest.mark.parametrize("first", range(0, CASES, BLOCK))
@pytest.mark.parametrize("service", list(HELD))
def test_all_end_in_one_line(
    faulty: Faulty, service: str, first: int, record_property: Callable[[str, object], None]
) -> None:
    _none(faulty, service, range(first, first + BLOCK), record_property)
