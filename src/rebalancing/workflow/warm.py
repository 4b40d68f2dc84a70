"""Kernels that begin with their libraries loaded, for papermill, nbclient and JupyterLab alike.

A kernel names this provisioner in its specification (tools/kernel/kernel.json), which is Jupyter's
own way to say how it is started. The first kernel of a program starts a process that loads the
libraries; this kernel and all later ones fork from it (`rebalancing.workflow.fork_server`). Each is
a process of its own with its own folder, variables, descriptors and chance. One whose Python,
packages, code or variables differ gets a loaded process of its own; where there is no fork, or
loading fails, an ordinary kernel starts, and the log says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

import rebalancing
from rebalancing.notebooks import FOLDER_VARIABLE, NAME_VARIABLE, UNDRAWN_VARIABLE
from rebalancing.workflow import fork_server

NAME = "rebalancing-warm"  # as pyproject.toml and the kernel's specification have it
IS_POSSIBLE = sys.platform == "linux"
CODE = Path(rebalancing.__file__).parent
COMMAND = [sys.executable, "-m", fork_server.__name__]
_LAUNCHER = ["-m", "ipykernel_launcher"]
# They are read when they are needed, not when a library is loaded.
_READ_LATER = {
    *(FOLDER_VARIABLE, NAME_VARIABLE, UNDRAWN_VARIABLE, "IPYTHONDIR", "TMPDIR"),
    *("JPY_PARENT_PID", "JPY_SESSION_NAME", "PWD", "OLDPWD", "SHLVL", "_"),
    "PYTEST_CURRENT_TEST",
}
# One of its allocators, which nobody uses, would run a thread; threads do not survive a fork.
_NO_THREAD_OF_ARROW = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_lock = Lock()
_servers: dict[str, _Server] = {}


class NoServerError(Exception):
    """The process that kernels fork from could not be started, or has ended."""


class Forked:
    """A kernel that was forked, as a process that Jupyter can wait for and signal.

    Attributes:
        pid: Its number, and that of its process group.
        returncode: How it ended, as of `subprocess.Popen`; None while it runs.
    """

    stdin = stdout = stderr = None

    def __init__(self, own: socket.socket) -> None:
        self._own = own
        self.returncode: int | None = None
        if not (message := own.recv(fork_server.MESSAGE)):
            raise NoServerError("the process that kernels fork from has ended")
        self.pid: int = json.loads(message)["pid"]

    def poll(self) -> int | None:
        """Return how the kernel ended, or None while it runs."""
        return self._ended(socket.MSG_DONTWAIT)

    def wait(self) -> int:
        """Return how the kernel ended, once it has."""
        ended = self._ended(0)
        assert ended is not None
        return ended

    def _ended(self, flags: int) -> int | None:
        if self.returncode is None:
            with suppress(BlockingIOError):
                message = self._own.recv(fork_server.MESSAGE, flags)
                # Without a message, the process that knew has been killed, and the kernel with it.
                self.returncode = json.loads(message)["end"] if message else -signal.SIGKILL
                self._own.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send the kernel a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class _Server:
    """A process with the libraries loaded."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**environment, **_NO_THREAD_OF_ARROW},
                cwd="/",
                start_new_session=True,
            )
        if self._control.recv(fork_server.MESSAGE) != fork_server.READY:
            assert self._process.stderr is not None
            lines = self._process.stderr.read().decode(errors="replace").strip().splitlines()
            raise NoServerError(lines[-1] if lines else "it ended without a word")

    def start(self, arguments: list[str], environment: Mapping[str, str], cwd: str) -> Forked:
        """Start a kernel."""
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = f"--IPKernelApp.parent_handle={self._process.pid}"  # with which a kernel ends
        request = {"arguments": [*arguments, parent], "env": dict(environment), "cwd": cwd}
        with theirs:
            try:
                socket.send_fds(
                    self._control, [json.dumps(request).encode()], [theirs.fileno(), 1, 2]
                )
            except OSError as error:
                raise NoServerError(f"it has ended ({error})") from error
        return Forked(own)

    def close(self) -> None:
        """Start no more kernels; the process ends with the last one."""
        self._control.close()


class WarmProvisioner(LocalProvisioner):
    """Starts kernels from a process that has loaded their libraries."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel; an ordinary one if it cannot be forked."""
        given = kwargs.get("env")
        environment = dict(os.environ if given is None else given)
        if not IS_POSSIBLE:
            self.log.info("Kernels start cold: this system cannot fork loaded libraries.")
        elif _is_ours(cmd):
            try:
                folder = str(kwargs.get("cwd") or os.getcwd())
                forked = await asyncio.to_thread(_start, cmd[3:], environment, folder)
            except (NoServerError, OSError) as error:
                self.log.warning("This kernel starts cold; loading its libraries failed: %s", error)
            else:
                self.process = cast("subprocess.Popen[bytes]", forked)
                self.pid = self.pgid = forked.pid
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


def _is_ours(cmd: list[str]) -> bool:
    """Return whether a command is an IPython kernel of this very Python."""
    return cmd[1:3] == _LAUNCHER and Path(cmd[0]).absolute() == Path(sys.executable).absolute()


def _start(arguments: list[str], environment: Mapping[str, str], cwd: str) -> Forked:
    with _lock:
        key = good_for(environment)
        if key not in _servers:
            _close()
            _servers[key] = _Server(environment)
        try:
            return _servers[key].start(arguments, environment, cwd)
        except NoServerError:
            del _servers[key]
            raise


def close() -> None:
    """Let the loaded process end with the last of its kernels; the next kernel starts another."""
    with _lock:
        _close()


def _close() -> None:
    while _servers:
        _servers.popitem()[1].close()


def good_for(environment: Mapping[str, str]) -> str:
    """Return what a loaded process is good for: variables, packages and code as they are now."""
    packages = os.stat(sysconfig.get_paths()["purelib"]).st_mtime_ns
    code = [
        (entry.path, entry.stat().st_mtime_ns, entry.stat().st_size)
        for folder, _, _ in os.walk(CODE)
        if not folder.endswith("__pycache__")
        for entry in os.scandir(folder)
        if entry.name.endswith(".py")
    ]
    read = {name: value for name, value in environment.items() if name not in _READ_LATER}
    settings = Path(read.get("MPLCONFIGDIR", ""))
    if not any((settings / name).exists() for name in ("matplotlibrc", "stylelib")):
        read.pop("MPLCONFIGDIR", None)  # matplotlib finds nothing there when it is loaded
    return repr((sorted(read.items()), packages, sorted(code)))
