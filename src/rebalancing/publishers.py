"""Publishers that code relies on, by the names of their folders in data/raw."""

ACCOUNTS = "unsd-ama"  # whose national accounts every study rests on
# Each of whose releases holds only the series that changed in it.
BY_SERIES = frozenset({"worldbank-wdi"})
