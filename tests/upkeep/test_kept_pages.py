"""Pages and feed of kept editions: they say what is kept, and where no site is, nothing of one."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from rebalancing.errors import DamagedFileError
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.upkeep import gallery, kept_pages

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = """\
edition,released,because,key,definition,unit,period,value
1,2025-12,the first kept,consumption.share.latest,Share,% of GDP,2023,39.1
2,2026-08-22,accounts 2024,consumption.share.latest,Share,% of GDP,2024,39.93
"""
SENTENCES = ["Households spend <39.9%> of GDP,", "which is low.", "Exports fell."]


@pytest.fixture
def kept(project: Project) -> Project:
    """A project with the edition CHN built and kept, and IND kept only."""
    site = project.build / "CHN" / "site"
    (site / "_static").mkdir(parents=True)
    (site / "index.html").write_text("<html></html>")
    for name in ("CHN", "IND"):
        content: dict[str, Any] = stored.read_results(project.build / "CHN")
        content["edition"]["name"] = content["edition"]["parameters"]["economy"] = name
        front = {"sentences": SENTENCES, "front": ["consumption.share.latest", "not.there"]}
        claim = {"share": {"claim": "Less than 40%", "verdict": "true"}}
        folder = project.root / "editions" / name
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(json.dumps(content))
        (folder / "sentences.json").write_text(json.dumps(front))
        (folder / "claims.json").write_text(json.dumps(claim))
        (folder / "history.csv").write_text(HISTORY)
    return project


def at(project: Project, site: str) -> None:
    """Let the report have an address."""
    path = project.root / "CITATION.cff"
    path.write_text(re.sub(r"^url:.*\n", "", path.read_text(), flags=re.M) + f"url: {site}\n")


def test_a_page_says_what_is_kept(kept: Project) -> None:
    gallery.write_gallery(kept)
    page = (kept.build / "kept" / "IND.html").read_text()
    assert "<p>Households spend &lt;39.9%&gt; of GDP, which is low.</p>" in page
    assert "<p>Exports fell.</p>" in page
    assert "What consumption.share.latest measures" in page
    assert re.search(r'<th scope="row">Less than 40%</th><td>true</td>', page)
    assert "Edition 2, on releases to 2026-08-22: accounts 2024" in page


def test_the_list_leads_to_all_that_are_kept_and_they_to_sites_that_are_there(
    kept: Project,
) -> None:
    gallery.write_gallery(kept)
    page = (kept.build / "index.html").read_text()
    led = re.findall(r'href="(kept/\w+\.html)"', page)
    assert led == ["kept/CHN.html", "kept/IND.html"]
    sites = [re.findall(r'href="(\S+index\.html)"', (kept.build / p).read_text()) for p in led]
    assert sites == [["../index.html", "../CHN/site/index.html"], ["../index.html"]]
    assert all((kept.build / "kept" / address).is_file() for one in sites for address in one)


def test_what_is_published_leads_from_each_site_to_what_is_kept(kept: Project) -> None:
    folder = kept.build / "public"
    gallery.publish(kept, ["CHN"], folder)
    said = re.search(r"reportEditionsKept = (.*);", (folder / "CHN" / "editions.js").read_text())
    assert said
    told = json.loads(said[1])
    assert [one["economy"] for one in told] == ["CHN", "IND"]
    assert all((folder / "CHN" / one["address"]).is_file() for one in told)


def test_without_an_address_there_is_no_feed(kept: Project) -> None:
    at(kept, "")
    path = kept.root / "CITATION.cff"
    path.write_text(path.read_text().replace("url: \n", ""))
    gallery.write_gallery(kept)
    assert not (kept.build / kept_pages.FEED).exists()
    assert "atom" not in (kept.build / "index.html").read_text().lower()


def test_the_feed_has_each_set_of_releases_the_newest_first(kept: Project) -> None:
    at(kept, "https://example.org/report")
    gallery.write_gallery(kept)
    assert f'href="{kept_pages.FEED}"' in (kept.build / "index.html").read_text()
    feed = ElementTree.fromstring((kept.build / kept_pages.FEED).read_bytes())
    moments = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    assert moments == ["2026-08-22T00:00:00Z"] * 2 + ["2025-12-01T00:00:00Z"] * 2
    assert feed.findtext(f"{ATOM}updated") == moments[0]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 4
    assert ids[0] == "https://example.org/report/kept/IND.html#2"
    summary = next(feed.iter(f"{ATOM}summary")).text
    assert summary == "Households spend <39.9%> of GDP, which is low. Exports fell."


def test_a_damaged_file_is_named(kept: Project) -> None:
    (kept.root / "editions" / "IND" / "results.json").write_text("{")
    with pytest.raises(DamagedFileError, match=r"IND/results\.json"):
        gallery.write_gallery(kept)
