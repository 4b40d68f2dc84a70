"""Every kind of issue and pull request that unattended builds open, and where to read what to do.

The value is the heading in docs/runbook.md.
"""

from __future__ import annotations

RUNBOOK = "docs/runbook.md"
NEW_RELEASES = "pull request: new releases"
OTHER_PACKAGES = "pull request: other packages"
STOPPED, ANOTHER_FORM, AN_ERROR = "stopped", "another form", "an error"
OUT_OF_REACH, FAILS_ON_FIGURES = "out of reach", "fails on new figures"
LOCK, BREAKS, LINKS = "lock", "report", "links"
HEADINGS = {
    NEW_RELEASES: "Pull request: new releases",
    OTHER_PACKAGES: "Pull request: packages in other versions",
    STOPPED: "Issue: a release was stopped",
    ANOTHER_FORM: "Issue: a publisher changed its format",
    AN_ERROR: "Issue: a publisher failed",
    FAILS_ON_FIGURES: "Issue: the report fails on new figures",
    LOCK: "Issue: the newest packages do not go together",
    BREAKS: "Issue: newer packages break the report",
    LINKS: "Issue: links lead nowhere",
    OUT_OF_REACH: "A run failed: a publisher is out of reach",
}


def what_to_do(kind: str) -> str:
    """Return a sentence that says where to read what to do."""
    return f"What to do: {RUNBOOK}, “{HEADINGS[kind]}”."
