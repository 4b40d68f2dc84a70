from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from rebalancing import cli, editions
from rebalancing.book.texts.fallen import Fallen
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import provenance
from rebalancing.report.markdown import INVISIBLE
from rebalancing.study import Study
from rebalancing.upkeep import proposals
from rebalancing.upkeep.proposals import Proposal

CURRENT = {
    "publisher": "bis-reer",
    "state": "current",
    "text": "bis-reer: nothing newer than 2024-10-28",
    "trouble": None,
    "judgement": None,
}
NEW = {
    **CURRENT,
    "publisher": "imf-weo",
    "state": "new",
    "release": "2026-04",
    "text": "imf-weo: 2026-04 was added",
}
CHANGED = {
    **CURRENT,
    "publisher": "unsd-ama",
    "state": "failed",
    "text": "unsd-ama: the answer has changed: no column `Country` for @somebody",
    "trouble": "another form",
}
UNREACHED = {
    **CURRENT,
    "publisher": "bis-reer",
    "state": "failed",
    "text": "bis-reer: https://stats.bis.org/api/v2 answered 503 at each of 5 attempts",
    "trouble": "out of reach",
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
    "before": {"releases": {}},
    "data": [
        {
            "publisher": "imf-weo",
            "old": "2025-10",
            "new": "2026-04",
            "source": "World Economic Outlook",
            "newest_before": "2030",
            "newest_now": "2031",
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
    "findings": [],
    "sections": {"lost": [], "gained": []},
}
FAILURE = {"target": "report", "said": "02_consumption failed: no ``` year\nmake: Error 1\n"}
LOCK = (
    "numpy==2.1 \\\n    --hash=sha256:a\n"
    "pandas[x]==3.0 ; python_full_version < '3.12' \\\n    --hash=sha256:b\n"
)


VERSIONS: dict[str, Any] = {
    "asked": {"numpy": {"locked": "2.2", "newest": "2.2", "released": "2026-11"}},
    "others": {
        "sphinx": {
            "locked": "7.4",
            "newest": "9.2",
            "released": None,
            "held_by": "book==1 requires sphinx<8 | x",
        }
    },
}
HELD_BACK = r"| sphinx | 7.4 | 9.2 | – | book==1 requires sphinx\<8 &#124; x | – |"


def outcomes(*entries: dict[str, Any], of_all: bool = True) -> dict[str, Any]:
    return {"of_all": of_all, "outcomes": list(entries)}


def results(value: float) -> dict[str, Any]:
    head = {"name": "CHN", "parameters": {}, "releases": {}}
    fields = {"key": "a", "unit": "% of GDP", "period": "2024", "definition": "A", "chapter": "02"}
    return {"edition": head, "results": [{**fields, "value": value, "text": f"{value:.1f}%"}]}


def test_nothing_new_and_no_trouble_proposes_nothing() -> None:
    found = proposals.of_refresh(outcomes(CURRENT), None)
    assert found == Proposal("- bis-reer: nothing newer than 2024-10-28\n")


def test_paragraphs_that_no_longer_hold_are_in_the_pull_request() -> None:
    one = Fallen("notebooks/02_shares.ipynb, cell flat", "It is flat.", "a.b", "flat", "rising")
    text = proposals.of_refresh(outcomes(CURRENT, NEW), CHANGES, gone=[one]).pull_request
    assert text
    head, _, rest = text.partition("<details>")
    assert "**Paragraphs that no longer hold** (1)" in head
    assert "notebooks/02\\_shares.ipynb, cell flat: `a.b` is `rising`, no longer `flat`" in head
    assert "## A paragraph no longer holds" in rest
    assert "`a.b` was `flat`, and is now `rising`" in rest


def test_a_new_release_is_a_pull_request_with_its_severity() -> None:
    found = proposals.of_refresh(outcomes(CURRENT, NEW), CHANGES)
    assert found.issue is None
    title, empty, *body = found.pull_request.splitlines()
    assert (title, empty) == ("[notable] CHN: imf-weo 2026-04", "")
    assert "### imf-weo: 2026-04 in place of 2025-10 (notable)" in body
    assert "- bis-reer: nothing newer than 2024-10-28" in body


FINDING = {"definition": "The share (rising or falling)", "before": "falling", "after": "rising"}
SMALL = {**CHANGES, "data": [{**CHANGES["data"][0], "severity": "small"}]}


def moved(key: str, size: float, measure: str = "points") -> dict[str, Any]:
    return {
        "key": key, "definition": f"What {key} is, @everybody", "unit": "% of GDP",
        "before": 10.0, "after": 10.0 + size, "text_before": "10.0%",
        "text_after": f"{10 + size:.1f}%", "period_before": "2024", "period_after": "2025",
        "size": size, "measure": measure, "chapter": "02", "parts": None,
    }  # fmt: skip


def test_the_head_fits_a_screen_and_names_no_key() -> None:
    """Everything at once: forty lines, of which none is longer than a screen's two."""
    changes = {
        **CHANGES,
        "data": [
            {**CHANGES["data"][0], "source": f"Source {n}", "reasons": ["r"]} for n in range(4)
        ],
        "moved": [moved(f"a.k{n}", n / 10) for n in range(1, 60)]
        + [moved("a.p", 3.0, "difference")],
        "front": ["a.k1", "a.k2"],
        "new": [f"a.n{n}" for n in range(40)],
        "findings": [{**FINDING, "before": "–"}, *[FINDING] * 7],
        "verdicts": [{"claim": "A claim", "before": "true", "after": "false"}] * 7,
        "sections": {"lost": ["Exports: To whom (no figures)"], "gained": ["Now: The month"]},
    }
    gone = [Fallen(f"book/p{n}.md, line 1", "It is.", "a.b", "flat", "") for n in range(7)]
    text = proposals.of_refresh(outcomes(NEW), changes, None, gone, {"imf-weo": "A new base"})
    head = text.pull_request.partition("<details>")[0]
    lines = [line for line in head.splitlines() if line]
    assert len(lines) <= 45
    assert max(map(len, lines)) < 240
    assert "a.k" not in head.replace("What a.k", "")
    assert "| Source 0 | 2026-04 | 2025-10 | 2030 | 2031 | notable |" in lines
    assert "**Accepted by hand**, imf-weo: A new base" in lines
    # Those of the front page first, and never more than three.
    most = [line for line in lines if line[:2] in ("1.", "2.", "3.", "4.")]
    assert [re.search(r"a\.k\d+", line)[0] for line in most] == ["a.k2", "a.k1", "a.k59"]
    assert most[0] == (
        f"1. What a.k2 is, @{INVISIBLE}everybody: **10.2%** in 2025, was 10.0% (2024) "
        "(up 0.20 points)"
    )
    assert "**Verdicts that changed** (7)" in lines
    assert "- and 2 more" in lines
    assert "- The share: rising, was falling" in lines
    findings = lines[lines.index("**Findings that changed** (8)") + 1 :]
    assert findings[5] == "- and 3 more"  # the new one among them
    assert "- Exports: To whom (no figures)" in lines


@pytest.mark.parametrize(
    ("changed", "may"),
    [
        ({}, True),
        ({"moved": [moved("a.k", 0.2)], "new": ["a"], "gone": ["b"]}, True),
        ({"data": CHANGES["data"]}, False),  # notable
        ({"data": []}, False),
        ({"before": None}, False),
        ({"findings": [FINDING]}, False),
        ({"verdicts": [{"claim": "A", "before": "true", "after": "open"}]}, False),
        ({"sections": {"lost": ["Exports"], "gained": []}}, False),
        ({"sections": {"lost": [], "gained": ["Exports"]}}, False),
    ],
)
def test_what_may_merge_itself_is_small_and_changes_no_word(
    changed: dict[str, Any], may: bool, tmp_path: Path
) -> None:
    found = proposals.of_refresh(outcomes(NEW), {**SMALL, **changed})
    proposals.write_proposal(found, tmp_path)
    assert (tmp_path / "may-merge.md").exists() == may


def test_what_was_accepted_or_makes_a_paragraph_fall_does_not_merge_itself() -> None:
    gone = [Fallen("book/index.md, line 1", "It is.", "a.b", "flat", "rising")]
    assert proposals.of_refresh(outcomes(NEW), SMALL, None, gone).may_merge is None
    accepted = {"imf-weo": "It is right"}
    assert proposals.of_refresh(outcomes(NEW), SMALL, None, (), accepted).may_merge is None
    assert proposals.of_refresh(outcomes(NEW), None, FAILURE).may_merge is None


def test_changes_that_are_not_known() -> None:
    with pytest.raises(proposals.NotComparedError, match="make report changes keep"):
        proposals.of_refresh(outcomes(NEW), None)


def test_a_report_that_fails_on_new_figures_is_an_issue_with_what_it_said() -> None:
    found = proposals.of_refresh(outcomes(NEW, STOPPED), None, FAILURE)
    assert found.pull_request is None
    title, _, *body = found.issue.splitlines()
    assert title == "Refresh: make report fails on imf-weo 2026-04, worldbank-wdi stopped"
    start = body.index("````text")  # a longer fence than the one in what was said
    said = FAILURE["said"].splitlines()
    assert body[start + 1 : start + 4] == [*said, "````"]
    assert "`make report` failed on the new figures." in found.summary


def test_a_failure_of_before_does_not_count_once_changes_are_known() -> None:
    found = proposals.of_refresh(outcomes(NEW), CHANGES, FAILURE)
    assert found.pull_request is not None
    assert found.issue is None


def test_out_of_reach_is_no_issue_and_not_well(tmp_path: Path) -> None:
    found = proposals.of_refresh(outcomes(NEW, UNREACHED), CHANGES)
    names = {path.name for path in proposals.write_proposal(found, tmp_path)}
    assert names == {"summary.md", "pull-request.md", "out-of-reach.md"}
    assert (tmp_path / "out-of-reach.md").read_text() == f"{UNREACHED['text']}\n"
    beside = proposals.of_refresh(outcomes(UNREACHED, CHANGED), None)
    assert beside.issue.startswith("Refresh: unsd-ama changed its format\n\n")
    _, _, rest = beside.issue.partition("## Out of reach this time\n\n")
    assert "\n\n- bis-reer: https" in rest


def test_trouble_is_an_issue_and_does_not_hold_back_the_others() -> None:
    found = proposals.of_refresh(outcomes(NEW, CHANGED, STOPPED), CHANGES)
    assert found.pull_request is not None
    title, _, *body = found.issue.splitlines()
    assert title == "Refresh: unsd-ama changed its format, worldbank-wdi stopped"
    assert "- 2 series gone: GDP (severe from 1)" in body
    start = body.index("```text")
    assert body[start + 1 : start + 4] == ["A table", "  of <changes>", "```"]


def test_words_of_publishers_are_no_markup_and_call_nobody() -> None:
    found = proposals.of_refresh(outcomes(CHANGED), None)
    assert rf"no column \`Country\` for @{INVISIBLE}somebody" in found.issue
    reason = "1 series: <b>GDP</b> $1$ {raw}`x` (severe from 1)"
    section = {"heading": "Largest", "columns": ["Series"], "rows": [["A | B @somebody"]]}
    data = [{**CHANGES["data"][0], "reasons": [reason], "sections": [section]}]
    text = proposals.of_refresh(outcomes(NEW), {**CHANGES, "data": data}).pull_request
    assert r"- 1 series: \<b\>GDP\</b\> \$1\$ \{raw\}\`x\` (severe from 1)" in text
    assert f"| A &#124; B @{INVISIBLE}somebody |" in text


def test_the_same_packages_propose_nothing() -> None:
    found = proposals.of_environment((LOCK, LOCK), VERSIONS, (results(1), results(1)))
    assert (found.pull_request, found.issue) == (None, None)
    assert HELD_BACK in found.summary


def test_what_is_held_back_is_listed_with_what_holds_it_and_why() -> None:
    newer = LOCK.replace("2.1", "2.2")
    reason = {**VERSIONS["others"]["sphinx"], "reason": "It *must*."}
    versions = {**VERSIONS, "asked": {**VERSIONS["asked"], "book": reason}}
    fine = proposals.of_environment((LOCK, newer), versions, (results(1), results(1)))
    broken = proposals.of_broken_environment((LOCK, newer), versions, FAILURE)
    for text in (fine.pull_request, broken.issue):
        rows = text.partition("## Held back\n")[2].splitlines()
        assert [row for row in rows if row.startswith(("| sphinx", "| book", "| numpy"))] == [
            HELD_BACK.replace("sphinx", "book", 1)[:-3] + r"It \*must\*. |",
            HELD_BACK,
        ]


def test_nothing_is_said_of_what_is_held_back_where_nothing_is() -> None:
    versions = {**VERSIONS, "others": {}}
    found = proposals.of_environment((LOCK, LOCK), versions, (results(1), results(1)))
    assert found == Proposal("No package has a newer version that can be taken in.\n")


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
    found = proposals.of_environment((LOCK, after), VERSIONS, (results(1.0), results(value)))
    title, _, *body = found.pull_request.splitlines()
    assert title == f"Environment: 1 package in other versions, {verdict}"
    assert "| numpy | 2.1 | 2.2 |" in body
    rows = [line.split() for line in body]
    moved = ["A", "1.0%", "(2024)", "1.2%", "(2024)", "0.20", "points"]
    assert (moved in rows) == (value == 1.2)


@pytest.mark.parametrize(
    ("target", "title"),
    [
        ("report", "Environment: newer packages break the report"),
        ("lock", "Environment: the newest packages do not go together"),
    ],
)
def test_newer_packages_that_break_something_are_an_issue(target: str, title: str) -> None:
    after = LOCK if target == "lock" else LOCK.replace("2.1", "2.2")
    found = proposals.of_broken_environment((LOCK, after), VERSIONS, {**FAILURE, "target": target})
    assert found.pull_request is None
    assert found.issue.startswith(f"{title}\n\n")
    assert FAILURE["said"] in found.issue
    assert ("| numpy | 2.1 | 2.2 |" in found.issue) == (target == "report")


def test_packages_that_come_and_go_and_differ_by_machine() -> None:
    after = "arch==1\nnumpy==2.1\npandas==3.1 ; sys_platform == 'x' \\\n"
    versions = {**VERSIONS, "others": {}}
    found = proposals.of_environment((LOCK, after), versions, (results(1.0), results(1.0)))
    rows = re.findall(r"^\| (?!Package|---)(.*) \|$", found.pull_request, re.MULTILINE)
    assert rows == [
        "arch | – | 1",
        "pandas | 3.0 (python_full_version < '3.12') | 3.1 (sys_platform == 'x')",
    ]


def test_links_that_lead_nowhere_are_an_issue() -> None:
    entry = {"address": "https://example.org/a_b", "reason": "answered 404", "pages": ["x.html"]}
    unclear = {**entry, "address": "https://example.org/b", "reason": "answered 403"}
    fine = proposals.of_links({"checked": 2, "broken": [], "unclear": [unclear]})
    assert fine.issue is None
    assert fine.summary == "2 outside links: 0 lead nowhere, 1 could not be judged.\n"
    found = proposals.of_links({"checked": 2, "broken": [entry], "unclear": [unclear]})
    assert found.issue.startswith("Links: an outside link leads nowhere\n\n")
    assert "- <https://example.org/a_b> (answered 404), on x.html\n" in found.issue


def test_texts_of_an_earlier_proposal_do_not_stay(tmp_path: Path) -> None:
    proposals.write_proposal(Proposal("s\n", "p\n", "i\n"), tmp_path)
    proposals.write_proposal(Proposal("s\n"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"summary.md", "all-well.md"}


def test_a_refresh_of_one_publisher_says_nothing_of_the_others(tmp_path: Path) -> None:
    found = proposals.of_refresh(outcomes(CURRENT, of_all=False), None)
    assert proposals.write_proposal(found, tmp_path) == [tmp_path / "summary.md"]


def test_a_text_that_is_too_long_is_cut_at_a_line(tmp_path: Path) -> None:
    proposals.write_proposal(Proposal("```text\n" + "line\n" * 20_000), tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert len(text) < proposals.MOST_CHARACTERS + 100
    assert text.endswith("line\n```\n\nThe text is cut here; all of it is in the build.\n")
    folded = "<details>\n<summary>All</summary>\n\n" + "line\n" * 20_000 + "\n</details>\n"
    proposals.write_proposal(Proposal(folded), tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert text.endswith("line\n\n</details>\n\nThe text is cut here; all of it is in the build.\n")
    wide = "````text\n```\n" + "line\n" * 20_000
    proposals.write_proposal(Proposal(wide), tmp_path)
    text = (tmp_path / "summary.md").read_text()
    assert text.endswith("line\n````\n\nThe text is cut here; all of it is in the build.\n")


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


@pytest.mark.slow
def test_what_counts_as_kept_for_todays_releases(said: Any, own_project: Project) -> None:
    """Only changes that led to the built results, of the releases held, are proposed."""
    write_json(own_project.build / "refresh.json", outcomes(NEW))
    releases = provenance.releases(own_project, Study.load(own_project))
    recorded = results(1.0)
    recorded["edition"]["releases"] = releases
    write_json(own_project.build / "CHN" / "results.json", recorded)
    good = {**CHANGES, "digest": editions.digest(recorded), "after": recorded["edition"]}
    kept = own_project.root / "editions" / "CHN" / "changes.json"
    older = {**releases, "imf-weo": {**releases["imf-weo"], "release": "2001-04"}}
    write_json(own_project.build / "CHN" / "changes.json", good)  # made, but not kept
    assert "make report changes keep" in said("proposal", "refresh")[1]
    for wrong in ({**good, "digest": "other"}, {**good, "after": {"releases": older}}):
        write_json(kept, wrong)
        assert said("proposal", "refresh")[0] == 1
    write_json(kept, good)
    assert said("proposal", "refresh")[0] == 0
    recorded["edition"]["releases"] = older  # built before the release came
    write_json(own_project.build / "CHN" / "results.json", recorded)
    assert said("proposal", "refresh")[0] == 1
    write_json(own_project.build / "attempt.json", FAILURE)
    assert "issue.md: Refresh: make report fails on imf-weo" in said("proposal", "refresh")[1]


def test_environment_from_files(said: Any, own_project: Project) -> None:
    lock = own_project.root / "requirements.lock"
    lock.write_text("numpy==1\n")
    (own_project.root / "environment.yml").write_text("old\n")
    versions = own_project.root / "requirements.json"
    write_json(versions, VERSIONS)
    write_json(own_project.build / "attempt.json", FAILURE)  # of another time
    path = own_project.build / "CHN" / "results.json"
    write_json(path, results(1.0))
    assert said("proposal", "remember") == (0, "Put aside: build/before\n")
    lock.write_text("numpy==2\n")
    write_json(path, results(2.0))
    status, out = said("proposal", "environment")
    assert status == 0
    assert "pull-request.md: Environment: 1 package in other versions, 1 result moved" in out
    # The same, where the report failed with it, and what was put aside is back.
    write_json(own_project.build / "attempt.json", FAILURE)
    (own_project.build / "refused").mkdir()
    lock.rename(own_project.build / "refused" / lock.name)
    versions.rename(own_project.build / "refused" / versions.name)
    lock.write_text("numpy==1\n")
    assert said("proposal", "environment")[0] == 0
    assert not (own_project.build / "proposal" / "pull-request.md").exists()
    issue = (own_project.build / "proposal" / "issue.md").read_text()
    assert issue.startswith("Environment: newer packages break the report\n\n")
    assert "| numpy | 1 | 2 |" in issue
    assert HELD_BACK in issue


def test_links_of_the_book(said: Any, own_project: Project) -> None:
    site = own_project.build / "CHN" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text('<a href="#top">up</a>')
    assert said("links") == (0, "0 outside links, 0 of them broken.\n")
    assert said("proposal", "links")[0] == 0
