"""Text of the book's pages: Markdown in which numbers are looked up, never typed.

A page, or a Markdown cell of a notebook, is a Jinja2 template. It may use ``n("key")`` for a
recorded number as the reader sees it (with its hover card), ``v("key")`` for the bare value and
``has("key")`` in conditions, ``period("key")``, the helpers of `rebalancing.report.text`
(``percent``, ``parameter``, ``possessive``, ``capitalise``) and the names that
`rebalancing.book.pages.context` lists. A key or name that does not exist is an error that says
where and what comes close::

    Households spend {{ n("consumption.share.latest") }} of GDP [@durbin2012; @harvey1989].

What is looked up is words, not markup (`rebalancing.report.prose.templates`): ``code`` and
``fenced`` show words as code, and ``link`` an address as a link.

Literature is cited by its key in references.bib, in brackets, as Pandoc does. Comments are written
``{## like this ##}``, because MyST uses ``{#`` for its own purposes.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from rebalancing.answers import Ask, anew
from rebalancing.errors import RebalancingError
from rebalancing.report import markdown, text
from rebalancing.report.prose import templates
from rebalancing.report.prose.premises import as_template

_TAG = r"\{%(?:[^%]|%(?!\}))*%\}"
_TAG_LINE = re.compile(
    rf"^[ \t]*(?P<tags>(?:{_TAG}[ \t]*)*\{{%(?:[^%]|%(?!\}}))*?)(?P<end>[-+]?%\}})[ \t]*\n",
    re.MULTILINE,
)
_CITED = re.compile(r"\[(@[\w:-]+(?:; ?@[\w:-]+)*)\]")


class ProseError(RebalancingError):
    """Text of a page that cannot be rendered."""


class _UnknownKeyError(Exception):
    """A result that no chapter recorded."""


@dataclass(frozen=True)
class Recorded:
    """The recorded results, as templates look them up."""

    results: Mapping[str, Mapping[str, Any]]

    def n(
        self,
        key: str,
        *,
        magnitude: bool = False,
        bare: bool = False,
        finer: bool = False,
        chosen: bool = False,
    ) -> Markup:
        """Return the role that the book turns into the number with its hover card.

        Years, counts and words have no card there (`text.has_card`), and neither has the bound of
        an interval beside its estimate, whose card names both bounds.

        Args:
            key: The result's key.
            magnitude: Show it without its sign, for "fell by".
            bare: Show it without the words of its unit, for the bounds of an interval.
            finer: Show one more digit, for two levels and their difference in one sentence.
            chosen: Show it without a card, as a threshold or an aim that was chosen, not measured.
        """
        entry = self._entry(key)
        if chosen:
            return markdown.escaped(text.form(entry["value"], entry["unit"]))
        if not (magnitude or bare or finer) or text.kind(entry["unit"]) in ("words", "finding"):
            return Markup(f"{{result}}`{key}`")
        form = text.finer if finer else text.bare if bare else text.form
        shown = form(abs(entry["value"]) if magnitude else entry["value"], entry["unit"])
        return Markup(f"{{result}}`{shown} <{key}>`")

    def odds(self, key: str) -> Markup:
        """Return a probability in words, ``about one in ten``, with the number in its card."""
        return Markup(f"{{result}}`{text.odds(self._entry(key)['value'])} <{key}>`")

    def spelled(self, key: str, noun: str = "") -> Markup:
        """Return a round number as a sentence spells it: ``fifteen years``.

        It is one that was chosen, such as a threshold, and has no card. A percentage that is a
        simple fraction is spelled as one: ``four fifths``.

        Args:
            key: The result's key, such as a threshold's.
            noun: What is counted, in the singular; in the plural after more than one.
        """
        entry = self._entry(key)
        value = float(entry["value"])
        number = text.spelled_part(value) if entry["unit"].startswith("% of ") else ""
        words = f"{noun}s" if noun and value > 1 else noun
        shown = " ".join(filter(None, (number or text.spelled(value), words)))
        return markdown.escaped(shown)

    def by_sign(
        self,
        key: str,
        above: str = "rose by {}",
        below: str = "fell by {}",
        none: str = "did not change",
        *,
        finer: bool = False,
    ) -> Markup:
        """Return words that go with the sign of a number, with its size in place of ``{}``.

        Args:
            key: The result's key.
            above: The words where it is above zero.
            below: The words where it is below.
            none: The words where it would be shown as nothing.
            finer: As for `n`.
        """
        entry = self._entry(key)
        value = float(entry["value"])
        is_seen = not text.is_nothing(value, entry["unit"])
        words = (above if value > 0 else below) if is_seen else none
        return self._around(key, words, magnitude=True, finer=finer)

    def counted(self, key: str, one: str, several: str, none: str) -> Markup:
        """Return words that go with a count, with the count in place of ``{}``.

        Args:
            key: The result's key.
            one: The words where it is one.
            several: The words where it is more.
            none: The words where it is zero.
        """
        value = float(self._entry(key)["value"])
        return self._around(key, several if value > 1 else one if value else none)

    def _around(
        self, key: str, words: str, *, magnitude: bool = False, finer: bool = False
    ) -> Markup:
        """Return words with a number in place of ``{}``, if they have one."""
        before, number, after = words.partition("{}")
        shown = self.n(key, magnitude=magnitude, finer=finer) if number else Markup("")
        return markdown.escaped(before) + shown + markdown.escaped(after)

    def has(self, key: str) -> bool:
        """Return whether a result was recorded and its publisher has a figure."""
        return key in self.results and self.results[key]["value"] is not None

    def word(self, key: str) -> str:
        """Return the word of a finding; nothing where none was recorded, as its section is out."""
        return str(self.results[key]["value"]) if self.has(key) else ""

    def v(self, key: str) -> Any:
        """Return the value, unrounded."""
        return self._entry(key)["value"]

    def period(self, key: str) -> str:
        """Return the year or span that the number is about."""
        return str(self._entry(key)["period"])

    def _entry(self, key: str) -> Mapping[str, Any]:
        if key not in self.results:
            raise _UnknownKeyError(f"no result {key!r} is recorded; {_nearest(key, self.results)}")
        return self.results[key]


class Prose:
    """Renders the templates of one edition.

    Attributes:
        environment: What texts of pages are rendered in; configuration has another.
    """

    def __init__(self, recorded: Recorded, context: Mapping[str, Any], ask: Ask = anew) -> None:
        lookups = (
            recorded.n,
            recorded.odds,
            recorded.spelled,
            recorded.by_sign,
            recorded.counted,
            recorded.word,
            recorded.v,
            recorded.period,
            recorded.has,
        )
        helpers = (text.capitalise, text.possessive, text.percent, text.parameter)
        marks = (markdown.code, markdown.fenced, markdown.link)
        functions = {function.__name__: function for function in (*lookups, *helpers, *marks)}
        self.environment, self._configuration = templates.pages(ask), templates.configuration(ask)
        self.environment.globals = self._configuration.globals = {**context, **functions}

    def render(self, template: str, where: str) -> str:
        """Return a text of Markdown with everything looked up.

        Args:
            template: The text with templates in it.
            where: The page, and the cell if it has any, for the message.

        Raises:
            ProseError: A key, name or expression that cannot be resolved, or may not be used.
        """
        return _CITED.sub(_cite, _rendered(self.environment, template, where))

    def page(self, page: str, where: str) -> str:
        """Return a page, whose parts may have premises; arguments and errors as for `render`."""
        try:
            return self.render(as_template(page), where)
        except ValueError as error:
            raise ProseError(f"{where}, {error}") from None

    def configure(self, template: str, where: str) -> str:
        """Return a text of YAML with everything looked up; arguments and errors as for `render`."""
        return _rendered(self._configuration, template, where)


def _without_tag_lines(template: str) -> str:
    """Return a template in which a line that holds only tags adds nothing, not even its end.

    The end of the line moves into its last tag, so that messages count lines as the author does.
    """
    return _TAG_LINE.sub(r"\g<tags>\n\g<end>", template)


def _rendered(environment: templates.Sandbox, template: str, where: str) -> str:
    """Return what a template becomes."""
    try:
        return environment.from_string(_without_tag_lines(template)).render()
    except _UnknownKeyError as error:
        raise ProseError(f"{where}: {error}") from None
    except TemplateSyntaxError as error:
        raise ProseError(f"{where}, line {error.lineno}: {error.message}") from None
    except UndefinedError as error:
        known = ", ".join(sorted(environment.globals))
        raise ProseError(f"{where}: {error.message}; a template may use: {known}") from None
    except (SecurityError, RecursionError, MemoryError, OverflowError) as error:
        said = "; a page may not do that" if isinstance(error, SecurityError) else " is too much"
        raise ProseError(f"{where}{_line(error)}: {_flat(error)}{said}") from None
    except Exception as error:  # whatever an expression of the page comes to
        raise ProseError(f"{where}: {_flat(error)}") from None


def _line(error: BaseException) -> str:
    """Return the line of a template at which an error came up, for a message."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return f", line {lines[-1]}" if lines else ""


def _flat(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _cite(match: re.Match[str]) -> str:
    keys = ",".join(part.strip().removeprefix("@") for part in match[1].split(";"))
    return f"{{cite:p}}`{keys}`"


def _nearest(key: str, keys: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, keys, n=3, cutoff=0.4)
    if near:
        return f"nearest: {', '.join(near)}"
    return "its chapter has not run" if keys else "no chapter has recorded anything yet"
