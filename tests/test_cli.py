from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
import held
import pytest

import rebalancing
from rebalancing import cli, commands
from rebalancing.errors import DataError, InputError, RebalancingError
from rebalancing.project import Project
from rebalancing.study import Study


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One project for the tests of commands that end before they write."""
    return held.fill(tmp_path_factory.mktemp("cli") / "project")


@pytest.fixture
def run(
    request: pytest.FixtureRequest,
    shared: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command line inside a project, the test's own if it asks for one."""
    has_own = "own_project" in request.fixturenames
    project = request.getfixturevalue("own_project") if has_own else shared
    monkeypatch.chdir(project.notebooks)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["rebalancing", *arguments])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
        return Said(status, *capsys.readouterr())

    return run


@pytest.mark.parametrize("command", ["report", "explain", "serve"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--economy", "TWN"], "economy: TWN is not among"),
        (["--economy", "7"], "economy: 7 is not allowed"),
        (["--econmy", "JPN"], "'--economy'"),
        (["--last-year", "soon"], "last_year: 'soon' is not allowed"),
        (["--last-year", "1960"], "last_year: the sample would begin in 1970 and end in 1960"),
        (["--first-year", "1e3"], "first_year: 1000.0 is not allowed"),
        (["--releases", "unsd-ama=2019"], "has no table at current prices"),
        (["--peers", "USA,USSR,XX"], "peers: 'XX' is not allowed"),
        (["--economy"], "requires an argument"),
        (["--economy", ""], "--economy: '' is empty"),
        (["--horizon", "٥"], "horizon: '٥' is not allowed"),
        (["--seed", "9" * 900], "seed: '999"),
        (["--economy", "x" * 10_000], "has 10,000 characters"),
        (["--peers", "CHN"], "peers: none is left beside CHN itself"),
        (["--releases", "pwt=1", "--releases", "pwt=2"], "one release of 'pwt', not two"),
        (["--releases", "pwt=10.01", "--releases", "latest"], "stands for all releases"),
        (["CHN"], "unexpected extra argument"),
        ([f"--{'x' * 990}"], "No such option '--xxx"),
    ],
)
def test_what_is_not_allowed_ends_with_one_line_and_status_2(
    run: Run, own_project: Project, command: str, arguments: list[str], said: str
) -> None:
    before = set(own_project.root.rglob("*"))
    result = run(command, *arguments)
    assert result.status == 2
    assert result.out == ""
    assert result.err.startswith("rebalancing: ")
    assert result.err.count("\n") == 1
    assert len(result.err) < 1000
    assert said in result.err
    assert set(own_project.root.rglob("*")) == before


def test_an_unknown_option_lists_those_that_there_are(run: Run) -> None:
    listed = run("report", "--economie", "JPN").err.partition("Allowed: ")[2].strip().split(", ")
    fields = {f"--{name.replace('_', '-')}" for name in Study.model_fields}
    assert fields | {"--force", "--jobs"} <= set(listed)
    assert "--port" not in listed


def test_an_unknown_command_suggests_and_says_where_to_look(run: Run) -> None:
    said = run("reprot").err
    assert "'report'" in said
    assert "rebalancing --help" in said
    assert said.count("\n") == 1


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    result = run()
    assert result.status == 2
    assert "Usage: " in result.err
    assert "report " in result.err


@pytest.mark.parametrize(
    ("error", "status"), [(RebalancingError, 1), (DataError, 1), (InputError, 2)]
)
def test_an_error_is_one_line_with_its_status(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: type[RebalancingError], status: int
) -> None:
    def fail(start: object = None) -> Project:
        raise error("a first line\n  and a second")

    monkeypatch.setattr(Project, "find", fail)
    result = run("report")
    assert result.status == status
    assert result.err == "rebalancing: a first line and a second\n"


def test_a_file_that_may_not_be_written_is_named_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(start: object = None) -> Project:
        raise PermissionError(13, "Permission denied", "build/refresh.json")

    monkeypatch.setattr(Project, "find", denied)
    said = run("explain")
    assert said.status == 1
    assert said.err == (
        "rebalancing: build/refresh.json may not be read or written; check its permissions\n"
    )


