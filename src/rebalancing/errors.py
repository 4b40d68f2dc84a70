"""What can go wrong, one small class each; every message says what to do next.

The command line prints the message on one line and ends with ``exit_status``.
"""

import errno
import re

from rebalancing.quoting import MOST_QUOTED, cut, one_line


class RebalancingError(Exception):
    """An error that the user can understand and act on."""

    exit_status = 1


class InputError(RebalancingError):
    """A parameter, option or name that is not allowed."""

    exit_status = 2


class StudyError(InputError):
    """A parameter of the study that is not allowed.

    Attributes:
        parameter: Its name; empty where the file is wrong as a whole.
    """

    def __init__(self, said: str, *, parameter: str = "") -> None:
        super().__init__(said)
        self.parameter = parameter


class ProjectNotFoundError(InputError):
    """No study.yml in the current folder or any parent."""


class BusyError(RebalancingError):
    """Another command that writes is at work in the same project."""


class OtherCodeError(RebalancingError):
    """A project whose environment runs another project's code."""


class DataError(RebalancingError):
    """A data file that is missing, damaged or not what its descriptor says."""


class UnknownEconomyError(DataError):
    """An economy that is not in the list."""


class DamagedFileError(RebalancingError):
    """A file that the project wrote and cannot read any more."""


class ReportWarning(UserWarning):
    """A caution about an estimate that the report prints beside it."""


_OF_SYSTEM = {
    errno.ENOSPC: "there is no room left on the disk; make some, then do the same again",
    errno.EDQUOT: "your quota of the disk is used up; make room, then do the same again",
    errno.EFBIG: "the file would be larger than is allowed here; raise the limit (ulimit -f)",
    errno.EROFS: "this disk may only be read; use a clone on one that can be written",
    errno.EACCES: "may not be read or written; check its permissions",
    errno.EPERM: "may not be read or written; check its permissions",
    errno.EMFILE: "too many files are open; allow more (ulimit -n 1024)",
    errno.ENFILE: "too many files are open on this machine; close other programs",
    errno.ENAMETOOLONG: "the name is too long; use a shorter one",
    errno.ENOENT: "there is no such file or folder; see whether it was moved or removed",
    errno.EEXIST: "a file is where a folder should be; name another",
    errno.ENOTDIR: "a file is where a folder should be; name another",
    errno.EISDIR: "a folder is where a file should be; move it elsewhere, or name another file",
    errno.EIO: "the disk reports an error; check it, and restore what is lost from git",
    errno.ENOMEM: "there is not enough memory; close other programs, then do the same again",
}
# Their words begin with a verb, so they follow the name without a colon.
_SAID_OF_A_NAME = {errno.EACCES, errno.EPERM}
# What is wrong with the machine, and with nothing that a program or a user named.
_OF_MACHINE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS),
    *(errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM),
}
_NUMBERED = re.compile(r"\[errno (\d+)\] [^:]*(?:: '([^']*)')?", re.IGNORECASE)


def of_system(error: OSError) -> str:
    """Say in one line what the operating system refused, and what to do."""
    said = _OF_SYSTEM.get(error.errno or 0, f"{error.strerror or error}; check it, then go on")
    name = error.filename2 or error.filename
    if name is None:
        return said
    if isinstance(name, bytes):
        name = name.decode(errors="replace")
    shown = cut(str(name), MOST_QUOTED)
    is_verb = error.errno in _SAID_OF_A_NAME
    return f"{shown} {said}" if is_verb else f"{shown}: {said}"


def of_machine(name: str, said: str) -> str:
    """Say in one line what the machine lacks, for an error of another program.

    Args:
        name: The error's class, such as ``OSError``.
        said: Its words, such as ``[Errno 28] No space left on device: 'a.csv'``.

    Returns:
        The line; empty if the error is of another kind.
    """
    if name.endswith("MemoryError"):  # NumPy and Arrow have their own
        what = f" ({one_line(said)})" if said else ""
        return f"{_OF_SYSTEM[errno.ENOMEM].replace(';', f'{what};', 1)}"
    found = _NUMBERED.search(said) if name == "OSError" else None
    if found is None or int(found[1]) not in _OF_MACHINE:
        return ""
    return of_system(OSError(int(found[1]), "", found[2]))
