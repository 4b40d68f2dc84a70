import json

import pytest

from rebalancing.project import Project
from rebalancing.report import changes_text, context, editions, gallery, side_by_side


def test_sentences_are_those_that_readers_see(project: Project) -> None:
    sentences = editions.sentences(project.build / "CHN")
    share = next(
        r["text"]
        for r in context.read_results(project.build / "CHN")["results"]
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
    assert context.read_results(kept) == context.read_results(built)


def test_changes_that_led_to_other_results_are_not_kept(project: Project) -> None:
    path = project.build / "CHN" / editions.CHANGES
    path.write_text(json.dumps({"digest": "another"}))
    assert not (editions.keep(project, "CHN") / editions.CHANGES).exists()


def test_an_edition_that_was_not_built(project: Project) -> None:
    with pytest.raises(editions.UnknownEditionError, match="XXX is neither"):
        editions.find(project, "XXX")


def test_a_page_without_kept_changes_is_empty(project: Project) -> None:
    assert changes_text.page(project, "CHN", "any") == ""


def test_the_gallery_lists_editions_with_a_book(project: Project) -> None:
    site = project.build / "CHN" / "site"
    site.mkdir()
    (site / "index.html").write_text("<html></html>")
    page = gallery.write(project)
    assert 'href="CHN/site/index.html"' in page.read_text()
    script = (project.build / "CHN" / "editions.js").read_text()
    assert '"href": "../CHN/site/index.html"' in script
    published = gallery.publish(project, ["CHN"], project.root / "out")
    assert 'href="CHN/index.html"' in published.read_text()
    assert (project.root / "out" / "CHN" / "index.html").is_file()


def test_two_editions_side_by_side(project: Project) -> None:
    first = context.read_results(project.build / "CHN")
    second = json.loads(json.dumps(first))
    second["edition"]["parameters"]["horizon"] = 5
    second["results"][0] |= {"value": 1.0, "text": "1.0%", "unit": "% of GDP"}
    content = side_by_side.compare(first, second)
    assert content["parameters"] == [("horizon", "16", "5")]
    assert [move["key"] for move in content["results"]] == [first["results"][0]["key"]]
    assert "horizon: 16 | 5" in side_by_side.text(content)
    assert "<td>horizon</td><td>16</td><td>5</td>" in side_by_side.page(content)
