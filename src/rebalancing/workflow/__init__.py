"""The workflow: from what notebooks declare to a finished book."""
