"""What unattended builds do beside the report: compare, propose, publish."""
