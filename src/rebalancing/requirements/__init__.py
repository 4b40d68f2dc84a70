"""Which sections an economy gets, decided from the tables alone."""

from rebalancing.requirements.sections import (
    NOT_PUBLIC,
    StudyTables,
    left_out,
)

__all__ = [
    "NOT_PUBLIC",
    "StudyTables",
    "left_out",
]
