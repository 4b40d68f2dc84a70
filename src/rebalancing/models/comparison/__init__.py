"""One economy beside others: at the same income, and in episodes alike."""
