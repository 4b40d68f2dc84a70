"""Thousands of malformed inputs, each made from its kind and a seed, and what must come of each.

A `Case` damages one file of a small project (`tiny`), or gives a command odd arguments, and names
the command that reads it. Whatever the damage: exit status 0, 1 or 2; one line on failure; no
traceback, no wait, no memory, and the data untouched. ``spoilt`` says that no reader may take the
input for a valid one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from .mutations import (
    ANY_BYTES,
    ANY_JSON,
    ANY_TABLE,
    ANY_TEXT,
    ANY_WRITTEN,
    ANY_YAML,
    NEVER_JSON,
    NEVER_TABLE,
    NEVER_TEXT,
    NEVER_WRITTEN,
    NEVER_WRITTEN_TABLE,
    NEVER_YAML,
    SUMS,
    damaging,
)


@dataclass(frozen=True)
class Case:
    """One malformed input: the file and its new content, and the command."""

    kind: str
    seed: int
    how: str
    command: tuple[str, ...]
    path: str = ""
    content: bytes = field(default=b"", repr=False)
    spoilt: bool = False


@dataclass(frozen=True)
class Kind:
    """Files of one kind: which commands read them, by path, and how they are damaged.

    ``statuses`` are the exit statuses that a file may end with that nobody can read.
    """

    commands: dict[str, tuple[str, ...]]
    damage: Callable[[random.Random, bytes], tuple[str, bytes, bool]]
    statuses: frozenset[int]


# --- Options ---------------------------------------------------------------------------------

ODD_VALUES = [
    *("", " ", "x" * 10_000, "a\x07b", "a\nb", "\udcff", "٢٠٢٤", "1_0", "0x10", "1e400", "nan"),
    *("9" * 5000, "999999999999", "[", "{}", "{", "latest", "null", "None", "5.5", "..", "/", "-1"),
    *("a=1,a=2", "=", "a=", "=1", "unsd-ama=", "2024-02-30", "2024-7-1", "CHN", "chn", "[CHN]"),
    *("x" * 300, "{{ 7 }}", "$(id)", "--help", "-h", "*", "a/b/c", "unsd-ama/2099", "10 000", "½"),
    *("²", "%s", "é" * 90, "unsd-ama", "unsd-ama/2023", "editions/CHN", "pwt=10.01,pwt=latest"),
]
STUDY_OPTIONS = [
    *("--economy", "--peers", "--first-year", "--last-year", "--releases", "--as-of"),
    *("--confidence-level", "--horizon", "--intra-eu-share", "--seed"),
    *("--smoothing", "--hac-lags", "--unit-root-criterion", "--slope-draws"),
]
WITH_STUDY = ["report", "explain", "serve", "keep", "changes", "links"]
COMMANDS: list[tuple[tuple[str, ...], list[str], int]] = [
    *(((name,), STUDY_OPTIONS, 0) for name in WITH_STUDY),
    (("report",), ["--jobs", "--force"], 0),
    (("serve",), ["--port"], 0),
    (("forecast-log", "begin"), ["--jobs", *STUDY_OPTIONS], 0),
    (("data", "list"), [], 1),
    (("data", "show"), [], 2),
    (("data", "diff"), [], 2),
    (("data", "verify"), [], 1),
    (("data", "refresh"), ["--publisher"], 0),
    (("compare",), [], 2),
    (("gallery",), [], 1),
    (("proposal", "refresh"), STUDY_OPTIONS, 0),
    (("forecast-log", "score"), [], 1),
    ((), ["--version"], 2),
]
# What no option and no argument may be.
NEVER_VALUES = {"", " ", "x" * 10_000, "a\x07b", "a\nb", "\udcff", "9" * 5000}


def _options(rng: random.Random) -> tuple[tuple[str, ...], bool]:
    """Return a command with odd values, and whether it must be refused."""
    command, options, arguments = rng.choice(COMMANDS)
    given: list[str] = []
    values: list[str] = []
    for option in rng.sample(options, min(len(options), rng.randint(1, 2))):
        values.append(rng.choice(ODD_VALUES))
        joined = rng.random() < 0.3
        given += [f"{option}={values[-1]}"] if joined else [option, values[-1]]
    for _ in range(rng.randint(0, arguments) if options else arguments):
        values.append(rng.choice(ODD_VALUES))
        given.append(values[-1])
    return (*command, *given), bool(NEVER_VALUES & set(values))


# --- All kinds -------------------------------------------------------------------------------

EXPLAIN = ("explain",)
PACKAGE = "data/raw/unsd-ama/2024/datapackage.json"
FIGURES = "data/raw/unsd-ama/2024/current-usd.parquet"
READING_DATA = [
    EXPLAIN,
    ("data", "list"),
    ("data", "show", "unsd-ama", "2024"),
    ("data", "diff", "unsd-ama/2023", "unsd-ama/2024"),
    ("data", "verify"),
    ("report",),
]
KINDS: dict[str, list[Kind]] = {
    "study.yml": [Kind({"study.yml": EXPLAIN}, damaging(NEVER_YAML, ANY_YAML), frozenset({2}))],
    "descriptors": [
        Kind({PACKAGE: command}, damaging(NEVER_JSON, ANY_JSON), frozenset({1}))
        for command in READING_DATA
    ],
    "checksums": [
        Kind({"data/raw/SHA256SUMS": command}, damaging(SUMS, SUMS), frozenset({1}))
        for command in (("data", "verify"), ("report",))
    ],
    "figures": [
        Kind({FIGURES: command}, damaging(ANY_BYTES, ANY_BYTES), frozenset({1}))
        for command in (EXPLAIN, *READING_DATA[3:])
    ],
    "thresholds, corrections": [
        Kind(
            {"data/thresholds.yml": command, "data/corrections.yml": EXPLAIN},
            damaging(NEVER_YAML, ANY_YAML),
            frozenset({2}),
        )
        for command in (EXPLAIN, ("data", "diff", "unsd-ama/2023", "unsd-ama/2024"))
    ],
    "notebooks": [
        Kind(
            {"notebooks/02_first.ipynb": command, "notebooks/01_clean.ipynb": EXPLAIN},
            damaging(NEVER_JSON, ANY_JSON),
            frozenset({1}),
        )
        for command in (EXPLAIN, ("report",))
    ],
    "CITATION.cff": [
        Kind({"CITATION.cff": EXPLAIN}, damaging(NEVER_YAML, ANY_YAML), frozenset({2}))
    ],
    "the book's lists": [
        Kind(
            {"book/checklist.csv": EXPLAIN, "book/sections.csv": EXPLAIN},
            damaging(NEVER_TABLE, ANY_TABLE),
            frozenset({2}),
        )
    ],
    "the book's YAML": [
        Kind(
            {"book/_toc.yml": ("configure",), "book/_config.yml": ("configure",)},
            damaging(NEVER_YAML, ANY_YAML),
            frozenset({1}),
        )
    ],
    "state of the workflow": [
        Kind(
            {f"build/.workflow/{name}": EXPLAIN for name in ("imports.json", "digests.json")},
            damaging(NEVER_WRITTEN, ANY_WRITTEN),
            frozenset({0, 1}),
        ),
        Kind(
            {f"build/.workflow/pytask.lock{more}": EXPLAIN for more in ("", ".journal")},
            damaging(NEVER_TEXT, ANY_TEXT),
            frozenset({0, 1}),
        ),
    ],
    "results of editions": [
        Kind(
            {"build/CHN/results.json": command},
            damaging(NEVER_WRITTEN, ANY_WRITTEN),
            frozenset({1, 2}),
        )
        for command in (("compare", "CHN", "JPN"), ("gallery",), ("keep",))
    ],
    "kept editions": [
        Kind(
            {f"editions/CHN/{name}": command},
            damaging(NEVER_WRITTEN, ANY_WRITTEN),
            frozenset({0, 1, 2}),
        )
        for name in ("results.json", "sentences.json", "claims.json")
        for command in (("compare", "CHN", "editions/CHN"), ("keep",))
    ],
    "forecast log": [
        Kind(
            {"editions/forecast-log.csv": command},
            damaging(NEVER_WRITTEN_TABLE, ANY_TABLE),
            frozenset({1, 2}),
        )
        for command in (("forecast-log", "score"), ("keep",))
    ],
}
OPTIONS = "options"
CASES = dict.fromkeys(KINDS, 260) | {OPTIONS: 600, "checksums": 150, "figures": 150}


def case(kind: str, seed: int, read: Callable[[str], bytes]) -> Case:
    """Return a case; ``read`` gives the sound content of a file of the project."""
    rng = random.Random(f"{kind} {seed}")
    if kind == OPTIONS:
        command, spoilt = _options(rng)
        return Case(kind, seed, f"{command}"[:200], command, spoilt=spoilt)
    chosen = rng.choice(KINDS[kind])
    path = rng.choice(list(chosen.commands))
    how, content, spoilt = chosen.damage(rng, read(path))
    return Case(kind, seed, how, chosen.commands[path], path, content, spoilt)


def statuses(case: Case) -> frozenset[int]:
    """Return how a case may end: as it should where nobody can read it, else in any good way."""
    if not case.spoilt:
        return frozenset({0, 1, 2})
    return frozenset({2}) if case.kind == OPTIONS else KINDS[case.kind][0].statuses
