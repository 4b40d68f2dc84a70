"""Fetch new releases, judge them, and add to data/raw those that are accepted.

Per publisher: fetch, write the release to a temporary folder inside data/raw, compare it with what
is held, judge, leave out the series that are held already where the publisher sends all, rename
into place. A publisher that fails, or whose release is stopped, leaves data/raw as it was and does
not keep the others from being refreshed. Only one refresh runs at a time. It first removes what a
killed refresh had prepared, and lists what that one had stored but not listed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.compare.judge import Judgement
from rebalancing.data.compare.updates import judge_release, record
from rebalancing.data.fetch import memory, originals, services, slim
from rebalancing.data.fetch.address import Address, key
from rebalancing.data.fetch.answers import NotModifiedError, RedirectError, UnavailableError
from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.connection import Patience
from rebalancing.data.fetch.service import (
    Fetched,
    FormatError,
    HeldReleases,
    Service,
    UpToDate,
    changed,
    today,
)
from rebalancing.data.releases import Release, checksums, descriptor, due, schema, verify
from rebalancing.errors import DataError, InputError, RebalancingError
from rebalancing.project import Project
from rebalancing.publishers import BY_SERIES
from rebalancing.quoting import one_line

State = Literal["new", "current", "stopped", "failed"]
Trouble = Literal["stopped", "another form", "out of reach", "an error"]
_STAGING = ".refresh-"
MOST_SAID = 2000  # signs of an outcome's line


class AcceptError(InputError):
    """A release cannot be accepted in this way."""


@dataclass(frozen=True)
class RefreshOutcome:
    """The result for one publisher; ``text`` says it in one line.

    ``release`` is the new release, or the newest held; ``error`` is why a refresh failed. The
    newest period is that of the newest release ``before``, and ``after``: where nothing is new
    both are the same.
    """

    publisher: str
    state: State
    text: str
    release: str | None = None
    judgement: Judgement | None = field(default=None, repr=False)
    error: RebalancingError | None = field(default=None, repr=False)
    before: str | None = None
    after: str | None = None

    @property
    def trouble(self) -> Trouble | None:
        """What somebody must look into: a release stopped, or a service that fails."""
        if self.state == "stopped":
            return "stopped"
        if self.error is None:
            return None
        if isinstance(self.error, FormatError | RedirectError):
            return "another form"
        # A service that refuses a request will refuse it at the next run, too.
        return "out of reach" if isinstance(self.error, UnavailableError) else "an error"

    @property
    def line(self) -> str:
        """The text in one line, without the signs that steer a terminal or turn its writing."""
        return one_line(self.text, MOST_SAID)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome for JSON, the comparison as text."""
        return {
            "publisher": self.publisher,
            "state": self.state,
            "text": self.line,
            "release": self.release,
            "trouble": self.trouble,
            "newest": {"before": self.before, "after": self.after},
            "judgement": self.judgement and self.judgement.to_dict(),
            "comparison": self.judgement and self.judgement.text,
        }


