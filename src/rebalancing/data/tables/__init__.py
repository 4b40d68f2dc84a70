"""The processed tables: made from releases, checked, read and written."""

from rebalancing.data.tables.store import (
    COMPRESSION_LEVEL,
    path,
    read,
    write,
)
from rebalancing.errors import DataError

__all__ = [
    "COMPRESSION_LEVEL",
    "DataError",
    "path",
    "read",
    "write",
]
