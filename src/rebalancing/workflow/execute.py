"""One notebook, run by papermill in a kernel of its own.

A run is all or nothing: the notebook writes into a staging folder that holds, besides, only what
it declares to read from the edition; when it has finished, what it declares to write moves into
the edition's folder in one go, the executed notebook last. When it fails, the edition keeps its
last good outputs and the executed notebook is kept apart, in ``failed/``. (Tables below
``data/processed`` are written in place, each of them whole.)

The same inputs give the same executed notebook, byte for byte (`rebalancing.workflow.executed`).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rebalancing import surroundings
from rebalancing.errors import RebalancingError, of_machine, of_system
from rebalancing.files import remove, set_modes, write_atomic
from rebalancing.notebooks import (
    FOLDER_VARIABLE,
    NAME_VARIABLE,
    UNDRAWN_VARIABLE,
    Notebook,
)
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.project import Project
from rebalancing.quoting import one_line
from rebalancing.workflow import servers
from rebalancing.workflow.executed import as_text

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS")
}


class NotebookFailedError(RebalancingError):
    """A notebook that stopped with an error, or did not do what it declares.

    Attributes:
        reason: Which, where and why, without the place where the executed notebook is kept.
    """

    def __init__(self, reason: str, kept: str = "") -> None:
        super().__init__(reason + kept)
        self.reason = reason


@dataclass(frozen=True)
class Run:
    """A notebook to run for one edition.

    Attributes:
        project: The project; its root is the notebook's working directory.
        notebook: What to run.
        folder: The edition's folder, or the one that all editions share.
        inputs: What the notebook reads from the edition, by the path that it declares.
        parameters: Values for exactly the parameters that the notebook declares.
        staging: Where it works until it has finished; a folder per notebook if not given, which
            does for one edition at a time.
        is_drawn: Whether figures are drawn; without them, the results are the same.
    """

    project: Project
    notebook: Notebook
    folder: Path
    inputs: Mapping[str, Path]
    parameters: Mapping[str, Any]
    staging: Path | None = None
    is_drawn: bool = True

    @property
    def executed(self) -> Path:
        """Where the executed notebook goes."""
        return self.folder / "notebooks" / self.notebook.path.name

    @property
    def failed(self) -> Path:
        """Where the executed notebook is kept when it fails."""
        return self.folder / "failed" / self.notebook.path.name


def get_ready(project: Project) -> None:
    """Begin to load what notebooks need, beside what this process loads meanwhile."""
    servers.begin(_environment(project))


def execute(run: Run) -> None:
    """Run a notebook and put its outputs into the edition's folder.

    Raises:
        BadNotebookError: The parameters are not those that the notebook declares.
        NotebookFailedError: A cell failed, ended the notebook or passed a limit, the kernel died,
            or an output is missing or not declared; the message names notebook, cell and reason.
    """
    _check_parameters(run)
    with _staging(run) as staging:
        executed = _run_papermill(run, staging)
        _check_outputs(run, staging)
        for write in run.notebook.writes:
            if not write.startswith("data/"):
                _move(staging / write, run.folder / write)
    write_atomic(run.executed, executed)
    remove(run.failed)


def _check_parameters(run: Run) -> None:
    unknown = run.parameters.keys() - set(run.notebook.parameters)
    if unknown:
        raise BadNotebookError(
            f"{run.notebook.path.name}: does not use the parameter {', '.join(sorted(unknown))}; "
            f"it declares {', '.join(run.notebook.parameters) or 'none'}"
        )


@contextmanager
def _staging(run: Run) -> Iterator[Path]:
    """Yield a fresh folder with links to what the notebook reads from the edition."""
    top = run.staging or run.project.build / ".staging" / run.notebook.name
    folder = top / run.folder.name
    shutil.rmtree(top, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        for name, path in run.inputs.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(path)
        yield folder
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _run_papermill(run: Run, staging: Path) -> str:
    """Run the notebook and return the executed one as text.

    Raises:
        NotebookFailedError: A cell failed, ended the notebook or passed a limit, or the kernel
            died.
    """
    surroundings.without_iri_grammars()
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from rebalancing.workflow import guard, kernel

    # We report failures ourselves, once.
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)
    watch = guard.RunGuard(run.notebook.limits)
    output = staging.parent / run.notebook.path.name
    environment = {
        **_environment(run.project),
        FOLDER_VARIABLE: str(staging),
        NAME_VARIABLE: run.notebook.name,
        **({} if run.is_drawn else {UNDRAWN_VARIABLE: "1"}),
    }
    try:
        papermill.execute_notebook(
            _literally(run.notebook.path),
            _literally(output),
            parameters=dict(run.parameters),
            kernel_name="python3",
            engine_name=guard.ENGINE,
            guard=watch,
            progress_bar=False,
            record_timing=False,
            autosave_cell_every=0,
            **kernel.options(cwd=run.project.root, environment=environment),
        )
    except PapermillExecutionError as error:
        watch.fail(of_machine(error.ename, error.evalue) or f"{error.ename}: {error.evalue}")
    except RuntimeError as error:  # a kernel that dies, or does not start
        died = (
            "the kernel died, perhaps for want of memory; close other programs, or run fewer "
            "notebooks side by side (--jobs 1)"
        )
        watch.fail(died if watch.cell else f"the kernel does not start ({error})")
    except OSError as error:  # what has run cannot be kept, perhaps for the reason that it failed
        watch.fail(of_system(error))
        raise _failure(run, watch.cell, watch.reason, is_kept=False) from None
    executed = as_text(json.loads(output.read_text(encoding="utf-8")))
    if watch.reason:
        raise _failure(run, watch.cell, watch.reason, is_kept=_keep(run.failed, executed))
    return executed


def _environment(project: Project) -> dict[str, str]:
    """Return the variables that kernels of all notebooks have."""
    settings = project.build / ".workflow"  # not those of the user
    (settings / "ipython").mkdir(parents=True, exist_ok=True)
    return {
        **surroundings.of_kernels(os.environ),
        **ONE_THREAD,
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(settings / "ipython"),
        "MPLCONFIGDIR": str(settings / "matplotlib"),
        "TMPDIR": tempfile.gettempdir(),
    }


def _keep(path: Path, executed: str) -> bool:
    """Keep a notebook that failed, and return whether there is room for it."""
    try:
        write_atomic(path, executed)
    except OSError:
        return False
    return True


def _literally(path: Path) -> str:
    """Return a path in which papermill finds nothing to fill in."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _failure(run: Run, failing: str, reason: str, *, is_kept: bool) -> NotebookFailedError:
    """Say in one line which cell failed and why, and where to look if the notebook is kept."""
    where = "in the parameters given to it" if failing else "before its first cell"
    for number, stored in enumerate(run.notebook.code_cells, 1):
        if stored.id == failing:
            where = f"in code cell {number} ({stored.id}), `{one_line(stored.first_line)}`"
    place = run.failed.relative_to(run.project.root).as_posix()
    kept = f" (executed notebook kept at {place})" if is_kept else ""
    return NotebookFailedError(f"{run.notebook.name} failed {where}: {one_line(reason)}", kept)


def _check_outputs(run: Run, staging: Path) -> None:
    """Make folders that stayed empty, and raise if files are missing or not declared."""
    name, writes = run.notebook.name, run.notebook.writes
    declared = [PurePosixPath(path) for path in (*writes, *run.inputs)]
    for write in writes:
        path = run.project.root / write if write.startswith("data/") else staging / write
        if not path.exists():
            if path.suffix:
                raise NotebookFailedError(
                    f"{name} ran but did not write {write}, which it declares; write it, or "
                    "remove it from `writes` in its metadata"
                )
            path.mkdir(parents=True)
    for folder, _, files in os.walk(staging):
        for file in files:
            made = PurePosixPath(Path(folder, file).relative_to(staging))
            if not any(made.is_relative_to(d) for d in declared) and not file.startswith("."):
                raise NotebookFailedError(
                    f"{name} wrote {made}, which it does not declare; add it to `writes` in its "
                    "metadata"
                )


def _move(source: Path, target: Path) -> None:
    """Put a file or folder in the place of another; a folder replaces the old one whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    set_modes(source)
    if not target.is_dir():
        source.replace(target)
        return
    old = source.with_name(f".{source.name}.old")
    target.replace(old)
    source.replace(target)
