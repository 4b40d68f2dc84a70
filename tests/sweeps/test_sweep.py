from __future__ import annotations

import csv
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from rebalancing.errors import StudyError
from rebalancing.sweeps import whole
from rebalancing.sweeps.grid import read_grid
from rebalancing.sweeps.runs import SweepFailedError, SweepInterruptedError
from rebalancing.workflow.tasks import StudyLike

from .conftest import Swept

pytestmark = pytest.mark.slow


def folder(swept: Swept) -> Path:
    return swept.root / "build" / "sweeps" / "small"


def test_the_table_has_what_each_run_recorded(swept_once: Swept) -> None:
    table = parquet.read_table(folder(swept_once) / "results.parquet").to_pylist()
    with (folder(swept_once) / "runs.csv").open() as stream:
        runs = list(csv.DictReader(stream))
    assert len(runs) == 8
    expected = []
    for economy in ("CHN", "JPN"):
        for seed in (1, 2):
            for chapter in ("02_first", "03_second"):
                point = f"{economy}-{seed}"
                (run,) = (r["run"] for r in runs if (r["point"], r["chapter"]) == (point, chapter))
                place = swept_once.root / "build" / "sweeps" / "runs" / run
                part = json.loads((place / f"results/{chapter}.json").read_text())
                for result in part["results"]:
                    value = result.pop("value")
                    del result["cell"]
                    is_word = isinstance(value, str)
                    row = {**result, "point": point, "economy": economy, "seed": seed}
                    row |= {
                        "value": None if is_word else value,
                        "words": value if is_word else None,
                    }
                    expected.append((row, run))
                assert f"said by {economy}" in (place / "log.txt").read_text()
    rows = [({k: v for k, v in row.items() if k != "run"}, row["run"][:24]) for row in table]
    assert rows == expected
    numbers = {(row["point"], row["key"]): row["value"] for row in table}
    assert numbers["JPN-2", "second.number"] == pytest.approx(4 / 3)
    assert (folder(swept_once) / "failures.csv").read_text() == "economy,seed,chapter,reason,log\n"


