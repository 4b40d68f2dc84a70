"""All publishers whose figures the project holds, one folder of data/raw each."""

from __future__ import annotations

from rebalancing.data.china import CHINESE
from rebalancing.data.international import INTERNATIONAL

PUBLISHERS = (*INTERNATIONAL, *CHINESE)
