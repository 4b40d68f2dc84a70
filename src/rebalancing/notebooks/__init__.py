"""Notebooks as they are stored: what each declares, and which are chapters."""

from rebalancing.notebooks.declared import (
    FOLDER_VARIABLE,
    NAME_VARIABLE,
    PROCESSED,
    UNDRAWN_VARIABLE,
    Notebook,
    read_notebook,
)

__all__ = [
    "FOLDER_VARIABLE",
    "NAME_VARIABLE",
    "PROCESSED",
    "UNDRAWN_VARIABLE",
    "Notebook",
    "read_notebook",
]
