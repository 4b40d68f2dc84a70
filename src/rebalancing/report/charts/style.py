"""The house style of figures: type, lines and colours, light and dark.

A figure is drawn once, in the light colours. On the page each colour is a CSS custom property
(``var(--economy, #b3202c)``), so that the same drawing follows the reader's light or dark mode.
Colours of words and lines have a contrast of at least 4.5:1 against the page, light and dark, and
all series stay apart under the common forms of colour blindness; tests check both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager

FONT = "Source Sans Pro"

# name of the CSS custom property -> (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "ink": ("#1f2328", "#e8e6e1"),
    "muted": ("#62686f", "#a3a8ae"),
    "grid": ("#dfe1e4", "#363c43"),
    "context": ("#c3c7cc", "#4d545c"),
    "economy": ("#b3202c", "#ff7a73"),
    "peer-1": ("#0063c6", "#42a5fd"),
    "peer-2": ("#b35c00", "#fdbb79"),
    "peer-3": ("#0a7d5c", "#42d1a5"),
    "peer-4": ("#794d8f", "#d1b0e7"),
    "peer-5": ("#584d00", "#bbbb16"),
    "peer-6": ("#303a6b", "#798fbb"),
}
PAGE = {"light": "#ffffff", "dark": "#15191e"}

INK, MUTED, GRID, CONTEXT = (COLOURS[name][0] for name in ("ink", "muted", "grid", "context"))
ECONOMY = COLOURS["economy"][0]
PEERS = [light for name, (light, _) in COLOURS.items() if name.startswith("peer-")]

_RC = {
    "font.family": FONT,
    "axes.axisbelow": True,
    "axes.edgecolor": GRID,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.bottom": False,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.solid_capstyle": "round",
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,  # a label with two dollar signs is no formula
    "xtick.bottom": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.left": False,
}


def _register_fonts() -> None:
    """Make the text face known to matplotlib, from the package that carries it."""
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    for weight in ("Regular", "It", "Semibold", "Bold"):
        font_manager.fontManager.addfont(str(folder / f"SourceSansPro-{weight}.ttf"))


_register_fonts()


@contextmanager
def house_style(salt: str, *, size: float = 10.5) -> Iterator[None]:
    """Draw in the house style.

    Args:
        salt: Makes the ids inside an SVG its own, and reproducible.
        size: The text's size in points.
    """
    sizes = {f"{part}.labelsize": size for part in ("axes", "xtick", "ytick")}
    import seaborn as sns  # slow to import, and needed only where something is drawn

    with mpl.rc_context(), sns.axes_style("white"):
        parameters: Any = {**_RC, **sizes, "font.size": size, "svg.hashsalt": salt}
        mpl.rcParams.update(parameters)
        yield


def colours(economy: str | None, others: Sequence[str]) -> dict[str, str]:
    """Return one colour per economy: the accent for the one of interest, then in fixed order."""
    accent = {} if economy is None else {economy: ECONOMY}
    return {**accent, **dict(zip(others, PEERS, strict=False))}


def themed(svg: str) -> str:
    """Return an SVG whose colours are CSS custom properties that fall back on the light ones."""
    names = {light: name for name, (light, _) in COLOURS.items()}
    pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE)
    return pattern.sub(lambda m: f"var(--{names[m[0].lower()]}, {m[0].lower()})", svg)


def stylesheet() -> str:
    """Return the custom properties of the figures as CSS, for light and for dark pages."""
    light = "".join(f"  --{name}: {pair[0]};\n" for name, pair in COLOURS.items())
    dark = "".join(f"  --{name}: {pair[1]};\n" for name, pair in COLOURS.items())
    # Paper is light, whatever the screen is.
    return f':root {{\n{light}}}\n@media screen {{ html[data-theme="dark"] {{\n{dark}}} }}\n'
