"""The house style of figures: type, lines, and who gets which colour of the palette."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager

from rebalancing.report.palette import COLOURS

FONT = "Source Sans Pro"

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


def small() -> float:
    """Return the size of the least text in points: 11 px where a phone of 360 shows a drawing."""
    return 0.94 * float(mpl.rcParams["font.size"])


def colours(
    economy: str | None, others: Sequence[str], peers: Sequence[str] = ()
) -> dict[str, str]:
    """Return one colour per economy: the accent for the one of interest, then in fixed order.

    A peer has the colour that it has where all peers are drawn; the others get what is left.
    """
    accent = {} if economy is None else {economy: ECONOMY}
    own = {peer: colour for peer, colour in zip(peers, PEERS, strict=False) if peer in others}
    left = [colour for colour in PEERS if colour not in own.values()]
    strangers = [code for code in others if code not in own]
    return {**accent, **own, **dict(zip(strangers, left, strict=False))}
