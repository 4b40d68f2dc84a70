"""What the claims come from: a news report, the policy it speaks of, the works it leans on.

The report is dated 26 July 2025 and covers the trade talks between the United States and China in
Stockholm. Its claims are paraphrased; a few words are quoted.
"""

from __future__ import annotations

from datetime import date

ARTICLE = date(2025, 7, 26)
# The first time that the leadership named the change of growth towards consumption as an aim: the
# Central Economic Work Conference of December 2004 (Lardy 2006).
FIRST_MILESTONE = date(2004, 12, 5)
BASE_YEAR = FIRST_MILESTONE.year
MILESTONES: tuple[tuple[str, str], ...] = (
    ("December 2004", "Central Economic Work Conference: growth is to rest more on consumption"),
    ("March 2006", "11th Five-Year Plan: expand domestic demand, consumption above all"),
    ("March 2007", "The premier calls growth unstable, unbalanced, uncoordinated, unsustainable"),
    ("March 2011", "12th Five-Year Plan: a long-term mechanism to expand consumption"),
    ("March 2021", "14th Five-Year Plan: “dual circulation”, demand at home as the mainstay"),
    ("March 2025", "Special action plan to boost consumption"),
)
# Works that argue for more consumption in China, by their key in references.bib.
LITERATURE: dict[str, int] = {
    "blanchard2006": 2006,
    "lardy2006": 2006,
    "aziz2007": 2007,
    "pettis2013": 2013,
}
