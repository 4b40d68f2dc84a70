"""One notebook, run by papermill in a kernel of its own.

A run is all or nothing: the notebook writes into a staging folder that holds, besides, only what
it declares to read from the edition; when it has finished, what it declares to write moves into
the edition's folder in one go, the executed notebook last. When it fails, the edition keeps its
last good outputs and the executed notebook is kept apart, in ``failed/``. (Tables below
``data/processed`` are written in place, each of them whole.)

The same inputs give the same executed notebook, byte for byte: without times, durations, paths
of this machine, process numbers and memory addresses.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.project import Project
from rebalancing.workflow.notebooks import FOLDER_VARIABLE, BadNotebookError, Notebook

Json = dict[str, Any]
_ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS")
}
_VARIES = (
    (re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py"), "<cell>"),
    (re.compile(r"\bat 0x[0-9a-f]+"), "at 0x…"),
)
_TEXTS = ("text", "traceback", "evalue", "text/plain")


class NotebookFailedError(RebalancingError):
    """A notebook that stopped with an error, or did not do what it declares."""


@dataclass(frozen=True)
class Run:
    """A notebook to run for one edition.

    Attributes:
        project: The project; its root is the notebook's working directory.
        notebook: What to run.
        folder: The edition's folder, or the one that all editions share.
        inputs: What the notebook reads from the edition, by the path that it declares.
        parameters: Values for exactly the parameters that the notebook declares.
    """

    project: Project
    notebook: Notebook
    folder: Path
    inputs: Mapping[str, Path]
    parameters: Mapping[str, Any]

    @property
    def executed(self) -> Path:
        """Where the executed notebook goes."""
        return self.folder / "notebooks" / self.notebook.path.name

    @property
    def failed(self) -> Path:
        """Where the executed notebook is kept when it fails."""
        return self.folder / "failed" / self.notebook.path.name


def execute(run: Run) -> None:
    """Run a notebook and put its outputs into the edition's folder.

    Raises:
        BadNotebookError: The parameters are not those that the notebook declares.
        NotebookFailedError: A cell failed, the kernel died, or an output is missing or not
            declared; the message names notebook, cell and reason.
    """
    _check_parameters(run)
    with _staging(run) as staging:
        executed = _run_papermill(run, staging)
        _check_outputs(run, staging)
        for write in run.notebook.writes:
            if not write.startswith("data/"):
                _move(staging / write, run.folder / write)
    write_atomic(run.executed, executed)
    run.failed.unlink(missing_ok=True)


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
    top = run.project.build / ".staging" / run.notebook.name
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
        NotebookFailedError: A cell failed or the kernel died.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from rebalancing.workflow import kernel

    # What goes wrong is said once, and by us.
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)
    output = staging.parent / run.notebook.path.name
    settings = run.project.build / ".workflow" / "ipython"  # not those of the user
    settings.mkdir(parents=True, exist_ok=True)
    environment = {
        **_ONE_THREAD,
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(settings),
        FOLDER_VARIABLE: str(staging),
    }
    try:
        papermill.execute_notebook(
            _literally(run.notebook.path),
            _literally(output),
            parameters=dict(run.parameters),
            kernel_name="python3",
            progress_bar=False,
            record_timing=False,
            coalesce_streams=True,
            autosave_cell_every=0,
            **kernel.options(cwd=run.project.root, environment=environment),
        )
    except (PapermillExecutionError, DeadKernelError) as error:
        executed = json.loads(output.read_text(encoding="utf-8"))
        failure = _failure(run, executed, getattr(error, "ename", ""))
        write_atomic(run.failed, _as_text(executed))
        raise failure from None
    return _as_text(json.loads(output.read_text(encoding="utf-8")))


def _literally(path: Path) -> str:
    """Return a path in which papermill finds nothing to fill in."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _failure(run: Run, executed: Json, ename: str) -> NotebookFailedError:
    """Say in one line which cell failed and why, and where to look."""
    cells = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    errors = {
        cell["id"]: output
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "error"
    }
    if errors:
        failing, error = next(iter(errors.items()))
        reason = f"{error['ename']}: {error['evalue']}" if error["evalue"] else error["ename"]
    else:
        begun = [cell for cell in cells if _status(cell) != "pending"]
        failing = begun[-1]["id"] if begun else ""
        reason = ename or "the kernel died, perhaps for want of memory"
    where = "the parameters given to it"
    for number, stored in enumerate(run.notebook.code_cells, 1):
        if stored.id == failing:
            where = f"code cell {number} ({stored.id}), `{stored.first_line}`"
    kept = run.failed.relative_to(run.project.root).as_posix()
    return NotebookFailedError(
        f"{run.notebook.name} failed in {where}: {' '.join(reason.split())} "
        f"(executed notebook kept at {kept})"
    )


def _status(cell: Json) -> str:
    return str(cell["metadata"].get("papermill", {}).get("status", "pending"))


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
    if not target.is_dir():
        source.replace(target)
        return
    old = source.with_name(f".{source.name}.old")
    target.replace(old)
    source.replace(target)


def _as_text(notebook: Json) -> str:
    """Return an executed notebook as text, without what varies between runs."""
    notebook["metadata"].pop("papermill", None)
    for cell in notebook["cells"]:
        cell["metadata"].pop("papermill", None)
        tags = cell["metadata"].get("tags", ())
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        if "papermill-error-cell-tag" in tags:
            cell["id"] = f"error-{notebook['cells'].index(cell)}"
        for output in cell.get("outputs", ()):
            for part in (output, output.get("data", {})):
                part.update({key: _steady(part[key]) for key in _TEXTS if key in part})
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _steady(text: Any) -> Any:
    """Return a text, or its lines, without process numbers and memory addresses."""
    if isinstance(text, list):
        return [_steady(line) for line in text]
    for pattern, replacement in _VARIES:
        text = pattern.sub(replacement, text)
    return text
