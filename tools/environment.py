"""Create or update the project's virtual environment from requirements.lock.

Usage: python3 tools/environment.py [FOLDER]

The environment lands in FOLDER (default ``.venv``), with every package checked against the hashes
of the lock file. Nothing is done when it is up to date: finished, made here and from this lock,
and able to run the project's own code. When only the lock has changed, it is updated. When it was
left half made, moved or copied with its project, or its Python has gone, it is made anew. A folder
that is no environment is never removed.

Settings of pip and uv that say where packages come from are heeded, in variables and in files;
those that say where to put them are not. Needs only the standard library: it runs before anything
is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK, PROJECT = ROOT / "requirements.lock", ROOT / "pyproject.toml"
NOTEBOOK_KERNEL = ROOT / "tools" / "kernel" / "kernel.json"  # is installed with the project
CODE = ROOT / "src"
OLDEST, NEWEST = (3, 11), (3, 13)
STAMP = "fingerprint"
ENTRY = re.compile(
    r"[a-z0-9][\w.\[\],-]*==[^\s\\]+( ; [^\\\n]+?)?( \\\n    --hash=sha256:\w{64})+\n"
)
# What pip and uv may be told from outside: where packages come from, and how to reach it.
HEEDED = re.compile(
    r"PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY"
    r"|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|KEYRING_PROVIDER|CACHE_DIR|NO_CACHE_DIR|CONFIG_FILE"
    r"|USE_FEATURE|USE_DEPRECATED)"
    r"|UV_(\w*INDEX\w*|FIND_LINKS|\w*KEYRING\w*|CREDENTIALS_DIR|(ALLOW_)?INSECURE_HOST|OFFLINE"
    r"|HTTPS?_\w+|NO_PROXY|NATIVE_TLS|SYSTEM_CERTS|CACHE_DIR|NO_CACHE|CONCURRENT_\w+)"
)
# What leads Python, pip or uv to another environment than the one that is asked for.
ELSEWHERE = re.compile(r"(PIP|UV|CONDA)_\w+|PYTHON(PATH|HOME)|VIRTUAL_ENV|__PYVENV_LAUNCHER__")
KERNEL = {
    "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "metadata": {"debugger": True},
    "env": {"PYTHONPATH": "", "PYTHONHOME": ""},
}
KERNEL_FIRST = (
    "import os, sys; own = os.path.join(sys.prefix, 'share', 'jupyter'); "
    "rest = os.environ.get('JUPYTER_PATH', ''); "
    "os.environ['JUPYTER_PATH'] = "
    "rest if rest.split(os.pathsep)[0] == own else os.pathsep.join(filter(None, (own, rest)))\n"
)
AGAIN = "then run the same command again; nothing needs cleaning"


def fingerprint() -> str:
    """Return what an environment is made from, and where: a digest and a path, a line each."""
    digest = hashlib.sha256()
    for path in (LOCK, PROJECT, NOTEBOOK_KERNEL):
        if not path.is_file():
            name = path.relative_to(ROOT)
            sys.exit(f"{name} is missing; restore it with: git checkout HEAD -- {name}")
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()}\n{ROOT}\n"


def lock_entry(name: str) -> str:
    """Return the lock file's entry for one package, hashes included; end if there is none."""
    text = re.sub(r"^#.*\n", "", LOCK.read_bytes().decode("utf-8", "replace"), flags=re.MULTILINE)
    entries = {entry[0].partition("==")[0]: entry[0] for entry in ENTRY.finditer(text)}
    if name not in entries or ENTRY.sub("", text).strip():
        sys.exit(f"{LOCK.name} is damaged; restore it with: git checkout HEAD -- {LOCK.name}")
    return entries[name]


