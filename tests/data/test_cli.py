from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from rebalancing.data import releases
from rebalancing.data.cli import data
from rebalancing.data.releases import UnknownReleaseError
from rebalancing.data.tables.columns import COLUMNS
from rebalancing.errors import InputError
from rebalancing.project import Project

from .conftest import Compiled


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, empty_project: Project):
    """Run a command of `rebalancing data` in a sub-folder of the project, on a wide terminal."""
    below = empty_project.root / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    monkeypatch.setenv("COLUMNS", "160")

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(data, [str(argument) for argument in arguments])

    return invoke


@pytest.mark.slow
def test_import_says_what_is_new_and_what_was_there(run, compiled: Compiled) -> None:
    first = run("import", compiled.root)
    assert first.exit_code == 0
    assert "unsd-ama 2024\n" in first.output
    assert "; 0 were there already" in first.output
    second = run("import", compiled.root)
    assert second.output.startswith("0 new releases; ")
    assert "unchanged" in second.output


@pytest.mark.slow
def test_import_of_one_publisher(run, compiled: Compiled, empty_project: Project) -> None:
    assert run("import", compiled.root, "--publisher", "pwt").output.startswith("pwt 10.01\n1 new")
    assert releases.publishers(empty_project) == ["pwt"]
    unknown = run("import", compiled.root, "--publisher", "pwtt")
    assert isinstance(unknown.exception, InputError)
    assert "'pwtt' is none of the publishers; use one of unsd-ama, " in str(unknown.exception)


def test_import_of_a_folder_that_does_not_exist(run, tmp_path: Path) -> None:
    result = run("import", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "does not exist" in result.output


@pytest.mark.slow
def test_list_shows_the_newest_release_of_each_publisher(run, small_project: Project) -> None:
    lines = run("list").output.splitlines()
    (accounts,) = [line.split() for line in lines if line.startswith("unsd-ama")]
    assert accounts[-4:-1] == ["3", "2024", "2025-12"]
    assert any(line.startswith("worldbank-wdi") for line in lines)


def test_show_publisher_lists_releases_and_datasets(run, small_project: Project) -> None:
    output = run("show", "unsd-ama").output
    rows = [line.split() for line in output.splitlines()]
    assert ["2023", "2024-12", "current-usd", "12", "2", "2"] in rows
    assert ["constant-2015-usd", "12", "2", "2"] in rows


def test_show_release_has_all_that_a_reader_must_know(run, small_project: Project) -> None:
    output = " ".join(run("show", "unsd-ama", "latest").output.split())
    for part in (
        "United Nations Statistics Division",
        "https://unstats.un.org/unsd/snaama",
        "unverified",
        "data to 2024.",
        "Household consumption expenditure",
        "CHN China",
    ):
        assert part in output


def test_show_of_an_unknown_release(run, small_project: Project) -> None:
    result = run("show", "unsd-ama", "1999")
    assert isinstance(result.exception, UnknownReleaseError)
    assert result.exception.exit_status == 2


def test_verify_tells_damage_by_its_exit_status(run, small_project: Project) -> None:
    good = run("verify")
    assert good.exit_code == 0
    assert "as they were imported" in good.output
    (small_project.raw / "pwt" / "10.01" / "pwt.parquet").unlink()
    bad = run("verify")
    assert bad.exit_code == 1
    assert bad.output.startswith("data/raw/pwt/10.01/pwt.parquet: missing, expected ")


def test_a_table_says_its_columns_and_what_its_codes_mean(run, empty_project: Project) -> None:
    row = ("2025", "CHN", "ASEAN", pd.Timestamp(2024, 1, 1), 1.0, 2.0)
    empty_project.processed.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame([row], columns=list(COLUMNS["customs"]))
    table.to_parquet(empty_project.processed / "customs.parquet")
    members = pd.DataFrame([("EU27", "FRA")], columns=["group", "economy"])
    members.to_parquet(empty_project.processed / "groups.parquet")
    lines = run("tables", "customs").output.splitlines()
    assert lines[0].startswith("Columns: release, economy, partner, month, ")
    assert lines[2].split() == ["Partner", "Meaning", "First", "Last", "Economies", "Figures"]
    assert lines[3].split() == ["ASEAN", "ASEAN", "2024-01", "2024-01", "1", "1"]
    assert run("tables", "groups").output == "Columns: group, economy\n"
