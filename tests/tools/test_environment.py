"""The environment heals itself, lands where it belongs, and removes nothing that is not its own."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from .made_up import UV, fill, locked, write_wheel

pytestmark = pytest.mark.slow

NEVER = "no word of pip or uv on where to install is heeded"


@dataclass
class Made:
    """A small project with its environment."""

    root: Path
    wheels: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def code(self) -> str:
        return str(self.root / "src" / "rebalancing" / "__init__.py")

    def sh(self, command: str, **variables: object) -> subprocess.CompletedProcess[str]:
        steering = ("PIP_", "UV_", "MAKE", "MFLAGS", "PYTHON", "VIRTUAL_ENV")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(steering)}
        sources = {
            f"{tool}_{name}": value
            for tool in ("PIP", "UV")
            for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", str(self.wheels)))
        }
        given = {key: str(value) for key, value in variables.items()}
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.root,
            env={**kept, **sources, **given},
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self) -> str:
        """Return where the command finds its code, and the version of its package."""
        done = self.sh(".venv/bin/rebalancing")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The project made as a user makes it, with variables that would lead elsewhere."""
    folder = tmp_path_factory.mktemp("made")
    made = Made(folder / "it's 100% #1 研究" / "proj", folder / "wheels")
    fill(made.root, made.wheels)
    strange = folder / "strange"
    strange.mkdir()
    (strange / "thing.py").write_text("raise ImportError('of another Python')")
    elsewhere = folder / "elsewhere"
    venv.create(elsewhere / "python", with_pip=False)
    settings = folder / "home" / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[install]\nuser = true\ntarget = {elsewhere / 'target'}\n")
    of_uv = folder / "home" / ".config" / "uv" / "uv.toml"
    of_uv.parent.mkdir()
    of_uv.write_text(f"[pip]\ntarget = '{elsewhere / 'target'}'\n")
    (folder / "constraints").write_text("uv==9\nthing==9\n")
    other = elsewhere / "python" / "bin" / "python"
    before = sorted(elsewhere.rglob("*"))
    done = made.sh(
        "make env",
        HOME=folder / "home",
        PYTHONPATH=strange,
        PYTHONHOME=strange,
        VIRTUAL_ENV=elsewhere / "python",
        CONDA_PREFIX=elsewhere / "python",
        PIP_USER=1,
        PIP_TARGET=elsewhere / "target",
        PIP_PREFIX=elsewhere / "prefix",
        PIP_ROOT=elsewhere / "root",
        PIP_REQUIRE_VIRTUALENV=1,
        PIP_CONSTRAINT=folder / "constraints",
        UV_CONSTRAINT=folder / "constraints",
        UV_SYSTEM_PYTHON=1,
        UV_BREAK_SYSTEM_PACKAGES=1,
        UV_PYTHON=other,
        UV_PROJECT_ENVIRONMENT=elsewhere / "python",
        UV_TARGET=elsewhere / "target",
        UV_PREFIX=elsewhere / "prefix",
        UV_REQUIRE_HASHES=1,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(elsewhere.rglob("*")) == before, NEVER
    return made


@pytest.fixture
def made(template: Made, tmp_path: Path) -> Made:
    """A copy of it with its path in the stamp, as if it had been made there."""
    copy = Made(tmp_path / "proj", template.wheels)
    slow = shutil.ignore_patterns("pip", "pip-*", "setuptools*", "pkg_resources", "*distutils*")
    shutil.copytree(template.root, copy.root, symlinks=True, ignore=slow)
    stamp = copy.folder / "fingerprint"
    stamp.write_text(stamp.read_text().replace(str(template.root), str(copy.root)))
    return copy


@pytest.fixture
def tool(made: Made, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script of a project, without the slow part: an environment has no pip, uv is there."""
    spec = importlib.util.spec_from_file_location("made", made.root / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    real = venv.EnvBuilder
    monkeypatch.setattr(
        venv, "EnvBuilder", lambda **options: real(**{**options, "with_pip": False})
    )
    monkeypatch.setattr(module, "fetch_uv", lambda *_: UV)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(made.wheels))
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    return module


def test_it_is_made_anywhere_and_made_once(template: Made) -> None:
    assert template.says() == f"{template.code} 1"
    done = template.sh(". .venv/bin/activate; make --no-print-directory env", PYTHONHOME="/gone")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_its_kernel_comes_before_any_other(template: Made) -> None:
    """A user's kernel of the same name may be in JUPYTER_PATH, where Jupyter looks first."""
    own = template.folder / "share" / "jupyter"
    assert json.loads((own / "kernels/python3/kernel.json").read_text())["argv"][0] == "python"
    shown = "import os, subprocess, sys; print(os.environ['JUPYTER_PATH'], flush=True)"
    twice = f"{shown}; subprocess.run([sys.executable, '-c', {shown!r}])"
    for given, expected in (("/mine", f"{own}:/mine"), ("", str(own))):
        done = template.sh(f".venv/bin/python -c {shlex.quote(twice)}", JUPYTER_PATH=given)
        assert done.stdout.splitlines() == [expected, expected], done.stderr


def test_a_moved_or_copied_project_runs_its_own_code_even_without_make(
    made: Made, tmp_path: Path
) -> None:
    assert made.says() == f"{made.code} 1"
    moved = Made(tmp_path / "moved", made.wheels)
    made.root.rename(moved.root)
    assert moved.says() == f"{moved.code} 1"


def gone(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def no_python(folder: Path) -> None:
    for path in (folder / "bin").glob("python*"):
        path.unlink()


def dangling(folder: Path) -> None:
    no_python(folder)
    (folder / "bin" / "python").symlink_to("/gone/python3")


def another_prefix(folder: Path) -> None:
    """A copied interpreter whose library has moved."""
    no_python(folder)
    shutil.copy(os.path.realpath(sys.executable), folder / "bin" / "python")
    settings = folder / "pyvenv.cfg"
    lines = [line for line in settings.read_text().splitlines() if "home" not in line]
    settings.write_text("\n".join([*lines, "home = /gone/bin"]))


def half_made(folder: Path) -> None:
    gone(folder)
    venv.create(folder, with_pip=False)


def half_installed(folder: Path) -> None:
    (folder / "fingerprint").unlink()
    for path in folder.rglob("thing.py"):
        path.unlink()


def empty(folder: Path) -> None:
    gone(folder)
    (folder / "lib").mkdir(parents=True)


def of_elsewhere(folder: Path) -> None:
    stamp = folder / "fingerprint"
    stamp.write_text(stamp.read_text().replace(str(folder.parent), "/elsewhere"))


@pytest.mark.parametrize(
    "harm",
    [
        *(gone, no_python, dangling, another_prefix),
        *(half_made, half_installed, empty, of_elsewhere),
    ],
)
def test_what_is_not_whole_is_made_anew(
    made: Made, tool: ModuleType, harm: Callable[[Path], None]
) -> None:
    harm(made.folder)
    tool.main()
    assert made.says() == f"{made.code} 1"
    assert tool.up_to_date(made.folder, tool.fingerprint())


def test_another_lock_is_an_update(made: Made, tool: ModuleType) -> None:
    kept = made.folder / "kept"
    kept.touch()
    newer = write_wheel(made.wheels, "thing", "2", {"thing.py": "VALUE = 2\n"})
    lock = made.root / "requirements.lock"
    _, uv = lock.read_text().split("uv==")
    lock.write_text(f"{locked(newer)}uv=={uv}")
    tool.main()
    assert made.says() == f"{made.code} 2"
    assert kept.exists()


def test_another_kernel_of_the_notebooks_is_an_update(made: Made, tool: ModuleType) -> None:
    kernel = Path("share", "jupyter", "kernels", "rebalancing", "kernel.json")
    source = made.root / "tools" / "kernel" / "kernel.json"
    assert (made.folder / kernel).read_text() == source.read_text()
    source.write_text("{}")
    tool.main()
    assert (made.folder / kernel).read_text() == "{}"
    source.unlink()
    with pytest.raises(SystemExit, match=r"^tools/kernel/kernel\.json is missing; restore it with"):
        tool.main()


@pytest.mark.parametrize("place", ["home/uv/uv.toml", "dirs/uv/uv.toml", "chosen", "proj/uv.toml"])
def test_of_uvs_files_only_where_packages_come_from_is_heeded(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    settings = tmp_path / place
    settings.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made.wheels, settings.parent / "wheels")
    elsewhere = tmp_path / "elsewhere"
    steering = f'target = "{elsewhere}"\nsystem = true\nbreak-system-packages = true\n'
    sources = 'no-index = true\nfind-links = ["./wheels"]\n'
    settings.write_text(f"{sources}no-binary = ['thing']\n[pip]\n{steering}")
    monkeypatch.delenv("UV_FIND_LINKS")
    monkeypatch.delenv("UV_NO_INDEX")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "dirs"))
    if place == "chosen":
        monkeypatch.setenv("UV_CONFIG_FILE", str(settings))
    half_installed(made.folder)
    tool.main()
    assert made.says() == f"{made.code} 1"
    assert not elsewhere.exists()


def test_uvs_files_go_together_as_uv_has_it(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {
        "dirs": "offline = true\n[[index]]\nname = 'a'\nurl = 'https://a.example'\n",
        "home": "offline = false\nhttps-proxy = 'http://p'\n[pip]\nindex-url = 'https://c.example'\n"
        "prefix = '/p'\n[[index]]\nname = 'b'\nurl = '../b'\ndefault = true\n",
    }
    for name, text in files.items():
        (tmp_path / name / "uv").mkdir(parents=True)
        (tmp_path / name / "uv" / "uv.toml").write_text(text)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "dirs"))
    assert tomllib.loads(tool.uv_settings()) == {
        "offline": False,
        "https-proxy": "http://p",
        "pip": {"index-url": "https://c.example"},
        "index": [
            {"name": "b", "url": str(tmp_path / "home" / "uv" / ".." / "b"), "default": True},
            {"name": "a", "url": "https://a.example"},
        ],
    }


