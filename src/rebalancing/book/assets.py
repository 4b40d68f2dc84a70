"""What the pages load: fonts and colours, all served from the site itself."""

from __future__ import annotations

from pathlib import Path

from rebalancing.book import fonts
from rebalancing.files import write_atomic
from rebalancing.report import palette

STATIC = "_theme/report/static"  # below a book's folder


def install(static: Path, cache: Path) -> None:
    """Write fonts and the figures' colours into a theme's folder of static files.

    Args:
        static: The theme's folder.
        cache: Where prepared fonts are kept between builds.
    """
    fonts.install(static, cache)
    write_atomic(static / "colours.css", palette.stylesheet(), durable=False)
