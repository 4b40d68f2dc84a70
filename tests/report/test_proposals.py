from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from rebalancing import cli
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import proposals
from rebalancing.report.proposals import Proposal

CURRENT = {
    "publisher": "bis-reer",
    "state": "current",
    "text": "bis-reer: nothing newer than 2024-10-28",
    "trouble": None,
    "judgement": None,
}
NEW = {**CURRENT, "publisher": "imf-weo", "state": "new", "text": "imf-weo: 2026-04 was added"}
CHANGED = {
    **CURRENT,
    "publisher": "unsd-ama",
    "state": "failed",
    "text": "unsd-ama: the answer has changed: no column `Country` for @somebody",
    "trouble": "another form",
}
STOPPED = {
    **CURRENT,
    "publisher": "worldbank-wdi",
    "state": "stopped",
    "text": "worldbank-wdi: 2026-06-06 was not stored",
    "trouble": "stopped",
    "judgement": {"reasons": ["2 series gone: GDP (severe from 1)"]},
    "comparison": "A table\n  of <changes>\n",
}
CHANGES: dict[str, Any] = {
    "edition": "CHN",
    "digest": "d",
    "data": [
        {
            "publisher": "imf-weo",
            "old": "2025-10",
            "new": "2026-04",
            "severity": "notable",
            "reasons": [],
            "sections": [],
        }
    ],
    "moved": [],
    "front": [],
    "unseen": 0,
    "same": 3,
    "new": [],
    "gone": [],
    "sentences": [],
    "verdicts": [],
}
LOCK = (
    "numpy==2.1 \\\n    --hash=sha256:a\n"
    "pandas[x]==3.0 ; python_full_version < '3.12' \\\n    --hash=sha256:b\n"
)


def outcomes(*entries: dict[str, Any], of_all: bool = True) -> dict[str, Any]:
    return {"of_all": of_all, "outcomes": list(entries)}


def results(value: float) -> dict[str, Any]:
    head = {"name": "CHN", "parameters": {}, "releases": {}}
    fields = {"key": "a", "unit": "% of GDP", "period": "2024", "definition": "A", "chapter": "02"}
    return {"edition": head, "results": [{**fields, "value": value, "text": f"{value:.1f}%"}]}


def test_nothing_new_and_no_trouble_proposes_nothing() -> None:
    found = proposals.of_refresh(outcomes(CURRENT), None, None)
    assert found == Proposal("- bis-reer: nothing newer than 2024-10-28\n")


def test_a_new_release_is_a_pull_request_with_its_severity() -> None:
    found = proposals.of_refresh(outcomes(CURRENT, NEW), CHANGES, "d")
    assert found.issue is None
    title, empty, *body = found.pull_request.splitlines()
    assert (title, empty) == ("[notable] CHN: imf-weo 2026-04", "")
    assert "### imf-weo: 2026-04 in place of 2025-10 (notable)" in body
    assert "- bis-reer: nothing newer than 2024-10-28" in body


@pytest.mark.parametrize("changes", [None, {**CHANGES, "digest": "of other results"}])
def test_changes_that_are_missing_or_of_other_results(changes: dict[str, Any] | None) -> None:
    with pytest.raises(proposals.NotComparedError, match="make report changes"):
        proposals.of_refresh(outcomes(NEW), changes, "d")


def test_trouble_is_an_issue_and_does_not_hold_back_the_others() -> None:
    found = proposals.of_refresh(outcomes(NEW, CHANGED, STOPPED), CHANGES, "d")
    assert found.pull_request is not None
    title, _, *body = found.issue.splitlines()
    assert title == "Refresh: unsd-ama changed its format, worldbank-wdi stopped"
    assert "- 2 series gone: GDP (severe from 1)" in body
    start = body.index("```text")
    assert body[start + 1 : start + 4] == ["A table", "  of <changes>", "```"]


def test_words_of_publishers_are_no_markup_and_call_nobody() -> None:
    found = proposals.of_refresh(outcomes(CHANGED), None, None)
    assert r"no column \`Country\` for \@somebody" in found.issue


