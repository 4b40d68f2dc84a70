import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from rebalancing import editions
from rebalancing.outputs import OutputError
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.upkeep import gallery

AS_OF = "CHN-as_of-2024-07-01"


@pytest.fixture
def built(project: Project) -> Project:
    """A project with three editions, whose sites are empty pages."""
    for name, changed in (
        ("CHN", {}),
        (AS_OF, {"as_of": "2024-07-01"}),
        ("IND", {"economy": "IND", "last_year": 2019, "releases": {"accounts": "2024"}}),
    ):
        folder = project.build / name
        content = stored.read_results(project.build / "CHN")
        content["edition"]["name"] = name
        content["edition"]["parameters"] |= {**usual(project), **changed}
        (folder / "site" / "_static").mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(content))
        for page in ("index", "02_consumption", *(["01_clean"] if name == "CHN" else [])):
            (folder / "site" / f"{page}.html").write_text("<html></html>")
    return project


def usual(project: Project) -> dict[str, Any]:
    from rebalancing.study import Study

    return Study.of_file(project).parameters()


def selector(path: Path) -> list[dict[str, Any]]:
    said = re.search(r"reportEditions = (\[.*?\n\]);", path.read_text(), re.DOTALL)
    assert said
    return list(json.loads(said[1]))


def links(page: Path) -> list[str]:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if name == "href")

    Links().feed(page.read_text())
    return found


def test_editions_are_called_by_words_the_studys_own_first(built: Project) -> None:
    assert [(entry["name"], entry["title"]) for entry in gallery.entries(built)] == [
        ("CHN", "China"),
        (AS_OF, "China, as of 1 July 2024"),
        ("IND", "India, to 2019, on accounts 2024"),
    ]


def titled(built: Project, **parameters: Any) -> str:
    """Return how an edition with other parameters is called."""
    folder = built.build / "CHN"
    content = stored.read_results(folder)
    content["edition"]["parameters"] |= parameters
    (folder / "results.json").write_text(json.dumps(content))
    (entry,) = gallery.entries(built, ["CHN"])
    return str(entry["title"])


def test_every_parameter_that_differs_is_named(built: Project) -> None:
    assert titled(built, as_of="2024-07-01", first_year=1990, peers=["USA", "JPN"], horizon=5) == (
        "China, beside USA and JPN, from 1990, as of 1 July 2024, horizon 5"
    )
    written = yaml.safe_load(built.study_file.read_text())
    written |= {"as_of": "2024-07-01", "first_year": 1990, "peers": ["USA", "JPN"]}
    before = usual(built)
    built.study_file.write_text(yaml.safe_dump(written))
    assert titled(built, **before) == (
        "China, beside USA, JPN, KOR, DEU, IND and EU27, from 1970, with the latest data"
    )


def test_the_list_leads_to_each_edition_and_has_its_styles(built: Project) -> None:
    page = gallery.write_gallery(built)
    led = [address for address in links(page) if address.endswith(".html")]
    assert led == [f"{name}/site/index.html" for name in ("CHN", AS_OF, "IND")]
    assert all((built.build / address).is_file() for address in led)
    assert "CHN/site/_static/text.css" in links(page)
    assert "39.9%" in page.read_text()


def test_sites_lead_to_each_other_where_they_were_built(built: Project) -> None:
    gallery.write_gallery(built)
    place = built.build / "IND" / "site"
    for entry in selector(place / "editions.js"):
        for page in entry["pages"]:
            assert (place / entry["root"] / f"{page}.html").is_file()
    assert '"../../index.html"' in (place / "editions.js").read_text()


def test_each_site_knows_where_the_others_are_and_their_pages(built: Project) -> None:
    gallery.publish(built, ["CHN", "IND", AS_OF], folder := built.build / "public")
    listed = selector(folder / "IND" / "editions.js")
    pages = {entry["name"]: entry["pages"] for entry in listed}
    assert pages["CHN"] == ["01_clean", "02_consumption", "index"]
    assert pages["IND"] == ["02_consumption", "index"]
    for entry in listed:
        for page in entry["pages"]:
            assert (folder / "IND" / entry["root"] / f"{page}.html").is_file()
    assert (folder / "IND" / "editions.js").read_text().count('"../index.html"') == 1


def test_what_is_published_is_whole_in_itself(built: Project) -> None:
    folder = built.build / "public"
    page = gallery.publish(built, ["IND", "CHN"], folder)
    led = [address for address in links(page) if address.endswith(".html")]
    assert led == ["CHN/index.html", "IND/index.html"]
    assert all((folder / address).is_file() for address in led)
    for entry in selector(folder / "CHN" / "editions.js"):
        assert (folder / "CHN" / entry["root"] / "index.html").is_file()


def test_an_edition_that_was_not_built_is_not_published(built: Project) -> None:
    with pytest.raises(editions.UnknownEditionError):
        gallery.publish(built, ["XXX"], built.build / "public")


@pytest.mark.parametrize("name", ["editions/CHN", "../CHN", "", ".", "shared", "/"])
def test_a_folder_is_no_edition(built: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kept = built.root / "editions" / "CHN"
    kept.mkdir(parents=True)
    (kept / "results.json").write_bytes((built.build / "CHN" / "results.json").read_bytes())
    monkeypatch.chdir(built.root)
    with pytest.raises(editions.UnknownEditionError, match="has not been built"):
        gallery.publish(built, [name], built.build / "public")
    assert not (built.build / "public").exists()


def test_an_edition_named_twice_is_published_once(built: Project) -> None:
    gallery.publish(built, ["IND", "IND"], built.build / "public")
    assert [
        entry["name"] for entry in selector(built.build / "public" / "IND" / "editions.js")
    ] == ["IND"]


@pytest.mark.parametrize(
    ("folder", "names"), [("build", ["CHN"]), ("editions", ["CHN"]), ("", ["CHN"]), (".", [])]
)
def test_nothing_is_published_over_the_project(
    built: Project, monkeypatch: pytest.MonkeyPatch, folder: str, names: list[str]
) -> None:
    from rebalancing.upkeep.cli import gallery as command

    monkeypatch.chdir(built.root)
    before = _states(built.root)
    with pytest.raises((OutputError, click.BadParameter)):
        command.main(["--publish", folder, *names], standalone_mode=False)
    assert _states(built.root) == before


def _states(root: Path) -> dict[Path, int]:
    """Return when each file below a folder was changed, without the project's lock."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path: path.stat().st_mtime_ns for path in files if path.parent.name != ".fetch"}


def test_nothing_is_not_published(built: Project) -> None:
    with pytest.raises(editions.UnknownEditionError, match="make report"):
        gallery.publish(built, [], built.build / "public")
    assert not (built.build / "public").exists()
