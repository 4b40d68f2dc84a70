"""A small folder of compiled figures with everything that the importer asks for."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import held
import pandas as pd
import pytest

from rebalancing.data.imports import importer
from rebalancing.data.imports.publishers import PUBLISHERS
from rebalancing.project import Project

ROOT = Path(__file__).parents[2]
SERIES = {
    "unsd-ama": ["GDP", "HFCE"],
    "worldbank-wdi": ["NE.CON.PRVT.KD", "SH.DYN.MORT"],
    "imf-weo": ["NGDP_RPCH"],
    "pwt": ["csh_c"],
    "gacc-customs": ["EXP_USD"],
    "nbs": ["GDP_Q"],
    "nbs-monthly": ["CPI_YOY"],
    "bis-reer": ["REER_BROAD"],
    "wto": ["EXP_MA"],
    "comtrade": ["EXP"],
    "nbs-io": ["OUTPUT", "OUTPUT_S01"],
    "oecd-io": ["HFCE_S01"],
    "worldsteel": ["STEEL_CRUDE"],
    "cpia-solar": ["PV_INSTALLATION"],
    "nbs-annual": ["FOF_HH_VA_R", "GDP"],
    "nbs-survey": ["INCOME_PC_YTD"],
    "nbs-labour": ["UNEMP"],
    "nifd-leverage": ["LEV_HOUSEHOLD"],
    "bis-house-prices": ["HPI_REAL"],
    "gacc-bulletin": ["EXP_CNY"],
    "china-levels": ["EXP_USD"],
    "nbs-capacity": ["CU_IND"],
    "nbs-press": ["GDP_YTD"],
    "us-census": ["EXP_USD"],
    "us-tariff": ["TARIFF_ADDED"],
    "imf-weo-growth": ["NGDP_RPCH"],
    "pwt-output": ["pop"],
}
LABELS = {
    "unsd-ama/current-usd/": ["2023", "2024"],
    "unsd-ama/": ["2020"],
    "wdi/": ["2025-12-17"],
    "wdi-extra/": ["by-2013-12-21", "2025H2"],
    "wdi-country/": ["by-2024-05-08"],
    "weo": ["2024-10", "2025-04"],
    "pwt": ["10.01"],
    "io/nbs": ["2017"],
    "": ["2024-05-31"],
}
NAMES = [
    ("unsd-ama", "GDP", "Gross Domestic Product (GDP)", "US dollars"),
    ("unsd-ama", "HFCE", "Household consumption expenditure", "US dollars"),
    ("wdi", "NE.CON.PRVT.KD", "Consumption (constant 2015 US$)", "constant 2015 US$"),
    ("wdi", "SH.DYN.MORT", "Mortality (per 1,000)", "per 1,000"),
    ("weo", "NGDP_RPCH", "GDP, constant prices", "percent change"),
    ("pwt", "csh_c", "Share of household consumption", "share"),
]
SECTORS = [("nbs-2017-42", "01", "Farming"), ("oecd-2021", "01", "Fishing")]


@dataclass(frozen=True)
class Compiled:
    """A folder of compiled figures that a test may change."""

    root: Path

    def write(self, path: str, frame: pd.DataFrame) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".csv":
            frame.to_csv(target, index=False)
        else:
            frame.to_parquet(target, index=False)

    def catalogue(self) -> None:
        """List all files with their digests, as the compilers of the figures do."""
        paths = [path for path in self.root.rglob("*") if path.is_file()]
        rows = [
            (path.relative_to(self.root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(paths)
            if not path.name.startswith("catalog") and path.name != "series-annual.csv"
        ]
        every = pd.DataFrame(rows, columns=["path", "sha256"])
        self.write("catalog.csv", every[::2])
        self.write("catalog-monthly.csv", every[1::2])

    def change(self, path: str, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Replace a file by an edited one and list it anew."""
        self.write(path, edit(pd.read_parquet(self.root / path)))
        self.catalogue()


def figures(series: list[str], *, partner: bool = False) -> pd.DataFrame:
    """Return three years of each series for two economies, not sorted."""
    rows = [
        (economy, code, str(year), 100.0 * number + year / 7, "constant 2005 US$")
        for year in (2003, 2001, 2002)
        for economy in ("USA", "CHN")
        for number, code in enumerate(series)
    ]
    frame = pd.DataFrame(rows, columns=["economy", "series", "period", "value", "unit"])
    if partner:
        frame.insert(1, "partner", "WLD")
    return frame


def labels(pattern: str) -> list[str]:
    return next(labels for start, labels in LABELS.items() if pattern.startswith(start))


@pytest.fixture(scope="session")
def templates(once: Callable[..., Path]) -> Path:
    """A compiled folder and a project with it imported, for tests to copy."""
    return once("templates", fill)


def fill(root: Path) -> None:
    """Write the compiled folder and import it."""
    folder = Compiled(root / "compiled")
    for publisher in PUBLISHERS:
        for source in publisher.sources:
            for label in labels(source.pattern):
                path = source.pattern.replace("{release}", label).replace("*", "CHN")
                frame = figures(SERIES[publisher.id], partner=publisher.id == "gacc-customs")
                if path.endswith(".csv"):
                    frame = frame[["economy", "series", "period"]].assign(flag="Estimate")
                folder.write(path, frame)
    names = pd.DataFrame(NAMES, columns=["family", "series", "name", "unit"])
    folder.write("series-annual.csv", names)
    sectors = pd.DataFrame(SECTORS, columns=["table", "code", "description"])
    folder.write("io/sector-codes.csv", sectors)
    folder.catalogue()
    importer.import_folder(Project(root / "project"), folder.root)


@pytest.fixture
def compiled(templates: Path, tmp_path: Path) -> Compiled:
    """A small folder of compiled figures."""
    return Compiled(Path(shutil.copytree(templates / "compiled", tmp_path / "compiled")))


@pytest.fixture
def empty_project(tmp_path: Path) -> Project:
    """A project without data."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "study.yml").touch()
    return Project(root)


@pytest.fixture
def small_project(templates: Path, empty_project: Project) -> Project:
    """A project with the small compiled folder imported."""
    shutil.copytree(templates / "project" / "data", empty_project.root / "data")
    return empty_project


@pytest.fixture(scope="session")
def this_project() -> Project:
    """The project that these tests belong to, with the real releases that they are about."""
    return held.project()
