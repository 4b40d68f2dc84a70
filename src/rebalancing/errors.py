"""What can go wrong, one small class each; every message says what to do next.

The command line prints the message on one line and ends with ``exit_status``.
"""


class RebalancingError(Exception):
    """An error that the user can understand and act on."""

    exit_status = 1


class InputError(RebalancingError):
    """A parameter, option or name that is not allowed."""

    exit_status = 2


class ProjectNotFoundError(InputError):
    """No study.yml in the current folder or any parent."""


class OtherCodeError(RebalancingError):
    """A project whose environment runs another project's code."""


class DataError(RebalancingError):
    """A data file that is missing, damaged or not what its descriptor says."""


class ReportWarning(UserWarning):
    """A caution about an estimate that the report prints beside it."""
