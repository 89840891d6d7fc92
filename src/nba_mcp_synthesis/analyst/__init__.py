"""Questions in English, read by a grammar over data and answered by queries."""
