"""The colours of figures, light and dark.

A figure is drawn once, in the light colours. On the page each colour is a CSS custom property
(``var(--economy, #b3202c)``), so that the same drawing follows the reader's light or dark mode.
Colours of words and lines have a contrast of at least 4.5:1 against the page, light and dark, and
all series stay apart under the common forms of colour blindness; tests check both.

Kept apart from what draws, which is slow to import: the pages need the colours alone.
"""

from __future__ import annotations

import re

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
