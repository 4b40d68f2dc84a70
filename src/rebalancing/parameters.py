"""The parameters of a study: what each means, what it may be, and what to say of another value.

One definition serves study.yml, the command line, the notebooks and the book's page *Parameters*.
Values live in study.yml; nothing here has a default, so that a value has one home. What the data
allow is checked by `rebalancing.study`.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from rebalancing.quoting import shown

FIRST_YEAR_OF_DATA = 1970


def _split(value: object) -> object:
    """Accept ``USA,JPN`` and ``[USA, JPN]`` where a list is meant."""
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,\[\]'\"]+", value) if part]
    return value


def _day(value: object) -> object:
    """Accept a day that YAML has read as one, and refuse one that does not exist."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value != "latest":
        date.fromisoformat(value)
    return value


def _pairs(value: object) -> object:
    """Accept ``unsd-ama=2023,pwt=10.01`` where a mapping is meant."""
    return named_releases(value) if isinstance(value, str) else value


def named_releases(text: str) -> dict[str, str]:
    """Return the releases that a text names, by publisher; none for ``latest`` and ``{}``.

    Raises:
        ValueError: It is not ``publisher=release``, or names two of one publisher.
    """
    if text.strip() in {"latest", "{}"}:
        return {}
    found: dict[str, str] = {}
    for part in re.split(r"[\s,]+", text.strip().strip(",")):
        publisher, _, release = part.partition("=")
        if not (publisher and release):
            raise ValueError("write publisher=release, such as unsd-ama=2023, or latest")
        if found.setdefault(publisher, release) != release:
            raise ValueError(f"name one release of {shown(publisher)}, not two")
    return found


DayOrLatest = Annotated[
    str, Field(pattern=r"^(latest|[0-9]{4}-[0-9]{2}-[0-9]{2})$"), BeforeValidator(_day)
]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{2,3}$")]
ChosenLags = Annotated[int, Field(ge=0, le=12)] | Literal["auto"]
Draws = Annotated[int, Field(ge=99, le=100_000)]


