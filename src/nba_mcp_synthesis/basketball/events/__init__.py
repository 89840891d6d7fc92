"""What follows from the events of a game: box scores, players on the court, what they did there."""
