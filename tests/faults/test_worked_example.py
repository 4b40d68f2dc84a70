"""The benchmark of what an update costs: what stands for each service has a newer release."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import held
import pytest

from rebalancing.data import releases
from rebalancing.data.fetch.services import SERVICES, chosen
from rebalancing.data.releases import checksums
from rebalancing.project import Project

from .small import Refresher
from .standins import StandIn

ROOT = Path(__file__).parents[2]
REAL = held.project()


@pytest.fixture(scope="module")
def worked() -> Any:
    place = ROOT / "benchmarks" / "worked_example.py"
    sys.path.insert(0, str(place.parent))
    try:
        spec = importlib.util.spec_from_file_location("worked_example", place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(place.parent))
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A project of its own with the releases of two publishers."""
    project = Project(tmp_path)
    for publisher in ("bis-reer", "comtrade"):
        shutil.copytree(REAL.raw / publisher, project.raw / publisher)
    thresholds = project.root / "data" / "thresholds.yml"
    shutil.copyfile(ROOT / "data" / "thresholds.yml", thresholds)
    checksums.update(project, [path.parent for path in project.raw.glob("*/*/datapackage.json")])
    return project


def test_something_stands_for_every_service(worked: Any) -> None:
    assert set(worked.ANSWERS) == {service.variables for service in SERVICES}


@pytest.mark.parametrize("service", ["BIS", "COMTRADE"])
def test_it_has_a_release_that_is_newer_than_those_held(
    worked: Any, copy: Project, service: str
) -> None:
    publisher = chosen([service])[0].publisher.id
    before = releases.resolve(copy, publisher).name
    with StandIn(worked.ANSWERS[service](copy)) as standin:
        outcome = Refresher(copy, service, standin)(accept=worked.REASON)
    assert outcome.state == "new", outcome.text
    assert outcome.release == releases.resolve(copy, publisher).name != before
