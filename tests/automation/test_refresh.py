"""The steps of the refresh workflow, from a publisher's new release to the pull request.

The newest World Bank vintage is held back, served by a stand-in, and what the workflow would run
is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import nbformat
import pandas as pd
import pytest
from faults.standins import WEB_PAGE, Reply, StandIn, WorldBank

from rebalancing.data import releases
from rebalancing.data.fetch import originals, worldbank
from rebalancing.data.fetch.services import SERVICES
from rebalancing.data.views import vintages
from rebalancing.report.markdown import INVISIBLE

from .runner import CHAPTER, HELD, NEWEST, REAL, Runner

pytestmark = pytest.mark.slow
BUILDS = 'attempt TARGETS="report changes keep"'
HOSTILE = "fixes #1 @somebody <b>|```"
CANNOT = """
if share.index[-1] > 2023:
    raise RuntimeError("no deflator for ```2024```; see @somebody")"""


def service() -> WorldBank:
    """Return a service with the newest vintage's economies: all values valid when it came out."""
    newest = releases.load(REAL, "worldbank-wdi", "all-economies", NEWEST)
    every = releases.load_all(
        REAL,
        "worldbank-wdi",
        "all-economies",
        economies=sorted(newest["economy"].unique()),
        series=worldbank.SERIES,
    )
    names = {
        entry["code"]: entry["title"]
        for release in releases.releases(REAL, "worldbank-wdi")
        for entry in release.resources.get("all-economies", {"series": []})["series"]
    }
    # What was never fetched before is served as what is a share of GDP, too.
    like = every[every["series"] == "NV.IND.MANF.ZS"]
    never = [code for code in worldbank.SERIES if code not in set(every["series"])]
    every = pd.concat([every, *(like.assign(series=code) for code in never)], ignore_index=True)
    names = {code: f"{HOSTILE} {names.get(code, code)}" for code in {*names, *never}}
    return WorldBank(vintages.as_of(every), names, NEWEST, rows_per_page=worldbank.PER_PAGE)


@pytest.fixture
def services() -> Iterator[dict[str, str]]:
    """The World Bank has a new vintage, the UN is out of reach, the others out of order."""
    down, web_page = Reply(status=503, headers={"Retry-After": "0"}), Reply(WEB_PAGE, "text/html")
    with (
        StandIn(service(), "/v2") as bank,
        StandIn(lambda _: down) as nations,
        StandIn(lambda _: web_page) as others,
    ):
        found = {f"REBALANCING_{entry.variables}_URL": others.url for entry in SERVICES}
        own = {"REBALANCING_WORLDBANK_URL": bank.url, "REBALANCING_UNSD_URL": nations.url}
        yield found | own


def test_from_a_new_release_to_the_pull_request(runner: Runner, services: dict[str, str]) -> None:
    # The vintage before held single series, so this one stops; nothing is built.
    ran, said = runner.job("refresh", "prepare", {}, services)
    assert (ran, said) == (["refresh", "news", "proposal ABOUT=refresh"], "")
    _, said = runner.job("refresh", "propose")
    # Who is out of reach opens no issue, but the run does not end well.
    assert said.startswith("unsd-ama: http://127.0.0.1:")
    assert "answered 503" in said
    assert runner.hosted["prs"] == []
    (issue,) = runner.hosted["issues"]
    for part in ("worldbank-wdi stopped", "bis-reer changed its format", "imf-weo changed its"):
        assert part in issue["title"]
    assert "unsd-ama" not in issue["title"]
    assert "(severe from" in issue["body"]
    assert runner.git("status", "--porcelain") == ""

    # A maintainer looks, and accepts it.
    accepted = {"publisher": "worldbank-wdi", "accept": "All series in one vintage; $(false) it is"}
    ran, said = runner.job("refresh", "prepare", accepted, services)
    assert (ran, said) == (["refresh", "news", BUILDS, "proposal ABOUT=refresh"], "")
    assert runner.job("refresh", "propose")[1] == ""
    (request,) = runner.hosted["prs"]
    assert request["title"] == f"[severe] CHN: worldbank-wdi {NEWEST}"
    assert f"### worldbank-wdi: {NEWEST} in place of {HELD[-1]} (severe)" in request["body"]
    assert "Value added of manufacturing (`manufacturing.share`)" in request["body"]
    assert "## Sentences of the front page" in request["body"]
    head = request["body"].partition("<details>")[0]
    assert (
        "**Accepted by hand**, worldbank-wdi: All series in one vintage; \\$(false) it is" in head
    )
    assert "1. Value added of manufacturing: **" in head
    # What the service calls its series calls nobody, closes nothing and is no markup.
    shown = rf"fixes \#{INVISIBLE}1 @{INVISIBLE}somebody \<b\>&#124;\`\`\` "
    assert shown in request["body"]
    assert not re.search(r"#1\b|@somebody|<b>", request["body"])
    # The other publishers were not asked again.
    assert [entry["state"] for entry in runner.hosted["issues"]] == ["open"]
    assert runner.hosted["started"] == [["test.yml", "refresh"]]

    # The branch holds the release with the reason, and the results for the next edition.
    changed = runner.git("diff", "--name-only", "main", "origin/refresh").splitlines()
    assert {path.split("/")[0] for path in changed} == {"data", "editions"}
    assert "editions/CHN/changes.json" in changed
    package = json.loads(
        runner.git("show", f"origin/refresh:data/raw/worldbank-wdi/{NEWEST}/datapackage.json")
    )
    assert package["accepted"]["reason"] == accepted["accept"]
    # What the release was read from is beside it, and the descriptor says which it is.
    assert runner.hosted["assets"] == {"originals": [package["originals"]["name"]]}
    archive = originals.folder(runner.project) / package["originals"]["name"]
    assert (
        sum(len(content) for _, content in originals.read_originals(archive))
        > archive.stat().st_size
    )
    kept = json.loads(runner.git("show", "origin/refresh:editions/CHN/results.json"))
    assert kept["edition"]["releases"]["worldbank-wdi"]["release"] == NEWEST


def test_figures_that_the_report_cannot_be_built_with(
    runner: Runner, services: dict[str, str]
) -> None:
    path = runner.project.notebooks / f"{CHAPTER}.ipynb"
    chapter = nbformat.read(path, 4)
    (code,) = (cell for cell in chapter.cells if cell.id == "code-0")
    code.source += CANNOT
    nbformat.write(chapter, path)
    runner.git("commit", "--quiet", "--all", "--message", "A chapter of little use")
    accepted = {"publisher": "worldbank-wdi", "accept": "All series in one vintage"}
    ran, said = runner.job("refresh", "prepare", accepted, services)
    assert (ran, said) == (["refresh", "news", BUILDS, "proposal ABOUT=refresh"], "")
    assert runner.job("refresh", "propose")[1] == ""
    assert runner.hosted["prs"] == []
    (issue,) = runner.hosted["issues"]
    assert issue["title"] == f"Refresh: make report fails on worldbank-wdi {NEWEST}"
    assert "no deflator for ```2024```; see @somebody" in issue["body"]
    assert "\n````text\n" in issue["body"]
