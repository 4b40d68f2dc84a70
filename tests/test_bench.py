"""The cheap measures of `make bench`, at their smallest sizes."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from rebalancing.book.pages import speed
from rebalancing.project import Project

ROOT = Path(__file__).parents[1]
CHEAP = ("help", "trends", "breaks", "panel")


@pytest.mark.slow
def test_cheap_measures_fill_their_rows(tmp_path: Path) -> None:
    table = tmp_path / "book" / speed.SOURCE
    command = ["benchmarks/bench.py", "--quick", "--only", ",".join(CHEAP), "--table", table]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    without_history = "is not in the history of this clone" in done.stdout
    assert done.returncode == (1 if without_history else 0), done.stdout + done.stderr
    with table.open(newline="", encoding="utf-8") as stream:
        rows = {row["row"]: row for row in csv.DictReader(stream)}
    filled = {"help", "panel"} if without_history else set(CHEAP)
    for name, row in rows.items():
        if name.startswith(speed.FACT):
            assert row["measured"]
        elif name in filled:
            assert float(row["measured"]) > 0
            assert float(row["ratio"]) > 0
            assert row["met"] in (speed.YES, speed.NO)
        else:
            assert (row["measured"], row["met"]) == ("", speed.NOT_MEASURED)
    assert len(speed.read_speed(Project(tmp_path))["facts"]) == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--only nothing", "there is no measure nothing; there are report, help"),
        ("--quick", "give another --table than the book's"),
        ("--runs 0 --only help", "--runs is 1 or more"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    options: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import bench

    monkeypatch.setattr(sys, "argv", ["bench.py", *options.split()])
    with pytest.raises(SystemExit) as refusal:
        bench.main()
    assert refusal.value.code == 2
    assert said in capsys.readouterr().err