def test_a_file_where_a_folder_should_be_is_named(run: Run, own_project: Project) -> None:
    said = run("data", "refresh", "--publisher", "nbs-io", "--json", "../study.yml/refresh.json")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "rebalancing: ../study.yml/refresh.json: a file is where a folder should be; name another\n"
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "a/b: there is no room left on the disk"),
        (errno.EROFS, "a/b: this disk may only be read"),
        (errno.EMFILE, "a/b: too many files are open; allow more (ulimit -n 1024)"),
        (errno.ENAMETOOLONG, "a/b: the name is too long"),
        (errno.EISDIR, "a/b: a folder is where a file should be"),
        (errno.ELOOP, "a/b: Too many levels of symbolic links; check it"),
    ],
)
def test_a_system_error_is_one_line_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refused(start: object = None) -> Project:
        raise OSError(number, os.strerror(number), "a/b")

    monkeypatch.setattr(Project, "find", refused)
    result = run("explain")
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert result.err.startswith(f"rebalancing: {said}")


def test_an_error_that_nobody_foresaw_is_one_line_and_keeps_its_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(start: object = None) -> Project:
        raise KeyError("a\nb")

    monkeypatch.setattr(Project, "find", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = run("explain")
    assert (result.status, result.err.count("\n")) == (1, 1)
    (kept,) = tmp_path.glob("rebalancing-*.txt")
    assert f"please report it with {kept}: KeyError" in result.err
    assert "in fail" in kept.read_text()


PROGRAM = (sys.executable, "-m", "rebalancing.cli")
LONG = "a" * 300


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("{} data list >&-", 1, "rebalancing: standard output is closed"),
        ("{} --version >/dev/full", 1, "rebalancing: there is no room left on the disk"),
        ("{} data list >/dev/full 2>/dev/full", 1, ""),
        ("{} data list >&- 2>&- <&-", 1, ""),
        ("set -o pipefail; {} data list | true", 141, ""),
        ("mkdir gone; cd gone; rmdir ../gone; {} data list", 2, "rebalancing: The current folder"),
        (f"{{}} data show {LONG}", 2, "rebalancing: aaa"),
        (f"{{}} compare {LONG} CHN", 2, "rebalancing: aaa"),
        ("HOME= PYTHONIOENCODING=ascii {} data show $'\\xff'", 2, "rebalancing: '\\udcff' holds"),
        ("LC_ALL=C PYTHONIOENCODING=ascii {} data show unsd-ama 2024 >/dev/null", 0, ""),
    ],
)
def test_streams_and_names_that_the_system_refuses(
    own_project: Project, command: str, status: int, said: str
) -> None:
    done = subprocess.run(
        ["bash", "-c", command.format(" ".join(PROGRAM))],
        cwd=own_project.root,
        env={**os.environ, "PYTHONPATH": str(Path(rebalancing.__file__).parents[1])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == bool(said)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_takes_a_signal_for_its_usual_end_has_the_signals_status(
    run: Run, own_project: Project, number: signal.Signals
) -> None:
    site = own_project.build / "CHN" / "site"
    site.mkdir(parents=True)
    (site / "index.html").touch()

    def serve(*_: object) -> None:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), number)
            time.sleep(60)

    before = signal.getsignal(number)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rebalancing.book.serve.serve", serve)
        assert run("serve") == Said(128 + number, "", "rebalancing: stopped\n")
    assert signal.getsignal(number) is before


