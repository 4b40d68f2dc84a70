import pandas as pd
import pytest

from rebalancing.data.tables import economies, groups, totals
from rebalancing.errors import UnknownEconomyError


def test_every_code_is_listed_once_with_a_name_for_sentences():
    known = economies.catalogue()
    assert known["economy"].is_unique
    assert (known[["economy", "name", "in_text", "kind"]] != "").all(axis=None)
    in_text = known.set_index("economy")["in_text"]
    assert in_text[["CHN", "USA", "EU27", "WLD"]].tolist() == [
        "China",
        "the United States",
        "the European Union",
        "the world",
    ]


def test_the_groups_are_made_of_known_economies():
    for group in groups.groups().values():
        assert set(group.codes) <= economies.codes("economy")
        assert group.code in economies.codes("group")
    assert len(groups.members("EU27")) == 27
    for succession in totals.SUCCESSIONS:
        assert set(succession.former) <= economies.codes("former economy")
        assert set(succession.successors) <= economies.codes("economy")


@pytest.mark.parametrize("dtype", ["str", "category"])
def test_withdrawn_codes_become_current_ones_and_missing_partners_stay_missing(dtype):
    frame = pd.DataFrame({"economy": ["ROM", "CHN"], "partner": ["ZAR", None]}, dtype=dtype)
    frame = economies.harmonise(frame, "a test")
    frame = economies.harmonise(frame, "a test", "partner")
    assert frame["economy"].tolist() == ["ROU", "CHN"]
    assert frame["partner"].tolist()[0] == "COD"
    assert frame["partner"].isna().tolist() == [False, True]


def test_an_unknown_code_is_refused_with_the_file_to_change():
    with pytest.raises(UnknownEconomyError, match=r"publisher x has economy QQQ.*csv"):
        economies.harmonise(pd.DataFrame({"economy": ["CHN", "QQQ"]}), "publisher x")
