"""Services of monthly and quarterly figures: China's Bureau, trade by partner, the OECD.

They speak as described in the modules that read them, for a `StandIn` to serve.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from rebalancing.data.fetch import nbs

from .standins import Reply, Request, as_json, records

NATION = {"da": nbs.CHINA, "da_name": "全国"}


@dataclass
class Bureau:
    """The database of China's Bureau of Statistics: figures as releases hold them."""

    figures: pd.DataFrame

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith(nbs.CATALOGUE):
            return self._catalogue(request.query["cid"])
        asked = json.loads(request.body or b"{}")
        if not request.path.endswith(nbs.FIGURES) or "showType" not in asked:
            return Reply(as_json({"success": False, "state": 50000, "message": "异常"}), status=500)
        wanted = [one for one in nbs.indicators() if one.catalogue == asked["cid"]]
        ids = {one.indicator: one for one in wanted if one.indicator in asked["indicatorIds"]}
        known = self._known()
        (span,) = asked["dts"]
        return Reply(
            as_json(
                {
                    "state": nbs.WELL,
                    "success": True,
                    "message": "成功",
                    "data": [
                        {
                            "code": code,
                            "name": code,
                            "values": [self._cell(ids[key], known.get((key, code))) for key in ids],
                        }
                        for code in codes(*span.split("-"))
                    ],
                }
            )
        )

    def _known(self) -> dict[tuple[str, str], Decimal]:
        """Return the values as the service has them, by indicator and code of the period."""
        of_series: dict[str, dict[str, float]] = {}
        for series, period, value in records(self.figures, "series", "period", "value"):
            of_series.setdefault(series, {})[period] = value
        return {
            (one.indicator, nbs._code(period)): written(one, value)
            for one in nbs.indicators()
            for period, value in of_series.get(one.series, {}).items()
            if one.first <= period <= (one.last or "9999")
        }

    def _cell(self, one: nbs.Indicator, value: Decimal | None) -> dict[str, object]:
        return {
            "_id": one.indicator,
            "catalogid": one.catalogue,
            "i_showname": f"{one.label} ({one.unit}) " if one.reading != nbs.INDEX else one.label,
            "value": "" if value is None else f"{value:f}",
            "du_name": one.unit,
            **NATION,
        }

    def _catalogue(self, cid: str) -> Reply:
        listed = [
            {"_id": one.indicator, "i_showname": one.label, "i_annotation": f"{one.basis}。"}
            for one in nbs.indicators()
            if one.catalogue == cid
        ]
        content = {"success": True, "state": nbs.WELL, "data": {"list": listed}}
        return Reply(as_json(content))


def written(one: nbs.Indicator, value: float) -> Decimal:
    """Return a value that a release holds as the service writes it."""
    exact = Decimal(str(value))
    if one.reading == nbs.INDEX:
        return exact + 100
    return exact * 10**6 if one.reading == nbs.THOUSANDS else exact


def codes(first: str, last: str) -> list[str]:
    """Return the codes of all periods of a span, the last one first."""
    kind, parts = first[6:], 12 if first.endswith("MM") else 4
    start, end = (int(code[:4]) * parts + int(code[4:6]) - 1 for code in (first, last))
    return [f"{n // parts}{n % parts + 1:02}{kind}" for n in range(end, start - 1, -1)]
