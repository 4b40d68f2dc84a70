"""A project as small as can be, whose lock has one package; nothing comes from an index."""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).parent / "uv"
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
COMMAND = (
    "import rebalancing, thing\n\n\ndef main():\n    print(rebalancing.__file__, thing.VALUE)\n"
)
# Installs the project in place, as hatchling does.
BACKEND = """\
import pathlib
from made_up import write_wheel


def build_editable(folder, config_settings=None, metadata_directory=None):
    source = str(pathlib.Path("src").resolve())
    entries = "[console_scripts]\\nrebalancing = rebalancing.command:main\\n"
    kernel = pathlib.Path("tools", "kernel", "kernel.json").read_text()
    place = "rebalancing-1.data/data/share/jupyter/kernels/rebalancing/kernel.json"
    files = {"_rebalancing.pth": source, "rebalancing-1.dist-info/entry_points.txt": entries}
    files[place] = kernel
    return write_wheel(pathlib.Path(folder), "rebalancing", "1", files).name
"""
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "rebalancing"
version = "1"
"""


def write_wheel(folder: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    """Write a wheel of text files, each of which may be run."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL}
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return wheel


def locked(wheel: Path) -> str:
    """Return a lock file's entry for a wheel."""
    name, version, _ = wheel.name.split("-", 2)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


def fill(root: Path, wheels: Path, version: str = "1") -> None:
    """Write the project, and the packages of its lock."""
    for folder in (wheels, root / "tools" / "kernel", root / "src" / "rebalancing"):
        folder.mkdir(parents=True, exist_ok=True)
    script = {"uv-1.data/scripts/uv": f'#!/bin/sh\nexec "{UV}" "$@"\n'}
    made = [
        write_wheel(wheels, "thing", version, {"thing.py": f"VALUE = {version}\n"}),
        write_wheel(wheels, "uv", "1", script),
    ]
    (root / "requirements.lock").write_text("".join(map(locked, made)))
    shutil.copyfile(REPOSITORY / "Makefile", root / "Makefile")
    for name in ("environment.py", "kernel/kernel.json"):
        shutil.copyfile(REPOSITORY / "tools" / name, root / "tools" / name)
    shutil.copyfile(__file__, root / "made_up.py")
    (root / "backend.py").write_text(BACKEND)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "src" / "rebalancing" / "__init__.py").touch()
    (root / "src" / "rebalancing" / "command.py").write_text(COMMAND)
