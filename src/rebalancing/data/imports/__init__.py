"""Publishers, and how compiled figures of theirs become releases."""
