"""Sweeps: chapters run over a grid of studies, on this machine or on many (docs/sweeps.md)."""
