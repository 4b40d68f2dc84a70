"""A kernel gets the variables it is given, and no packages of another Python."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rebalancing.workflow.kernel import OwnKernelManager


def test_a_kernel_starts_without_packages_of_another_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    manager = OwnKernelManager(environment={"GIVEN": "1"}, working_directory=str(tmp_path))
    _, options = asyncio.run(manager.pre_start_kernel())
    assert options["env"]["GIVEN"] == "1"
    assert options["cwd"] == str(tmp_path)
    assert not {"PYTHONPATH", "PYTHONHOME"} & options["env"].keys()
