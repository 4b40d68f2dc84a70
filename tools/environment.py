"""Create or update the project's virtual environment from requirements.lock.

Usage: python3 tools/environment.py [FOLDER]

The environment lands in FOLDER (default ``.venv``), with every package checked against the hashes
of the lock file. Nothing is done when the environment already matches the lock. Needs only the
standard library: it runs before anything is installed.
"""

import hashlib
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST, NEWEST = (3, 11), (3, 13)


def fingerprint() -> str:
    """Return a digest of all that the environment is made from."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def locked(name: str) -> str:
    """Return the lock file's entry for one package, hashes included."""
    entry = re.search(rf"^{name}==.*(?:\n    --hash=.*)+", LOCK.read_text(), re.MULTILINE)
    if entry is None:
        sys.exit(f"{LOCK.name} has no entry for {name}; restore it with: git checkout {LOCK.name}")
    return entry.group(0) + "\n"


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command; on failure end with its own output and a word on what to do."""
    done = subprocess.run([str(part) for part in command], env=env, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(
            "The environment could not be made: the command above failed. Check that the package "
            "index can be reached, then run the same make command again; nothing needs cleaning."
        )


def install(python: Path) -> None:
    """Install the locked packages, then the project itself in place."""
    bootstrap = python.parent.parent / "uv.lock.txt"
    bootstrap.write_text(locked("uv"))
    quiet = ("--quiet", "--disable-pip-version-check")
    run(python, "-m", "pip", "install", *quiet, "--require-hashes", "-r", bootstrap)
    env = {**os.environ, "VIRTUAL_ENV": str(python.parent.parent), "UV_LINK_MODE": "copy"}
    uv = python.parent / "uv"
    run(uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", LOCK, env=env)
    run(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ".", env=env)


def main() -> None:
    """Make the environment unless it is already what the lock file says."""
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else ".venv")
    stamp = folder / "fingerprint"
    if stamp.is_file() and stamp.read_text() == fingerprint():
        return
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        sys.exit(
            f"Python {version[0]}.{version[1]} is not supported; install Python 3.11, 3.12 or 3.13 "
            "and run: make PYTHON=/path/to/python3.12 <target>"
        )
    start = time.monotonic()
    print(f"Making the environment in {folder.name}/ from {LOCK.name} ...", flush=True)
    stamp.unlink(missing_ok=True)
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True, clear=True)
    install(python)
    stamp.write_text(fingerprint())
    print(f"Environment ready after {time.monotonic() - start:.0f} s.", flush=True)


if __name__ == "__main__":
    main()
