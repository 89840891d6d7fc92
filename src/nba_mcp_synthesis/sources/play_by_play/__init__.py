"""What happened in a game, event by event, in the four ways in which the NBA writes it down."""
