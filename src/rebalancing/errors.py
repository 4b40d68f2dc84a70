"""What can go wrong, one small class each; every message says what to do next.

The command line prints the message on one line and ends with ``exit_status``.
"""

MOST_QUOTED = 300


def one_line(text: str, most: int = MOST_QUOTED) -> str:
    """Return words of others for a message: in one line, printable, and not endless.

    Args:
        text: Any text; signs that steer a terminal or turn its writing become blanks.
        most: Signs to keep; what is longer ends in an ellipsis.
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * most])
    flat = " ".join(shown.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


class RebalancingError(Exception):
    """An error that the user can understand and act on."""

    exit_status = 1


class InputError(RebalancingError):
    """A parameter, option or name that is not allowed."""

    exit_status = 2


class ProjectNotFoundError(InputError):
    """No study.yml in the current folder or any parent."""


class DataError(RebalancingError):
    """A data file that is missing, damaged or not what its descriptor says."""


class ReportWarning(UserWarning):
    """A caution about an estimate that the report prints beside it."""
