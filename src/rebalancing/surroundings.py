"""What other programs bring into a process of ours, and how to do without it.

PYTHONPATH and PYTHONHOME are often set for a Python of the user's own, whose packages do not fit
this one. Nothing heavy is imported here: this runs before anything that such a path could replace.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

# A stand-in or mirror on this machine is never asked through a proxy of the environment.
LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")
# Settings of the user that would change what a notebook does or says.
_OF_THE_USER = {
    *("PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONDEVMODE", "PYTHONINSPECT"),
    *("MPLBACKEND", "MATPLOTLIBRC"),
}
_CODE = Path(__file__).resolve().parents[1]


def own(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables that name no packages but this project's.

    A PYTHONPATH that names the code which runs now is cut down to that.
    """
    kept = {key: value for key, value in variables.items() if key != "PYTHONHOME"}
    path = kept.pop("PYTHONPATH", "")
    if any(Path(entry).resolve() == _CODE for entry in path.split(os.pathsep) if entry):
        kept["PYTHONPATH"] = str(_CODE)
    return kept


def of_kernels(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables that name no packages but this project's, and change no notebook."""
    return {name: value for name, value in own(variables).items() if name not in _OF_THE_USER}


def leave_others() -> None:
    """Take the packages of another Python out of this process and of those it starts."""
    ours = (_CODE, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve())
    for entry in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        place = os.path.abspath(entry)
        if place in sys.path and not any(map(Path(place).resolve().is_relative_to, ours)):
            sys.path.remove(place)
    kept = own(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(name, None)
    os.environ.update(kept)


def entry_points_once() -> None:
    """Let a process look up once what installed packages offer each other.

    Every question reads what all of them say of themselves; the bibliography of a book asks about
    a hundred times, which would take a tenth of the time that a book takes.
    """
    from importlib import metadata

    every = cache(metadata.entry_points)
    metadata.entry_points = lambda **asked: every().select(**asked)  # type: ignore[assignment]


def without_iri_grammars() -> None:
    """Keep jsonschema from making 38 grammars for international addresses, which nobody checks.

    It would take more than a second of every process that reads a notebook with Jupyter's own
    code, and what checks other addresses and durations a tenth. jsonschema does without these
    packages where they are missing.
    """
    for package in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
        sys.modules.setdefault(package, None)  # type: ignore[arg-type]


def without_execution() -> None:
    """Keep MyST-NB from loading what runs notebooks, as those of a book have run.

    With SQLAlchemy and all else that it brings, that is half of what a process with Sphinx loads.
    """
    for way in ("Cache", "Direct", "Inline"):
        module = ModuleType(f"myst_nb.core.execute.{way.lower()}")
        vars(module)[f"NotebookClient{way}"] = None
        sys.modules.setdefault(module.__name__, module)
