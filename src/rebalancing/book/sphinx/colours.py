"""The code of chapters, coloured by the rules of Python; those of IPython only where they apply.

There are thirty of IPython's, tried before Python's at each word, and nearly all code has nothing
that any of them is for: a percent sign that is not in a string, or what Python calls an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipython_pygments_lexers import IPython3Lexer  # type: ignore[import-untyped]
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Error, Operator  # type: ignore[import-untyped]
from sphinx.application import Sphinx

CodePart = tuple[int, Any, str]  # of code: where it is, what it is, and its text


class CodeLexer(PythonLexer):  # type: ignore[misc]
    """What takes the code of a cell apart."""

    def get_tokens_unprocessed(
        self, text: str, stack: tuple[str, ...] = ("root",)
    ) -> Iterator[CodePart]:
        """Yield the parts of code."""
        parts = list(super().get_tokens_unprocessed(text, stack))
        if any(map(_is_of_ipython, parts)):
            return IPython3Lexer().get_tokens_unprocessed(text, stack)  # type: ignore[no-any-return]
        return iter(parts)


def _is_of_ipython(part: CodePart) -> bool:
    """Return whether one of IPython's rules may apply here, or shortly before."""
    _, kind, words = part
    return kind is Error or (kind is Operator and words.startswith("%"))


def setup(app: Sphinx) -> None:
    """Register what takes code apart."""
    app.add_lexer("ipython3", CodeLexer)
