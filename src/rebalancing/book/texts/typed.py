"""Numbers that somebody typed into text: what is found, and which kinds are allowed by rule.

Everything that may hold digits without being a statistic is blanked first, line by line in place:
templates, code, addresses, formulas, numbering, names, versions, dates and years. Whatever number
is left was typed. The rules are in `_RULES`, in the order in which they apply; none of them lists
places or single exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import requires
from itertools import chain

from jinja2 import Environment, TemplateSyntaxError, nodes

from rebalancing.report.prose import ProseError, templates

_UNIT = (
    r"(?:\s?(?:%|‰)|[\s-]?(?:per\s?cent|percent(?:age)?(?:[\s-]points?)?|pp|bps?"
    r"|[bmt]n|[bmt]r?illion|US\$|USD|dollars?|yuan|euros?)\b)"
)
_BARE = rf"(?![.,]?\d)(?!{_UNIT})"  # a number that ends here and has no unit of a statistic
_YEAR = r"(?:19\d\d|20\d\d|2100)"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_NUMBERED = (
    r"(?:tables?|figures?|fig\.|sections?|chapters?|equations?|appendix|box|steps?|lines?|pages?"
    r"|pp?\.|vol(?:ume|\.)|no\.|articles?|paragraphs?|regimes?|models?|notes?)"
)
_STANDARD = (
    r"(?:ISO|ISIC|SITC|HS|SNA|BPM|COICOP|COFOG|CPC|NACE|RFC|SHA|UTF|PEP|Apache|CC[ -]BY(?:-\w+)*)"
)
_TENS = "ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_IN_WORDS = re.compile(
    rf"\b(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES})"
    r"[\s-](?:per\s?cent|percent(?:age\spoints?)?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?:[−±+~≈-]?\s?(?:US)?[$€£¥]\s?|[−±+~≈-])?(?:\d[\d,]*(?:\.\d+)?|\.\d+|[½⅓⅔¼¾])"
    rf"(?:(?:st|nd|rd|th|x)\b)?{_UNIT}?",
    re.IGNORECASE,
)
_FENCE = re.compile(
    r"^(?P<open>[ \t]*(?P<ticks>`{3,}|~{3,})(?P<info>[^\n]*)\n)(?P<body>.*?)"
    r"^(?P<close>[ \t]*(?P=ticks)[`~]*[ \t]*)$",
    re.MULTILINE | re.DOTALL,
)
_FENCED_CODE = {"math", "code", "code-block", "code-cell", "report-figure", "report-table"}
_INLINE = re.compile(
    r"(?:\{(?P<role>[\w:.-]+)\})?(?P<ticks>`+)(?!`)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
_TITLED = re.compile(r"(?P<title>.*?)\s*<[^<>]+>\s*", re.DOTALL)
_REFERRING = {"result", "ref", "doc", "eq", "numref", "download", "math", "claim"}
# What a stated parameter may say in per cent: how sure, or how much of the sample.
_STATED_LEVEL = re.compile(
    r"\d+(?:\.\d+)?(?:%| per cent)[\s-](?:level|interval|band|critical|trimming|of the sample)"
)


@dataclass(frozen=True)
class Typed:
    """A number found in text; ``stated`` when it stands in the role for stated parameters."""

    line: int
    text: str
    stated: bool = False


def in_markdown(template: str, where: str) -> list[Typed]:
    """Return the numbers typed into a page or a Markdown cell.

    Args:
        template: Its source, a template.
        where: Its name, for messages.

    Raises:
        ProseError: The template cannot be parsed.
    """
    environment = templates.pages()
    try:
        text = _without_templates(environment, template)
        shown = list(_constants(environment.parse(template)))
    except TemplateSyntaxError as error:
        raise ProseError(f"{where}, line {error.lineno}: {error.message}") from None
    stated: list[Typed] = []
    text = _FENCE.sub(_fence, text)
    text = _without_inline(text, stated)
    found = [*in_words(text), *stated]
    for line, constant in shown:
        found += [Typed(line, typed.text) for typed in in_words(constant)]
    return sorted(found, key=lambda typed: typed.line)


def in_words(text: str) -> list[Typed]:
    """Return the numbers typed into plain words, such as a figure's title."""
    for pattern in _rules():
        text = pattern.sub(_blank, text)
    matches = chain(_NUMBER.finditer(text), _IN_WORDS.finditer(text))
    return [
        Typed(1 + text.count("\n", 0, match.start()), match[0].strip())
        for match in sorted(matches, key=re.Match.start)
    ]