def surroundings() -> dict[str, str]:
    """Return this process's variables without those that lead elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if HEEDED.fullmatch(name) or not ELSEWHERE.fullmatch(name)
    }


def uv_settings() -> str:
    """Return, as TOML, what uv's files say of where packages come from, and nothing else of them.

    uv would find these files itself, and then install where they say as well.
    """
    import tomllib  # which Python has since 3.11

    found: dict[str, Any] = {}
    chosen = os.environ.get("UV_CONFIG_FILE")
    for path in [Path(chosen)] if chosen else uv_files():
        try:
            content = tomllib.loads(path.read_bytes().decode())
        except ValueError as error:
            sys.exit(f"{path} cannot be read ({error}); correct it, {AGAIN}.")
        merge(found, heeded(content, path.parent))
    return "".join(f"{name} = {toml(value)}\n" for name, value in found.items())


def uv_files() -> list[Path]:
    """Return the files in which uv looks for settings, those that take precedence last."""
    folders = [*(os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"), "/etc"]
    of_system = [Path(folder, "uv", "uv.toml") for folder in folders]
    own = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    rest = (Path(own, "uv", "uv.toml"), ROOT / "uv.toml")
    first = [path for path in of_system if path.is_file()][:1]
    return [*first, *(path for path in rest if path.is_file())]


def heeded(content: dict[str, Any], home: Path) -> dict[str, Any]:
    """Return those settings of a file that are heeded, paths with the file's own folder."""

    def placed(value: Any) -> Any:
        if isinstance(value, list):
            return [placed(part) for part in value]
        if isinstance(value, dict):
            return {name: placed(part) for name, part in value.items()}
        is_relative = isinstance(value, str) and value.startswith(("./", "../"))
        return str(home.resolve() / value) if is_relative else value

    names = {name: f"UV_{name.upper().replace('-', '_')}" for name in content}
    kept = {name: placed(content[name]) for name in names if HEEDED.fullmatch(names[name])}
    of_pip = content.get("pip")
    return kept | ({"pip": heeded(of_pip, home)} if isinstance(of_pip, dict) else {})


def merge(settings: dict[str, Any], newer: dict[str, Any]) -> None:
    """Add settings as uv does: newer ones come first in a list, and in place of a value."""
    for name, value in newer.items():
        older = settings.get(name)
        if isinstance(value, dict) and isinstance(older, dict):
            merge(older, value)
        elif isinstance(value, list) and isinstance(older, list):
            settings[name] = value + older
        else:
            settings[name] = value


def toml(value: Any) -> str:
    """Return a value in TOML."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(name)} = {toml(part)}" for name, part in value.items())
        return f"{{ {', '.join(inside)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False, default=str).replace("\x7f", "\\u007f")


def run(*command: str | Path, env: dict[str, str]) -> None:
    """Run a command; on failure end with its own output and a word on what to do."""
    done = subprocess.run(list(map(str, command)), env=env, cwd=ROOT, close_fds=False, check=False)
    if done.returncode:
        sys.exit(
            "The environment could not be made; the message above says why. If the package index "
            f"cannot be reached, see to the network or name another index, {AGAIN}."
        )


def stamp(folder: Path) -> str:
    """Return the fingerprint that an environment was made with; empty when it is unfinished."""
    try:
        return (folder / STAMP).read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def runs(folder: Path) -> bool:
    """Say whether an environment has a Python that works and finds this project's own code."""
    check = "import sys, rebalancing; sys.exit(rebalancing.__file__ != sys.argv[1])"
    code = CODE / "rebalancing" / "__init__.py"
    command = [str(folder / "bin" / "python"), "-I", "-c", check, str(code)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def up_to_date(folder: Path, wanted: str) -> bool:
    """Say whether nothing needs doing."""
    return stamp(folder) == wanted and runs(folder)


def create(folder: Path) -> None:
    """Make an environment with pip alone, in place of one that is there."""
    if folder.is_symlink():
        sys.exit(f"{folder} is a link to {os.readlink(folder)}; remove the link, {AGAIN}.")
    if folder.exists() and not may_go(folder):
        sys.exit(f"{folder} is in the way and no environment; move it elsewhere, {AGAIN}.")
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(
            f"{sys.executable} has no venv or no ensurepip; install them (on Debian and Ubuntu: "
            f"apt install {package}), {AGAIN}."
        )
    import venv

    try:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(folder)
    except (ValueError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "output", None) or b"").decode("utf-8", "replace").split("\n")
        reason = " ".join([str(error), *said[-2:]]).strip()
        sys.exit(f"{sys.executable} cannot create an environment in {folder}: {reason}")
    # Then uv writes commands that find their Python beside them, wherever the folder is moved.
    with (folder / "pyvenv.cfg").open("a", encoding="utf-8") as settings:
        settings.write("relocatable = true\n")


def may_go(folder: Path) -> bool:
    """Say whether a folder is an environment, or the beginning of one: folders without files."""
    if not folder.is_dir():
        return False
    files = (name for _, _, names in os.walk(folder) for name in names)
    return (folder / "pyvenv.cfg").is_file() or not any(files)


