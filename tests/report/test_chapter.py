from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import papermill
import pytest
import tiny_chapter

from rebalancing.errors import ReportWarning, StudyError
from rebalancing.notebooks import read_notebook
from rebalancing.project import Project
from rebalancing.report import chapter as module
from rebalancing.report import running
from rebalancing.report.chapter import FOLDER_VARIABLE, Chapter, ChapterError, open_chapter
from rebalancing.report.results import Results

Open = Callable[..., Chapter]
RECORD = {"unit": "% of GDP", "period": 2024, "definition": "A share", "release": "ama 2024"}


@pytest.fixture
def project(own_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of one's own as the current folder, with a table."""
    monkeypatch.chdir(own_project.notebooks)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    tables = {
        "economies": pd.DataFrame(
            {
                "economy": ["CHN", "USA"],
                "name": ["China", "United States"],
                "in_text": ["China", "the United States"],
            }
        ),
    }
    monkeypatch.setattr(
        module.processed, "read_processed", lambda project, name, *_, **__: tables[name]
    )
    return own_project


@pytest.fixture
def opened(project: Project) -> Iterator[Open]:
    """Open a chapter of the project as its notebook would."""

    def opened(name: str = "02_consumption", **values: Any) -> Chapter:
        declared = read_notebook(project.notebooks / f"{name}.ipynb").parameters
        return open_chapter(name, {key: values.get(key) for key in declared} | {"other": 1})

    with warnings.catch_warnings():
        yield opened


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[str]], None]:
    """Pretend that these cells have run in a notebook."""
    return lambda sources: monkeypatch.setattr(running, "history", lambda: list(sources))


class TestOpen:
    def test_without_values_is_the_study_as_it_stands(self, project: Project, opened: Open) -> None:
        chapter = opened()
        assert chapter.study.economy == "CHN"
        assert chapter.project.root == project.root.resolve()
        assert chapter.folder == chapter.project.build / "CHN"
        assert not chapter.folder.exists()

    def test_with_values_is_an_edition_of_its_own(self, project: Project, opened: Open) -> None:
        chapter = opened(economy="KOR", last_year=2019, peers="USA,JPN")
        assert chapter.study.peers == ["USA", "JPN"]
        assert chapter.folder.name == "KOR-peers-USA+JPN-last_year-2019"

    def test_takes_from_the_globals_only_what_the_notebook_declares(self, project: Project) -> None:
        declared = read_notebook(project.notebooks / "02_consumption.ipynb").parameters
        assert "horizon" not in declared
        values = dict.fromkeys(declared) | {"horizon": 3}
        assert open_chapter("02_consumption", values).study.horizon != 3

    def test_a_value_that_is_not_allowed_is_the_studys_message(self, opened: Open) -> None:
        with pytest.raises(StudyError, match="economy: TWN is not among"):
            opened(economy="TWN")

    def test_goes_where_the_workflow_says(
        self, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "staging"))
        assert opened().folder == tmp_path / "staging"

    def test_a_shared_notebook_goes_to_the_shared_folder(self, opened: Open) -> None:
        chapter = opened("01_clean")
        assert chapter.notebook.is_shared
        assert chapter.folder == chapter.project.build / "shared"

    def test_cautions_are_printed_and_do_not_warn(self, opened: Open) -> None:
        opened()
        with warnings.catch_warnings(record=True) as caught:
            warnings.warn("a caution", ReportWarning, stacklevel=1)
        assert caught == []


class TestInjectedParameters:
    def test_that_are_declared_pass(
        self, opened: Open, cells: Callable[[Sequence[str]], None]
    ) -> None:
        cells(["", "economy = None", '# Parameters\neconomy = "KOR"\nlast_year = 2019\n'])
        assert opened(economy="KOR", last_year=2019).study.economy == "KOR"

    def test_that_do_not_exist_are_refused_with_the_nearest(
        self, opened: Open, cells: Callable[[Sequence[str]], None]
    ) -> None:
        cells(['# Parameters\neconomy = "KOR"\neconmy = "JPN"\n'])
        with pytest.raises(ChapterError, match=r"econmy: unknown parameter \(did you mean economy"):
            opened(economy="KOR")

    def test_that_the_notebook_does_not_use_are_refused_with_those_it_does(
        self, opened: Open, cells: Callable[[Sequence[str]], None]
    ) -> None:
        cells(["# Parameters\nseed = 3\n"])
        with pytest.raises(ChapterError) as caught:
            opened()
        message = str(caught.value)
        assert message.startswith("seed: 02_consumption does not use this parameter")
        assert "economy, peers, first_year" in message

    def test_are_none_in_a_shared_notebook(
        self, opened: Open, cells: Callable[[Sequence[str]], None]
    ) -> None:
        cells(['# Parameters\neconomy = "KOR"\n'])
        with pytest.raises(ChapterError, match="it uses: none"):
            opened("01_clean")


