"""Kernels that begin with their libraries loaded, for papermill, nbclient and JupyterLab alike.

A kernel names this provisioner in its specification (tools/kernel/kernel.json), which is Jupyter's
own way to say how it is started. The first kernel of a program starts a process that loads the
libraries (`rebalancing.workflow.servers`); this kernel and all later ones fork from it
(`rebalancing.workflow.fork_server`). Each is a process of its own with its own folder, variables,
descriptors and chance. Where there is no fork, or loading fails, an ordinary kernel starts, and the
log says so.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from rebalancing.workflow import servers

NAME = "rebalancing-warm"  # as pyproject.toml and the kernel's specification have it
_LAUNCHER = ["-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """Starts kernels from a process that has loaded their libraries."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel; an ordinary one if it cannot be forked."""
        given = kwargs.get("env")
        environment = dict(os.environ if given is None else given)
        if not servers.IS_POSSIBLE:
            self.log.info("Kernels start cold: this system cannot fork loaded libraries.")
        elif _is_ours(cmd):
            try:
                folder = str(kwargs.get("cwd") or os.getcwd())
                forked = await asyncio.to_thread(servers.start, cmd[3:], environment, folder)
            except (servers.NoServerError, OSError) as error:
                self.log.warning("This kernel starts cold; loading its libraries failed: %s", error)
            else:
                self.process = cast("subprocess.Popen[bytes]", forked)
                self.pid = self.pgid = forked.pid
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


def _is_ours(cmd: list[str]) -> bool:
    """Return whether a command is an IPython kernel of this very Python."""
    return cmd[1:3] == _LAUNCHER and Path(cmd[0]).absolute() == Path(sys.executable).absolute()
