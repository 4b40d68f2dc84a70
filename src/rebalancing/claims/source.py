"""What the claims come from: a news report, and the works it leans on.

The report is dated 26 July 2025 and covers the trade talks between the United States and China in
Stockholm. Its claims are paraphrased; a few words are quoted.
"""

from __future__ import annotations

from datetime import date

ARTICLE = date(2025, 7, 26)
SUBJECT = "CHN"  # the economy that the claims are about
# Works that argue for more consumption in China, by their key in references.bib.
LITERATURE: dict[str, int] = {
    "kuijs2005": 2005,
    "blanchard2006": 2006,
    "lardy2006": 2006,
    "aziz2007": 2007,
    "pettis2013": 2013,
}
