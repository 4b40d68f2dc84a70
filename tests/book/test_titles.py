"""What heads a chapter's page: its label, or what its text finds."""

from __future__ import annotations

from rebalancing.book.texts import titles

BROUGHT = ":::{title}\nHouseholds buy\ntwo fifths\n:::\n\nMore.\n"


def test_a_title_is_taken_out_of_the_text_that_brings_it():
    assert titles.apart(BROUGHT) == ("Households buy two fifths", "\nMore.\n")
    assert titles.apart("No title.\n") == ("", "No title.\n")
    assert titles.is_title(BROUGHT)
    assert not titles.is_title("%%prose\n:::{standfirst}\nA title: none.\n:::\n")


def test_a_title_stands_in_place_of_the_label():
    assert titles.headed("# Consumption", "Two fifths") == "# Two fifths"
    assert titles.headed("# Consumption\n\nText", "Two fifths") == "# Two fifths\n\nText"
    assert titles.headed("Text", "Two fifths") == "# Two fifths\n\nText"


def test_contents_show_labels_but_where_they_give_others():
    contents = {
        "root": "index",
        "parts": [
            {"chapters": [{"file": "02_one"}, {"file": "03_two", "title": "Own"}, {"file": "page"}]}
        ],
    }
    labelled = titles.labelled(contents, {"02_one": "One", "03_two": "Two"})
    assert labelled["parts"][0]["chapters"] == [
        {"file": "02_one", "title": "One"},
        {"file": "03_two", "title": "Own"},
        {"file": "page"},
    ]
