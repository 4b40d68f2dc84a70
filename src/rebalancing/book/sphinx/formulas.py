"""Formulas as MathML, drawn by the browser itself: no script, no font, and read aloud as formulas.

They are translated when a page is written, by docutils. Sphinx counts a formula that cannot be
translated as a warning, which stops the book.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

_LOG = logging.getLogger(__name__)


def mathml(formula: str, *, as_block: bool) -> str:
    """Return a formula in LaTeX as MathML.

    Raises:
        MathError: It has a command that docutils does not know.
    """
    return str(latex2mathml.tex2mathml(formula.strip(), as_block=as_block))


def _written(node: nodes.Element, *, as_block: bool) -> str:
    try:
        return mathml(node.astext(), as_block=as_block)
    except MathError as error:
        _LOG.warning("the formula %r cannot be drawn: %s", node.astext(), error, location=node)
        return ""


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    formula = _written(node, as_block=False)
    translator.body.append(f'<span class="math">{formula}</span>')
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="math">{_written(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the writer, which the configuration chooses by its name."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True}
