"""What an update costs: a newer, made-up release of each service, from refresh to proposal.

Usage: python benchmarks/worked_example.py [--each] [SERVICE ...]

In a copy of the repository, with stand-ins on loopback that speak as the services do and have a
period more than what is held and the last three revised: the whole size, not a sample. Prints the
CPU seconds of each step, its processes included. By default all services put out a release on one
day, as the weekly refresh may find them. With ``--each`` the report is built after each service, so
that the table shows what one release costs; steps that only concern the whole come last.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pandas as pd
from measured import measure

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import newer  # noqa: E402
from faults import small, standins  # noqa: E402
from faults.quarterly import Bureau  # noqa: E402

from rebalancing import printing  # noqa: E402
from rebalancing.data import releases  # noqa: E402
from rebalancing.data.fetch import bis, comtrade, imts, nbs, unsd, worldbank  # noqa: E402
from rebalancing.data.fetch.service import Service  # noqa: E402
from rebalancing.data.fetch.services import SERVICES, chosen  # noqa: E402
from rebalancing.data.views import vintages  # noqa: E402
from rebalancing.project import Project  # noqa: E402

REASON = "Made up, to see what an update costs"


def day(project: Project) -> datetime:
    """Return nine in the morning of the day after the newest release held of any publisher."""
    held = max(releases.resolve(project, name).public for name in releases.publishers(project))
    # The last day of a month may be told as its 31st.
    month = datetime.fromisoformat(f"{held[:7]}-01").replace(hour=9, tzinfo=UTC)
    return month + timedelta(days=int(held[8:]))


def modified(project: Project) -> str:
    """Return that moment as services state when a file was last changed."""
    return format_datetime(day(project), usegmt=True)


def world_bank(project: Project) -> standins.WorldBank:
    """Return the Bank with every value that is valid today, and newer ones."""
    every = releases.load_all(project, "worldbank-wdi", "all-economies", series=worldbank.SERIES)
    names = {
        entry["code"]: entry["title"]
        for release in releases.releases(project, "worldbank-wdi")
        for entry in release.resources.get("all-economies", {"series": []})["series"]
    }
    figures = newer.newer(vintages.as_of(every).assign(partner=None))
    never = set(worldbank.SERIES) - set(figures["series"])
    like = figures[figures["series"] == "NV.IND.MANF.ZS"]
    figures = pd.concat([figures, *(like.assign(series=code) for code in sorted(never))])
    names |= {code: code for code in never}
    return standins.WorldBank(
        figures, names, f"{day(project):%Y-%m-%d}", rows_per_page=worldbank.PER_PAGE
    )


def united_nations(project: Project) -> standins.UnitedNations:
    """Return the workbooks with one year more, constant prices of 2020 among them."""
    figures = newer.newer(releases.load(project, "unsd-ama", "current-usd"))
    with unsd.CODES.open(newline="") as stream:
        numbers = {row["economy"]: int(row["m49"]) for row in csv.DictReader(stream)}
    tables = {unsd.CURRENT: figures, unsd.CONSTANT: small.at_prices_of("2020", figures)}
    return standins.UnitedNations(tables, numbers, modified(project))


def settlements(project: Project) -> standins.Bis:
    """Return exchange rates of all economies that are asked for; those not held are China's."""
    held = newer.newer(releases.load(project, "bis-reer", "reer"))
    of_china = held[held["economy"] == "CHN"]
    rates = [
        (held[held["economy"] == code] if code in set(held["economy"]) else of_china).assign(
            economy=short
        )
        for short, code in bis.ECONOMIES.items()
    ]
    return standins.Bis(pd.concat(rates), modified(project))


def monetary_fund(project: Project) -> standins.Answer:
    """Return the Fund's two data sets: the outlook after the one held, and trade by month.

    Estimates of the outlook start a year later. Of trade nothing is held; what there is, is made
    up and small.
    """
    names = {"economy": {"XKX": "KOS", "PSE": "WBG"}}
    figures = newer.newer(releases.load(project, "imf-weo", "weo")).replace(names)
    starts = releases.load(project, "imf-weo", "forecast-start").replace(names)
    rows = starts[["economy", "series", "value"]].to_numpy().tolist()
    last = {(economy, series): str(int(year)) for economy, series, year in rows}
    outlook = standins.Imf(figures, last, f"{day(project):%Y-%m-%dT%H:%M:%SZ}")
    by_partner = small.trade()

    def answer(request: standins.Request) -> standins.Reply:
        return (by_partner if imts.FLOW in request.path else outlook)(request)

    return answer


