import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancing.data.cli import data
from rebalancing.data.cli_diff import ReleaseNameError
from rebalancing.data.compare.thresholds import file
from rebalancing.data.releases import UnknownReleaseError
from rebalancing.project import Project

from .test_compare import accounts, scaled, write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, empty_project: Project, this_project: Project):
    """Run `rebalancing data diff` in a project with two releases."""
    write(empty_project.raw, "2021", accounts())
    edit = scaled(1.2, economy="CHN", series="HFCE", period="2010")
    write(empty_project.raw, "2022", edit(accounts(2021)))
    file(empty_project).write_bytes(file(this_project).read_bytes())
    monkeypatch.chdir(empty_project.root)

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(data, ["diff", *map(str, arguments)])

    return invoke


@pytest.mark.slow
def test_diff_prints_for_a_person_and_writes_both_files(run, empty_project: Project) -> None:
    result = run("unsd-ama/2021", "unsd-ama/2022")
    assert result.exit_code == 0
    assert result.output.startswith("Accounts: 2021 → 2022\nSevere changes")
    assert "40.00% of GDP  48.00% of GDP  +8.00 points" in result.output
    assert "Written: build/diff/unsd-ama-2021-2022.json" in result.output
    folder = empty_project.build / "diff"
    written = json.loads((folder / "unsd-ama-2021-2022.json").read_text(encoding="utf-8"))
    assert written["judgement"]["severity"] == "severe"
    assert written["comparison"]["revised"]["rows"] == 1
    assert "+8.00 points" in (folder / "unsd-ama-2021-2022.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_diff_writes_where_it_is_told_to(run, empty_project: Project, tmp_path: Path) -> None:
    json_file, page = tmp_path / "a" / "diff.json", tmp_path / "diff.html"
    result = run("unsd-ama/2021", "latest", "--json", json_file, "--html", page)
    assert result.exit_code == 0
    assert json_file.is_file()
    assert page.is_file()
    assert not empty_project.build.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2021", "2022"), "write PUBLISHER/RELEASE"),
        (("unsd-ama/2022", "2021"), "name the earlier release first"),
        (("unsd-ama/2021", "2021"), "is not later than"),
    ],
)
def test_releases_named_wrongly(run, arguments: tuple[str, str], said: str) -> None:
    error = run(*arguments).exception
    assert isinstance(error, ReleaseNameError)
    assert said in str(error)
    assert error.exit_status == 2


def test_an_unknown_release(run) -> None:
    error = run("unsd-ama/2021", "unsd-ama/2032").exception
    assert isinstance(error, UnknownReleaseError)
    assert error.exit_status == 2


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_folder_is_not_written_over(run, empty_project: Project, option: str) -> None:
    result = run("unsd-ama/2021", "unsd-ama/2022", option, empty_project.raw)
    assert result.exit_code == 2
    assert "is a directory" in result.output
    assert not empty_project.build.exists()
