"""Every command that a document, a help text or a message tells the reader to run does run.

Each has one entry: it is run as printed in a built project, or with words in the place of those
that stand for others; it is started, asked once and stopped; it does the same as another; or it
cannot be run here, and another test does, or what it would run is shown.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import documented
import held
import pytest
from click.testing import CliRunner

from rebalancing.cli import cli
from rebalancing.project import Project

from .runner import ROOT, Runner

pytestmark = pytest.mark.slow
PYTHON = f"PYTHON={sys.executable}"  # so that make looks for none
NOBODY = "http://127.0.0.1:9"  # where nothing listens


@dataclass(frozen=True)
class Run:
    """Run as printed; ``{}`` and words in capitals are replaced by ``words``, in order.

    Of a report that would take minutes the plan is made, which checks all that was asked.
    """

    says: str
    words: tuple[str, ...] = ()
    status: int = 0
    first: str = ""
    plan: bool = False
    released: bool = False  # in a project with all releases and nothing built
    needs: str = ""  # a program that need not be installed


@dataclass(frozen=True)
class Started:
    """Started as printed, asked once over loopback, and stopped."""

    says: str


@dataclass(frozen=True)
class Same:
    """Does what another command does: the recipe of the target, or the same with arguments."""

    command: str


@dataclass(frozen=True)
class Shown:
    """Needs more than a test has; what it would run is shown, or another test runs it."""

    why: str
    recipe: str = ""
    test: str = ""


NEEDS_INDEX = "asks an index of packages"
NEEDS_PUBLISHERS = "asks publishers; run with services that stand for them"
REFRESH = "tests/automation/test_refresh.py"
ENVIRONMENT = "tests/automation/test_environment.py"
RECIPE = "a step of a recipe of CONTRIBUTING.md, all of which are followed"
RECIPES = "tests/automation/test_recipes.py"
SWEEPS, DASK = "tests/sweeps/test_sweep.py", "tests/sweeps/test_dask.py"
SWEPT = "tests/sweeps/test_worker.py"
ATLAS = "tests/upkeep/test_atlas.py"
HOOK = "a hook, run on all files that it is for"
HOOKS = "tests/automation/test_hooks.py"

# In the order in which they run: what removes something comes last.
COMMANDS: dict[str, Run | Started | Same | Shown] = {
    # In a project with every release.
    ".venv/bin/rebalancing data list": Run("unsd-ama", released=True),
    "rebalancing data list": Same(".venv/bin/rebalancing data list"),
    "rebalancing data show": Same("rebalancing data show {}"),
    "rebalancing data show {}": Run("2024", ("unsd-ama",), released=True),
    "rebalancing data show {} {}": Run("Economies (", ("unsd-ama", "2024"), released=True),
    ".venv/bin/rebalancing data diff unsd-ama/2023 unsd-ama/2024": Run(
        "Written: build/diff/unsd-ama-2023-2024.html", released=True
    ),
    "rebalancing data diff": Same(".venv/bin/rebalancing data diff unsd-ama/2023 unsd-ama/2024"),
    "rebalancing data import": Same("rebalancing data import FOLDER"),
    "rebalancing data import FOLDER": Run("compiled", ("editions",), status=1, released=True),
    "rebalancing forecast-log score": Same(".venv/bin/rebalancing forecast-log score"),
    # Other editions are planned; tests/test_end_to_end.py builds one.
    ".venv/bin/rebalancing report --economy JPN": Run("JPN/02", plan=True, released=True),
    ".venv/bin/rebalancing report --economy JPN --last-year 2019": Run(
        "JPN-last_year-2019/02", plan=True, released=True
    ),
    "rebalancing report --economy JPN --last-year 2019": Same(
        ".venv/bin/rebalancing report --economy JPN --last-year 2019"
    ),
    ".venv/bin/rebalancing report --as-of 2024-07-01": Run(
        "CHN-as_of-2024-07-01/02", plan=True, released=True
    ),
    ".venv/bin/rebalancing report --smoothing 100": Run(
        "CHN-smoothing-100/02", plan=True, released=True
    ),
    # In a small project that is built, kept and committed.
    "make help": Run("make report"),
    "make env": Run(""),
    "make report": Run("The book: build/CHN/site/index.html"),
    "rebalancing report": Same("make report"),
    "rebalancing report --verify": Run("The book: build/CHN/site/index.html"),
    "make explain": Run("Nothing to do"),
    "rebalancing explain": Same("make explain"),
    ".venv/bin/pytask collect": Run("task_report.py::CHN/book"),
    ".venv/bin/pytask --explain": Run("6 task(s) with no changes"),
    ".venv/bin/pytask": Run("6  Skipped because unchanged"),
    "pytask collect": Same(".venv/bin/pytask collect"),
    "pytask --explain": Same(".venv/bin/pytask --explain"),
    ".venv/bin/pytask dag": Run("dag.pdf", needs="dot"),
    "pytask dag": Same(".venv/bin/pytask dag"),
    "make verify": Run("are as they were imported"),
    "rebalancing data verify": Same("make verify"),
    "make news": Run("news=false"),
    "make changes": Run("The releases are the same."),
    "rebalancing changes": Same("make changes"),
    "make keep": Run("Kept: editions/CHN"),
    "rebalancing keep": Same("make keep"),
    "make gallery": Run("The editions: "),
    "rebalancing gallery": Same("make gallery"),
    "make archive": Run("The book as one file: build/CHN/report-CHN.zip"),
    "rebalancing archive": Same("make archive"),
    "make pdf": Run("The book as a PDF: build/CHN/report-CHN.pdf"),
    "rebalancing pdf": Same("make pdf"),
    "make serve": Started("China"),
    "make serve PORT=8001": Shown("the port may be taken", 'rebalancing serve --port "$PORT"'),
    "rebalancing serve": Same("make serve"),
    "make preview": Run("build/CHN/preview/site/index.html"),
    "make preview CHAPTER=02": Run("build/CHN/preview/site/02_manufacturing.html"),
    "make preview CHAPTER=index": Same("make preview"),
    "rebalancing preview": Same("make preview"),
    "rebalancing clear": Run(""),
    ".venv/bin/rebalancing sweep docs/sweep.yml --check": Run(
        "3 of economy × 2 of smoothing = 6 points", released=True
    ),
    ".venv/bin/rebalancing sweep docs/sweep.yml": Shown("runs chapters", test=SWEEPS),
    ".venv/bin/rebalancing sweep docs/sweep.yml --scheduler tcp://10.0.0.1:8786": Shown(
        "needs a scheduler", test=DASK
    ),
    "rebalancing sweep docs/sweep.yml": Same(".venv/bin/rebalancing sweep docs/sweep.yml"),
    "rebalancing sweep": Same(".venv/bin/rebalancing sweep docs/sweep.yml"),
    "tar -czf build/worker.tar.gz study.yml requirements.lock notebooks book data": Shown(
        "packs all data", test=SWEPT
    ),
    ".venv/bin/python -m hatchling build -t wheel -d build/wheel": Shown(
        "needs the sources", test=SWEPT
    ),
    "make atlas": Shown("runs chapters for every economy", "rebalancing atlas"),
    "rebalancing atlas": Shown("runs chapters for every economy", test=ATLAS),
    "rebalancing data tables": Run("expenditure_shares"),
    "make lab": Started("JupyterLab"),
    "make links": Run("nothing is known of the links", status=2),
    "rebalancing links": Same("make links"),
    ".venv/bin/rebalancing compare CHN JPN --html build/both.html": Run(
        "CHN and JPN", first="cp -R build/CHN build/JPN"
    ),
    "rebalancing compare": Same(".venv/bin/rebalancing compare CHN JPN --html build/both.html"),
    "make attempt": Run("Say what to run", status=2),
    "make merge": Run("waits for a person"),
    "make propose": Run("run first: make proposal ABOUT=refresh", status=2),
    "make clean": Run("", first="mkdir -p src tests benchmarks"),
    # Elsewhere.
    "make report changes": Shown("its targets are run one by one"),
    "make report keep": Shown("its targets are run one by one"),
    "make report changes keep": Shown("as `make attempt`", test=REFRESH),
    "make attempt TARGETS='report changes keep'": Shown("with a new release", test=REFRESH),
    "make publish": Shown("builds five editions", "rebalancing publish"),
    "rebalancing publish": Same("make publish"),
    "make test": Shown("it would run this test", "python -m pytest -n auto"),
    "make check": Shown("it would run tests", 'python -m pytest -m "not slow and not faults"'),
    "make lint": Shown("as make check does first", "ruff format --check ."),
    "make faults": Shown("takes long", 'pytest -n auto -m "faults or hypothesis"'),
    "make bench": Shown(
        "builds the report many times", "benchmarks/bench.py", test="tests/test_bench.py"
    ),
    "make bench ONLY=help": Same("make bench"),
    "make bench RUNS=1": Same("make bench"),
    ".venv/bin/python benchmarks/judgement.py": Shown(
        "takes an hour", test="tests/data/test_judgement_benchmark.py"
    ),
    ".venv/bin/python benchmarks/worked_example.py": Shown(
        "builds the report three times", test="tests/faults/test_worked_example.py"
    ),
    ".venv/bin/python benchmarks/stability.py": Shown(
        "runs all chapters five times", test="tests/test_stability_benchmark.py"
    ),
    "make bench ONLY=sweep,workers": Same("make bench"),
    ".venv/bin/python benchmarks/atlas.py": Shown("takes half an hour"),
    "make lock": Shown(NEEDS_INDEX, "python tools/lock.py"),
    "make lock LOCK=--upgrade": Shown(NEEDS_INDEX, "python tools/lock.py --upgrade"),
    "make refresh": Shown(NEEDS_PUBLISHERS, test=REFRESH),
    "make proposal": Shown("after a refresh", test=REFRESH),
    "make proposal ABOUT=refresh": Shown("after a refresh", test=REFRESH),
    "make proposal ABOUT={}": Shown("after a refresh", test=REFRESH),
    "make remember": Shown("before other packages", test=ENVIRONMENT),
    "make restore": Shown("after other packages", test=ENVIRONMENT),
    "rebalancing proposal refresh": Same("make proposal ABOUT=refresh"),
    "rebalancing proposal environment": Shown("after other packages", test=ENVIRONMENT),
    "rebalancing proposal links": Shown("after make links", test="tests/upkeep/test_proposals.py"),
    "rebalancing proposal remember": Same("make remember"),
    "rebalancing data refresh": Same("make refresh"),
    "rebalancing data refresh --check --publisher ID": Shown("asks a publisher"),
    "rebalancing data refresh --publisher {} --accept REASON": Shown(
        NEEDS_PUBLISHERS, test="tests/faults/test_publishers.py"
    ),
    "rebalancing data import --accept REASON": Shown(
        "a release that is judged", test="tests/data/test_updates.py"
    ),
    "rebalancing data import FOLDER --publisher {} --accept REASON": Same(
        "rebalancing data import --accept REASON"
    ),
    "rebalancing forecast-log begin": Same("rebalancing forecast-log begin --economy CODE"),
    "rebalancing forecast-log begin --economy CODE": Shown(
        "runs notebooks for every earlier release", test="tests/upkeep/test_hindcasts.py"
    ),
    ".venv/bin/rebalancing forecast-log score": Shown(
        "needs all tables", test="tests/test_end_to_end.py"
    ),
    ".venv/bin/papermill notebooks/02_consumption.ipynb out.ipynb -p economy KOR": Shown(
        "needs all tables", test="tests/test_end_to_end.py"
    ),
    "conda env create --file environment.yml": Shown(NEEDS_INDEX),
    "conda activate rebalancing": Shown("needs conda"),
    "source .venv/bin/activate": Run("", released=True),
    "pip install --no-deps --no-build-isolation --editable .": Shown(NEEDS_INDEX),
    # The steps of recipes, and the hooks.
    ".venv/bin/papermill notebooks/18_saving.ipynb build/18_saving.ipynb -p economy JPN": Shown(
        RECIPE, test=RECIPES
    ),
    ".venv/bin/rebalancing explain": Same("make explain"),
    ".venv/bin/rebalancing explain --peers USA,NOR5": Shown(RECIPE, test=RECIPES),
    ".venv/bin/rebalancing data import build/compiled --publisher rice-board": Shown(
        RECIPE, test=RECIPES
    ),
    ".venv/bin/rebalancing data verify": Same("make verify"),
    ".venv/bin/rebalancing data show rice-board latest": Shown(RECIPE, test=RECIPES),
    ".venv/bin/python build/compile_rice.py": Shown(RECIPE, test=RECIPES),
    ".venv/bin/python -m pytest tests/data/test_groups.py tests/data/test_economies.py": Shown(
        RECIPE, test=RECIPES
    ),
    ".venv/bin/python -m pytest tests/data/test_importer.py -k every_file": Shown(
        RECIPE, test=RECIPES
    ),
    '.venv/bin/python -m pytest tests/test_layers.py tests/oracles -k "layers or Longley"': Shown(
        RECIPE, test=RECIPES
    ),
    ".venv/bin/ruff check --fix": Shown(HOOK, test=HOOKS),
    ".venv/bin/ruff format": Shown(HOOK, test=HOOKS),
    ".venv/bin/rebalancing clear": Shown(HOOK, test=HOOKS),
    "pre-commit install": Shown("needs pre-commit, which is not locked", test=HOOKS),
    "git rev-parse HEAD": Run(""),
    # Groups print what they offer.
    "rebalancing data": Same("rebalancing data --help"),
    "rebalancing forecast-log": Same("rebalancing forecast-log --help"),
    "rebalancing proposal": Same("rebalancing proposal --help"),
}


@pytest.fixture
def project(runner: Runner) -> Runner:
    """The built project, with the environment of the tests as its own."""
    (runner.project.root / ".venv").symlink_to(sys.prefix)
    return runner


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A project with all releases and the kept editions, where nothing is built."""
    root = tmp_path / "released"
    for name in ("notebooks", "book", "editions"):
        shutil.copytree(ROOT / name, root / name)
    for name in (
        "docs/sweep.yml",
        "study.yml",
        "requirements.lock",
        "CITATION.cff",
        "LICENSE",
        "data/thresholds.yml",
        "data/corrections.yml",
    ):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    held.link(Project(root))
    (root / ".venv").symlink_to(sys.prefix)
    return root


