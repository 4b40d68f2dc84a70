"""Services of monthly and quarterly figures: China's Bureau, trade by partner, the OECD.

They speak as described in the modules that read them, for a `StandIn` to serve.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from rebalancing.data.fetch import imts, nbs, oecd

from .standins import Reply, Request, as_csv, as_json, as_text, records

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
            (one.indicator, code_of(period)): written(one, value)
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


def code_of(period: str) -> str:
    """Return ``202608MM`` for ``2026-08`` and ``202602SS`` for ``2026-Q2``."""
    year, part = period.split("-")
    return f"{year}0{part[1]}SS" if part.startswith("Q") else f"{year}{part}MM"


def codes(first: str, last: str) -> list[str]:
    """Return the codes of all periods of a span, the last one first."""
    kind, parts = first[6:], 12 if first.endswith("MM") else 4
    start, end = (int(code[:4]) * parts + int(code[4:6]) - 1 for code in (first, last))
    return [f"{n // parts}{n % parts + 1:02}{kind}" for n in range(end, start - 1, -1)]


@dataclass
class Trade:
    """The IMF's trade by partner: figures as releases hold them."""

    figures: pd.DataFrame

    def __call__(self, request: Request) -> Reply:
        reporter, indicators, partners, _ = request.path.rsplit("/", 1)[-1].split(".")
        own = {series: code for code, series in imts.SERIES.items() if code in indicators}
        mine = self.figures[
            (self.figures["economy"] == reporter)
            & self.figures["partner"].isin(partners.split("+"))
            & self.figures["series"].isin(own)
        ]
        names = ["DATAFLOW", *imts.NEEDED, "SCALE", "UNIT", "DERIVATION_TYPE"]
        start, end = ["IMF.STA:IMTS(1.0.0)", reporter], ["6", "USD", "M"]
        rows = [
            [*start, own[series], partner, "M", month_code(period), as_text(value), *end]
            for partner, series, period, value in records(
                mine, "partner", "series", "period", "value"
            )
        ]
        return Reply(as_csv(names, rows), "application/vnd.sdmx.data+csv;version=1.0.0")


def month_code(period: str) -> str:
    """Return ``2026-M05`` for ``2026-05``."""
    return period.replace("-", "-M")


@dataclass
class Accounts:
    """The OECD's quarterly accounts: figures as releases hold them, and rows that are not kept."""

    figures: pd.DataFrame

    def __call__(self, request: Request) -> Reply:
        flow, key = request.path.split("/")[-2:]
        area = key.split(".")[2]
        name = next(name for name, path in oecd.FLOWS.items() if path.endswith(flow))
        rows = self._growth(area) if name == "growth" else self._expenditure(area)
        names = ["DATAFLOW", *oecd.DIMENSIONS, "UNIT_MULT", "OBS_STATUS"]
        body = as_csv(names, [[f"OECD.SDD.NAD:{name}(1.1)", *row] for row in rows])
        return Reply(body, "text/csv; version=1; charset=utf-8")

    def _of(self, area: str) -> list[tuple]:
        mine = self.figures[self.figures["economy"] == area]
        return records(mine, "series", "period", "value")

    def _growth(self, area: str) -> list[list[str]]:
        codes = {series: code for code, series in oecd.GROWTH.items()}
        start = ["Q", "Y", area, "S1", "B1GQ", "_Z", "_Z", "_Z", "PC", "L"]
        return [
            [*start, codes[series], period, as_text(value), "", "A"]
            for series, period, value in self._of(area)
            if series in codes
        ]

    def _expenditure(self, area: str) -> list[list[str]]:
        places = {series: place for place, series in oecd.EXPENDITURE.items()}
        found = []
        for series, period, value in self._of(area):
            if series not in places:
                continue
            transaction, sector = places[series]
            assets = "N11G" if transaction == "P51G" else "_Z"
            for asset, prices in ((assets, "V"), (assets, "L"), ("N111G", "V")):
                start = ["Q", "Y", area, sector, transaction, asset, "_Z", "_T", "XDC", prices]
                found.append([*start, "N", period, as_text(value), "6", "A"])
        return found