def test_a_broken_file_of_uvs_is_named_before_anything_is_written(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone(made.folder)
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text("[pip\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(
        SystemExit, match=r"uv\.toml cannot be read \(.*line 1.*\); correct it, then"
    ):
        tool.main()
    assert not made.folder.exists()


def a_file(folder: Path) -> Path:
    gone(folder)
    folder.write_text("mine")
    return folder


def of_the_user(folder: Path) -> Path:
    gone(folder)
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    return folder / "thesis.txt"


def a_link(folder: Path) -> Path:
    """To an environment that serves something else."""
    gone(folder)
    other = folder.with_name("other")
    venv.create(other, with_pip=False)
    folder.symlink_to(other)
    return other / "pyvenv.cfg"


@pytest.mark.parametrize("mine", [a_file, of_the_user, a_link])
def test_what_is_no_environment_stays(
    made: Made, tool: ModuleType, mine: Callable[[Path], Path]
) -> None:
    kept = mine(made.folder)
    before = kept.read_bytes()
    with pytest.raises(SystemExit, match=r"\.venv is .*; (move|remove) .*, then run the same"):
        tool.main()
    assert kept.read_bytes() == before


def test_a_link_to_nowhere_is_named(made: Made, tool: ModuleType) -> None:
    gone(made.folder)
    made.folder.symlink_to("/gone")
    with pytest.raises(SystemExit, match="is a link to /gone; remove the link"):
        tool.main()


@pytest.mark.parametrize("name", [".", "src", ""])
def test_no_other_folder_of_the_project_becomes_one(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["environment.py", name])
    with pytest.raises(SystemExit, match="no environment; move it elsewhere"):
        tool.main()
    assert Path(made.code).exists()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: None, "requirements.lock is missing"),
        (lambda text: "", "requirements.lock is damaged"),
        (lambda text: text[:-20], "requirements.lock is damaged"),
        (lambda text: text[40:], "requirements.lock is damaged"),
        (lambda text: f"<<<<<<< HEAD\n{text}", "requirements.lock is damaged"),
        (lambda text: text.replace("\n    --hash", "\n\0"), "requirements.lock is damaged"),
    ],
    ids=["missing", "empty", "cut", "headless", "conflict", "binary"],
)
def test_a_lock_file_that_is_damaged_is_named_and_the_environment_stays(
    made: Made, tool: ModuleType, harm: Callable[[str], str | None], said: str
) -> None:
    lock = made.root / "requirements.lock"
    text = harm(lock.read_text())
    lock.unlink()
    if text is not None:
        lock.write_text(text)
    with pytest.raises(SystemExit, match=f"{said}; restore it with: git checkout HEAD -- "):
        tool.main()
    assert made.says() == f"{made.code} 1"


