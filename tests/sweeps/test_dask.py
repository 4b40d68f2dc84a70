"""Sweeps by a real scheduler with two worker processes, on loopback."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import psutil
import pytest
from workflow.small_project import SmallProject

from rebalancing.sweeps.executors import OnDask
from rebalancing.sweeps.scheduler import SchedulerError

from .conftest import Swept, write

distributed = pytest.importorskip("distributed", reason="distributed is not installed")
pytestmark = pytest.mark.slow
LONG = 600  # seconds, after which what hangs is ended


@dataclass
class Cluster:
    """A scheduler, and workers that were started in the folder of a project."""

    root: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, program: str, *arguments: str, folder: Path | None = None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([*command, "--no-dashboard"], cwd=folder or self.root, **quiet)  # type: ignore[call-overload]
        self.processes.append(process)
        return process  # type: ignore[no-any-return]

    def begin(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        self.add()

    def add(self, folder: Path | None = None) -> subprocess.Popen[bytes]:
        place = str(self.root.parent / f"scratch-{len(self.processes)}")
        alone = ("--no-nanny", "--nthreads", "1", "--local-directory", place)
        return self.start("worker", self.address, *alone, folder=folder)

    def drop(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self.processes.remove(process)

    def wait_for(self, workers: int) -> None:
        with distributed.Client(self.address, timeout=LONG, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=LONG)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without a worker first; `test_a_scheduler_without_workers` needs that."""
    root = tmp_path_factory.mktemp("cluster") / "project"
    root.mkdir()
    write(root)
    made = Cluster(root)
    made.begin()
    made.add()
    try:
        made.wait_for(2)
        yield made
    finally:
        made.end()


@pytest.fixture
def swept_there(cluster: Cluster) -> Iterator[Swept]:
    """The project in whose folder the workers were started, with nothing in it but tables."""
    yield Swept(SmallProject(cluster.root))
    for name in ("begun", "finished", "hold", "build/sweeps"):
        path = cluster.root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def swept_while(act: Callable[[], None], swept_there: Swept, cluster: Cluster) -> Path:
    """Sweep on the cluster while something happens beside it, and return the sweep's folder."""
    thread = threading.Thread(target=act)
    thread.start()
    done = swept_there.sweep(scheduler=cluster.address, jobs=None)
    thread.join()
    return done


def test_workers_give_the_same_bytes_as_this_machine(
    cluster: Cluster, swept_there: Swept, swept_once: Swept
) -> None:
    done = swept_there.sweep(scheduler=cluster.address, jobs=None)
    assert swept_there.bytes(done) == swept_once.bytes(swept_once.root / "build/sweeps/small")
    workers = {str(process.pid) for process in cluster.processes[1:]}
    said = (cluster.root / "finished").read_text().splitlines()
    assert {line.split(" ")[-2] for line in said} == workers
    assert len(said) == 8


