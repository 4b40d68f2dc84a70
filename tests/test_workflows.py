"""The workflows ask for what they need and no more, and do nothing that another CI could not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rebalancing.book.pages.citation import SITE_VARIABLE
from rebalancing.report.provenance import SOURCES

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
PINNED = re.compile(r"actions/[a-z-]+(?:/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+")
STEP = re.compile(
    r"make (?P<target>[a-z]+)(?: TARGETS=\"(?P<targets>[a-z ]+)\")?(?: [A-Z]+=[\w-]+)?"
    r"(?: >> \"\$GITHUB_OUTPUT\")?"
)
WRITING = ("make propose ", "make merge ")
EVENTS = {"push", "pull_request", "schedule", "workflow_dispatch"}

every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text())
    content["on"] = content.pop(True)  # YAML 1.1 reads `on` so
    return content


def steps(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from job["steps"]


def writes(job: dict[str, Any]) -> bool:
    return "write" in job.get("permissions", {}).values()


def test_there_is_one_for_each_purpose() -> None:
    names = {path.stem for path in FILES}
    assert names == {"test", "refresh", "publish", "links", "environment"}
    assert all(read(path)["name"] == path.stem for path in FILES)


@every
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_one_version_of_each_action() -> None:
    used = {line for path in FILES for line in re.findall(r"uses: (.*)", path.read_text())}
    parts = {re.fullmatch(r"actions/([a-z-]+)(?:/[a-z]+)?@(.*)", line).groups() for line in used}
    assert len({name for name, _ in parts}) == len(parts)


@every
def test_events_of_strangers_start_nothing_that_writes(path: Path) -> None:
    content = read(path)
    assert set(content["on"]) <= EVENTS
    if "pull_request" in content["on"]:
        assert not any(map(writes, content["jobs"].values()))


@every
def test_only_reading_is_allowed_unless_a_job_says_why_not(path: Path) -> None:
    assert read(path)["permissions"] == {"contents": "read"}
    text = path.read_text()
    assert len(re.findall(r": write # \w", text)) == len(re.findall(r": write", text))


@every
def test_what_may_write_installs_nothing(path: Path) -> None:
    for job in filter(writes, read(path)["jobs"].values()):
        commands = [step["run"] for step in steps(job) if "run" in step]
        assert all(command.startswith(WRITING) for command in commands)
        assert not any("setup-" in step.get("uses", "") for step in steps(job))


@every
def test_each_step_is_a_make_target(path: Path) -> None:
    for job in read(path)["jobs"].values():
        for step in steps(job):
            if "run" in step:
                match = STEP.fullmatch(step["run"])
                assert match, f"{step['run']} cannot be done by another CI"
                assert {match["target"], *(match["targets"] or "").split()} <= TARGETS


@every
def test_each_job_has_a_name_of_its_own(path: Path) -> None:
    names = [job.get("name", "") for job in read(path)["jobs"].values()]
    assert all(names)
    assert len({name.split(",")[0] for name in names}) == len(names)


@every
def test_packages_come_from_a_cache_that_the_lock_names(path: Path) -> None:
    for job in read(path)["jobs"].values():
        caches = [step for step in steps(job) if "actions/cache" in step.get("uses", "")]
        installs = any("setup-python" in step.get("uses", "") for step in steps(job))
        keys = [step["with"]["key"] for step in caches]
        assert installs == any(key.startswith("packages-") for key in keys)
        assert all("hashFiles('requirements.lock')" in key for key in keys)


def test_what_main_was_built_with_is_kept_by_publish_alone() -> None:
    """What others build has figures or packages that nobody has looked at."""
    for path in FILES:
        for job in read(path)["jobs"].values():
            for step in steps(job):
                if step.get("with", {}).get("key", "").startswith("built-"):
                    is_kept = not step["uses"].startswith("actions/cache/restore@")
                    assert is_kept == (path.stem == "publish")


@every
def test_whose_commits_a_branch_has_is_seen_in_its_whole_history(path: Path) -> None:
    for job in read(path)["jobs"].values():
        if job.get("permissions", {}).get("contents") == "write":
            (checkout,) = (
                s for s in steps(job) if s.get("uses", "").startswith("actions/checkout@")
            )
            assert checkout["with"]["fetch-depth"] == 0


def test_nothing_merges_itself_unless_the_repository_says_so() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "refresh.yml")["jobs"]
    merging = {
        name for name, job in jobs.items() for step in steps(job) if "make merge" in str(step)
    }
    assert merging == {"merge"}
    assert "vars.MERGES_ITSELF == 'true'" in jobs["merge"]["if"]
    assert jobs["merge"]["needs"] == ["prepare", "propose"]


def test_the_built_pages_are_beside_what_is_proposed() -> None:
    prepare = read(ROOT / ".github" / "workflows" / "refresh.yml")["jobs"]["prepare"]
    artifacts = [
        s["with"]["name"] for s in steps(prepare) if "upload-artifact" in s.get("uses", "")
    ]
    assert artifacts == ["site", "proposal"]


@every
def test_what_may_fail_is_told_by_the_proposal_that_follows(path: Path) -> None:
    for job in read(path)["jobs"].values():
        commands = [step.get("run", "") for step in steps(job)]
        for number, step in enumerate(steps(job)):
            if "continue-on-error" in step:
                assert step["run"].startswith(("make refresh", "make links", "make attempt "))
                assert any(rest.startswith("make proposal ") for rest in commands[number:])


def test_newer_packages_are_put_back_when_they_fail_and_before_they_are_needed() -> None:
    prepare = read(ROOT / ".github" / "workflows" / "environment.yml")["jobs"]["prepare"]
    at = {step.get("run", "").partition(" ")[2]: step for step in steps(prepare)}
    order = list(at)
    newer = 'attempt TARGETS="lock report" LOCK=--upgrade'
    assert order.index("remember") < order.index(newer) < order.index("restore")
    assert order.index("restore") < order.index("proposal ABOUT=environment")
    assert at["restore"]["if"] == f"steps.{at[newer]['id']}.outcome == 'failure'"


@every
def test_credentials_are_kept_nowhere_and_shown_to_one_step(path: Path) -> None:
    text = path.read_text()
    assert "secrets." not in text
    for job in read(path)["jobs"].values():
        assert "env" not in job
        for step in steps(job):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            if "token" in str(step):
                settings = {"MERGES_ITSELF": "${{ vars.MERGES_ITSELF }}"}
                assert step["env"] | settings == {"GH_TOKEN": "${{ github.token }}", **settings}
                assert step["run"].startswith(WRITING)


@every
def test_runs_end_and_do_not_get_in_each_others_way(path: Path) -> None:
    content = read(path)
    assert content["concurrency"]["group"].startswith("${{ github.workflow }}")
    assert all(job["timeout-minutes"] <= 180 for job in content["jobs"].values())


def test_the_two_commands_run_on_every_python_and_system() -> None:
    content = read(ROOT / ".github" / "workflows" / "test.yml")
    (job,) = content["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]
    commands = [step["run"] for step in steps(job) if "run" in step]
    readme = (ROOT / "README.md").read_text()
    block = readme.split("## Two commands")[1].split("```sh\n")[1].split("```")[0]
    assert commands == re.findall(r"^(make \w+)", block, re.MULTILINE)


def test_a_commit_is_tested_once() -> None:
    """Of a branch with a pull request, both events would fire; a pushed branch asks for its run."""
    when = read(ROOT / ".github" / "workflows" / "test.yml")["on"]
    assert when == {
        "push": {"branches": ["main"]},
        "pull_request": None,
        "workflow_dispatch": None,
    }


@pytest.mark.parametrize("name", ["refresh", "environment", "links"])
def test_scheduled_weekly_and_by_hand(name: str) -> None:
    when = read(ROOT / ".github" / "workflows" / f"{name}.yml")["on"]
    assert "workflow_dispatch" in when
    (entry,) = when["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", entry["cron"])
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text()
    assert "does not run in a fork" in text


def test_documentation_publishes_nothing_and_what_pages_are_made_from_does() -> None:
    publish = read(ROOT / ".github" / "workflows" / "publish.yml")
    ignored = publish["on"]["push"]["paths-ignore"]
    assert {"README.md", "docs/**"} <= {*ignored}
    names = {pattern.removesuffix("/**") for pattern in ignored}
    assert not names & {name.partition("/")[0] for name in SOURCES}
    build = publish["jobs"]["build"]
    (kept,) = (s for s in steps(build) if s.get("with", {}).get("key", "").startswith("built-"))
    assert kept["with"]["path"].split() == ["build", "!build/public", "data/processed"]


def test_the_site_is_built_with_the_address_that_pages_gives_it() -> None:
    build = read(ROOT / ".github" / "workflows" / "publish.yml")["jobs"]["build"]
    (asked,) = (s for s in steps(build) if s.get("uses", "").startswith("actions/configure-pages@"))
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    (made,) = (step for step in steps(build) if step.get("run") == "make publish")
    assert made["env"] == {SITE_VARIABLE: f"${{{{ steps.{asked['id']}.outputs.base_url }}}}"}


def test_every_target_says_what_it_does() -> None:
    described = set(re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE))
    assert described == TARGETS
    declared = " ".join(re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)).split()
    assert set(declared) == TARGETS


@pytest.mark.parametrize("target", ["attempt", "news", "restore", "propose", "merge"])
def test_what_must_work_without_packages_needs_none(target: str) -> None:
    rule = re.search(rf"^{target}:(.*)\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert rule is not None
    assert not rule[1].partition("##")[0].strip()
    assert "$(BIN)" not in rule[2]
