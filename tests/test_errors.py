from __future__ import annotations

import pytest

from rebalancing.errors import of_machine


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
