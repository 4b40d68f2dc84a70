"""The processed tables: their columns, and reading and writing them.

Each table is one Parquet file under data/processed, written whole or not at all and checked
against its schema first (`rebalancing.data.table_schemas`). Reading checks the columns and their
types only: what is on disk has passed the full check. All releases of a publisher stand side by
side in the column ``release``; ``year`` is a whole number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rebalancing.errors import DataError
from rebalancing.files import atomic
from rebalancing.project import Project

TableName = Literal[
    "economies",
    "groups",
    "national_accounts",
    "expenditure_shares",
    "world_bank",
    "customs",
    "penn_world_table",
    "mirror_trade",
    "missing",
    "real_exchange_rate",
    "world_economic_outlook",
    "china_accounts",
    "china_monthly",
    "input_output",
    "industry",
    "product_exports",
    "missing_indicators",
]
NAMES: tuple[TableName, ...] = get_args(TableName)

# Name and pandas type of every column, in order.
COLUMNS: dict[TableName, dict[str, str]] = {
    "economies": {
        "economy": "str",
        "name": "str",
        "in_text": "str",
        "kind": "str",
        "first_year": "Int64",
        "last_year": "Int64",
        "note": "str",
    },
    "groups": {"group": "str", "economy": "str"},
    "national_accounts": {
        "release": "str",
        "prices": "str",
        "economy": "str",
        "year": "int64",
        "item": "str",
        "value": "float64",
    },
    "expenditure_shares": {
        "release": "str",
        "currency": "str",
        "economy": "str",
        "year": "int64",
        "gdp": "float64",
        "household_pct_gdp": "float64",
        "government_pct_gdp": "float64",
        "final_consumption_pct_gdp": "float64",
        "capital_formation_pct_gdp": "float64",
        "exports_pct_gdp": "float64",
        "imports_pct_gdp": "float64",
        "net_exports_pct_gdp": "float64",
        "manufacturing_pct_gdp": "float64",
        "residual_pct_gdp": "float64",
    },
    "world_bank": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "year": "int64",
        "value": "float64",
        "unit": "str",
    },
    "customs": {
        "release": "str",
        "economy": "str",
        "partner": "str",
        "month": "datetime64[us]",
        "exports_usd_bn": "float64",
        "imports_usd_bn": "float64",
    },
    "penn_world_table": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "year": "int64",
        "value": "float64",
        "unit": "str",
    },
    "mirror_trade": {
        "release": "str",
        "economy": "str",
        "partner": "str",
        "series": "str",
        "year": "int64",
        "usd_bn": "float64",
    },
    "missing": {
        "table": "str",
        "economy": "str",
        "series": "str",
        "first_year": "int64",
        "last_year": "int64",
        "n_missing": "int64",
        "reason": "str",
    },
    "real_exchange_rate": {
        "release": "str",
        "economy": "str",
        "month": "datetime64[us]",
        "index_2020_100": "float64",
    },
    "world_economic_outlook": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "year": "int64",
        "value": "float64",
        "unit": "str",
        "first_forecast_year": "Int64",
    },
    "china_accounts": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "period": "str",
        "frequency": "str",
        "value": "float64",
        "unit": "str",
    },
    "china_monthly": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "month": "datetime64[us]",
        "value": "float64",
        "unit": "str",
    },
    "input_output": {
        "release": "str",
        "economy": "str",
        "source": "str",
        "series": "str",
        "sector": "str",
        "sector_name": "str",
        "year": "int64",
        "value": "float64",
        "unit": "str",
    },
    "industry": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "year": "int64",
        "value": "float64",
        "unit": "str",
    },
    "product_exports": {
        "release": "str",
        "economy": "str",
        "series": "str",
        "year": "int64",
        "usd_bn": "float64",
        "flag": "str",
    },
    "missing_indicators": {
        "table": "str",
        "economy": "str",
        "series": "str",
        "first_year": "int64",
        "last_year": "int64",
        "n_missing": "int64",
        "reason": "str",
    },
}

# The columns that tell the rows of a table apart, in the order in which it is sorted.
KEYS: dict[TableName, list[str]] = {
    "economies": ["economy"],
    "groups": ["group", "economy"],
    "national_accounts": ["release", "prices", "economy", "year", "item"],
    "expenditure_shares": ["release", "currency", "economy", "year"],
    "world_bank": ["release", "economy", "series", "year"],
    "customs": ["release", "economy", "partner", "month"],
    "penn_world_table": ["release", "economy", "series", "year"],
    "mirror_trade": ["release", "economy", "partner", "series", "year"],
    "missing": ["table", "economy", "series", "first_year"],
    "real_exchange_rate": ["release", "economy", "month"],
    "world_economic_outlook": ["release", "economy", "series", "year"],
    "china_accounts": ["release", "economy", "series", "period"],
    "china_monthly": ["release", "economy", "series", "month"],
    "input_output": ["release", "economy", "source", "series", "sector", "year"],
    "industry": ["release", "economy", "series", "year"],
    "product_exports": ["release", "economy", "series", "year"],
    "missing_indicators": ["table", "economy", "series", "first_year", "reason"],
}
# The notebook 01_indicators makes these, 01_clean the others.
_OF_INDICATORS = NAMES[NAMES.index("real_exchange_rate") :]
COMPRESSION_LEVEL = 3  # what takes three times as long saves a twentieth of the size


def path(project: Project, name: TableName) -> Path:
    """Return where a table is stored."""
    return project.processed / f"{name}.parquet"


def read(
    project: Project, name: str, only: Mapping[str, Collection[str]] | None = None
) -> pd.DataFrame:
    """Read a processed table, or the rows of it that are asked for.

    Args:
        project: Where data/processed is.
        name: One of `NAMES`.
        only: The values that are wanted, by column; the other rows are never in memory.

    Raises:
        DataError: There is no such table, it has not been made yet, or its file is damaged or
            from another version of the project.
    """
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


def write(project: Project, name: TableName, frame: pd.DataFrame) -> Path:
    """Check a table against its schema, write it and return its path.

    Raises:
        TableError: The table breaks its schema; nothing is written.
    """
    from rebalancing.data import table_schemas  # imports pandera, which readers need not wait for

    checked = table_schemas.check(name, frame)
    with atomic(path(project, name)) as temporary:
        table = pa.Table.from_pandas(checked, preserve_index=False)
        pq.write_table(table, temporary, compression="zstd", compression_level=COMPRESSION_LEVEL)
    return path(project, name)


def _maker(name: TableName) -> str:
    return "01_indicators" if name in _OF_INDICATORS else "01_clean"


def _remake(name: TableName) -> str:
    return f"delete it and run the notebook {_maker(name)} again"


def _shown(project: Project, file: Path) -> str:
    return file.relative_to(project.root).as_posix()
