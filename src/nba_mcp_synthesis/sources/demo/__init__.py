"""The demo league: complete seasons of invented players, so that everything can be tried at once."""
