from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.book import assembly
from rebalancing.book.texts import gate
from rebalancing.book.texts.typed import in_markdown, in_words, is_parameter
from rebalancing.notebooks.format import Cell
from rebalancing.project import Project
from rebalancing.report.prose import ProseError

REPOSITORY = Project(Path(__file__).resolve().parents[2])
RESULTS = [
    {
        "key": "consumption.share.latest",
        "value": 39.93,
        "text": "39.9%",
        "definition": "Household consumption",
    },
    {"key": "exports.value", "value": 3380.0, "text": "$3,380 billion", "definition": "Exports"},
    {
        "key": "consumption.share.minimum",
        "value": 34.2,
        "text": "34.2%",
        "definition": "Lowest share of household consumption",
    },
    {"key": "imports.asia", "value": 34.2, "text": "34.2%", "definition": "Imports from Asia"},
    {"key": "region", "value": "East Asia", "text": "East Asia", "definition": "A name"},
]


def typed(markdown: str) -> list[str]:
    return [found.text for found in in_markdown(markdown, "page")]


def test_the_project_types_no_statistic() -> None:
    assert [str(problem) for problem in gate.problems(REPOSITORY)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Households spend 39.9% of GDP.", "39.9%"),
        ("They spend **40 per cent** of it.", "40 per cent"),
        ("They spend forty per cent of it.", "forty per cent"),
        ("It fell by −1.2 percentage points.", "−1.2 percentage points"),
        ("Exports were $3 billion.", "$3 billion"),
        ("Exports were US$3,380bn in 2024.", "US$3,380bn"),
        ("In 57 economies it is higher.", "57"),
        ("It is in the 8th percentile.", "8th"),
        ("A third, or ⅓, of it.", "⅓"),
        ("Since 1978 it rose to 2000 billion yuan.", "2000 billion"),
        ("Its share, 2024: 40%.", "40%"),
        ("GDP-40% is no name", "-40%"),
        ("from $3bn to $4 trillion", "$3bn"),
        ("Set as code: `39.9%`.", "39.9%"),
        ("As a formula: $39.9\\%$.", "$39.9"),
        ("| China | 39.9 |", "39.9"),
        ("## 40% of GDP", "40%"),
        ("40. per cent", "40"),
        ("See figure 40% here", "40%"),
        ("{abbr}`GDP (40% of it)`", "40%"),
        ("{result}`39.9% <consumption.share.latest>`", "39.9%"),
        (":::{note} Only 40%\nwords\n:::", "40%"),
        ("```{key-numbers}\nshare.latest | less than 40% of GDP\n```", "40%"),
        ("{{ 39.9 }} of GDP", "39.9"),
        ('{{ "39.9%" if v("a") > 0 else "none" }}', "39.9%"),
        ("{{ percent(0.4) }} of GDP", "0.4"),
        ('{% set share = "39.9%" %}', "39.9%"),
        ("{{ 39 + 0.9 }}", "0.9"),
        ("the 5% of them", "5%"),
    ],
)
def test_a_typed_statistic_is_found(text: str, found: str) -> None:
    assert found in typed(text)


@pytest.mark.parametrize(
    "text",
    [
        "From 1970 to 2024, 1970–2024, 2019/20, in the 1980s, 2024Q1, pre-1978.",
        "On 26 July 2025, in March 2025, on 2025-07-26 and by 2024-09.",
        '{{ n("consumption.2004.share") }} and {% if v("a") > 33.3 %}more{% endif %}',
        "{{ percent(study.confidence_level) }} interval, {{ edition.code.commit[:10] }}",
        "Call `trend.hp(series, 6.25)` or\n\n```py\nshare = 39.9\n```\n",
        "See [the site](https://example.org/a-40?b=1.5) or <https://example.org/40>.",
        "[a figure](#fig-40) and (anchor-4)=",
        "```{report-figure} 02_consumption/share-4\n```",
        "```{figure} pictures/40.png\n:width: 40%\nWords.\n```",
        "A claim {cite:p}`bai2003` and another [@bai1998; @perron2003].",
        "1. First\n2. Second\n\n### 2.1 On breaks",
        "See Table 2, Figures 3 and 4, section 3.1, chapter 2 and pages 40–45.",
        "EU27, G20, CO2, ISO 3166-1 alpha-3, ISIC Rev. 3, SNA 2008, CC BY 4.0, SHA-256.",
        "Python 3.11 to 3.13, statsmodels 0.15, release 8.2, version 1.0.2, v2.1.0.",
        "{claim}`nearly 30%` of exports, says the report.",
        "The nineteenth century; the 20th century; 2nd edition.",
        "The formula $s_t = 100 c_t / y_t$ and\n\n$$\\lambda = 6.25$$",
        '<a href="x-40.html">words</a> &#8217; <!-- 40% -->',
        "{## 40% ##} One model in three, no term of ten years.",
        "Rejected at the 5% level; the 5% critical value; in {{ year - 1 }}.",
        "An index, 2020 = 100, and constant 2015 USD; the 14th Five-Year Plan.",
        "Integrated, I(1), or ARIMA(0,1,1).",
        "`2023`: a year set as code.",
    ],
)
def test_what_is_no_statistic_may_stand(text: str) -> None:
    assert typed(text) == []


@given(st.floats(0.1, 99.9).map(lambda value: f"{value:.1f}"), st.sampled_from(["%", " per cent"]))
@settings(max_examples=30)
def test_no_percentage_passes_wherever_it_stands(value: str, unit: str) -> None:
    for sentence in ("It is {} now.", "In 2024: {}.", "({})", "**{}**", "GDP {}", "- {} of it"):
        assert in_words(sentence.format(value + unit)), sentence.format(value + unit)


