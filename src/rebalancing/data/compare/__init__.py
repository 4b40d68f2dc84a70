"""What a release changes against the one before, and whether that may be so."""