def trade(project: Project) -> standins.Comtrade:
    """Return Comtrade with a year more."""
    numbers = {code: number for number, code in comtrade.numbers().items()}
    figures = newer.newer(releases.load(project, "comtrade", "trade"))
    return standins.Comtrade(figures, numbers, f"{day(project):%Y-%m-%dT%H:%M:%S}")


def bureau(project: Project) -> Bureau:
    """Return the Bureau's database with a month or quarter more; what is not held is made up."""
    newest = [
        releases.resolve(project, one)
        for one in sorted({one.publisher for one in nbs.indicators()})
    ]
    frames = [
        newer.newer(releases.load(project, release.publisher, dataset))
        for release in newest
        for dataset in release.resources
    ]
    held = pd.concat(frames)[["series", "period", "value"]].drop_duplicates(["series", "period"])
    made_up = small.bureau().figures
    others = made_up[~made_up["series"].isin(held["series"])]
    figures = pd.concat([held, others], ignore_index=True)
    return Bureau(figures.assign(value=figures["value"].round(2)))


ANSWERS: dict[str, Callable[[Project], standins.Answer]] = {
    "WORLDBANK": world_bank,
    "UNSD": united_nations,
    "BIS": settlements,
    "IMF": monetary_fund,
    "COMTRADE": trade,
    "NBS": bureau,
    "OECD": lambda _: small.quarterly_accounts(),
}
PREFIX = {"WORLDBANK": "/v2"}
REFRESH = ("data", "refresh", "--json", "build/refresh.json", "--publisher")


class Steps:
    """Runs the project's commands in the copy, and notes what each takes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.rows: list[tuple[str, str, str, str]] = []
        self.environ = dict(os.environ) | {"PYTHONPATH": str(project.root / "src")}

    def __call__(self, name: str, *arguments: str) -> None:
        """Run a command, print the last line it says, and note what it takes."""
        command = [sys.executable, "-m", "rebalancing", *arguments]
        took = measure(command, self.project.root, self.environ)
        lines = took.said.strip().splitlines() or [""]
        self.rows.append((name, f"{took.cpu:.1f}", f"{took.seconds:.1f}", str(took.status)))
        print(f"{name.strip()}: {lines[-1]}")
        if took.status:
            print("\n".join(lines[-20:]))
        sys.stdout.flush()

    def show(self) -> None:
        """Print CPU seconds, seconds by the clock and exit status of each step."""
        print()
        columns = ("Step", "CPU, s", "Clock, s", "Exit")
        printing.show(printing.table(columns, self.rows, right=(1, 2, 3)))


def refresh(step: Steps, service: Service) -> None:
    """Refresh from one service, accepting what the judgement would stop."""
    step(f"refresh {service.publisher.id}", *REFRESH, service.publisher.id, "--accept", REASON)


def main() -> None:
    """Read what is asked for, and run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="default: all")
    parser.add_argument("--each", action="store_true", help="build after each service")
    options = parser.parse_args()
    wanted = chosen(options.services) if options.services else list(SERVICES)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        project = newer.copy(Path(folder) / "project")
        step = Steps(project)
        stack.callback(step.show)  # after an error, too
        step("report, before", "report")
        step("keep, before", "keep")
        for name in dict.fromkeys(service.variables for service in wanted):
            served = standins.StandIn(ANSWERS[name](project), PREFIX.get(name, ""))
            step.environ[f"REBALANCING_{name}_URL"] = stack.enter_context(served).url
        for service in wanted:
            refresh(step, service)
            if options.each:
                step("  report", "report")
        for name in ("report", "changes", "keep"):
            step(name, name)
        step("proposal", "proposal", "refresh")


if __name__ == "__main__":
    main()
