"""Which sections each economy gets with the usual parameters, from the tables alone."""

from __future__ import annotations

import pytest

from rebalancing import requirements
from rebalancing.book.texts import sections
from rebalancing.data import releases
from rebalancing.errors import RebalancingError
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.study import Study


def outcome(tables: requirements.StudyTables, code: str) -> dict[str, str] | str:
    """Return why an economy's sections are left out, or why there is no report at all."""
    project = tables.project
    try:
        study = Study.load(project, {"economy": code})
    except RebalancingError as refusal:
        return str(refusal)
    usual = tables.study.parameters() | {"economy": code}
    same = study.parameters() == usual
    return requirements.left_out(tables if same else requirements.StudyTables(project, study), code)


@pytest.mark.faults
def test_all_economies(workshop: Project) -> None:
    release = releases.resolve(workshop, ACCOUNTS, releases.LATEST)
    codes = sorted(releases.economies(workshop, ACCOUNTS, release.name))
    tables = requirements.StudyTables(workshop, Study.of_file(workshop))
    found = {code: outcome(tables, code) for code in codes}
    for said in found.values():
        lines = [said] if isinstance(said, str) else list(said.values())
        assert all(line and "\n" not in line and "nan" not in line for line in lines)
        assert isinstance(said, str) or set(said) <= set(sections.read_headings(workshop))
    assert found["CHN"] == {}
    assert "the Penn World Table does not have the Cook Islands" in found["COK"]["income"]