class Parameters(BaseModel):
    """The fields of study.yml, in the order in which readers see them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    economy: Code = Field(
        description="The economy of interest, by its ISO 3166-1 alpha-3 code. Any economy with "
        "household consumption in the United Nations' national accounts works."
    )
    peers: Annotated[list[Code], BeforeValidator(_split)] = Field(
        min_length=1,
        max_length=6,
        description="Economies to compare with, one to six, by code; EU27 stands for today's 27 "
        "members. The economy of interest is left out if it is named.",
    )
    first_year: int = Field(
        ge=FIRST_YEAR_OF_DATA, description="First year of the sample; the accounts begin in 1970."
    )
    last_year: int | Literal["latest"] = Field(
        description="Last year of the sample, or `latest` for the last year of the release used, "
        "which for an economy that ended before is its own last year."
    )
    releases: Annotated[dict[str, str], BeforeValidator(_pairs)] = Field(
        description="The data release to use, per publisher (`unsd-ama: '2023'`); the latest one "
        "where none is named. `rebalancing data list` shows them. On the command line, "
        "`--releases unsd-ama=2023,pwt=10.01` (or the option twice) replaces those of the "
        "publishers that it names, `--releases unsd-ama=latest` lifts one that study.yml names, "
        "and `--releases latest` lifts all."
    )
    as_of: DayOrLatest = Field(
        description="The day whose knowledge the report has: it is built from the releases that "
        "were public then (`2024-07-01`), or, for `latest`, from all of them."
    )
    confidence_level: float = Field(
        ge=0.5, le=0.99, description="Probability that the intervals and bands are meant to cover."
    )
    horizon: int = Field(ge=1, le=50, description="Years to forecast beyond the last year.")
    intra_eu_share: float = Field(
        ge=0,
        le=1,
        description="Share of the European Union's exports of manufactures that goes to other "
        "members: an assumption, because no release that is held has it. It is used only where a "
        "world total is taken without trade inside the Union, and there the results for 0 and 1 "
        "are shown beside it.",
    )
    seed: int = Field(ge=0, le=2**32 - 1, description="Seed of everything that draws at random.")

    smoothing: float = Field(
        ge=1,
        le=100_000,
        description="Smoothing (λ) of the Hodrick–Prescott filter of yearly data: 6.25 after Ravn "
        "and Uhlig, 100 in much of the older literature. More is smoother.",
    )
    trimming: float = Field(
        ge=0.1,
        le=0.25,
        description="Trimming of the tests for structural breaks: the shortest regime as a part "
        "of the sample.",
    )
    unit_root_lags: ChosenLags = Field(
        description="Most lagged changes that the unit-root tests of Dickey and Fuller, of "
        "Elliott, Rothenberg and Stock and of Zivot and Andrews choose from, or `auto` for the "
        "usual maxima (of Schwert; of Zivot and Andrews). Never more than a quarter of the sample.",
    )
    unit_root_criterion: Literal["aic", "bic"] = Field(
        description="Information criterion, `aic` or `bic`, by which the first two of these tests "
        "choose their lags.",
    )
    hac_lags: ChosenLags = Field(
        description="Lags of the HAC standard errors (Newey and West) of average changes and of "
        "slopes of lines, or `auto` for 4(n/100)^(2/9), rounded down. Never more than half of the "
        "observations.",
    )
    ardl_lags: int = Field(
        ge=1,
        le=4,
        description="Most lags tried in long-run relations (autoregressive distributed lags); the "
        "Bayesian criterion chooses among them.",
    )
    slope_draws: Draws = Field(
        description="Bootstrap samples behind the intervals of slopes of lines.",
    )
    break_draws: Draws = Field(
        description="Bootstrap samples without a break that the tests for breaks are judged by.",
    )
    curve_draws: Draws = Field(
        description="Bootstrap samples without a trend that specification curves are set beside.",
    )
    averaging_window: int = Field(
        ge=1,
        le=15,
        description="Years over which consumption and what is to explain it are averaged where "
        "economies are compared.",
    )
    gdp_growth: float = Field(
        ge=-5,
        le=15,
        description="Real growth of GDP, % a year, that the scenarios take as given.",
    )


# As a notebook writes them, by type of JSON.
_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "array": "list[str]",
    "object": "dict[str, str]",
}


def declaration(name: str) -> str:
    """Return how a notebook declares a parameter: ``seed: int | None = None``."""
    schema = Parameters.model_json_schema()["properties"][name]
    types = [_TYPES[entry["type"]] for entry in schema.get("anyOf", [schema])]
    return f"{name}: {' | '.join(types)} | None = None"


def value_of(name: str, value: object) -> object:
    """Return a parameter's value as a study has it: 100 and 100.0, or a text and a list, are one.

    Args:
        name: The parameter.
        value: As a file has it; one that is not allowed is returned as it is.
    """
    try:
        return _adapter(name).validate_python(value)
    except ValidationError:
        return value


@cache
def _adapter(name: str) -> TypeAdapter[object]:
    return TypeAdapter(
        Parameters.model_fields[name].rebuild_annotation(), config=ConfigDict(strict=True)
    )


# What to use instead of a value that is not allowed, by field.
ALLOWED = {
    "economy": "use three capital letters, the ISO 3166-1 alpha-3 code, such as CHN",
    "peers": "use one to six codes such as USA,JPN,EU27",
    "first_year": f"use a year from {FIRST_YEAR_OF_DATA}, as a whole number",
    "last_year": "use 'latest' or a year, as a whole number",
    "releases": "write publisher=release, such as unsd-ama=2023, or latest; in study.yml "
    'write {unsd-ama: "2023"}',
    "as_of": "use 'latest' or a day such as 2024-07-01",
    "confidence_level": "use a number from 0.5 to 0.99",
    "horizon": "use a whole number of years from 1 to 50",
    "intra_eu_share": "use a number from 0 to 1",
    "seed": "use a whole number from 0 to 4294967295",
    "smoothing": "use a number from 1 to 100000, such as 6.25 or 100",
    "trimming": "use a number from 0.1 to 0.25, such as 0.15",
    "unit_root_lags": "use 'auto' or a whole number from 0 to 12",
    "unit_root_criterion": "use 'aic' or 'bic'",
    "hac_lags": "use 'auto' or a whole number from 0 to 12",
    "ardl_lags": "use a whole number from 1 to 4",
    "slope_draws": "use a whole number from 99 to 100000",
    "break_draws": "use a whole number from 99 to 100000",
    "curve_draws": "use a whole number from 99 to 100000",
    "averaging_window": "use a whole number of years from 1 to 15",
    "gdp_growth": "use a number from -5 to 15, in per cent a year",
}