def refresh(
    project: Project,
    publishers: Sequence[str] = (),
    *,
    check: bool = False,
    accept: str | None = None,
    environ: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    sleep: Callable[[float], object] = time.sleep,
    progress: Callable[[str], object] = lambda publisher: None,
) -> list[RefreshOutcome]:
    """Fetch what is new and add it to data/raw.

    Args:
        project: Where data/raw is.
        publishers: Whose figures; all that have a service by default.
        check: Only say what would be added.
        accept: The reason for which a release that is stopped is accepted all the same; it is
            recorded in the release.
        environ: Variables with addresses and keys; the process's by default.
        patience: How long to wait for what.
        sleep: Waits between requests.
        progress: Called with each publisher before it is asked.

    Raises:
        InputError: An unknown publisher, an address or a key that is none, a reason without words,
            one for more than one publisher, or one that would be for nothing because nothing is
            written.
        BusyError: Another command that writes is at work.
    """
    environ = os.environ if environ is None else environ
    if accept is not None and (check or not accept.strip()):
        raise AcceptError("--accept needs a reason in words, and does not go with --check")
    found = services.chosen(publishers)
    if accept is not None and not (publishers and len(found) == 1):
        raise AcceptError("--accept is for the release of one publisher: name it with --publisher")
    addresses = [Address.find(service.variables, service.address, environ) for service in found]
    keys = [_headers(service, environ) for service in found]
    outcomes = []
    alone: AbstractContextManager[list[Path]] = nullcontext([]) if check else _alone(project)
    with alone as left_over:
        for service, address, headers in zip(found, addresses, keys, strict=True):
            progress(service.publisher.title)
            held = _held(project, service.publisher.id)
            with Client(
                service.publisher.id,
                address,
                headers=headers,
                key_variable=f"REBALANCING_{service.variables}_KEY" if service.key_header else None,
                known=memory.recall(project, service.publisher.id, address.url, held.names),
                patience=patience,
                silence=service.silence,
                pauses=service.pauses,
                sleep=sleep,
            ) as client:
                outcome = _refresh_one(project, service, client, held, check, accept, environ)
                outcome = replace(outcome, before=held.period or None)
                outcome = replace(outcome, after=outcome.after or outcome.before)
                outcomes.append(_with_left_over(outcome, left_over))
    return outcomes


