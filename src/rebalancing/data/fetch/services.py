"""All services that can be fetched from; the other publishers are imported by hand."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing.data.fetch.bis import BIS
from rebalancing.data.fetch.comtrade import COMTRADE
from rebalancing.data.fetch.imf import IMF
from rebalancing.data.fetch.imts import IMTS
from rebalancing.data.fetch.nbs import BUREAU
from rebalancing.data.fetch.oecd import OECD
from rebalancing.data.fetch.service import Service
from rebalancing.data.fetch.unsd import UN_ACCOUNTS
from rebalancing.data.fetch.worldbank import WORLD_BANK
from rebalancing.data.imports.publishers import PUBLISHERS
from rebalancing.errors import InputError

SERVICES = (WORLD_BANK, UN_ACCOUNTS, BIS, IMF, COMTRADE, *BUREAU, IMTS, OECD)


class UnknownServiceError(InputError):
    """A publisher that cannot be fetched from."""


def by_hand() -> list[str]:
    """Return the publishers that have no open machine interface, or whose data set is closed."""
    fetched = {service.publisher.id for service in SERVICES}
    return [publisher.id for publisher in PUBLISHERS if publisher.id not in fetched]


def chosen(names: Sequence[str]) -> list[Service]:
    """Return the services of some publishers, named as in data/raw or as in variables; all if none.

    Raises:
        UnknownServiceError: One of them cannot be fetched from.
    """
    known = {service.publisher.id: service for service in SERVICES}
    short = {service.name.lower(): service for service in SERVICES}
    found = []
    for name in names:
        service = known.get(name) or short.get(name.lower())
        if service is None:
            how = (
                f"{name} has no open machine interface; rebalancing data import FOLDER brings its "
                "figures"
                if name in by_hand()
                else f"{name} is not a publisher"
            )
            raise UnknownServiceError(f"{how}. Can be fetched: {', '.join(known)}")
        found.append(service)
    return list(dict.fromkeys(found)) or list(SERVICES)
