"""What unattended builds do in addition to the report: compare, propose, publish."""
