"""Which tasks begin first."""

from __future__ import annotations

import pytest

from rebalancing.workflow import run

from .small_project import FOLDER, RESULT, SmallProject, notebook


@pytest.mark.slow
def test_what_others_wait_for_begins_first_and_of_equals_the_later_chapter(
    small: SmallProject,
) -> None:
    for path in (small.root / "notebooks").iterdir():
        path.unlink()
    for name, reads in (("1_a", ()), ("2_b", ()), ("3_c", ["results/2_b.json"]), ("4_d", ())):
        write = f"results/{name}.json"
        code = f"{FOLDER}\n{RESULT.format(name=name, value=1)}"
        small.write(f"notebooks/{name}.ipynb", notebook(code, reads=reads, writes=[write]))
    done = run.run_edition(small.project, small.study, small.steps, jobs=1)
    assert [name.partition("/")[2] for name in done.ran] == [
        "2_b",
        "4_d",
        "3_c",
        "1_a",
        "results",
        "book",
    ]
