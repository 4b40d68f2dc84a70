"""The project's own tests pass on the day on which every publisher has put out a new release."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import newer
import pytest

from rebalancing.data import releases
from rebalancing.data.tables import clean
from rebalancing.data.views import constant_prices
from rebalancing.project import Project

pytestmark = pytest.mark.slow

HERE = "tests/automation/test_newer_releases.py"


@pytest.fixture(scope="module")
def copy(once: Callable[..., Path]) -> Project:
    """A copy of the repository with a newer release of each publisher."""
    return Project(once("newer", lambda root: newer.add_releases(newer.copy(root)) and None))


def test_a_period_more(copy: Project) -> None:
    for publisher in releases.publishers(copy):
        new = releases.resolve(copy, publisher)
        *_, old = (entry for entry in releases.releases(copy, publisher) if entry.name != new.name)
        for dataset, held in old.resources.items():
            last, now = (
                max(entry["last"] for entry in resource["series"])
                for resource in (held, new.resources[dataset])
            )
            assert now == newer.next_period(last)


def test_prices_of_another_year_are_read_beside_those_held(copy: Project) -> None:
    datasets = clean.accounts_datasets(copy, "unsd-ama")
    assert {"constant-2015-usd", f"constant-{newer.BASE_YEAR}-usd"} < set(datasets)
    chosen = [name for name in datasets if name.startswith("constant") and name.endswith("usd")]
    raw = {name: clean.read_raw(copy, "unsd-ama", name) for name in chosen}
    own = {name: frame[frame["economy"] == "CHN"] for name, frame in raw.items()}
    rows = constant_prices.of_releases(clean.national_accounts(own), "USD")
    bases = rows.groupby("release")["base_year"].agg(["min", "max"])
    new = releases.resolve(copy, "unsd-ama").name
    assert bases.loc[new].tolist() == [newer.BASE_YEAR, newer.BASE_YEAR]
    assert bases.drop(new).to_numpy().ravel().tolist() == [2015] * 2 * (len(bases) - 1)


def test_what_is_corrected_at_prices_of_one_year_is_at_those_of_another(copy: Project) -> None:
    """Czechoslovakia's net exports have the other sign than at prices of 2015."""
    dataset = f"constant-{newer.BASE_YEAR}-usd"
    published = releases.load(copy, "unsd-ama", dataset).query("economy == 'CSK'")
    read = clean.read_raw(copy, "unsd-ama", dataset).query("economy == 'CSK'")
    assert set(published["series"]) - set(read["series"]) == {"EXP"}


@pytest.mark.parametrize(
    ("parts", "chosen"),
    [
        (["tests/data", "tests/faults", "tests/automation"], "not slow or test_round_trip"),
        pytest.param(["tests"], "not slow", marks=pytest.mark.faults),
        pytest.param(["tests/automation/test_refresh.py"], "slow", marks=pytest.mark.faults),
    ],
    ids=["data, faults and automation", "all quick tests", "refresh"],
)
def test_no_test_depends_on_the_newest_release(
    copy: Project, tmp_path: Path, parts: list[str], chosen: str
) -> None:
    """One run of all, because imports take long; of the slow tests it has those that it names."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "-k", chosen]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [*command, f"--ignore={HERE}", f"--basetemp={tmp_path / 'made'}", *parts],
        cwd=copy.root,
        env={**kept, "PYTHONPATH": str(copy.root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