def _headers(service: Service, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the header with a service's key; none where it takes or has none."""
    if service.key_header is None:
        return {}
    own = key(service.variables, environ)
    return {service.key_header: own} if own else {}


@contextmanager
def _alone(project: Project) -> Iterator[list[Path]]:
    """Make sure that nobody else writes, and clear up after a refresh that was killed.

    Yields:
        The folders of releases that it had stored, but not listed in SHA256SUMS.
    """
    with project.alone("refresh"):
        for left in project.raw.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        files.clear(project.raw)
        yield verify.list_left_over(project)


def _with_left_over(outcome: RefreshOutcome, left_over: Sequence[Path]) -> RefreshOutcome:
    """Return the outcome, or that a release is new which a stopped refresh had stored unlisted."""
    own = [folder.name for folder in left_over if folder.parent.name == outcome.publisher]
    if outcome.state != "current" or not own:
        return outcome
    text = (
        f"{outcome.publisher}: {own[-1]} is listed in SHA256SUMS now; it was stored by a refresh "
        "that was stopped"
    )
    return replace(outcome, state="new", text=text, release=own[-1])


def _held(project: Project, publisher: str) -> HeldReleases:
    if publisher not in releases.publishers(project):
        return HeldReleases(())
    every = releases.releases(project, publisher)
    names = tuple(release.name for release in every)
    period = due.newest_period(every[-1])
    return HeldReleases(names, every[-1].date, frozenset(every[-1].resources), period)


def _refresh_one(
    project: Project,
    service: Service,
    client: Client,
    held: HeldReleases,
    check: bool,
    accept: str | None,
    environ: Mapping[str, str],
) -> RefreshOutcome:
    publisher = service.publisher.id
    try:
        if held.names:
            verify.require(project, [publisher])
        fetched = _fetch(service, client, held)
        if isinstance(fetched, UpToDate):
            outcome = _current(publisher, fetched.release)
        else:
            outcome = _add(project, service, client, fetched, check, accept, environ)
    except NotModifiedError:
        return _current(publisher, held.newest)
    except RebalancingError as error:
        return RefreshOutcome(publisher, "failed", client.redact(str(error)), error=error)
    except OSError as error:
        trouble = DataError(
            f"{publisher}: a file could not be read or written ({error.strerror or error}); "
            "nothing was stored: see whether data/raw may be written, and the disk has room"
        )
        return RefreshOutcome(publisher, "failed", client.redact(str(trouble)), error=trouble)
    if outcome.state in {"new", "current"} and outcome.release is not None and not check:
        memory.keep(project, publisher, client.address.url, outcome.release, client.seen)
    return outcome


def _fetch(service: Service, client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return what a service has.

    Any unexpected error in reading the answer counts as an unknown form of it. So one publisher
    never stops the refresh of the others.
    """
    try:
        return service.fetch(client, held)
    except (RebalancingError, OSError):
        raise
    except Exception as error:
        how = " ".join(f"{type(error).__name__}: {error}".split())
        raise changed(client, f"it cannot be read ({how[:200]})") from error


def _current(publisher: str, release: str, why: str = "") -> RefreshOutcome:
    text = f"{publisher}: nothing newer than {release}{why}"
    return RefreshOutcome(publisher, "current", text, release)


def _add(
    project: Project,
    service: Service,
    client: Client,
    fetched: Fetched,
    check: bool,
    accept: str | None,
    environ: Mapping[str, str],
) -> RefreshOutcome:
    """Stage a release, judge it, and rename it into place unless it is stopped or only checked."""
    publisher = service.publisher.id
    place = None if check else project.raw
    if place:
        place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_STAGING, dir=place) as name:
        staged = _stage(service, client, fetched, Path(name), environ)
        judged = judge_release(project, staged)
        if judged is not None and judged.identical:
            return _current(publisher, judged.old, f" (the figures of {staged.name} are the same)")
        release, judgement = staged.name, None if judged is None else judged.judgement
        verdict = "the first release" if judged is None else judged.line
        after = due.newest_period(releases.Release.read(staged))
        if judgement is not None and judgement.stops:
            if accept is None:
                text = (
                    f"{publisher}: {release} was not stored ({verdict}); if it is right, add it "
                    f"with: rebalancing data refresh --publisher {publisher} --accept REASON"
                )
                return RefreshOutcome(publisher, "stopped", text, release, judgement, after=after)
            record(staged, judgement, accept, today())
        if publisher in BY_SERIES and judged is not None:
            slim.leave_out_unchanged(staged, releases.releases(project, publisher))
        if not check:
            archive = client.originals.packed()
            originals.keep(project, archive, Release.read(staged).descriptor["originals"]["name"])
            _publish(project, staged)
    text = f"{publisher}: {release} {'would be' if check else 'was'} added ({verdict})"
    return RefreshOutcome(publisher, "new", text, release, judgement, after=after)


def _stage(
    service: Service, client: Client, fetched: Fetched, staging: Path, environ: Mapping[str, str]
) -> Path:
    """Write a release below the staging folder and return its folder."""
    publisher = service.publisher
    folder = staging / publisher.id / fetched.dated.name
    folder.mkdir(parents=True)
    titles = {source.dataset: source.title for source in reversed(publisher.sources)}
    resources = []
    for name, dataset in sorted(fetched.datasets.items()):
        frame = schema.conform(dataset.frame, f"{publisher.id} {fetched.dated.name} {name}")
        path = folder / f"{name}.parquet"
        schema.write_figures(frame, path)
        title = dataset.title or titles[name]
        resources.append(descriptor.resource(path, name, title, frame, dataset.titles))
    package = descriptor.package(publisher, fetched.dated, resources)
    package["notes"] += fetched.notes
    if fetched.partial:
        package["partial"] = fetched.partial
    package["retrieved"] = {"date": today(), "from": client.address.url}
    archive, dated = client.originals.packed(), fetched.dated.name
    package["originals"] = originals.described(archive, publisher.id, dated, environ)
    files.write_json(folder / descriptor.FILE, package)
    return folder


def _publish(project: Project, staged: Path) -> None:
    """Put a release into place and list its digest."""
    home = project.raw / staged.parent.name / staged.name
    if home.exists():
        raise DataError(f"{home} exists; releases are never changed: remove it, or leave it")
    checksums.publish(project, [staged])
