"""Every page and chapter is rendered in every case that its text tells apart.

Results are made up: rising, falling, flat, zero, too small to show, few, none, missing. In each
case the text must render and read well, and over all cases every condition and every premise must
come out both ways. One that never does is a fault of the text, which says less than it seems to.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import ProseCell, parse
from rebalancing.project import Project
from rebalancing.reading import parse_yaml
from rebalancing.report.prose import Prose
from rebalancing.report.prose.notebook import bundles
from rebalancing.report.prose.plain import Plain
from rebalancing.report.prose.premises import as_template, prose_before
from rebalancing.report.sections import needs
from rebalancing.report.text import BOUNDS, has_card

from .conditions import Condition, Watched, remembered
from .made_up_results import ABSENT, Kinds, Lookups, World, declared
from .wording import faults

REPOSITORY = Project(Path(__file__).parents[2])
MOST = 3000  # cases that one condition is worth
MOST_LINKED = 6  # numbers that a reader takes in within one paragraph
FEW = 5  # results that a condition compares with each other; more are those of a loop
ECONOMIES = {"CHN": ("China", "China"), "USA": ("United States", "the United States")}
REASON = "no figures are held"
Knob = tuple[str, str]
Case = Mapping[Knob, Any]


@dataclass(frozen=True)
class Text:
    """One text: a page, or a prose cell with those just before it.

    Attributes:
        where: The file, and the cell if it has any.
        source: What it says, its premises as conditions.
        sections: Those that a cell needs, so that they are never left out where it is shown.
        above: Lines of other cells that were put above it.
    """

    where: str
    source: str
    sections: tuple[str, ...] = ()
    above: int = 0


@cache
def texts() -> dict[str, list[Text]]:
    """Return the texts of each page and chapter."""
    found = {
        path.stem: [Text(f"book/{path.name}", as_template(path.read_text(encoding="utf-8")))]
        for path in sorted(REPOSITORY.book.glob("*.md"))
    }
    for notebook in find_notebooks(REPOSITORY):
        found[notebook.name] = [
            _of_cell(
                f"notebooks/{notebook.path.name}, cell {cell.id}",
                parse(cell.source),
                prose_before(notebook.cells, cell.id),
                tuple(needs(cell.tags)),
            )
            for cell in notebook.cells
            if cell.is_prose
        ]
    return found


def _of_cell(
    where: str, cell: ProseCell, before: Sequence[ProseCell], sections: tuple[str, ...]
) -> Text:
    """Return a prose cell as a page would have it."""
    heads = [_first_line(each) for each in before] if cell.otherwise else []
    source = as_template("\n".join([*heads, _first_line(cell), cell.text, ""]))
    return Text(where, source, sections, len(heads))


def _first_line(cell: ProseCell) -> str:
    premises = [f'if="{key}={word}"' for key, word in cell.premises]
    economies = [f'for="{economy}"' for economy in cell.economies]
    return " ".join(["%%prose", *["otherwise"] * cell.otherwise, *premises, *economies])


def names(case: Case) -> dict[str, Any]:
    """Return what a text may use besides results, in a case."""
    code = case.get(("economy", ""), "CHN")
    name, in_text = ECONOMIES[code]

    def chosen(kind: str) -> list[str]:
        return [name for (other, name), value in case.items() if other == kind and value]

    left_out = dict.fromkeys(chosen("left_out"), REASON)
    lists = [
        {"title": f"Title {n}", "name": f"0{n}_title", "summary": "What it is about.",
         "date": "2025-12-01", "basis": "stated", "address": "https://example.org", "notes": ["A."],
         "licence": "CC BY 4.0", "citation": "Nobody, 2024.", "sha256": "0" * 64,
         "series": {"A": "A series"}, "value": "1", "description": "What it is.",
         "reason": REASON, "group": f"Group {n}", "number": n, "line": "A line",
         "page": "index.html", "anchor": "answer",
         "is_met": bool(case.get(("item", "is_met"), n % 2)),
         "origin": "" if case.get(("item", "is_met"), n % 2) else "an estimate, not official"}
        for n in (1, 2)
    ]  # fmt: skip
    module = {"name": "a.b", "about": "What it does.", "entries": [{"call": "f(x)", "about": "F."}]}
    corrections = [
        {
            "title": "A title",
            "since": "1 July 2026",
            "edition": "1 May 2026",
            "where": "Here",
            "said": "It was more.",
            "why": "It was counted twice.",
            "right": [("It is ", "robustness.count")],
            "end": "; so it is.",
        }
    ]
    forecasts = _Made({name: v for (kind, name), v in case.items() if kind == "forecasts" and name})
    return {
        "study": {**_study(), "economy": code},
        "economy": name,
        "economy_in_text": in_text,
        "edition": {"name": code, "code": {"version": "0.1.0",
                    "commit": "" if case.get(("edition", "commit")) else "0a1b",
                    "changed": bool(case.get(("edition", "changed")))}},
        "left_out": left_out,
        "remarks": {remark: Markup("It is so.") for remark in chosen("remarks")},
        "without": chosen("without"),
        "as_of": "1 July 2024" if case.get(("as_of", "")) or chosen("without") else "",
        "changes": Markup("Nothing has changed.") if case.get(("changes", "")) else "",
        "history": [{"edition": "1", "because": "a release", "released": "2026-07"}]
        if case.get(("history", ""))
        else [],
        "forecasts": {} if case.get(("forecasts", "")) else forecasts,
        "definitions": {"Nobody, 2024": {"A definition": "% of GDP"}},
        "citation": {"apa": Markup("Nobody (2026). A title."), "bibtex": "@misc{a}"},
        "corrections": corrections,
        "newest": [{"title": "A release", "period": "July 2026", "public": "August 2026",
                    "usual": "each month", "next": "about September 2026"}],
        "figures_to": {what: "" if case.get(("figures_to", what)) else "July 2026"
                       for what in ("month", "year", "next_month", "next_year")},
        "speed": {"rows": [{"what": "A build", "measured": "1 s", "beside": "–", "ratio": "–",
                            "target": "under 2 s", "met": "yes"}],
                  "facts": [{"what": "Cores", "said": "2"}]},
        "library": lambda: [{"title": "A part", "modules": [module]}],
        "year": "2026",
        **dict.fromkeys(("chapters", "sections", "parameters", "sources"), lists),
        **dict.fromkeys(("checklist", "kept"), lists),
    }  # fmt: skip


@cache
def _study() -> Mapping[str, Any]:
    """Return the parameters of the study, of which methods are a part."""
    return parse_yaml((REPOSITORY.root / "study.yml").read_text(encoding="utf-8"), "study.yml")


class _Made(dict[str, Any]):
    """Values that are there whatever their names."""

    def __missing__(self, name: str) -> Any:
        return name.startswith("is_") or "3"


@dataclass
class Trial:
    """All cases of one text, and what they show."""

    text: Text
    kinds: Kinds
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make what renders the text."""
        self.world = World(self.kinds, lambda key: self.watched.looked_up(key))
        self.lookups = Lookups(self.world)
        self.prose = Prose(self.lookups, names({}), remembered())
        self.watched = Watched(self.prose, self.text.where, self.text.above)
        self.plain = Plain(self.world, lambda keys: "(Nobody, 2024)")
        self.environment: Any = self.prose.environment

    @property
    def conditions(self) -> list[Condition]:
        return self.watched.all

    def render(self, case: Case) -> None:
        """Render the text in a case, and note what is wrong with it."""
        self.world.given = {key: value for (kind, key), value in case.items() if kind == "result"}
        self.world.periods = {key: value for (kind, key), value in case.items() if kind == "period"}
        self.environment.globals |= names(case)
        self.watched.asking.clear()
        if not self.kinds.is_possible(self.world.value_of, [*self.world.seen]):
            return
        try:
            rendered = self.prose.render(self.text.source, self.text.where)
            shown = "\n\n".join(bundle["text/markdown"] for bundle in bundles(rendered, self.plain))
        except Exception as error:  # whatever it is, it is a fault of the text
            self.faults.setdefault(("an error", str(error)), f"{_shown(case)}")
            return
        if shown in self.shown:
            return
        self.shown.add(shown)
        for name, words in [*faults(shown), *self._crowded(rendered)]:
            alike = re.sub(r"[\d.,−–]+", "0", words[:60])
            self.faults.setdefault((name, alike), f"{words!r} {_shown(case)}")

    def _crowded(self, rendered: str) -> Iterator[tuple[str, str]]:
        """Yield the paragraphs with more linked numbers than a reader takes in.

        Only numbers with a card are links, and bounds are in the card of their estimate.
        """
        for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*|] )", rendered):
            keys = re.findall(r"\{result\}`(?:[^`<]*<)?([\w.]+)>?`", paragraph)
            linked = [key for key in keys if self._is_link(key, keys)]
            if len(linked) > MOST_LINKED:
                yield "too many linked numbers", f"{len(linked)} in {paragraph[:60]}"

    def _is_link(self, key: str, beside: Sequence[str]) -> bool:
        estimate, _dot, bound = key.rpartition(".")
        is_bound = f".{bound}" in BOUNDS and estimate in beside
        return not is_bound and has_card(self.kinds.unit(key))

    def run(self) -> None:
        """Go through all cases."""
        self.render({})
        self._words_asked()
        done: set[tuple[Knob, Any]] = set()
        while new := [change for change in self._changes() if change not in done]:
            done |= set(new)
            for knob, value in new:
                self.render({knob: value})
            self._words_asked()
        missing = {knob: value for knob, value in done if value is ABSENT}
        for usual in (self.kinds.nothing, self.kinds.first):
            self.world.usual = usual
            self.render({})
            self.render(missing)
        for condition in self.conditions * 2:
            if len(condition.ways) < 2:
                self._solve(condition)

    def _words_asked(self) -> None:
        for condition in self.conditions:
            if any(isinstance(constant, str) for constant in condition.asked):
                for key in condition.keys:
                    self.kinds.ask(key, condition.asked)

    def _changes(self) -> Iterator[tuple[Knob, Any]]:
        """Yield each change to the usual case."""
        yield ("economy", ""), "USA"
        for knob in self._knobs(self.conditions):
            yield from ((knob, value) for value in self._values(knob, self.conditions))
        for key in [*self.world.seen]:
            yield from ((("result", key), value) for value in self._values(("result", key), ()))

    def _knobs(self, conditions: Sequence[Condition]) -> list[Knob]:
        found: dict[Knob, None] = {}
        for condition in conditions:
            for key in sorted(condition.keys):
                found["result", key] = None
                if key in self.lookups.dated:
                    found["period", key] = None
            for name, of in sorted(condition.names):
                found[_knob(name, of)] = None
        return [
            (kind, name)
            for kind, name in found
            if kind and not (kind == "left_out" and name in self.text.sections)
        ]

    def _values(self, knob: Knob, conditions: Sequence[Condition]) -> list[Any]:
        kind, name = knob
        if kind == "period":
            return ["1995–2024", "2022–2024"]
        if kind == "economy":
            return ["USA", "CHN"]
        if kind == "forecasts":
            return [True, False] if name.startswith("is_") or not name else [0, 12]
        if kind != "result":
            return [True, False]
        about = [condition for condition in conditions if name in condition.keys]
        asked = [constant for condition in about for constant in condition.asked]
        asked += [self.kinds.first(key) for condition in about if len(condition.keys) < FEW
                  for key in sorted(condition.keys - {name})]  # fmt: skip
        missing: list[Any] = [ABSENT] if name in self.lookups.optional else []
        if missing and self.kinds.is_number(name):
            missing += [None]
        in_section = bool(self.text.sections)  # what it records is there where its text is
        if name in self.lookups.asked and self.kinds.is_optional(name) and not in_section:
            missing = [ABSENT]
        return [self.world.usual(name), *self.kinds.values(name, asked), *missing]

    def _solve(self, condition: Condition) -> None:
        """Try what decides a condition, in all combinations, until it was taken both ways."""
        for _ in range(len(condition.within) + 2):
            self._words_asked()
            asked = [*condition.within, condition]
            knobs = self._knobs(asked)
            values = [list(dict.fromkeys(self._values(knob, asked))) for knob in knobs]
            every = list(islice(product(*values), 200_000))
            random.Random(1).shuffle(every)
            known = set(condition.keys)
            for chosen in every[:MOST]:
                self.render(dict(zip(knobs, chosen, strict=True)))
                if len(condition.ways) == 2:
                    return
                if condition.keys != known:
                    break
            else:
                return


