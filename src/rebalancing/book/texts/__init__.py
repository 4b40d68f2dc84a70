"""The texts of the book: what they may say, and what they say today."""
