"""The book: pages and chapters made into a site, and what guards them."""