def install(folder: Path, settings: str) -> None:
    """Install the locked packages, then the project itself in place, with these settings of uv."""
    python, env = folder / "bin" / "python", surroundings()
    into = ("--quiet", "--python", python)
    env["UV_LINK_MODE"] = "copy"  # uv's cache may be on another disk, and may be emptied
    with tempfile.TemporaryDirectory(prefix="uv-", dir=folder) as name:
        uv = fetch_uv(python, Path(name), env)
        env["UV_CONFIG_FILE"] = str(Path(name, "uv.toml"))  # and no other file
        Path(name, "uv.toml").write_text(settings, encoding="utf-8")
        run(uv, "pip", "sync", *into, "--compile-bytecode", "--require-hashes", LOCK, env=env)
        only = ("--reinstall", "--no-deps", "--no-build-isolation")
        run(uv, "pip", "install", *into, *only, "-e", ".", env=env)
    (packages,) = folder.glob("lib/python*/site-packages")
    for path in packages.glob("*.pth"):
        if path.read_bytes().decode("utf-8", "replace").strip() == str(CODE):
            path.write_text(os.path.relpath(CODE, packages) + "\n", encoding="utf-8")
    write_kernel(folder, packages)


def write_kernel(folder: Path, packages: Path) -> None:
    """Register this Python as Jupyter's kernel python3, and let it come before any other."""
    kernel = folder / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True, exist_ok=True)
    kernel.write_text(json.dumps(KERNEL, indent=1) + "\n", encoding="utf-8")
    # Jupyter looks in JUPYTER_PATH first, so the environment puts itself at the head of it.
    (packages / "own_kernel.pth").write_text(KERNEL_FIRST, encoding="utf-8")


def fetch_uv(python: Path, folder: Path, env: dict[str, str]) -> Path:
    """Return the locked uv. Pip only fetches it: where pip installs, many settings can change."""
    wanted = folder / "uv.txt"
    wanted.write_text(lock_entry("uv"), encoding="utf-8")
    pip = (python, "-I", "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    only = ("--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", folder)
    run(*pip, *only, "-r", wanted, env=env | {"PIP_CONSTRAINT": os.devnull})
    (wheel,) = folder.glob("uv-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        uv = folder / "uv"
        uv.write_bytes(archive.read(name))
    uv.chmod(0o755)
    return uv


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time make the environment; the lock lasts until its children end."""
    place = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(place, True)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("The environment is being made by another process; waiting ...", flush=True)
            fcntl.flock(place, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(place)


def make(folder: Path, wanted: str) -> None:
    """Make the environment anew, or update it when it is whole and only its packages differ."""
    start, version = time.monotonic(), sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        sys.exit(
            f"Python {version[0]}.{version[1]} is not supported; install Python 3.11, 3.12 or 3.13 "
            "and run: make PYTHON=/path/to/python3.12 <target>"
        )
    settings = uv_settings()
    print(f"Making the environment in {folder.name}/ from {LOCK.name} ...", flush=True)
    lock_entry("uv")
    made = stamp(folder).splitlines()
    if made[1:] != wanted.splitlines()[1:] or not runs(folder):
        create(folder)
    (folder / STAMP).unlink(missing_ok=True)
    install(folder, settings)
    if not runs(folder):
        sys.exit(f"The packages did not land in {folder}; remove that folder, {AGAIN}.")
    (folder / STAMP).write_text(wanted, encoding="utf-8")
    print(f"Environment ready after {time.monotonic() - start:.0f} s.", flush=True)


def main() -> None:
    """Make the environment unless it is up to date."""
    arguments = sys.argv[1:] or [".venv"]
    if len(arguments) > 1 or arguments[0].startswith("-"):
        print("Usage: tools/environment.py [FOLDER]", file=sys.stderr)
        sys.exit(2)
    folder = ROOT / arguments[0]
    try:
        wanted = fingerprint()
        if up_to_date(folder, wanted):
            return
        with alone():
            if not up_to_date(folder, wanted):
                make(folder, wanted)
    except OSError as error:
        sys.exit(
            f"The environment could not be made: {error.filename or folder}: "
            f"{error.strerror or error}; set that right, {AGAIN}."
        )
    except KeyboardInterrupt:
        sys.exit("Stopped; the same command begins again, and nothing needs cleaning.")


if __name__ == "__main__":
    main()
