import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from described import described
from scipy.stats import norm

from rebalancing.book.pages import forecast_page
from rebalancing.data.releases import Release
from rebalancing.editions import forecast_scores as scores
from rebalancing.files import write_json
from rebalancing.models import forecast
from rebalancing.project import Project
from rebalancing.report import forecast_log
from rebalancing.report.forecast_log import METHODS
from rebalancing.report.passports import passports

LEVELS = sorted(forecast_log.LEVELS)
NEWEST = Release("unsd-ama", "2024", "2025-12", Path(), {"citation": "UN, accounts to 2024."})
SHARES = pd.Series(np.linspace(35.0, 40.0, 25), index=range(2000, 2025))


def logged(project: Project) -> pd.DataFrame:
    """Write a log of forecasts from accounts to 2021 and 2023: the second forecaster is biased."""
    for name, last_year in (("2021", 2021), ("2023", 2023)):
        write_json(
            project.raw / "unsd-ama" / name / "datapackage.json",
            described(f"{last_year + 1}-12"),
        )
        made = [
            {
                "economy": "CHN",
                "measure": "share",
                "forecaster": forecaster,
                "release": f"unsd-ama {name}",
                "released": f"{last_year + 1}-12",
                "last_year": last_year,
                "last_value": SHARES[last_year] - 0.5,
                "levels": LEVELS,
                "quantiles": {
                    str(last_year + h): norm.ppf(LEVELS, SHARES[last_year] + bias, h).tolist()
                    for h in range(1, 6)
                },
            }
            for forecaster, bias in ((forecast_page.MAIN, 0.0), (forecast_page.NAIVE, 1.5))
        ]
        write_json(project.build / "CHN" / "forecasts" / "07.json", {"forecasts": made})
        scores.append(project, project.build / "CHN")
    return scores.read_log(project)


@pytest.fixture
def record(tmp_path: Path) -> forecast_page.ForecastRecord:
    log = logged(Project(tmp_path))
    scored = scores.score(log, SHARES.to_frame("CHN"))
    return forecast_page.ForecastRecord("China", "latest", log, scored, SHARES, NEWEST)


def test_the_forecasters_are_those_of_the_chapter() -> None:
    assert forecast_page.MAIN == forecast.COMBINATION == METHODS[0]
    assert forecast_page.NAIVE in forecast.FORECASTERS


def test_an_economy_without_forecasts_has_no_numbers(tmp_path: Path) -> None:
    recorded = {"edition": {"parameters": {"economy": "CHN", "as_of": "latest"}}}
    assert forecast_page.read_record(Project(tmp_path), recorded["edition"]) is None
    assert forecast_page.numbers(None) == {}


def test_an_edition_as_of_a_day_has_the_log_of_that_day(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged(project)
    monkeypatch.setattr(scores, "outcomes", lambda _: SHARES.loc[:2021].to_frame("CHN"))
    parameters = {"economy": "CHN", "as_of": "2023-01-01"}
    record = forecast_page.read_record(project, {"parameters": parameters})
    assert record is not None
    assert set(record.log["release"]) == {"unsd-ama 2021"}
    assert record.newest.name == "2021"
    assert forecast_page.numbers(record)["scored"] == 0


def test_numbers_are_those_of_the_log(record: forecast_page.ForecastRecord) -> None:
    said = forecast_page.numbers(record)
    assert (said["scored"], said["waiting"]) == (4, 6)  # of 2022 to 2024, and of 2024
    assert (said["releases"], said["years"]) == (2, 3)
    assert (said["first_year"], said["last_year"], said["next_year"]) == (2022, 2024, 2025)
    assert (said["at_the_time"], said["afterwards"]) == (2, 0)
    assert said["inside"] == 4
    assert said["gain"].endswith("% better")
    assert (
        said["bias"] == f"{np.mean([1, 2, 3, 1]) * (SHARES[2001] - SHARES[2000]):.1f} points above"
    )
    assert (said["revised_least"], said["revised_most"]) == ("0.5", "0.5")
    step = SHARES[2001] - SHARES[2000]
    assert said["miss"] == f"{np.mean([1, 2, 3, 1]) * step:.1f}"


def test_every_number_of_the_page_that_is_measured_has_a_card(
    record: forecast_page.ForecastRecord,
) -> None:
    page = (Path(__file__).parents[2] / "book" / "forecast-log.md").read_text()
    used = set(re.findall(r"<(forecast-log\.\w+)>`", page))
    said = {card["key"]: card for card in forecast_page.cards(record)}
    assert used == set(said)
    assert said["forecast-log.miss"]["text"] == forecast_page.numbers(record)["miss"]
    assert said["forecast-log.miss"]["period"] == "2022–2024"
    assert forecast_page.cards(None) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (0.04, "level with"),
        (-0.04, "level with"),
        (0.31, "0.3 points above"),
        (-2, "2.0 points below"),
    ],
)
def test_outcomes_are_above_or_below_the_medians_if_that_can_be_seen(
    record: forecast_page.ForecastRecord, error: float, words: str
) -> None:
    scored = replace(record, scored=record.scored.assign(error=error))
    assert forecast_page.numbers(scored)["bias"] == words


def test_scores_are_by_years_ahead_and_add_up(record: forecast_page.ForecastRecord) -> None:
    table = forecast_page.score_table(record)
    assert table["Forecasts"].to_dict() == {"1 year": 2, "2 years": 1, "3 years": 1, "all": 4}
    errors = table[f"Mean error: {forecast_page.NAIVE}"]
    assert errors["all"] == pytest.approx((2 * errors["1 year"] + errors[1:3].sum()) / 4)
    assert (table[f"CRPS: {forecast_page.NAIVE}"] > table[f"CRPS: {forecast_page.MAIN}"]).all()


def test_every_forecast_is_listed_once(record: forecast_page.ForecastRecord) -> None:
    scored, waiting = forecast_page.scored_table(record), forecast_page.waiting_table(record)
    assert scored["Year"].tolist() == [2022, 2023, 2024, 2024]
    assert scored["Made"].tolist() == ["at the time"] * 4
    assert waiting["Years"].to_dict() == {"to 2021": "2025–2026", "to 2023": "2025–2028"}


@pytest.mark.slow
def test_what_the_page_shows_is_saved_with_the_log(
    record: forecast_page.ForecastRecord, tmp_path: Path
) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    forecast_page.save_record(record, Project(tmp_path), extra)
    found = [path for home in extra.glob("*/*") for path in passports(home)]
    made = {path.stem: json.loads(path.read_text()) for path in found}
    assert set(made) == {"by-release", "scores-of-log", "scored", "waiting"}
    assert made["by-release"]["title"].startswith("4 of 4 outcomes lie inside the 80% interval")
    said = {field: made["by-release"][field] for field in ("subtitle", "alt", "note")}
    assert said["subtitle"].startswith("China: household consumption, % of GDP; a panel for each")
    assert "from accounts to 2021, for 2024: 39.4%, 80% interval " in said["alt"]
    assert said["note"].endswith("The axis does not start at zero.")
    assert (extra / scores.NAME).read_bytes() == scores.path(Project(tmp_path)).read_bytes()
    shown = pd.read_csv(extra / "figures" / forecast_page.PAGE / "by-release.csv", index_col=0)
    assert shown.loc[2021, "from accounts to 2021, median"] == SHARES[2021] - 0.5
