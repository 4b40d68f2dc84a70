"""What papermill learns from this project, under its own command, too: parameters of two types.

papermill reads a notebook's parameters line by line, and does not know ``economy: str | None``.
It then says of each that it is unknown, and `papermill --help-notebook` that there are none. For
notebooks with the project's kernel it reads them as below. papermill loads this module because it
is named as an engine; the engine is papermill's usual one.
"""

from __future__ import annotations

import re

from papermill.engines import NBClientEngine
from papermill.translators import PythonTranslator, papermill_translators

KERNEL = "rebalancing"
ENGINE = NBClientEngine


class Translator(PythonTranslator):  # type: ignore[misc]
    """papermill's own, with ``|`` among the signs of a type."""

    PARAMETER_PATTERN = re.compile(
        PythonTranslator.PARAMETER_PATTERN.pattern.replace(r"[\w_\[\],\s]*", r"[\w_\[\],\s|]*")
    )


papermill_translators.register(KERNEL, Translator)
