"""Fetch new releases from the publishers' own services, one module per publisher."""
