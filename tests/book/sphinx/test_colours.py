"""Code is coloured as IPython's own rules would colour it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ipython_pygments_lexers import IPython3Lexer
from pygments.lexers.python import PythonLexer

from rebalancing.book.sphinx.colours import CodeLexer

REPOSITORY = Path(__file__).resolve().parents[3]
OF_PYTHON = ['f"{share:.1f}% of {gdp!r}?"', "a != b", "rest = 7 % 2", "rest %= 2"]
OF_IPYTHON = [
    *("%time f(x)", "%%time\nf(x)", "%%html\n<p>", "x = %sx ls\n", "y = 1 %b\n", "share %= 2"),
    *(
        "!ls -l",
        "files = !ls\n",
        "!!ls\n",
        "f?",
        "f??",
        "?f",
        "%time?",
        "  ?f.*\n",
        "f(x)\n x.y ?\n",
    ),
]


def parts(lexer: PythonLexer, code: str) -> list[tuple[object, str]]:
    return list(lexer.get_tokens(code))


@pytest.mark.parametrize("code", OF_PYTHON + OF_IPYTHON)
def test_all_code_is_taken_apart_by_the_rules_of_ipython(code: str) -> None:
    assert parts(CodeLexer(), code) == parts(IPython3Lexer(), code)
    assert "".join(words for _, words in parts(CodeLexer(), code)).strip() == code.strip()


def test_so_is_that_of_all_chapters() -> None:
    notebooks = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
    cells = [cell for path in notebooks for cell in json.loads(path.read_text())["cells"]]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(codes) > 100
    assert not [code for code in codes if parts(CodeLexer(), code) != parts(IPython3Lexer(), code)]


def test_the_rules_of_ipython_make_a_difference() -> None:
    same = [code for code in OF_IPYTHON if parts(PythonLexer(), code) == parts(CodeLexer(), code)]
    assert same == ["share %= 2"]
