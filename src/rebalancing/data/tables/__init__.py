"""The processed tables: made from releases, checked, read and written."""

from rebalancing.data.tables.store import (
    COMPRESSION_LEVEL,
    path,
    read_processed,
    write_processed,
)
from rebalancing.errors import DataError

__all__ = [
    "COMPRESSION_LEVEL",
    "DataError",
    "path",
    "read_processed",
    "write_processed",
]
