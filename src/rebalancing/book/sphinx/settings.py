"""Sphinx's settings, as Jupyter Book makes them of ``_config.yml``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from rebalancing.book.kept import code
from rebalancing.files import write_json

CONFIGURATION, CONTENTS = "_config.yml", "_toc.yml"


def of(source: Path, kept: Path) -> dict[str, Any]:
    """Return the settings of a book, which are kept, as asking Jupyter Book takes long.

    Args:
        source: The book.
        kept: Where settings are kept for the next build.
    """
    configuration = (source / CONFIGURATION).read_bytes()
    digest = hashlib.sha256(configuration + code().encode()).hexdigest()
    memory = kept / "settings.json"
    if memory.is_file():
        known = json.loads(memory.read_text(encoding="utf-8"))
        if known["digest"] == digest:
            return dict(known["settings"])
    from jupyter_book.config import get_final_config

    settings, _ = get_final_config(
        user_yaml=source / CONFIGURATION,
        sourcedir=source,
        cli_config={
            "latex_individualpages": False,
            "external_toc_path": str(source / CONTENTS),
            "nitpicky": True,
        },
    )
    write_json(memory, {"digest": digest, "settings": settings}, durable=False)
    return dict(settings)
