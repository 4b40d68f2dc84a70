"""The report: results, figures and tables of a chapter, and the book and site made of them."""
