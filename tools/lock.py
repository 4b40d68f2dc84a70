"""Resolve the dependencies of pyproject.toml into requirements.lock and environment.yml.

Usage: python tools/lock.py [--upgrade]

Both files carry the same versions: the lock with hashes for every platform, environment.yml for
conda users, who take Python from conda and the packages, pinned, through its pip.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK, ENVIRONMENT = ROOT / "requirements.lock", ROOT / "environment.yml"
CONDA_PYTHON = "3.12"
HEAD = f"""\
# Made from requirements.lock by `make lock`; the versions are the same.
#   conda env create --file environment.yml && conda activate rebalancing
#   pip install --no-deps --no-build-isolation --editable . && rebalancing report
name: rebalancing
channels:
  - conda-forge
dependencies:
  - python={CONDA_PYTHON}
  - pip
  - pip:
"""


def pins(lock: str) -> list[str]:
    """Return the lock's requirements without hashes: ``pandas==3.1.1``, with markers if any."""
    found = re.findall(
        r"^([a-z0-9._-]+(?:\[[\w,-]+\])?==[^\s;\\]+)( ; [^\\\n]+)?", lock, re.MULTILINE
    )
    return [f"{pin}{marker.rstrip()}" for pin, marker in found]


def environment(lock: str) -> str:
    """Return the text of environment.yml for a lock."""
    return HEAD + "".join(f'    - "{pin}"\n' for pin in pins(lock))


def main() -> None:
    """Write both files."""
    command = [
        "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
        "--no-emit-find-links", "--python", sys.executable, "--group", "dev",
        "--output-file", LOCK.name, *sys.argv[1:], "pyproject.toml",
    ]  # fmt: skip
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    except FileNotFoundError:
        sys.exit("uv is missing; run: make lock, which makes the environment first")
    if done.returncode:
        sys.exit("The dependencies could not be resolved; the message above says why.")
    half = ENVIRONMENT.with_suffix(".part")
    half.write_text(environment(LOCK.read_text()))
    half.replace(ENVIRONMENT)
    print(f"{len(pins(LOCK.read_text()))} packages in {LOCK.name} and {ENVIRONMENT.name}")


if __name__ == "__main__":
    main()