def test_a_command_may_end_with_a_status_of_its_own(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rebalancing.data.cli.verify", lambda project: ["a file is damaged"])
    assert run("data", "verify") == Said(1, "a file is damaged\n", "")


def test_an_interruption_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(start: object = None) -> Project:
        raise KeyboardInterrupt

    monkeypatch.setattr(Project, "find", interrupt)
    result = run("explain")
    assert result.status == 130
    assert result.err.strip() == "rebalancing: stopped"


def test_every_field_of_the_study_is_an_option_with_a_meaning() -> None:
    for command in (commands.report, commands.explain, commands.serve):
        options = {
            parameter.name: parameter
            for parameter in command.params
            if isinstance(parameter, click.Option)
        }
        for name in Study.model_fields:
            assert options[name].opts == [f"--{name.replace('_', '-')}"]
            assert len(options[name].help or "") > 20
            assert "`" not in (options[name].help or "")


def test_options_reach_the_study_with_their_types(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rebalancing import build as workflow

    asked: list[tuple[Project, Study, dict[str, object]]] = []
    monkeypatch.setattr(
        workflow, "report", lambda project, study, **rest: asked.append((project, study, rest))
    )
    result = run(
        "report",
        *("--economy", "JPN", "--peers", "USA,EU27", "--first-year", "1980"),
        *("--last-year", "2019", "--releases", "unsd-ama=2023", "--confidence-level", "0.9"),
        *("--intra-eu-share", "1", "--jobs", "3", "--force", "--verify"),
    )
    assert result == Said(0, "", "")
    ((project, study, rest),) = asked
    assert project.root == Project.find().root
    assert rest == {"jobs": 3, "force": True, "verify": True}
    assert study.economy == "JPN"
    assert study.peers == ["USA", "EU27"]
    assert (study.first_year, study.last_year) == (1980, 2019)
    assert study.releases == {"unsd-ama": "2023"}
    assert (study.confidence_level, study.intra_eu_share) == (0.9, 1.0)


@pytest.mark.parametrize("command", ["report", "explain"])
def test_what_the_data_do_to_a_study_is_said(
    run: Run, own_project: Project, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    from rebalancing import build as workflow

    monkeypatch.setattr(workflow, "report", lambda *_, **__: None)
    monkeypatch.setattr(workflow, "explain", lambda *_: [])
    monkeypatch.setattr(workflow, "print_plan", lambda *_: None)
    result = run(command, "--economy", "YUG", "--peers", "SSD,USA", "--releases", "unsd-ama=2024")
    assert result.out.splitlines() == [
        "note: the accounts of YUG end in 1990, and so does the sample",
        "note: the peer SSD is left out: it has no figures from 1970 to 1990; it has 2008 to 2024",
    ]


@pytest.mark.parametrize(
    ("options", "edition"),
    [([], "CHN"), (["--economy", "JPN", "--last-year", "2019"], "JPN-last_year-2019")],
)
def test_serve_shows_the_site_of_the_edition_that_was_asked_for(
    run: Run,
    own_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    edition: str,
) -> None:
    from rebalancing.book import serve

    site = own_project.build / edition / "site"
    missing = run("serve", *options)
    assert (missing.status, missing.out, missing.err.count("\n")) == (2, "", 1)
    assert f"no site in {site}; build it first (make report)" in missing.err
    served: list[tuple[Path, int]] = []
    monkeypatch.setattr(serve, "serve", lambda folder, port: served.append((folder, port)))
    assert run("serve", "--port", "0", *options) == Said(0, "", "")
    assert served == [(site, 0)]


def test_links_of_an_earlier_check_stay_until_there_is_something_to_put(
    run: Run, own_project: Project
) -> None:
    earlier = own_project.build / "links.json"
    earlier.parent.mkdir()
    earlier.write_text("earlier")
    said = run("links")
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert earlier.read_text() == "earlier"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("compare", "CHN", "CHN", "--json"),
        ("compare", "CHN", "CHN", "--html"),
        ("forecast-log", "score", "--json"),
        ("data", "refresh", "--json"),
        ("data", "diff", "unsd-ama/2023", "unsd-ama/2024", "--json"),
        ("data", "diff", "unsd-ama/2023", "unsd-ama/2024", "--html"),
    ],
)
@pytest.mark.parametrize(
    "name", ["../study.yml", "02_consumption.ipynb", "../data/raw/x", "", ".."]
)
def test_no_command_writes_over_the_project(
    run: Run, own_project: Project, command: tuple[str, ...], name: str
) -> None:
    before = {path: path.lstat().st_mtime_ns for path in own_project.root.rglob("*")}
    said = run(*command, name)
    assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
    assert command[-1] in said.err
    assert {path: path.lstat().st_mtime_ns for path in own_project.root.rglob("*")} == before


@pytest.mark.parametrize("value", ["٣", "1_0", "0", "-1", "999999", "1" * 900, "x", "1.5"])
def test_jobs_and_ports_are_whole_numbers_in_plain_digits(run: Run, value: str) -> None:
    for command, option in (("report", "--jobs"), ("serve", "--port")):
        if (option, value) != ("--port", "0"):
            result = run(command, option, value)
            assert (result.status, result.err.count("\n")) == (2, 1)
            assert f"Invalid value for '{option}'" in result.err
            assert len(result.err) < 1100


def test_releases_of_several_options_are_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from rebalancing import build as workflow

    asked: list[Study] = []
    monkeypatch.setattr(workflow, "report", lambda project, study, **rest: asked.append(study))
    assert run("report", "--releases", "unsd-ama=2023", "--releases", "pwt=10.01").status == 0
    assert asked[0].releases == {"unsd-ama": "2023", "pwt": "10.01"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("data/thresholds.yml", "watched: [CHN]\nwatched: [USA]\n", "line 2, column 1: the key"),
        ("data/corrections.yml", "corrections: 2024-02-30\n", "line 1, column 14: 2024-02-30"),
        ("CITATION.cff", "date-released: 2024-02-30\n", "line 1, column 16: 2024-02-30"),
        ("book/sections.csv", "section,chapter,heading\na\n", "line 2: 1 cells instead of 3"),
        ("book/remarks.csv", "economy,remark,text\na\n", "line 2: 1 cells instead of 3"),
        ("book/checklist.csv", "number\n", "line 1: the heading must be number,group,line"),
    ],
)
def test_a_file_that_people_edit_is_read_before_anything_runs(
    run: Run, own_project: Project, path: str, text: str, said: str
) -> None:
    file = own_project.root / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    for command in ("report", "explain"):
        result = run(command)
        assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
        assert file.name in result.err
        assert said in result.err
    assert not (own_project.root / "build").exists()