def test_something_else_that_listens_is_no_scheduler(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rebalancing.sweeps.scheduler.PATIENCE", 0.5)

    def says(answer: bytes | None) -> str:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

            def serve() -> None:
                connection, _ = server.accept()
                if answer is None:
                    connection.close()
                else:
                    connection.sendall(answer)
                    connection.recv(1)
                    held.append(connection)

            held: list[socket.socket] = []
            thread = threading.Thread(target=serve)
            thread.start()
            with pytest.raises(SchedulerError) as error:
                OnDask(address, [])
            thread.join()
            for connection in held:
                connection.close()
        return str(error.value).replace(address, "it")

    other = "it does not answer as a Dask scheduler; check the address (docs/sweeps.md)"
    assert says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") == other
    assert says(b"") == other  # accepts, and stays silent
    assert says(None) == other
    monkeypatch.undo()
    with distributed.Client(cluster.address, timeout=LONG, set_as_default=False) as client:
        worker = min(client.nthreads())
    with pytest.raises(SchedulerError, match=f"^{worker} does not answer as a Dask scheduler"):
        OnDask(worker, [])


def test_a_worker_that_lacks_something_is_named_before_anything_runs(
    cluster: Cluster, copied: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says() -> str:
        with pytest.raises(SchedulerError) as error:
            copied.sweep(scheduler=cluster.address)
        return re.sub(r"^worker tcp://127.0.0.1:\d+", "worker", str(error.value))

    before = copied.lines("begun")
    tables = Path("data", "processed")
    shutil.copytree(copied.root / tables, cluster.root / tables, dirs_exist_ok=True)
    shutil.rmtree(copied.root / "build" / "sweeps")
    notebook = cluster.root / "notebooks" / "03_second.ipynb"
    notebook.rename(cluster.root / "03")
    assert says() == f"worker: {notebook} is missing; bring the notebooks here"
    (cluster.root / "03").rename(notebook)
    copied.small.write("data/raw/b/2023/figures.txt", "other\n")
    again = "is not what the sweep rests on; bring code and data here again (docs/sweeps.md)"
    assert says() == f"worker: data/raw/b {again}"
    monkeypatch.setattr("rebalancing.sweeps.executors.packages", lambda: {"pandas": "0.1"})
    assert says() == f"worker: it has pandas {metadata.version('pandas')}, and the sweep 0.1"
    # Asked of a package that no worker has, they answer as without ours.
    monkeypatch.setattr("rebalancing.sweeps.executors.PACKAGE", "no-such-package")
    why = "lacks the package no-such-package; install the wheel there (docs/sweeps.md)"
    assert says() == f"worker {why}"
    assert copied.lines("begun") == before


def test_a_worker_that_joins_late_without_the_data_gets_no_tasks_and_harms_no_run(
    cluster: Cluster, swept_there: Swept, swept_once: Swept, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    held = "02_first CHN 1"
    (cluster.root / "hold").write_text(held)
    late = []

    def join() -> None:
        while held not in swept_there.lines("begun"):
            time.sleep(0.05)
        late.append(cluster.add(tmp_path))
        cluster.wait_for(3)
        (cluster.root / "hold").unlink()

    done = swept_while(join, swept_there, cluster)
    assert swept_there.bytes(done) == swept_once.bytes(swept_once.root / "build/sweeps/small")
    (said,) = [line for line in capsys.readouterr().err.splitlines() if "worker" in line]
    assert re.match(r"No tasks go to worker tcp://127.0.0.1:\d+: No study.yml in ", said)
    # One that is there before anything runs is named too, and the others do the work.
    shutil.rmtree(cluster.root / "build" / "sweeps")
    again = swept_there.sweep(scheduler=cluster.address, jobs=None)
    assert swept_there.bytes(again) == swept_once.bytes(swept_once.root / "build/sweeps/small")
    assert said in capsys.readouterr().err.splitlines()
    cluster.drop(*late)


def test_a_worker_whose_data_change_loses_its_tasks_to_others_until_none_is_left(
    cluster: Cluster, swept_there: Swept, swept_once: Swept, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    copy, data = tmp_path / "project", Path("data", "raw", "b", "2023", "figures.txt")
    shutil.copytree(cluster.root, copy)
    extra = cluster.add(copy)
    cluster.wait_for(3)
    for root in (cluster.root, copy):
        (root / "hold").write_text("02_first")
    heard = []

    def change() -> None:
        while len(swept_there.lines("begun")) < 2 or not (copy / "begun").exists():
            time.sleep(0.05)
        (copy / data).write_text("other\n")
        (copy / "hold").unlink()  # the others are held, so this one draws the next task
        while "No tasks go to worker" not in "".join(heard):
            time.sleep(0.05)
            heard.append(capsys.readouterr().err)
        (cluster.root / "hold").unlink()

    done = swept_while(change, swept_there, cluster)
    assert swept_there.bytes(done) == swept_once.bytes(swept_once.root / "build/sweeps/small")
    assert len((copy / "finished").read_text().splitlines()) == 1
    again = "data/raw/b is not what the sweep rests on; bring code and data here again"
    assert "".join(heard).count(again) == 1
    cluster.drop(extra)
    # Both workers that are left have their data in this folder.
    shutil.rmtree(cluster.root / "build" / "sweeps")
    (cluster.root / "begun").unlink()
    (cluster.root / "hold").write_text("02_first")
    before = (cluster.root / data).read_text()

    def spoil() -> None:
        while len(swept_there.lines("begun")) < 2:
            time.sleep(0.05)
        (cluster.root / data).write_text("other\n")
        (cluster.root / "hold").unlink()

    thread = threading.Thread(target=spoil)
    thread.start()
    with pytest.raises(SchedulerError, match=rf"^worker tcp://127.0.0.1:\d+: {again}"):
        swept_there.sweep(scheduler=cluster.address, jobs=None)
    thread.join()
    (cluster.root / data).write_text(before)


def test_a_worker_that_is_killed_loses_nothing_and_nothing_finishes_twice(
    cluster: Cluster, swept_there: Swept, swept_once: Swept
) -> None:
    held = "02_first JPN 1"
    (cluster.root / "hold").write_text(held)

    def kill() -> None:
        # What a worker has finished and nobody has fetched is lost with it, and runs again.
        runs = cluster.root / "build" / "sweeps" / "runs"
        while held not in swept_there.lines("begun") or not (
            0 < len(swept_there.lines("finished")) <= len(list(runs.glob("[!.]*")))
        ):
            time.sleep(0.05)
        said = (cluster.root / "begun").read_text().splitlines()
        (line,) = (line for line in said if line.startswith(held))
        worker, kernel = line.split(" ")[-2:]
        os.kill(int(worker), signal.SIGKILL)
        while psutil.pid_exists(int(kernel)):  # it goes with its worker
            time.sleep(0.05)
        (cluster.root / "hold").unlink()

    done = swept_while(kill, swept_there, cluster)
    assert swept_there.bytes(done) == swept_once.bytes(swept_once.root / "build/sweeps/small")
    finished = swept_there.lines("finished")
    assert len(finished) == 8
    assert len([line for line in swept_there.lines("begun") if line == held]) == 2
    assert sum(psutil.pid_exists(p.pid) and p.poll() is None for p in cluster.processes) == 2


def test_a_scheduler_that_goes_has_no_worker_or_does_not_answer_is_named(
    copied: Swept, swept_there: Swept, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for process in cluster.processes[1:]:
        process.kill()
        process.wait()
    copied.small.write("data/raw/b/2023/figures.txt", "other\n")
    deadline = time.monotonic() + 60
    while True:  # the scheduler takes a moment to see that they have gone
        with pytest.raises(SchedulerError) as error:
            copied.sweep(scheduler=cluster.address)
        if "no workers" in str(error.value) or time.monotonic() > deadline:
            break
    says = "the scheduler has no workers; docs/sweeps.md says how workers are started"
    assert str(error.value) == f"{cluster.address}: {says}"
    cluster.add()
    cluster.wait_for(1)
    (cluster.root / "hold").write_text("02_first CHN 1")

    def kill() -> None:
        while not swept_there.lines("begun"):
            time.sleep(0.05)
        cluster.processes[0].kill()

    thread = threading.Thread(target=kill)
    thread.start()
    gone = rf"^{cluster.address}: the scheduler has gone; what had finished is kept"
    with pytest.raises(SchedulerError, match=gone):
        swept_there.sweep(
            "chapters: [2]\ngrid: {economy: [CHN]}\n", scheduler=cluster.address, jobs=None
        )
    thread.join()
    # distributed would say so in its own way.
    assert not logging.getLogger("distributed.client").isEnabledFor(logging.CRITICAL)
    cluster.processes[0].wait()
    monkeypatch.setattr("rebalancing.sweeps.scheduler.PATIENCE", 0.2)
    with pytest.raises(SchedulerError, match=r"^tcp://127.0.0.1:\d+: no scheduler answers \("):
        copied.sweep(scheduler=cluster.address)
