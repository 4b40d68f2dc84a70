"""What a person transcribed or research estimated says so, in descriptor and foot line."""

import re

import pytest

from rebalancing.data import releases
from rebalancing.data.imports.publishers import PUBLISHERS
from rebalancing.data.releases import descriptor
from rebalancing.data.releases.descriptor import DescriptorError
from rebalancing.files import write_json
from rebalancing.project import Project

# A page or a file of a repository.
COPIED_FROM = re.compile(r"\b[\w-]+\.(?:csv|json|html|xlsx|py)\b")
MARKED = {publisher.id: publisher.origin for publisher in PUBLISHERS if publisher.origin}


def test_those_that_the_compilers_copied_by_hand_or_took_from_research_are_marked() -> None:
    estimates = {name for name, origin in MARKED.items() if origin.kind == "estimate"}
    assert estimates == {"nifd-leverage", "us-tariff"}
    assert MARKED.keys() - estimates == {
        *("gacc-bulletin", "nbs-survey", "nbs-capacity", "nbs-press"),
        *("imf-weo-growth", "cpia-solar"),
    }
    assert all("not official" in MARKED[name].foot for name in estimates)
    assert all("transcribed" in MARKED[name].foot for name in MARKED.keys() - estimates)


def test_every_foot_line_says_so(small_project: Project) -> None:
    for publisher in PUBLISHERS:
        for release in releases.releases(small_project, publisher.id):
            said = MARKED[publisher.id].foot if publisher.id in MARKED else ""
            assert release.origin == said
            assert release.source.endswith(f" ({said})") or not said
            cited = release.citation.rstrip(".").removeprefix("Source: ")
            assert release.source.startswith(cited.partition(" (")[0])
            assert not re.search(r"[A-Z0-9]_[A-Z]", release.source)  # no code of a series


def test_an_origin_of_another_kind_is_refused(small_project: Project) -> None:
    path = releases.resolve(small_project, "us-tariff").folder / descriptor.FILE
    content = dict(descriptor.read_descriptor(path))
    write_json(path, content | {"origin": {"kind": "guess", "foot": "a guess"}})
    with pytest.raises(DescriptorError, match="kind"):
        descriptor.read_descriptor(path)


def test_no_descriptor_names_a_site_or_an_index_number_that_was_copied_from() -> None:
    project = Project.find()
    for publisher in PUBLISHERS:
        for release in releases.releases(project, publisher.id):
            content = release.descriptor
            said = (content["citation"], content["released"]["basis"], *content["notes"])
            text = " ".join([*said, *(source["title"] for source in content["sources"])])
            assert "index id" not in text, release.folder
            assert not COPIED_FROM.findall(text), release.folder