@pytest.mark.slow
def test_as_a_program_outside_of_a_project(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rebalancing.cli", "report"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(rebalancing.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("rebalancing: No study.yml in ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_version_is_that_of_the_package(run: Run) -> None:
    assert rebalancing.__version__ in run("--version").out


@pytest.mark.parametrize(
    "command",
    [
        "report",
        "changes",
        "gallery",
        "gallery --publish site",
        "keep",
        "forecast-log begin",
        "data refresh",
        "data import .",
    ],
)
def test_a_command_that_writes_does_not_run_beside_another(
    run: Run, own_project: Project, command: str
) -> None:
    with own_project.alone("refresh"):
        before = sorted(own_project.root.rglob("*"))
        said = run(*command.split())
        assert sorted(own_project.root.rglob("*")) == before
    assert said.status == 1
    assert said.err == (
        "rebalancing: Another refresh is running in this project; wait until it has ended\n"
    )


def test_modes_of_what_is_made_do_not_follow_the_user(run: Run, own_project: Project) -> None:
    before = os.umask(0o077)
    assert run("gallery").status == 0
    os.umask(before)
    assert own_project.build.stat().st_mode & 0o777 == 0o755


def test_help_says_of_each_command_what_the_command_says_of_itself() -> None:
    context = click.Context(cli.cli)
    shown = cli.cli.get_help(context).partition("Commands:")[2].split()
    commands = {name: cli.cli.get_command(context, name) for name in cli.cli.list_commands(context)}
    own = [f"{name} {command.get_short_help_str(1000)}" for name, command in commands.items()]
    assert shown == " ".join(own).split()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["no-such-command"]])
def test_the_door_loads_nothing_that_is_slow(arguments: list[str]) -> None:
    code = f"import sys; sys.argv = ['rebalancing', *{arguments}]\n"
    code += "from rebalancing.__main__ import main\ntry:\n main()\nfinally:\n print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    loaded = set(done.stdout.splitlines()[-1].split())
    slow = {"numpy", "pandas", "pydantic", "pyarrow", "yaml", "jinja2", "rebalancing.study"}
    assert "rebalancing.cli" in loaded
    assert not loaded & slow
