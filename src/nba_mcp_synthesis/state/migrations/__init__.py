"""How the tables came about, a file a step. Steps only add: older programs go on meanwhile."""
