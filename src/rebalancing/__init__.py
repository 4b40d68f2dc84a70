"""A reproducible research report on China's economic rebalancing."""

__version__ = "0.1.0"
