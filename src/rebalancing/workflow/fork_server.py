"""A process with the libraries loaded, from which kernels fork.

Loading pandas, matplotlib and statsmodels takes a kernel longer than many chapters compute. Here
it is done once; each kernel is a fresh process that begins where loading has ended::

    warm.WarmProvisioner ──control──▶ this process ──fork──▶ a kernel
             ▲                                                 │
             └──────────────── its number, its end ────────────┘

The control socket is standard input. Each message on it asks for a kernel (arguments, environment,
folder) and brings three descriptors: the kernel's own socket, its standard output and error. When
the control socket closes, no more kernels start, and this process ends with the last of them. When
a kernel's socket closes, the program that asked for it has gone, and the kernel goes too. Only for
Linux: elsewhere, libraries of the system do not survive a fork.
"""

from __future__ import annotations

import atexit
import gc
import importlib.util
import io
import json
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import Any

MESSAGE = 1 << 20  # bytes that a request may have
READY = b"ready"
INLINE = "module://matplotlib_inline.backend_inline"  # as a kernel sets it
# What a kernel and any chapter load; modules of the project are loaded whole, by package. Not what
# must find a running kernel when it is loaded: matplotlib's inline backend.
LIBRARIES = (
    "ipykernel.kernelapp",
    *("ipykernel.ipkernel", "ipykernel.zmqshell"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"),
    *("pandas", "pyarrow.parquet", "pyarrow.dataset", "pandera.pandas", "seaborn", "scipy.stats"),
    *("statsmodels.api", "statsmodels.tsa.api", "arch.unitroot"),
)
OURS = ("claims", "data.views", "models", "report", "requirements")

Request = dict[str, Any]


def main() -> None:
    """Load, then start kernels until nobody asks any more; in a kernel, be one."""
    os.environ.setdefault("MPLBACKEND", INLINE)
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # as ipykernel's launcher does
    control = socket.socket(fileno=os.dup(0))
    before = dict(os.environ)
    gc.disable()  # nearly nothing that loading makes is garbage, and looking for it takes long
    load()
    set_by_loading = dict(os.environ.items() - before.items())
    if (threads := len(os.listdir("/proc/self/task"))) > 1:
        sys.exit(f"{threads} threads run after loading, so that no kernel can be forked")
    gc.freeze()  # a kernel's collector does not touch, and so copy, what all share
    gc.enable()
    control.send(READY)
    request = serve(control)
    if request is not None:
        become_kernel({**request, "env": {**set_by_loading, **request["env"]}})
        end()


def load() -> None:
    """Import what chapters use."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for part in OURS:
        package = importlib.import_module(f"rebalancing.{part}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def serve(control: socket.socket) -> Request | None:
    """Start kernels and say how they end; return a request in a kernel, None at the end of all."""
    kernels: dict[int, socket.socket] = {}
    woken, wakes = socket.socketpair()
    woken.setblocking(False)
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(wakes.fileno())
    watched = selectors.DefaultSelector()
    watched.register(control, selectors.EVENT_READ)
    watched.register(woken, selectors.EVENT_READ)
    while kernels or control in [key.fileobj for key in watched.get_map().values()]:
        for key, _ in watched.select():
            if key.fileobj is woken:
                with suppress(BlockingIOError):
                    woken.recv(MESSAGE)
                _tell_ends(kernels, watched)
            elif key.fileobj is control:
                message, descriptors, _, _ = socket.recv_fds(control, MESSAGE, 3)
                if not message:
                    watched.unregister(control)
                    continue
                if (pid := os.fork()) == 0:
                    signal.set_wakeup_fd(-1)
                    watched.close()
                    for mine in (woken, wakes, control, *kernels.values()):
                        mine.close()
                    _take(descriptors)
                    return json.loads(message)  # type: ignore[no-any-return]
                for descriptor in descriptors[1:]:
                    os.close(descriptor)
                kernels[pid] = own = socket.socket(fileno=descriptors[0])
                own.send(json.dumps({"pid": pid}).encode())
                watched.register(own, selectors.EVENT_READ, pid)
            elif key.data in kernels:  # its end may have been told in this round
                _kill(key.data)
                watched.unregister(key.fileobj)
    return None


def _take(descriptors: list[int]) -> None:
    """Make a kernel's standard output and error this process's own, in a group of its own."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, *descriptors[1:])):
        os.dup2(descriptor, number)
    for descriptor in (nothing, *descriptors):
        os.close(descriptor)


def _tell_ends(kernels: dict[int, socket.socket], watched: selectors.BaseSelector) -> None:
    """Say of each kernel that has ended how, on its own socket."""
    while kernels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        own = kernels.pop(pid)
        with suppress(OSError):
            own.send(json.dumps({"end": os.waitstatus_to_exitcode(status)}).encode())
        with suppress(KeyError):
            watched.unregister(own)
        own.close()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def become_kernel(request: Request) -> None:
    """Go on as a kernel that was started in a folder, with arguments and variables."""
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    forget_surroundings()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None  # ipykernel has it
    sys.argv = [str(launcher.origin), *request["arguments"]]
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance()


def end() -> None:
    """End this process as Python does, but take nothing apart: that would touch all that is shared.

    What is still open is written, as Python does when it takes a file apart.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # as multiprocessing ends what it forks
    atexit._run_exitfuncs()
    for each in gc.get_objects():
        if type(each) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            with suppress(OSError, ValueError):
                each.flush()
    os._exit(0)


def forget_surroundings() -> None:
    """Drop what libraries have remembered of the temporary folder, the time zone and chance."""
    import numpy as np

    tempfile.tempdir = None
    time.tzset()
    random.seed()
    np.random.seed()


if __name__ == "__main__":
    main()
