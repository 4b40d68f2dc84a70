"""Text with numbers: templates over recorded results, for pages and for prose cells."""

from rebalancing.report.prose.rendering import Prose, ProseError, Recorded

__all__ = ["Prose", "ProseError", "Recorded"]
