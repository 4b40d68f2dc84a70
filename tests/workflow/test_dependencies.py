from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rebalancing.workflow.dependencies import BadModuleError, Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A package in which every way of importing occurs."""
    files = {
        "__init__.py": "",
        "errors.py": "",
        "project.py": "DATA = 'data'\n",
        "data/__init__.py": "from .names import NAMES\n",
        "data/names.py": "NAMES = open('names.csv')\n",
        "data/names.csv": "CHN,China\n",
        "data/unnamed.csv": "",
        "data/loader.py": "def load():\n    import rebalancing.data.parquet\n",
        "data/parquet.py": "from rebalancing import errors\n",
        "models/__init__.py": "",
        "models/trend.py": "from ..errors import Error\nfrom . import helper as h\n",
        "models/helper.py": "import numpy\n",
        "models/typed.py": "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from rebalancing.models import trend\n"
        "else:\n    from rebalancing import project\n",
        "models/circle.py": "import rebalancing.models.square\n",
        "models/square.py": "import rebalancing.models.circle\n",
        "report/__init__.py": "",
        "report/site.py": "extensions = ['rebalancing.report.roles']\nassets = '_static'\n",
        "report/roles.py": "",
        "report/_static/report.css": "",
        "report/_static/fonts/sans.woff2": "",
    }
    folder = tmp_path / "rebalancing"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return Library(folder)


def _found(library: Library, code: str) -> set[str]:
    names = library.closure(ast.parse(code))
    return {name.removeprefix("rebalancing.") for name in names} - {"rebalancing"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import pandas as pd", set()),
        ("import rebalancing.errors", {"errors"}),
        ("from rebalancing import errors as e", {"errors"}),
        (
            "from rebalancing.models import trend",
            {"models", "models.trend", "models.helper", "errors"},
        ),
        ("from rebalancing.models.helper import f", {"models", "models.helper"}),
        ("def f():\n    from rebalancing.errors import Error", {"errors"}),
        ("from rebalancing.models import typed", {"models", "models.typed", "project"}),
        ("import rebalancing.models.square", {"models", "models.square", "models.circle"}),
        ("import importlib\nimportlib.import_module('rebalancing.errors')", {"errors"}),
        ("'rebalancing.errors and more'", set()),
        ("import rebalancing_other", set()),
    ],
)
def test_imports_are_followed(library: Library, code: str, expected: set[str]) -> None:
    assert _found(library, code) == expected


def test_the_packages_on_the_way_count_with_what_they_import(library: Library) -> None:
    found = _found(library, "import rebalancing.data.loader")
    assert {"data", "data.names", "data.loader", "data.parquet", "errors"} <= found


def test_files_that_a_module_names_count_and_others_do_not(library: Library) -> None:
    found = _found(library, "import rebalancing.data")
    assert found == {"data", "data.names", "rebalancing/data/names.csv"}
    found = _found(library, "import rebalancing.report.site")
    assert {
        "rebalancing/report/_static/report.css",
        "rebalancing/report/_static/fonts/sans.woff2",
        "report.roles",
    } <= found


def test_a_string_that_is_the_name_of_a_package_is_no_data_file(library: Library) -> None:
    assert _found(library, "import rebalancing.project") == {"project"}


def test_it_can_begin_with_names(library: Library) -> None:
    found = library.closure(modules=["rebalancing.models.helper", "rebalancing.no_such_module"])
    assert list(found) == ["rebalancing", "rebalancing.models", "rebalancing.models.helper"]
    assert found["rebalancing.models.helper"] == library.folder / "models" / "helper.py"


def test_paths_are_those_of_the_files(library: Library) -> None:
    for path in library.closure(ast.parse("import rebalancing.data.loader")).values():
        assert path.is_file()


@pytest.mark.parametrize("source", [b"def f(:\n", b"x = '\xff'\n", b"a\0b\n"])
def test_a_module_that_python_cannot_read_is_named(library: Library, source: bytes) -> None:
    (library.folder / "models" / "helper.py").write_bytes(source)
    with pytest.raises(BadModuleError, match=r"models/helper\.py.*; correct it") as caught:
        library.closure(modules=["rebalancing.models.helper"])
    assert "\n" not in str(caught.value)


def test_what_python_compiles_is_no_data_file(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text('LEFT_OUT = "__pycache__"\n')
    (package / "__pycache__" / "one.cpython-311.pyc").write_bytes(b"")
    assert list(Library(package).closure(modules=["package"])) == ["package"]
