"""What a sweep has recorded, as one table: a row for each result of each point of the grid."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rebalancing.errors import DamagedFileError
from rebalancing.files import atomic, write_atomic
from rebalancing.sweeps.plan import Plan
from rebalancing.sweeps.store import Store

SweepRow = dict[str, Any]
# Of a recorded result; `value` holds numbers, `words` what is none.
COLUMNS = ("chapter", "key", "value", "words", "text", "unit", "period", "definition", "release")
_TEXTS = tuple(name for name in COLUMNS if name not in {"value", "words"})


def rows(plan: Plan, store: Store) -> Iterator[SweepRow]:
    """Yield the recorded results of all runs that are there, by point, chapter and key.

    Raises:
        DamagedFileError: A chapter wrote something else than results.
    """
    for point in plan.points:
        if point.study is None:
            continue
        grid = {name: plain(value) for name, value in point.values.items()}
        for chapter in plan.chapters:
            address = plan.addresses[point.label, chapter]
            if not store.has(address):
                continue
            for result in _recorded(store, address, chapter):
                value = result["value"]
                is_number = isinstance(value, int | float)
                yield {
                    "point": point.label,
                    **grid,
                    **{name: str(result[name]) for name in _TEXTS},
                    "value": float(value) if is_number else None,
                    "words": None if is_number or value is None else str(value),
                    "run": address,
                }


def _recorded(store: Store, address: str, chapter: str) -> list[SweepRow]:
    content = store.files(address).get(f"results/{chapter}.json")
    try:
        return list(json.loads(content)["results"]) if content else []
    except (ValueError, KeyError, TypeError):
        place = store.place(address)
        raise DamagedFileError(
            f"{place} has no recorded results; remove the folder and run the sweep again"
        ) from None


def plain(value: Any) -> Any:
    """Return a value of the grid as a column has it: a number, or text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return value


def write_parquet(path: Path, content: Sequence[SweepRow], axes: Sequence[str]) -> None:
    """Write the table; the same rows give the same bytes."""
    import pyarrow as pa
    from pyarrow import parquet

    names = ["point", *axes, *COLUMNS, "run"]
    columns = {}
    for name in names:
        values = [row[name] for row in content]
        if name == "value":
            columns[name] = pa.array(values, pa.float64())
        elif name in axes and values and all(type(value) is int for value in values):
            columns[name] = pa.array(values, pa.int64())
        elif name in axes and values and all(isinstance(v, int | float) for v in values):
            columns[name] = pa.array([float(value) for value in values], pa.float64())
        else:
            columns[name] = pa.array([v if v is None else str(v) for v in values], pa.string())
    with atomic(path) as temporary:
        parquet.write_table(pa.table(columns), temporary, compression="zstd")


def write_csv(path: Path, content: Sequence[Mapping[str, str]], columns: Sequence[str]) -> None:
    """Write rows of text below a head."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(content)
    write_atomic(path, text.getvalue())


def logged_failures(folder: Path) -> dict[str, str]:
    """Return why runs had failed, by the names of their logs, as a sweep's list has it."""
    try:
        with (folder / "failures.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, ValueError, csv.Error):
        return {}
    logs = {str(row.get("log") or ""): str(row.get("reason") or "") for row in rows}
    return {Path(log).name: why for log, why in logs.items() if log and (folder / log).is_file()}
