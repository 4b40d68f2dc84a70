"""Kernels with their libraries loaded do what others do, and know nothing of each other."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager

from rebalancing.notebooks import read_notebook
from rebalancing.workflow import kernel, servers, warm
from rebalancing.workflow.execute import ONE_THREAD, Run, execute

from .small_project import FOLDER, RESULT, SmallProject, notebook

REPOSITORY = Path(__file__).parents[2]
KERNEL = json.loads((REPOSITORY / "tools" / "kernel" / "kernel.json").read_text())
WRITE = f"{FOLDER}\n{RESULT.format(name='x', value=1)}"
# What one run could leave to the next, and a chapter would notice.
SEES = """
import builtins, gc, locale, os, random, resource, signal, sys, tempfile, threading, warnings
import matplotlib as mpl, numpy as np, pandas as pd
from matplotlib import pyplot as plt
from rebalancing.workflow import fork_server
fork_server.load()
print(sorted(os.environ), os.getcwd(), os.umask(0o22), tempfile.gettempdir())
print(sys.path[2:], sys.argv[1:2], sys.flags, sys.getrecursionlimit(), locale.getlocale())
print(sorted(map(str, warnings.filters)), plt.get_fignums(), dict(mpl.rcParams))
print(len(threading.enumerate()), sorted(vars(builtins)))
print([signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)])
print(resource.getrlimit(resource.RLIMIT_NOFILE), gc.isenabled(), gc.get_threshold())
print(pd.get_option("display.max_rows"), hash("a"), "left_behind" in sys.modules)
print(len(os.listdir("/proc/self/fd")))
np.random.seed(1); random.seed(1); print(np.random.rand(), random.random())
"""
LEAVES = """
import builtins, random, sys, threading, time, types, warnings
import matplotlib as mpl, numpy as np, os, pandas as pd
from matplotlib import pyplot as plt
warnings.simplefilter("ignore"); np.random.seed(7); random.seed(7); os.chdir("/"); os.umask(0)
os.environ["LEFT"] = "behind"; mpl.rcParams["font.size"] = 31; plt.figure(); builtins.left = 1
pd.set_option("display.max_rows", 3); sys.modules["left_behind"] = types.ModuleType("left_behind")
pd.DataFrame.sum = None; kept = [open(os.devnull) for _ in range(50)]
threading.Thread(target=time.sleep, args=[60], daemon=True, name="left").start()
"""
pytestmark = pytest.mark.skipif(not servers.IS_POSSIBLE, reason="this system cannot fork kernels")
slow = pytest.mark.slow
LONG = 600  # seconds, after which what hangs is ended


@pytest.fixture
def no_server() -> None:
    """Let a test begin without a loaded process."""
    servers.close()


def _said(root: Path, *cells: str) -> str:
    """Run cells by the workflow and return the executed notebook."""
    small = SmallProject(root)
    stored = read_notebook(
        small.write("notebooks/x.ipynb", notebook(*cells, WRITE, writes=["results/x.json"]))
    )
    run = Run(small.project, stored, root / "build" / "CHN", {}, {"economy": "CHN"})
    execute(run)
    return run.executed.read_text()


@slow
@pytest.mark.usefixtures("no_server")
def test_a_warm_kernel_says_what_a_cold_one_says_whatever_ran_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _said(tmp_path, SEES)
    _said(tmp_path, LEAVES)
    assert _said(tmp_path, SEES) == before
    monkeypatch.setattr(servers, "IS_POSSIBLE", False)
    assert _said(tmp_path, SEES) == before


@slow
def test_chance_differs_between_kernels(tmp_path: Path) -> None:
    cell = "import random, numpy as np; print(random.random(), np.random.rand())"
    first, second = (json.loads(_said(tmp_path, cell))["cells"][-2]["outputs"] for _ in range(2))
    one, two = (output[0]["text"].split() for output in (first, second))
    assert not set(one) & set(two)


async def _started(**options: object) -> AsyncKernelManager:
    manager = kernel.OwnKernelManager(environment=ONE_THREAD, working_directory="/", **options)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=LONG)
    client.stop_channels()
    return manager


@slow
def test_kernels_fork_from_one_process_and_end_as_processes_do() -> None:
    async def start_and_end() -> list[int | None]:
        one, two = [await _started() for _ in range(2)]
        parents = {psutil.Process(each.provisioner.pid).ppid() for each in (one, two)}
        assert len(parents) == 1
        assert os.getpid() not in parents
        assert os.getpgid(one.provisioner.pid) == one.provisioner.pid
        assert await one.is_alive()
        process = one.provisioner.process
        kernel.kill(one)
        two_process = two.provisioner.process
        await two.shutdown_kernel(now=False)
        return [process.wait(), two_process.wait()]

    assert asyncio.run(start_and_end()) == [-signal.SIGKILL, 0]


@slow
def test_what_a_kernel_leaves_open_is_written(tmp_path: Path) -> None:
    opens = "text, raw = open('text', 'w'), open('raw', 'wb')\ntext.write('a'); raw.write(b'b')"
    registers = "import atexit; atexit.register(lambda: pathlib.Path('last').write_text('c'))"
    _said(tmp_path, opens, f"import pathlib; {registers}")
    paths = [tmp_path / name for name in ("last", "text", "raw")]
    deadline = time.monotonic() + LONG
    while not all(path.exists() and path.stat().st_size for path in paths):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [path.read_text() for path in paths] == ["c", "a", "b"]


@slow
def test_a_cell_can_be_interrupted() -> None:
    async def interrupt() -> str:
        manager = await _started()
        client = manager.client()
        client.start_channels()
        client.execute("import time; print('on', flush=True); time.sleep(60)")
        while (await client.get_iopub_msg(timeout=LONG))["msg_type"] != "stream":
            pass
        await manager.interrupt_kernel()
        reply = await client.get_shell_msg(timeout=LONG)
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return str(reply["content"]["ename"])

    assert asyncio.run(interrupt()) == "KeyboardInterrupt"


@slow
def test_kernels_end_with_the_program_that_asked_for_them() -> None:
    program = (
        "import asyncio, time\nfrom rebalancing.workflow import execute, kernel\n"
        "manager = kernel.OwnKernelManager("
        "environment=execute.ONE_THREAD, working_directory='/')\n"
        "asyncio.run(manager.start_kernel())\n"
        "print(manager.provisioner.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as asks:
        assert asks.stdout is not None
        own = psutil.Process(int(asks.stdout.readline()))
        server = psutil.Process(own.ppid())
        asks.kill()
    gone, alive = psutil.wait_procs([own, server], timeout=LONG)
    assert not alive
    assert len(gone) == 2


@slow
@pytest.mark.usefixtures("no_server")
def test_a_process_that_does_not_load_leaves_a_kernel_cold(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(servers, "COMMAND", [sys.executable, "-c", "1 / 0"])

    async def start() -> int:
        manager = await _started()
        parent = psutil.Process(manager.provisioner.pid).ppid()
        await manager.shutdown_kernel(now=True)
        return parent

    logging.getLogger("traitlets").propagate = True
    with caplog.at_level(logging.WARNING):
        assert asyncio.run(start()) == os.getpid()
    assert "ZeroDivisionError" in caplog.text


def test_what_a_loaded_process_is_good_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "rebalancing"
    code.mkdir()
    (code / "a.py").write_text("1")
    monkeypatch.setattr(servers, "CODE", code)
    first = servers.good_for({"TZ": "UTC"})
    assert servers.good_for({"TZ": "UTC", "JPY_SESSION_NAME": "a", "TMPDIR": "/x"}) == first
    assert servers.good_for({"TZ": "UTC", "MPLCONFIGDIR": str(tmp_path)}) == first
    assert servers.good_for({"TZ": "Asia/Shanghai"}) != first
    (code / "a.py").write_text("12")
    assert servers.good_for({"TZ": "UTC"}) != first
    second = servers.good_for({"TZ": "UTC"})
    (tmp_path / "matplotlibrc").write_text("font.size: 31")
    assert servers.good_for({"TZ": "UTC", "MPLCONFIGDIR": str(tmp_path)}) != second


def test_jupyter_finds_it_by_the_name_that_the_kernel_has() -> None:
    assert KERNEL["metadata"]["kernel_provisioner"]["provisioner_name"] == warm.NAME
    (entry,) = metadata.entry_points(group="jupyter_client.kernel_provisioners", name=warm.NAME)
    assert entry.load() is warm.WarmProvisioner


def test_jupyterlab_computes_with_as_many_threads_as_the_workflow() -> None:
    given = {name: value for name, value in KERNEL["env"].items() if "THREADS" in name}
    assert given == {name: ONE_THREAD[name] for name in given}
    assert {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"} <= given.keys()
