"""The book as one PDF, set by Typst from the built site."""