def test_a_folder_that_may_not_be_written_is_one_line(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(made.folder)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(made.folder))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(os, "makedirs", refuse)
    with pytest.raises(SystemExit, match=r"\.venv: Read-only file system; set that right"):
        tool.main()


def test_a_python_that_can_make_none_is_told_what_it_lacks(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(made.folder)
    monkeypatch.setattr(tool.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        tool.main()


def test_two_at_once_are_one_after_the_other(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, asked = tool.fcntl.flock, []

    def flock(place: int, how: int) -> None:
        """Let go of what the other holds when this one begins to wait for it."""
        asked.append(how)
        if how == tool.fcntl.LOCK_EX:
            os.close(other)
        real(place, how)

    other = os.open(tool.ROOT, os.O_RDONLY)
    real(other, tool.fcntl.LOCK_EX)
    monkeypatch.setattr(tool.fcntl, "flock", flock)
    with tool.alone():
        assert asked == [tool.fcntl.LOCK_EX | tool.fcntl.LOCK_NB, tool.fcntl.LOCK_EX]
    assert "being made by another process; waiting" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--help"], ["a", "b"]])
def test_asked_wrongly(
    made: Made, tool: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["environment.py", *arguments])
    with pytest.raises(SystemExit) as caught:
        tool.main()
    assert caught.value.code == 2
    assert not (made.root / "--help").exists()