def test_a_second_sweep_runs_nothing_and_gives_the_same_bytes(
    copied: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    before, begun = copied.bytes(folder(copied)), copied.lines("begun")
    assert len(begun) == 8
    assert copied.bytes(copied.sweep()) == before
    assert copied.lines("begun") == begun
    assert "8 are there, 0 to run" in capsys.readouterr().out


def test_what_a_change_concerns_runs_again(copied: Swept) -> None:
    # 02 reads the second file too, 03 what 02 records: all of it; a run that is damaged: itself.
    (run, *_) = sorted((copied.root / "build/sweeps/runs").glob("*/results/03_second.json"))
    run.write_text("")
    copied.sweep()
    assert len(copied.lines("begun")) == 9
    copied.small.write("data/raw/b/2023/figures.txt", "3\n")
    copied.sweep()
    assert len(copied.lines("begun")) == 17


def test_points_that_differ_in_what_no_chapter_uses_share_its_run(swept: Swept) -> None:
    swept.sweep("chapters: '02'\ngrid:\n  first_year: [1970, 1980]\n  economy: all\n")
    assert swept.lines("begun") == ["02_first CHN 1", "02_first JPN 1"]
    rows = parquet.read_table(folder(swept) / "results.parquet").to_pylist()
    assert [(r["first_year"], r["economy"]) for r in rows[::3]] == [
        (1970, "CHN"), (1970, "JPN"), (1980, "CHN"), (1980, "JPN"),
    ]  # fmt: skip


def test_a_run_that_fails_is_listed_with_its_log_and_harms_no_other(
    swept: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    (swept.root / "fail").write_text("02_first JPN 1")
    with pytest.raises(SweepFailedError) as error:
        swept.sweep()
    assert str(error.value) == (
        "1 of 8 runs failed, 1 did not begin because of that; "
        "build/sweeps/small/failures.csv lists them, with the logs of those that failed"
    )
    with (folder(swept) / "failures.csv").open() as stream:
        first, second = csv.DictReader(stream)
    reason = "02_first failed in code cell 3 (cell-2), `name = '02_first'`"
    assert first["reason"] == f"{reason}: ValueError: no figures of JPN"
    assert (first["economy"], first["seed"], first["chapter"]) == ("JPN", "1", "02_first")
    log = (folder(swept) / first["log"]).read_text()
    assert "Traceback" in log
    assert "raise ValueError(f'no figures of {economy}')" in log
    assert "Cell In[4], line" in log
    assert "In[…] in the traceback also counts the cell with the parameters given" in log
    assert (folder(swept) / first["log"]).with_suffix(".ipynb").is_file()
    assert (second["chapter"], second["reason"], second["log"]) == (
        "03_second", "not run, because 02_first failed", "",
    )  # fmt: skip
    assert len(swept.lines("finished")) == 6
    rows = parquet.read_table(folder(swept) / "results.parquet").to_pylist()
    assert {row["point"] for row in rows} == {"CHN-1", "CHN-2", "JPN-2"}
    page = (folder(swept) / "index.html").read_text()
    assert f'<a href="{first["log"]}">log</a>' in page
    # Mended, it runs alone.
    (swept.root / "fail").unlink()
    swept.sweep()
    assert len(swept.lines("finished")) == 8
    assert not (folder(swept) / "failed").exists()
    assert "6 are there, 2 to run" in capsys.readouterr().out


def test_what_failed_is_counted_as_runs_and_points_without_a_study_apart(swept: Swept) -> None:
    def study_of(values: Mapping[str, Any]) -> StudyLike:
        if values.get("economy") == "JPN":
            raise StudyError("economy: JPN has too few data")
        return swept.studies.study_of(values)

    def says() -> str:
        studies = replace(swept.studies, study_of=study_of)
        with pytest.raises(SweepFailedError) as error:
            whole.run_sweep(swept.small.project, read_grid(file), jobs=2, studies=studies)
        said, _, place = str(error.value).partition("; build/sweeps/small/")
        lines = (folder(swept) / "failures.csv").read_text().splitlines()
        return f"{said}; {len(lines) - 1} rows of {place}"

    # Two points share the run of CHN, which fails at first; JPN has none at either.
    file = swept.small.write(
        "small.yml", "chapters: [2]\ngrid:\n  first_year: [1970, 1980]\n  economy: all\n"
    )
    refused = "the data allow no study for 2 of 4 points"
    (swept.root / "fail").write_text("CHN")
    assert says() == (
        f"1 of 1 runs failed, {refused}; 4 rows of failures.csv lists them, "
        "with the logs of those that failed"
    )
    (swept.root / "fail").unlink()
    assert says() == f"{refused}; 2 rows of failures.csv lists them"


def test_interrupted_and_resumed_it_gives_the_same_bytes_and_runs_nothing_twice(
    swept: Swept, swept_once: Swept
) -> None:
    (swept.root / "hold").write_text("02_first JPN 2")

    def interrupt() -> None:
        runs = swept.root / "build" / "sweeps" / "runs"
        while len(list(runs.glob("[!.]*"))) < 6 or "02_first JPN 2" not in swept.lines("begun"):
            time.sleep(0.05)
        time.sleep(1)  # the last of them is being counted
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(SweepInterruptedError, match="6 of 8 runs are kept"):
        swept.sweep()
    thread.join()
    assert not (folder(swept) / "results.parquet").exists()
    (swept.root / "hold").unlink()
    assert swept.bytes(swept.sweep()) == swept.bytes(folder(swept_once))
    assert len(swept.lines("finished")) == 8
    assert len(set(swept.lines("begun"))) == len(set(swept.lines("finished")))
    assert not list((swept.root / "build").glob(".sweep*"))


def test_what_failed_is_listed_though_the_sweep_is_interrupted(
    swept: Swept, swept_once: Swept
) -> None:
    logs = folder(swept) / "failed"

    def listed() -> list[tuple[str, str, str]]:
        with (folder(swept) / "failures.csv").open() as stream:
            rows = list(csv.DictReader(stream))
        assert all((folder(swept) / row["log"]).exists() for row in rows)
        return [(r["economy"] + r["seed"], r["chapter"], r["reason"][-21:]) for r in rows]

    def interrupt(is_time: Callable[[], bool]) -> str:
        def end() -> None:
            while not is_time():
                time.sleep(0.05)
            time.sleep(1)  # what has ended is being counted
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=end)
        thread.start()
        with pytest.raises(SweepInterruptedError) as error:
            swept.sweep()
        thread.join()
        return str(error.value)

    (swept.root / "fail").write_text("02_first CHN 1")
    (swept.root / "hold").write_text("02_first JPN 2")
    said = interrupt(
        lambda: (
            bool(list(logs.glob("*.txt")))
            and len(swept.lines("finished")) == 4
            and "02_first JPN 2" in swept.lines("begun")
        )
    )
    assert said.endswith("goes on from there; build/sweeps/small/failures.csv lists what failed")
    expected = [
        ("CHN1", "02_first", "ror: no figures of CHN"[-21:]),
        ("CHN1", "03_second", "cause 02_first failed"),
    ]
    assert listed() == expected
    # The run that failed begins anew, and is interrupted before it ends.
    (swept.root / "fail").unlink()
    (swept.root / "hold").write_text("02_first CHN 1")
    interrupt(lambda: swept.lines("begun").count("02_first CHN 1") == 2)
    assert listed() == expected
    (swept.root / "hold").unlink()
    assert swept.bytes(swept.sweep()) == swept.bytes(folder(swept_once))
    assert not logs.exists()


def test_keeping_all_keeps_the_executed_notebook(swept: Swept) -> None:
    done = swept.sweep("chapters: [2]\nkeep: all\ngrid: {economy: [CHN]}\n")
    (executed,) = done.parent.glob("runs/*/notebooks/02_first.ipynb")
    assert "said by CHN" in executed.read_text()


@pytest.mark.parametrize(("keep", "said"), [("results", "undrawn"), ("all", "drawn")])
def test_figures_are_drawn_where_they_are_kept(swept: Swept, keep: str, said: str) -> None:
    done = swept.sweep(f"chapters: [2]\nkeep: {keep}\ngrid: {{economy: [CHN]}}\n")
    (log,) = done.parent.glob("runs/*/log.txt")
    assert said in log.read_text().split()


def test_one_run_is_there_and_several_are(swept: Swept, capsys: pytest.CaptureFixture[str]) -> None:
    grid = "chapters: [2]\ngrid: {economy: [CHN]}\n"
    swept.sweep(grid)
    assert "1 run: 0 are there, 1 to run.\n" in capsys.readouterr().out
    swept.sweep(grid)
    assert "1 run: 1 is there, 0 to run.\n" in capsys.readouterr().out


def test_a_check_lists_the_runs_and_runs_none(
    copied: Swept, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copied.lines("begun")
    grid = "chapters: [3]\ngrid:\n  economy: [CHN]\n  seed: [2, 3]\n"
    copied.sweep(grid, "other.yml", is_check=True)
    assert capsys.readouterr().out == (
        "Sweep other: 1 of economy × 2 of seed = 2 points; chapters 02_first, 03_second "
        "(02_first for the others to read).\n"
        "there   02_first CHN-2\nthere   03_second CHN-2\n"
        "to run  02_first CHN-3\nto run  03_second CHN-3\n"
        "4 runs: 2 are there, 2 to run.\n"
    )
    assert copied.lines("begun") == before
    assert not (copied.root / "build/sweeps/other").exists()
