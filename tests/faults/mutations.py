"""Ways to damage a file: its text, its YAML, JSON or table, its bytes.

Each takes random numbers and the sound content and returns the damaged one. After what is named
``NEVER_`` nobody can read the file; after what is named ``ANY_`` perhaps somebody can.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

LONG = "x" * 1_000_000
DIGITS = "1" * 5000

# --- Damage to any text ----------------------------------------------------------------------


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def _overwrite(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    return content[:start] + rng.randbytes(rng.randint(1, 40)) + content[start + 5 :]


def _lines(rng: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def _twice(rng: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    chosen = rng.randrange(len(lines))
    return b"".join([*lines[: chosen + 1], *lines[chosen:]])


def _insert(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    odd = [
        b"\t",
        b"\r",
        b"{",
        b"]",
        b'"',
        b"'",
        b":",
        b"#",
        b"- ",
        b"&a ",
        b"*a",
        b"|",
        b",",
        b"\\",
    ]
    return content[:start] + rng.choice(odd) + content[start:]


ANY_TEXT: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "cut": _cut,
    "overwritten": _overwrite,
    "lines shuffled": _lines,
    "a line twice": _twice,
    "a character inserted": _insert,
}
NEVER_TEXT: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "UTF-16": lambda rng, content: content.decode().encode("utf-16"),
    "UTF-16 without mark": lambda rng, content: content.decode().encode("utf-16-be"),
    "Latin-1": lambda rng, content: content + b"# caf\xe9\n",
    "a NUL": lambda rng, content: content[:9] + b"\0" + content[9:],
    "zeros": lambda rng, content: bytes(len(content)),
    "random bytes": lambda rng, content: b"\xff" + rng.randbytes(500),
    "empty": lambda rng, content: b"",
    "blank": lambda rng, content: b" \n\n",
    "ten megabytes": lambda rng, content: content + b" " * 10_000_000,
}


# --- YAML ------------------------------------------------------------------------------------


def _laughs(rng: random.Random, content: bytes) -> bytes:
    lines = [b"a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)]
    return b"\n".join([*lines, content])


def _first_key(content: bytes) -> bytes:
    found = re.search(rb"^[\w-]+:", content, re.MULTILINE)
    assert found
    return found[0]


def _yaml_value(text: str) -> Callable[[random.Random, bytes], bytes]:
    """Put a value where another stood."""

    def put(rng: random.Random, content: bytes) -> bytes:
        places = list(re.finditer(rb"^( {0,4}[\w-]+:) +[^\n>|]+$", content, re.MULTILINE))
        chosen = rng.choice(places)
        return content[: chosen.end(1)] + b" " + text.encode() + content[chosen.end() :]

    return put


NEVER_YAML = {
    **NEVER_TEXT,
    "a key twice": lambda rng, content: content + b"\n" + _first_key(content) + b" 1\n",
    "aliases that blow up": _laughs,
    "deep": lambda rng, content: content + b"deep: " + b"[" * rng.randint(60, 5000),
    "deep and closed": lambda rng, content: content + b"\ndeep: " + b"[" * 1500 + b"]" * 1500,
    "deep by lines": lambda rng, content: b"".join(b" " * n + b"a:\n" for n in range(400)),
    "two documents": lambda rng, content: content + b"\n---\n" + content,
    "a tag": _yaml_value("!!python/object/apply:os.system [id]"),
    "a tag of text": _yaml_value("!!str 5"),
    "an anchor": _yaml_value("&anchor 5"),
    "no day": _yaml_value("2024-02-30"),
    "a time": _yaml_value("2024-02-01 10:00:00"),
    "base sixty": _yaml_value("190:20:30"),
    "an underscore": _yaml_value("1_"),
    "octal": _yaml_value("010"),
    "hexadecimal": _yaml_value("0x1F"),
    "no number": _yaml_value(".nan"),
    "endless": _yaml_value("1.0e+999"),
    "digits": _yaml_value(DIGITS),
    "NO": _yaml_value("NO"),
    "on": _yaml_value("on"),
    "a merge": lambda rng, content: content + b"\n<<: {a: 1}\n",
    "a list for a key": lambda rng, content: content + b"\n? [a, b]\n: 1\n",
    "a list": lambda rng, content: b"- a\n- b\n",
    "a word": lambda rng, content: b"word\n",
}
ANY_YAML = {
    **ANY_TEXT,
    **{
        f"the value {text[:20]}": _yaml_value(text)
        for text in [
            *("null", "~", "''", "5", "-1", "0.5", "[]", "{}", "[[5]]", "{a: {b: c}}", "true"),
            *("0o17", "1e3", "٢٠٢٤", "'a\\nb'", '"\\x07"', f"'{LONG[:200_000]}'", "2024-07-01"),
            *("CHN", "[CHN]", "[USA, USA]", "../..", "unsd-ama=2023", "9999-99-99", "2024-13-01"),
        ]
    },
    "a number as key": lambda rng, content: content + b"\n5: 5\n",
    "a long key": lambda rng, content: content + b"\n" + LONG[:100_000].encode() + b": 5\n",
    "an unknown key": lambda rng, content: content + b"\nunknown: 5\n",
    "a mark": lambda rng, content: b"\xef\xbb\xbf" + content,
    "CRLF": lambda rng, content: content.replace(b"\n", b"\r\n"),
}


# --- JSON ------------------------------------------------------------------------------------

ODD: list[Any] = [
    *(None, True, 5, -1, 1.5, "", "x", [], {}, [5], {"a": 1}, [None], 10**30, "../../x", "/etc/x"),
    *("2024-02-30", "9999-99-99", "٢٠٢٤", "a\nb", "\x07", LONG[:50_000], "sha256:0", "<b>", "a/b"),
]


def _places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(content, dict | list):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in list(items)[:20]:
            found += _places(value, (*path, key))
    return found


def _edited(edit: Callable[[random.Random, Any, Any], None]) -> Callable[..., bytes]:
    """Change something at a random place of a JSON file."""

    def change(rng: random.Random, content: bytes) -> bytes:
        whole = json.loads(content)
        *way, last = rng.choice(_places(whole))
        parent = whole
        for step in way:
            parent = parent[step]
        edit(rng, parent, last)
        return json.dumps(whole, indent=1).encode()

    return change


def _replace(rng: random.Random, parent: Any, key: Any) -> None:
    parent[key] = rng.choice(ODD)


def _remove(rng: random.Random, parent: Any, key: Any) -> None:
    del parent[key]


def _wrap(rng: random.Random, parent: Any, key: Any) -> None:
    parent[key] = [parent[key]]


def _raw(text: str) -> Callable[[random.Random, bytes], bytes]:
    """Put a text that is no JSON, or that nobody should accept, in place of a value."""
    placed = _edited(lambda rng, parent, key: parent.__setitem__(key, "HERE"))
    return lambda rng, content: placed(rng, content).replace(b'"HERE"', text.encode(), 1)


NEVER_JSON = {
    **NEVER_TEXT,
    "NaN": _raw("NaN"),
    "Infinity": _raw("-Infinity"),
    "too large": _raw("1e999"),
    "digits": _raw(DIGITS),
    "deep": _raw("[" * 100_000),
    "deep and closed": _raw("[" * 600 + "]" * 600),
    "half a character": _raw('"\\ud800"'),
    "a key twice": _raw('{"a": 1, "a": 2}'),
    "a list": lambda rng, content: b"[]",
    "null": lambda rng, content: b"null",
    "a number": lambda rng, content: b"5",
    "an empty object": lambda rng, content: b"{}",
    "two of them": lambda rng, content: content + content,
}
ANY_JSON = {
    **ANY_TEXT,
    "another value": _edited(_replace),
    "one more value": _edited(_replace),
    "yet another value": _edited(_replace),
    "a key gone": _edited(_remove),
    "one more key gone": _edited(_remove),
    "in a list": _edited(_wrap),
}


# What other readers of JSON take in, too: files that programs write may hold it.
ODD_BUT_JSON = ("ten megabytes", "NaN", "Infinity", "too large", "digits", "deep and closed")
ODD_BUT_JSON += ("half a character", "a key twice")
NEVER_WRITTEN = {how: NEVER_JSON[how] for how in NEVER_JSON if how not in ODD_BUT_JSON}
ANY_WRITTEN = {**ANY_JSON, **{how: NEVER_JSON[how] for how in ODD_BUT_JSON}}


def damaging(
    never: dict[str, Callable[..., bytes]], sometimes: dict[str, Callable[..., bytes]]
) -> Callable[[random.Random, bytes], tuple[str, bytes, bool]]:
    """Return what damages a file: one time in two so that nobody can read it."""

    def damage(rng: random.Random, content: bytes) -> tuple[str, bytes, bool]:
        spoil = rng.random() < 0.5
        choice = never if spoil else sometimes
        how = rng.choice(list(choice))
        changed = choice[how](rng, content)
        return how, changed, spoil and changed != content

    return damage


# --- Tables and Parquet ----------------------------------------------------------------------

NEVER_TABLE = {
    **NEVER_TEXT,
    "no heading": lambda rng, content: content.partition(b"\n")[2],
    "an unclosed quote": lambda rng, content: content + b'"unclosed\n',
    "too few cells": lambda rng, content: content + b"5\n",
    "too many cells": lambda rng, content: content + b"1," * 40 + b"\n",
    "a long cell": lambda rng, content: content + LONG.encode() + b",\n",
}
ANY_TABLE = dict(ANY_TEXT)
# A reader without limits takes these in.
NEVER_WRITTEN_TABLE = {
    how: NEVER_TABLE[how] for how in NEVER_TABLE if how not in ("a long cell", "ten megabytes")
}
ANY_BYTES = {
    "cut": _cut,
    "overwritten": _overwrite,
    "a byte flipped": lambda rng, content: bytes(
        byte ^ (position == len(content) // 3) for position, byte in enumerate(content)
    ),
    "longer": lambda rng, content: content + b" ",
    "empty": lambda rng, content: b"",
    "text": lambda rng, content: b"economy,value\nCHN,1\n",
    "zeros": lambda rng, content: bytes(len(content)),
}
SUMS = {
    **ANY_BYTES,
    "an absolute path": lambda rng, content: content + b"0" * 64 + b"  /etc/x/datapackage.json\n",
    "a way out": lambda rng, content: content + b"0" * 64 + b"  ../../x/datapackage.json\n",
    "an odd line": lambda rng, content: content + b"odd\n",
    "twice": lambda rng, content: content + content,
    "short": lambda rng, content: content.replace(b"a", b"", 1),
    "capitals": lambda rng, content: content.upper(),
}
