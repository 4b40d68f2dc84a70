"""The commands of `rebalancing data`: bring in official figures, look at them, check them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rebalancing import outputs, printing
from rebalancing.data import releases
from rebalancing.data.cli_diff import diff
from rebalancing.data.releases import Release, days, due
from rebalancing.data.releases.verify import verify
from rebalancing.data.tables.columns import COLUMNS, TableName
from rebalancing.project import Project

if TYPE_CHECKING:
    from rebalancing.data.tables.overview import SeriesSummary


@click.group()
def data() -> None:
    """Official figures as published: refresh, import, list, show, diff, verify."""


data.add_command(diff)


@data.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--publisher", "ids", multiple=True, help="Only this one; may be repeated.")
@click.option("--accept", metavar="REASON", help="Add a release although it is stopped.")
def import_(folder: Path, ids: tuple[str, ...], accept: str | None) -> None:
    """Write the figures compiled in FOLDER into data/raw.

    Releases that are there already stay as they are; one with other content is an error. A newer
    one that changes too much by data/thresholds.yml is not added without a reason.
    """
    from rebalancing.data.compare import updates  # with pandas, which is slow to import
    from rebalancing.data.imports import importer, publishers

    project = Project.find()
    with printing.Console().status("Reading …") as status:
        new = importer.import_folder(
            project,
            folder,
            publishers.chosen(ids),
            progress=lambda title: status.update(f"Reading {title} …"),
            review=updates.review(project, accept),
        )
    everything = _all(project)
    for release in new:
        click.echo(f"{release.publisher} {release.name}")
    size = sum(_size(release) for release in everything) / 1e6
    click.echo(
        f"{len(new)} new releases; {len(everything) - len(new)} were there already and are "
        f"unchanged. data/raw: {size:.1f} MB of figures."
    )


@data.command()
@click.option("--publisher", "publishers", multiple=True, help="Only this one; may be repeated.")
@click.option("--check", is_flag=True, help="Say what would be added, and add nothing.")
@click.option("--accept", metavar="REASON", help="Add a release although it is stopped.")
@click.option("--json", "json_file", type=outputs.FILE, help="Write what came of it as JSON.")
@click.pass_context
def refresh(
    context: click.Context,
    publishers: tuple[str, ...],
    check: bool,
    accept: str | None,
    json_file: Path | None,
) -> None:
    """Fetch what publishers have released since, and add it to data/raw.

    A release that changes too much by data/thresholds.yml is not added without a reason. Exit
    status 1 when a publisher failed or was stopped; the others are refreshed all the same. Whose
    next figures should be held by now, and are not, is said in the end.
    """
    from rebalancing.data.fetch import refresh as fetching
    from rebalancing.data.fetch.services import by_hand

    project = Project.find()
    with printing.Console().status("Asking …") as status:
        outcomes = fetching.refresh(
            project,
            publishers,
            check=check,
            accept=accept,
            progress=lambda title: status.update(f"Asking for {title} …"),
        )
    asked = [outcome.publisher for outcome in outcomes] if publishers else []
    late = due.overdue(project, days.today(), asked)
    if json_file:
        content = {
            "of_all": not publishers,
            "outcomes": [outcome.to_dict() for outcome in outcomes],
            "overdue": [each.to_dict() for each in late],
        }
        outputs.write_json(json_file, content)
    for outcome in outcomes:
        bad = outcome.state in {"failed", "stopped"}
        click.echo(outcome.line, err=bad)
    if not publishers:
        click.echo(f"By hand, with rebalancing data import: {', '.join(by_hand())}")
    if late:
        click.echo(due.line(late))
    if any(outcome.state in {"failed", "stopped"} for outcome in outcomes):
        context.exit(1)


@data.command("list")
def list_() -> None:
    """List the publishers with their newest release."""
    project = Project.find()
    rows = []
    for publisher in releases.publishers(project):
        every = releases.releases(project, publisher)
        size = sum(_size(release) for release in every) / 1e6
        newest = every[-1]
        title = newest.common_title
        rows.append((publisher, title, str(len(every)), newest.name, newest.date, f"{size:.1f}"))
    columns = ("Publisher", "Title", "Releases", "Newest", "Public by", "MB")
    printing.show(printing.table(columns, rows, right=(2, 5)))


@data.command()
@click.argument("publisher")
@click.argument("release", required=False)
def show(publisher: str, release: str | None) -> None:
    """Show the releases of PUBLISHER, or what is in one RELEASE (a name, or latest)."""
    project = Project.find()
    if release is None:
        _show_publisher(releases.releases(project, publisher))
    else:
        _show_release(releases.resolve(project, publisher, release))


@data.command("tables")
@click.argument("name", required=False)
def tables_(name: str | None) -> None:
    """List the processed tables, or what the table NAME holds, with its columns."""
    from rebalancing.data.tables import overview

    project = Project.find()
    if name is None:
        every = [
            (each.name, f"{each.rows:,}" if each.rows else "not made yet", ", ".join(each.columns))
            for each in overview.listed(project)
        ]
        printing.show(printing.table(("Table", "Rows", "Columns"), every, right=(1,)))
        return
    found = overview.series_of(project, name)
    table = cast("TableName", name)
    printing.show(Text(f"Columns: {', '.join(COLUMNS[table])}"))
    if found:
        printing.show(Text(""), _held(project, table, found))


@data.command("verify")
@click.pass_context
def verify_(context: click.Context) -> None:
    """Check every file in data/raw; exit status 1 when one is damaged."""
    project = Project.find()
    problems = verify(project)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        context.exit(1)
    everything = _all(project)
    count = sum(len(release.resources) for release in everything)
    click.echo(f"{count} files of {len(everything)} releases are as they were imported.")


def _held(project: Project, name: TableName, found: list[SeriesSummary]) -> Table:
    """Return the series, items or partners of a table, with what their codes mean."""
    from rebalancing.data.tables import economies, overview
    from rebalancing.data.views import describe, until

    by = overview.naming(name)
    publishers = until.PUBLISHERS.get(name, ())
    here = releases.publishers(project)
    meanings = describe.series_titles(project, [each for each in publishers if each in here])
    if by == "partner":
        known = economies.catalogue()
        meanings |= dict(zip(known["economy"], known["name"], strict=True))
    heads = (by.capitalize() or "Column", *["Meaning"] * bool(by))
    rows = []
    for each in found:
        meaning = [meanings.get(each.series, "")] * bool(by)
        counts = (f"{each.economies:,}", f"{each.figures:,}")
        rows.append((each.series, *meaning, each.first, each.last, *counts))
    heads = (*heads, "First", "Last", "Economies", "Figures")
    return printing.table(heads, rows, right=(len(heads) - 2, len(heads) - 1))


def _show_publisher(every: list[Release]) -> None:
    rows = []
    for release in every:
        for number, (name, entry) in enumerate(release.resources.items()):
            first = (release.name, release.date) if number == 0 else ("", "")
            counts = (entry["rows"], len(entry["economies"]), len(entry["series"]))
            rows.append((*first, name, *(f"{count:,}" for count in counts)))
    columns = ("Release", "Public by", "Dataset", "Rows", "Economies", "Series")
    printing.show(printing.table(columns, rows, right=(3, 4, 5)))


def _show_release(release: Release) -> None:
    from rebalancing.data.tables import economies

    columns = ("Series", "Meaning", "Unit", "From", "To")
    shown: list[RenderableType] = [_facts(release)]
    for name, entry in release.resources.items():
        rows = [
            [str(one[key]) for key in ("code", "title", "unit", "first", "last")]
            for one in entry["series"]
        ]
        heading = f"\n{name}: {entry['title']} ({entry['rows']:,} rows)"
        shown += [Text(heading, style="bold"), printing.table(columns, rows)]
    codes = sorted({code for entry in release.resources.values() for code in entry["economies"]})
    names = economies.catalogue().set_index("economy")["name"]
    shown.append(Text(f"\nEconomies ({len(codes)})", style="bold"))
    shown.append(Columns([Text(f"{code} {names.get(code, '')}".rstrip()) for code in codes]))
    printing.show(*shown)


def _facts(release: Release) -> Table:
    """Return what the release is, in two columns."""
    released = release.descriptor["released"]
    licence = release.descriptor["licenses"][0]
    rows = [
        ("Title", release.title),
        ("Publisher", release.descriptor["contributors"][0]["title"]),
        ("Address", release.descriptor["homepage"]),
        ("Public by", f"{released['date']}. {released['basis']}"),
        ("Licence", ". ".join(filter(None, [licence["title"], licence.get("note")]))),
        ("Cite as", release.citation),
        *([("Made how", release.origin)] if release.origin else []),
    ]
    for number, note in enumerate(release.descriptor["notes"]):
        rows.append(("Beware" if number == 0 else "", note))
    return printing.table(("", ""), rows)


def _all(project: Project) -> list[Release]:
    return [
        release
        for publisher in releases.publishers(project)
        for release in releases.releases(project, publisher)
    ]


def _size(release: Release) -> int:
    return sum(int(entry["bytes"]) for entry in release.resources.values())


COMMANDS: dict[str, click.Command] = {"data": data}
