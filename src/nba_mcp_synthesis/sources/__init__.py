"""Where raw data come from, and their mapping to the canonical tables."""
