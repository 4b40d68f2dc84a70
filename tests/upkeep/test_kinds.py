"""The runbook has a heading for each kind of issue and pull request, and no other."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import get_args

import pytest

from rebalancing.data.fetch.refresh import Trouble
from rebalancing.upkeep import kinds, proposals

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / kinds.RUNBOOK).read_text()


def test_each_kind_has_a_heading_in_the_runbook_and_each_heading_a_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import github

    headings = re.findall(r"^## (.*)", RUNBOOK, re.MULTILINE)
    told_by_the_host = [github.LEFT_ALONE, github.NOT_PASSED]
    assert sorted(headings) == sorted([*kinds.HEADINGS.values(), *told_by_the_host])
    assert github.WHAT_TO_DO.endswith(kinds.RUNBOOK)
    del sys.modules["github"]


def test_each_trouble_of_a_refresh_is_a_kind() -> None:
    assert {*get_args(Trouble)} <= kinds.HEADINGS.keys()


@pytest.mark.parametrize("trouble", sorted({*get_args(Trouble)} - {kinds.OUT_OF_REACH}))
def test_an_issue_on_a_trouble_names_its_heading(trouble: str) -> None:
    said = {"publisher": "bank", "text": "bank: so it was", "judgement": None}
    outcome = {**said, "state": "current", "release": "", "trouble": trouble}
    found = proposals.of_refresh({"outcomes": [outcome], "of_all": True}, None)
    assert found.issue is not None
    assert kinds.what_to_do(trouble) in found.issue


@pytest.mark.parametrize("target", [kinds.LOCK, kinds.BREAKS])
def test_an_issue_on_newer_packages_names_the_heading_of_what_failed(target: str) -> None:
    failure = {"target": target, "said": "no"}
    found = proposals.of_broken_environment(("", ""), {"asked": {}, "others": {}}, failure)
    assert found.issue is not None
    assert kinds.what_to_do(target) in found.issue
    assert f"make {target} fails" not in found.issue.splitlines()[0]  # a title in words


def test_each_subject_of_the_host_is_one_of_the_runbooks_labels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import github

    labels = re.findall(r"^(?:Label|Branch) `(\w+)`", RUNBOOK, re.MULTILINE)
    assert {*labels} == {*github.SUBJECTS}
    del sys.modules["github"]


@pytest.mark.parametrize("kind", kinds.HEADINGS)
def test_what_to_do_names_the_heading(kind: str) -> None:
    heading = re.search("“(.*)”", kinds.what_to_do(kind))[1]
    assert f"\n## {heading}\n" in RUNBOOK
