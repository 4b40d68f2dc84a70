from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from rebalancing.book import fonts

SANS = next(face for face in fonts.FACES if face.source.stem == "SourceSansPro-Regular")


@pytest.fixture(scope="module")
def sans() -> TTFont:
    return TTFont(io.BytesIO(fonts.web_font(SANS.source)))


@pytest.mark.slow
def test_the_reduced_font_has_what_the_report_writes(sans: TTFont) -> None:
    written = "Côte d’Ivoire 39.9% − “€1,200” ≤ ½ Ł č μ ↑ …"
    assert not {character for character in written if ord(character) not in sans.getBestCmap()}
    assert sans.flavor == "woff2"


@pytest.mark.slow
def test_it_keeps_the_figures_of_tables(sans: TTFont) -> None:
    names = sans.getBestCmap()
    widths = {sans["hmtx"][names[ord(digit)]][0] for digit in "0123456789"}
    assert len(widths) == 1  # tabular by default; proportional ones are a feature
    features = {record.FeatureTag for record in sans["GSUB"].table.FeatureList.FeatureRecord}
    assert {"pnum", "onum"} <= features


def test_it_does_not_carry_the_reserved_name(sans: TTFont) -> None:
    assert not [record for record in sans["name"].names if record.nameID in {1, 4, 6, 16}]
    assert "Copyright" in sans["name"].getDebugName(0)


@pytest.mark.slow
def test_the_same_font_gives_the_same_bytes() -> None:
    assert fonts.web_font(SANS.source) == fonts.web_font(SANS.source)


def test_installing_uses_what_was_made_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(fonts, "web_font", lambda source: made.append(source) or b"font")
    css = fonts.install(tmp_path / "a", tmp_path / "cache").read_text()
    fonts.install(tmp_path / "b", tmp_path / "cache")
    assert len(made) == len(fonts.FACES) == css.count("url(")
    assert css.count("size-adjust") == css.count("local(") / 2 == len(fonts.STAND_INS)
    for face in fonts.FACES:
        assert (tmp_path / "b" / "fonts" / face.filename).read_bytes() == b"font"
        assert f'url("fonts/{face.filename}")' in css
    assert "Open Font License" in (tmp_path / "b/fonts/SourceSansPro-LICENSE.txt").read_text()