def test_a_problem_names_its_line() -> None:
    (found,) = in_markdown("# Title\n\nIn {{ v(\n'a') }}\n\nit is 39.9%.", "page")
    assert (found.line, found.text) == (6, "39.9%")


@pytest.mark.parametrize(
    ("stated", "allowed"),
    [
        ("6.25", True),
        ("two lags, or 2", True),
        ("5% level", True),
        ("95% interval", True),
        ("15% of the sample", True),
        ("39.9%", False),
        ("$3 billion", False),
        ("1.2 points", False),
        ("5% of GDP", False),
    ],
)
def test_only_parameters_can_be_stated(stated: str, allowed: bool) -> None:
    assert is_parameter(stated) is allowed


Advice = Callable[[str], list[str]]


@pytest.fixture
def advice(tmp_path: Path) -> Advice:
    """Return what is said of the numbers in a page that has nothing but a text."""

    def advice(text: str) -> list[str]:
        project = Project(tmp_path)
        project.book.mkdir(exist_ok=True)
        (project.book / "page.md").write_text(text)
        return [problem.advice for problem in gate.problems(project, RESULTS)]

    return advice


def test_what_was_recorded_cannot_be_stated(advice: Advice) -> None:
    assert advice("Smoothing {stated}`6.25`.") == []
    assert advice("Smoothing {stated}`39.9`.") == []
    assert advice("A share of {stated}`39.9`.") == []  # by chance the digits of some share
    assert advice("A consumption share of {stated}`39.9`.") == [
        'is stated, but was recorded; look it up: {{ n("consumption.share.latest") }}'
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("It is 39.9%.", "consumption.share.latest"),
        ("Exports are $3,380 billion.", "exports.value"),
        ("The lowest share was 34.2%.", "consumption.share.minimum"),
        ("Imports from Asia were 34.2%.", "imports.asia"),
    ],
)
def test_a_result_of_the_same_value_is_named_that_the_sentence_is_about(
    advice: Advice, text: str, key: str
) -> None:
    (said,) = advice(text)
    assert f'look it up: {{{{ n("{key}") }}}}' in said


def test_no_result_of_another_value_is_named(advice: Advice) -> None:
    assert advice("Household consumption is 41%.") == [
        "is typed; record it, and look it up by its key"
    ]


def code(source: str) -> list[tuple[int, str]]:
    cell = Cell("draw", "code", source, ())
    return [(found.line, found.text) for found in gate.in_code(cell)]


def test_the_words_of_code_are_read_and_its_numbers_are_not() -> None:
    assert code('low = 39.9\nsave(title="Spends 39.9%")') == [(2, "39.9%")]
    assert code('save(title=f"Spends {share:.1f}% in {year}")') == []
    assert code('save(\n    alt=f"Of {share} "\n    "less than 40%",\n)') == [(2, "40%")]
    assert code('save(title="40%" if low else f"none")') == [(1, "40%")]
    assert code('record("share", 1.5, "At most 1% of it")') == [(1, "1%")]
    assert code('"share.40"; table.query("share > 39.9 and year == 4")') == []
    assert code('Claim("a", "below 40%", (Reading("1% of it"),))') == [(1, "1%")]
    assert code("%matplotlib inline\nx = f\"{names['a 40%']}\"") == [(2, "40%")]


def test_a_book_with_a_typed_statistic_is_not_made(project: Project) -> None:
    made = (project.build / "CHN" / "book" / "index.md").read_text()
    (project.book / "reproduce.md").write_text("# Page\n\nIt is 39.9%.\n")
    with pytest.raises(gate.GateError) as raised:
        assembly.assemble(project, project.build / "CHN")
    assert str(raised.value).splitlines() == [
        "1 number is typed where it should be looked up:",
        "book/reproduce.md, line 3: '39.9%' is typed; "
        'look it up: {{ n("consumption.share.latest") }} is 39.9%',
    ]
    assert (project.build / "CHN" / "book" / "index.md").read_text() == made


def test_a_long_list_is_counted(project: Project) -> None:
    (project.book / "reproduce.md").write_text("# Page\n\n" + "It is 1%.\n" * 9)
    with pytest.raises(gate.GateError, match=r"9 numbers are typed(?s:.*)\.\.\. and 4 more$"):
        gate.check(project)


def test_notebooks_are_read_by_cell(project: Project) -> None:
    path = project.notebooks / "02_consumption.ipynb"
    stored = json.loads(path.read_text())
    for cell, line in (("text-0", 3), ("prose-3", 6)):
        notebook = copy.deepcopy(stored)
        (changed,) = (found for found in notebook["cells"] if found["id"] == cell)
        changed["source"] += "\n\nIt is 40%."
        path.write_text(json.dumps(notebook))
        said = rf"02_consumption\.ipynb, cell {cell}, line {line}: '40%'"
        with pytest.raises(gate.GateError, match=said):
            gate.check(project)


def test_a_broken_template_is_named(project: Project) -> None:
    (project.book / "reproduce.md").write_text('\n{{ n("a" }}')
    with pytest.raises(ProseError, match=r"book/reproduce\.md, line 2: "):
        gate.check(project)


def test_the_methods_state_the_smoothing_of_the_study() -> None:
    page = (REPOSITORY.book / "methods.md").read_text()
    assert "{{ parameter(study.smoothing) }} for yearly data" in page
