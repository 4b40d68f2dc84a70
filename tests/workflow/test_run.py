from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from rebalancing import build, files
from rebalancing.build import DataChangedError
from rebalancing.data.releases import verify
from rebalancing.errors import DataError, of_system
from rebalancing.project import Project
from rebalancing.report import provenance
from rebalancing.study import Study
from rebalancing.workflow import engine, explain, fork_server, run, servers
from rebalancing.workflow.run import (
    BuildFailedError,
    BuildInterruptedError,
    UnknownNotebookError,
)

from .small_project import FOLDER, RESULT, SmallProject, notebook

pytestmark = pytest.mark.slow

SITE = "build/CHN/site/index.html"


def test_everything_is_made_from_what_was_declared(built: SmallProject) -> None:
    assert json.loads(built.read("build/CHN/results.json")) == {
        "02_first": ["CHN", 1],
        "03_second": ["CHN", 1],
    }
    assert built.read("data/processed/a.txt") == "1"
    assert built.read(SITE) == built.read("build/CHN/results.json")
    for executed in ("shared/notebooks/01_clean", "CHN/notebooks/02_first"):
        assert (built.root / "build" / f"{executed}.ipynb").is_file()


def test_a_second_run_does_nothing_and_says_so(
    built: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert built.run() == []
    printed = capsys.readouterr().out
    assert printed.startswith("Nothing to do:")
    assert SITE in printed


@pytest.mark.parametrize("asked", ["run() == []", "reasons() == {}"])
def test_finding_that_there_is_nothing_to_do_takes_no_heavy_library(
    built: SmallProject, asked: str
) -> None:
    """A second run and its explanation must be instant, and importing these takes seconds."""
    code = (
        "import sys, pathlib\n"
        "from workflow.small_project import SmallProject\n"
        f"assert SmallProject(pathlib.Path({str(built.root)!r})).{asked}\n"
        "heavy = {'pytask', 'papermill', 'nbclient', 'nbformat', 'pandas', 'sphinx', 'rich'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    tests = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], cwd=tests, check=True)


@pytest.mark.skipif(not servers.IS_POSSIBLE, reason="this system cannot fork kernels")
def test_a_build_loads_one_process_for_all_its_kernels(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins to load before any kernel asks, with the variables that kernels then have."""
    loaded = small.root / "loaded"
    said = f"open({str(loaded)!r}, 'a').write('x')"
    runs = f"from {fork_server.__name__} import main; {said}; main()"
    monkeypatch.setattr(servers, "COMMAND", [sys.executable, "-c", runs])
    servers.close()
    assert len(small.run()) == 5
    servers.close()
    assert loaded.read_text() == "x"


def test_a_changed_data_file_reruns_what_reads_it(built: SmallProject) -> None:
    built.write("data/raw/a/2024/figures.txt", "5\n")
    reasons = built.reasons()
    assert reasons["shared/01_clean"] == (
        ("data file changed: data/raw/a/2024/figures.txt",),
        (),
    )
    assert reasons["CHN/02_first"] == ((), ("01_clean",))
    assert "CHN/03_second" not in reasons
    assert built.run() == ["CHN/02_first", "CHN/book", "CHN/results", "shared/01_clean"]
    assert json.loads(built.read(SITE))["02_first"] == ["CHN", 5]
    assert built.run() == []


def test_a_change_that_keeps_size_and_time_is_seen_once_digests_are_forgotten(
    built: SmallProject,
) -> None:
    path = built.root / "data/raw/a/2024/figures.txt"
    os.link(path, built.root / "other")  # so that the time of its status does not count
    assert built.reasons() == {}
    before = path.stat()
    with path.open("r+") as file:
        file.write("7")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert built.reasons() == {}
    run.forget_digests(built.project)
    assert "shared/01_clean" in built.reasons()


def test_what_depends_on_an_output_that_came_out_the_same_does_not_rerun(
    built: SmallProject,
) -> None:
    built.write("data/raw/b/2023/figures.txt", "6\n")
    assert built.reasons()["CHN/results"] == ((), ("03_second",))
    assert built.run() == ["CHN/03_second"]
    assert built.reasons() == {}


def test_a_changed_library_module_reruns_the_notebooks_that_import_it(
    built: SmallProject,
) -> None:
    built.write("src/rebalancing/base.py", "x = 2\n")
    assert built.reasons()["CHN/03_second"][0] == ("library module changed: rebalancing.base",)
    assert built.run() == ["CHN/03_second"]
    built.write("src/rebalancing/models/one.py", "x = 3\n")
    assert built.run() == ["CHN/02_first"]


def test_a_change_of_words_builds_the_book_and_runs_no_notebook(built: SmallProject) -> None:
    path = "notebooks/02_first.ipynb"
    stored = json.loads(built.read(path))
    title = {"cell_type": "markdown", "id": "title", "source": "# First", "metadata": {}}
    for words in ("%%prose\nIt rose.", "%%prose ahead\nIt fell."):
        text = {**stored["cells"][-1], "id": "text", "source": words}
        built.write(path, {**stored, "cells": [title, *stored["cells"], text]})
        why = (f"notebook changed: {path} (text)",)
        assert built.reasons() == {"CHN/book": (why, ())}
        assert built.run() == ["CHN/book"]
        assert built.run() == []
    # The book tells the text of executed notebooks anew, which is no reason to run any.
    made = "build/CHN/notebooks/02_first.ipynb"
    executed = json.loads(built.read(made))
    built.write(made, {**executed, "cells": [*executed["cells"], text]})
    assert built.run() == []
    code = {**stored["cells"][-1], "id": "code", "source": "1 + 1"}
    built.write(path, {**stored, "cells": [*stored["cells"], code]})
    assert built.reasons()["CHN/02_first"] == ((f"notebook changed: {path}",), ())


def test_a_changed_parameter_reruns_the_notebooks_that_declare_it(built: SmallProject) -> None:
    built.study = built.study.with_(seed=2)
    reasons = built.reasons()
    assert reasons["CHN/03_second"][0] == ("parameter seed: 1 → 2",)
    assert "CHN/02_first" not in reasons
    assert built.run() == ["CHN/03_second", "CHN/book", "CHN/results"]
    assert json.loads(built.read(SITE))["03_second"] == ["CHN", 2]


def test_a_changed_lock_file_reruns_everything(built: SmallProject) -> None:
    built.write("requirements.lock", "numpy==2\n")
    reasons = built.reasons()
    assert len(reasons) == 5
    assert all("lock file changed: requirements.lock" in why for why, _ in reasons.values())
    assert len(built.run()) == 5


def test_an_unrelated_change_reruns_nothing(built: SmallProject) -> None:
    built.write("src/rebalancing/models/unused.py", "x = 1\n")
    built.write("README.md", "# New\n")
    built.write("data/raw/c/2024/figures.txt", "7\n")
    built.write("book/.draft.md", "hidden\n")
    built.write("src/rebalancing/models/__pycache__/one.pyc", "")
    (built.root / "data/raw/a/2024/figures.txt").touch()
    stored = json.loads(built.read("notebooks/02_first.ipynb"))
    stored["cells"][1]["execution_count"] = 7
    built.write("notebooks/02_first.ipynb", stored)
    assert built.reasons() == {}
    assert built.run() == []


@pytest.mark.parametrize(
    ("path", "task"),
    [
        ("build/CHN/results/03_second.json", "CHN/03_second"),
        ("build/CHN/notebooks/03_second.ipynb", "CHN/03_second"),
        ("build/CHN/results.json", "CHN/results"),
        (SITE, "CHN/book"),
    ],
)
def test_an_output_that_was_deleted_is_made_again(
    built: SmallProject, path: str, task: str
) -> None:
    before = built.read(path)
    (built.root / path).unlink()
    assert built.reasons()[task][0] != ()
    assert built.run() == [task]
    assert built.read(path) == before


def test_an_output_that_someone_altered_is_made_again(built: SmallProject) -> None:
    built.write("build/CHN/results.json", "{}")
    assert built.reasons()["CHN/results"][0] == (
        "output changed: build/CHN/results.json, not by its task",
    )
    assert built.run() == ["CHN/results"]


def test_editions_do_not_disturb_each_other(built: SmallProject) -> None:
    japan = SmallProject(built.root, built.study.with_(economy="JPN"))
    japan.study = type(japan.study)(japan.study.values, "JPN")
    assert japan.run() == ["JPN/02_first", "JPN/03_second", "JPN/book", "JPN/results"]
    assert json.loads(japan.read("build/JPN/results.json"))["02_first"] == ["JPN", 1]
    assert built.reasons() == japan.reasons() == {}


def test_a_new_notebook_joins_and_one_that_is_gone_leaves_nothing(built: SmallProject) -> None:
    content = notebook(
        FOLDER, RESULT.format(name="04_new", value="4"), writes=["results/04_new.json"]
    )
    path = built.write("notebooks/04_new.ipynb", content)
    assert built.run() == ["CHN/04_new", "CHN/book", "CHN/results"]
    assert json.loads(built.read(SITE))["04_new"] == 4
    path.unlink()
    assert built.run() == ["CHN/book", "CHN/results"]
    assert "04_new" not in json.loads(built.read(SITE))
    assert not (built.root / "build/CHN/notebooks/04_new.ipynb").exists()


def test_only_some_notebooks_with_what_they_need(small: SmallProject) -> None:
    assert small.run(only=["02_first"]) == ["CHN/02_first", "shared/01_clean"]
    with pytest.raises(UnknownNotebookError, match="02_last is not a notebook; there are 01_clean"):
        small.run(only=["02_last"])


def test_a_failure_is_one_message_and_the_last_good_book_stays(
    built: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    site = built.read(SITE)
    content = json.loads(built.read("notebooks/02_first.ipynb"))
    content["cells"].append({**content["cells"][-1], "id": "last", "source": "undefined_name"})
    built.write("notebooks/02_first.ipynb", content)
    built.write("data/raw/b/2023/figures.txt", "6\n")
    with pytest.raises(BuildFailedError) as caught:
        built.run()
    message = str(caught.value)
    assert message.startswith("02_first failed in code cell 7 (last), `undefined_name`: NameError")
    assert "build/CHN/failed/02_first.ipynb" in message
    assert message.endswith("the last good book is untouched")
    assert "\n" not in message
    assert built.read(SITE) == site
    assert (built.root / "build/CHN/failed/02_first.ipynb").is_file()
    assert "02_first ... failed after" in capsys.readouterr().out
    # What does not depend on it went on, and is not done again.
    assert built.reasons().keys() == {"CHN/02_first", "CHN/results", "CHN/book"}


def test_a_step_that_fails_keeps_its_traceback(
    built: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_book(self: SmallProject, folder: Path) -> None:
        raise RuntimeError("no\npaper")

    monkeypatch.setattr(SmallProject, "build_book", build_book)
    built.write("book/index.md", "# Other\n")
    with pytest.raises(BuildFailedError, match=r"book failed: RuntimeError: no paper; .*book\.txt"):
        built.run()
    assert "in build_book" in built.read("build/CHN/failed/book.txt")


def test_notebooks_that_do_not_need_each_other_run_side_by_side(tmp_path: Path) -> None:
    """Each waits until the other has begun, which only works when both run at once."""
    small = SmallProject(tmp_path)
    small.write("requirements.lock", "")
    for mine, other in (("a", "b"), ("b", "a")):
        meet = (
            f"import time\npathlib.Path('{mine}.begun').touch()\n"
            f"for _ in range(12_000):\n    if pathlib.Path('{other}.begun').exists():\n"
            "        break\n"
            "    time.sleep(0.1)\nelse:\n    raise TimeoutError"
        )
        content = notebook(
            FOLDER, meet, RESULT.format(name=mine, value="1"), writes=[f"results/{mine}.json"]
        )
        small.write(f"notebooks/{mine}.ipynb", content)
    assert small.run(jobs=2, only=["a", "b"]) == ["CHN/a", "CHN/b"]


@pytest.mark.parametrize(("asked", "jobs"), [(None, 4), (1, 1), (9, 9)])
def test_as_many_tasks_run_at_once_as_are_asked_for_or_one_more_than_cores(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch, asked: int | None, jobs: int
) -> None:
    def run_tasks(*_: object, jobs: int, **__: object) -> list[engine.TaskOutcome]:
        given.append(jobs)
        return []

    given: list[int] = []
    monkeypatch.setattr(run, "cores", lambda: 3)
    monkeypatch.setattr(run, "get_ready", lambda project: None)
    monkeypatch.setattr(engine, "run_tasks", run_tasks)
    with pytest.raises(BuildInterruptedError):
        small.run(jobs=asked)
    assert given == [jobs]


def test_progress_says_which_how_many_are_left_and_how_long(
    built: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    built.write("book/index.md", "# Other\n")
    (built.root / "build/CHN/results.json").unlink()
    built.run()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("[1/2] results ... ")
    assert lines[0].endswith(" s elapsed, 1 left)")
    assert lines[1].startswith("[2/2] book ... ")
    assert lines[2] == "Done: 2 of 5 tasks ran, 3 had nothing to do."


def test_damaged_data_stop_the_report_before_anything_runs(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def require(project: Project) -> None:
        raise DataError("data/raw/a is damaged")

    monkeypatch.setattr(verify, "require", require)
    monkeypatch.setattr(build, "report_steps", lambda project, study: small.steps)
    with pytest.raises(DataError, match="data/raw/a is damaged"):
        build.update(small.project, cast("Study", small.study))
    assert not (small.root / "build/CHN").exists()


def test_the_commit_concerns_results_and_book_and_no_notebook(built: SmallProject) -> None:
    built.code = {"commit": "a", "changed": False}
    assert built.run() == ["CHN/book", "CHN/results"]
    built.code = {"commit": "b", "changed": True}
    reasons = built.reasons()
    assert reasons["CHN/results"][0] == (
        "uncommitted changes: false → true",
        'code commit: "a" → "b"',
    )
    assert built.run() == ["CHN/book", "CHN/results"]
    assert '"changed": true, "commit": "b"' in built.read(SITE)
    assert built.reasons() == {}


def test_what_is_said_of_code_and_data_is_taken_before_anything_runs(
    own_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study.load(own_project)
    steps = build.report_steps(own_project, study)
    assert steps.code == provenance.code(own_project)
    folder = own_project.build / "CHN"
    monkeypatch.setattr(provenance, "code", lambda project: {"commit": "of later"})
    steps.merge(folder)
    head = json.loads((folder / "results.json").read_text())["edition"]
    assert head["code"] == steps.code
    (folder / "results.json").unlink()
    monkeypatch.setattr(provenance, "releases", lambda project, study: {"bis-reer": "of later"})
    with pytest.raises(DataChangedError, match=r"data/raw has changed .* run it again"):
        steps.merge(folder)
    assert not (folder / "results.json").exists()


def test_notebooks_that_jupyter_leaves_are_passed_over(built: SmallProject) -> None:
    built.write("notebooks/Untitled.ipynb", "{}")
    built.write("notebooks/02_first-Copy1.ipynb", built.read("notebooks/02_first.ipynb"))
    assert built.reasons() == {}


def test_folders_in_place_of_what_is_made_give_way(built: SmallProject) -> None:
    made = [path for path in (built.root / "build").rglob("*") if path.is_file()]
    # Matplotlib writes its list of fonts only where it is loaded anew, which a warm kernel is not.
    made = [path for path in made if "matplotlib" not in path.parts]
    of_the_book = [path for path in made if {"site", "book"} & {*path.parts}]
    before = {path: path.read_bytes() for path in made}
    for path in set(made) - set(of_the_book):
        path.unlink()
        (path / "in the way").mkdir(parents=True)
    for name in ("build/CHN/failed/02_first.ipynb", "build/CHN/.results.lock", "data/.fetch/lock"):
        (built.root / name / "in the way").mkdir(parents=True, exist_ok=True)
    assert "CHN/results" in built.reasons()
    with built.project.alone("build"):
        built.run()
    results = built.root / "build" / "CHN" / "results.json"
    assert results.read_bytes() == before[results]
    ours = [path for path in made if "ipython" not in path.parts]
    assert [path for path in ours if not path.is_file()] == []
    assert built.run() == []


INTERRUPTED = """
import os, pathlib, signal, sys, threading, time
from rebalancing.errors import RebalancingError
from workflow.small_project import SmallProject
small = SmallProject(pathlib.Path(sys.argv[1]))
def interrupt():
    while not (small.root / "begun").exists():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Thread(target=interrupt, daemon=True).start()
try:
    small.run()
except RebalancingError as error:
    print(error)
    sys.exit(error.exit_status)
"""


def test_an_interrupted_run_ends_at_once_and_goes_on_later(built: SmallProject) -> None:
    content = notebook(
        FOLDER,
        "pathlib.Path('kernel').write_text(str(os.getpid()))\npathlib.Path('begun').touch()",
        "import time\nif not pathlib.Path('go').exists():\n    time.sleep(600)",
        RESULT.format(name="04_long", value="4"),
        writes=["results/04_long.json"],
    )
    built.write("notebooks/04_long.ipynb", content)
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(built.root)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=12000,  # so that a run which hangs ends
    )
    assert done.returncode == 130, done.stderr
    assert "Interrupted; what had finished is kept" in done.stdout
    assert "04_long ... stopped after " in done.stdout
    assert "failed" not in done.stdout
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", built.read("kernel")],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    assert state in ("", "Z"), "the kernel is still running"
    built.write("go", "")
    assert built.run() == ["CHN/04_long", "CHN/book", "CHN/results"]


SLOW_BOOK = """
import os, pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
from rebalancing import cli, commands
from rebalancing.book.folders import replaced
from rebalancing import build, children
from rebalancing.workflow import run
from workflow.small_project import SmallProject
LONG = (
    "import os, pathlib, time\\n"
    "pathlib.Path('begun').write_text(str(os.getpid()))\\n"
    "time.sleep(600)"
)
class Slow(SmallProject):
    def build_book(self, folder):
        with replaced(folder / "site"):
            children.run([sys.executable, "-c", LONG], os.environ)
os.chdir(sys.argv[1])
small = Slow(pathlib.Path(sys.argv[1]))
commands.Project.find = lambda: small.project
commands.Study.load = lambda project, values: small.study
build.report = lambda project, study, **_: small.run()
sys.argv = ["rebalancing", "report"]
cli.main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_a_task_runs_and_has_its_own_status(
    built: SmallProject, number: signal.Signals
) -> None:
    built.write("book/index.md", "# Other\n")
    before = {path for path in built.root.rglob("*") if "_pycache_" not in str(path)}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_BOOK, str(built.root)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        begun = built.root / "begun"
        while process.poll() is None and not (begun.is_file() and begun.read_text()):
            time.sleep(0.05)
        process.send_signal(number)
        process.send_signal(number)  # while it cleans up
        _, said = process.communicate(timeout=1200)
    assert process.returncode == 128 + number, said
    assert said.startswith("rebalancing: Interrupted; what had finished is kept")
    assert said.count("\n") == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)
    begun.unlink()
    left = {path.name for path in set(built.root.rglob("*")) - before}
    assert not [name for name in left if name.startswith(".site")]
    assert built.run() == ["CHN/book"]


def test_what_killed_runs_left_is_cleared_but_not_what_is_at_work(small: SmallProject) -> None:
    left = [
        small.write(f"{folder}/{name}", "left").parent
        for folder, name in (
            ("build/CHN/.site.abcd1234/new", "index.html"),
            ("build/CHN/.book.abcd1234/old", "index.md"),
            ("build/.staging/02_first/CHN", "half.json"),
            ("build/.public.abcd_123", "index.html"),
        )
    ]
    left += [
        small.write(f"{folder}/.{name}.abcd1234", "left")
        for folder, name in (
            ("build/CHN", "results.json"),
            ("build/CHN/results", "02_first.json"),
            ("build/.workflow", "digests.json"),
            ("editions", "forecast-log.csv"),
            ("editions/CHN", "results.json"),
            ("data/processed", "a.parquet"),
            ("data/raw", "SHA256SUMS"),
        )
    ]
    left.append(small.write("data/raw/.import-abcd1234/nbs/2024/a", "left").parent)
    kept = [small.write("build/CHN/.results.lock", ""), small.write("data/processed/.gitkeep", "")]
    with files.atomic(small.root / "build/CHN/changes.json") as at_work:
        run.clear_left_over(small.project)
        assert at_work.exists()
    assert not [path for path in left if path.exists()]
    assert all(path.exists() for path in kept)


def test_output_that_nobody_reads_fails_no_task(
    built: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

        def flush(self) -> None:
            """Do nothing."""

    built.write("book/index.md", "# Other\n")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Closed())
        with pytest.raises(BrokenPipeError):
            built.run()
    assert built.reasons() == {}


def test_a_system_error_in_a_task_is_in_words(
    built: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_book(self: SmallProject, folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SmallProject, "build_book", build_book)
    built.write("book/index.md", "# Other\n")
    with pytest.raises(BuildFailedError, match="book: there is no room left on the disk"):
        built.run()


@pytest.fixture
def small_disk(built_once: Path, tmp_path: Path) -> Iterator[SmallProject]:
    """The small project that has been run, on a disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if mounted.returncode:
        pytest.skip(f"a disk cannot be mounted: {mounted.stderr.strip()}")
    try:
        shutil.copytree(built_once, disk / "project", symlinks=True)
        yield SmallProject(disk / "project")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill(path: Path) -> None:
    """Fill a disk to the last byte."""
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(1024))


def test_a_full_disk_is_said_and_the_next_run_is_right(small_disk: SmallProject) -> None:
    filling, results = small_disk.root.parent / "filling", "build/CHN/results.json"
    before = small_disk.read(results)
    (small_disk.root / results).unlink()
    small_disk.write("book/index.md", "# Other\n")
    fill(filling)
    assert small_disk.reasons().keys() == {"CHN/results", "CHN/book"}
    with pytest.raises((OSError, BuildFailedError)) as caught:
        small_disk.run()
    error = caught.value
    said = of_system(error) if isinstance(error, OSError) else str(error)
    assert "there is no room left on the disk" in said
    filling.unlink()
    assert "CHN/book" in small_disk.run()
    assert small_disk.read(results) == small_disk.read(SITE) == before
    assert small_disk.run() == []


def test_a_disk_that_may_only_be_read_is_said_and_can_be_explained(
    small_disk: SmallProject,
) -> None:
    small_disk.write("book/index.md", "# Other\n")
    disk = str(small_disk.root.parent)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        assert small_disk.reasons().keys() == {"CHN/book"}
        with pytest.raises(OSError, match="Read-only") as caught:
            small_disk.run()
        assert "this disk may only be read" in of_system(caught.value)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert small_disk.run() == ["CHN/book"]


def test_a_limit_on_open_files_is_raised_or_said(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, given = {"hard": 4096}, []
    monkeypatch.setattr(engine.resource, "getrlimit", lambda _: (40, limits["hard"]))
    monkeypatch.setattr(engine.resource, "setrlimit", lambda _, pair: given.append(pair))
    engine.use_threads()
    limits["hard"] = 100
    with pytest.raises(engine.WorkflowError, match="only 100 files may be open at once"):
        engine.use_threads()
    assert given == [(1024, 4096), (100, 100)]


def test_the_plan_reads_the_journal_that_a_killed_run_leaves(built: SmallProject) -> None:
    """pytask writes its lock file at the end; until then what is done is in the journal."""
    folder = built.root / "build/.workflow"
    recorded = explain.read_states(folder)
    (folder / "pytask.lock").unlink()
    lines = [
        json.dumps({"lock-version": "1", "id": name, "state": "1", "depends_on": states})
        for name, states in recorded.items()
    ]
    (folder / "pytask.lock.journal").write_text("\n".join([*lines, '{"lock-ver']))
    assert built.reasons() == {}


def test_explanations_in_words(built: SmallProject) -> None:
    assert explain.describe([]) == "Nothing to do: none of the 0 tasks would run."
    built.study = built.study.with_(seed=2)
    built.write("src/rebalancing/models/two.py", "")
    plans = [explain.TaskPlan(name, "Title", *why) for name, why in built.reasons().items()]
    assert explain.describe(plans).splitlines()[:7] == [
        "3 of 3 tasks would run:",
        "",
        "CHN/03_second (Title)",
        "  library module no longer needed: rebalancing.base",
        "  library module changed: rebalancing.models.two",
        "  parameter seed: 1 → 2",
        "",
    ]
