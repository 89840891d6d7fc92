"""Loading, keeping and querying the canonical tables."""
