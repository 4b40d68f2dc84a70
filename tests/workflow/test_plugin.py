"""papermill's own command knows the parameters of notebooks with the project's kernel."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from papermill.translators import papermill_translators

from rebalancing.notebooks import read_notebook

pytestmark = pytest.mark.slow  # a kernel each

REPOSITORY = Path(__file__).parents[2]
PAPERMILL = Path(sys.executable).with_name("papermill")


@pytest.mark.parametrize("name", ["02_consumption", "15_robustness"])
def test_papermill_says_which_parameters_a_chapter_has(name: str) -> None:
    path = REPOSITORY / "notebooks" / f"{name}.ipynb"
    done = subprocess.run(
        [PAPERMILL, "--help-notebook", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    listed = re.findall(r"^ +(\w+): (.+) \(default None\)", done.stdout, re.MULTILINE)
    assert [parameter for parameter, _ in listed] == list(read_notebook(path).parameters)
    assert dict(listed)["economy"] == "str | None"


@pytest.mark.parametrize(
    ("line", "kind", "default", "comment"),
    [
        ("economy: str | None = None  # its code", "str | None", "None", "its code"),
        ("peers: list[str] | None = None", "list[str] | None", "None", ""),
        ("seed: int = 1", "int", "1", ""),
        ("seed = 1", "None", "1", ""),
    ],
)
def test_a_parameter_may_be_of_two_types(line: str, kind: str, default: str, comment: str) -> None:
    translator = papermill_translators.find_translator("rebalancing", "python")
    (found,) = translator.inspect({"source": line})
    assert (found.inferred_type_name, found.default, found.help) == (kind, default, comment)
