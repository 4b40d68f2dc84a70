"""Releases of official figures, held in data/raw as published."""

from rebalancing.data.releases.descriptor import DescriptorError
from rebalancing.data.releases.held import (
    LATEST,
    YEARS_TO_PUBLISH,
    NothingPublishedError,
    Release,
    UnknownDatasetError,
    UnknownPublisherError,
    UnknownReleaseError,
    economies,
    load,
    load_all,
    publishers,
    releases,
    resolve,
    unknown,
    years,
)

__all__ = [
    "LATEST",
    "YEARS_TO_PUBLISH",
    "DescriptorError",
    "NothingPublishedError",
    "Release",
    "UnknownDatasetError",
    "UnknownPublisherError",
    "UnknownReleaseError",
    "economies",
    "load",
    "load_all",
    "publishers",
    "releases",
    "resolve",
    "unknown",
    "years",
]