def _knob(name: str, of: str) -> Knob:
    if name == "study":
        return ("economy", "")
    if name in ("left_out", "remarks", "without"):
        return (name, of or "a-section")
    if name == "edition":
        return ("edition", of)
    known = {"forecasts", "changes", "history", "as_of", "item", "figures_to"}
    return (name, of) if name in known else ("", "")


def _shown(case: Case) -> str:
    said = {name or kind: "absent" if value is ABSENT else value
            for (kind, name), value in case.items()}  # fmt: skip
    return f"where {said}" if len(said) < 8 else "in one of many combinations"


@cache
def kinds() -> Kinds:
    return Kinds(REPOSITORY, declared(find_notebooks(REPOSITORY)))


def _pages() -> list[Any]:
    """Return all pages and chapters; all chapters but the model of the others take their time."""
    chapters = {notebook.name for notebook in find_notebooks(REPOSITORY)} - {"02_consumption"}
    slow = pytest.mark.slow
    return [pytest.param(page, marks=[slow] * (page in chapters)) for page in sorted(texts())]


def tried(text: Text) -> Trial:
    """Return a text that was rendered in all its cases."""
    trial = Trial(text, kinds().of_a_text())
    trial.run()
    return trial


@pytest.mark.slow
@pytest.mark.parametrize("page", _pages())
def test_a_text_reads_well_in_every_case_and_needs_each_condition(page: str) -> None:
    trials = [tried(text) for text in texts()[page]]
    found = [
        f"{trial.text.where}: {name}: {words}"
        for trial in trials
        for (name, _), words in trial.faults.items()
    ]
    missed = [str(c) for trial in trials for c in trial.conditions if len(c.ways) < 2]
    assert not missed
    assert not found


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('The share is **{{ word("a.place") if has("a.gap") else "" }}**.', "empty emphasis"),
        ('It {% if has("a.gap") %}rose{% endif %} again.', "a doubled space"),
        ('It moved by {{ n("consumption.change.since_turn") }}.', "a sign beside its word"),
        ('It grew by {{ n("consumption.real.growth") }}.', "a change of nothing"),
        ('In {{ n("claims.verdicts.open") }} of them.', "nothing counted"),
        ('The {{ n("claims.verdicts.open") }} claims.', "one of several"),
        ('- {% if has("a.gap") %}It rose.{% endif %}', "an empty item"),
        ("It rose. {{ economy_in_text }} grew.", "a small letter after a full stop"),
        ('It rose {% if has("a.gap") %}(by a lot){% else %}(by{% endif %}.', "an unclosed bracket"),
        ('It is{% if has("a.gap") %} so{% endif %}..', "a doubled full stop"),
        ('{{ by_sign("a.gap") if has("a.gap") else v("a.gap") }}.', "an error"),
        ('From {{ n("a.lower") }} to {{ n("a.lower") }}.', "from a value to itself"),
        (7 * 'It was {{ n("consumption.share.latest") }}. ', "too many linked numbers"),
    ],
)
def test_a_fault_is_found(said: str, fault: str) -> None:
    assert fault in {name for name, _ in tried(Text("a page", said)).faults}


def test_a_condition_that_never_comes_out_one_way_is_named() -> None:
    said = (
        '{% if v("consumption.place") == "lower" %}\nA.\n{% endif %}\n'
        '{% if has("a") or not has("a") %}B.{% endif %}\n'
        '{% if has("b") and v("b") > 7 %}C.{% elif v("c") < v("d") %}D.{% endif %}'
    )
    conditions = tried(Text("a page", said)).conditions
    missed = [str(condition) for condition in conditions if len(condition.ways) < 2]
    whole, last_part = "a page, line 4: never false", "a page, line 4: never false"
    assert missed == ["a page, line 1: never true", whole, last_part]


def test_premises_are_conditions() -> None:
    said = as_template(
        '%%prose if="consumption.place=low" for="CHN"\nLow.\n%%prose otherwise\nIt is so.'
    )
    assert [len(condition.ways) for condition in tried(Text("a page", said)).conditions] == [2] * 4
