"""An executed notebook with the text of today: text changes more often than what it is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rebalancing.notebooks import prose
from rebalancing.notebooks.format import BadNotebookError

Json = dict[str, Any]
INJECTED = "injected-parameters"


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, which is stored as a text or as lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def computes(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell may change a result: it is code, and not text."""
    return bool(cell["cell_type"] == "code") and not prose.is_prose(source_of(cell))


def retell(executed: Json, stored: Json, outputs: Callable[[Json], list[Json]]) -> Json:
    """Return an executed notebook with the text of the stored one.

    Args:
        executed: The executed notebook (format 4); its code is that of the stored one.
        stored: The notebook as it is stored.
        outputs: Returns what a prose cell shows.

    Raises:
        BadNotebookError: The stored one has code that was not executed.
    """
    made = {cell["id"]: cell for cell in executed["cells"]}
    return {**executed, "cells": list(_cells(made, stored, outputs))}


def _cells(
    made: Mapping[str, Json], stored: Json, outputs: Callable[[Json], list[Json]]
) -> Iterator[Json]:
    for cell in stored["cells"]:
        if not computes(cell):
            shown = {"outputs": outputs(cell)} if cell["cell_type"] == "code" else {}
            yield {**cell, "source": source_of(cell), **shown}
            continue
        if cell["id"] not in made:
            raise BadNotebookError(
                f"its cell {cell['id']} has not run; run the notebook again: make report"
            )
        yield made[cell["id"]]
        if "parameters" in cell["metadata"].get("tags", ()) and INJECTED in made:
            yield made[INJECTED]


def computed_part(executed: bytes) -> bytes:
    """Return what an executed notebook has computed, without its text.

    Raises:
        ValueError: It is no notebook.
    """
    content = json.loads(executed)
    try:
        cells = [cell for cell in content["cells"] if computes(cell)]
    except (KeyError, TypeError):
        raise ValueError("no notebook") from None
    return json.dumps({**content, "cells": cells}, sort_keys=True).encode()


def dumped(notebook: Json) -> str:
    """Return a notebook as the text of its file: the same for the same content."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