def is_parameter(stated: str) -> bool:
    """Return whether what is stated is a parameter or a name: no amount, no share, no change."""
    rest = _STATED_LEVEL.sub("", stated)
    return not re.search(rf"\d\s*{_UNIT}|[$€£¥]\s?\d|\d\s?(?:points?|times)\b", rest, re.IGNORECASE)


@cache
def _rules() -> tuple[re.Pattern[str], ...]:
    """Return what is not a statistic, each rule once, in the order in which they apply."""
    software = "|".join(sorted({*_dependencies(), "Python", "R", "Jupyter Book"}))
    rules = [
        # Addresses, markup and the syntax of Markdown
        r"<!--(?s:.*?)-->",
        r"<(?:https?|mailto):[^>\s]*>|\bhttps?://[^\s<>)\]]+",
        r"</?[A-Za-z][^<>]*>",
        r"&#?\w+;",
        r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)",  # a link's target
        r"^\[[^\]]+\]:[^\n]*",
        r"\[@[^\]]*\]",
        r"^\([\w-]+\)=[ \t]*$",
        r"\{[#.][^{}\n]*\}",
        r"^[ \t]*:{3,}\{[^}\n]*\}",
        r"^[ \t]*:[\w-]+:[^\n]*",  # options of a directive
        r"^% [^\n]*",
        # Formulas: a dollar sign that opens and closes like one, around more than a number
        r"\$\$(?s:.+?)\$\$",
        r"(?<![\\\d$])\$(?=[^$\n]*(?:\\(?!%)|[^\W\d]))[^\s$](?:[^$\n]*[^\s\\$])?\$(?!\d)",
        # Numbering
        rf"^[ \t]*(?:>[ \t]*)?\d+[.)](?=[ \t]){_BARE}",
        rf"^#+[ \t]+\d{{1,2}}(?:\.\d{{1,2}})*\.?(?=[ \t]){_BARE}",
        rf"\b{_NUMBERED}\s+\d++(?:\.\d++)*+(?:(?:\s?[–-]\s?|,\s|\s(?:and|to)\s)\d++)*{_BARE}",
        # Conventional levels of tests
        r"\b(?:1|5|10)(?:%| per cent)[ -](?:level|test|bound|critical|significance)",
        # Versions and standards
        r"(?<![\w.,])v?\d+(?:\.\d+){2,}(?![\w.,]*\d)",
        rf"\b(?:version|release|revision|rev\.?|edition)\s+v?\d++(?:\.\d++)*+{_BARE}",
        rf"\b(?:{software})\s+\d++(?:\.\d++)*+(?:\s(?:to|and)\s\d++(?:\.\d++)*+)?{_BARE}",
        rf"\b{_STANDARD}(?:\s?Rev\.?)?[\s-]\s?\d++(?:[.-]\d++)*+{_BARE}",
        r"\b\d+(?:st|nd|rd|th)\s+(?:century|edition|ed\.|(?:five-year\s)?plan|(?:\w+\s)?congress|plenum)",
        # Dates and years
        r"(?<![\w.,-])(?:19|20)\d\d-(?:0\d|1[0-2])(?:-[0-3]\d)?(?![\w-]*\d)",
        rf"(?<![\w.,])(?:[12]?\d|3[01])(?:st|nd|rd|th)?\s{_MONTH}\b(?:\s{_YEAR}{_BARE})?",
        rf"\b{_MONTH}\s(?:[12]?\d|3[01])(?:st|nd|rd|th)?(?:,\s{_YEAR})?{_BARE}",
        rf"{_YEAR}\s?=\s?(?:100|1){_BARE}",  # the base of an index
        rf"\bconstant\s{_YEAR}\s(?:US\$|USD|(?:US\s)?dollars|yuan)",  # and of constant prices
        rf"(?<![\w.,$€£¥−]){_YEAR}(?:Q[1-4]|M\d\d?|s\b)?"
        rf"(?:\s?[–—/-]\s?(?:{_YEAR}|\d\d(?!\d)))?{_BARE}",
        rf"(?<![\w.])(?=[\w./-]*[^\W\d])[\w.-]++(?:/[\w.-]++)++(?!{_UNIT})",  # paths of files
        # Orders of models: I(1), ARIMA(0,1,1)
        r"\b[^\W\d_]{1,12}\(\d(?:,\s?\d)*\)",
        # Names that hold digits: G20, CO2, EU27, alpha-3, 02_consumption
        rf"(?<![^\W_])(?=[\w.-]*\d)[^\W\d_]\w*+(?:[.-]\w++)*+(?!{_UNIT})",
        r"(?<!\w)\d+_\w+",
    ]
    return tuple(re.compile(rule, re.MULTILINE | re.IGNORECASE) for rule in rules)


