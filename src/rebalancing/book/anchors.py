"""Where a page's folds say which cells' code they hold, for the addresses that lead to it."""

ANCHORS = "report_anchors"  # in a cell's metadata, read by the Sphinx extension
