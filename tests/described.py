"""Descriptors of made-up releases: what every descriptor must hold."""

from __future__ import annotations

from typing import Any

SERIES = {"code": "HFCE", "title": "Household consumption", "unit": "US dollars"}
RESOURCE = {
    "name": "current",
    "title": "Current prices",
    "path": "current.parquet",
    "bytes": 0,
    "hash": f"sha256:{'0' * 64}",
    "rows": 0,
    "economies": ["CHN"],
    "series": [{**SERIES, "first": "1970", "last": "2024"}],
}


def described(date: str, **values: Any) -> dict[str, Any]:
    """Return the descriptor of a release that was public on a date, with some values replaced."""
    return {
        "title": "Made-up accounts",
        "released": {"date": date, "basis": "Made up."},
        "homepage": "https://example.org/accounts",
        "contributors": [{"title": "Nobody"}],
        "licenses": [{"title": "Free to use"}],
        "citation": "Nobody, Made-up accounts.",
        "notes": [],
        "resources": [RESOURCE],
        **values,
    }
