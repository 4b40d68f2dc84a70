import json
import re
import shutil
from pathlib import Path

import pytest

from rebalancing import editions
from rebalancing.data import releases as raw
from rebalancing.editions import changes, forecast_scores
from rebalancing.errors import DamagedFileError
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.upkeep import side_by_side


def test_sentences_are_those_that_readers_see(project: Project) -> None:
    sentences = editions.sentences(project.build / "CHN")
    share = next(
        r["text"]
        for r in stored.read_results(project.build / "CHN")["results"]
        if r["key"] == "consumption.share.latest"
    )
    assert any(sentence.startswith("Households in China spend " + share) for sentence in sentences)
    assert not any("{" in sentence or "|" in sentence for sentence in sentences)


def test_keys_of_the_front_page(project: Project) -> None:
    assert "consumption.share.latest" in editions.front_keys(project.build / "CHN")


def test_what_is_kept_says_the_same_as_what_was_built(project: Project) -> None:
    kept = editions.keep(project, "CHN")
    built = project.build / "CHN"
    assert editions.sentences(kept) == editions.sentences(built)
    assert editions.front_keys(kept) == editions.front_keys(built)
    old, new = stored.read_results(kept), stored.read_results(built)
    assert editions.digest(old) == editions.digest(new)
    differences = changes.compare_results(old, new)
    assert (differences.moved, differences.unseen) == ((), 0)
    assert differences.same == len(new["results"])


def test_the_same_results_are_kept_as_the_same_bytes_at_any_commit(project: Project) -> None:
    def kept() -> dict[str, bytes]:
        folder = editions.keep(project, "CHN")
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first, path = kept(), project.build / "CHN" / "results.json"
    content = json.loads(path.read_text())
    content["edition"]["code"] |= {"commit": "f" * 40, "committed": "2027-01-01", "changed": True}
    path.write_text(json.dumps(content))
    assert kept() == first
    assert b"f" * 40 not in first["results.json"]


def test_changes_that_led_to_other_results_are_not_kept(project: Project) -> None:
    path = project.build / "CHN" / editions.CHANGES
    path.write_text(json.dumps({"digest": "another"}))
    assert not (editions.keep(project, "CHN") / editions.CHANGES).exists()


def test_an_edition_that_was_not_built(project: Project) -> None:
    with pytest.raises(editions.UnknownEditionError, match="XXX is neither"):
        editions.find_edition(project, "XXX")


def test_editions_that_papermill_made_are_listed_though_they_have_no_book(project: Project) -> None:
    (project.build / "JPN").mkdir()
    shutil.copy(project.build / "CHN" / "results.json", project.build / "JPN")
    (project.build / "KOR" / "site").mkdir(parents=True)
    with pytest.raises(editions.UnknownEditionError, match=r"there are: CHN, JPN \("):
        editions.find_edition(project, "XXX")
    assert editions.find_edition(project, "JPN") == project.build / "JPN"


@pytest.mark.parametrize("name", ["results.json", "sentences.json", "claims.json", "changes.json"])
def test_a_folder_in_place_of_what_is_kept_is_named_unless_it_is_empty(
    project: Project, name: str
) -> None:
    kept = editions.keep(project, "CHN")
    before = {path: path.read_bytes() for path in kept.iterdir() if path.name != name}
    (kept / name).unlink(missing_ok=True)
    (kept / name).mkdir()
    (kept / name / "mine").touch()
    said = f"{name} is a folder; move it elsewhere, then restore it with: git checkout HEAD -- "
    with pytest.raises(DamagedFileError, match=said + f"editions/CHN/{name} "):
        editions.keep(project, "CHN")
    assert {path: path.read_bytes() for path in before} == before
    assert (kept / name / "mine").exists()
    (kept / name / "mine").unlink()
    editions.keep(project, "CHN")
    assert not (kept / name).is_dir()


def test_changes_stay_with_the_results_that_they_led_to(project: Project) -> None:
    results = stored.read_results(project.build / "CHN")
    made = project.build / "CHN" / editions.CHANGES
    made.write_text(json.dumps({"digest": editions.digest(results)}))
    kept = editions.keep(project, "CHN") / editions.CHANGES
    made.unlink()
    assert (editions.keep(project, "CHN") / editions.CHANGES).is_file()
    kept.write_text(json.dumps({"digest": "another"}))
    assert not (editions.keep(project, "CHN") / editions.CHANGES).exists()


