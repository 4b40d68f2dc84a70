"""Kernels of this environment, each with a working directory and variables of its own.

Notebooks run side by side in threads of one process, while working directory and environment
variables belong to the whole process; so they are handed to each kernel as it starts. Kernels use
the interpreter that runs the workflow, whatever kernels a user has registered.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict, Unicode
from traitlets.config import Config

from rebalancing.workflow import warm

# The first time matplotlib looks for fonts takes long, and it would say so in the notebook.
_SILENCE = (
    "__import__('logging').getLogger('matplotlib.font_manager')"
    ".addFilter(lambda record: 'building the font cache' not in record.getMessage())"
)
_running: WeakSet[OwnKernelManager] = WeakSet()


class OwnKernelManager(AsyncKernelManager):
    """Starts the kernel of this environment with given variables in a given folder."""

    environment = Dict(help="All its variables.").tag(config=True)
    working_directory = Unicode(help="Where the kernel starts.").tag(config=True)

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(parent=self, kernel_dirs=[])

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        options["env"] = dict(self.environment)
        options["cwd"] = self.working_directory
        specification = self.kernel_spec
        assert specification is not None  # that of this environment
        specification.metadata["kernel_provisioner"] = {"provisioner_name": warm.NAME}
        _running.add(self)
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel


def options(*, cwd: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that make papermill use such a kernel."""
    settings = {
        "environment": dict(environment),
        "working_directory": str(cwd),
        "transport_encryption": "auto" if zmq.has("curve") else "disabled",
    }
    return {
        "kernel_manager_class": OwnKernelManager,
        "config": Config({"OwnKernelManager": settings}),
        "extra_arguments": [
            "--HistoryManager.enabled=False",
            "--IPKernelApp.log_level=CRITICAL",
            f"--IPKernelApp.exec_lines={_SILENCE}",
        ],
    }


def kill(manager: AsyncKernelManager) -> None:
    """End a kernel at once, and what it has started; whoever waits for it learns that it died."""
    group = getattr(manager.provisioner, "pgid", None)
    if manager.has_kernel and group:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(group, signal.SIGKILL)


def kill_all() -> None:
    """End all kernels at once."""
    for manager in list(_running):
        kill(manager)