def test_the_same_packages_propose_nothing() -> None:
    found = proposals.of_environment((LOCK, LOCK), (results(1), results(1)))
    assert (found.pull_request, found.issue) == (None, None)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1.0, "no result moved"),
        (1.01, "no result moved by as much as is printed"),
        (1.2, "1 result moved"),
    ],
)
def test_other_packages_say_whether_a_result_moved(value: float, verdict: str) -> None:
    after = LOCK.replace("2.1", "2.2")
    found = proposals.of_environment((LOCK, after), (results(1.0), results(value)))
    title, _, *body = found.pull_request.splitlines()
    assert title == f"Environment: 1 package in other versions, {verdict}"
    assert "| numpy | 2.1 | 2.2 |" in body
    assert any("A (a; 0.20 points): 1.0% (2024) | 1.2% (2024)" in line for line in body) == (
        value == 1.2
    )


def test_packages_that_come_and_go_and_differ_by_machine() -> None:
    after = "arch==1\nnumpy==2.1\npandas==3.1 ; sys_platform == 'x' \\\n"
    found = proposals.of_environment((LOCK, after), (results(1.0), results(1.0)))
    rows = re.findall(r"^\| (?!Package|---)(.*) \|$", found.pull_request, re.MULTILINE)
    assert rows == [
        "arch | – | 1",
        "pandas | 3.0 (python_full_version < '3.12') | 3.1 (sys_platform == 'x')",
    ]


def test_links_that_lead_nowhere_are_an_issue() -> None:
    entry = {"address": "https://example.org/a", "reason": "answered 404", "pages": ["x.html"]}
    unclear = {**entry, "address": "https://example.org/b", "reason": "answered 403"}
    fine = proposals.of_links({"checked": 2, "broken": [], "unclear": [unclear]})
    assert fine.issue is None
    assert fine.summary == "2 outside links: 0 lead nowhere, 1 could not be judged.\n"
    found = proposals.of_links({"checked": 2, "broken": [entry], "unclear": [unclear]})
    assert found.issue.startswith("Links: an outside link leads nowhere\n\n")
    assert "- https://example.org/a (answered 404), on x.html\n" in found.issue


def test_texts_of_an_earlier_proposal_do_not_stay(tmp_path: Path) -> None:
    proposals.write(Proposal("s\n", "p\n", "i\n"), tmp_path)
    proposals.write(Proposal("s\n"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"summary.md", "all-well.md"}


def test_a_refresh_of_one_publisher_says_nothing_of_the_others(tmp_path: Path) -> None:
    found = proposals.of_refresh(outcomes(CURRENT, of_all=False), None, None)
    assert proposals.write(found, tmp_path) == [tmp_path / "summary.md"]


def test_a_text_that_is_too_long_is_cut_at_a_line(tmp_path: Path) -> None:
    proposals.write(Proposal("```text\n" + "line\n" * 20_000), tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert len(text) < proposals.MOST_CHARACTERS + 100
    assert text.endswith("line\n```\n\nThe text is cut here; all of it is in the build.\n")


@pytest.fixture
def said(
    own_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Run a command in a project on the real releases; return its exit status and what it said."""
    monkeypatch.chdir(own_project.root)

    def said(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["rebalancing", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().out

    return said


def test_each_step_names_the_one_that_must_come_first(said: Any, own_project: Project) -> None:
    for step, first in (("refresh", "refresh"), ("links", "links"), ("environment", "remember")):
        status, error = said("proposal", step)
        assert (status, error.count("\n")) == (2, 1)
        assert f"run make {first} first" in error
    assert "make report" in said("links")[1]


def test_refresh_from_files(said: Any, own_project: Project) -> None:
    write_json(own_project.build / "refresh.json", outcomes(STOPPED))
    assert said("proposal", "refresh")[0] == 0
    text = (own_project.build / "proposal" / "issue.md").read_text()
    assert text.startswith("Refresh: worldbank-wdi stopped\n\n")


def test_environment_from_files(said: Any, own_project: Project) -> None:
    lock = own_project.root / "requirements.lock"
    lock.write_text("numpy==1\n")
    path = own_project.build / "CHN" / "results.json"
    write_json(path, results(1.0))
    assert said("proposal", "remember") == (0, "Put aside: build/before\n")
    lock.write_text("numpy==2\n")
    write_json(path, results(2.0))
    status, out = said("proposal", "environment")
    assert status == 0
    assert "pull-request.md: Environment: 1 package in other versions, 1 result moved" in out


def test_links_of_the_book(said: Any, own_project: Project) -> None:
    site = own_project.build / "CHN" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text('<a href="#top">up</a>')
    assert said("links") == (0, "0 outside links, 0 of them broken.\n")
    assert said("proposal", "links")[0] == 0
