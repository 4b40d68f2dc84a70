"""Modules import in one direction, and keep their private parts to their package."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import rebalancing

ROOT = Path(rebalancing.__file__).parent
# What a package may import of the project; anything else would turn the flow of data around.
ALLOWED = {
    "data": {
        *("data", "headed_tables", "errors", "files", "outputs", "project", "quoting", "reading"),
    },
    "models": {"models", "errors"},
    "oracles": {"oracles", "models", "errors"},
    "report": {
        *("report", "data", "models", "workflow"),
        *("study", "headed_tables", "options", "errors", "files", "outputs"),
        *("accounts", "project", "quoting", "reading"),
    },
    "workflow": {
        *("workflow", "report", "data"),
        *("study", "surroundings", "errors", "files", "project", "quoting", "reading"),
    },
}
# The modules that know publishers, their services and their files.
OF_PUBLISHERS = {"china", "fetch", "importer", "international", "publishers", "sources"}
FORBIDDEN_TO_MODELS = {"json", "matplotlib", "os", "pathlib", "pyarrow", "seaborn", "shutil"}


def modules() -> dict[str, Path]:
    """Return the files of the package by dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    """Return what a file imports anywhere, by dotted name, a module or a name in one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


MODULES = modules()
IMPORTS = {name: imports(path) for name, path in MODULES.items()}


def within(name: str) -> set[str]:
    """Return the modules of the project that a module imports."""
    found = set()
    for target in IMPORTS[name]:
        module = target if target in MODULES else target.rpartition(".")[0]
        if module in MODULES and module != "rebalancing":
            found.add(module)
    return found - {name}


def package(name: str) -> str:
    """Return the first part below the root: a package, or a module beside them."""
    return name.split(".")[1] if "." in name else name


def test_the_packages_are_those_that_have_rules() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(ALLOWED)


@pytest.mark.parametrize("own", sorted(ALLOWED))
def test_a_package_imports_only_what_it_may(own: str) -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if package(name) == own
        for target in within(name)
        if package(target) not in ALLOWED[own]
    }
    assert not found


def test_models_touch_no_files_and_draw_nothing() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if package(name) == "models"
        for target in IMPORTS[name]
        if target.split(".")[0] in FORBIDDEN_TO_MODELS
    }
    assert not found


def test_the_report_knows_no_publishers() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if package(name) == "report"
        for target in within(name)
        if package(target) == "data" and target.split(".")[2] in OF_PUBLISHERS
    }
    assert not found


def test_no_module_imports_itself_through_others() -> None:
    try:
        TopologicalSorter({name: within(name) for name in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_private_modules_stay_in_their_package() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        for target in within(name)
        if target.rpartition(".")[2].startswith("_")
        # Published results check the parts of the models, too.
        and package(name) != "oracles"
        and not name.startswith(target.rpartition(".")[0] + ".")
    }
    assert not found
