"""Rooms import in one direction, and keep their private modules to themselves.

docs/architecture.md draws what is stated here, and says what a face and a subject are.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import rebalancing

ROOT = Path(rebalancing.__file__).parent
SCRIPTS = (ROOT.parents[1] / "benchmarks", ROOT.parents[1] / "tools")
# What everything else stands on. A room is granted all of it, or one module by its name.
GROUND = {
    *("errors", "quoting", "files", "reading", "project", "outputs", "answers"),
    *("interrupts", "children", "surroundings", "headed_tables", "printing", "publishers"),
    "unchanged",
}
# What a room, or a module beside the rooms, may import of the others. `build` alone knows both the
# workflow and the book; `cli` imports commands by the names of their modules, when they are asked
# for.
ALLOWED = {
    "notebooks": {"ground"},
    "data": {"ground"},
    "models": {"errors"},
    "parameters": {"quoting"},
    "accounts": {"ground", "data"},
    "study": {"ground", "accounts", "parameters", "data"},
    "oracles": {"models", "errors"},
    "report": {"ground", "study", "notebooks", "data", "models"},
    "claims": {"ground", "data", "models", "report"},
    "requirements": {"ground", "study", "parameters", "data", "models"},
    "editions": {"ground", "data", "report"},
    "workflow": {"ground", "notebooks", "data"},
    "book": {"ground", "study", "notebooks", "data", "models", "report", "editions"},
    "options": {"ground", "study"},
    "build": {
        *("ground", "study", "notebooks", "data"),
        *("requirements", "report", "workflow", "book"),
    },
    "sweeps": {
        *("ground", "study", "parameters", "options", "notebooks", "data"),
        *("report", "workflow", "build"),
    },
    "upkeep": {
        *("ground", "study", "options", "notebooks", "data"),
        *("report", "editions", "book", "build", "sweeps"),
    },
    "arguments": {"ground"},
    "commands": {"ground", "study", "options", "notebooks", "book", "build"},
    "cli": {"ground", "arguments"},
    "__main__": {"ground", "cli"},
    "rebalancing": set(),
}
# The rooms of the data: each may import those before it.
OF_DATA = ("releases", "tables", "views", "imports", "compare", "fetch", "cli_diff", "cli")
# The rooms of the book: the same. The modules beside them put these together.
OF_BOOK = ("texts", "finish", "pages", "sphinx", "printed")
# The modules that know publishers, their services and their files.
OF_PUBLISHERS = {"imports", "fetch"}
# Such as Row: neither private nor in capitals throughout, as constants are.
OF_A_TYPE = re.compile(r"[A-Z][A-Za-z0-9]*[a-z]")
FORBIDDEN_TO_MODELS = {"json", "matplotlib", "os", "pathlib", "pyarrow", "seaborn", "shutil"}


def modules() -> dict[str, Path]:
    """Return the files of the package by dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
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


def of_project(path: Path) -> set[str]:
    """Return the modules of the package that a file imports."""
    found = {name if name in MODULES else name.rpartition(".")[0] for name in imports(path)}
    return found & MODULES.keys() - {"rebalancing"}


def within(name: str) -> set[str]:
    """Return the other modules of the package that one of them imports."""
    return of_project(MODULES[name]) - {name}


def room(name: str) -> str:
    """Return the first part below the root: a package, or a module beside them."""
    return name.split(".")[1] if "." in name else name


def granted(name: str, own: str) -> set[str]:
    """Return the grants by which the room of its own may import a module."""
    other = room(name)
    return {other, *(["ground"] if other in GROUND else [])} & ALLOWED[own]


def test_every_room_has_a_rule() -> None:
    assert {room(name) for name in MODULES} == {*ALLOWED, *GROUND}
    assert not GROUND & ALLOWED.keys()
    assert {path.parent.name for path in ROOT.glob("data/*/__init__.py")} <= set(OF_DATA)
    assert {path.parent.name for path in ROOT.glob("book/*/__init__.py")} == set(OF_BOOK)


@pytest.mark.parametrize("own", sorted(ALLOWED))
def test_a_room_imports_only_what_it_may(own: str) -> None:
    imported = [
        (name, target)
        for name in MODULES
        if room(name) == own
        for target in within(name)
        if room(target) != own
    ]
    found = {f"{name} imports {target}" for name, target in imported if not granted(target, own)}
    assert not found
    used = {grant for _, target in imported for grant in granted(target, own)}
    assert not ALLOWED[own] - used, "no module needs this grant: take it out of ALLOWED"


