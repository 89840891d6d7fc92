"""What basketball words mean: players and teams, measures, and the SQL that computes them."""
