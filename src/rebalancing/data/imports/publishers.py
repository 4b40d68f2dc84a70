"""All publishers whose figures the project holds, one folder of data/raw each.

The modules beside this one list them. What the compilers of the figures stated without having
checked it against the publisher's page is called *unverified*, there and in the descriptors.
"""

from __future__ import annotations

from collections.abc import Collection

from rebalancing.data.imports.activity import ACTIVITY
from rebalancing.data.imports.china import CHINESE
from rebalancing.data.imports.households import HOUSEHOLDS
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases.sources import Publisher
from rebalancing.errors import InputError
from rebalancing.quoting import shown

PUBLISHERS = (*INTERNATIONAL, *CHINESE, *HOUSEHOLDS, *ACTIVITY)


def chosen(ids: Collection[str]) -> tuple[Publisher, ...]:
    """Return the publishers with these names, or all when none is given.

    Raises:
        InputError: A name is no publisher's.
    """
    known = [publisher.id for publisher in PUBLISHERS]
    for name in ids:
        if name not in known:
            raise InputError(
                f"--publisher: {shown(name)} is none of the publishers; use one of "
                f"{', '.join(known)}, or declare it in src/rebalancing/data/imports"
            )
    return tuple(p for p in PUBLISHERS if not ids or p.id in ids)
