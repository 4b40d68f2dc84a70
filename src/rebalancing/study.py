"""The study's parameters: one schema for study.yml, the command line, the notebooks and the book.

``study.yml`` holds the values; nothing here has a default, so that a value has one home. Every
way in ends in `Study.load`, which says in one line what is wrong and what is allowed::

    economy: 'XXX' is not an economy of unsd-ama 2024; use an ISO 3166-1 alpha-3 code such as ...

An *edition* is one study on one set of data releases. Its name is the economy's code, followed by
whatever else differs from study.yml: ``CHN``, ``JPN-last_year-2019``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rebalancing import accounts
from rebalancing.accounts import ACCOUNTS, GROUPS
from rebalancing.errors import StudyError
from rebalancing.project import Project
from rebalancing.quoting import SHOWN, shown
from rebalancing.reading import read_yaml

FIRST_YEAR_OF_DATA = 1970
NO_LAST_YEAR = 9999  # later than any figure


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
    return _named(value) if isinstance(value, str) else value


def _named(text: str) -> dict[str, str]:
    """Return the releases that a text names, by publisher; none for ``latest`` and ``{}``."""
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


Day = Annotated[str, Field(pattern=r"^(latest|[0-9]{4}-[0-9]{2}-[0-9]{2})$"), BeforeValidator(_day)]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{2,3}$")]


class Study(BaseModel):
    """What the report studies, and how."""

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
    as_of: Day = Field(
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
        "members: an assumption, because no release at hand has it. It is used only where a world "
        "total is taken without trade inside the Union, and there the results for 0 and 1 are "
        "shown beside it.",
    )
    seed: int = Field(ge=0, le=2**32 - 1, description="Seed of everything that draws at random.")

    @classmethod
    def load(cls, project: Project, overrides: Mapping[str, Any] | None = None) -> Study:
        """Return the study of a project, with some values replaced, checked against the data.

        Args:
            project: Where study.yml and the data are.
            overrides: Values by field name; None means "as in study.yml". Releases as text
                (``unsd-ama=2023``) replace those of the publishers that they name, and ``latest``
                replaces all.

        Raises:
            StudyError: A name, type or value that is not allowed, or a sample that holds too
                little for a report, in one line.
        """
        usual = cls.of_file(project).parameters()
        changed = {key: value for key, value in (overrides or {}).items() if value is not None}
        if isinstance(text := changed.get("releases"), str):
            changed["releases"] = _over(usual["releases"], text)
        study = cls._validated({**usual, **changed})
        return study._checked_against_data(project)

    @classmethod
    def of_file(cls, project: Project) -> Study:
        """Return the study of study.yml, not checked against the data.

        Raises:
            StudyError: A name, type or value that is not allowed, in one line.
        """
        values = _read_file(project)
        try:
            return cls._validated(values)
        except StudyError as error:
            raise StudyError(f"study.yml: {error}") from None

    @classmethod
    def _validated(cls, values: Mapping[str, Any]) -> Study:
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise StudyError(_first_problem(error)) from None

    @cached_property
    def comparison(self) -> list[str]:
        """The peers without the economy itself, each once, in the order given."""
        return [code for code in dict.fromkeys(self.peers) if code != self.economy]

    def release_name(self, publisher: str) -> str:
        """Return the release asked for, or ``latest``."""
        return self.releases.get(publisher, "latest")

    def end_year(self, last_year_of_data: int) -> int:
        """Return the last year of the sample as a number."""
        return last_year_of_data if self.last_year == "latest" else int(self.last_year)

    @property
    def last(self) -> int:
        """The last year that a figure may be of: the one named, or none that any source has yet.

        A source is cut by this and by its own end, never by the end of another: what needs no
        accounts may reach beyond them.
        """
        return self.end_year(NO_LAST_YEAR)

    def parameters(self) -> dict[str, Any]:
        """Return the values by field name, ready for JSON; only releases other than the latest."""
        named = {name: release for name, release in self.releases.items() if release != "latest"}
        return self.model_dump(mode="json") | {"releases": named}

    def edition(self, project: Project) -> str:
        """Return the name of the edition, fit for a folder."""
        usual = Study.of_file(project).parameters()
        differing = {
            name: value
            for name, value in self.parameters().items()
            if name != "economy" and value != usual[name]
        }
        if not differing:
            return self.economy
        parts = [f"{name}-{_plain(value)}" for name, value in differing.items()]
        name = "-".join([self.economy, *parts])
        if len(name) <= 80 and re.fullmatch(r"[\w.+-]+", name):
            return name
        digest = hashlib.sha256(json.dumps(differing, sort_keys=True).encode()).hexdigest()[:10]
        return f"{self.economy}-{digest}"

    def remarks(self, project: Project) -> list[str]:
        """Return one line for each way in which the data limit the study beyond its parameters."""
        from rebalancing.data import releases as raw

        project = project.as_of(self.as_of)
        release = raw.resolve(project, ACCOUNTS, self.release_name(ACCOUNTS))
        end = self.end_year(release.last_year)
        said = []
        own = accounts.years_of_consumption(project, release, self.economy)
        if end < release.last_year and end == own[-1]:
            said.append(f"the accounts of {self.economy} end in {end}, and so does the sample")
        for code in self.comparison:
            if code in GROUPS:
                continue
            years = accounts.years_of_consumption(project, release, code)
            if not any(self.first_year <= year <= end for year in years):
                span = f"; it has {years[0]} to {years[-1]}" if years else ""
                said.append(
                    f"the peer {code} is left out: it has no figures from {self.first_year} to "
                    f"{end}{span}"
                )
        return said

    def _checked_against_data(self, project: Project) -> Study:
        """Return the study if the releases exist and hold enough of what is asked for.

        Where the last year is the latest, it becomes the economy's own if its accounts end before
        the release does.

        Raises:
            StudyError: They do not.
        """
        from rebalancing.data import releases as raw

        self._check_day(project)
        project = project.as_of(self.as_of)
        for publisher, name in self.releases.items():
            raw.resolve(project, publisher, name)
        if not self.comparison:
            raise StudyError(
                f"peers: none is left beside {self.economy} itself; name another, such as USA"
            )
        release = raw.resolve(project, ACCOUNTS, self.release_name(ACCOUNTS))
        accounts.check_current_prices(project, release)
        accounts.check_economies(project, release, self.economy, self.comparison)
        years = accounts.years_to_rest_on(project, release, self.economy)
        study = self
        if self.last_year == raw.LATEST and years[-1] < release.last_year:
            study = self.model_copy(update={"last_year": years[-1]})
        end = study.end_year(release.last_year)
        accounts.check_sample(release, self.economy, years, self.first_year, end)
        return study

    def _check_day(self, project: Project) -> None:
        """Raise StudyError if the day lies in the future: what will be public then is not known.

        Up to the newest release at hand every day is allowed, whatever the clock says.
        """
        from rebalancing.data import releases as raw

        today = date.today().isoformat()
        if self.as_of == raw.LATEST or self.as_of <= today:
            return
        every = (r for name in raw.publishers(project) for r in raw.releases(project, name))
        if self.as_of > max(release.public for release in every):
            raise StudyError(
                f"as_of: {self.as_of} is still to come; use 'latest' or a day up to {today}"
            )


def unknown_name(name: str) -> str:
    """Say that a parameter does not exist, and which do."""
    near = difflib.get_close_matches(name[:SHOWN], Study.model_fields, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    plain = name if re.fullmatch(r"[\w-]{1,80}", name) else shown(name)
    return f"{plain}: unknown parameter{hint}; allowed: {', '.join(Study.model_fields)}"


def _read_file(project: Project) -> dict[str, Any]:
    values = read_yaml(project.study_file, "study.yml", StudyError)
    if not isinstance(values, dict):
        raise StudyError("study.yml: must hold one `name: value` per line")
    return {str(name): value for name, value in values.items()}


def _over(usual: dict[str, str], text: str) -> dict[str, str]:
    """Return the releases of study.yml with those that a text names put over them."""
    try:
        named = _named(text)
    except ValueError as error:
        raise StudyError(f"releases: {shown(text)} is not allowed; {error}") from None
    return {**usual, **named} if named else {}


def _first_problem(error: ValidationError) -> str:
    """Return the first problem of a validation in words: where, what was given, what is allowed."""
    problem = error.errors()[0]
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        return unknown_name(name)
    if problem["type"] == "missing":
        return f"{name} is missing; give it a value"
    given = problem["input"]
    hint = _ALLOWED.get(name)
    said = problem["msg"].removeprefix("Value error, ")
    return f"{name}: {shown(given)} is not allowed; {hint or said}"


_ALLOWED = {
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
}


def _plain(value: Any) -> str:
    """Return a parameter's value as a part of a folder's name."""
    if value == {}:
        return "latest"
    if isinstance(value, dict):
        return "+".join(f"{key}-{entry}" for key, entry in sorted(value.items()))
    if isinstance(value, list):
        return "+".join(map(str, value))
    return str(value)
