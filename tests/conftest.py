"""A project of one's own on the real releases, for tests that must not touch this one."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rebalancing.project import Project
from rebalancing.surroundings import without_iri_grammars

if TYPE_CHECKING:
    from browser import Browser

REPOSITORY = Path(__file__).resolve().parents[1]
# Who uses one of these is slow: they build an edition or a site, or start a browser.
SLOW_FIXTURES = {
    *(
        "assembled_once",
        "browser",
        "built_once",
        "kept",
        "made_up_site",
        "site",
        "small_workshop",
        "swept_once",
        "workshop",
    ),
}
# They take longest, so that they begin first: at the end one process would wait for the other.
BEGIN = {"test_samples.py", "test_end_to_end.py"}
# Programs that are started in a moment, and by much of what is tested.
QUICK_PROGRAMS = {"git"}
running: pytest.Item | None = None


@pytest.hookimpl(tryfirst=True)  # before the profile is loaded that was asked for
def pytest_configure() -> None:
    """Let tests, and the programs that they start, spend no time on what no test is about.

    Each has one thread, because with as many as cores they only wait, and compiles a module once.
    numpy counts threads when it is imported, which nothing here does before.
    """
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    without_iri_grammars()
    heed_signals()
    draw_examples()
    gc.disable()  # while tests are collected, which stay until the end
    sys.addaudithook(only_slow_tests_start_programs)


def heed_signals() -> None:
    """Let programs that tests start be interrupted, though nohup or a shell's & asked otherwise."""
    heeded = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    for number, handler in heeded.items():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def draw_examples() -> None:
    """Say how many examples hypothesis draws."""
    from hypothesis import HealthCheck, settings  # of many modules, each compiled once from here

    # How fast this machine is, and how busy, is nothing that a test is about.
    settings.register_profile("many", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("few", settings.get_profile("many"), max_examples=25)
    settings.load_profile("few")  # `make faults` loads the other


def only_slow_tests_start_programs(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a quick test that starts a program."""
    if running is None or event != "subprocess.Popen" or arguments[0] in QUICK_PROGRAMS:
        return
    if not any(map(running.get_closest_marker, ("slow", "faults"))):
        pytest.fail(f"it starts {arguments[0]}, so it must be marked slow")


@pytest.hookimpl(tryfirst=True)  # before those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what uses a slow fixture, and begin with what takes longest."""
    items.sort(key=lambda item: item.path.name not in BEGIN)
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and look at no test and no module for it."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Say which test runs, and what is made for it."""
    global running
    running = item
    try:
        return (yield)
    finally:
        running = None


@pytest.fixture
def own_project(tmp_path: Path) -> Project:
    """A project with the real study.yml, notebooks and held releases, and nothing made of them."""
    import held  # imports numpy

    return held.fill(tmp_path / "project")


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where web fonts are kept between tests, and between processes that run them."""
    return tmp_path_factory.getbasetemp().parent / "rebalancing-fonts"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium without a window, the same one for all tests of this process."""
    import browser

    if browser.CHROMIUM is None:
        pytest.skip(browser.MISSING)
    with closing(browser.Browser(tmp_path_factory.mktemp("browser"))) as started:
        yield started


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return what makes a folder once, by name, for all processes that run tests.

    The first to ask makes it while the others wait; where that fails, the next one tries again.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each process has a folder of its own in it

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        folder, made = base / f"once-{name}", base / f"once-{name}.made"
        with (base / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def assembled_once(once: Callable[..., Path], fonts: Path) -> Path:
    """A project whose edition CHN has run, with its book; copied, never changed."""

    def make(folder: Path) -> None:
        import made_up_edition  # drawing is slow to import

        from rebalancing.book import assembly

        project = made_up_edition.fill(folder, fonts)
        assembly.assemble(project, project.build / "CHN")

    return once("assembled", make)


@pytest.fixture
def project(assembled_once: Path, tmp_path: Path) -> Project:
    """A project whose edition CHN has run, with its book but no site."""
    shutil.copytree(assembled_once, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def made_up_site(once: Callable[..., Path], fonts: Path) -> Path:
    """The site of the made-up edition, built once; not to be changed."""

    def make(folder: Path) -> None:
        import made_up_edition  # drawing and building are slow to import

        made_up_edition.build(folder, fonts)

    return once("site", make) / "build" / "CHN" / "site"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many malformed inputs were tried, by kind, and what went wrong with them."""
    table: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "malformed" and report.when == "call":
                    kind, cases, wrong = json.loads(value)
                    table.setdefault(kind, Counter()).update({"cases": cases, **wrong})
    columns = ("cases", "traceback", "hang", "wrong exit", "wrong words", "lost data")
    if table and terminalreporter.config.getoption("markexpr").startswith("faults"):
        terminalreporter.write_line("".join(f"{name:>14}" for name in ("malformed", *columns)))
        for kind, counts in sorted(table.items()):
            cells = "".join(f"{counts[column]:>14}" for column in columns)
            terminalreporter.write_line(f"{kind:<28}{cells}")
