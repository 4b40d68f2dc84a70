"""Faults of wording that a text shows in some case, found in what readers see."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONG = 12  # words: more are a sentence, not a label
_FAULTS = {
    "empty emphasis": r"\*\*\s*\*\*(?!\*)",
    "a doubled space": r"(?<=\S)  +(?=\S)",
    "a doubled full stop": r"(?<!\.)\.\.(?!\.)|\.,|,\.|,,",
    "a space before a mark": r"(?<=\w) [.,;:!?](?=\s|$)",
    "no value": r"\b(?:nan|NaN|inf|undefined|Undefined)\b|\bNone\b(?! (?:of|is)\b)|\{\{|\{%|\{\}",
    "nothing counted": r"(?<![\d.,–−-])0 (?!to\b|and\b|or\b|\()[a-z]+|\$0(?:\.0+)?(?![\d.])\b",
    "a change of nothing": r"\b(?:by|changed) 0\.0+(?: points| ?%)?(?!\d)"
    r"|(?<![\d.])0\.0+ points (?:higher|lower|more|less|above|below)",
    "a sign beside its word": r"\b(?:by|grew|rose|fell|shrank|outgrow GDP by|higher|lower) −\d"
    r"|−[\d.]+ points (?:higher|lower|more|less|above|below)",
    "from a value to itself": r"\b(?i:between|from) ([\w.%$ −]{1,20}) (?:and|to) \1(?![\w%]|\.\d)"
    r"(?<!year to year)(?<!end to end)",
    "one of several": r"(?<![\d.,$−-])1 (?!has|is|was|its|does|less|plus|this|holds|lies)[a-z]+s\b",
    "one with a plural": r"\b1 (?:hold|do|are|were|have|lie|find|come)\b",
    "a small letter after a full stop": r"(?<=[a-z0-9%)])(?<!\be\.g)(?<!\bi\.e)(?<!\bal)\. +[a-z]",
}  # fmt: skip
_FAULT = {name: re.compile(pattern) for name, pattern in _FAULTS.items()}
_CODE = re.compile(r"^```.*?^```[ \t]*$|`[^`\n]*`|<[^>]+>", re.MULTILINE | re.DOTALL)
_FORMULA = re.compile(r"\n*\$\$.*?\$\$\n*", re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[-*+]|1\.)\s*$", re.MULTILINE)
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.) )|\n(?=#|:|\|)|(?<=\|)\n")
_BEFORE = re.compile(r"^[\s>*_#(“\"]*(?:(?:[-*+]|\d+\.)\s+)?[*_(“\"\[]*")


def faults(shown: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a text in Markdown, each with the words around it."""
    plain = _CODE.sub(lambda code: "\n" * code[0].count("\n") or "Code", shown.replace("\\$", "$"))
    plain = _FORMULA.sub(" $X$ ", plain)
    plain = re.sub(r"\]\([^()\s]*\)", "]", plain.replace("\N{NO-BREAK SPACE}", " "))
    for item in _ITEM.finditer(plain):
        yield "an empty item", plain[max(0, item.start() - 40) : item.end() + 40]
    for paragraph in _BREAK.split(plain):
        words = re.sub(r"\s*\n\s*", " ", paragraph.strip())
        if not words or words.startswith(("|", "$$", "---")):
            continue
        for name, pattern in _FAULT.items():
            for found in pattern.finditer(words):
                yield name, words[max(0, found.start() - 40) : found.end() + 40]
        if words.count("(") != words.count(")") or words.count("[") != words.count("]"):
            yield "an unclosed bracket", words
        if re.match(r"[a-z]", words[_BEFORE.match(words).end() :] or "A") and not _is_label(words):
            yield "a paragraph that begins small", words[:60]
        if (
            re.search(r"(?:\w|(?<!\.)\))[,;]?$", words)
            and len(words.split()) > 12
            and not _is_label(words)
        ):
            yield "a paragraph without an end", words[-60:]


def _is_label(words: str) -> bool:
    """Return whether words stand beside a number, or in a heading, and need be no sentence."""
    return words.startswith(("- **", "#", ":", "(")) or bool(re.fullmatch(r"\*\*.*\*\*", words))
