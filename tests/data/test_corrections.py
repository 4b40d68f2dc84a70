import pandas as pd
import pytest
import yaml

from rebalancing.data.tables import corrections
from rebalancing.data.tables.corrections import Correction, CorrectionError, Guard
from rebalancing.project import Project

ENTRY = {
    "publisher": "publisher-x",
    "datasets": ["yearly"],
    "series": ["EXP"],
    "economies": ["CSK"],
    "periods": ("1970", "1971"),
    "value": None,
    "reason": "Exports cannot be negative.",
    "date": "2026-01-15",
    "guard": {"series": "EXP", "period": "1970", "below": 0},
}


def raw(first: float, release: str = "2023") -> pd.DataFrame:
    rows = [("1970", first), ("1971", 2.0), ("1972", 3.0)]
    return pd.DataFrame(
        [(release, economy, "EXP", *row) for economy in ("CSK", "POL") for row in rows],
        columns=["release", "economy", "series", "period", "value"],
    )


def apply(frame: pd.DataFrame, **changes: object) -> pd.DataFrame:
    declared = [Correction.model_validate(ENTRY | changes)]
    return corrections.apply(frame, declared, "publisher-x", "yearly")


def test_a_null_removes_the_values_of_the_span_and_nothing_else():
    before = raw(-1.0)
    after = apply(before)
    assert after[["economy", "period"]].apply(tuple, axis=1).tolist() == [
        ("CSK", "1972"),
        ("POL", "1970"),
        ("POL", "1971"),
        ("POL", "1972"),
    ]
    assert before.equals(raw(-1.0))


def test_a_value_replaces_the_published_one():
    after = apply(raw(-1.0), value=5.0, periods=("1970", "1970"))
    assert after.query("economy == 'CSK'")["value"].tolist() == [5.0, 2.0, 3.0]
    assert after.query("economy == 'POL'")["value"].tolist() == [-1.0, 2.0, 3.0]


def test_cleaning_stops_once_the_publisher_has_fixed_the_value():
    both = pd.concat([raw(-1.0, "2023"), raw(1.0, "2024")], ignore_index=True)
    with pytest.raises(
        CorrectionError, match=r"publisher-x 2024 .* has 1 for EXP of 1970, not the"
    ):
        apply(both)
    assert len(apply(both, releases=["2023"])) == len(both) - 2


def test_a_guard_of_what_is_missing_holds_whatever_the_sign():
    guard = {"series": "IMP", "period": "1970", "missing": True}
    for first in (-1.0, 1.0):
        assert len(apply(raw(first), guard=guard)) == 4
    gone = raw(1.0).query("economy == 'POL'")  # the economy has left the data
    assert apply(gone, guard=guard).equals(gone.reset_index(drop=True))
    imports = raw(1.0).query("economy == 'CSK' and period == '1970'").assign(series="IMP")
    with pytest.raises(CorrectionError, match=r"2023 .* has 1 for IMP of 1970, not the mistake"):
        apply(pd.concat([raw(-1.0), imports], ignore_index=True), guard=guard)


def test_a_correction_without_anything_to_correct_is_an_error():
    with pytest.raises(CorrectionError, match="finds no EXP of 1970 in yearly"):
        apply(raw(-1.0).query("period != '1970'"))


def test_other_datasets_are_left_alone():
    declared = [Correction.model_validate(ENTRY)]
    assert corrections.apply(raw(-1.0), declared, "publisher-x", "monthly").equals(raw(-1.0))


def test_a_pattern_names_several_datasets():
    declared = [Correction.model_validate({**ENTRY, "datasets": ["constant-*-usd"]})]
    assert declared[0].concerns("constant-2020-usd")
    assert not declared[0].concerns("constant-2020-ncu")
    corrected = corrections.apply(raw(-1.0), declared, "publisher-x", "constant-2020-usd")
    assert len(corrected) < len(raw(-1.0))


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ({"below": 0}, -1.0, True),
        ({"below": 0}, 0.0, False),
        ({"above": 10}, 11.0, True),
        ({"above": 10}, 9.0, False),
        ({"equals": 104.31}, 104.31, True),
        ({"equals": 104.31}, 135.21, False),
    ],
)
def test_guards(condition, value, holds):
    guard = Guard.model_validate({"series": "EXP", "period": 1970, **condition})
    assert guard.holds(value) is holds


def declare(folder, text):
    (folder / "data").mkdir()
    (folder / "data" / "corrections.yml").write_text(text, encoding="utf-8")
    return Project(folder)


def test_years_may_be_written_as_numbers(tmp_path):
    guard = ENTRY["guard"] | {"period": 1970}
    text = yaml.safe_dump({"corrections": [ENTRY | {"periods": [1970, 1971], "guard": guard}]})
    assert corrections.read_corrections(declare(tmp_path, text)) == [
        Correction.model_validate(ENTRY)
    ]


def test_an_empty_list_is_allowed(tmp_path):
    assert corrections.read_corrections(declare(tmp_path, "corrections: []\n")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("corrections:\n", "must hold a list named corrections"),
        ("[1, 2", "must hold a list named corrections"),
        ("corrections: [{publisher: x}]", "datasets: Field required"),
        ("corrections: [5]", "corrections.0: 5"),
        ("corrections: []\nmore: 5", "more: 5"),
        (
            "corrections: []\ncorrections: []",
            "line 2, column 1: the key 'corrections' stands twice",
        ),
        ("corrections: [{date: 2024-02-30}]", "column 22: 2024-02-30 is not a day that exists"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_named_in_one_line(tmp_path, text, message):
    with pytest.raises(CorrectionError, match=message) as raised:
        corrections.read_corrections(declare(tmp_path, text))
    assert "data/corrections.yml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_guard_needs_one_condition(tmp_path):
    with pytest.raises(ValueError, match="exactly one of below, above, equals and missing"):
        Guard.model_validate({"series": "EXP", "period": 1970, "below": 0, "above": 1})


def test_a_missing_file_says_how_to_restore_it(tmp_path):
    with pytest.raises(CorrectionError, match="git checkout"):
        corrections.read_corrections(Project(tmp_path))
