"""What pages may use beyond MyST: roles and directives for Sphinx."""