def test_verdicts_that_there_are_no_more_do_not_stay(project: Project) -> None:
    made = project.build / "CHN" / "claims.json"
    made.write_text(json.dumps({"deal": {"claim": "It is not enough", "verdict": "holds"}}))
    kept = editions.keep(project, "CHN") / made.name
    assert kept.is_file()
    made.unlink()
    editions.keep(project, "CHN")
    assert not kept.exists()


def test_two_editions_side_by_side(project: Project) -> None:
    first = stored.read_results(project.build / "CHN")
    second = json.loads(json.dumps(first))
    second["edition"]["parameters"]["horizon"] = 5
    front, other, gone = (result["key"] for result in second["results"][:3])
    for result in second["results"][:2]:
        result |= {"value": 1.0, "text": "1.0%", "unit": "% of GDP"}
    del second["results"][2]
    content = side_by_side.compare_editions(first, second, ("CHN", "editions/CHN"), [front])
    assert content["parameters"] == [("horizon", "16", "5")]
    assert {move["key"] for move in content["results"]} == {front, other}
    said, page = side_by_side.text(content), side_by_side.side_by_side_page(content)
    assert "read differently and" in said
    for place in (said, page):
        parameters, elsewhere = place.index("horizon"), place.index(other)
        assert parameters < place.index("On the front page") < place.index(front) < elsewhere
        assert elsewhere < place.index("In one of the two only") < place.index(gone)
        assert "Data releases" in place
        assert "The same." in place
    assert "<h1>CHN and editions/CHN</h1>" in page


REPOSITORY = Project(Path(__file__).parents[2])
KEPT = sorted(path.parent for path in REPOSITORY.root.glob("editions/*/results.json"))


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_a_comparison_fits_a_hundred_columns_and_cuts_nothing(kept: Path) -> None:
    first = stored.read_results(kept)
    second = json.loads(json.dumps(first))
    numbers = [r for r in second["results"] if isinstance(r["value"], float)]
    for result in numbers:
        result |= {"value": 2 * result["value"] + 1, "text": f"1{result['text']}"}
    content = side_by_side.compare_editions(
        first, second, (kept.name, "another"), editions.front_keys(kept)
    )
    said = side_by_side.text(content)
    assert max(map(len, said.splitlines())) <= 100
    assert "…" not in said
    unbroken = re.sub(r"\s*\n\s+", "", said)  # a long key stands in several lines
    shown = [move["key"] for move in content["results"] if move["key"] in unbroken]
    assert len(shown) >= side_by_side.MOST


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_an_edition_of_the_repository_rests_on_releases_of_the_repository(kept: Path) -> None:
    recorded = stored.read_results(kept)
    assert recorded["edition"]["name"] == kept.name
    for publisher, use in recorded["edition"]["releases"].items():
        release = raw.Release.read(REPOSITORY.raw / publisher / use["release"])
        assert (release.sha256, release.date) == (use["sha256"], use["date"])
    keys = {result["key"] for result in recorded["results"]}
    assert editions.sentences(kept)
    assert set(editions.front_keys(kept)) <= keys
    assert set(recorded["edition"]["code"]) == {"version"}


def test_the_log_of_the_repository_rests_on_releases_of_the_repository() -> None:
    log = forecast_scores.read_log(REPOSITORY)
    assert not log.duplicated(forecast_scores.KEYS).any()
    assert set(log["made"]) <= {forecast_scores.AT_THE_TIME, forecast_scores.AFTERWARDS}
    for name, released in log[["release", "released"]].drop_duplicates().to_numpy():
        publisher, release = name.split()
        assert raw.Release.read(REPOSITORY.raw / publisher / release).date == released


def test_a_folder_of_the_same_name_elsewhere_is_not_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.build)
    (project.build / "CHN").rename(project.root / "CHN")
    monkeypatch.chdir(project.root)
    with pytest.raises(editions.UnknownEditionError):
        editions.keep(project, "CHN")
    assert not (project.root / "editions").exists()
