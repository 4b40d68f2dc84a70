from __future__ import annotations

import ast
import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

import rebalancing
from rebalancing.errors import of_machine, of_system

CODE = Path(rebalancing.__file__).parent
TAKEN_APART = {"partition", "rpartition", "removeprefix", "removesuffix", "startswith", "endswith"}


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("OSError", "[Errno 28] No space left on device: '/a/b'", "/a/b: there is no room left"),
        (
            "OSError",
            "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device",
            "there is no room left on the disk; make some",
        ),
        ("OSError", "[Errno 122] Disk quota exceeded", "your quota of the disk is used up; make"),
        ("OSError", "[Errno 30] Read-only file system: 'a'", "a: this disk may only be read; use"),
        ("OSError", "[Errno 24] Too many open files: 'a'", "a: too many files are open; allow"),
        ("OSError", "[Errno 5] Input/output error", "the disk reports an error; check it"),
        ("MemoryError", "", "there is not enough memory; close other programs"),
        ("_ArrayMemoryError", "Unable", "there is not enough memory (Unable); close other"),
    ],
)
def test_what_a_machine_lacks_is_said_with_what_to_do(name: str, said: str, shown: str) -> None:
    assert of_machine(name, said).startswith(shown)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a'"),
        ("OSError", "[Errno 2] of another kind"),
        ("OSError", "without a number"),
        ("ValueError", "[Errno 28] as it were"),
    ],
)
def test_what_a_cell_did_wrong_keeps_its_own_words(name: str, said: str) -> None:
    assert of_machine(name, said) == ""


def test_a_refusal_goes_on_from_the_name_or_stands_after_it() -> None:
    assert of_system(PermissionError(errno.EACCES, "", "a")).startswith("a may not be read or")
    assert of_system(OSError(errno.ENOSPC, "", "a")).startswith("a: there is no room left")
    assert of_system(OSError(0, "may it be", "a")) == "a: may it be; check it, then go on"


def taken_apart(source: str) -> Iterator[int]:
    """Yield the lines that take a part out of the message of an error that they caught."""
    for handler in ast.walk(ast.parse(source)):
        if not isinstance(handler, ast.ExceptHandler):
            continue
        for node in ast.walk(handler):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)]), attr=how
                    )
                ) if name == handler.name and how in TAKEN_APART:
                    yield node.lineno


def test_no_code_takes_a_part_out_of_an_errors_message() -> None:
    """What code needs of an error is in its fields; its words are for people."""
    said = "try:\n    f()\nexcept E as error:\n    why = str(error).partition('(')[2]\n"
    assert list(taken_apart(said)) == [4]
    found = {
        f"{path.relative_to(CODE)}:{line}"
        for path in CODE.rglob("*.py")
        for line in taken_apart(path.read_text(encoding="utf-8"))
    }
    assert found == set()
