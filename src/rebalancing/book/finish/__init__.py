"""What is done with the pages that Sphinx has made: checked, made searchable, stamped, packed."""