class TestRead:
    def test_what_is_declared_and_nothing_else(self, opened: Open) -> None:
        chapter = opened()
        assert len(chapter.read("economies")) == 2
        with pytest.raises(ChapterError) as caught:
            chapter.read("customs")
        message = str(caught.value)
        assert "02_consumption does not declare" in message
        assert "data/processed/customs.parquet" in message
        assert "`reads`" in message

    def test_the_release_of_the_study_and_no_undeclared_publisher(self, opened: Open) -> None:
        chapter = opened(releases="unsd-ama=2023")
        assert chapter.release("unsd-ama").name == "2023"
        assert opened().release("unsd-ama").name == "2024"
        assert chapter.source("unsd-ama") == chapter.release("unsd-ama").citation.rstrip(".")
        with pytest.raises(ChapterError, match="data/raw/gacc-customs"):
            chapter.release("gacc-customs")

    def test_names_of_economies(self, opened: Open) -> None:
        chapter = opened()
        assert chapter.names == {"CHN": "China", "USA": "United States"}
        assert chapter.in_text["USA"] == "the United States"
        assert chapter.sentence_start("USA") == "The United States"
        assert chapter.possessive("USA") == "The United States’"


class TestRecorded:
    @pytest.fixture
    def ledger(self, project: Project, opened: Open) -> Chapter:
        """The chapter that declares to read what others recorded."""
        return opened("03_claims")

    def test_by_others_in_the_same_edition(self, ledger: Chapter) -> None:
        Results(ledger.folder, "02_consumption").record("consumption.x", 1.5, **RECORD)
        found = ledger.recorded("02_consumption")
        assert {key: result.value for key, result in found.items()} == {"consumption.x": 1.5}

    def test_what_all_editions_share_is_found_too(self, ledger: Chapter) -> None:
        Results(ledger.folder.parent / "shared", "02_consumption").record("x", 1.0, **RECORD)
        assert ledger.recorded("02_consumption")["x"].unit == "% of GDP"

    def test_undeclared(self, opened: Open) -> None:
        with pytest.raises(
            ChapterError, match=r"does not declare that it reads results/07_exports"
        ):
            opened().recorded("07_exports")

    def test_not_yet_run(self, ledger: Chapter) -> None:
        with pytest.raises(ChapterError, match="07_exports has recorded nothing for this edition"):
            ledger.recorded("07_exports")


class TestOutputs:
    @pytest.mark.slow
    def test_carry_the_cell_that_made_them(
        self, opened: Open, cells: Callable[[Sequence[str]], None]
    ) -> None:
        chapter = opened()
        stored = next(cell for cell in chapter.notebook.code_cells if "record" in cell.source)
        cells(["", stored.source + "\n"])
        assert chapter.results.record("x", 1.0, **RECORD).cell == stored.id
        cells(["", stored.source + "\n# not stored"])
        assert chapter.results.record("x", 1.0, **RECORD).cell == ""

    def test_are_kept_by_the_same_keepers(self, opened: Open) -> None:
        chapter = opened()
        assert chapter.results is chapter.results
        assert chapter.results.folder == chapter.figures.folder == chapter.tables.folder
        assert chapter.figures.chapter == chapter.tables.chapter == "02_consumption"

    def test_of_one_release_name_it_where_nothing_else_is_said(self, opened: Open) -> None:
        chapter = opened()
        figures, tables = chapter.exhibits("ama 2024")
        assert (figures.release, tables.release) == ("ama 2024", "ama 2024")
        assert (chapter.figures.release, chapter.tables.release) == ("", "")
        assert figures.folder == tables.folder == chapter.folder

    @pytest.mark.slow
    def test_update_results_json_at_once(self, opened: Open) -> None:
        chapter = opened()
        chapter.results.record("x", 1.0, **RECORD)
        chapter.leave_out("partners", "no data")
        content = json.loads((chapter.folder / "results.json").read_text())
        assert [result["key"] for result in content["results"]] == ["x"]
        assert content["left_out"] == {"partners": "no data"}
        assert content["edition"]["name"] == "CHN"

    def test_leave_results_json_to_the_workflow(
        self, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "staging"))
        chapter = opened()
        chapter.results.record("x", 1.0, **RECORD)
        assert chapter.results.path.is_file()
        assert not (chapter.folder / "results.json").exists()

    @pytest.mark.slow
    def test_of_a_shared_notebook_are_merged_with_the_next_chapter(self, opened: Open) -> None:
        shared, chapter = opened("01_clean"), opened()
        shared.results.record("data.x", 1.0, **RECORD)
        shared.results.record("data.y", 1.0, **RECORD)
        assert not (shared.folder / "results.json").exists()
        chapter.results.record("x", 1.0, **RECORD)
        content = json.loads((chapter.folder / "results.json").read_text())
        assert [result["key"] for result in content["results"]] == ["data.x", "data.y", "x"]


@pytest.mark.slow
def test_papermill_refuses_an_unknown_parameter(
    own_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the real papermill and a real kernel, and nothing else of this project arranged."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    path = tiny_chapter.write(own_project, [tiny_chapter.code("after", "reached = True")])
    output = tmp_path / "out.ipynb"
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        papermill.execute_notebook(
            str(path),
            str(output),
            {"economy": "KOR", "econmy": "JPN"},
            cwd=str(own_project.root),
            progress_bar=False,
        )
    assert caught.value.ename == "ChapterError"
    assert caught.value.evalue.startswith("econmy: unknown parameter (did you mean economy?)")
    (after,) = (cell for cell in nbformat.read(output, 4)["cells"] if cell["id"] == "after")
    assert after["execution_count"] is None
    assert not own_project.build.exists()


def test_no_notebook_is_needed_to_import_the_module() -> None:
    assert running.history() == []
    assert running.names() == {}
