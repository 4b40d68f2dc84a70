"""The command that runs a sweep."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from rebalancing.options import jobs_option
from rebalancing.project import Project


@click.command()
@click.argument("grid", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="List the runs, and run none.")
@click.option("--scheduler", metavar="ADDRESS", help="Of Dask, as tcp://10.0.0.1:8786.")
@jobs_option
def sweep(grid: Path, check: bool, scheduler: str | None, jobs: int | None) -> None:
    """Run chapters over the economies, days and parameters that a file GRID names.

    What ran before, and would run in the same way, does not run again. docs/sweeps.md explains the
    file, and how other machines take part.
    """
    check_where(scheduler, jobs)
    from rebalancing.sweeps import whole
    from rebalancing.sweeps.grid import read_grid

    project = Project.find()
    with nullcontext() if check else project.alone("sweep"):
        whole.run_sweep(project, read_grid(grid), is_check=check, scheduler=scheduler, jobs=jobs)


def check_where(scheduler: str | None, jobs: int | None) -> None:
    """Refuse a number of jobs for machines that say it themselves."""
    if scheduler and jobs:
        raise click.UsageError("--jobs is for this machine; with --scheduler, workers say it")


COMMANDS: dict[str, click.Command] = {"sweep": sweep}
