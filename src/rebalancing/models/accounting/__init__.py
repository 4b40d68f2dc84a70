"""Identities: what parts add to changes, and what would have to hold in scenarios."""