def _dependencies() -> set[str]:
    """Return the names of the packages that this one needs."""
    return {re.split(r"[^\w.-]", line)[0] for line in requires("rebalancing") or ()}


def _blank(match: re.Match[str]) -> str:
    return _blanked(match[0])


def _blanked(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _without_templates(environment: Environment, template: str) -> str:
    """Return the text between a template's expressions, everything in its place."""
    return "".join(
        value if kind == "data" else _blanked(value) for _, kind, value in environment.lex(template)
    )


def _fence(match: re.Match[str]) -> str:
    """Blank a block of code; of a directive, only what is not words."""
    named = re.match(r"\s*\{([\w:.-]+)\}", match["info"])
    if not named or named[1] in _FENCED_CODE:
        return _blanked(match[0])
    start = match["open"].index("}") + 1
    words = match["open"][start:] + _FENCE.sub(_fence, match["body"])
    return " " * start + words + " " * len(match["close"])


def _without_inline(text: str, stated: list[Typed]) -> str:
    """Blank code and what roles refer to; keep the words that roles show, note what is stated."""

    def replace(match: re.Match[str]) -> str:
        role, body, hidden = match["role"], match["body"], _blanked(match[0])
        if role == "stated":
            stated.append(Typed(1 + text.count("\n", 0, match.start()), body, stated=True))
        elif role is None:
            return body if _is_statistic(body) else hidden
        elif titled := _TITLED.fullmatch(body):
            return titled["title"]
        elif role not in _REFERRING and not role.startswith("cite"):
            return body
        return hidden

    return _INLINE.sub(replace, text)


def _is_statistic(code: str) -> bool:
    """Return whether what is set as code is nothing but a number that is no year."""
    return bool(_NUMBER.fullmatch(code.strip())) and bool(in_words(code))


def _constants(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield the literals that a template's expressions may put on the page, with their lines."""
    for output in tree.find_all(nodes.Output):
        for expression in output.nodes:
            if not isinstance(expression, nodes.TemplateData):
                yield from _literals(expression)
    for assignment in tree.find_all(nodes.Assign):
        yield from _literals(assignment.node)


def _literals(expression: nodes.Node) -> Iterator[tuple[int, str]]:
    """Yield the literals of an expression that can become its value or part of it."""
    match expression:
        case nodes.Const(value=str() | int() | float() as value):
            yield expression.lineno, str(value)
        case nodes.CondExpr():
            for branch in filter(None, (expression.expr1, expression.expr2)):
                yield from _literals(branch)
        case nodes.Filter(node=nodes.Node() as filtered):
            yield from _literals(filtered)
        case nodes.Call(node=nodes.Name(name="n" | "odds" | "spelled" | "v" | "has" | "period")):
            return
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div() if not _is_constant(expression):
            return  # arithmetic on what was looked up
        case nodes.Call() | nodes.Concat() | nodes.BinExpr() | nodes.Neg() | nodes.List():
            for child in expression.iter_child_nodes():
                yield from _literals(child)


def _is_constant(expression: nodes.Expr) -> bool:
    return all(isinstance(leaf, nodes.Const) for leaf in _leaves(expression))


def _leaves(expression: nodes.Node) -> Iterator[nodes.Node]:
    children = list(expression.iter_child_nodes())
    if not children:
        yield expression
    for child in children:
        yield from _leaves(child)