def environment(runner: Runner, tmp_path: Path) -> dict[str, str]:
    """Return what commands find: the environment's programs, no network, ports of their own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"ServerApp": {"open_browser": False, "port": port}}
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / "jupyter_server_config.json").write_text(json.dumps(settings))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    programs = (str(runner.gh.parent), str(Path(sys.executable).parent), os.environ["PATH"])
    return {
        **kept,
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOBODY),
        "PATH": os.pathsep.join(programs),
        "PYTHONPATH": str(ROOT / "src"),
        "PORT": "0",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "jupyter"),
    }


def filled(command: str, words: tuple[str, ...]) -> str:
    """Return a command with words in the place of {} and of words in capitals."""
    left = iter(words)
    return (
        re.sub(r"\{\}|(?<= )[A-Z]{3,}(?= |$)", lambda _: next(left), command) if words else command
    )


def run(command: str, entry: Run, root: Path, env: dict[str, str]) -> str | None:
    """Run a command and return what is wrong, if anything is."""
    printed = filled(command, entry.words)
    planned = printed.replace("rebalancing report", "rebalancing explain")
    lines = [*filter(None, [entry.first]), planned if entry.plan else printed]
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(lines)],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    fine = done.returncode == entry.status and entry.says in said and "Traceback" not in said
    return None if fine else f"{command} ended with {done.returncode}:\n{said}"


def start(command: str, entry: Started, root: Path, env: dict[str, str]) -> str | None:
    """Start a command, ask it once over loopback, stop it; return what is wrong."""
    process = subprocess.Popen(
        shlex.split(command),
        cwd=root,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        said, address = "", None
        while not address and (line := process.stdout.readline()):
            said += line
            address = re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*", line)
        if not address:
            return f"{command} ended: {said}"
        page = answer(address[0], process)
        return None if entry.says in page else f"{command} answered: {page[:500]}"
    finally:
        # As Ctrl+C does, but to the whole group, and twice, because JupyterLab asks.
        for _ in range(2):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.2)
        process.communicate(timeout=1200)


def answer(address: str, process: subprocess.Popen[str]) -> str:
    """Return the page at an address on loopback; JupyterLab says it before it listens."""
    open_ = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    while process.poll() is None:
        try:
            with open_(address) as page:
                return page.read().decode()
        except urllib.error.HTTPError as error:
            return str(error)
        except OSError:
            time.sleep(0.2)
    return "nothing"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```sh\nmake report  # a word\n# make test\n$ make x\n```", ["make report", "make x"]),
        ("```python\nmake report\n```", []),
        ("with `make nothing` or `make`, `git`, ``make x``", ["make nothing"]),
        (
            "| a | `.venv/bin/rebalancing nothing --at all` |",
            [".venv/bin/rebalancing nothing --at all"],
        ),
        (
            "`conda env create` and `source .venv/bin/activate`, `makefile x`",
            [
                "conda env create",
                "source .venv/bin/activate",
            ],
        ),
    ],
)
def test_commands_in_pages_are_found(text: str, found: list[str]) -> None:
    assert list(documented.of_markdown(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none yet (make report)", ["make report"]),
        ("run `make report`, then make serve PORT=8001.", ["make report", "make serve PORT=8001"]),
        ("(rebalancing data show {} {} lists them)", ["rebalancing data show {} {}"]),
        (
            "with: rebalancing data refresh --accept REASON, and",
            [
                "rebalancing data refresh --accept REASON",
            ],
        ),
        ("to make it so; economic rebalancing", []),
    ],
)
def test_commands_in_messages_are_found(text: str, found: list[str]) -> None:
    assert list(documented.of_text(text)) == found


@pytest.mark.parametrize("text", ["run: make presentation", "rebalancing refresh brings them"])
def test_what_is_no_command_is_noticed(text: str) -> None:
    with pytest.raises(ValueError, match="is no command"):
        list(documented.of_text(text))


def test_every_command_has_an_entry_and_every_entry_a_command() -> None:
    found = documented.collect()
    assert {command: place for command, place in found.items() if command not in COMMANDS} == {}
    reached = {entry.command for entry in COMMANDS.values() if isinstance(entry, Same)}
    assert set(COMMANDS) - set(found) - reached == set()


def test_what_is_the_same_ends_at_an_entry() -> None:
    for command, entry in COMMANDS.items():
        if isinstance(entry, Same) and not entry.command.endswith(" --help"):
            assert not isinstance(COMMANDS[entry.command], Same), command


@pytest.mark.parametrize("command", ["rebalancing", *documented.commands()])
def test_every_command_explains_itself(command: str) -> None:
    said = CliRunner().invoke(cli, [*command.split()[1:], "--help"])
    assert said.exit_code == 0
    assert "Usage: " in said.output


@pytest.mark.parametrize(
    ("command", "entry"), [(c, e) for c, e in COMMANDS.items() if isinstance(e, Shown)]
)
def test_what_is_not_run_here_is_run_or_shown_elsewhere(command: str, entry: Shown) -> None:
    if entry.recipe:
        shown = subprocess.check_output(
            ["make", "--no-print-directory", "-n", *shlex.split(command)[1:], PYTHON],
            cwd=ROOT,
            text=True,
        )
        assert entry.recipe in shown
    if entry.test:
        assert (ROOT / entry.test).is_file()
    # What a recipe makes is not there before it is followed.
    for word in shlex.split(command) if entry.why != RECIPE else ():
        if "/" in word or word.endswith((".yml", ".py")):
            is_made = word.startswith((".venv/", "build/")) or "://" in word
            assert is_made or (ROOT / word).exists(), word


@pytest.mark.parametrize(("user", "more"), [(0, ["--allow-root", "--no-browser"]), (1000, [])])
def test_only_root_is_told_to_be_allowed(user: int, more: list[str], tmp_path: Path) -> None:
    for name, line in (("id", f"echo {user}"), ("jupyter", 'echo "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    said = subprocess.check_output(
        ["make", "--no-print-directory", "--old-file=env", "lab", f"BIN={tmp_path}", PYTHON],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        text=True,
    )
    assert said.split() == ["lab", "--notebook-dir=notebooks", "--ip=127.0.0.1", *more]


def test_commands_run_as_they_are_printed(project: Runner, released: Path, tmp_path: Path) -> None:
    env = environment(project, tmp_path)
    wrong: list[str] = []
    for command, entry in COMMANDS.items():
        problem: str | None = None
        if isinstance(entry, Run) and not entry.needs:
            root = released if entry.released else project.project.root
            problem = run(command, entry, root, env)
        elif isinstance(entry, Started):
            problem = start(command, entry, project.project.root, env)
        wrong += [problem] if problem else []
    assert not wrong, "\n\n".join(wrong)
    assert not (project.project.root / "build").exists()
    assert project.git("status", "--porcelain", "--", "notebooks", "data/raw") == ""


@pytest.mark.parametrize(
    ("command", "entry"),
    [(c, e) for c, e in COMMANDS.items() if isinstance(e, Run) and e.needs],
)
def test_commands_run_where_the_program_that_they_need_is_installed(
    command: str, entry: Run, project: Runner, tmp_path: Path
) -> None:
    if shutil.which(entry.needs) is None:
        pytest.skip(f"{command} needs the program {entry.needs}, which is not installed")
    assert run(command, entry, project.project.root, environment(project, tmp_path)) is None
