"""The lists of dependencies agree with each other, and the project installs from them."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools" / "lock.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked() -> dict[str, Requirement]:
    """Return the locked requirement of each package, by canonical name."""
    lines = re.findall(r"^([a-zA-Z0-9][^\\\n]*?)\s*\\?$", LOCK, re.MULTILINE)
    requirements = [Requirement(line) for line in lines if "==" in line]
    return {canonicalize_name(entry.name): entry for entry in requirements}


def declared() -> list[Requirement]:
    project = PYPROJECT["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    dev = PYPROJECT["dependency-groups"]["dev"]
    return [Requirement(line) for line in [*project["dependencies"], *extras, *dev]]


def test_environment_yml_carries_the_versions_of_the_lock(tool: ModuleType) -> None:
    assert (ROOT / "environment.yml").read_text() == tool.environment(LOCK)
    (listed,) = (
        entry["pip"]
        for entry in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
        if isinstance(entry, dict)
    )
    versions = {Requirement(line).name: str(Requirement(line).specifier) for line in listed}
    assert versions == {entry.name: str(entry.specifier) for entry in locked().values()}


def test_environment_yml_has_a_python_that_the_project_allows() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text())
    (python,) = (entry for entry in content["dependencies"] if str(entry).startswith("python="))
    assert Requirement(f"x{PYPROJECT['project']['requires-python']}").specifier.contains(
        python.partition("=")[2] + ".0"
    )


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_lock_satisfies_pyproject(requirement: Requirement) -> None:
    pinned = locked()[canonicalize_name(requirement.name)]
    (version,) = (clause.version for clause in pinned.specifier)
    assert requirement.specifier.contains(version, prereleases=True)


def test_every_package_that_is_asked_for_is_the_newest_or_held_back_for_a_reason() -> None:
    """As of the day of the lock: requirements.json is made with it."""
    versions = json.loads((ROOT / "requirements.json").read_text())
    assert set(versions["asked"]) == {canonicalize_name(entry.name) for entry in declared()}
    for name, entry in {**versions["asked"], **versions["others"]}.items():
        assert str(locked()[name].specifier) == f"=={entry['locked']}"
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", entry["released"]), name
        assert (entry["locked"] == entry["newest"]) == ("held_by" not in entry), name
    behind = {n: e.get("reason") for n, e in versions["asked"].items() if "held_by" in e}
    assert behind == PYPROJECT["tool"]["rebalancing"]["held"]
    assert all("held_by" in entry for entry in versions["others"].values())


def test_every_package_is_pinned_with_hashes() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)
    packages = [block for block in blocks if "==" in block.partition("\n")[0]]
    assert len(packages) == len(locked()) > 100
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in packages)


@pytest.mark.parametrize(
    "name",
    [
        *("requirements.lock", "requirements.json", "environment.yml"),
        *("pyproject.toml", "Makefile", "README.md", "tools/lock.py"),
    ],
)
def test_no_index_or_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"^\s*-(i|f)\b|--(extra-)?index-url|--find-links", text, re.MULTILINE)
    assert not re.search(r"https?://(?!127\.0\.0\.1)\S*(simple|pypi|anaconda)", text)
