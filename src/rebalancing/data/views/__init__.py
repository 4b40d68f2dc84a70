"""What chapters take from the processed tables."""
