"""The study: its parameters, checked against each other and against the data.

`rebalancing.parameters` defines what there is to choose. Every way in, study.yml, the command line
and the notebooks, ends in `Study.load`, which says in one line what is wrong and what is allowed::

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
from typing import Any

from pydantic import ValidationError

from rebalancing import accounts
from rebalancing.errors import StudyError
from rebalancing.parameters import ALLOWED, Parameters, declaration, named_releases
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.quoting import SHOWN, shown
from rebalancing.reading import read_yaml, said_of

NO_LAST_YEAR = 9999  # later than any figure


class Study(Parameters):
    """What the report studies, and how."""

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
            name, said = _first_problem(error)
            raise StudyError(said, parameter=name) from None

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

    def declaration(self, name: str) -> str:
        """Return how a notebook declares a parameter: ``seed: int | None = None``."""
        return declaration(name)

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
        from rebalancing.data.tables import groups

        project = project.as_of(self.as_of)
        release = raw.resolve(project, ACCOUNTS, self.release_name(ACCOUNTS))
        end = self.end_year(release.last_year)
        said = []
        own = accounts.years_of_consumption(project, release, self.economy)
        if end < release.last_year and end == own[-1]:
            said.append(f"the accounts of {self.economy} end in {end}, and so does the sample")
        for code in self.comparison:
            if code in groups.summed():
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
                f"peers: none is left beside {self.economy} itself; name another, such as USA",
                parameter="peers",
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

        Up to the newest release held every day is allowed, whatever the clock says.
        """
        from rebalancing.data import releases as raw

        today = date.today().isoformat()
        if self.as_of == raw.LATEST or self.as_of <= today:
            return
        every = (r for name in raw.publishers(project) for r in raw.releases(project, name))
        if self.as_of > max(release.public for release in every):
            raise StudyError(
                f"as_of: {self.as_of} is still to come; use 'latest' or a day up to {today}",
                parameter="as_of",
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
        named = named_releases(text)
    except ValueError as error:
        said = f"releases: {shown(text)} is not allowed; {error}"
        raise StudyError(said, parameter="releases") from None
    return {**usual, **named} if named else {}


def _first_problem(error: ValidationError) -> tuple[str, str]:
    """Return a parameter and what is wrong with it: where, what was given, what is allowed."""
    problem = error.errors()[0]
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        return name, unknown_name(name)
    if problem["type"] == "missing":
        return name, f"{name} is missing; give it a value"
    given = problem["input"]
    hint = ALLOWED.get(name)
    return name, f"{name}: {shown(given)} is not allowed; {hint or said_of(problem)}"


def _plain(value: Any) -> str:
    """Return a parameter's value as a part of a folder's name."""
    if value == {}:
        return "latest"
    if isinstance(value, dict):
        return "+".join(f"{key}-{entry}" for key, entry in sorted(value.items()))
    if isinstance(value, list):
        return "+".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)
