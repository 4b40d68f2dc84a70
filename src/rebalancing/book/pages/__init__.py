"""What single pages of the book say: of data, forecasts, changes, and the book itself."""
