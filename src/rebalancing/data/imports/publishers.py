"""All publishers whose figures the project holds, one folder of data/raw each."""

from __future__ import annotations

from rebalancing.data.imports.china import CHINESE
from rebalancing.data.imports.international import INTERNATIONAL

PUBLISHERS = (*INTERNATIONAL, *CHINESE)
