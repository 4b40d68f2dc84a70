"""Resolve the dependencies of pyproject.toml, and say which of them are not at their newest.

Usage: python tools/lock.py [--upgrade]

requirements.lock has the versions, with hashes for every platform. environment.yml has the same for
conda users, who take Python from conda and the packages, pinned, through its pip. requirements.json
compares them with the index: "asked" has every package that pyproject.toml names, "others" those
that they bring along and that are not at their newest version. A package that is asked for may be
held back only for a reason that pyproject.toml gives, under tool.rebalancing.held.

All three are replaced once all is known, so that they always belong together.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK, ENVIRONMENT = ROOT / "requirements.lock", ROOT / "environment.yml"
VERSIONS, PROJECT = ROOT / "requirements.json", ROOT / "pyproject.toml"
OLDEST, NEWEST, CONDA_PYTHON = "3.11", "3.13", "3.12"
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
# What is resolved, for the oldest Python: one version of each package must do for all of them.
WHOLE = ("--python-version", OLDEST, "--all-extras", "--group", "dev", PROJECT.name)
NOTHING = "nothing but the lock"
TOGETHER = "several requirements together"


def pins(lock: str) -> list[str]:
    """Return the lock's requirements without hashes: ``pandas==3.1.1``, with markers if any."""
    found = re.findall(
        r"^([a-z0-9._-]+(?:\[[\w,-]+\])?==[^\s;\\]+)( ; [^\\\n]+)?", lock, re.MULTILINE
    )
    return [f"{pin}{marker.rstrip()}" for pin, marker in found]


def environment(lock: str) -> str:
    """Return the text of environment.yml for a lock."""
    return HEAD + "".join(f'    - "{pin}"\n' for pin in pins(lock))


def name(requirement: str) -> str:
    """Return the name of the package that a requirement is about."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def asked(project: dict[str, Any]) -> set[str]:
    """Return the names of the packages that pyproject.toml asks for."""
    groups = (*project["project"].get("optional-dependencies", {}).values(),)
    groups += (project["project"]["dependencies"], project["dependency-groups"]["dev"])
    lines = [line for group in groups for line in group]
    return {re.sub(r"[-_.]+", "-", name(line)).lower() for line in lines}


def compile_(*arguments: str, given: str = "", **to: Any) -> subprocess.CompletedProcess[str]:
    """Run ``uv pip compile``, with what its argument ``-`` stands for."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    env = {**os.environ, "PATH": path, "UV_NO_WRAP": "1"}
    python = ("--python", sys.executable)
    try:
        return subprocess.run(
            [*command, *python, *arguments],
            **{"cwd": ROOT, "env": env, "input": given, "text": True, "check": False, **to},
        )
    except FileNotFoundError:
        sys.exit("uv is missing; run: make lock, which makes the environment first")


def resolve(*options: str) -> str:
    """Return the text of a new lock, which keeps the old one's versions where it can."""
    half = LOCK.with_name(f"{LOCK.name}.part")
    half.write_bytes(LOCK.read_bytes() if LOCK.is_file() else b"")
    hidden = ("--no-emit-index-url", "--no-emit-find-links")
    try:
        done = compile_("--generate-hashes", *hidden, "--output-file", half.name, *options, *WHOLE)
        if done.returncode:
            sys.exit("The dependencies could not be resolved; the message above says why.")
        return half.read_text()
    finally:
        half.unlink()


def newest(names: set[str]) -> dict[str, tuple[str, str | None]]:
    """Return each package's newest version, and the month of its release where the index has it."""
    options = ("--no-deps", "--format", "pylock.toml", "--python-version", NEWEST, "-")
    done = compile_(*options, given="\n".join(names), stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit("The newest versions could not be asked for; the message above says why.")
    return {
        package["name"]: (package["version"], month(package))
        for package in tomllib.loads(done.stdout)["packages"]
    }


def month(package: dict[str, Any]) -> str | None:
    """Return when a version was released, as ``2026-11``: the month of its first file."""
    files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    days = [file["upload-time"] for file in files if "upload-time" in file]
    return f"{min(days):%Y-%m}" if days else None


def holder(package: str, version: str, locked: list[str]) -> str:
    """Return which requirement keeps a package from a version, all others being as locked."""
    others = [re.sub(r"\[.*?\]", "", pin) for pin in locked]  # a constraint has no extras
    given = [*(pin for pin in others if name(pin) != package), f"{package}=={version}"]
    said = compile_("--constraints", "-", *WHOLE, given="\n".join(given), capture_output=True)
    if not said.returncode:
        return NOTHING
    for who, what in re.findall(r"(\S+) depends on ([^\s]+[^\s,])", said.stderr):
        # The resolver also states as a requirement the very version that was asked for.
        if (name(what) == package and what != given[-1]) or name(who) == package:
            return f"{who} requires {what}"
    return TOGETHER


def versions(lock: str, project: dict[str, Any]) -> dict[str, dict[str, dict[str, str | None]]]:
    """Return the content of requirements.json for a lock."""
    locked: dict[str, list[str]] = {}
    for pin in pins(lock):
        locked.setdefault(name(pin), []).append(pin.partition(" ;")[0].partition("==")[2])
    content: dict[str, dict[str, dict[str, str | None]]] = {"asked": {}, "others": {}}
    named, reasons = asked(project), project["tool"]["rebalancing"]["held"]
    for package, (version, released) in sorted(newest(set(locked)).items()):
        entry = {"locked": ", ".join(locked[package]), "newest": version, "released": released}
        is_held = version not in locked[package]
        if is_held:
            entry["held_by"] = holder(package, version, pins(lock))
        if is_held and package in reasons:
            entry["reason"] = reasons[package]
        if is_held or package in named:
            content["asked" if package in named else "others"][package] = entry
    return content


def main() -> None:
    """Write the three files."""
    lock = resolve(*sys.argv[1:])
    content = versions(lock, tomllib.loads(PROJECT.read_text()))
    table = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    texts = {LOCK: lock, ENVIRONMENT: environment(lock), VERSIONS: table}
    for path, text in texts.items():
        path.with_name(f"{path.name}.part").write_text(text)
    for path in texts:
        path.with_name(f"{path.name}.part").replace(path)
    print(f"{len(pins(lock))} packages in {LOCK.name}, {ENVIRONMENT.name} and {VERSIONS.name}")
    for package, entry in content["asked"].items():
        if "held_by" in entry and "reason" not in entry:
            print(
                f"{package} stays at {entry['locked']}, though {entry['newest']} is out (held by: "
                f"{entry['held_by']}); run make lock LOCK=--upgrade, or say why it stays in "
                f"{PROJECT.name}, under tool.rebalancing.held"
            )


if __name__ == "__main__":
    main()
