from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import click
import pytest

from rebalancing import outputs

ROOT = Path(__file__).parents[1]
TEXT = '{"a": "é"}\n'
TO_STDOUT = """\
from pathlib import Path
from rebalancing import outputs
print("before")
outputs.write_output(outputs.check_output(Path("."), "{name}"), "the output\\n")
print("after")"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with folders of its own and one that is linked to, the current folder."""
    root = tmp_path / "project"
    for folder in ("notebooks", "data", "build/CHN", "src", ".git"):
        (root / folder).mkdir(parents=True)
    (tmp_path / "releases").mkdir()
    (root / "data" / "raw").symlink_to(tmp_path / "releases")
    for name in ("study.yml", "notebooks/a.ipynb", "Makefile", ".git/config"):
        (root / name).write_text("kept")
    monkeypatch.chdir(root)
    return root


def written(name: str, content: str = TEXT) -> None:
    outputs.write_output(outputs.check_output(Path.cwd(), name), content)


@pytest.mark.parametrize(
    "name",
    ["build/x.json", "build/new/x.json", "both.html", "./x.json", "x.svg", "../elsewhere.txt"],
)
def test_a_file_is_written_and_replaced_as_a_whole(root: Path, name: str) -> None:
    written(name, "earlier")
    before = Path(name).stat().st_ino
    written(name)
    assert Path(name).read_text(encoding="utf-8") == TEXT
    assert Path(name).stat().st_ino != before
    assert not list(Path(name).parent.glob(".[!g]*"))


@pytest.mark.parametrize(
    "name",
    [
        *("study.yml", "Makefile", "notebooks/a.ipynb", "notebooks/new.json", "src/x/y.html"),
        *("data/raw/x.json", "data/x.json", ".git/config", ".gitignore", "new.txt", "new/x.json"),
        *(
            "build/../study.yml",
            "../releases/x.json",
            "../project/src/x.json",
            "to-study",
            "to-new",
        ),
    ],
)
def test_nothing_of_the_project_is_written_over(root: Path, name: str) -> None:
    (root / "to-study").symlink_to("study.yml")
    (root / "to-new").symlink_to("src/new.json")
    before = {path: path.lstat().st_mtime_ns for path in root.parent.rglob("*")}
    with pytest.raises(outputs.OutputError, match="among the project's own files"):
        outputs.check_output(Path.cwd(), name)
    assert {path: path.lstat().st_mtime_ns for path in root.parent.rglob("*")} == before


def test_nor_anything_of_another_project(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(outputs.OutputError, match="among the project's own files"):
        outputs.check_output(tmp_path, "project/src/x.json")
    written("project/build/x.json")


@pytest.mark.parametrize("name", ["build", "build/", "new/", "/", "../releases", "x" * 300, "loop"])
def test_what_is_no_file_is_refused(root: Path, name: str) -> None:
    (root / "loop").symlink_to("loop")
    with pytest.raises(outputs.OutputError):
        outputs.check_output(Path.cwd(), name)


@pytest.mark.parametrize("name", ["", " ", "a\0b"])
@pytest.mark.parametrize("kind", [outputs.FILE, outputs.FOLDER])
def test_a_name_that_is_none_is_refused(kind: click.ParamType[Path], name: str) -> None:
    with pytest.raises(click.BadParameter, match="names no"):
        kind.convert(name, None, None)


def test_a_file_in_the_way_is_named(root: Path) -> None:
    with pytest.raises(NotADirectoryError):
        outputs.check_output(Path.cwd(), "study.yml/x.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named_before_there_is_anything(root: Path) -> None:
    (root / "build" / "CHN").chmod(0o500)
    with pytest.raises(PermissionError):
        outputs.check_output(Path.cwd(), "build/CHN/x.json")


def test_a_link_is_followed_and_stays(root: Path) -> None:
    for name, target in (("to-file.json", "build/x.json"), ("to-none.json", "build/CHN/y.json")):
        Path(name).symlink_to(target)
    Path("build/x.json").write_text("earlier")
    for name in ("to-file.json", "to-none.json"):
        written(name)
        assert Path(name).is_symlink()
        assert Path(name).resolve().read_text(encoding="utf-8") == TEXT


def test_a_device_is_written_to_and_stays(root: Path) -> None:
    before = os.stat("/dev/null")
    written("/dev/null")
    after = os.stat("/dev/null")
    assert (after.st_ino, stat.S_ISCHR(after.st_mode)) == (before.st_ino, True)


def test_a_full_device_is_one_error_and_stays(root: Path) -> None:
    with pytest.raises(outputs.WriteError, match="/dev/full cannot be written: No space left"):
        written("/dev/full")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize("place", ["build/pipe", "notebooks/pipe", "../pipe"])
def test_a_named_pipe_is_written_to_and_stays(root: Path, place: str) -> None:
    os.mkfifo(place)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path(place).read_text("utf-8")))
    reader.start()
    written(place)
    reader.join(10)
    assert read == [TEXT]
    assert stat.S_ISFIFO(os.stat(place).st_mode)


def test_a_socket_is_one_error_and_stays(root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("build/s")
        with pytest.raises(outputs.WriteError, match="build/s cannot be written"):
            written("build/s")
    assert stat.S_ISSOCK(os.stat("build/s").st_mode)


def test_a_full_disk_leaves_the_earlier_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written("build/x.json", "earlier")

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(outputs.WriteError, match="cannot be written: No space left"):
        written("build/x.json")
    assert Path("build/x.json").read_text() == "earlier"
    assert set(os.listdir("build")) == {"CHN", "x.json"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "said"])
@pytest.mark.parametrize("into", ["a file", "a pipe"])
def test_what_is_written_to_already_goes_on_in_order(tmp_path: Path, name: str, into: str) -> None:
    if name == "said" and into == "a pipe":
        pytest.skip("a pipe has no name")
    if name.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("this system has no /proc")
    command = [sys.executable, "-c", TO_STDOUT.format(name=name)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with (tmp_path / "said").open("w") as said:
        done = subprocess.run(
            command,
            stdout=said if into == "a file" else subprocess.PIPE,
            cwd=tmp_path,
            env=env,
            text=True,
            check=True,
        )
    found = (tmp_path / "said").read_text() if into == "a file" else done.stdout
    assert found == "before\nthe output\nafter\n"


def test_json_is_written_as_everywhere(root: Path) -> None:
    outputs.write_json(outputs.check_output(root, "build/x.json"), {"b": [1], "a": "é"})
    text = Path("build/x.json").read_text(encoding="utf-8")
    assert text == '{\n  "b": [\n    1\n  ],\n  "a": "é"\n}\n'
    assert json.loads(text) == {"b": [1], "a": "é"}


def test_every_option_that_names_an_output_is_checked() -> None:
    from rebalancing.cli import cli

    def options(command: click.Command, path: str) -> dict[str, click.ParamType]:
        found = {
            f"{path} {name}": parameter.type
            for parameter in command.params
            for name in parameter.opts
        }
        if isinstance(command, click.Group):
            with click.Context(command) as context:
                for name in command.list_commands(context):
                    below = command.get_command(context, name)
                    assert below
                    found |= options(below, f"{path} {name}")
        return found

    named = options(cli, "rebalancing")
    written = {
        name
        for name, kind in named.items()
        if name.split()[-1] in ("--json", "--html", "--publish")
    }
    assert len(written) == 7
    assert {name for name in written if named[name] not in (outputs.FILE, outputs.FOLDER)} == set()