def test_rules_and_drawing_agree() -> None:
    page = (ROOT.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.partition("## What may import what")[2].split("```")[1]
    floors = [line.replace("the ground", "ground").split() for line in drawing.strip().splitlines()]
    floor = {one: number for number, each in enumerate(floors) for one in each}
    assert floor.keys() == {*ALLOWED, "ground"} - {"rebalancing"}
    up = {
        f"{own} may import {grant}"
        for own, grants in ALLOWED.items()
        for grant in grants
        if floor.get(own, -1) >= floor["ground" if grant in GROUND else grant]
    }
    assert up == {"study may import accounts", "study may import parameters"}


def test_the_ground_imports_the_ground() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if room(name) in GROUND
        for target in within(name)
        if room(target) not in GROUND
    }
    assert not found


def out_of_order(package: str, rooms: Sequence[str]) -> set[str]:
    """Return the imports by which a room within a package takes from one that comes after it."""

    def place(name: str) -> int | None:
        parts = name.split(".")
        is_within = parts[1:2] == [package] and parts[2:3] and parts[2] in rooms
        return rooms.index(parts[2]) if is_within else None

    places = {name: at for name in MODULES if (at := place(name)) is not None}
    return {
        f"{name} imports {target}"
        for name, own in places.items()
        for target in within(name)
        if places.get(target, own) > own
    }


def test_rooms_of_the_data_import_those_before_them() -> None:
    assert not out_of_order("data", OF_DATA)


def test_rooms_of_the_book_import_those_before_them() -> None:
    assert not out_of_order("book", OF_BOOK)
    assert out_of_order("book", OF_BOOK[::-1])  # the rule can be broken


def test_models_touch_no_files_and_draw_nothing() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if room(name) == "models"
        for target in imports(MODULES[name])
        if target.split(".")[0] in FORBIDDEN_TO_MODELS
    }
    assert not found


def test_the_report_knows_no_publishers() -> None:
    found = {
        f"{name} imports {target}"
        for name in MODULES
        if room(name) in {"report", "claims", "editions", "book"}
        for target in within(name)
        if room(target) == "data" and target.split(".")[2] in OF_PUBLISHERS
    }
    assert not found


def test_no_module_imports_itself_through_others() -> None:
    try:
        TopologicalSorter({name: within(name) for name in MODULES}).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_private_modules_stay_in_their_room() -> None:
    scripts = (path for folder in SCRIPTS for path in folder.rglob("*.py"))
    files = {**MODULES, **{path.name: path for path in scripts}}
    found = {
        f"{name} imports {target}"
        for name, path in files.items()
        for target in of_project(path)
        if target.rpartition(".")[2].startswith("_")
        and not f"{name}.".startswith(target.rpartition(".")[0] + ".")
    }
    assert not found


def test_a_face_says_what_its_room_is_and_hands_on_what_is_there() -> None:
    for name, path in MODULES.items():
        if path.name != "__init__.py" or name in {"rebalancing", "rebalancing.oracles"}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{name} does not say what it is"
        own = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not own, f"{name} defines {own[0].name}; a face only hands on"
        handed = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        hidden = {one for one in handed if f"{name}.{one}" in MODULES}
        assert not hidden, f"{name} hands on {hidden}, which hides a module of that name"


def meanings(trees: Mapping[str, ast.Module]) -> dict[str, dict[str, list[str]]]:
    """Return the modules that give each meaning to a public name of a class or type, by both.

    A class means itself. Another name of a type means what is assigned to it, so modules may define
    one alike.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found[node.name][f"class of {module}"].append(module)
            elif isinstance(node, ast.Assign):
                for each in node.targets:
                    if isinstance(each, ast.Name):
                        found[each.id][ast.unparse(node.value)].append(module)
    return {name: by for name, by in found.items() if OF_A_TYPE.match(name)}


def test_a_public_name_of_a_class_or_type_means_one_thing() -> None:
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
    several = {
        name: [module for each in by.values() for module in each]
        for name, by in meanings(trees).items()
        if len(by) > 1
    }
    assert not several, "give the less central one a more precise name"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("class Row: ...", "class Row: ...", 2),
        ("class Row: ...", "Row = dict[str, str]", 2),
        ("Row = dict[str, str]", "Row = dict[str, int]", 2),
        ("Row = dict[str, str]", "Row = dict[str, str]", 1),
        ("class _Row: ...", "_Row = dict[str, int]", 0),
        ("ROW = 1", "ROW = 2", 0),
    ],
)
def test_what_counts_as_another_meaning(one: str, other: str, count: int) -> None:
    found = meanings({"one": ast.parse(one), "other": ast.parse(other)})
    assert sum(len(by) for by in found.values()) == count
