"""What is done with the pages that Sphinx has made: checked, searched, stamped, packed."""
