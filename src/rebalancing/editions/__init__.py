"""What is kept of editions, and how two of them differ."""

from rebalancing.editions.kept import (
    CHANGES,
    FOLDER,
    SENTENCES,
    UnknownEditionError,
    built,
    claims,
    digest,
    find_built,
    find_edition,
    folder,
    front_keys,
    head,
    keep,
    sentences,
)

__all__ = [
    "CHANGES",
    "FOLDER",
    "SENTENCES",
    "UnknownEditionError",
    "built",
    "claims",
    "digest",
    "find_built",
    "find_edition",
    "folder",
    "front_keys",
    "head",
    "keep",
    "sentences",
]
