"""Publishers that code relies on, by the names of their folders in data/raw."""

ACCOUNTS = "unsd-ama"  # whose national accounts every study rests on
