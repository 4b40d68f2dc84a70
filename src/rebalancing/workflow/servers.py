"""Processes with the libraries loaded, from which kernels fork; one at a time is kept.

A kernel whose Python, packages, code or variables differ gets another one. A build begins to load
one before it needs it (`begin`), beside what else it has to load itself.
"""

from __future__ import annotations

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
from threading import Lock, Thread

import rebalancing
from rebalancing.notebooks import FOLDER_VARIABLE, NAME_VARIABLE, UNDRAWN_VARIABLE
from rebalancing.workflow import fork_server

IS_POSSIBLE = sys.platform == "linux"
CODE = Path(rebalancing.__file__).parent
COMMAND = [sys.executable, "-m", fork_server.__name__]
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


def start(arguments: list[str], environment: Mapping[str, str], cwd: str) -> Forked:
    """Start a kernel from a process that is loaded for its variables.

    Raises:
        NoServerError: There is none, and none could be started.
    """
    with _lock:
        key = _loaded(environment)
        try:
            return _servers[key].start(arguments, environment, cwd)
        except NoServerError:
            del _servers[key]
            raise


def begin(environment: Mapping[str, str]) -> None:
    """Begin to load a process for kernels with these variables; whoever needs one waits for it."""

    def load() -> None:
        with _lock, suppress(NoServerError, OSError):  # the first kernel tries again, and says why
            _loaded(environment)

    if IS_POSSIBLE:
        Thread(target=load, daemon=True).start()


def _loaded(environment: Mapping[str, str]) -> str:
    """Return the key of the process for some variables, which is started if it is not there."""
    key = good_for(environment)
    if key not in _servers:
        _close()
        _servers[key] = _Server(environment)
    return key


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
