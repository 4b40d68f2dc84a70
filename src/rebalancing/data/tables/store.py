"""Reading and writing the processed tables.

Each table is one Parquet file under data/processed, written whole or not at all and checked
against its schema first (`rebalancing.data.tables.schemas`). Reading checks the columns and their
types only: what is on disk has passed the full check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rebalancing.data.tables.columns import COLUMNS, NAMES, TableName
from rebalancing.errors import DataError
from rebalancing.files import atomic
from rebalancing.project import Project

if TYPE_CHECKING:
    import pandas as pd

# Which notebook makes the tables from a name on.
_FROM = {"real_exchange_rate": "01_indicators", "household_survey": "01_further"}
GROUP = 50_000  # rows that are read together; a reader of a few series skips most groups
COMPRESSION_LEVEL = 3  # higher levels take three times as long to save 5% of the size


def path(project: Project, name: TableName) -> Path:
    """Return where a table is stored."""
    return project.processed / f"{name}.parquet"


def read_processed(
    project: Project, name: str, only: Mapping[str, Collection[str]] | None = None
) -> pd.DataFrame:
    """Read a processed table, or the rows of it that are asked for.

    Args:
        project: Where data/processed is.
        name: One of `columns.NAMES`.
        only: The values that are wanted, by column; the other rows are never in memory.

    Raises:
        DataError: There is no such table, it has not been made yet, or its file is damaged or
            from another version of the project.
    """
    import pyarrow as pa  # slow to import, and groups and names are asked for without tables
    import pyarrow.parquet as pq

    if name not in COLUMNS:
        raise DataError(f"There is no table '{name}'; the tables are {', '.join(NAMES)}")
    file = path(project, name)
    try:
        wanted = [(column, "in", list(values)) for column, values in (only or {}).items()]
        frame: pd.DataFrame = pq.read_table(file, filters=wanted or None).to_pandas()
    except FileNotFoundError:
        raise DataError(
            f"{_shown(project, file)} does not exist yet; run `make report`, or the notebook "
            f"{_maker(name)}, which makes it"
        ) from None
    except (OSError, pa.ArrowException) as error:
        why = " ".join(str(error).split())
        raise DataError(
            f"{_shown(project, file)} cannot be read ({why}); {_remake(name)}"
        ) from None
    found = {column: str(dtype) for column, dtype in frame.dtypes.items()}
    if found != COLUMNS[name]:
        raise DataError(f"{_shown(project, file)} has other columns than expected; {_remake(name)}")
    return frame


def write_processed(project: Project, name: TableName, frame: pd.DataFrame) -> Path:
    """Check a table against its schema, write it and return its path.

    Raises:
        TableError: The table breaks its schema; nothing is written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from rebalancing.data.tables import schemas

    checked = schemas.check_table(name, frame)
    with atomic(path(project, name)) as temporary:
        table = pa.Table.from_pandas(checked, preserve_index=False)
        pq.write_table(
            table,
            temporary,
            row_group_size=GROUP,
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
        )
    return path(project, name)


def _maker(name: TableName) -> str:
    maker = "01_clean"
    for table in NAMES[: NAMES.index(name) + 1]:
        maker = _FROM.get(table, maker)
    return maker


def _remake(name: TableName) -> str:
    return f"delete it and run the notebook {_maker(name)} again"


def _shown(project: Project, file: Path) -> str:
    return file.relative_to(project.root).as_posix()
