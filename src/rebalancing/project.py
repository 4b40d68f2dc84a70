"""Where things are in a project folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rebalancing.errors import BusyError, OtherCodeError, ProjectNotFoundError
from rebalancing.files import locked

_CODE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Project:
    """The folders of one project, found by its study.yml.

    Attributes:
        root: The folder of study.yml.
        until: Only releases that were public on this day exist for whoever reads data through
            this object (`rebalancing.data.views.until`); all of them when None.
    """

    root: Path
    until: str | None = None

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Return the project of a folder: the nearest parent that holds a study.yml, as git does.

        Args:
            start: Where to begin; the current folder when not given.

        Raises:
            ProjectNotFoundError: No parent holds a study.yml.
            OtherCodeError: The project has code of its own, but another copy of it runs.
        """
        try:
            here = (start or Path.cwd()).resolve()
        except FileNotFoundError:
            raise ProjectNotFoundError(
                "The current folder has been removed; change into a clone of the project."
            ) from None
        for folder in (here, *here.parents):
            if (folder / "study.yml").is_file():
                _check_code(folder / "src" / "rebalancing")
                return cls(folder)
            if (folder / "src" / "rebalancing").is_dir():
                raise ProjectNotFoundError(
                    f"No study.yml in {folder}; restore it with: git checkout HEAD -- study.yml"
                )
        raise ProjectNotFoundError(
            f"No study.yml in {here} or any folder above it; change into a clone of the project."
        )

    def as_of(self, day: str) -> Project:
        """Return the project as it was on a day, or with all its releases for ``latest``."""
        return replace(self, until=None if day == "latest" else day)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Hold the project's one lock while the block runs; whoever writes must hold it.

        So no release arrives while a report is made, and nothing is kept or listed of a report
        that is half made. The lock is no part of ``build``, which may be removed.

        Args:
            what: The work in one word, for whoever is refused meanwhile.

        Raises:
            BusyError: Somebody else holds it.
        """
        lock = self.root / "data" / ".fetch" / "lock"
        with locked(lock, what) as is_ours:
            if not is_ours:
                other = lock.read_text(encoding="utf-8") or "command"
                raise BusyError(
                    f"Another {other} is running in this project; wait until it has ended"
                )
            yield

    @property
    def study_file(self) -> Path:
        """The study's parameters."""
        return self.root / "study.yml"

    @property
    def raw(self) -> Path:
        """Immutable releases as imported, one folder per publisher and release."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Tidy tables made by the notebooks that begin with 01_."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """One notebook per chapter, without outputs."""
        return self.root / "notebooks"

    @property
    def book(self) -> Path:
        """The source of the book's pages."""
        return self.root / "book"

    @property
    def build(self) -> Path:
        """Everything that can be rebuilt: one folder per edition, and ``shared``."""
        return self.root / "build"


def _check_code(own: Path) -> None:
    """Raise if a project's own code is not what runs, as in a copy with the first one's commands.

    Raises:
        OtherCodeError: It is not.
    """
    if (own / "project.py").is_file() and own.resolve() != _CODE:
        root = own.parents[1]
        raise OtherCodeError(
            f"{root} has code of its own, but the code that runs is in {_CODE}; "
            f"run make env there, then the commands in {root / '.venv' / 'bin'}"
        )
