"""What the pages load: fonts, colours and formulas, all served from the site itself."""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from rebalancing.book import fonts
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.report import palette

STATIC = "_theme/report/static"  # below a book's folder
# MathJax as a Python package. As a Sphinx extension it would add its 15 MB to every site; the
# pages need one script and its fonts.
_MATHJAX = "sphinx-mathjax-offline"
_MATHJAX_PARTS = ("tex-chtml.js", "output/chtml/fonts/woff-v2")


class AssetError(RebalancingError):
    """A package that carries a part of the site is missing."""


def install(static: Path, cache: Path) -> None:
    """Write fonts, the figures' colours and MathJax into a theme's folder of static files.

    Args:
        static: The theme's folder.
        cache: Where prepared fonts are kept between builds.

    Raises:
        AssetError: MathJax is not installed.
    """
    fonts.install(static, cache)
    write_atomic(static / "colours.css", palette.stylesheet())
    source = _mathjax()
    for part in _MATHJAX_PARTS:
        target = static / "mathjax" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / part).is_dir() else shutil.copyfile
        copy(source / part, target)
    _keep_inside(static / "mathjax" / "tex-chtml.js")


def _keep_inside(script: Path) -> None:
    """Take the addresses of MathJax's speech parts, which the pages do not use, out of it."""
    write_atomic(script, re.sub(rb"https://cdn\.jsdelivr\.net/npm/", b"", script.read_bytes()))


def _mathjax() -> Path:
    spec = find_spec(_MATHJAX)
    if spec is None or spec.origin is None:
        raise AssetError(f"the package {_MATHJAX} is missing; install requirements.lock")
    return Path(spec.origin).parent / "static" / "mathjax"
